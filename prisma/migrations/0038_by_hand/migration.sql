-- What officers book by hand, funds of paying units and reversals of them, stands on the word of two people with its paper
-- (docs/adr/0026). Everything else is booked by the act that it belongs to.
create table entry_by_hand (
  entry_id      bigint primary key references journal_entry (id),
  -- The voucher or decision that it rests on.
  document      text not null check (document <> ''),
  entered_by    uuid not null,
  confirmed_by  uuid not null,
  recorded_at   timestamptz not null default clock_timestamp(),
  constraint entry_by_hand_two_people check (entered_by <> confirmed_by)
);
create trigger entry_by_hand_append_only before update or delete or truncate on entry_by_hand
  for each statement execute function refuse_change();
alter table entry_by_hand enable row level security;
create policy province_only on entry_by_hand using ((select scope_is_province()));
select grant_to(role, 'select', 'entry_by_hand') from unnest(array['_app', '_report']) as role;
select grant_to('_app', 'insert', 'entry_by_hand');
