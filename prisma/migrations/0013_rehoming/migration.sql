-- When the map of communes changes, its residents and everything open about them go over to the unit that theirs became; what
-- happened stays where it happened (docs/adr/0016). And: nobody alone lets himself or a relative receive.

-- ── The act ──────────────────────────────────────────────────────────────────────────────────────

-- What went over from one unit to another, on whose word: no money moves, but another unit draws it from then on.
create table commune_rehoming (
  id              bigint generated always as identity primary key,
  old_commune_id  integer not null references commune (id),
  new_commune_id  integer not null references commune (id),
  effective_on    date not null,
  people          integer not null,
  enrolments      integer not null,
  -- Accounts, representations, payees, changes, suspensions, deaths, funerals, holds that went over beside their people.
  others          integer not null,
  entered_by      uuid not null,
  confirmed_by    uuid not null,
  recorded_at     timestamptz not null default clock_timestamp(),
  constraint commune_rehoming_two_people check (entered_by <> confirmed_by)
);
create trigger commune_rehoming_append_only before update or delete or truncate on commune_rehoming
  for each statement execute function refuse_change();
alter table commune_rehoming enable row level security;
create policy commune_scope on commune_rehoming for select using (
  (select scope_is_province()) or new_commune_id = any ((select scope_communes())::integer[]));

-- Where an enrolment stood before a reorganisation, until which day: lists and reports of those months count it there. The
-- enrolment itself goes on under its own id: nothing stops and starts, so the law owes no month twice and none again.
create table enrolment_place (
  enrolment_id  uuid not null references enrolment (id),
  until         date not null,
  commune_id    integer not null references commune (id),
  primary key (enrolment_id, until)
);
create index enrolment_place_commune on enrolment_place (commune_id, until);
create trigger enrolment_place_append_only before update or delete or truncate on enrolment_place
  for each statement execute function refuse_change();
select scope_by_commune('enrolment_place');

-- The units that some were made of, beside themselves: whoever sees a commune sees what happened in its predecessors.
create function communes_made_of(communes integer[]) returns integer[] language sql stable as $$
  with recursive place (id) as (
    select unnest(communes)
    union select s.old_commune_id from place join commune_succession s on s.new_commune_id = place.id)
  select coalesce(array_agg(id), '{}') from place
$$;

-- Whether a row goes over from a unit to what it became, and nothing else of it changes.
create function only_rehomed(was jsonb, is_now jsonb) returns boolean language sql stable as $$
  select was - 'commune_id' = is_now - 'commune_id' and exists (
    select from commune_succession s where (s.old_commune_id, s.new_commune_id) = ((was->>'commune_id')::integer, (is_now->>'commune_id')::integer))
$$;

-- A report is frozen as to its death, a hold as to what it is on, and a paper is revoked once; where they are kept is none of that.
drop trigger death_report_guard on death_report;
create trigger death_report_guard before update on death_report for each row
  when (not only_rehomed(to_jsonb(old), to_jsonb(new))) execute function death_report_guard();
drop trigger payout_hold_guard on payout_hold;
create trigger payout_hold_begins before insert on payout_hold for each row execute function payout_hold_guard();
create trigger payout_hold_guard before update on payout_hold for each row
  when (not only_rehomed(to_jsonb(old), to_jsonb(new))) execute function payout_hold_guard();
-- Its commune also follows the person when he moves (person_takes_along).
drop trigger representation_revoked on representation;
create trigger representation_revoked before update of validity, revoked_on, revoked_reason, revoked_by on representation
  for each row execute function representation_revoked();

-- Who receives for a person goes where his accounts go.
create or replace function person_takes_along() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  update payment_account a set commune_id = n.commune_id
    from new_people n join old_people o using (id) where n.commune_id <> o.commune_id and a.person_id = n.id and a.commune_id <> n.commune_id;
  update representation r set commune_id = n.commune_id
    from new_people n join old_people o using (id) where n.commune_id <> o.commune_id and r.person_id = n.id and r.commune_id <> n.commune_id;
  update payee y set commune_id = n.commune_id
    from new_people n join old_people o using (id) where n.commune_id <> o.commune_id and y.person_id = n.id and y.commune_id <> n.commune_id;
  return null;
end $$;

-- Open rows of the units that end on the eve of a day, counted and brought to their successors. Rows that are history (closed
-- enrolments, lists, instructions, notices, answers, acts) are not named here.
create function rehome_open_rows(p_day date) returns table (old_commune_id integer, moved integer)
language sql volatile security definer set search_path from current as $$
  with pair as materialized (
    select s.old_commune_id as ended, s.new_commune_id as successor from commune_succession s
     where s.effective_on = p_day and s.share = 1),
  relatives as (
    update officer_relation t set commune_id = successor from pair where t.commune_id = ended returning ended),
  changes as (
    update account_change t set commune_id = successor from pair where t.commune_id = ended and t.state = 'requested' returning ended),
  suspended as (
    update suspension t set commune_id = successor from pair where t.commune_id = ended and t.state in ('PROPOSED', 'DECIDED') returning ended),
  deaths as (
    update death_report t set commune_id = successor from pair where t.commune_id = ended and t.state in ('WORKLIST', 'PROPOSED') returning ended),
  funerals as (
    update funeral_case t set commune_id = successor from pair where t.commune_id = ended and t.state = 'PROPOSED' returning ended),
  holds as (
    update payout_hold t set commune_id = successor from pair where t.commune_id = ended and t.lifted_by is null returning ended),
  -- Of the people themselves, and what was entered for another commune than theirs.
  accounts as (
    update payment_account t set commune_id = successor from pair where t.commune_id = ended returning ended),
  papers as (
    update representation t set commune_id = successor from pair where t.commune_id = ended returning ended),
  receivers as (
    update payee t set commune_id = successor from pair where t.commune_id = ended returning ended)
  select ended, count(*)::integer from (
    select * from relatives union all select * from changes union all select * from suspended union all select * from deaths
    union all select * from funerals union all select * from holds union all select * from accounts union all select * from papers
    union all select * from receivers) all_rows group by ended
