-- An account or payee of an officer's relative takes three people: one asks, one approves, another approves and carries it out.
alter table proposal add column endorsed_by uuid, add column endorsed_at timestamptz;
alter table proposal
  add constraint proposal_endorsed check ((endorsed_by is null) = (endorsed_at is null)),
  add constraint proposal_three_people check (
    endorsed_by <> proposed_by and (state <> 'CONFIRMED' or endorsed_by is distinct from decided_by));

create or replace function proposal_moves() returns trigger language plpgsql as $$
declare
  decided constant text[] := array['state', 'decided_by', 'decided_at', 'reason'];
  endorsed constant text[] := array['endorsed_by', 'endorsed_at'];
begin
  if old.state <> 'OPEN'
     or (to_jsonb(old) - decided - endorsed) is distinct from (to_jsonb(new) - decided - endorsed)
     or (old.endorsed_by is not null
         and (old.endorsed_by, old.endorsed_at) is distinct from (new.endorsed_by, new.endorsed_at)) then
    raise exception 'a proposal is decided once and says what it said' using errcode = 'LB051';
  end if;
  return new;
end $$;

select grant_to('_app', 'update (endorsed_by, endorsed_at)', 'proposal');
