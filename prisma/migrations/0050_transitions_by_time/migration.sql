-- What moved since metrics were read last is counted by time; rows come in about the order of time.
create index instruction_event_recorded on instruction_event using brin (recorded_at);
