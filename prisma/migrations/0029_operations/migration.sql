-- Long work, outgoing events, and what watches the books: rows are the truth of all three (docs/adr/0020).

-- ── Long work ────────────────────────────────────────────────────────────────────────────────────

-- What somebody asked for that takes longer than a request may. Whoever asked, and the worker, see it.
create table job (
  id           uuid primary key default gen_random_uuid(),
  kind         text not null,
  -- What was asked, sealed: a purpose or a filter may be personal.
  request      text not null,
  asked_by     uuid not null,
  request_id   text,
  source       text,
  state        text not null default 'QUEUED' check (state in ('QUEUED', 'RUNNING', 'DONE', 'FAILED', 'EXPIRED')),
  attempt      smallint not null default 0,
  -- Of the run that may write; a run that lost it changes nothing any more.
  fence        uuid,
  rows_done    bigint not null default 0,
  rows_total   bigint,
  -- Why it failed: the code of a refusal.
  problem      text,
  -- Count, file name, type, bytes, SHA-256: no content.
  result       jsonb,
  -- The communes that the result is about; null: the province.
  communes     integer[],
  created_at   timestamptz not null default clock_timestamp(),
  -- Set at the start and while it runs: a run that says nothing is dead.
  beat_at      timestamptz,
  finished_at  timestamptz,
  constraint job_finished check ((state in ('QUEUED', 'RUNNING')) = (finished_at is null)),
  constraint job_failed check ((state = 'FAILED') = (problem is not null)),
  constraint job_done check (state <> 'DONE' or result is not null)
);
create index job_of on job (asked_by, created_at);
create index job_open on job (created_at) where state in ('QUEUED', 'RUNNING');
create index job_kept on job (finished_at) where state = 'DONE';
alter table job enable row level security;
create policy own_jobs on job using (
  asked_by = (select current_setting('app.actor')::uuid) or (select current_setting('app.via')) = 'worker:jobs');

-- The file that came of it, in pieces, sealed.
create table job_part (
  job_id  uuid not null references job (id),
  seq     integer not null check (seq >= 1),
  sealed  text not null,
  primary key (job_id, seq)
);
alter table job_part enable row level security;
create policy own_parts on job_part using (exists (select from job j where j.id = job_id));

-- ── Outgoing events ──────────────────────────────────────────────────────────────────────────────

-- Who is told of what, as the settings said last. Addresses and secrets are in the settings alone.
create table outgoing_target (
  name        text primary key check (name ~ '^[a-z][a-z0-9-]{0,39}$'),
  kinds       text[] not null,
  active      boolean not null,
  changed_at  timestamptz not null default clock_timestamp()
);
create table outgoing_event (
  id           bigint generated always as identity primary key,
  kind         text not null check (kind in ('list.approved', 'instruction.paid', 'instruction.returned', 'break.opened', 'period.closed')),
  subject      text not null,
  commune_id   integer,
  -- Ids and amounts; nothing personal in clear.
  content      jsonb not null,
  recorded_at  timestamptz not null default clock_timestamp()
);
create table outgoing_delivery (
  event_id      bigint not null references outgoing_event (id),
  target        text not null references outgoing_target (name),
  state         text not null default 'PENDING' check (state in ('PENDING', 'DELIVERED', 'GIVEN_UP')),
  attempts      smallint not null default 0,
  -- When it is tried next; while it is being tried, when another may.
  next_at       timestamptz not null default clock_timestamp(),
  delivered_at  timestamptz,
  primary key (event_id, target),
  constraint outgoing_delivered check ((state = 'DELIVERED') = (delivered_at is not null))
);
create index outgoing_due on outgoing_delivery (next_at) where state = 'PENDING';
-- The log: each try, and each replay by an administrator.
create table outgoing_attempt (
  id           bigint generated always as identity primary key,
  event_id     bigint not null,
  target       text not null,
  status       integer,
  error        text,
  recorded_at  timestamptz not null default clock_timestamp(),
  foreign key (event_id, target) references outgoing_delivery (event_id, target)
);
create index outgoing_attempt_of on outgoing_attempt (event_id, target);
create trigger outgoing_event_append_only before update or delete or truncate on outgoing_event
  for each statement execute function refuse_change();
create trigger outgoing_attempt_append_only before update or delete or truncate on outgoing_attempt
  for each statement execute function refuse_change();

