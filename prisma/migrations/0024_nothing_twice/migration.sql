-- What an unknown payment must show before it is sent again under its own reference, asked by the database itself
-- (docs/adr/0006), and what may not be done with one that is to be sent again: its first sending may yet be found.

-- Days after a sending until "not found" is final, and whether the channel gives a statement of every day or of working days
-- only; copied from the channels' own declarations at set-up. Of a channel without a row nothing is resent.
create table channel_finality (
  channel           text primary key check (channel in ('bank', 'hue-s')),
  final_after_days  smallint not null check (final_after_days >= 0),
  states_every_day  boolean not null
);

-- From which business day on an order file surely does not lie with us any more: it was handed over on that day, or a look
-- into the outbox did not find it, or took it back. Until then the bank may fetch it at any time, and no statement covers it.
create table order_file_gone (
  channel      text not null,
  file_id      text collate "C" not null,
  gone_on      date not null,
  taken_back   boolean not null,
  recorded_at  timestamptz not null default clock_timestamp(),
  primary key (channel, file_id),
  constraint order_file_gone_of foreign key (channel, file_id) references order_file (channel, id)
);
create trigger order_file_gone_append_only before update or delete or truncate on order_file_gone
  for each statement execute function refuse_change();
-- Of files from before this table only those with nothing open are surely gone; a round looks after the others.
insert into order_file_gone (channel, file_id, gone_on, taken_back)
select f.channel, f.id, o.planned_on, false from order_file f join payment_order o on o.id = f.order_id
 where not exists (select from unnest(f.refs) as r (reference) join instruction i on i.reference = r.reference
                    where i.state in ('SUBMITTING', 'SUBMITTED', 'UNKNOWN'));

select grant_to(role, 'select', 'channel_finality, order_file_gone') from unnest(array['_app', '_report']) as role;
select grant_to('_app', 'insert', 'order_file_gone');

-- Whether all statements of an account are in from one day to another: of every day, or of every working day where the channel
-- gives no others (what happened on the others is then in the next one, which begins where the one before ended:
-- `statement_is_whole`). One that came before its day was over says nothing: the rest of the day is not in it.
create function statements_are_in(p_channel text, p_unit text, p_from date, p_to date) returns boolean
language sql stable as $$
  select not exists (
    select from generate_series(p_from, p_to, interval '1 day') as g (at) cross join lateral (select g.at::date as day) d
     where not exists (select from statement s where s.channel = p_channel and s.paying_unit = p_unit and s.day = d.day
                                                and s.day < (s.recorded_at at time zone 'Asia/Ho_Chi_Minh')::date)
       and ((select c.states_every_day from channel_finality c where c.channel = p_channel)
            or extract(isodow from d.day) <= 5 and not exists (select from holiday h where h.day = d.day)))
$$;

-- Statements that say of an unknown payment that its last attempt was not executed: of its channel and paying unit, taken
-- after the attempt was claimed, of a day on which the channel's word is final, with every statement since the day on which it
-- was claimed before it. None when a line names the payment, when somebody is still to ask about it, or while a file that
-- names it may lie with us.
create function covering_statements(p_reference text) returns setof text
language sql stable as $$
  select s.id
    from instruction i
    -- By index, one look-up each: there are few unknowns and many entries.
    cross join lateral (select j.occurred_on from journal_entry j
                         where j.reference = 'submit:' || i.reference || ':' || i.attempt offset 0) e
    join channel_finality c on c.channel = i.channel
    -- From when on it was with the bank for good: an account may show it on any day since the claim, finality counts from here.
    cross join lateral (select count(*) as files, count(g.gone_on) as gone, greatest(e.occurred_on, max(g.gone_on)) as since
                          from order_file f left join order_file_gone g on g.channel = f.channel and g.file_id = f.id
                         where f.order_id = i.order_id and i.reference = any (f.refs)) f
    join statement s on s.channel = i.channel and s.paying_unit = i.paying_unit
                    and s.day >= f.since + c.final_after_days and s.recorded_at > i.claimed_at
                    and s.day < (s.recorded_at at time zone 'Asia/Ho_Chi_Minh')::date
   where i.reference = p_reference and i.state = 'UNKNOWN' and f.files = f.gone
     and statements_are_in(i.channel, i.paying_unit, e.occurred_on, s.day)
     and not exists (select from statement_line x where x.reference = i.reference)
     and not exists (select from enquiry_due d where d.reference = i.reference and d.since > i.claimed_at)
   order by s.day
$$;
select grant_to(role, 'execute', 'function statements_are_in(text, text, date, date), covering_statements(text)')
  from unnest(array['_app', '_report']) as role;

-- The decision names its evidence: a statement that covers the payment, for the attempt that is next.
create function resend_decision_covered() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  bare text[];
begin
  if exists (select from decided where requested_by <> current_setting('app.actor')::uuid) then
    raise exception 'nobody decides in the name of another' using errcode = 'LB021';
  end if;
  select array_agg(d.reference order by d.reference) into bare
    from decided d join instruction i on i.reference = d.reference
   where d.attempt <> i.attempt + 1 or not exists (select from covering_statements(d.reference) as c (id) where c.id = d.evidence);
  if bare is not null then
    raise exception 'no statement named covers %: it stays unknown', bare[1]
      using errcode = 'LB027', detail = json_build_object('references', bare)::text;
  end if;
  return null;
end $$;
create trigger resend_decision_covered after insert on resend_decision
  referencing new table as decided for each statement execute function resend_decision_covered();

