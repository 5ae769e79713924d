-- Who may do what: people who sign in, their roles and who stands in for them, what one person may not do both, what
-- waits for a second person, and requests that are answered once.

-- ── Where an act comes from ──────────────────────────────────────────────────────────────────────

-- What the request said of itself, as the transaction keeps it (lib/db.ts): role, deputyFor, requestId, source, and for
-- an act at a counter forPerson, authority, counter.
alter table audit_event
  add column role       text default (nullif(current_setting('app.origin', true), '')::jsonb ->> 'role'),
  -- For whom the actor stood in, by a dated delegation.
  add column deputy_for uuid default (nullif(current_setting('app.origin', true), '')::jsonb ->> 'deputyFor')::uuid,
  add column request_id text default (nullif(current_setting('app.origin', true), '')::jsonb ->> 'requestId'),
  add column source     text default (nullif(current_setting('app.origin', true), '')::jsonb ->> 'source'),
  -- The citizen on whose word an officer acted, by what authority, and where.
  add column for_person uuid default (nullif(current_setting('app.origin', true), '')::jsonb ->> 'forPerson')::uuid,
  add column authority  text default (nullif(current_setting('app.origin', true), '')::jsonb ->> 'authority')
    check (authority in ('present', 'authorised', 'guardian', 'document')),
  add column counter    text default (nullif(current_setting('app.origin', true), '')::jsonb ->> 'counter') check (counter in ('counter', 'visit', 'phone', 'post', 'online'));
create index audit_event_for_person on audit_event (commune_id, actor) where for_person is not null;

-- ── Who signs in ─────────────────────────────────────────────────────────────────────────────────

-- A person is one user however many accounts sign in for them: the identity number's blind index says so.
create table app_user (
  id          uuid primary key,
  kind        text not null check (kind in ('officer', 'service')),
  full_name   text not null check (full_name <> '' and full_name is normalized),
  id_index    text unique,
  -- Raised when roles change or the user is disabled: a session of an older version is over.
  version     integer not null default 1,
  disabled_at timestamptz,
  created_at  timestamptz not null default clock_timestamp(),
  created_by  uuid not null,
  constraint app_user_known check (kind = 'service' or id_index is not null)
);
create table user_login (
  issuer      text not null,
  subject     text not null,
  user_id     uuid not null references app_user (id),
  created_at  timestamptz not null default clock_timestamp(),
  primary key (issuer, subject)
);
create index user_login_user on user_login (user_id);

-- ── Roles: action × role × scope, as data (prisma/reference/roles.csv, role_actions.csv) ─────────

create table role (
  code     text primary key,
  name_vi  text not null,
  name_en  text not null,
  -- Whether a grant names communes or is for the province.
  scope    text not null check (scope in ('communes', 'province'))
);
create table role_action (
  role       text not null references role (code),
  action     text not null,
  -- Assurance level of the sign-in (VNeID: 1 or 2), and whether it must be fresh.
  assurance  smallint not null check (assurance in (1, 2)),
  fresh      boolean not null,
  primary key (role, action)
);

-- A role that somebody has from a day until another. Asked for by one person and confirmed by another, neither of them
-- whoever gets it (law 7).
create table role_grant (
  id            uuid primary key default gen_random_uuid(),
  user_id       uuid not null references app_user (id),
  role          text not null references role (code),
  -- Null: the province.
  communes      integer[] check (communes <> '{}'),
  valid         daterange not null check (not isempty(valid) and not lower_inf(valid)),
  document      text not null check (document <> ''),
  requested_by  uuid not null,
  requested_at  timestamptz not null default clock_timestamp(),
  confirmed_by  uuid,
  confirmed_at  timestamptz,
  ended_by      uuid,
  ended_at      timestamptz,
  constraint role_grant_two_people check (
    requested_by <> user_id and confirmed_by is distinct from user_id and confirmed_by is distinct from requested_by),
  constraint role_grant_confirmed check ((confirmed_by is null) = (confirmed_at is null)),
  constraint role_grant_ended check ((ended_by is null) = (ended_at is null))
);
create index role_grant_user on role_grant (user_id);

