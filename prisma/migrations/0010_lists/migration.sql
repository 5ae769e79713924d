-- How a commune's list is decided: frozen, opened, approved by row, refused, withdrawn, released, held and stopped.
-- docs/adr/0011 says why a refused list is a new version and a refused row is struck off.
--
-- Errors raised here beside LB001 and LB020 (src/lib/db-errors.ts):
--   LB021 same person on two sides of the money   LB022 not theirs to withdraw
--   LB023 the set named is not the set stored      LB024 rows that must be opened first
--   LB025 a reason is missing or unknown

-- ── Data: why one may decide so, and what must be looked at (src/payouts/list-data.ts, at set-up) ────

create table decision_reason (
  code      text not null,
  decision  text not null,
  label_vi  text not null,
  label_en  text not null,
  primary key (code, decision)
);

create table row_warning (
  code       text primary key,
  -- Whether the approver must have opened a row with it.
  must_open  boolean not null,
  -- What the rule compares with, where it compares: 3 for "more than three times last month's amount".
  threshold  integer,
  label_vi   text not null,
  label_en   text not null
);

create function require_reason(p_code text, p_decision text) returns void
language plpgsql set search_path from current as $$
begin
  if not exists (select 1 from decision_reason where code = p_code and decision = p_decision) then
    raise exception 'reason % is not one for %', coalesce(p_code, '(none)'), p_decision using errcode = 'LB025';
  end if;
end $$;

-- ── The set that a person names: count, sum in đồng, hash over every field of its rows in order ──────

-- One row of the hash, version 1. Anybody can compute it again from the fields: a JSON array, texts and null.
create function entitlement_canonical(e entitlement) returns text language sql stable as $$
  select json_build_array('list-row.v1', e.row::text, e.number, e.person_id, e.enrolment_id, e.programme, e.component, e.month,
    e.category_code, e.amount::text, e.explanation, e.explanation_en, e.legal_basis, e.method, e.channel, e.payee_id, e.relation,
    e.representation_id, e.payment_account_id, e.hold, array_to_string(e.warnings, ','))::text
$$;

-- Of a list, or of some of its rows.
create function list_set(p_list uuid, p_rows integer[], out row_count integer, out total bigint, out content_hash bytea)
language sql stable as $$
  select count(*)::integer, coalesce(sum(e.amount), 0)::bigint,
         sha256(convert_to(coalesce(string_agg(entitlement_canonical(e), E'\n' order by e.row), ''), 'UTF8'))
    from entitlement e where e.list_id = p_list and (p_rows is null or e.row = any (p_rows))
$$;

-- ── Acts on rows ─────────────────────────────────────────────────────────────────────────────────

-- Who looked at which row of the frozen list, and when: the next act of the same person says for how long.
create table row_opening (
  id            bigint generated always as identity primary key,
  list_id       uuid not null references payout_list (id),
  commune_id    integer not null,
  row           integer not null,
  -- Of the list: what was opened is what was frozen.
  content_hash  bytea not null,
  opened_by     uuid not null,
  opened_at     timestamptz not null default clock_timestamp()
);
create index row_opening_list on row_opening (list_id, opened_by, row);

-- One decision on a set of rows: approved; refused by the approver; stopped later. Refused and stopped rows stand no more.
create table list_decision (
  id            bigint generated always as identity primary key,
  list_id       uuid not null references payout_list (id),
  commune_id    integer not null,
  decision      text not null check (decision in ('approve', 'refuse-row', 'stop')),
  -- Places on the list, each once, rising.
  rows          integer[] not null,
  row_count     integer not null,
  total         bigint not null,
  content_hash  bytea not null,
  reason_code   text,
  reason        text,
  decided_by    uuid not null,
  recorded_at   timestamptz not null default clock_timestamp(),
  constraint list_decision_reason check ((decision = 'approve') = (reason_code is null) and (reason_code is null) = (reason is null)
                                         and btrim(reason) <> '')
);
create index list_decision_list on list_decision (list_id);

-- Officers' holds: on a person (everything still to be sent for them) or on one entitlement.
create table payout_hold (
  id                  uuid primary key,
  commune_id          integer not null,
  person_id           uuid references person (id),
  entitlement_number  text references entitlement (number),
  reason_code         text not null,
  reason              text not null check (btrim(reason) <> ''),
  from_on             date not null,
  placed_by           uuid not null,
  placed_at           timestamptz not null default clock_timestamp(),
  lifted_by           uuid,
  lifted_at           timestamptz,
  lift_reason         text check (btrim(lift_reason) <> ''),
  constraint payout_hold_subject check ((person_id is null) <> (entitlement_number is null)),
  constraint payout_hold_lifted check ((lifted_by is null) = (lifted_at is null) and (lifted_by is null) = (lift_reason is null)),
  constraint payout_hold_two_people check (lifted_by <> placed_by)
);
create index payout_hold_person on payout_hold (person_id) where lifted_by is null;
create index payout_hold_entitlement on payout_hold (entitlement_number) where lifted_by is null;

