-- What the law asks about an enrolment, suspensions, deaths and the funeral cases that follow, overpayments.

-- ── Enrolments: versions, never written over ─────────────────────────────────────────────────────

-- The head follows from what the enrolment names: a category, or the head itself.
create function enrolment_head() returns trigger language plpgsql set search_path from current as $$
begin
  select c.head into new.head from benefit_category c
   where new.category_code in (c.code, c.head) order by c.code = new.category_code desc limit 1;
  if new.head is null then
    raise exception 'no category or head %', new.category_code using errcode = '23503';
  end if;
  return new;
end $$;
create trigger enrolment_head before insert on enrolment for each row execute function enrolment_head();

-- An end that has passed into a decision is not moved later: what goes on is a new row.
create function enrolment_ends_once() returns trigger language plpgsql as $$
begin
  if new.valid_to is null and old.valid_to is not null
     or new.valid_to > coalesce(old.valid_to, 'infinity') or old.void and not new.void then
    raise exception 'enrolment % has ended: what goes on is a new row', old.id using errcode = 'LB001';
  end if;
  return new;
end $$;
create trigger enrolment_ends_once before update of valid_to, void on enrolment
  for each row execute function enrolment_ends_once();

-- The children of a single parent (5.4) and of a disabled parent (20.2.a), with their birthdays.
create table enrolment_child (
  enrolment_id    uuid not null references enrolment (id),
  number          smallint not null,
  commune_id      integer not null references commune (id),
  person_id       uuid references person (id),
  birth_date      date not null,
  -- Between 16 and 22 a child counts while it studies.
  studying_until  date,
  primary key (enrolment_id, number)
);
create index enrolment_child_person on enrolment_child (person_id);

-- One row an act: which decision did what to which enrolment.
create table enrolment_act (
  id               bigint generated always as identity primary key,
  enrolment_id     uuid not null references enrolment (id),
  commune_id       integer not null references commune (id),
  act              text not null check (act in ('grant', 'change', 'stop', 'move-within', 'move-out', 'move-in', 'death')),
  decision_number  text not null check (decision_number <> ''),
  decision_date    date not null,
  acted_on         date not null,
  actor            uuid not null,
  recorded_at      timestamptz not null default clock_timestamp()
);
create index enrolment_act_enrolment on enrolment_act (enrolment_id);
create trigger enrolment_act_append_only before update or delete or truncate on enrolment_act
  for each statement execute function refuse_change();

-- ── Suspensions ──────────────────────────────────────────────────────────────────────────────────

-- Proposed by one person, decided by another (TT 02/2021/TT-BLĐTBXH Art 2.3); of a person and a head, so that it
-- outlives a change of the enrolment.
create table suspension (
  id               uuid primary key,
  person_id        uuid not null references person (id),
  head             text not null,
  commune_id       integer not null references commune (id),
  reason           text not null references stop_reason (code),
  from_month       date not null check (from_month = date_trunc('month', from_month)),
  -- The last month that is not paid; null while it lasts.
  to_month         date check (to_month = date_trunc('month', to_month)),
  state            text not null default 'PROPOSED' check (state in ('PROPOSED', 'DECIDED', 'REJECTED', 'RESUMED')),
  with_arrears     boolean,
  proposed_by      uuid not null,
  decided_by       uuid,
  decision_number  text,
  decision_date    date,
  resumed_by       uuid,
  resume_decision  text,
  acted_on         date not null,
  recorded_at      timestamptz not null default clock_timestamp(),
  constraint suspension_two_people check (decided_by <> proposed_by),
  constraint suspension_decided check ((state = 'PROPOSED') = (decided_by is null)),
  constraint suspension_by_decision check (state in ('PROPOSED', 'REJECTED') or (decision_number is not null and decision_date is not null)),
  constraint suspension_resumed check ((state = 'RESUMED') = (with_arrears is not null and to_month is not null and resumed_by is not null))
);
create unique index suspension_one_open on suspension (person_id, head) where state in ('PROPOSED', 'DECIDED');
create index suspension_person on suspension (person_id);

-- ── Deaths ───────────────────────────────────────────────────────────────────────────────────────

-- A file of the civil-status feed; the same bytes twice have no effect.
create table death_feed (
  id           uuid primary key,
  file_name    text not null,
  file_hash    bytea not null constraint death_feed_once unique check (length(file_hash) = 32),
  row_count    integer not null,
  received_by  uuid not null,
  received_at  timestamptz not null default clock_timestamp()
);

