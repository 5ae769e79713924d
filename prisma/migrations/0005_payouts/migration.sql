-- A commune's monthly list, what each person is owed on it, and the instructions that pay it.

-- ── Lists and entitlements ───────────────────────────────────────────────────────────────────────

create table payout_list (
  id            uuid primary key,
  commune_id    integer not null references commune (id),
  month         date not null check (month = date_trunc('month', month)),
  version       smallint not null,
  number        text not null unique,
  paying_unit   text not null references paying_unit (id),
  state         text not null check (state in ('DRAFT', 'SUBMITTED', 'APPROVED', 'RELEASED')),
  row_count     integer not null,
  total         bigint not null check (total >= 0),
  content_hash  bytea not null,
  prepared_by   uuid not null,
  approved_by   uuid,
  released_by   uuid,
  constraint payout_list_key unique (commune_id, month, version),
  constraint payout_list_approved check ((state in ('APPROVED', 'RELEASED')) = (approved_by is not null)),
  constraint payout_list_released check ((state = 'RELEASED') = (released_by is not null)),
  -- Law 7: preparer, approver and releaser of the same money are different people.
  constraint payout_list_different_people check (
    approved_by <> prepared_by and released_by <> prepared_by and released_by <> approved_by)
);

-- Law 3: one entitlement per person + programme + period + component.
create table entitlement (
  number              text primary key,
  list_id             uuid not null references payout_list (id),
  commune_id          integer not null,
  person_id           uuid not null references person (id),
  programme           text not null,
  month               date not null,
  component           text not null,
  category_code       text not null,
  amount              bigint not null check (amount > 0),
  explanation         text not null,
  method              text not null check (method in ('account', 'cash')),
  payee_id            uuid not null references person (id),
  payment_account_id  uuid references payment_account (id),
  constraint entitlement_once unique (person_id, programme, month, component)
);
create index entitlement_list on entitlement (list_id);

-- A list begins as a draft, only moves forward, and keeps its content and who decided on it.
create function payout_list_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.state <> 'DRAFT' then raise exception 'a list begins as DRAFT' using errcode = 'LB020'; end if;
    return new;
  end if;
  if (old.state, new.state) not in (('DRAFT', 'SUBMITTED'), ('SUBMITTED', 'APPROVED'), ('APPROVED', 'RELEASED')) then
    raise exception 'list % cannot go from % to %', old.number, old.state, new.state using errcode = 'LB020';
  end if;
  if (new.row_count, new.total, new.content_hash, new.prepared_by) is distinct from
     (old.row_count, old.total, old.content_hash, old.prepared_by)
     or (old.approved_by is not null and new.approved_by is distinct from old.approved_by) then
    raise exception 'the content of list % and who decided on it are frozen', old.number using errcode = 'LB001';
  end if;
  return new;
end $$;
create trigger payout_list_guard before insert or update on payout_list for each row execute function payout_list_guard();

-- Rows are added to a draft only; afterwards a change is a new list.
create function entitlement_of_draft() returns trigger language plpgsql set search_path from current as $$
begin
  if exists (select 1 from payout_list l where l.id in (select list_id from fresh) and l.state <> 'DRAFT') then
    raise exception 'a frozen list takes no more rows' using errcode = 'LB001';
  end if;
  return null;
end $$;
create trigger entitlement_of_draft after insert on entitlement
  referencing new table as fresh for each statement execute function entitlement_of_draft();

-- ── Orders: what is sent together ────────────────────────────────────────────────────────────────

create table payment_order (
  id           text primary key,
  channel      text not null check (channel in ('bank', 'hue-s')),
  paying_unit  text not null references paying_unit (id),
  planned_on   date not null,
  -- Raised when its instructions are queued again or nobody takes them: the job gets a new id.
  attempt      smallint not null default 1,
  -- When instructions of it were last taken, or its attempt was raised.
  touched_at   timestamptz not null default clock_timestamp(),
  ordered_by   uuid not null,
  recorded_at  timestamptz not null default clock_timestamp()
);

