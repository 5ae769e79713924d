-- Places, people, the audit trail, and who may see which row.
--
-- Every object lives in the connection's schema and nothing names it (docs/architecture.md): a
-- province is a schema. The run-time roles are <schema>_app and <schema>_report, made by
-- src/lib/provision.ts before the first migration.

-- ── Roles ────────────────────────────────────────────────────────────────────────────────────────

-- Grants to the run-time roles without writing the schema's name into a migration.
create function grant_to(role_suffix text, privileges text, object text) returns void
language plpgsql set search_path from current as $$
begin
  execute format('grant %s on %s to %I', privileges, object, current_schema() || role_suffix);
end $$;

-- A new function is executable by everybody unless told otherwise; ours are not.
alter default privileges revoke execute on functions from public;
revoke execute on function grant_to(text, text, text) from public;

do $$
begin
  execute format('grant usage on schema %I to %I, %I', current_schema(),
                 current_schema() || '_app', current_schema() || '_report');
end $$;

-- ── Scope: which communes this database transaction may see ──────────────────────────────────────

-- `app.scope` = 'province' sees all; otherwise `app.communes` lists commune ids. Unset sees nothing.
create function scope_is_province() returns boolean language sql stable as
$$ select coalesce(current_setting('app.scope', true), '') = 'province' $$;

create function scope_communes() returns integer[] language sql stable as
$$ select coalesce(nullif(current_setting('app.communes', true), ''), '{}')::integer[] $$;

select grant_to('_app', 'execute', 'function scope_is_province(), scope_communes()');
select grant_to('_report', 'execute', 'function scope_is_province(), scope_communes()');

