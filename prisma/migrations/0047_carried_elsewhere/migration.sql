-- What lists of communes that the transaction does not see carry since a month for people whom it pays: a commune must not
-- pay again what the one that they moved from did, and the refusal of the second row (entitlement_once) would stop its whole list.
create function entitled_elsewhere(people uuid[], since date)
returns table (person_id uuid, programme text, component text, month date, amount bigint, list_month date)
language sql stable security definer rows 10 set search_path from current as $$
  select e.person_id, e.programme, e.component, e.month, e.amount, l.month
    from entitlement e join payout_list l on l.id = e.list_id
   where not scope_is_province() and e.live and e.month >= since and e.person_id = any (people)
     and e.commune_id <> all (scope_communes())
     and exists (select from enrolment n where n.person_id = e.person_id and n.commune_id = any (scope_communes()))
$$;
select grant_to(role, 'execute', 'function entitled_elsewhere(uuid[], date)') from unnest(array['_app', '_report']) as role;
