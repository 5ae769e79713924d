-- A reversal stands with its paper and its two people, or not at all: whoever holds the application's password could call the
-- door of reversals and keep no paper (docs/adr/0026). The paper comes after the entry, so it is asked for when all of it commits.
create function reversal_has_paper() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  if not exists (select from entry_by_hand h where h.entry_id = new.id) then
    raise exception 'reversal % has no paper of two people', new.reference using errcode = 'LB056';
  end if;
  return null;
end $$;
create constraint trigger reversal_has_paper after insert on journal_entry deferrable initially deferred
  for each row when (new.reverses is not null) execute function reversal_has_paper();

-- The paper names who booked the entry, and is kept with it: none is found for an old entry, and nobody signs for another.
create function entry_by_hand_of_entry() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  entry record;
begin
  select actor, xid into entry from journal_entry where id = new.entry_id;
  if entry.xid is distinct from pg_current_xact_id() then
    raise exception 'a paper is kept with its entry, not afterwards' using errcode = 'LB009';
  end if;
  if entry.actor <> new.entered_by then
    raise exception 'the paper of entry % names another than who booked it', new.entry_id using errcode = 'LB022';
  end if;
  return null;
end $$;
create trigger entry_by_hand_of_entry after insert on entry_by_hand
  for each row execute function entry_by_hand_of_entry();