-- ── Who may not, whatever version ────────────────────────────────────────────────────────────────

-- Whether a person prepared a version of a commune's list of a month.
create function prepared_list_of(p_commune integer, p_month date, p_person uuid) returns boolean
language sql stable set search_path from current as $$
  select exists (select 1 from payout_list where commune_id = p_commune and month = p_month and prepared_by = p_person)
$$;

-- Whether a person approved, refused or decided on rows of a version of it.
create function decided_list_of(p_commune integer, p_month date, p_person uuid) returns boolean
language sql stable set search_path from current as $$
  select exists (select 1 from payout_list l where l.commune_id = p_commune and l.month = p_month
                    and (l.approved_by = p_person or l.state = 'REFUSED' and l.closed_by = p_person
                         or exists (select 1 from list_decision d where d.list_id = l.id and d.decision <> 'stop' and d.decided_by = p_person)))
$$;

create function refuse_same_person(p_number text) returns void language plpgsql as $$
begin
  raise exception 'list %: preparer, approver and releaser are different people, in every version', p_number using errcode = 'LB021';
end $$;

-- ── The list ─────────────────────────────────────────────────────────────────────────────────────

create function payout_list_begins() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  if new.state <> 'DRAFT' or new.content_hash is not null then
    raise exception 'a list begins as DRAFT' using errcode = 'LB020';
  end if;
  if new.version <> 1 + coalesce((select max(version) from payout_list where commune_id = new.commune_id and month = new.month), 0)
     and not exists (select 1 from payout_list where commune_id = new.commune_id and month = new.month and version = new.version) then
    raise exception 'versions of a list follow each other' using errcode = 'LB020';
  end if;
  if decided_list_of(new.commune_id, new.month, new.prepared_by) then perform refuse_same_person(new.number); end if;
  return new;
end $$;
create trigger payout_list_begins before insert on payout_list for each row execute function payout_list_begins();

create function payout_list_guard() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  s record;
begin
  if (old.state, new.state) not in (('DRAFT', 'SUBMITTED'), ('DRAFT', 'WITHDRAWN'), ('SUBMITTED', 'APPROVED'), ('SUBMITTED', 'REFUSED'),
      ('SUBMITTED', 'WITHDRAWN'), ('APPROVED', 'RELEASED'), ('APPROVED', 'REFUSED'), ('APPROVED', 'WITHDRAWN')) then
    raise exception 'list % cannot go from % to %', old.number, old.state, new.state using errcode = 'LB020';
  end if;
  if (new.id, new.commune_id, new.month, new.version, new.number, new.paying_unit, new.row_count, new.total, new.content_hash, new.prepared_by)
     is distinct from
     (old.id, old.commune_id, old.month, old.version, old.number, old.paying_unit, old.row_count, old.total, old.content_hash, old.prepared_by)
     or (old.approved_by is not null and new.approved_by is distinct from old.approved_by) then
    raise exception 'the content of list % and who decided on it are frozen', old.number using errcode = 'LB001';
  end if;
  if new.state = 'SUBMITTED' then
    select * into s from list_set(new.id, null);
    if (s.row_count, s.total) <> (new.row_count, new.total) then
      raise exception 'list % says % rows, % đồng; its rows are %, % đồng', new.number, new.row_count, new.total, s.row_count, s.total
        using errcode = 'LB023';
    end if;
    new.content_hash := s.content_hash;
  elsif new.state = 'APPROVED' then
    if prepared_list_of(new.commune_id, new.month, new.approved_by) then perform refuse_same_person(new.number); end if;
    if new.row_count <> (select coalesce(sum(cardinality(rows)), 0) from list_decision
                          where list_id = new.id and decision in ('approve', 'refuse-row')) then
      raise exception 'list % has rows that nobody decided on', new.number using errcode = 'LB020';
    end if;
  elsif new.state = 'RELEASED' then
    if prepared_list_of(new.commune_id, new.month, new.released_by) or decided_list_of(new.commune_id, new.month, new.released_by) then
      perform refuse_same_person(new.number);
    end if;
  elsif new.state = 'REFUSED' then
    if prepared_list_of(new.commune_id, new.month, new.closed_by) then perform refuse_same_person(new.number); end if;
    perform require_reason(new.reason_code, 'refuse-list');
  else
    if new.closed_by <> (case old.state when 'APPROVED' then old.approved_by else old.prepared_by end) then
      raise exception 'list % is withdrawn by who prepared it until it is approved, then by who approved it', old.number using errcode = 'LB022';
    end if;
    perform require_reason(new.reason_code, 'withdraw');
  end if;
  return new;