-- Written in the transaction of the act, by the database, so that no act can forget to; nothing while nobody listens.
create function outgoing_deliver(kinds text[], subjects text[], communes integer[], contents jsonb[]) returns void
language sql security definer set search_path from current as $$
  with event as (
    insert into outgoing_event (kind, subject, commune_id, content)
    select u.kind, u.subject, u.commune, u.content from unnest(kinds, subjects, communes, contents) as u (kind, subject, commune, content)
    returning id, kind)
  insert into outgoing_delivery (event_id, target)
  select e.id, t.name from event e join outgoing_target t on t.active and e.kind = any (t.kinds)
$$;
create function outgoing_wanted(wanted text[]) returns boolean
language sql stable security definer set search_path from current as
$$ select exists (select from outgoing_target where active and kinds && wanted) $$;

create function audit_event_outgoing() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  if not outgoing_wanted(array['list.approved', 'break.opened']) then return null; end if;
  perform outgoing_deliver(array_agg(case act when 'list.approve' then 'list.approved' else 'break.opened' end order by id),
                           array_agg(subject order by id), array_agg(commune_id order by id),
                           array_agg(jsonb_strip_nulls(jsonb_build_object('rowCount', detail -> 'rowCount', 'total', detail -> 'total',
                                                                          'contentHash', detail -> 'contentHash')) order by id))
     from added where act in ('list.approve', 'break.open') having count(*) > 0;
  return null;
end $$;
create trigger audit_event_outgoing after insert on audit_event referencing new table as added
  for each statement execute function audit_event_outgoing();

create function instruction_event_outgoing() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  if not outgoing_wanted(array['instruction.paid', 'instruction.returned']) then return null; end if;
  perform outgoing_deliver(array_agg('instruction.' || lower(n.to_state) order by n.id), array_agg('instruction:' || n.reference order by n.id),
                           array_agg(n.commune_id order by n.id),
                           array_agg(jsonb_strip_nulls(jsonb_build_object('amount', i.amount::text, 'channel', i.channel, 'reason', n.reason)) order by n.id))
     from added n join instruction i on i.reference = n.reference where n.to_state in ('PAID', 'RETURNED') having count(*) > 0;
  return null;
end $$;
create trigger instruction_event_outgoing after insert on instruction_event referencing new table as added
  for each statement execute function instruction_event_outgoing();

create function period_outgoing() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  if outgoing_wanted(array['period.closed']) then
    perform outgoing_deliver(array['period.closed'], array['period:' || new.month], array[null::integer],
                             array[jsonb_build_object('block', new.block_number, 'head', encode(new.head, 'hex'))]);
  end if;
  return null;
end $$;
create trigger period_outgoing after update on period for each row
  when (new.state = 'closed' and old.state <> 'closed') execute function period_outgoing();

-- ── What watches ─────────────────────────────────────────────────────────────────────────────────

-- Each run of the continuous checker: what it found, by invariant (reliability.md, C2). None for a while is an alarm.
create table invariant_run (
  id           bigint generated always as identity primary key,
  depth        text not null check (depth in ('fast', 'full')),
  -- [{ "invariant": "I1", "subject": "…" }, …]
  violations   jsonb not null,
  duration_ms  integer not null,
  recorded_at  timestamptz not null default clock_timestamp()
);
create index invariant_run_last on invariant_run (depth, id desc);
create trigger invariant_run_append_only before update or delete or truncate on invariant_run
  for each statement execute function refuse_change();

-- Whether this server may be written to. In plpgsql on purpose: after an upgrade under a running server new connections
-- answer `select 1` and fail here (reliability.md, C3 rule 8).
create function ready_probe() returns timestamptz language plpgsql as $$
begin
  if pg_is_in_recovery() or current_setting('transaction_read_only')::boolean then
    raise exception 'this server takes no writes' using errcode = 'read_only_sql_transaction';
  end if;
  return clock_timestamp();
end $$;

-- ── Grants ───────────────────────────────────────────────────────────────────────────────────────

select grant_to('_app', 'select, insert', 'job');
select grant_to('_app', 'update (state, attempt, fence, rows_done, rows_total, problem, result, communes, beat_at, finished_at)', 'job');
select grant_to('_app', 'select, insert, delete', 'job_part');
select grant_to(role, 'select', 'outgoing_target, outgoing_event, outgoing_delivery, outgoing_attempt, invariant_run, _prisma_migrations')
  from unnest(array['_app', '_report']) as role;
select grant_to('_app', 'insert, update (kinds, active, changed_at)', 'outgoing_target');
select grant_to('_app', 'update (state, attempts, next_at, delivered_at)', 'outgoing_delivery');
select grant_to('_app', 'insert', 'outgoing_attempt, invariant_run');
select grant_to('_app', 'execute', 'function ready_probe()');