-- What somebody, or the feed, says of a death, until a second person confirms it.
create table death_report (
  id                  uuid primary key,
  feed_id             uuid references death_feed (id),
  feed_row            integer,
  person_id           uuid references person (id),
  commune_id          integer references commune (id),
  full_name           text not null,
  id_number_index     bytea,
  id_number_sealed    text,
  died_on             date not null,
  certificate_number  text not null check (certificate_number <> ''),
  state               text not null check (state in ('WORKLIST', 'PROPOSED', 'CONFIRMED', 'REJECTED')),
  -- Why it is in the worklist.
  problem             text check (problem in ('unmatched', 'name-differs', 'other-day', 'born-later')),
  proposed_by         uuid not null,
  decided_by          uuid,
  decided_on          date,
  recorded_at         timestamptz not null default clock_timestamp(),
  constraint death_feed_row unique (feed_id, feed_row),
  constraint death_from_feed check ((feed_id is null) = (feed_row is null)),
  constraint death_of_somebody check (state in ('WORKLIST', 'REJECTED') or (person_id is not null and commune_id is not null)),
  constraint death_problem check (state <> 'WORKLIST' or problem is not null),
  constraint death_decided check ((state in ('CONFIRMED', 'REJECTED')) = (decided_by is not null)),
  constraint death_two_people check (decided_by <> proposed_by)
);
create unique index death_reported_once on death_report (person_id) where state in ('PROPOSED', 'CONFIRMED');
create index death_worklist on death_report (state, recorded_at) where state in ('WORKLIST', 'PROPOSED');

create function death_report_guard() returns trigger language plpgsql as $$
begin
  if (old.state, new.state) not in
     (('WORKLIST', 'PROPOSED'), ('WORKLIST', 'REJECTED'), ('PROPOSED', 'CONFIRMED'), ('PROPOSED', 'REJECTED')) then
    raise exception 'death report % cannot go from % to %', old.id, old.state, new.state using errcode = 'LB020';
  end if;
  if old.state = 'PROPOSED' and (new.person_id, new.died_on, new.certificate_number, new.proposed_by) is distinct from
     (old.person_id, old.died_on, old.certificate_number, old.proposed_by) then
    raise exception 'what death report % says is frozen', old.id using errcode = 'LB001';
  end if;
  return new;
end $$;
create trigger death_report_guard before update on death_report for each row execute function death_report_guard();

-- ── Funeral cases ────────────────────────────────────────────────────────────────────────────────

-- Opened to whoever organises the funeral; a case of its own, for it may exist without an enrolment (Art 11, 14, 25.3).
create table funeral_case (
  id               uuid primary key,
  person_id        uuid not null constraint funeral_once unique references person (id),
  commune_id       integer not null references commune (id),
  organiser_id     uuid not null references person (id),
  died_on          date not null,
  certificate      text not null check (certificate <> ''),
  -- The grounds that apply; the highest support is paid.
  grounds          text[] not null check (cardinality(grounds) > 0),
  state            text not null default 'PROPOSED' check (state in ('PROPOSED', 'DECIDED', 'REJECTED')),
  opened_by        uuid not null,
  decided_by       uuid,
  decision_number  text,
  decision_date    date,
  recorded_at      timestamptz not null default clock_timestamp(),
  constraint funeral_not_oneself check (organiser_id <> person_id),
  constraint funeral_two_people check (decided_by <> opened_by),
  constraint funeral_decided check ((state = 'PROPOSED') = (decided_by is null)),
  constraint funeral_by_decision check (state <> 'DECIDED' or (decision_number is not null and decision_date is not null))
);
create index funeral_commune on funeral_case (commune_id, person_id);

-- ── Overpayments ─────────────────────────────────────────────────────────────────────────────────

-- What was paid and, by what is known now, was not owed: each đồng of an entitlement becomes a receivable once.
create table overpayment (
  entitlement_number  text not null references entitlement (number),
  number              smallint not null check (number > 0),
  commune_id          integer not null references commune (id),
  person_id           uuid not null references person (id),
  amount              bigint not null check (amount > 0),
  reason              text not null,
  recorded_by         uuid not null,
  recorded_at         timestamptz not null default clock_timestamp(),
  primary key (entitlement_number, number)
);
create index overpayment_person on overpayment (person_id);

-- Together never more than the entitlement itself.
create function overpayment_within() returns trigger language plpgsql set search_path from current as $$
begin
  if exists (
    select 1 from fresh f join entitlement e on e.number = f.entitlement_number
     where e.amount < (select sum(o.amount) from overpayment o where o.entitlement_number = e.number)) then
    raise exception 'more would be recovered of an entitlement than was paid' using errcode = 'LB004';
  end if;
  return null;
end $$;
create trigger overpayment_within after insert on overpayment
  referencing new table as fresh for each statement execute function overpayment_within();
create trigger overpayment_append_only before update or delete or truncate on overpayment
  for each statement execute function refuse_change();

-- ── Scope and grants ─────────────────────────────────────────────────────────────────────────────

select scope_by_commune(t) from unnest(array['enrolment_child', 'enrolment_act', 'suspension', 'funeral_case', 'overpayment']) as t;
-- A death that nobody could place yet belongs to no commune: whoever sees the province works it off.
select scope_by_commune('death_report');

select grant_to(role, 'select', 'enrolment_child, enrolment_act, suspension, death_feed, death_report, funeral_case, overpayment')
  from unnest(array['_app', '_report']) as role;
select grant_to('_app', 'insert', 'enrolment_child, enrolment_act, suspension, death_feed, death_report, funeral_case, overpayment');
select grant_to('_app', 'update (state, to_month, with_arrears, decided_by, decision_number, decision_date, resumed_by, resume_decision, acted_on)', 'suspension');
select grant_to('_app', 'update (state, person_id, commune_id, problem, proposed_by, decided_by, decided_on)', 'death_report');
select grant_to('_app', 'update (state, decided_by, decision_number, decision_date)', 'funeral_case');