end $$;
create trigger payout_list_guard before update on payout_list for each row execute function payout_list_guard();
create trigger payout_list_kept before delete or truncate on payout_list for each statement execute function refuse_change();

-- What was on a refused or withdrawn list stands no more, and is never sent.
create function payout_list_closes() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  update entitlement set live = false where list_id = new.id and live;
  update instruction set state = 'CANCELLED', reason = new.reason_code where list_id = new.id and state in ('LISTED', 'APPROVED');
  return null;
end $$;
create trigger payout_list_closes after update on payout_list for each row
  when (new.state in ('REFUSED', 'WITHDRAWN')) execute function payout_list_closes();

-- ── Its rows ─────────────────────────────────────────────────────────────────────────────────────

-- Rows are added to a draft only, of people, accounts and documents that exist: asked once a statement (0003_ledger_doors).
-- The new rows have no statistics: look-ups in big tables go by index (docs/adr/0003).
create function entitlement_of_draft() returns trigger
language plpgsql security definer set search_path from current
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
begin
  -- Whoever is submitting the list waits, and counts these rows too.
  perform 1 from payout_list where id = any (array(select distinct list_id from fresh)) for share;
  if exists (select 1 from (select distinct list_id, commune_id from fresh) f left join payout_list l on l.id = f.list_id
              where l.state is distinct from 'DRAFT' or l.commune_id <> f.commune_id) then
    raise exception 'a frozen list takes no more rows' using errcode = 'LB001';
  end if;
  -- Each a look-up by key: an EXISTS under OR would be hashed from the whole table.
  if exists (select 1 from fresh f where (select p.id from person p where p.id = f.person_id) is null
                or f.payee_id <> f.person_id and (select p.id from person p where p.id = f.payee_id) is null
                or f.component <> 'funeral' and (select n.id from enrolment n where n.id = f.enrolment_id) is null
                or f.component = 'funeral' and (select n.id from funeral_case n where n.id = f.enrolment_id) is null
                or f.payment_account_id is not null and (select a.id from payment_account a where a.id = f.payment_account_id) is null
                or f.representation_id is not null and (select r.id from representation r where r.id = f.representation_id) is null) then
    raise exception 'a row names a person, an enrolment, an account or a document that does not exist' using errcode = '23503';
  end if;
  return null;
end $$;
create trigger entitlement_of_draft after insert on entitlement
  referencing new table as fresh for each statement execute function entitlement_of_draft();

-- A row never changes; it may only cease to stand.
create function entitlement_kept() returns trigger language plpgsql as $$
begin
  if not (old.live and not new.live) or entitlement_canonical(old) <> entitlement_canonical(new)
     or (old.list_id, old.commune_id) <> (new.list_id, new.commune_id) then
    raise exception 'row % of a list is frozen', old.number using errcode = 'LB001';
  end if;
  return new;
end $$;
create trigger entitlement_kept before update on entitlement for each row execute function entitlement_kept();
create trigger entitlement_append_only before delete or truncate on entitlement for each statement execute function refuse_change();

-- ── Opening and deciding ─────────────────────────────────────────────────────────────────────────

create function row_opening_guard() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  if exists (select 1 from fresh f left join payout_list l on l.id = f.list_id
              where l.state is distinct from 'SUBMITTED' or l.commune_id <> f.commune_id or l.content_hash <> f.content_hash) then
    raise exception 'rows are opened on a submitted list, as it is frozen' using errcode = 'LB020';
  end if;
  return null;
end $$;
create trigger row_opening_guard after insert on row_opening
  referencing new table as fresh for each statement execute function row_opening_guard();
create trigger row_opening_append_only before update or delete or truncate on row_opening
  for each statement execute function refuse_change();

