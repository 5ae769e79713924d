-- Who receives what: one payee for a person and programme at any time; how accounts change; whose money waits.

-- ── Figures that the province may set ────────────────────────────────────────────────────────────

create table payee_setting (
  name         text primary key,
  value        integer not null check (value > 0),
  legal_basis  text not null,
  status       text not null check (status in ('verified', 'from_memory', 'to_confirm'))
);
insert into payee_setting values
  ('authorisation_months', 12, 'Bộ luật Dân sự 2015, Điều 563; local practice for certified papers: 3', 'verified'),
  ('wards_max', 3, 'none: a cap of ours that raises an alert', 'to_confirm'),
  ('shared_account_payees', 2, 'none: how many unrelated payees of one account raise an alert', 'to_confirm'),
  ('expiry_notice_days', 30, 'none: days before a representation ends in which it is on the worklist', 'to_confirm');

-- ── Officers and their relatives ─────────────────────────────────────────────────────────────────

create table officer_relation (
  officer_id   uuid not null,
  related_id   uuid not null references person (id),
  commune_id   integer not null references commune (id),
  relation     text not null,
  declared_by  uuid not null,
  recorded_at  timestamptz not null default clock_timestamp(),
  primary key (officer_id, related_id),
  constraint officer_relation_other check (officer_id <> related_id)
);

-- Whether an officer is a person, or a declared relative of that person.
create function is_involved(officer uuid, person uuid) returns boolean
language sql stable security definer set search_path from current as $$
  select officer = person or exists (
    select from officer_relation r where (r.officer_id, r.related_id) in ((officer, person), (person, officer)))
$$;

-- Whether people may enter and approve something for a person: if one of them is involved, two approvers who are not.
create function may_decide(enterer uuid, approver uuid, second uuid, person uuid) returns boolean
language sql stable security definer set search_path from current as $$
  select case
    when is_involved(enterer, person) or is_involved(approver, person) or coalesce(is_involved(second, person), false)
    then approver is not null and second is not null
         and not is_involved(approver, person) and not is_involved(second, person)
    else true end
$$;

-- ── Accounts ─────────────────────────────────────────────────────────────────────────────────────

-- Money can be sent to the bank, and nobody enters an account for himself or a relative without two others.
create function payment_account_enters() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  wrong text;
begin
  select min(b.short_name) into wrong from fresh f join bank b on b.code = f.bank_code where not b.transfer_supported;
  if wrong is not null then
    raise exception 'Ngân hàng % không nhận chuyển khoản: chọn ngân hàng khác', wrong using errcode = 'LB041';
  end if;
  select min(f.id::text) into wrong from fresh f
   where not may_decide(f.entered_by, f.confirmed_by, f.second_confirmed_by, f.person_id);
  if wrong is not null then
    raise exception 'Tài khoản % là của người nhập, người duyệt hoặc người thân: cần hai người khác duyệt', wrong
      using errcode = 'LB040';
  end if;
  return null;
end $$;
create trigger payment_account_enters after insert on payment_account
  referencing new table as fresh for each statement execute function payment_account_enters();

-- What the channel's enquiry said of an account (part 3 asks; the answer is kept).
create table account_verification (
  id                  uuid primary key,
  payment_account_id  uuid not null references payment_account (id),
  commune_id          integer not null references commune (id),
  channel             text not null check (channel in ('bank', 'hue-s')),
  asked_at            timestamptz not null,
  asked_by            uuid not null,
  name_answered       text,
  verdict             text not null check (verdict in ('match', 'warn', 'block', 'not-found', 'no-answer')),
  score               smallint check (score between 0 and 100),
  reasons             text[] not null,
  recorded_at         timestamptz not null default clock_timestamp(),
  constraint account_verification_answer check ((verdict in ('match', 'warn', 'block')) = (name_answered is not null)
                                                and (score is null) = (name_answered is null))
);
create index account_verification_account on account_verification (payment_account_id, asked_at);
create trigger account_verification_append_only before update or delete or truncate on account_verification
  for each statement execute function refuse_change();

