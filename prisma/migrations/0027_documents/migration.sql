-- Documents as they were issued (docs/adr/0022): each file byte for byte, what it says of itself, and what took its place.

-- The last number that an agency gave in a year: numbers start at 1 on 1 January and leave no gap (Decree 30/2020 Art 15).
create table document_counter (
  agency  text not null,
  year    smallint not null,
  last    integer not null check (last >= 1),
  primary key (agency, year)
);

create table document (
  id          uuid primary key default gen_random_uuid(),
  -- 128 random bits, in the QR and in the file: whoever has no paper cannot guess one.
  code        text not null unique check (code ~ '^[0-9A-HJKMNP-TV-Z]{26}$'),
  kind        text not null,
  -- Null: about the province.
  commune_id  integer references commune (id),
  -- What was asked, and what whoever asked may see: with them the rows are read again.
  request     jsonb not null,
  request_hash bytea not null check (octet_length(request_hash) = 32),
  communes    integer[],
  title       text not null,
  agency      text not null,
  year        smallint not null,
  number      integer not null,
  symbol      text not null,
  issued_on   date not null,
  -- The sealed head under which it was made; null when nothing was sealed yet.
  head_block  bigint,
  head        bytea,
  row_count   integer not null check (row_count >= 0),
  -- What the paper is about, in đồng; null without money.
  total       bigint,
  rows_hash   bytea not null check (octet_length(rows_hash) = 32),
  file_hash   bytea not null unique check (octet_length(file_hash) = 32),
  file_bytes  integer not null check (file_bytes > 0),
  -- The paper that this one takes the place of: at most one does.
  replaces    uuid unique references document (id),
  issued_by   uuid not null,
  issued_at   timestamptz not null default clock_timestamp(),
  constraint document_number unique (agency, year, number),
  constraint document_head check ((head_block is null) = (head is null) and (head is null or octet_length(head) = 32))
);
create index document_request on document (request_hash);
create index document_newest on document (issued_at desc, id desc);

-- The file in pieces, so that nothing holds it whole.
create table document_part (
  document_id  uuid not null references document (id),
  part         integer not null check (part >= 0),
  bytes        bytea not null check (octet_length(bytes) between 1 and 1048576),
  primary key (document_id, part)
);

create trigger document_append_only before update or delete or truncate on document
  for each statement execute function refuse_change();
create trigger document_part_append_only before update or delete or truncate on document_part
  for each statement execute function refuse_change();

-- A number is the next one, and no other.
create function document_counter_counts() returns trigger language plpgsql as $$
begin
  if new.agency <> old.agency or new.year <> old.year or new.last <> old.last + 1 then
    raise exception 'a number follows the one before' using errcode = 'LB001';
  end if;
  return new;
end $$;
create trigger document_counter_counts before update on document_counter
  for each row execute function document_counter_counts();

select scope_by_commune('document');
-- What was issued with more eyes than the reader has is not theirs, though it is about their commune.
create policy document_reach on document as restrictive
  using ((select scope_is_province()) or communes <@ (select scope_communes())::integer[]);
alter table document_part enable row level security;
create policy document_scope on document_part using (exists (select 1 from document d where d.id = document_id));

select grant_to(role, 'select', 'document, document_part, document_counter') from unnest(array['_app', '_report']) as role;
select grant_to('_app', 'insert', 'document, document_part, document_counter');
select grant_to('_app', 'update (last)', 'document_counter');