-- ── Instructions ─────────────────────────────────────────────────────────────────────────────────

-- The one table of transitions, copied from src/payouts/instruction.ts at set-up.
create table instruction_transition (
  from_state  text not null,
  to_state    text not null,
  primary key (from_state, to_state)
);

create table instruction (
  reference           text collate "C" primary key check (reference ~ '^[0-9A-Z]{16}$'),
  entitlement_number  text not null references entitlement (number),
  list_id             uuid not null references payout_list (id),
  commune_id          integer not null,
  paying_unit         text not null,
  channel             text not null check (channel in ('bank', 'hue-s')),
  payment_account_id  uuid not null references payment_account (id),
  amount              bigint not null check (amount > 0),
  state               text not null,
  attempt             smallint not null default 0,
  fence               uuid,
  claimed_at          timestamptz,
  -- When its state began.
  moved_at            timestamptz not null default clock_timestamp(),
  -- Only while UNKNOWN: when the channel is asked next, and how often it was asked.
  enquire_at          timestamptz,
  enquiries           smallint not null default 0,
  order_id            text references payment_order (id),
  replaces            text references instruction (reference),
  prepared_by         uuid not null,
  approved_by         uuid,
  reason              text,
  constraint instruction_two_people check (approved_by <> prepared_by),
  constraint instruction_approved check (state in ('LISTED', 'CANCELLED', 'HELD') or approved_by is not null)
);
-- Law 3: at most one live instruction per entitlement; a re-issue waits until the old one is finished.
create unique index instruction_one_live on instruction (entitlement_number)
  where state not in ('REJECTED', 'RETURNED', 'CANCELLED');
create index instruction_list on instruction (list_id);
-- Small indexes of what is to be done next, whatever the size of the table.
create index instruction_unplanned on instruction (channel, paying_unit, reference) where state = 'QUEUED' and order_id is null;
create index instruction_waiting on instruction (order_id, reference) where state = 'QUEUED';
create index instruction_sending on instruction (claimed_at) where state = 'SUBMITTING';
create index instruction_open on instruction (state, channel, reference) where state in ('LISTED', 'APPROVED', 'SUBMITTED', 'UNKNOWN', 'HELD');

create table instruction_event (
  id           bigint generated always as identity primary key,
  reference    text collate "C" not null,
  commune_id   integer not null,
  from_state   text,
  to_state     text not null,
  attempt      smallint not null,
  reason       text,
  actor        uuid not null,
  via          text not null,
  recorded_at  timestamptz not null default clock_timestamp()
);
create index instruction_event_reference on instruction_event (reference);
create trigger instruction_event_append_only before update or delete or truncate on instruction_event
  for each statement execute function refuse_change();

-- Two people decide that an unknown payment was not executed and is sent again under its own reference.
create table resend_decision (
  reference     text collate "C" not null references instruction (reference),
  attempt       smallint not null,
  commune_id    integer not null,
  requested_by  uuid not null,
  approved_by   uuid not null,
  evidence      text not null,
  recorded_at   timestamptz not null default clock_timestamp(),
  primary key (reference, attempt),
  constraint resend_two_people check (requested_by <> approved_by)
);
create trigger resend_decision_append_only before update or delete or truncate on resend_decision
  for each statement execute function refuse_change();

-- Every change of state follows the table, leaves an event, and a resend has its decision. The transition
-- tables have no statistics and plans are kept, so nested loops are ruled out.
create function instruction_moves() returns trigger
language plpgsql security definer set search_path from current set enable_nestloop = off as $$
declare
  wrong text;
  early text;
  resends bigint;
  altered boolean;