$$;

-- Brings everybody onto the map of a day, over every reorganisation until then. A second run finds nothing to move. The
-- application may not write these columns: it may only let the succession table be carried out.
create function rehome_communes(p_on date, p_entered_by uuid, p_confirmed_by uuid) returns setof commune_rehoming
language plpgsql security definer set search_path from current as $$
declare
  day date;
begin
  if not scope_is_province() then
    raise exception 'residents are rehomed for the whole province' using errcode = '42501';
  end if;
  -- One run at a time; lists that are being drawn up meanwhile see all of it or nothing.
  lock table commune_rehoming in share row exclusive mode;
  for day in select distinct s.effective_on from commune_succession s where s.effective_on <= p_on order by 1 loop
    return query
    with pair as materialized (
      select s.old_commune_id as ended, s.new_commune_id as successor, s.legal_basis from commune_succession s
       where s.effective_on = day and s.share = 1),
    people as (
      update person p set commune_id = successor from pair where p.commune_id = ended returning ended),
    left_home as (
      update person_residence r set period = daterange(lower(r.period), day) from pair
       where r.commune_id = ended and upper_inf(r.period) and (lower_inf(r.period) or lower(r.period) < day)
      returning r.person_id, successor, legal_basis),
    begun as (
      insert into person_residence (person_id, commune_id, period, document, entered_by)
      select person_id, successor, daterange(day, null), legal_basis, p_entered_by from left_home),
    -- Entered for a unit that was no more: a residence that never was there.
    mended as (
      update person_residence r set commune_id = successor from pair
       where r.commune_id = ended and upper_inf(r.period) and lower(r.period) >= day),
    enrolments as (
      update enrolment e set commune_id = successor from pair
       where e.commune_id = ended and not e.void and (e.valid_to is null or e.valid_to >= day)
      returning e.id, e.valid_from, ended, successor),
    places as (
      insert into enrolment_place (enrolment_id, until, commune_id)
      select id, day - 1, ended from enrolments where valid_from < day),
    children as (
      update enrolment_child c set commune_id = successor from enrolments e where c.enrolment_id = e.id),
    others as (select * from rehome_open_rows(day)),
    counted as (
      select p.ended, p.successor, coalesce(r.count, 0) as people, coalesce(e.count, 0) as enrolments, coalesce(o.moved, 0) as others
        from pair p
        left join (select ended, count(*)::integer from people group by ended) r using (ended)
        left join (select ended, count(*)::integer from enrolments group by ended) e using (ended)
        left join others o on o.old_commune_id = p.ended)
    insert into commune_rehoming (old_commune_id, new_commune_id, effective_on, people, enrolments, others, entered_by, confirmed_by)
    select c.ended, c.successor, day, c.people, c.enrolments, c.others, p_entered_by, p_confirmed_by from counted c
     where c.people + c.enrolments + c.others > 0
    returning *;
  end loop;
end $$;
revoke execute on function rehome_open_rows(date) from public;

-- Of some units, the enrolments in force in a month that still stand at one that had ended before it.
create function left_behind(p_communes integer[], p_month date) returns integer
language sql stable security definer set search_path from current as $$
  select count(*)::integer from enrolment e
   where e.commune_id = any (array(select c.id from commune c where c.id = any (p_communes) and c.valid_to < p_month))
     and not e.void and e.valid_from < p_month + interval '1 month' and (e.valid_to is null or e.valid_to >= p_month)
$$;

-- ── Nobody alone lets himself or a relative receive ──────────────────────────────────────────────

-- As for accounts (0008): whoever may enter an account for a relative only with two others may not assign it, or cash, to him either.
alter table payee add column second_confirmed_by uuid,
  add constraint payee_three_people check (second_confirmed_by <> entered_by and second_confirmed_by <> confirmed_by);

create function payee_needs_second() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  wrong text;
begin
  with officer as (
    select distinct o.id from fresh f cross join lateral unnest(array[f.entered_by, f.confirmed_by, f.second_confirmed_by]) as o (id)
     where o.id is not null),
  -- Whom any of them is, or is related to: few, so that the other rows cost nothing.
  close as (
    select id as person from officer
    union select r.related_id from officer o join officer_relation r on r.officer_id = o.id
    union select r.officer_id from officer o join officer_relation r on r.related_id = o.id)
  select min(f.id::text) into wrong from fresh f
   where (f.person_id in (select person from close) or f.payee_id in (select person from close))
     and not (may_decide(f.entered_by, f.confirmed_by, f.second_confirmed_by, f.person_id)
              and may_decide(f.entered_by, f.confirmed_by, f.second_confirmed_by, f.payee_id));
  if wrong is not null then
    raise exception 'Người hưởng hoặc người nhận là người nhập, người duyệt hoặc người thân: cần hai người khác duyệt'
      using errcode = 'LB040';
  end if;
  return null;
end $$;
create trigger payee_needs_second after insert on payee
  referencing new table as fresh for each statement execute function payee_needs_second();

-- ── Grants ───────────────────────────────────────────────────────────────────────────────────────

select grant_to(role, 'select', 'commune_rehoming, enrolment_place') from unnest(array['_app', '_report']) as role;
select grant_to(role, 'execute', 'function communes_made_of(integer[]), left_behind(integer[], date)')
  from unnest(array['_app', '_report']) as role;
select grant_to('_app', 'execute', 'function only_rehomed(jsonb, jsonb), rehome_communes(date, uuid, uuid)');