-- What has come to light of a payment that is about to be sent although it was claimed before, since two people decided so
-- (or since the claim that was refused): 'executed' and 'rejected' by an enquiry, 'line' by a statement, 'call' by a callback
-- or a status file. Else 'not-found': asked just now; 'unasked': sent again and not asked after; 'none': never sent.
create function word_before_sending(p_reference text, out word text, out reason text)
language sql stable as $$
  with payment as (
    select i.reference, i.attempt, d.at as decided_at, coalesce(d.at, i.claimed_at) as since
      from instruction i cross join lateral (select max(r.recorded_at) as at from resend_decision r where r.reference = i.reference) d
     where i.reference = p_reference),
  asked as (select q.* from enquiry q join payment p on q.reference = p.reference and q.recorded_at > p.since)
  select case when exists (select from asked q where q.answer = 'executed') then 'executed'
              when exists (select from statement_line x where x.reference = p.reference) then 'line'
              when exists (select from asked q where q.answer = 'rejected') then 'rejected'
              when exists (select from callback_event c where c.reference = p.reference and c.accepted and c.received_at > p.since)
                or exists (select from enquiry_due d where d.reference = p.reference and d.since > p.since) then 'call'
              when p.decided_at is null then 'none'
              when exists (select from asked q where q.answer = 'not-found' and q.attempt = p.attempt
                                                 and q.recorded_at > clock_timestamp() - interval '5 minutes') then 'not-found'
              else 'unasked' end,
         (select q.reason from asked q where q.answer = 'rejected' order by q.id desc limit 1)
    from payment p
$$;
select grant_to(role, 'execute', 'function word_before_sending(text)') from unnest(array['_app', '_report']) as role;

-- What is to be sent again and may not be paid after all (a death, a hold, a request to stop) waits as HELD. Two people take the
-- resend back with new evidence that the first sending was not executed; then its row may be stopped as any other.
create table resend_withdrawal (
  reference     text collate "C" not null references instruction (reference),
  attempt       smallint not null,
  commune_id    integer not null,
  requested_by  uuid not null,
  approved_by   uuid not null,
  evidence      text not null,
  recorded_at   timestamptz not null default clock_timestamp(),
  primary key (reference, attempt),
  constraint resend_withdrawal_two_people check (requested_by <> approved_by)
);
create trigger resend_withdrawal_append_only before update or delete or truncate on resend_withdrawal
  for each statement execute function refuse_change();
select scope_by_commune('resend_withdrawal');
select grant_to(role, 'select', 'resend_withdrawal') from unnest(array['_app', '_report']) as role;
select grant_to('_app', 'insert', 'resend_withdrawal');

-- The new evidence is a statement that came in since the payment was held, with all since the one that the resend was decided
-- on before it; and nothing speaks of the payment.
create function resend_withdrawal_covered() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  bare text[];
begin
  if exists (select from decided d where d.requested_by <> current_setting('app.actor')::uuid) then
    raise exception 'nobody decides in the name of another' using errcode = 'LB021';
  end if;
  select array_agg(d.reference order by d.reference) into bare
    from decided d join instruction i on i.reference = d.reference
   where i.state <> 'HELD' or d.attempt <> i.attempt + 1
      or (select w.word from word_before_sending(d.reference) w) not in ('not-found', 'unasked')
      or not exists (
        select from resend_decision r join statement v on v.id = r.evidence
          join statement s on s.id = d.evidence and s.channel = v.channel and s.paying_unit = v.paying_unit and s.day >= v.day
         where r.reference = d.reference and r.attempt = (select max(n.attempt) from resend_decision n where n.reference = d.reference)
           and s.recorded_at > i.moved_at and s.day < (s.recorded_at at time zone 'Asia/Ho_Chi_Minh')::date
           and statements_are_in(v.channel, v.paying_unit, v.day, s.day));
  if bare <> '{}' then
    raise exception 'no new statement covers %: it may have been paid', bare[1]
      using errcode = 'LB027', detail = json_build_object('references', bare)::text;
  end if;
  return null;
end $$;
create trigger resend_withdrawal_covered after insert on resend_withdrawal
  referencing new table as decided for each statement execute function resend_withdrawal_covered();

-- Whether a payment was decided to be sent again and its first sending may yet be found: unless that was taken back for the
-- attempt to come, and nothing has come to light since.
create function may_be_found_paid(p_reference text, p_attempt smallint) returns boolean
language sql stable as $$
  select exists (select from resend_decision r where r.reference = p_reference)
     and not exists (select from resend_withdrawal w where w.reference = p_reference and w.attempt = p_attempt + 1
                                                       and (select b.word from word_before_sending(p_reference) b) in ('not-found', 'unasked'))
$$;
select grant_to(role, 'execute', 'function may_be_found_paid(text, smallint)') from unnest(array['_app', '_report']) as role;

-- What may have been paid the first time is not cancelled: its money is nobody else's.
create function instruction_resent_stays() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  if may_be_found_paid(new.reference, old.attempt) then
    raise exception '% is sent again and may have been paid, it cannot be cancelled', new.reference
      using errcode = 'LB020', detail = json_build_object('entitlement', new.entitlement_number)::text;
  end if;
  return new;
end $$;
create trigger instruction_resent_stays before update on instruction for each row
  when (new.state = 'CANCELLED' and old.state <> 'CANCELLED' and old.attempt > 0) execute function instruction_resent_stays();

-- A status file that speaks of a payment which is queued to be sent again is a reason to ask before it is.
alter table enquiry_due drop constraint enquiry_due_cause_check;
alter table enquiry_due add constraint enquiry_due_cause_check check (cause in ('callback', 'status-file'));
select grant_to('_app', 'update (cause)', 'enquiry_due');

-- An order that nobody may send for weeks is offered again and again.
alter table payment_order alter column attempt type integer;

-- Who made it: a person, or the machine that sweeps for the person who released the list (ordered_by).
alter table payment_order add column planned_by uuid;
update payment_order set planned_by = ordered_by;
alter table payment_order alter column planned_by set not null;