begin
  select min(o.reference || ' cannot go from ' || o.state || ' to ' || n.state) filter (where o.state <> n.state and t.from_state is null),
         count(*) filter (where o.state = 'UNKNOWN' and n.state = 'QUEUED'),
         bool_or(n.reference is null or (o.entitlement_number, o.amount, o.list_id, o.channel, o.payment_account_id, o.prepared_by)
                 is distinct from (n.entitlement_number, n.amount, n.list_id, n.channel, n.payment_account_id, n.prepared_by)
                 or (o.approved_by is not null and n.approved_by is distinct from o.approved_by)),
         min(o.reference || ' is not on an approved and released list') filter (
           where o.state <> n.state and (n.state = 'APPROVED' and l.state not in ('APPROVED', 'RELEASED')
                                         or n.state = 'QUEUED' and l.state <> 'RELEASED'))
    into wrong, resends, altered, early
    from before o left join after n on n.reference = o.reference
    left join instruction_transition t on t.from_state = o.state and t.to_state = n.state
    left join payout_list l on l.id = n.list_id;
  if coalesce(wrong, early) is not null then
    raise exception 'instruction %', coalesce(wrong, early) using errcode = 'LB020';
  end if;
  if altered then
    raise exception 'what an instruction pays, to whom and how never changes' using errcode = 'LB001';
  end if;
  if resends > (select count(*) from before o join after n on n.reference = o.reference
                  join resend_decision r on r.reference = o.reference and r.attempt = o.attempt + 1
                 where resends > 0 and o.state = 'UNKNOWN' and n.state = 'QUEUED') then
    raise exception 'an unknown instruction is sent again only by the decision of two people' using errcode = 'LB020';
  end if;
  insert into instruction_event (reference, commune_id, from_state, to_state, attempt, reason, actor, via)
  select n.reference, n.commune_id, o.state, n.state, n.attempt, n.reason,
         current_setting('app.actor')::uuid, current_setting('app.via')
    from before o join after n on n.reference = o.reference where o.state <> n.state;
  return null;
end $$;
create trigger instruction_moves after update on instruction
  referencing old table as before new table as after for each statement execute function instruction_moves();

create function instruction_begins() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  if exists (select 1 from after where state <> 'LISTED') then
    raise exception 'an instruction begins as LISTED' using errcode = 'LB020';
  end if;
  insert into instruction_event (reference, commune_id, to_state, attempt, actor, via)
  select reference, commune_id, state, attempt, current_setting('app.actor')::uuid, current_setting('app.via') from after;
  return null;
end $$;
create trigger instruction_begins after insert on instruction
  referencing new table as after for each statement execute function instruction_begins();

-- ── Cash through the service organisation ────────────────────────────────────────────────────────

create table cash_list (
  id             text primary key,
  list_id        uuid not null unique references payout_list (id),
  commune_id     integer not null,
  paying_unit    text not null references paying_unit (id),
  row_count      integer not null,
  total          bigint not null,
  content_hash   bytea not null,
  handed_over_on date,
  settled_on     date,
  constraint cash_list_order check (settled_on is null or handed_over_on is not null)
);

create table cash_result (
  entitlement_number  text primary key references entitlement (number),
  cash_list_id        text not null references cash_list (id),
  commune_id          integer not null,
  amount              bigint not null,
  paid                boolean not null,
  reason              text
);
create index cash_result_list on cash_result (cash_list_id);
create trigger cash_result_append_only before update or delete or truncate on cash_result
  for each statement execute function refuse_change();

select scope_by_commune(t) from unnest(array['payout_list', 'entitlement', 'instruction', 'instruction_event',
  'resend_decision', 'cash_list', 'cash_result']) as t;
select grant_to(role, 'select', 'payout_list, entitlement, payment_order, instruction_transition, instruction,
  instruction_event, resend_decision, cash_list, cash_result') from unnest(array['_app', '_report']) as role;
select grant_to('_app', 'insert', 'payout_list, entitlement, payment_order, instruction, resend_decision, cash_list, cash_result');
select grant_to('_app', 'update (state, approved_by, released_by)', 'payout_list');
select grant_to('_app', 'update (state, attempt, fence, claimed_at, order_id, approved_by, reason)', 'instruction');
select grant_to('_app', 'update (attempt, touched_at)', 'payment_order');
select grant_to('_app', 'update (handed_over_on, settled_on)', 'cash_list');
