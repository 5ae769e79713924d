-- As in 0010_lists; cash that every offer of came back unpaid is not on its way any more, so that it may be stopped too: what a
-- dead person's month left unpaid is carried by no list until then, and after it the law owes it to whoever receives now.
create or replace function list_decision_strikes() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  struck text[] := array(select number from entitlement where list_id = new.list_id and row = any (new.rows));
  gone text;
begin
  update instruction set state = 'CANCELLED', reason = new.reason_code
   where entitlement_number = any (struck) and state in ('LISTED', 'APPROVED', 'QUEUED', 'HELD');
  select coalesce((select min(entitlement_number) from instruction
                    where entitlement_number = any (struck) and state not in ('CANCELLED', 'REJECTED', 'RETURNED')),
                  (select min(o.entitlement_number) from cash_list_row o
                    where o.entitlement_number = any (struck)
                      and not exists (select from cash_result r where r.entitlement_number = o.entitlement_number
                                         and r.cash_list_id = o.cash_list_id and not r.paid))) into gone;
  if gone is not null then
    raise exception '% is on its way or paid, it cannot be stopped', gone
      using errcode = 'LB020', detail = json_build_object('entitlement', gone)::text;
  end if;
  update entitlement set live = false where number = any (struck);
  return null;
end $$;
