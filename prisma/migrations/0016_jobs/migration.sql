-- What keeps payouts moving when nobody looks: when a state began, what is to be asked and when, who may send, what
-- the calendar has done.

-- ── When a state began, and when an unknown outcome is asked after ───────────────────────────────

alter table instruction
  -- When its state began.
  add column moved_at timestamptz not null default clock_timestamp(),
  -- Only while UNKNOWN: when the channel is asked next, and how often it was asked.
  add column enquire_at timestamptz,
  add column enquiries smallint not null default 0;
-- What is there already: when it last moved, and what is unknown is asked after at once.
update instruction i set moved_at = coalesce((select max(e.recorded_at) from instruction_event e where e.reference = i.reference), i.moved_at),
       enquire_at = case when i.state = 'UNKNOWN' then clock_timestamp() end;

create function instruction_moved() returns trigger language plpgsql as $$
begin
  new.moved_at := clock_timestamp();
  -- The first enquiry is due 40 s after the outcome became unknown; the later ones are set by who asks.
  new.enquire_at := case when new.state = 'UNKNOWN' then new.moved_at + interval '40 seconds' end;
  new.enquiries := 0;
  return new;
end $$;
create trigger instruction_moved before update on instruction for each row
  when (old.state is distinct from new.state) execute function instruction_moved();

create index instruction_reported on instruction (channel, moved_at) where state = 'SUBMITTED';
create index instruction_enquiry on instruction (channel, enquire_at) where state = 'UNKNOWN';

-- What was asked of a channel after an unknown outcome, and what it said.
create table enquiry (
  id           bigint generated always as identity primary key,
  reference    text collate "C" not null references instruction (reference),
  commune_id   integer not null,
  attempt      smallint not null,
  answer       text not null check (answer in ('executed', 'rejected', 'not-found', 'no-answer')),
  reason       text,
  recorded_at  timestamptz not null default clock_timestamp()
);
create index enquiry_reference on enquiry (reference);
create trigger enquiry_append_only before update or delete or truncate on enquiry
  for each statement execute function refuse_change();
select scope_by_commune('enquiry');

-- ── The treasury's switch: may a channel send? ───────────────────────────────────────────────────

-- The last row of a channel holds. One person, or a check that failed, stops; two people start again.
create table channel_switch (
  id           bigint generated always as identity primary key,
  channel      text not null check (channel in ('bank', 'hue-s')),
  sending      boolean not null,
  reason       text not null,
  actor        uuid not null,
  via          text not null,
  confirmed_by uuid,
  recorded_at  timestamptz not null default clock_timestamp(),
  constraint channel_switch_two_people check (not sending or (confirmed_by is not null and confirmed_by <> actor))
);
create index channel_switch_last on channel_switch (channel, id desc);
create trigger channel_switch_append_only before update or delete or truncate on channel_switch
  for each statement execute function refuse_change();

create function channel_may_send(name text) returns boolean language sql stable as
$$ select coalesce((select s.sending from channel_switch s where s.channel = name order by s.id desc limit 1), true) $$;
select grant_to('_app', 'execute', 'function channel_may_send(text)');

-- Nothing is taken for sending while its channel is stopped, whoever asks.
create function instruction_channel_open() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  if not channel_may_send(new.channel) then
    raise exception 'sending through % is stopped', new.channel using errcode = 'LB026';
  end if;
  return new;
end $$;
create trigger instruction_channel_open before update on instruction for each row
  when (old.state = 'QUEUED' and new.state = 'SUBMITTING') execute function instruction_channel_open();

-- ── Stopping what was sent already: a request to the channel, which may come too late ────────────

create table stop_request (
  reference    text collate "C" primary key references instruction (reference),
  commune_id   integer not null,
  reason       text not null,
  actor        uuid not null,
  via          text not null,
  recorded_at  timestamptz not null default clock_timestamp()
);
create trigger stop_request_append_only before update or delete or truncate on stop_request
  for each statement execute function refuse_change();
select scope_by_commune('stop_request');

-- ── The calendar ─────────────────────────────────────────────────────────────────────────────────

create table holiday (
  day     date primary key,
  name_vi text not null,
  status  text not null
);

-- A task of a day is done once, however often and by however many workers it is asked for.
create table calendar_run (
  task         text not null,
  day          date not null,
  result       jsonb not null,
  recorded_at  timestamptz not null default clock_timestamp(),
  primary key (task, day)
);
create trigger calendar_run_append_only before update or delete or truncate on calendar_run
  for each statement execute function refuse_change();

-- What an office has to do by a day. Whether it is done is read from the rows it is about.
create table office_task (
  kind        text not null check (kind in ('list', 'hand-over', 'service-report', 'representation')),
  subject     text not null,
  commune_id  integer not null references commune (id),
  month       date not null check (month = date_trunc('month', month)),
  due_on      date not null,
  raised_on   date not null,
  primary key (kind, subject, month)
);
create index office_task_due on office_task (due_on);
select scope_by_commune('office_task');

select grant_to(role, 'select', 'enquiry, channel_switch, stop_request, holiday, calendar_run, office_task')
  from unnest(array['_app', '_report']) as role;
select grant_to('_app', 'insert', 'enquiry, channel_switch, stop_request, calendar_run, office_task');
select grant_to('_app', 'update (enquire_at, enquiries)', 'instruction');
