-- Where an instruction goes that does not pay into the account of its entitlement (a re-issue, a redirected payment): into one
-- that the receiver has, by the rail of that account. Until now any account that exists would do.

-- Whether the receiver of an entitlement has an account: it is assigned to them for the month of the list or later; it is the one
-- that an earlier instruction of the entitlement went into, or its correction, of the same owner and on the word of two people.
create function receiver_has_account(p_entitlement text, p_account uuid, p_replaces text, p_channel text) returns boolean
language sql stable as $$
  select exists (
    select from payment_account p, entitlement e join payout_list l on l.id = e.list_id
     where p.id = p_account and e.number = p_entitlement and (p.kind = 'wallet') = (p_channel = 'hue-s')
       and (exists (select from enrolment n join payee y on y.person_id = e.person_id and y.programme = n.programme
                     where n.id = e.enrolment_id and y.payee_id = e.payee_id and y.payment_account_id = p.id
                       and (upper_inf(y.period) or upper(y.period) > l.month))
            or exists (select from instruction o join payment_account q on q.id = o.payment_account_id
                        where o.reference = p_replaces and o.entitlement_number = e.number
                          and (p.id = q.id or p.replaces = q.id and p.person_id = q.person_id))))
$$;

-- As in 0028_fewer_looks, and the account is the receiver's. Of the account that the entitlement names nothing is asked twice:
-- the list was decided on with it.
create or replace function instruction_begins() returns trigger
language plpgsql security definer set search_path from current
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  late boolean;
  other boolean;
  nowhere boolean;
  stranger text;
  offered boolean;
begin
  select bool_or(a.state <> 'LISTED'),
         -- It pays one entitlement that stands, whole, from its own list.
         bool_or((a.list_id, a.commune_id, a.amount) is distinct from (e.list_id, e.commune_id, e.amount)),
         bool_or(a.payment_account_id is distinct from e.payment_account_id
                 and (select p.id from payment_account p where p.id = a.payment_account_id) is null),
         min(case when a.payment_account_id is distinct from e.payment_account_id
                   and not receiver_has_account(a.entitlement_number, a.payment_account_id, a.replaces, a.channel)
                  then a.entitlement_number end),
         bool_or(e.method = 'cash'
                 and (select 1 from cash_list_row r where r.entitlement_number = a.entitlement_number limit 1) is not null)
    into late, other, nowhere, stranger, offered
    from after a left join entitlement e on e.number = a.entitlement_number and e.live;
  if late then
    raise exception 'an instruction begins as LISTED' using errcode = 'LB020';
  end if;
  if other then
    raise exception 'an instruction pays an entitlement that stands, in full' using errcode = 'LB001';
  end if;
  if nowhere then
    raise exception 'an instruction pays into an account that exists' using errcode = '23503';
  end if;
  if offered then
    raise exception 'what is paid in cash has no instruction' using errcode = 'LB001';
  end if;
  if stranger is not null then
    raise exception '% is paid into an account of its receiver, by the rail of that account', stranger
      using errcode = 'LB029', detail = json_build_object('entitlement', stranger)::text;
  end if;
  insert into instruction_event (reference, commune_id, to_state, attempt, actor, via)
  select reference, commune_id, state, attempt, current_setting('app.actor')::uuid, current_setting('app.via') from after;
  return null;
end $$;