-- A new account for whoever receives a person's programme. A change is requested, approved by another person, and holds
-- from the month after the next list. A correction replaces an account that the channel has proved dead, at once.
create table account_change (
  id                  uuid primary key,
  person_id           uuid not null references person (id),
  programme           text not null,
  commune_id          integer not null references commune (id),
  kind                text not null check (kind in ('change', 'correction')),
  state               text not null check (state in ('requested', 'approved', 'refused')),
  owner_id            uuid not null references person (id),
  old_account_id      uuid references payment_account (id),
  -- The id that the account will have; its row is made when the change is approved.
  new_account_id      uuid not null,
  bank_code           text references bank (code),
  number_sealed       text not null,
  number_index        bytea not null,
  tail_index          bytea not null,
  holder_name         text not null,
  -- ISO reason with which the channel refused or returned the old account's payment.
  failure             text,
  document_kind       text,
  document_number     text,
  document_date       date,
  document_issuer     text,
  document_sha256     bytea check (octet_length(document_sha256) = 32),
  requested_on        date not null,
  -- The first month whose list of the commune was not submitted at the request: it is paid into the old account.
  next_list           date,
  effective_month     date not null check (effective_month = date_trunc('month', effective_month)),
  requested_by        uuid not null,
  approved_by         uuid,
  second_approved_by  uuid,
  decided_reason      text,
  recorded_at         timestamptz not null default clock_timestamp(),
  constraint account_change_two_people check (
    approved_by <> requested_by and second_approved_by <> requested_by and second_approved_by <> approved_by),
  constraint account_change_approved check (state <> 'approved' or approved_by is not null),
  constraint account_change_document check (kind <> 'change' or (document_kind is not null and document_number is not null
    and document_date is not null and document_issuer is not null and document_sha256 is not null)),
  constraint account_change_cooling_off check (kind <> 'change' or (next_list is not null
    and next_list >= date_trunc('month', requested_on) and effective_month = next_list + interval '1 month')),
  constraint account_change_failure check (kind <> 'correction' or (old_account_id is not null
    and coalesce(failure in ('AC01', 'AC04', 'AC06', 'AG01', 'AM14', 'BE01'), false)))
);
create unique index account_change_one_open on account_change (person_id, programme) where state = 'requested';
create index account_change_account on account_change (new_account_id);

create function account_change_moves() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  if tg_op = 'INSERT' then
    if new.kind = 'change' and (new.state <> 'requested' or new.approved_by is not null) then
      raise exception 'a change of account begins as requested' using errcode = 'LB020';
    end if;
  elsif old.state <> 'requested' then
    raise exception 'the change of account % was decided on', old.id using errcode = 'LB001';
  elsif old.approved_by is not null and new.approved_by is distinct from old.approved_by then
    raise exception 'who approved the change of account % stays', old.id using errcode = 'LB001';
  end if;
  -- A relative does not approve at all, so that a change does not wait for a second approver in vain.
  if tg_op = 'UPDATE' and new.state <> 'refused' and exists (
       select from unnest(array[new.approved_by, new.second_approved_by]) approver
         cross join unnest(array[new.person_id, new.owner_id]) person where is_involved(approver, person)) then
    raise exception 'Người duyệt là người hưởng, chủ tài khoản hoặc người thân: người khác phải duyệt' using errcode = 'LB040';
  end if;
  if new.state = 'approved' and not (may_decide(new.requested_by, new.approved_by, new.second_approved_by, new.person_id)
                                     and may_decide(new.requested_by, new.approved_by, new.second_approved_by, new.owner_id)) then
    raise exception 'Người đề nghị hoặc người duyệt là người hưởng, chủ tài khoản hoặc người thân: cần hai người khác duyệt'
      using errcode = 'LB040';
  end if;
  return new;
end $$;
create trigger account_change_moves before insert or update on account_change
  for each row execute function account_change_moves();

-- The previous contact is told of a change; sending it is part 8.
create table account_notice (
  id          uuid primary key,
  change_id   uuid not null references account_change (id),
  commune_id  integer not null references commune (id),
  person_id   uuid not null references person (id),
  content     text not null,
  channel     text not null check (channel in ('sms', 'hue-s', 'letter')),
  state       text not null default 'recorded' check (state in ('recorded')),
  recorded_at timestamptz not null default clock_timestamp()
);
create index account_notice_change on account_notice (change_id);
create trigger account_notice_append_only before update or delete or truncate on account_notice
  for each statement execute function refuse_change();

-- ── Representatives ──────────────────────────────────────────────────────────────────────────────

