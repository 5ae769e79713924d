-- What a channel tells us unasked (docs/adr/0014): it is kept for ever, and has us ask; it decides nothing.

create table callback_event (
  channel      text not null check (channel in ('bank', 'hue-s')),
  event_id     text collate "C" not null check (event_id ~ '^[A-Za-z0-9._-]{1,64}$'),
  -- Taken, or refused for its clock. A refused one must not stand in the way of the same event sent in time.
  accepted     boolean not null,
  verdict      text not null check (verdict in ('enquiry-due', 'decided-already', 'unknown-reference', 'wrong-clock')),
  reference    text collate "C" not null,
  commune_id   integer references commune (id),
  status       text not null,
  body_hash    bytea not null check (length(body_hash) = 32),
  sent_at      timestamptz not null,
  received_at  timestamptz not null default clock_timestamp(),
  primary key (channel, event_id, accepted),
  constraint callback_event_refused check (accepted = (verdict <> 'wrong-clock'))
);
create index callback_event_reference on callback_event (reference);
create trigger callback_event_append_only before update or delete or truncate on callback_event
  for each statement execute function refuse_change();

-- Instructions that somebody should ask about now, taken by the enquiry round.
create table enquiry_due (
  reference   text collate "C" primary key references instruction (reference),
  commune_id  integer not null,
  channel     text not null check (channel in ('bank', 'hue-s')),
  cause       text not null check (cause in ('callback')),
  since       timestamptz not null default clock_timestamp()
);
create index enquiry_due_since on enquiry_due (channel, since);

select scope_by_commune(t) from unnest(array['callback_event', 'enquiry_due']) as t;
select grant_to(role, 'select', 'callback_event, enquiry_due') from unnest(array['_app', '_report']) as role;
select grant_to('_app', 'insert', 'callback_event, enquiry_due');
select grant_to('_app', 'update (since)', 'enquiry_due');
select grant_to('_app', 'delete', 'enquiry_due');
