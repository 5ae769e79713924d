-- What is kept of the bytes of an order file, so that what an auditor is shown of one payment can be compared with the file that the
-- bank has (docs/adr/0033). Nothing here is a hash of one person's part, on which numbers could be tried out. Files from before and
-- files of one payment have none.
create table order_file_digest (
  channel     text not null,
  file_id     text collate "C" not null,
  sha256      bytea not null check (length(sha256) = 32),
  bytes       integer not null check (bytes > 0),
  -- Of the tree of the lines (reference, amount, bank), in the order of order_file.refs.
  root        bytea not null check (length(root) = 32),
  primary key (channel, file_id),
  constraint order_file_digest_of foreign key (channel, file_id) references order_file (channel, id)
);
create trigger order_file_digest_append_only before update or delete or truncate on order_file_digest
  for each statement execute function refuse_change();

select grant_to(role, 'select', 'order_file_digest') from unnest(array['_app', '_report']) as role;
select grant_to('_app', 'insert', 'order_file_digest');
