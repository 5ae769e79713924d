-- The double-entry ledger: tables that nobody but its own functions can write.
--
-- A posting is a pair (debit account, credit account, amount > 0), so an unbalanced entry cannot be
-- written down (docs/adr/0002). Balances and floors live on the account row. What each device costs
-- is measured by `npm run bench:ledger`.
--
-- Errors that the doors raise (SQLSTATE class LB; src/lib/db-errors.ts names them):
--   LB001 append-only          LB002 reference already used with other content
--   LB003 pair or template     LB004 amount                 LB005 below the floor
--   LB006 period not open      LB007 account or subject     LB008 reversal
--   LB009 posting added to an older entry                   LB010 malformed call

-- ── Chart and templates: data written by the owner from src/ledger/{chart,templates}.ts ──────────

create table chart_account (
  id            smallint generated always as identity primary key,
  code          text collate "C" not null unique,
  name_vi       text not null,
  name_en       text not null,
  type          text not null check (type in ('asset', 'liability', 'income', 'expense', 'equity', 'memo')),
  sign          smallint not null check (sign in (1, -1)),
  subject_kind  text not null,
  floor         bigint,
  shared        boolean not null,
  of_commune    boolean not null
);
comment on column chart_account.sign is '1: grows by debit; -1: grows by credit';
comment on column chart_account.shared is 'many entries meet on one subject: locked last, rolled up when sealed';
comment on column chart_account.of_commune is 'its subjects belong to the commune of the entry that first names them';

create table posting_template (
  id       smallint generated always as identity primary key,
  name     text collate "C" not null,
  version  smallint not null,
  doc_vi   text not null,
  doc_en   text not null,
  constraint posting_template_key unique (name, version)
);

create table template_pair (
  template_id  smallint not null references posting_template (id),
  debit        smallint not null references chart_account (id),
  credit       smallint not null references chart_account (id),
  primary key (template_id, debit, credit)
);

-- Our codes in the regime's chart (TT 107/2017, TT 24/2024 …): a mapping for reports, never a key.
create table regime_code (
  account_code  text collate "C" not null,
  regime        text not null,
  code          text,
  title_vi      text not null,
  title_en      text not null,
  valid_from    date not null,
  valid_to      date,
  status        text not null,
  primary key (account_code, valid_from)
);

-- ── Periods ──────────────────────────────────────────────────────────────────────────────────────

create table period (
  month         date primary key check (month = date_trunc('month', month)),
  state         text not null default 'open' check (state in ('open', 'closing', 'closed')),
  opened_by     uuid not null,
  opened_at     timestamptz not null default clock_timestamp(),
  closed_by     uuid,
  closed_at     timestamptz,
  block_number  bigint,
  head          bytea,
  constraint period_closed_with_head check ((state = 'closed') = (head is not null and block_number is not null
                                             and closed_by is not null and closed_at is not null))
);

create table period_trial_balance (
  month         date not null references period (month),
  account_code  text collate "C" not null,
  opening       bigint not null,
  debit         bigint not null,
  credit        bigint not null,
  closing       bigint not null,
  primary key (month, account_code)
);
comment on column period_trial_balance.opening is 'in the account''s own direction, as every balance here';

create table period_snapshot (
  account_id  bigint not null,
  month       date not null references period (month),
  balance     bigint not null,
  primary key (account_id, month)
);

-- ── Accounts, entries, postings ──────────────────────────────────────────────────────────────────

create sequence account_id;
create table account (
  id          bigint primary key default nextval('account_id'),
  code        text collate "C" not null,
  subject     text collate "C" not null,
  sign        smallint not null,
  shared      boolean not null,
  floor       bigint,
  commune_id  integer,
  balance     bigint not null default 0,
  constraint account_key unique (code, subject),
  constraint account_floor check (balance >= floor)
) with (fillfactor = 70);

create sequence journal_entry_id;
create table journal_entry (
  id             bigint primary key default nextval('journal_entry_id'),
  template_id    smallint not null,
  reference      text collate "C" not null
                 constraint journal_entry_reference unique
                 constraint journal_entry_reference_form check (reference ~ '^[0-9A-Za-z:./_-]+$' and length(reference) <= 120),
  content_hash   bytea not null,
  posting_date   date not null,
  occurred_on    date not null,
  recorded_at    timestamptz not null default clock_timestamp(),
  actor          uuid not null,
  commune_id     integer,
  memo           text constraint journal_entry_memo check (length(memo) <= 500),
  dimensions     jsonb,
  reverses       bigint,
  canonical      smallint not null default 1,
  xid            xid8 not null default pg_current_xact_id()
);
comment on column journal_entry.canonical is 'version of the canonical bytes that the seal hashes (docs/adr/0005)';
create index journal_entry_seal_order on journal_entry (xid, id);
create unique index journal_entry_reverses on journal_entry (reverses) where reverses is not null;

create table posting (
  entry_id        bigint not null,
  seq             smallint not null,
  debit_account   bigint not null,
  credit_account  bigint not null,
  amount          bigint not null constraint posting_amount check (amount > 0),
  posting_date    date not null,
  primary key (entry_id, seq),
  constraint posting_two_accounts check (debit_account <> credit_account)
);
create index posting_debit on posting (debit_account, posting_date, entry_id);
create index posting_credit on posting (credit_account, posting_date, entry_id);
create index posting_by_date on posting using brin (posting_date);

