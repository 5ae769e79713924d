-- Identity, residence, history, search and merge of people; communes on any day's map.

-- ── Communes: which became which ─────────────────────────────────────────────────────────────────

-- Every commune with what it is on the map of a day, and with what share of it: itself while it stands, and also when
-- it began only later (its figures stay its own: they cannot be divided among what it was made of). The shares of a
-- commune add up to 1, so a report on any map has the total of the report as it was.
create function communes_on_map(day date) returns table (commune_id integer, map_commune_id integer, share numeric)
language sql stable as $$
  with recursive path (commune_id, at, share) as (
    select id, id, 1::numeric from commune
    union all
    select p.commune_id, s.new_commune_id, p.share * s.share
      from path p join commune_succession s on s.old_commune_id = p.at where s.effective_on <= day)
  select p.commune_id, p.at, p.share from path p
   where not exists (select 1 from commune_succession s where s.old_commune_id = p.at and s.effective_on <= day)
$$;

-- ── Rows that belong to a person and follow him when he moves ────────────────────────────────────

create function scope_by_person(table_name text) returns void
language plpgsql set search_path from current as $$
begin
  execute format('alter table %I enable row level security', table_name);
  execute format('create policy person_scope on %1$I using ((select scope_is_province()) or exists (
    select 1 from person p where p.id = %1$I.person_id and p.commune_id = any ((select scope_communes())::integer[])))',
    table_name);
end $$;
revoke execute on function scope_by_person(text) from public;

-- An identity number (12 digits) or an old one (9 digits, history only), sealed, with its blind index.
create table person_identifier (
  id           uuid primary key,
  person_id    uuid not null references person (id),
  kind         text not null check (kind in ('cccd', 'cmnd')),
  sealed       text not null,
  value_index  bytea not null check (octet_length(value_index) = 32),
  is_current   boolean not null,
  valid_from   date,
  valid_to     date check (valid_to >= valid_from),
  entered_by   uuid not null,
  recorded_at  timestamptz not null default clock_timestamp(),
  constraint person_identifier_old check (kind = 'cccd' or not is_current)
);
create index person_identifier_person on person_identifier (person_id);
create index person_identifier_value on person_identifier (value_index);
create unique index person_identifier_one_current on person_identifier (person_id) where is_current;
create unique index person_identifier_one_person on person_identifier (value_index) where is_current;

-- Where a person lived when. The last period is open and is that of person.commune_id.
create table person_residence (
  id           uuid primary key default gen_random_uuid(),
  person_id    uuid not null references person (id),
  commune_id   integer not null references commune (id),
  period       daterange not null check (not isempty(period)),
  document     text,
  entered_by   uuid not null,
  recorded_at  timestamptz not null default clock_timestamp(),
  constraint person_residence_no_overlap exclude using gist (person_id with =, period with &&)
);
create index person_residence_left on person_residence (commune_id) where not upper_inf(period);

-- What was corrected in a person's data: from what to what and why. Numbers stand here masked.
create table person_change (
  id           bigint generated always as identity primary key,
  person_id    uuid not null references person (id),
  field        text not null check (field in ('full_name', 'sex', 'birth', 'id_number', 'phone')),
  before       text,
  after        text,
  reason       text not null,
  document     text,
  actor        uuid not null,
  recorded_at  timestamptz not null default clock_timestamp()
);
create index person_change_person on person_change (person_id);
create trigger person_change_append_only before update or delete or truncate on person_change
  for each statement execute function refuse_change();

select scope_by_person(t) from unnest(array['person_identifier', 'person_change']) as t;
-- A residence is seen by the commune of the person, and by the commune that it names.
select scope_by_person('person_residence');
create policy residence_here on person_residence for select using (commune_id = any ((select scope_communes())::integer[]));

-- The commune that a person left still sees his name on the lists it paid; his numbers go with him.
create function former_residents() returns setof uuid
language sql stable security definer rows 100 set search_path from current as $$
  select person_id from person_residence where commune_id = any (scope_communes()) and not upper_inf(period)
$$;
create policy former_residents on person for select using (id in (select former_residents()));

-- What belongs to a person and names his commune moves with him; what happened stays where it happened.
create function person_takes_along() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  update payment_account a set commune_id = n.commune_id
    from new_people n join old_people o using (id) where n.commune_id <> o.commune_id and a.person_id = n.id;
  update representation r set commune_id = n.commune_id
    from new_people n join old_people o using (id) where n.commune_id <> o.commune_id and r.person_id = n.id;
  return null;
end $$;
create trigger person_takes_along after update on person
  referencing old table as old_people new table as new_people
  for each statement execute function person_takes_along();

-- ── Search by name ───────────────────────────────────────────────────────────────────────────────

