-- What is asked of every row of a list, and of every payment that is sent, with fewer looks; what is refused stays the same.

-- As in 0010_lists; a person whose enrolment it is was there when the enrolment was written, and people stay.
create or replace function entitlement_of_draft() returns trigger
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
  if exists (select 1 from fresh f
              where case when f.component = 'funeral'
                         then (select n.id from funeral_case n where n.id = f.enrolment_id) is null
                              or (select p.id from person p where p.id = f.person_id) is null
                         else coalesce((select n.person_id from enrolment n where n.id = f.enrolment_id) <> f.person_id, true) end
                 or f.payee_id <> f.person_id and (select p.id from person p where p.id = f.payee_id) is null
                 or f.payment_account_id is not null and (select a.id from payment_account a where a.id = f.payment_account_id) is null
                 or f.representation_id is not null and (select r.id from representation r where r.id = f.representation_id) is null) then
    raise exception 'a row names a person, an enrolment, an account or a document that does not exist' using errcode = '23503';
  end if;
  return null;
end $$;

-- As in 0017_lists_faster and 0023_cash_carried in one look: what a cash list may offer is of method cash, and stays so.
drop trigger instruction_not_in_cash on instruction;
drop function instruction_not_in_cash();
create or replace function instruction_begins() returns trigger
language plpgsql security definer set search_path from current
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  late boolean;
  other boolean;
  nowhere boolean;
  offered boolean;
begin
  select bool_or(a.state <> 'LISTED'),
         -- It pays one entitlement that stands, whole, from its own list.
         bool_or((a.list_id, a.commune_id, a.amount) is distinct from (e.list_id, e.commune_id, e.amount)),
         bool_or(a.payment_account_id is distinct from e.payment_account_id
                 and (select p.id from payment_account p where p.id = a.payment_account_id) is null),
         bool_or(e.method = 'cash'
                 and (select 1 from cash_list_row r where r.entitlement_number = a.entitlement_number limit 1) is not null)
    into late, other, nowhere, offered
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
  insert into instruction_event (reference, commune_id, to_state, attempt, actor, via)
  select reference, commune_id, state, attempt, current_setting('app.actor')::uuid, current_setting('app.via') from after;
  return null;
end $$;

-- What is listed or approved is found by its list.
drop index instruction_open;
create index instruction_open on instruction (state, channel, reference) where state in ('SUBMITTED', 'UNKNOWN', 'HELD');

-- A claim is recorded under its fence: of the rows that are being sent it finds its own, however many have gone by before.
drop index instruction_sending;
create index instruction_sending on instruction (fence, claimed_at) where state = 'SUBMITTING';