-- While somebody is on leave another acts with one of their roles; who confirms it is neither of the two.
create table delegation (
  id            uuid primary key default gen_random_uuid(),
  from_user     uuid not null references app_user (id),
  to_user       uuid not null references app_user (id),
  role          text not null references role (code),
  valid         daterange not null check (not isempty(valid) and not lower_inf(valid) and not upper_inf(valid)),
  reason        text not null check (reason <> ''),
  requested_by  uuid not null,
  requested_at  timestamptz not null default clock_timestamp(),
  confirmed_by  uuid,
  confirmed_at  timestamptz,
  ended_by      uuid,
  ended_at      timestamptz,
  constraint delegation_two check (from_user <> to_user),
  constraint delegation_two_people check (
    confirmed_by is distinct from from_user and confirmed_by is distinct from to_user and confirmed_by is distinct from requested_by
    and requested_by <> to_user),
  constraint delegation_confirmed check ((confirmed_by is null) = (confirmed_at is null)),
  constraint delegation_ended check ((ended_by is null) = (ended_at is null))
);
create index delegation_to on delegation (to_user);

-- What is decided stays: a grant or delegation is confirmed once and ended once, and says otherwise what it said.
create function grant_moves() returns trigger language plpgsql as $$
begin
  if (to_jsonb(old) - array['confirmed_by', 'confirmed_at', 'ended_by', 'ended_at'])
     is distinct from (to_jsonb(new) - array['confirmed_by', 'confirmed_at', 'ended_by', 'ended_at'])
     or (old.confirmed_by is not null and new.confirmed_by is distinct from old.confirmed_by)
     or (old.ended_by is not null and new.ended_by is distinct from old.ended_by) then
    raise exception 'a role or delegation is confirmed once and ended once' using errcode = 'LB001';
  end if;
  return new;
end $$;
create trigger role_grant_moves before update on role_grant for each row execute function grant_moves();
create trigger delegation_moves before update on delegation for each row execute function grant_moves();

-- Whoever's roles change signs in anew.
create function user_changed() returns trigger language plpgsql security definer set search_path from current as $$
begin
  update app_user set version = version + 1
   where id = case tg_table_name when 'delegation' then (to_jsonb(new) ->> 'to_user')::uuid else (to_jsonb(new) ->> 'user_id')::uuid end;
  return null;
end $$;
create trigger role_grant_changes_user after update on role_grant for each row execute function user_changed();
create trigger delegation_changes_user after update on delegation for each row execute function user_changed();

-- ── One person, two duties ───────────────────────────────────────────────────────────────────────

-- Two acts that one person may not both do about one thing. Loaded from prisma/reference/incompatible_acts.csv.
create table incompatible_act (
  one        text not null,
  other      text not null,
  reason_vi  text not null,
  reason_en  text not null,
  primary key (one, other),
  constraint incompatible_act_ordered check (one < other)
);

-- What a person, or whom they stand in for, did to a thing that keeps them from an act. Sees every commune.
create function duties_against(persons uuid[], what text, about text)
returns table (act text, actor uuid, recorded_at timestamptz, reason_vi text, reason_en text)
language sql stable security definer set search_path from current as $$
  select e.act, e.actor, e.recorded_at, i.reason_vi, i.reason_en
    from audit_event e join incompatible_act i on (i.one, i.other) in ((e.act, what), (what, e.act))
   where e.subject = about and (e.actor = any (persons) or e.deputy_for = any (persons))
   order by e.id
$$;

create function duties_apart() returns trigger language plpgsql security definer set search_path from current as $$
declare
  broken record;