-- The words of a name's key, the last one (of the given name) marked: 'nguyen van =dao'.
create function name_lexemes(name_key text) returns tsvector language sql immutable strict parallel safe as
$$ select array_to_tsvector(string_to_array(regexp_replace(name_key, '([^ ]+)$', '=\1'), ' ')) $$;

create index person_name_words on person using gin (name_lexemes(name_key)) where merged_into is null;
create index person_by_name on person (given_name, full_name, id) include (name_key, commune_id) where merged_into is null;
create index person_by_commune_and_name on person (commune_id, given_name, full_name, id) include (name_key)
  where merged_into is null;
create index person_phone on person (phone_index) where phone_index is not null;
create index person_merged_into on person (merged_into) where merged_into is not null;

-- The words that names are made of: a prefix becomes the few words that begin with it.
create table name_word (word text collate "C" primary key);
create table given_name (
  name  text collate "vi-x-icu" primary key,
  key   text collate "C" not null
);
create index given_name_key on given_name (key);

-- People whose names have words, at most so many, with what orders them. An owner's function, because under row-level security an index
-- is not asked for words (@@ is not leakproof); so it applies the scope itself. Only the index is asked: a walk of the
-- table is what it is there to avoid.
create function people_named(words tsquery, communes integer[], at_most integer)
returns table (id uuid, given_name text, full_name text)
language plpgsql stable security definer set search_path from current
set plan_cache_mode = force_custom_plan set enable_seqscan = off set enable_indexscan = off set enable_indexonlyscan = off
as $$
begin
  return query select p.id, p.given_name, p.full_name from person p
    where name_lexemes(p.name_key) @@ words and p.merged_into is null
      and (scope_is_province() or p.commune_id = any (scope_communes()))
      and (communes is null or p.commune_id = any (communes))
    limit at_most;
end $$;

-- ── Merge of two rows of one person: proposed by one, decided by another ─────────────────────────

create table person_merge (
  id           uuid primary key,
  loser_id     uuid not null references person (id),
  winner_id    uuid not null references person (id),
  reason       text not null,
  proposed_by  uuid not null,
  proposed_at  timestamptz not null default clock_timestamp(),
  state        text not null default 'proposed' check (state in ('proposed', 'confirmed', 'refused')),
  decided_by   uuid,
  decided_at   timestamptz,
  constraint person_merge_two_rows check (loser_id <> winner_id),
  constraint person_merge_decision check ((state = 'proposed') = (decided_by is null)),
  constraint person_merge_two_people check (decided_by <> proposed_by)
);
create unique index person_merge_one_open on person_merge (loser_id) where state = 'proposed';
create index person_merge_winner on person_merge (winner_id);

create function person_merge_begins() returns trigger language plpgsql as $$
begin
  if new.state <> 'proposed' then
    raise exception 'A merge begins as a proposal' using errcode = 'LB070';
  end if;
  return new;
end $$;
create trigger person_merge_begins before insert on person_merge for each row execute function person_merge_begins();
create trigger person_merge_final before update on person_merge for each row
  when (old.state <> 'proposed') execute function refuse_change();
create trigger person_merge_kept before delete or truncate on person_merge
  for each statement execute function refuse_change();

create function person_merge_is_decided() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.merged_into is not null then
    raise exception 'Person % was merged already', old.id using errcode = 'LB001';
  end if;
  if not exists (select 1 from person_merge
                  where loser_id = new.id and winner_id = new.merged_into and state = 'confirmed') then
    raise exception 'No confirmed merge of person % into %', new.id, new.merged_into using errcode = 'LB070';
  end if;
  return new;
end $$;
create trigger person_merge_on_insert before insert on person for each row
  when (new.merged_into is not null) execute function person_merge_is_decided();
create trigger person_merge_on_update before update on person for each row
  when (new.merged_into is distinct from old.merged_into) execute function person_merge_is_decided();

alter table person_merge enable row level security;
create policy merge_scope on person_merge using ((select scope_is_province()) or (
  exists (select 1 from person p where p.id = loser_id and p.commune_id = any ((select scope_communes())::integer[]))
  and exists (select 1 from person p where p.id = winner_id and p.commune_id = any ((select scope_communes())::integer[]))));

-- ── Grants ───────────────────────────────────────────────────────────────────────────────────────

select grant_to(role, 'select',
  'person_identifier, person_residence, person_change, person_merge, name_word, given_name')
  from unnest(array['_app', '_report']) as role;
select grant_to(role, 'execute', 'function communes_on_map(date), former_residents(), name_lexemes(text)')
  from unnest(array['_app', '_report']) as role;
select grant_to('_app', 'execute', 'function people_named(tsquery, integer[], integer)');
select grant_to('_app', 'insert', 'person_identifier, person_residence, person_change, person_merge, name_word, given_name');
select grant_to('_app', 'update (is_current, valid_to)', 'person_identifier');
select grant_to('_app', 'update (period)', 'person_residence');
select grant_to('_app', 'update (state, decided_by, decided_at)', 'person_merge');