-- The rows among some that must be opened and that a person has not opened.
create function rows_to_open(p_list uuid, p_rows integer[], p_person uuid) returns integer[]
language sql stable as $$
  select coalesce(array_agg(e.row order by e.row), '{}') from entitlement e
   where e.list_id = p_list and e.row = any (p_rows)
     and e.warnings && (select coalesce(array_agg(code), '{}') from row_warning where must_open)
     and not exists (select 1 from row_opening o where o.list_id = e.list_id and o.row = e.row and o.opened_by = p_person)
$$;

create function list_decision_guard() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  l payout_list;
  s record;
  unopened integer[];
begin
  select * into l from payout_list where id = new.list_id for no key update;
  if l.commune_id is distinct from new.commune_id
     or not (case new.decision when 'stop' then l.state in ('APPROVED', 'RELEASED') else l.state = 'SUBMITTED' end) then
    raise exception 'rows of list % (%) take no decision to %', l.number, l.state, new.decision using errcode = 'LB020';
  end if;
  if prepared_list_of(l.commune_id, l.month, new.decided_by) then perform refuse_same_person(l.number); end if;
  if new.rows <> array(select distinct r from unnest(new.rows) r order by r) then
    raise exception 'rows are named once, in order' using errcode = 'LB020';
  end if;
  if (case new.decision
       when 'stop' then exists (select 1 from entitlement e where e.list_id = l.id and e.row = any (new.rows) and not e.live)
       else exists (select 1 from list_decision d where d.list_id = l.id and d.rows && new.rows) end) then
    raise exception 'rows of list % are decided on already', l.number using errcode = 'LB020';
  end if;
  select * into s from list_set(l.id, new.rows);
  if (s.row_count, s.total, s.content_hash) <> (new.row_count, new.total, new.content_hash) or s.row_count <> cardinality(new.rows) then
    raise exception 'named: % rows, % đồng; stored: % rows, % đồng', new.row_count, new.total, s.row_count, s.total using errcode = 'LB023';
  end if;
  if new.decision = 'approve' then
    unopened := rows_to_open(l.id, new.rows, new.decided_by);
    if unopened <> '{}' then
      raise exception 'rows % must be opened before they are approved', unopened
        using errcode = 'LB024', detail = json_build_object('rows', unopened)::text;
    end if;
  else
    perform require_reason(new.reason_code, new.decision);
  end if;
  return new;
end $$;
create trigger list_decision_guard before insert on list_decision for each row execute function list_decision_guard();
create trigger list_decision_append_only before update or delete or truncate on list_decision
  for each statement execute function refuse_change();

-- Refused and stopped rows stand no more; what is on its way or paid is not stopped any more.
create function list_decision_strikes() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  struck text[] := array(select number from entitlement where list_id = new.list_id and row = any (new.rows));
  gone text;
begin
  update instruction set state = 'CANCELLED', reason = new.reason_code
   where entitlement_number = any (struck) and state in ('LISTED', 'APPROVED', 'QUEUED', 'HELD');
  select coalesce((select min(entitlement_number) from instruction
                    where entitlement_number = any (struck) and state not in ('CANCELLED', 'REJECTED', 'RETURNED')),
                  (select min(entitlement_number) from cash_list_row where entitlement_number = any (struck))) into gone;
  if gone is not null then
    raise exception '% is on its way or paid, it cannot be stopped', gone
      using errcode = 'LB020', detail = json_build_object('entitlement', gone)::text;
  end if;
  update entitlement set live = false where number = any (struck);
  return null;
end $$;
create trigger list_decision_strikes after insert on list_decision for each row
  when (new.decision <> 'approve') execute function list_decision_strikes();

-- ── Holding ──────────────────────────────────────────────────────────────────────────────────────

create function payout_hold_guard() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  if tg_op = 'INSERT' then
    if new.lifted_by is not null then raise exception 'a hold begins as placed' using errcode = 'LB020'; end if;
    perform require_reason(new.reason_code, 'hold');
  elsif old.lifted_by is not null or new.lifted_by is null then
    raise exception 'a hold is lifted once' using errcode = 'LB020';
  end if;
  return new;
end $$;
create trigger payout_hold_guard before insert or update on payout_hold for each row execute function payout_hold_guard();
create trigger payout_hold_kept before delete or truncate on payout_hold for each statement execute function refuse_change();

-- A cash list hands over rows of its own released list that stand and are paid in cash.
create function cash_list_row_guard() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  if exists (select 1 from fresh f join cash_list c on c.id = f.cash_list_id join payout_list l on l.id = c.list_id
              left join entitlement e on e.number = f.entitlement_number and e.list_id = c.list_id and e.method = 'cash' and e.live
              where e.number is null or l.state <> 'RELEASED' or c.handed_over_on is not null or e.commune_id <> f.commune_id) then
    raise exception 'a cash list hands over the standing cash rows of its released list' using errcode = 'LB020';
  end if;
  return null;