begin
  select n.actor, n.subject, n.act, d.act as before, d.reason_vi into broken
    from added n cross join lateral duties_against(array_remove(array[n.actor, n.deputy_for], null), n.act, n.subject) d
   where exists (select from incompatible_act i where n.act in (i.one, i.other)) limit 1;
  if found then
    raise exception '% of % after % by the same person: %', broken.act, broken.subject, broken.before, broken.reason_vi
      using errcode = 'LB050';
  end if;
  return null;
end $$;
create trigger audit_event_duties_apart after insert on audit_event referencing new table as added
  for each statement execute function duties_apart();

-- ── What waits for a second person ───────────────────────────────────────────────────────────────

-- An act that takes two people, as the first asked for it; the content is sealed, for it may hold numbers.
create table proposal (
  id            uuid primary key default gen_random_uuid(),
  -- The operation that is carried out when it is confirmed, and the permission that confirming takes.
  operation     text not null,
  commune_id    integer references commune (id),
  content       text not null,
  content_hash  text not null check (content_hash ~ '^[0-9a-f]{64}$'),
  summary       jsonb not null,
  proposed_by   uuid not null,
  proposed_at   timestamptz not null default clock_timestamp(),
  state         text not null default 'OPEN' check (state in ('OPEN', 'CONFIRMED', 'REFUSED', 'WITHDRAWN')),
  decided_by    uuid,
  decided_at    timestamptz,
  reason        text,
  constraint proposal_decided check ((state = 'OPEN') = (decided_by is null) and (decided_by is null) = (decided_at is null)),
  constraint proposal_two_people check (state not in ('CONFIRMED', 'REFUSED') or decided_by <> proposed_by),
  constraint proposal_withdrawn check (state <> 'WITHDRAWN' or decided_by = proposed_by),
  constraint proposal_refused check (state <> 'REFUSED' or reason <> '')
);
create index proposal_open on proposal (operation) where state = 'OPEN';
select scope_by_commune('proposal');
create function proposal_moves() returns trigger language plpgsql as $$
begin
  if old.state <> 'OPEN' or (to_jsonb(old) - array['state', 'decided_by', 'decided_at', 'reason'])
     is distinct from (to_jsonb(new) - array['state', 'decided_by', 'decided_at', 'reason']) then
    raise exception 'a proposal is decided once and says what it said' using errcode = 'LB051';
  end if;
  return new;
end $$;
create trigger proposal_moves before update on proposal for each row execute function proposal_moves();

-- ── Requests that are answered once (draft-ietf-httpapi-idempotency-key-header) ──────────────────

create table idempotency_key (
  user_id       uuid not null,
  key           text not null check (length(key) between 8 and 128),
  operation     text not null,
  content_hash  text not null check (content_hash ~ '^[0-9a-f]{64}$'),
  status        smallint not null,
  -- Sealed (docs/adr/0009): an answer may show what only its reader may see.
  answer        text not null,
  recorded_at   timestamptz not null default clock_timestamp(),
  primary key (user_id, key)
);
create trigger idempotency_key_append_only before update or delete or truncate on idempotency_key
  for each statement execute function refuse_change();
alter table idempotency_key enable row level security;
create policy own_keys on idempotency_key using (user_id = current_setting('app.actor')::uuid);

-- ── Grants ───────────────────────────────────────────────────────────────────────────────────────

select grant_to('_app', 'execute', 'function duties_against(uuid[], text, text)');
select grant_to(role, 'select', 'app_user, user_login, role, role_action, role_grant, delegation, incompatible_act, proposal')
  from unnest(array['_app', '_report']) as role;
select grant_to('_app', 'insert', 'app_user, user_login, role_grant, delegation, proposal');
select grant_to('_app', 'select, insert', 'idempotency_key');
select grant_to('_app', 'update (full_name, disabled_at, version)', 'app_user');
select grant_to('_app', 'update (confirmed_by, confirmed_at, ended_by, ended_at)', 'role_grant, delegation');
select grant_to('_app', 'update (state, decided_by, decided_at, reason)', 'proposal');
