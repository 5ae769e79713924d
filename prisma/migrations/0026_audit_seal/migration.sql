-- The audit trail is sealed like the journal (docs/adr/0005, 0019) and leaves for the security operations centre.

-- ── Seals ────────────────────────────────────────────────────────────────────────────────────────

create index audit_event_seal_order on audit_event (xid, id);

-- A block of events. Its head covers the one before it and the ledger's last head, so that each chain witnesses the other.
create table audit_block (
  number         bigint primary key check (number >= 1),
  event_count    integer not null check (event_count > 0),
  total_events   bigint not null,
  last_xid       xid8 not null,
  last_id        bigint not null,
  leaf_hashes    bytea not null,
  root           bytea not null,
  -- The ledger's last block when this one was sealed; null while the ledger had none.
  ledger_block   bigint references seal_block (number),
  previous_head  bytea not null,
  head           bytea not null,
  sealed_at      timestamptz not null default clock_timestamp(),
  constraint audit_block_leaves check (octet_length(leaf_hashes) = 32 * event_count)
);
create trigger audit_block_append_only before update or delete or truncate on audit_block
  for each statement execute function refuse_change();

-- A field of the bytes that are hashed: its length and itself, so that no text can pretend to be two fields.
create function audit_field(value text) returns text language sql immutable as
$$ select coalesce(octet_length(convert_to(value, 'UTF8'))::text || ':' || value, '-') $$;

-- Seals the next committed events, at most p_limit, into one block. Returns how many (0: nothing to do). Only rows whose
-- transaction id is below every running transaction are taken, in (xid, id) order, as ledger_seal does.
create function audit_seal(p_limit integer) returns integer
language plpgsql security definer set search_path from current
set enable_seqscan = off as $$
declare
  last audit_block;
  ledger seal_block;
  horizon xid8 := pg_snapshot_xmin(pg_current_snapshot());
  leaves bytea[];
  ids bigint[];
  top record;
  root bytea;
  event_count integer;
begin
  perform pg_advisory_xact_lock(hashtext('audit-seal:' || current_schema()));
  select * into last from audit_block order by number desc limit 1;
  select array_agg(l.leaf order by l.xid, l.id), array_agg(l.id order by l.xid, l.id) into leaves, ids from (
    select e.xid, e.id, sha256('\x00'::bytea || convert_to(concat_ws('|', 'event.v1', e.id, e.xid,
             to_char(e.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), e.actor, audit_field(e.via),
             audit_field(e.act), audit_field(e.subject), coalesce(e.commune_id::text, '-'), audit_field(e.role),
             coalesce(e.deputy_for::text, '-'), audit_field(e.request_id), audit_field(e.source),
             coalesce(e.for_person::text, '-'), audit_field(e.authority), audit_field(e.counter),
             audit_field(e.detail::text)), 'UTF8')) as leaf
      from (select * from audit_event
             where (last.number is null or (xid, id) > (last.last_xid, last.last_id)) and xid < horizon
             order by xid, id limit p_limit) e) l;
  event_count := coalesce(cardinality(leaves), 0);
  if event_count = 0 then return 0; end if;
  select e.xid, e.id into top from audit_event e where e.id = ids[event_count];
  root := merkle_root(leaves);
  select * into ledger from seal_block order by number desc limit 1;
  insert into audit_block (number, event_count, total_events, last_xid, last_id, leaf_hashes, root, ledger_block, previous_head, head)
  select b.number, event_count, b.total, top.xid, top.id,
         (select string_agg(x, ''::bytea order by i) from unnest(leaves) with ordinality as u (x, i)),
         root, ledger.number, b.previous,
         sha256('\x02'::bytea || convert_to(concat_ws('|', 'audit-head.v1', b.number, event_count, b.total, top.xid, top.id,
           encode(root, 'hex'), coalesce(ledger.number::text || ':' || encode(ledger.head, 'hex'), '-'), encode(b.previous, 'hex')), 'UTF8'))
    from (select coalesce(last.number, 0) + 1 as number, coalesce(last.total_events, 0) + event_count as total,
                 coalesce(last.head, '\x'::bytea) as previous) b;
  return event_count;
end $$;

-- ── What left for the security operations centre ─────────────────────────────────────────────────

-- How far the events were handed over to a collector, in the order of commits: what is behind this row has arrived.
create table audit_export (
  collector    text primary key,
  last_xid     xid8 not null default '0',
  last_id      bigint not null default 0,
  exported_at  timestamptz not null default clock_timestamp()
);

-- ── Grants ───────────────────────────────────────────────────────────────────────────────────────

select grant_to(role, 'select', 'audit_block, audit_export') from unnest(array['_app', '_report']) as role;
select grant_to('_app', 'execute', 'function audit_seal(integer)');
select grant_to('_app', 'insert, update (last_xid, last_id, exported_at)', 'audit_export');
