-- As in 0005_payouts, with one look at the entitlement of each instruction instead of two questions: an account that the
-- entitlement names was there when its row was written, and accounts stay.
create or replace function instruction_begins() returns trigger
language plpgsql security definer set search_path from current
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  other boolean;
  nowhere boolean;
begin
  if exists (select 1 from after where state <> 'LISTED') then
    raise exception 'an instruction begins as LISTED' using errcode = 'LB020';
  end if;
  -- It pays one entitlement that stands, whole, from its own list.
  select bool_or((a.list_id, a.commune_id, a.amount) is distinct from (e.list_id, e.commune_id, e.amount)),
         bool_or(a.payment_account_id is distinct from e.payment_account_id
                 and (select p.id from payment_account p where p.id = a.payment_account_id) is null)
    into other, nowhere
    from after a left join entitlement e on e.number = a.entitlement_number and e.live;
  if other then
    raise exception 'an instruction pays an entitlement that stands, in full' using errcode = 'LB001';
  end if;
  if nowhere then
    raise exception 'an instruction pays into an account that exists' using errcode = '23503';
  end if;
  insert into instruction_event (reference, commune_id, to_state, attempt, actor, via)
  select reference, commune_id, state, attempt, current_setting('app.actor')::uuid, current_setting('app.via') from after;
  return null;
end $$;
