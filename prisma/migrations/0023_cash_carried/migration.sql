-- Cash that nobody fetched is offered again with the list of a later month of the same commune, until it is fetched
-- (Decree 20/2021 Art 34: "money left unpaid of earlier months"). A cash list hands over either rows of its own list or
-- what it took over of earlier months. However often an entitlement is offered, it is paid once (law 3).

-- Who took it over; null on a cash list of its own list's rows.
alter table cash_list add column carried_by uuid;

-- The n-th offer of an entitlement: two at once meet at the key.
alter table cash_list_row add column turn smallint not null default 1;
alter table cash_list_row drop constraint cash_list_row_pkey;
alter table cash_list_row add constraint cash_list_row_pkey primary key (entitlement_number, turn);
alter table cash_list_row add constraint cash_list_row_offer unique (entitlement_number, cash_list_id);

-- A result is of one offer, and at most one of them is that it was paid.
alter table cash_result drop constraint cash_result_pkey;
alter table cash_result add constraint cash_result_pkey primary key (entitlement_number, cash_list_id);
alter table cash_result add constraint cash_result_offer_fkey
  foreign key (entitlement_number, cash_list_id) references cash_list_row (entitlement_number, cash_list_id);
create unique index cash_result_paid_once on cash_result (entitlement_number) where paid;
create index cash_result_unpaid on cash_result (commune_id) where not paid;

-- Count, sum in đồng and hash of entitlements by their numbers, of whichever lists: as list_set, in the order of numbers.
create function cash_set(p_numbers text[], out row_count integer, out total bigint, out content_hash bytea)
language sql stable as $$
  select count(*)::integer, coalesce(sum(e.amount), 0)::bigint,
         sha256(convert_to(coalesce(string_agg(entitlement_canonical(e), E'\n' order by e.number collate "C"), ''), 'UTF8'))
    from entitlement e where e.number = any (p_numbers)
$$;
select grant_to(role, 'execute', 'function cash_set(text[])') from unnest(array['_app', '_report']) as role;

-- Whoever takes over could release the list: neither prepared it nor decided on it, and acts in their own name.
create function cash_list_carries() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  l payout_list;
begin
  select * into l from payout_list where id = new.list_id;
  if l.state <> 'RELEASED' or (l.commune_id, l.paying_unit) <> (new.commune_id, new.paying_unit) then
    raise exception 'list % (%) takes nothing over', l.number, l.state using errcode = 'LB020';
  end if;
  if new.carried_by <> current_setting('app.actor')::uuid then
    raise exception 'what is taken over is taken over in one''s own name' using errcode = 'LB022';
  end if;
  if prepared_list_of(l.commune_id, l.month, new.carried_by) or decided_list_of(l.commune_id, l.month, new.carried_by) then
    perform refuse_same_person(l.number);
  end if;
  return new;
end $$;
create trigger cash_list_carries before insert on cash_list for each row
  when (new.carried_by is not null) execute function cash_list_carries();

-- As in 0010_lists; and what is taken over was offered by an earlier month's list and reported unpaid, and nothing else pays it.
create or replace function cash_list_row_guard() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  if exists (select 1 from fresh f join cash_list c on c.id = f.cash_list_id join payout_list l on l.id = c.list_id
              left join entitlement e on e.number = f.entitlement_number and e.method = 'cash' and e.live
                    and e.commune_id = f.commune_id and e.commune_id = c.commune_id
              where e.number is null or l.state <> 'RELEASED' or c.handed_over_on is not null
                 or case when c.carried_by is null then e.list_id <> c.list_id or f.turn <> 1
                         else not exists (
                           select 1 from cash_result r join cash_list_row o on (o.entitlement_number, o.cash_list_id) = (r.entitlement_number, r.cash_list_id)
                             join cash_list oc on oc.id = r.cash_list_id join payout_list ol on ol.id = oc.list_id
                            where r.entitlement_number = f.entitlement_number and not r.paid and o.turn = f.turn - 1 and ol.month < l.month) end) then
    raise exception 'a cash list hands over the standing cash rows of its released list, or what earlier months left unpaid'
      using errcode = 'LB020';
  end if;
  if exists (select 1 from fresh f join instruction i on i.entitlement_number = f.entitlement_number
              where i.state not in ('CANCELLED', 'REJECTED', 'RETURNED')) then
    raise exception 'what is paid through an account is not handed over in cash' using errcode = 'LB020';
  end if;
  return null;
end $$;

create function cash_result_guard() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  if exists (select 1 from fresh f join cash_list c on c.id = f.cash_list_id join entitlement e on e.number = f.entitlement_number
              where c.settled_on is null or f.amount <> e.amount or f.commune_id <> c.commune_id) then
    raise exception 'a result is of a settled cash list, in full' using errcode = 'LB020';
  end if;
  return null;
end $$;
create trigger cash_result_guard after insert on cash_result
  referencing new table as fresh for each statement execute function cash_result_guard();

-- What was offered in cash is never paid through an account as well. The new rows have no statistics (docs/adr/0003).
create function instruction_not_in_cash() returns trigger
language plpgsql security definer set search_path from current
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
begin
  if exists (select 1 from fresh f join cash_list_row r on r.entitlement_number = f.entitlement_number) then
    raise exception 'what is paid in cash has no instruction' using errcode = 'LB001';
  end if;
  return null;
end $$;
create trigger instruction_not_in_cash after insert on instruction
  referencing new table as fresh for each statement execute function instruction_not_in_cash();