-- The one policy of every table whose rows belong to a commune. The sub-selects are evaluated once a
-- statement, not once a row.
create function scope_by_commune(table_name text) returns void
language plpgsql set search_path from current as $$
begin
  execute format('alter table %I enable row level security', table_name);
  execute format('create policy commune_scope on %I
    using ((select scope_is_province()) or commune_id = any ((select scope_communes())::integer[]))', table_name);
end $$;
revoke execute on function scope_by_commune(text) from public;

-- What must never change says so itself, whoever asks (the application is also not granted it).
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% rows are append-only: % is refused', tg_table_name, tg_op
    using errcode = 'LB001', hint = 'Correct with a new row (a reversal), never by changing an old one.';
end $$;

-- ── Reference data (loaded from prisma/reference, versioned) ─────────────────────────────────────

create table reference_version (
  version    text primary key,
  loaded_at  timestamptz not null default clock_timestamp()
);

-- Who draws the money. A code alone is not enough: 474 was the city until 2024 and a district in 2025,
-- so the id carries the day from which it is meant: 474.20210701.
create table paying_unit (
  id          text primary key,
  code        text not null,
  valid_from  date not null,
  name_vi     text not null,
  constraint paying_unit_key unique (code, valid_from)
);

-- A commune is (GSO code, valid-from): all 40 codes of 2025-07-01 are re-used codes of old units.
create table commune (
  id             integer generated always as identity primary key,
  code           text not null,
  valid_from     date not null,
  valid_to       date,
  name_vi        text not null,
  kind           text not null check (kind in ('phuong', 'xa', 'thi_tran')),
  full_name_vi   text not null,
  name_ascii     text not null,
  district_code  text,
  paying_unit    text not null references paying_unit (id),
  status         text not null,
  constraint commune_key unique (code, valid_from),
  constraint commune_validity check (valid_to is null or valid_to >= valid_from)
);

create table commune_succession (
  old_commune_id  integer not null references commune (id),
  new_commune_id  integer not null references commune (id),
  effective_on    date not null,
  change          text not null,
  share           numeric(5, 4) not null check (share > 0 and share <= 1),
  legal_basis     text not null,
  status          text not null,
  primary key (old_commune_id, new_commune_id)
);

create table bank (
  code                text primary key,
  bin                 text check (bin ~ '^[0-9]{6}$'),
  short_name          text not null,
  name_vi             text not null,
  kind                text not null,
  transfer_supported  boolean not null,
  status              text not null
);

create table benefit_category (
  code            text not null,
  valid_from      date not null,
  valid_to        date,
  head            text not null,
  moves_to        text,
  article         text not null,
  clause          text not null,
  point           text not null,
  legal_basis     text not null,
  description_vi  text not null,
  description_en  text not null,
  benefit_type    text not null,
  coefficient     numeric(4, 1),
  fixed_amount    bigint,
  age_rule        text,
  default_payee   text not null,
  start_rule      text not null,
  confidential    boolean not null,
  neutral_code    text,
  status          text not null,
  primary key (code, valid_from),
  constraint benefit_category_amount check ((coefficient is null) <> (fixed_amount is null))
);

create table standard_level (
  scope        text not null,
  valid_from   date not null,
  valid_to     date,
  amount       bigint not null check (amount > 0),
  legal_basis  text not null,
  status       text not null,
  primary key (scope, valid_from)
);

-- A gift of a fixed sum to everybody whose benefit of that month is of one of the categories ({*}: any).
create table one_off_programme (
  code         text primary key,
  name_vi      text not null,
  name_en      text not null,
  amount       bigint not null check (amount > 0),
  categories   text[] not null,
  month        date not null check (month = date_trunc('month', month)),
  legal_basis  text not null,
  status       text not null
);

-- Why a benefit stops or is suspended (TT 02/2021/TT-BLĐTBXH Art 2.1, 2.3).
create table stop_reason (
  code            text primary key,
  kind            text not null check (kind in ('stop', 'suspend')),
  description_vi  text not null,
  description_en  text not null,
  legal_basis     text not null,
  status          text not null
);

create table failure_reason (
  code            text primary key,
  iso_reason      text,
  stage           text[] not null,
  retry           text not null,
  action          text not null,
  description_vi  text not null,
  description_en  text not null,
  status          text not null
);

-- The provinces that the first three digits of an identity number may name (of the registration of birth).
create table id_place (
  code     text primary key check (code ~ '^[0-9]{3}$'),
  name_vi  text not null,
  status   text not null
);

-- ── People ───────────────────────────────────────────────────────────────────────────────────────

-- Whoever acts, is paid or receives for another is a person; an officer is a person with duties. Names are NFC and
-- stand in Vietnamese order; name_key and given_name are made from the name by src/registry/person-name.ts. Of a birth
-- known by its year alone, birth_date is 1 January. Numbers are sealed (docs/adr/0009).
create table person (
  id               uuid primary key,
  commune_id       integer not null references commune (id),
  full_name        text collate "vi-x-icu" not null,
  sex              text not null check (sex in ('female', 'male')),
  birth_date       date not null,
  birth_precision  text not null default 'day',
  given_name       text collate "vi-x-icu" not null,
  name_key         text collate "C" not null check (name_key ~ '^[a-z]+( [a-z]+)*$'),
  phone_sealed     text,
  phone_index      bytea check (octet_length(phone_index) = 32),
  died_on          date,
  merged_into      uuid references person (id),
  constraint person_name check (full_name is normalized and length(full_name) between 2 and 100),
  constraint person_birth_precision check (
    birth_precision = 'day' or (birth_precision = 'year' and extract(doy from birth_date) = 1)),
  constraint person_phone check ((phone_sealed is null) = (phone_index is null)),
  constraint person_death check (died_on >= birth_date),
  constraint person_merged check (merged_into <> id)
);
create index person_commune on person (commune_id);
select scope_by_commune('person');

-- ── The audit trail: one event an act, in the transaction of the act ─────────────────────────────

create table audit_event (
  id           bigint generated always as identity primary key,
  recorded_at  timestamptz not null default clock_timestamp(),
  actor        uuid not null,
  via          text not null,
  act          text not null,
  subject      text not null,
  commune_id   integer,
  detail       jsonb not null default '{}',
  xid          xid8 not null default pg_current_xact_id()
);
create index audit_event_subject on audit_event (subject);
create trigger audit_event_append_only before update or delete or truncate on audit_event
  for each statement execute function refuse_change();
select scope_by_commune('audit_event');

-- ── Grants ───────────────────────────────────────────────────────────────────────────────────────

select grant_to(role, 'select',
  'reference_version, paying_unit, commune, commune_succession, bank, benefit_category, standard_level,
   one_off_programme, stop_reason, failure_reason, id_place, person, audit_event')
  from unnest(array['_app', '_report']) as role;
select grant_to('_app', 'insert', 'person');
select grant_to('_app', 'update (commune_id, full_name, sex, birth_date, birth_precision, given_name, name_key, phone_sealed,
  phone_index, died_on, merged_into)', 'person');
select grant_to('_app', 'insert', 'audit_event');