-- ── Seals ────────────────────────────────────────────────────────────────────────────────────────

create table seal_block (
  number        bigint primary key check (number >= 1),
  entry_count   integer not null check (entry_count > 0),
  total_entries bigint not null,
  last_xid      xid8 not null,
  last_id       bigint not null,
  leaf_hashes   bytea not null,
  root          bytea not null,
  previous_head bytea not null,
  head          bytea not null,
  sealed_at     timestamptz not null default clock_timestamp(),
  constraint seal_block_leaves check (octet_length(leaf_hashes) = 32 * entry_count)
);

-- Movements of shared accounts per block and posting date: what makes an as-of balance cheap.
create table sealed_movement (
  account_id    bigint not null,
  block_number  bigint not null references seal_block (number),
  posting_date  date not null,
  movement      bigint not null,
  primary key (account_id, block_number, posting_date)
);
comment on column sealed_movement.movement is 'debits minus credits';

-- ── The database refuses ─────────────────────────────────────────────────────────────────────────

create trigger journal_entry_append_only before update or delete or truncate on journal_entry
  for each statement execute function refuse_change();
create trigger posting_append_only before update or delete or truncate on posting
  for each statement execute function refuse_change();
create trigger seal_block_append_only before update or delete or truncate on seal_block
  for each statement execute function refuse_change();
create trigger sealed_movement_append_only before update or delete or truncate on sealed_movement
  for each statement execute function refuse_change();
create trigger period_trial_balance_append_only before update or delete or truncate on period_trial_balance
  for each statement execute function refuse_change();
create trigger period_snapshot_append_only before update or delete or truncate on period_snapshot
  for each statement execute function refuse_change();
create trigger account_kept before delete or truncate on account
  for each statement execute function refuse_change();
create trigger account_identity_kept before update of id, code, subject, sign, shared, floor, commune_id on account
  for each statement execute function refuse_change();
create trigger template_pair_kept before update or delete or truncate on template_pair
  for each statement execute function refuse_change();

-- A closed period stays closed, and no period is deleted.
create function period_never_reopens() returns trigger language plpgsql as $$
begin
  if (old.state = 'closed') or (old.state = 'closing' and new.state = 'open') or new.month <> old.month then
    raise exception 'period % is % and cannot become %', to_char(old.month, 'YYYY-MM'), old.state, new.state
      using errcode = 'LB006', hint = 'There is no reopening: post a correction in an open period.';
  end if;
  return new;
end $$;
create trigger period_never_reopens before update on period for each row execute function period_never_reopens();
create trigger period_kept before delete or truncate on period for each statement execute function refuse_change();

-- Nothing is appended to an entry of another database transaction.
create function posting_in_own_transaction() returns trigger
language plpgsql set search_path from current set enable_seqscan = off as $$
begin
  if exists (select 1 from fresh f
              where (select e.xid from journal_entry e where e.id = f.entry_id) is distinct from pg_current_xact_id()) then
    raise exception 'a posting may only be written in the database transaction of its own entry'
      using errcode = 'LB009';
  end if;
  return null;
end $$;
create trigger posting_in_own_transaction after insert on posting
  referencing new table as fresh for each statement execute function posting_in_own_transaction();

-- An account exists only for a code of the chart, with a subject of the chart's kind and its floor.
create function account_follows_chart() returns trigger
language plpgsql set search_path from current as $$
declare
  odd record;
begin
  select f.code, f.subject, c.subject_kind into odd
    from fresh f left join chart_account c on c.code = f.code
   where c.id is null or split_part(f.subject, ':', 1) <> c.subject_kind
      or f.sign <> c.sign or f.shared <> c.shared or f.floor is distinct from c.floor
   limit 1;
  if found then
    raise exception 'account % with subject % is not in the chart (it wants a subject of kind %)',
      odd.code, odd.subject, coalesce(odd.subject_kind, 'none: unknown code') using errcode = 'LB007';
  end if;
  -- The form of a subject is looked at once, when the account is made: as a check of the table it would be once a posting.
  select f.subject into odd from fresh f
   where f.subject !~ '^[a-z][a-z-]*:[0-9A-Za-z./_-]+$' or length(f.subject) - strpos(f.subject, ':') > 80 limit 1;
  if found then
    raise exception 'subject % is not of the form kind:name', odd.subject using errcode = 'check_violation';
  end if;
  return null;
end $$;
create trigger account_follows_chart after insert on account
  referencing new table as fresh for each statement execute function account_follows_chart();

-- ── Who sees ─────────────────────────────────────────────────────────────────────────────────────

select scope_by_commune('journal_entry');
select scope_by_commune('account');
alter table posting enable row level security;
create policy commune_scope on posting using (
  (select scope_is_province()) or exists (select 1 from journal_entry e where e.id = entry_id));

select grant_to(role, 'select',
  'chart_account, posting_template, template_pair, regime_code, period, period_trial_balance, period_snapshot,
   account, journal_entry, posting, seal_block, sealed_movement')
  from unnest(array['_app', '_report']) as role;