end $$;
create trigger cash_list_row_guard after insert on cash_list_row
  referencing new table as fresh for each statement execute function cash_list_row_guard();

-- ── What changed since last month ────────────────────────────────────────────────────────────────

-- The lists of the month before that a commune's list is compared with: its own, and those of communes that became it whole.
create index commune_succession_new on commune_succession (new_commune_id);
create function lists_before(p_commune integer, p_month date) returns setof uuid
language sql stable as $$
  select l.id from payout_list l
   where l.month = (p_month - interval '1 month')::date and l.state in ('APPROVED', 'RELEASED')
     and l.commune_id in (select p_commune union all
                          select s.old_commune_id from commune_succession s where s.new_commune_id = p_commune and s.share = 1
                             and s.effective_on > (p_month - interval '1 month')::date and s.effective_on <= p_month)
$$;

-- Each row of some lists against the row of last month for the same person, programme and component. `change` puts a row into
-- exactly one group; `flags` says everything that differs. Arrears (a period before the list's month) are never compared: they
-- are new where they stand and gone a month later.
create function list_changes(p_lists uuid[])
returns table (list_id uuid, "row" integer, number text, person_id uuid, programme text, component text, change text, flags text[],
               last_number text, last_amount bigint, amount bigint)
language sql stable as $$
  with now as (
    select e.*, case when e.month = l.month then 'infinity'::date else e.month end as slot
      from entitlement e join payout_list l on l.id = e.list_id where e.list_id = any (p_lists)),
  before as (
    select l.id as of_list, e.*, case when e.month = b.month then 'infinity'::date else e.month end as slot
      from payout_list l cross join lateral lists_before(l.commune_id, l.month) as p (id)
      join payout_list b on b.id = p.id join entitlement e on e.list_id = p.id and e.live
     where l.id = any (p_lists)),
  pair as (
    select coalesce(n.list_id, b.of_list) as list_id, n.row, n.number, coalesce(n.person_id, b.person_id) as person_id,
           coalesce(n.programme, b.programme) as programme, coalesce(n.component, b.component) as component,
           b.number as last_number, b.amount as last_amount, n.amount,
           n.amount <> b.amount or n.category_code <> b.category_code as of_amount,
           n.payee_id <> b.payee_id or n.representation_id is distinct from b.representation_id as of_payee,
           n.payment_account_id is distinct from b.payment_account_id as of_account,
           n.hold is distinct from b.hold as of_hold
      from now n full join before b on b.of_list = n.list_id and b.person_id = n.person_id and b.programme = n.programme
           and b.component = n.component and b.slot = n.slot)
  select list_id, row, number, person_id, programme, component,
         case when last_number is null then 'new' when number is null then 'gone' when of_amount then 'amount' when of_payee then 'payee'
              when of_account then 'account' when of_hold then 'hold' else 'unchanged' end,
         case when last_number is null or number is null then '{}'
              else array_remove(array[case when of_amount then 'amount' end, case when of_payee then 'payee' end,
                                      case when of_account then 'account' end, case when of_hold then 'hold' end], null) end,
         last_number, last_amount, amount
    from pair
$$;

-- ── Who sees and does what ───────────────────────────────────────────────────────────────────────

select scope_by_commune(t) from unnest(array['row_opening', 'list_decision', 'payout_hold']) as t;
select grant_to(role, 'select', 'decision_reason, row_warning, row_opening, list_decision, payout_hold') from unnest(array['_app', '_report']) as role;
select grant_to('_app', 'insert (list_id, commune_id, row, content_hash, opened_by)', 'row_opening');
select grant_to('_app', 'insert (list_id, commune_id, decision, rows, row_count, total, content_hash, reason_code, reason, decided_by)', 'list_decision');
select grant_to('_app', 'insert (id, commune_id, person_id, entitlement_number, reason_code, reason, from_on, placed_by)', 'payout_hold');
select grant_to('_app', 'update (lifted_by, lifted_at, lift_reason)', 'payout_hold');
select grant_to(role, 'execute', format('function %s', f)) from unnest(array['_app', '_report']) as role, unnest(array[
  'entitlement_canonical(entitlement)', 'list_set(uuid, integer[])', 'rows_to_open(uuid, integer[], uuid)',
  'lists_before(integer, date)', 'list_changes(uuid[])']) as f;
