-- Rows that were merged are one person before the law (docs/adr/0025): what lists carried for any of them was carried.

-- Whom a row stands for by now: itself, or what it was merged into, and that in its turn.
create function stands_for(person_id uuid) returns uuid
language sql stable set search_path from current as $$
  with recursive chain (at, next) as (
    select p.id, p.merged_into from person p where p.id = person_id
    union all select p.id, p.merged_into from chain c join person p on p.id = c.next)
  select at from chain where next is null
$$;

-- The rows that were merged into some people, and, with nobody, those of the people that were merged themselves. In whatever
-- commune: only ids are told.
create function merged_rows(people uuid[]) returns table (id uuid, stands_for uuid)
language sql stable security definer rows 10 set search_path from current as $$
  with recursive found (id, root) as (
    select m.id, m.merged_into from person m join person w on w.id = m.merged_into and w.merged_into is null
     where m.merged_into = any (people)
    union all
    select m.id, f.root from found f join person m on m.merged_into = f.id)
  select f.id, f.root from found f
  union all
  select m.id, null from person m where m.merged_into is not null and m.id = any (people)
$$;

-- A person's row and those that were merged into it, as far as the transaction may see them: whose history is the person's.
create function rows_of_person(person_id uuid) returns setof uuid
language sql stable rows 2 set search_path from current as $$
  select p.id from person p where p.id = person_id
  union all
  select m.id from merged_rows(array[person_id]) m where m.stands_for is not null
$$;

-- What lists carry since a month for the rows that were merged into people whom the transaction may see, wherever the lists
-- are: the commune that pays the person must not pay again what another one did.
create function entitled_of_merged(people uuid[], since date)
returns table (id uuid, stands_for uuid, programme text, component text, month date, amount bigint, list_month date)
language sql stable security definer rows 10 set search_path from current as $$
  select r.id, r.stands_for, e.programme, e.component, e.month, e.amount, l.month
    from merged_rows(array(
           select p.id from person p
            where p.id = any (people) and (scope_is_province() or p.commune_id = any (scope_communes())))) r
    join entitlement e on e.person_id = r.id and e.live and e.month >= since
    join payout_list l on l.id = e.list_id
   where r.stands_for is not null
$$;

select grant_to(role, 'execute', format('function %s', f)) from unnest(array['_app', '_report']) as role,
  unnest(array['stands_for(uuid)', 'rows_of_person(uuid)', 'merged_rows(uuid[])', 'entitled_of_merged(uuid[], date)']) as f;
