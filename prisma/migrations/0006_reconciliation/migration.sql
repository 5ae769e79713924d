-- What the bank and the wallet say happened, and what it was matched to.

create table statement (
  id           text primary key,
  channel      text not null check (channel in ('bank', 'hue-s')),
  paying_unit  text not null references paying_unit (id),
  day          date not null,
  opening      bigint not null,
  closing      bigint not null,
  line_count   integer not null,
  content_hash bytea not null,
  recorded_at  timestamptz not null default clock_timestamp(),
  constraint statement_key unique (channel, paying_unit, day)
);

create table statement_line (
  id            text primary key,
  statement_id  text not null references statement (id),
  paying_unit   text not null,
  day           date not null,
  kind          text not null check (kind in ('payment', 'return', 'transfer')),
  direction     text not null check (direction in ('debit', 'credit')),
  reference     text collate "C" not null,
  amount        bigint not null check (amount > 0),
  reason        text,
  state         text not null default 'OPEN' check (state in ('OPEN', 'MATCHED', 'SUSPENSE')),
  commune_id    integer,
  entry_id      bigint,
  constraint statement_line_explained check ((state = 'OPEN') = (entry_id is null))
);
create index statement_line_open on statement_line (state) where state = 'OPEN';
create index statement_line_reference on statement_line (reference);
create unique index statement_line_entry on statement_line (entry_id) where entry_id is not null;

-- Both ends of a statement agree with its lines and with the day before: a gap or a lost line shows here,
-- when the import commits.
create function statement_is_whole() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  sum_of_lines bigint;
  lines bigint;
  closing_before bigint;
begin
  select coalesce(sum(case direction when 'credit' then amount else -amount end), 0), count(*) into sum_of_lines, lines
    from statement_line where statement_id = new.id;
  if new.closing <> new.opening + sum_of_lines or new.line_count <> lines then
    raise exception 'statement %: opening, lines and closing do not add up', new.id using errcode = 'LB030';
  end if;
  select closing into closing_before from statement
   where channel = new.channel and paying_unit = new.paying_unit and day < new.day order by day desc limit 1;
  if new.opening <> coalesce(closing_before, 0) then
    raise exception 'statement %: its opening is not the closing before it', new.id using errcode = 'LB030';
  end if;
  return null;
end $$;
create constraint trigger statement_is_whole after insert on statement deferrable initially deferred
  for each row execute function statement_is_whole();

-- What a line was matched to stays; only an unexplained one may still be explained.
create function statement_line_kept() returns trigger language plpgsql as $$
begin
  raise exception 'statement line % is matched to entry %', old.id, old.entry_id using errcode = 'LB001';
end $$;
create trigger statement_line_kept before update on statement_line for each row
  when (old.state = 'MATCHED') execute function statement_line_kept();

select scope_by_commune('statement_line');
select grant_to(role, 'select', 'statement, statement_line') from unnest(array['_app', '_report']) as role;
select grant_to('_app', 'insert', 'statement, statement_line');
select grant_to('_app', 'update (state, commune_id, entry_id)', 'statement_line');
