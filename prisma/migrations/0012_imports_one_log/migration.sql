-- One log of the files that were taken: a file of the civil-status feed stands in import_file, as a spreadsheet does, so
-- that the same bytes have one effect through whichever door they come.

-- Nothing but tests received a feed before. Whoever did so all the same is asked, instead of losing the log.
do $$ begin
  if exists (select from death_feed) then
    raise exception 'death_feed has rows: move them to import_file before this migration';
  end if;
end $$;

-- Which row of which file a report came from stands in import_row, as for every other kind.
alter table death_report drop column feed_id, drop column feed_row;
drop table death_feed;

alter table import_file
  drop constraint import_file_kind_check,
  drop constraint import_file_rows_applied_check,
  alter column confirmed_by drop not null,
  alter column change drop not null,
  alter column communes drop not null,
  add constraint import_file_kind check (kind in ('people', 'enrolments', 'accounts', 'deaths', 'death-feed')),
  -- Each death of a feed waits for a second person, so that its file needs none and changes nothing that is paid. It may
  -- have no rows, and rows of people whom nobody knows: then it is of no commune, and the province's to see.
  add constraint import_file_feed check (case kind
    when 'death-feed' then confirmed_by is null and change is null and rows_applied >= 0
    else confirmed_by is not null and change is not null and communes is not null and rows_applied > 0 end);

-- When bytes were taken and how many rows of them, also by somebody whose communes the transaction does not see: who has
-- the bytes learns no more of them by this.
create function import_taken(bytes_hash bytea) returns table (at timestamptz, applied integer)
language sql stable security definer set search_path from current as $$
  select f.recorded_at, f.rows_applied from import_file f where f.sha256 = bytes_hash
$$;
select grant_to('_app', 'execute', 'function import_taken(bytea)');

-- Which of some identity numbers somebody has now, in whatever commune: a number is one person's, so that a file is told
-- before it is applied, and not by a constraint.
create function id_numbers_taken(indexes bytea[]) returns setof bytea
language sql stable security definer set search_path from current as $$
  select i.value_index from person_identifier i where i.is_current and i.value_index = any (indexes)
$$;
select grant_to('_app', 'execute', 'function id_numbers_taken(bytea[])');