-- Who may represent whom, and until when (Civil Code Art 46-62, 134-141). Days of age count from the birthday.
create function representation_begins() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  wrong text;
begin
  select min(case
      when f.revoked_on is not null then 'bắt đầu khi chưa bị chấm dứt'
      when lower(f.validity) < (r.birth_date + interval '15 years')::date then 'người nhận thay chưa đủ 15 tuổi'
      when f.kind <> 'authorised' and lower(f.validity) < (r.birth_date + interval '18 years')::date
        then 'người nhận thay chưa đủ 18 tuổi: chỉ được nhận theo ủy quyền'
      when f.kind = 'authorised' and lower(f.validity) < (w.birth_date + interval '15 years')::date
        then 'người dưới 15 tuổi không ủy quyền được: cần người đại diện theo pháp luật hoặc người giám hộ'
      when f.kind in ('guardian', 'legal_representative')
           and lower(f.validity) < (w.birth_date + interval '18 years')::date
           and (upper_inf(f.validity) or upper(f.validity) > (w.birth_date + interval '18 years')::date)
        then 'việc đại diện cho người chưa thành niên chấm dứt khi người đó đủ 18 tuổi'
      when f.kind <> 'funeral_organiser' and w.died_on < lower(f.validity) or r.died_on < lower(f.validity)
        then 'một trong hai người đã chết'
      when f.joint_with is not null and (j.id is null or j.joint_with is not null or (j.person_id, j.kind, j.kinship)
           is distinct from (f.person_id, f.kind, f.kinship))
        then 'chỉ cha mẹ hoặc ông bà cùng giám hộ một người'
    end) into wrong
    from fresh f join person r on r.id = f.representative_id join person w on w.id = f.person_id
    left join representation j on j.id = f.joint_with;
  if wrong is not null then
    raise exception 'Không lập được việc nhận thay: %', wrong using errcode = 'LB042';
  end if;
  return null;
end $$;
create trigger representation_begins after insert on representation
  referencing new table as fresh for each statement execute function representation_begins();

-- Revocation ends the validity, once.
create function representation_revoked() returns trigger language plpgsql as $$
begin
  if old.revoked_on is not null then
    raise exception 'representation % was revoked on %', old.id, old.revoked_on using errcode = 'LB001';
  end if;
  new.validity := old.validity * daterange(null, new.revoked_on);
  return new;
end $$;
create trigger representation_revoked before update on representation for each row execute function representation_revoked();

-- ── Payees ───────────────────────────────────────────────────────────────────────────────────────

-- How the money of a person and programme reaches whoever receives it, from a month on until another row says otherwise.
-- Without a row it is handed to the person in cash.
create table payee (
  id                  uuid primary key,
  person_id           uuid not null references person (id),
  programme           text not null,
  commune_id          integer not null references commune (id),
  -- Empty when it was replaced before it began.
  period              daterange not null,
  -- Where the period began when the row was made.
  since               date not null,
  payee_id            uuid not null references person (id),
  representation_id   uuid references representation (id),
  method              text not null check (method in ('account', 'cash')),
  payment_account_id  uuid references payment_account (id),
  change_id           uuid references account_change (id),
  entered_by          uuid not null,
  confirmed_by        uuid not null,
  recorded_at         timestamptz not null default clock_timestamp(),
  constraint payee_two_people check (entered_by <> confirmed_by),
  constraint payee_account check ((method = 'account') = (payment_account_id is not null)),
  constraint payee_representative check ((payee_id = person_id) = (representation_id is null)),
  constraint payee_since check (isempty(period) or lower(period) = since),
  -- Law 3's twin: one payee for one person and programme at any time.
  -- Over an expression, so that nobody's look-up by person takes this index: without statistics it costs 50 times as much.
  -- Of the type uuid: GiST over text is twice as slow to fill.
  constraint payee_one exclude using gist ((person_id::text::uuid) with =, programme with =, period with &&)
);
-- Read backwards: the last assignment, the one before.
create index payee_person on payee (person_id, programme, since, recorded_at);
create index payee_payment_account on payee (payment_account_id);
create index payee_representation on payee (representation_id);

