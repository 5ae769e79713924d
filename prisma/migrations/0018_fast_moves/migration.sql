-- What every change of state is checked by, made cheaper: nothing that it guards is given up.
--
-- One pass over the rows that changed; lists are looked at only when a row is approved or queued, decisions on resends
-- only when one is sent again, and the switch of a channel once a statement and channel instead of once a row.

create or replace function instruction_moves() returns trigger
language plpgsql security definer set search_path from current set enable_nestloop = off as $$
declare
  wrong text;
  resends bigint;
  altered boolean;
  alone boolean;
  admits boolean;
  claimed text[];
  stopped text;
begin
  select min(o.reference || ' cannot go from ' || o.state || ' to ' || n.state) filter (where o.state <> n.state and t.from_state is null),
         count(*) filter (where o.state = 'UNKNOWN' and n.state = 'QUEUED'),
         bool_or(n.reference is null or (o.entitlement_number, o.amount, o.list_id, o.channel, o.payment_account_id, o.prepared_by)
                 is distinct from (n.entitlement_number, n.amount, n.list_id, n.channel, n.payment_account_id, n.prepared_by)
                 or (o.approved_by is not null and n.approved_by is distinct from o.approved_by)),
         bool_or(o.state = 'HELD' and n.state = 'QUEUED' and current_setting('app.actor')::uuid in (n.prepared_by, n.approved_by)),
         bool_or(o.state <> n.state and n.state in ('APPROVED', 'QUEUED')),
         array_agg(distinct n.channel) filter (where o.state = 'QUEUED' and n.state = 'SUBMITTING')
    into wrong, resends, altered, alone, admits, claimed
    from before o left join after n on n.reference = o.reference
    left join instruction_transition t on t.from_state = o.state and t.to_state = n.state;
  if wrong is null and admits then
    select min(n.reference || ' is not on an approved and released list') into wrong
      from before o join after n on n.reference = o.reference join payout_list l on l.id = n.list_id
     where o.state <> n.state and (n.state = 'APPROVED' and l.state not in ('APPROVED', 'RELEASED')
                                   or n.state = 'QUEUED' and l.state <> 'RELEASED');
  end if;
  if wrong is not null then
    raise exception 'instruction %', wrong using errcode = 'LB020';
  end if;
  if altered then
    raise exception 'what an instruction pays, to whom and how never changes' using errcode = 'LB001';
  end if;
  if alone then
    raise exception 'what was held is let go by another person than prepared or approved it' using errcode = 'LB021';
  end if;
  if resends > 0 then
    if resends > (select count(*) from before o join after n on n.reference = o.reference
                    join resend_decision r on r.reference = o.reference and r.attempt = o.attempt + 1
                   where o.state = 'UNKNOWN' and n.state = 'QUEUED') then
      raise exception 'an unknown instruction is sent again only by the decision of two people' using errcode = 'LB020';
    end if;
  end if;
  -- Nothing is taken for sending while its channel is stopped, whoever asks.
  if claimed is not null then
    select c into stopped from unnest(claimed) as c where not channel_may_send(c) limit 1;
    if found then
      raise exception 'sending through % is stopped', stopped using errcode = 'LB026';
    end if;
  end if;
  insert into instruction_event (reference, commune_id, from_state, to_state, attempt, reason, actor, via)
  select n.reference, n.commune_id, o.state, n.state, n.attempt, n.reason,
         current_setting('app.actor')::uuid, current_setting('app.via')
    from before o join after n on n.reference = o.reference where o.state <> n.state;
  return null;
end $$;

drop trigger instruction_channel_open on instruction;
drop function instruction_channel_open();
