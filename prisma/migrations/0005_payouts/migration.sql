-- A commune's monthly list, what each person is owed on it, and the instructions that pay it.

-- ── Lists and entitlements ───────────────────────────────────────────────────────────────────────

create table payout_list (
  id            uuid primary key,
  commune_id    integer not null references commune (id),
  month         date not null check (month = date_trunc('month', month)),
  -- 1 for the first of a month, one more for each that follows a refused or withdrawn one.
  version       smallint not null,
  number        text not null unique,
  paying_unit   text not null references paying_unit (id),
  state         text not null check (state in ('DRAFT', 'SUBMITTED', 'APPROVED', 'RELEASED', 'REFUSED', 'WITHDRAWN')),
  row_count     integer not null,
  total         bigint not null check (total >= 0),
  -- Computed by the database when the list is submitted (0010_lists), over every field of every row.
  content_hash  bytea,
  prepared_by   uuid not null,
  approved_by   uuid,
  released_by   uuid,
  -- Who refused or withdrew it, and why.
  closed_by     uuid,
  reason_code   text,
  reason        text,
  constraint payout_list_key unique (commune_id, month, version),
  constraint payout_list_frozen check (state in ('DRAFT', 'WITHDRAWN') or content_hash is not null),
  constraint payout_list_approved check (case when state in ('APPROVED', 'RELEASED') then approved_by is not null
                                              when state in ('DRAFT', 'SUBMITTED') then approved_by is null else true end),
  constraint payout_list_released check ((state = 'RELEASED') = (released_by is not null)),
  constraint payout_list_closed check ((state in ('REFUSED', 'WITHDRAWN')) = (closed_by is not null)
                                       and (closed_by is null) = (reason_code is null) and (closed_by is null) = (reason is null)
                                       and btrim(reason) <> ''),
  -- Law 7: preparer, approver and releaser of the same money are different people, and who refuses it is none of the first two.
  constraint payout_list_different_people check (
    approved_by <> prepared_by and released_by <> prepared_by and released_by <> approved_by
    and (state <> 'REFUSED' or closed_by <> prepared_by and closed_by is distinct from approved_by))
);
-- A commune has one list a month that counts; what was refused or withdrawn stays beside it.
create unique index payout_list_one_live on payout_list (commune_id, month) where state not in ('REFUSED', 'WITHDRAWN');
create index payout_list_month on payout_list (month);

-- What a person is owed on a list. That its list, people, account and document exist is checked once a statement (0010_lists).
create table entitlement (
  number              text primary key,
  list_id             uuid not null,
  -- Its place on the list, from 1.
  row                 integer not null,
  commune_id          integer not null,
  person_id           uuid not null,
  enrolment_id        uuid not null,
  programme           text not null,
  -- The month it is owed for: before the month of the list for arrears.
  month               date not null check (month = date_trunc('month', month)),
  component           text not null,
  -- Neutral where the category is confidential; the enrolment knows the real one.
  category_code       text not null,
  amount              bigint not null check (amount > 0),
  explanation         text not null,
  explanation_en      text not null,
  legal_basis         text not null,
  method              text not null check (method in ('account', 'cash')),
  channel             text check (channel in ('bank', 'hue-s')),
  payee_id            uuid not null,
  relation            text not null,
  representation_id   uuid,
  payment_account_id  uuid,
  -- Why it could not be released if it were today, as the list was drawn up.
  hold                text,
  warnings            text[] not null,
  -- Whether it still stands: not on a refused or withdrawn list, not struck off, not stopped. Kept by triggers alone.
  live                boolean not null default true,
  constraint entitlement_row unique (list_id, row),
  constraint entitlement_account check ((method = 'account') = (payment_account_id is not null)
                                        and (method = 'account') = (channel is not null))
);
-- Law 3: one entitlement per person + programme + period + component, of those that stand.
create unique index entitlement_once on entitlement (person_id, programme, month, component) where live;

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
  -- What it pays, of which list and into which account: checked once a statement (instruction_begins), then frozen.
  entitlement_number  text not null,
  list_id             uuid not null,
  commune_id          integer not null,
  paying_unit         text not null,
  channel             text not null check (channel in ('bank', 'hue-s')),
  payment_account_id  uuid not null,
  amount              bigint not null check (amount > 0),
  state               text not null,
  attempt             smallint not null default 0,
  fence               uuid,
  claimed_at          timestamptz,
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
  alone boolean;
