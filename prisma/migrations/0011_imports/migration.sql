-- Which spreadsheet was taken when, on whose word, and what each of its rows became.

create table import_file (
  id            uuid primary key,
  kind          text not null check (kind in ('people', 'enrolments', 'accounts', 'deaths')),
  file_name     text not null,
  sha256        bytea not null check (octet_length(sha256) = 32),
  size_bytes    integer not null check (size_bytes > 0),
  format        text not null check (format in ('xlsx', 'csv')),
  rows_total    integer not null,
  rows_applied  integer not null check (rows_applied > 0),
  rows_same     integer not null check (rows_same >= 0),
  rows_left  integer not null check (rows_left >= 0),
  -- The communes that the applied rows belong to: who may see all of them sees the file.
  communes      integer[] not null check (cardinality(communes) > 0),
  -- What the applied rows change of what is paid a month, in đồng.
  change        bigint not null,
  entered_by    uuid not null,
  confirmed_by  uuid not null,
  recorded_at   timestamptz not null default clock_timestamp(),
  -- The same bytes have one effect, whoever sends them and how often.
  constraint import_file_once unique (sha256),
  constraint import_file_two_people check (entered_by <> confirmed_by),
  constraint import_file_rows check (rows_applied + rows_same + rows_left = rows_total)
);
create trigger import_file_append_only before update or delete or truncate on import_file
  for each statement execute function refuse_change();

create table import_row (
  file_id     uuid not null references import_file (id),
  -- As Excel numbers it.
  row_number  integer not null check (row_number > 0),
  -- What it became: person:<id>, enrolment:<id>, payment-account:<id>, death:<id>.
  subject     text not null,
  primary key (file_id, row_number)
);
create index import_row_subject on import_row (subject);
create trigger import_row_append_only before update or delete or truncate on import_row
  for each statement execute function refuse_change();

alter table import_file enable row level security;
create policy import_scope on import_file
  using ((select scope_is_province()) or communes <@ (select scope_communes()));
alter table import_row enable row level security;
create policy import_scope on import_row
  using (exists (select 1 from import_file f where f.id = file_id));

select grant_to(role, 'select', 'import_file, import_row') from unnest(array['_app', '_report']) as role;
select grant_to('_app', 'insert', 'import_file, import_row');
