-- What the interface needs beside its routes: files that were given, lists that take a second approver, and which roles
-- move money.

-- Sessions of whoever has such a role may lie idle half as long (prisma/access/roles.csv says which).
alter table role add column moves_money boolean not null default false;

-- ── Files ────────────────────────────────────────────────────────────────────────────────────────

-- A spreadsheet that somebody gave, guarded and parsed once, before it is checked, answered or applied. It may hold
-- numbers of people: the name, the bytes and what was read are sealed (docs/adr/0009), and only who gave it sees the row.
create table given_file (
  id           uuid primary key,
  sha256       text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  size_bytes   integer not null check (size_bytes > 0),
  content      text not null,
  given_by     uuid not null,
  given_at     timestamptz not null default clock_timestamp()
);
create trigger given_file_append_only before update or delete or truncate on given_file
  for each statement execute function refuse_change();
alter table given_file enable row level security;
create policy own_files on given_file using (given_by = current_setting('app.actor')::uuid);

-- ── Lists that take a second approver ────────────────────────────────────────────────────────────

-- A rule is in force until it is ended. It asks one thing of what stands on a list: its sum, the highest row (đồng), or a
-- warning. Two people make it and two end it.
create table approval_rule (
  id            uuid primary key default gen_random_uuid(),
  list_total    bigint check (list_total > 0),
  row_amount    bigint check (row_amount > 0),
  warning       text,
  document      text not null check (btrim(document) <> ''),
  entered_by    uuid not null,
  confirmed_by  uuid not null,
  entered_at    timestamptz not null default clock_timestamp(),
  ended_by          uuid,
  end_confirmed_by  uuid,
  ended_at          timestamptz,
  constraint approval_rule_one_thing check (num_nonnulls(list_total, row_amount, warning) = 1),
  constraint approval_rule_two_people check (entered_by <> confirmed_by and ended_by <> end_confirmed_by),
  constraint approval_rule_ended check ((ended_by is null) = (ended_at is null) and (ended_by is null) = (end_confirmed_by is null))
);

create function approval_rule_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.ended_by is not null then raise exception 'a rule begins in force' using errcode = 'LB020'; end if;
    if new.warning is not null and not exists (select 1 from row_warning where code = new.warning) then
      raise exception 'no row has the warning %', new.warning using errcode = 'LB025';
    end if;
  elsif old.ended_by is not null or (to_jsonb(old) - array['ended_by', 'end_confirmed_by', 'ended_at'])
     is distinct from (to_jsonb(new) - array['ended_by', 'end_confirmed_by', 'ended_at']) then
    raise exception 'a rule says what it said and ends once' using errcode = 'LB001';
  end if;
  return new;
end $$;
create trigger approval_rule_guard before insert or update on approval_rule for each row execute function approval_rule_guard();
create trigger approval_rule_kept before delete or truncate on approval_rule for each statement execute function refuse_change();

-- Whether what stands on a list is what a rule asks about.
create function rule_meets(p_list uuid, p_total bigint, p_row bigint, p_warning text) returns boolean
language sql stable set search_path from current as $$
  select coalesce(case when p_total is not null then sum(e.amount) >= p_total
                       when p_row is not null then max(e.amount) >= p_row
                       else bool_or(p_warning = any (e.warnings)) end, false)
    from entitlement e where e.list_id = p_list and e.live
$$;

-- The rules in force that a list meets.
create function rules_of(p_list uuid) returns setof approval_rule
language sql stable set search_path from current as $$
  select * from approval_rule r where r.ended_by is null and rule_meets(p_list, r.list_total, r.row_amount, r.warning)
$$;

-- The word of a second approver on what stands of a list, when every row is decided on.
create table list_second_approval (
  list_id       uuid primary key references payout_list (id),
  commune_id    integer not null,
  row_count     integer not null,
  total         bigint not null,
  content_hash  bytea not null,
  approved_by   uuid not null,
  recorded_at   timestamptz not null default clock_timestamp()
);
create function list_second_approval_guard() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  l payout_list;
  s record;
begin
  select * into l from payout_list where id = new.list_id for no key update;
  if l.commune_id is distinct from new.commune_id or l.state <> 'SUBMITTED'
     or l.row_count <> (select coalesce(sum(cardinality(rows)), 0) from list_decision where list_id = l.id and decision <> 'stop') then
    raise exception 'list % does not wait for a second approver', l.number using errcode = 'LB020';
  end if;
  if prepared_list_of(l.commune_id, l.month, new.approved_by)
     or exists (select 1 from list_decision where list_id = l.id and decided_by = new.approved_by) then
    perform refuse_same_person(l.number);
  end if;
  select * into s from list_set(l.id, array(select row from entitlement where list_id = l.id and live order by row));
  if (s.row_count, s.total, s.content_hash) <> (new.row_count, new.total, new.content_hash) then
    raise exception 'named: % rows, % đồng; stored: % rows, % đồng', new.row_count, new.total, s.row_count, s.total using errcode = 'LB023';
  end if;
  return new;
end $$;
create trigger list_second_approval_guard before insert on list_second_approval
  for each row execute function list_second_approval_guard();
create trigger list_second_approval_append_only before update or delete or truncate on list_second_approval
  for each statement execute function refuse_change();

-- No list that a rule asks about is approved on the word of one.
create function payout_list_second() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  if exists (select 1 from rules_of(new.id)) and not exists (select 1 from list_second_approval where list_id = new.id) then
    raise exception 'list % takes a second approver', new.number using errcode = 'LB055';
  end if;
  return null;
end $$;
create trigger payout_list_second after update on payout_list for each row
  when (old.state = 'SUBMITTED' and new.state = 'APPROVED') execute function payout_list_second();

-- ── Grants ───────────────────────────────────────────────────────────────────────────────────────

select scope_by_commune('list_second_approval');
select grant_to('_app', 'select, insert', 'given_file');
select grant_to(role, 'select', 'approval_rule, list_second_approval') from unnest(array['_app', '_report']) as role;
select grant_to('_app', 'insert', 'approval_rule, list_second_approval');
select grant_to('_app', 'update (ended_by, end_confirmed_by, ended_at)', 'approval_rule');
select grant_to(role, 'execute', format('function %s', f)) from unnest(array['_app', '_report']) as role,
  unnest(array['rule_meets(uuid, bigint, bigint, text)', 'rules_of(uuid)']) as f;
