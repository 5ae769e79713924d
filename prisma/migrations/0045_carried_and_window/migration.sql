-- What a commune that is no more left unpaid in cash is offered again by the list of the commune in which its person lives now,
-- of the communes that came of it: until now nobody's list took it over, and it stayed carried for ever.

-- Whether the list of a commune may take over an offer that was made in another: that one became it, and the person lives there.
create function cash_comes_from(p_commune integer, p_offered_in integer, p_person uuid) returns boolean
language sql stable as $$
  select p_offered_in = p_commune
      or p_offered_in = any (communes_made_of(array[p_commune]))
         and exists (select from person p where p.id = p_person and p.commune_id = p_commune)
$$;
select grant_to(role, 'execute', 'function cash_comes_from(integer, integer, uuid)') from unnest(array['_app', '_report']) as role;

-- As in 0023_cash_carried; and what is taken over may have been offered in a commune that became this one.
create or replace function cash_list_row_guard() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  if exists (select 1 from fresh f join cash_list c on c.id = f.cash_list_id join payout_list l on l.id = c.list_id
              left join entitlement e on e.number = f.entitlement_number and e.method = 'cash' and e.live
                    and f.commune_id = c.commune_id
              where e.number is null or l.state <> 'RELEASED' or c.handed_over_on is not null
                 or case when c.carried_by is null then e.list_id <> c.list_id or e.commune_id <> c.commune_id or f.turn <> 1
                         else not exists (
                           select 1 from cash_result r join cash_list_row o on (o.entitlement_number, o.cash_list_id) = (r.entitlement_number, r.cash_list_id)
                             join cash_list oc on oc.id = r.cash_list_id join payout_list ol on ol.id = oc.list_id
                            where r.entitlement_number = f.entitlement_number and not r.paid and o.turn = f.turn - 1 and ol.month < l.month
                              and cash_comes_from(c.commune_id, oc.commune_id, e.person_id)) end) then
    raise exception 'a cash list hands over the standing cash rows of its released list, or what earlier months left unpaid'
      using errcode = 'LB020';
  end if;
  if exists (select 1 from fresh f join instruction i on i.entitlement_number = f.entitlement_number
              where i.state not in ('CANCELLED', 'REJECTED', 'RETURNED')) then
    raise exception 'what is paid through an account is not handed over in cash' using errcode = 'LB020';
  end if;
  return null;
end $$;

-- When the payment window of a month closes, each list that has payments not sent yet is a task.
alter table office_task drop constraint office_task_kind_check;
alter table office_task add constraint office_task_kind_check
  check (kind in ('list', 'hand-over', 'payment-window', 'service-report', 'representation'));

-- When a channel that bears so many calls a second has its next free turn: all processes take theirs from one row.
create table channel_turn (
  channel  text primary key check (channel in ('bank', 'hue-s')),
  free_at  timestamptz not null
);
select grant_to('_report', 'select', 'channel_turn');

-- Takes turns at a channel behind all that were taken before; returns the milliseconds to wait for the first of them.
create function take_turns(p_channel text, p_calls integer, p_per_second integer) returns double precision
language sql volatile security definer set search_path from current as $$
  insert into channel_turn as t (channel, free_at)
  values (p_channel, clock_timestamp() + make_interval(secs => p_calls::double precision / p_per_second))
  on conflict (channel) do update
    set free_at = greatest(t.free_at, clock_timestamp()) + make_interval(secs => p_calls::double precision / p_per_second)
  returning greatest(0, extract(epoch from free_at - clock_timestamp()) * 1000 - p_calls * 1000.0 / p_per_second)::double precision
$$;
select grant_to('_app', 'execute', 'function take_turns(text, integer, integer)');