begin
  select min(o.reference || ' cannot go from ' || o.state || ' to ' || n.state) filter (where o.state <> n.state and t.from_state is null),
         count(*) filter (where o.state = 'UNKNOWN' and n.state = 'QUEUED'),
         bool_or(n.reference is null or (o.entitlement_number, o.amount, o.list_id, o.channel, o.payment_account_id, o.prepared_by)
                 is distinct from (n.entitlement_number, n.amount, n.list_id, n.channel, n.payment_account_id, n.prepared_by)
                 or (o.approved_by is not null and n.approved_by is distinct from o.approved_by)),
         min(o.reference || ' is not on an approved and released list') filter (
           where o.state <> n.state and (n.state = 'APPROVED' and l.state not in ('APPROVED', 'RELEASED')
                                         or n.state = 'QUEUED' and l.state <> 'RELEASED')),
         bool_or(o.state = 'HELD' and n.state = 'QUEUED' and current_setting('app.actor')::uuid in (n.prepared_by, n.approved_by))
    into wrong, resends, altered, early, alone
    from before o left join after n on n.reference = o.reference
    left join instruction_transition t on t.from_state = o.state and t.to_state = n.state
    left join payout_list l on l.id = n.list_id;
  if coalesce(wrong, early) is not null then
    raise exception 'instruction %', coalesce(wrong, early) using errcode = 'LB020';
  end if;
  if altered then
    raise exception 'what an instruction pays, to whom and how never changes' using errcode = 'LB001';
  end if;
  if alone then
    raise exception 'what was held is let go by another person than prepared or approved it' using errcode = 'LB021';
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
language plpgsql security definer set search_path from current
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
begin
  if exists (select 1 from after where state <> 'LISTED') then
    raise exception 'an instruction begins as LISTED' using errcode = 'LB020';
  end if;
  -- It pays one entitlement that stands, whole, from its own list.
  if exists (select 1 from after a left join entitlement e on e.number = a.entitlement_number and e.live
              where (a.list_id, a.commune_id, a.amount) is distinct from (e.list_id, e.commune_id, e.amount)) then
    raise exception 'an instruction pays an entitlement that stands, in full' using errcode = 'LB001';
  end if;
  if exists (select 1 from after a where (select p.id from payment_account p where p.id = a.payment_account_id) is null) then
    raise exception 'an instruction pays into an account that exists' using errcode = '23503';
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
  list_id        uuid not null references payout_list (id),
  commune_id     integer not null,
  paying_unit    text not null references paying_unit (id),
  row_count      integer not null,
  total          bigint not null,
  content_hash   bytea not null,
  handed_over_on date,
  settled_on     date,
  constraint cash_list_order check (settled_on is null or handed_over_on is not null)
);

create index cash_list_of on cash_list (list_id);

-- Which rows of a list a cash list hands over: each once (law 3), whatever became of the first hand-over.
create table cash_list_row (
  entitlement_number  text primary key references entitlement (number),
  cash_list_id        text not null references cash_list (id),
  commune_id          integer not null
);
create index cash_list_row_list on cash_list_row (cash_list_id);
create trigger cash_list_row_append_only before update or delete or truncate on cash_list_row
  for each statement execute function refuse_change();

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
  'resend_decision', 'cash_list', 'cash_list_row', 'cash_result']) as t;
select grant_to(role, 'select', 'payout_list, entitlement, payment_order, instruction_transition, instruction,
  instruction_event, resend_decision, cash_list, cash_list_row, cash_result') from unnest(array['_app', '_report']) as role;
select grant_to('_app', 'insert', 'payout_list, payment_order, instruction, resend_decision, cash_list, cash_list_row, cash_result');
-- All but `live`, which is the database's own.
select grant_to('_app', 'insert (number, list_id, row, commune_id, person_id, enrolment_id, programme, month, component, category_code,
  amount, explanation, explanation_en, legal_basis, method, channel, payee_id, relation, representation_id, payment_account_id, hold,
  warnings)', 'entitlement');
select grant_to('_app', 'update (state, approved_by, released_by, closed_by, reason_code, reason)', 'payout_list');
select grant_to('_app', 'update (state, attempt, fence, claimed_at, order_id, approved_by, reason)', 'instruction');
select grant_to('_app', 'update (attempt, touched_at)', 'payment_order');
select grant_to('_app', 'update (handed_over_on, settled_on)', 'cash_list');