-- A payee fits his papers: the representation is of both people, covers the programme and the beginning; the account is
-- the person's or the representative's own, the latter with evidence; another account than before has its change.
create function payee_begins() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  wrong text;
begin
  select min(case
      when r.id is not null and (r.person_id, r.representative_id) <> (f.person_id, f.payee_id)
        then 'giấy tờ nhận thay không phải của hai người này'
      when r.programmes <> '{}' and not f.programme = any (r.programmes) then 'giấy tờ nhận thay không gồm chương trình này'
      when not r.validity @> f.since then 'giấy tờ nhận thay không có hiệu lực vào ngày bắt đầu'
      when a.person_id not in (f.person_id, f.payee_id) then 'tài khoản là của người khác'
      when a.person_id = f.payee_id and f.payee_id <> f.person_id and r.own_account_evidence is null
        then 'tiền vào tài khoản riêng của người nhận thay phải có giấy tờ cho phép'
    end) into wrong
    from fresh f left join representation r on r.id = f.representation_id left join payment_account a on a.id = f.payment_account_id;
  if wrong is not null then
    raise exception 'Người nhận tiền không hợp lệ: %', wrong using errcode = 'LB043';
  end if;
  select min(f.id::text) into wrong
    from fresh f
    cross join lateral (select q.payee_id, q.payment_account_id from payee q
                         where q.person_id = f.person_id and q.programme = f.programme and q.id <> f.id and q.since <= f.since
                         order by q.since desc, q.recorded_at desc limit 1) before
    left join account_change c on c.id = f.change_id and c.state = 'approved' and c.new_account_id = f.payment_account_id
         and c.person_id = f.person_id and c.programme = f.programme
         and (c.effective_month = f.since or c.kind = 'correction' and f.since >= c.effective_month)
   where f.method = 'account' and before.payee_id = f.payee_id
     and before.payment_account_id is distinct from f.payment_account_id and c.id is null;
  if wrong is not null then
    raise exception 'Người nhận giữ nguyên mà đổi tài khoản: phải có đề nghị đổi tài khoản đã được người khác duyệt'
      using errcode = 'LB044';
  end if;
  return null;
end $$;
create trigger payee_begins after insert on payee
  referencing new table as fresh for each statement execute function payee_begins();

-- A payee's period may end earlier than it was thought to; nothing else of it changes.
create function payee_ends() returns trigger language plpgsql as $$
begin
  if not new.period <@ old.period or (not isempty(new.period) and lower(new.period) <> lower(old.period)) then
    raise exception 'the period of payee % may only end earlier', old.id using errcode = 'LB001';
  end if;
  return new;
end $$;
create trigger payee_ends before update on payee for each row execute function payee_ends();

-- ── What is asked of whole lists ─────────────────────────────────────────────────────────────────

-- When people died, wherever they live: whoever represents may be of another commune than the list.
create function death_days(people uuid[]) returns table (id uuid, died_on date)
language sql stable security definer set search_path from current as $$
  select p.id, p.died_on from person p where p.id = any (people) and p.died_on is not null
$$;

-- For accounts and who receives through them: how many people whom nobody represents to each other receive through the
-- account's number on a day, whatever their communes. Only where somebody else does.
create function sharing_payees(accounts uuid[], payees uuid[], day date) returns table (account uuid, payee uuid, sharing integer)
language sql stable security definer set search_path from current as $$
  with asked as (select distinct * from unnest(accounts, payees) as q (account, payee)),
  others as (
    select distinct q.account, q.payee, y.payee_id as other
      from asked q join payment_account a on a.id = q.account join payment_account b on b.number_index = a.number_index
      join payee y on y.payment_account_id = b.id and y.period @> day and y.payee_id <> q.payee)
  select o.account, o.payee, 1 + count(*)::integer from others o
   where not exists (select from representation r where r.person_id = o.payee and r.representative_id = o.other)
     and not exists (select from representation r where r.person_id = o.other and r.representative_id = o.payee)
   group by o.account, o.payee
$$;

-- How many people each of some represents on a day, whatever their communes.
create function wards_of(representatives uuid[], day date) returns table (representative uuid, wards integer)
language sql stable security definer set search_path from current as $$
  select r.representative_id, count(distinct r.person_id)::integer from representation r
   where r.representative_id = any (representatives) and r.validity @> day and r.kind <> 'institution' group by r.representative_id
$$;

select scope_by_commune(t) from unnest(array['officer_relation', 'account_verification', 'account_change', 'account_notice',
  'payee']) as t;
select grant_to(role, 'select', 'payee_setting, officer_relation, account_verification, account_change, account_notice, payee')
  from unnest(array['_app', '_report']) as role;
select grant_to('_app', 'insert', 'officer_relation, account_verification, account_change, account_notice, payee');
select grant_to('_app', 'update (state, approved_by, second_approved_by, decided_reason)', 'account_change');
select grant_to('_app', 'update (period)', 'payee');
select grant_to(role, 'execute', 'function is_involved(uuid, uuid), death_days(uuid[]), sharing_payees(uuid[], uuid[], date), wards_of(uuid[], date)')
  from unnest(array['_app', '_report']) as role;
