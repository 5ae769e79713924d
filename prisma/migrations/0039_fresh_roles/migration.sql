-- What was done with a role in the hour in which it was given is looked for by time; rows come in the order of time.
create index audit_event_recorded on audit_event using brin (recorded_at);
