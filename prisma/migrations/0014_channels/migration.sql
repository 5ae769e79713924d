-- What went out to a bank in a file, and what came back in status files.

-- An order file: what one claim of an order sent. Its rows stand beside each other in arrays, in one order, because they
-- are only ever read together: to judge a status file by what was really sent. A file that was refused was never sent.
create table order_file (
  channel     text not null check (channel in ('bank', 'hue-s')),
  id          text collate "C" not null check (id ~ '^[A-Za-z0-9.-]{1,35}$'),
  order_id    text not null references payment_order (id),
  number      smallint not null,
  row_count   integer not null check (row_count > 0),
  total       bigint not null check (total > 0),
  refs        text[] not null,
  amounts     bigint[] not null,
  attempts    smallint[] not null,
  parts       text[] not null,
  claimed_at  timestamptz not null default clock_timestamp(),
  primary key (channel, id),
  constraint order_file_number unique (order_id, number),
  constraint order_file_whole check (row_count = cardinality(refs) and row_count = cardinality(amounts)
                                     and row_count = cardinality(attempts) and row_count = cardinality(parts))
);
create trigger order_file_append_only before update or delete or truncate on order_file
  for each statement execute function refuse_change();

-- The log of status files. The same bytes are taken once, for ever; what does not fit is kept as a fact and changes nothing.
create table status_file (
  channel       text not null check (channel in ('bank', 'hue-s')),
  sha256        bytea not null check (length(sha256) = 32),
  name          text not null,
  bytes         integer not null check (bytes >= 0),
  outcome       text not null check (outcome in ('applied', 'quarantined')),
  -- Why it was quarantined; never with a personal number.
  fault         text,
  message_id    text,
  order_file_id text collate "C",
  -- Control: rows of the order file that it speaks of, their sum in đồng, how many of each meaning, how many changed.
  row_count     integer not null default 0,
  total         bigint not null default 0,
  accepted      integer not null default 0,
  rejected      integer not null default 0,
  pending       integer not null default 0,
  changed       integer not null default 0,
  taken_by      uuid not null,
  via           text not null,
  recorded_at   timestamptz not null default clock_timestamp(),
  primary key (channel, sha256),
  constraint status_file_of foreign key (channel, order_file_id) references order_file (channel, id),
  constraint status_file_fault check ((outcome = 'quarantined') = (fault is not null)),
  constraint status_file_applied check (outcome = 'quarantined' or (message_id is not null and order_file_id is not null)),
  constraint status_file_quarantined check (outcome = 'applied' or changed = 0),
  constraint status_file_counts check (accepted + rejected + pending = row_count and changed between 0 and row_count)
);
create index status_file_order on status_file (channel, order_file_id);
create trigger status_file_append_only before update or delete or truncate on status_file
  for each statement execute function refuse_change();

select grant_to(role, 'select', 'order_file, status_file') from unnest(array['_app', '_report']) as role;
select grant_to('_app', 'insert', 'order_file, status_file');
