-- What kept a payment from being claimed for a technical reason (docs/adr/0015). A row that fails again and again is
-- parked: it is HELD, and neither keeps others waiting nor goes round for ever.

create table claim_failure (
  id           bigint generated always as identity primary key,
  reference    text collate "C" not null references instruction (reference),
  commune_id   integer not null,
  -- A code or the kind of error, never its text, which might repeat what is personal.
  error        text not null check (length(error) between 1 and 80),
  via          text not null,
  recorded_at  timestamptz not null default clock_timestamp()
);
create index claim_failure_reference on claim_failure (reference);
create trigger claim_failure_append_only before update or delete or truncate on claim_failure
  for each statement execute function refuse_change();
select scope_by_commune('claim_failure');
select grant_to(role, 'select', 'claim_failure') from unnest(array['_app', '_report']) as role;
select grant_to('_app', 'insert', 'claim_failure');
