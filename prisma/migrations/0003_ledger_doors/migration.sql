-- The doors of the ledger: the only code that writes journal, balances, periods and seals.
--
-- All run with the owner's rights and a fixed search path; the application may only call them.
-- Locks are taken in one order by everybody, so that writers queue and do not deadlock:
--   month (shared) → new accounts by (code, subject) → references → existing accounts by id → shared accounts by id.
-- Shared accounts come last because they are the ones others wait for.
--
-- The settings on the posting functions say what we know and the planner cannot: look-ups in big tables go by
-- index whatever the statistics, and a plan made once serves all calls (docs/adr/0003). What each device costs is
-- measured by `npm run bench:ledger`.

-- ── Small parts ──────────────────────────────────────────────────────────────────────────────────

-- Takes the shared lock of a month, which closing takes exclusively, and says whether the month is open.
create function ledger_enter_month(first_day date) returns boolean
language plpgsql as $$
declare
  locked text := pg_advisory_xact_lock_shared(hashtext('period:' || current_schema()), first_day - date '2000-01-01');
  current_state text;
begin
  select state into current_state from period where month = first_day;
  return current_state is not distinct from 'open';
end $$;

-- Enters each month, in order, and refuses one that is not open, unless all that is booked in it is there already:
-- a replay is answered also after the month closed.
create function ledger_require_open(days date[], reference_of text[]) returns void
language plpgsql set search_path from current as $$
declare
  m date;
begin
  foreach m in array array(
    select distinct date_trunc('month', d::timestamp)::date from (select distinct d from unnest(days) as u (d)) u order by 1)
  loop
    if not ledger_enter_month(m) and exists (
      select 1 from unnest(days, reference_of) as q (day, reference)
       where date_trunc('month', q.day::timestamp)::date = m
         and not exists (select 1 from journal_entry e where e.reference = q.reference)) then
      raise exception 'period % is %', to_char(m, 'YYYY-MM'),
        coalesce((select state from period where month = m), 'not opened') using errcode = 'LB006',
        hint = 'Leave the posting date out: a late item is dated in the open period and keeps the day it occurred.';
    end if;
  end loop;
end $$;

-- The posting date of an item that occurred on a day: that day while its month is open, otherwise the
-- first day of the next open month (a late item).
create function ledger_posting_date(occurred date) returns date
language sql stable set search_path from current as $$
  select case when exists (select 1 from period where month = date_trunc('month', occurred)::date and state = 'open')
              then occurred
              else (select min(month) from period where state = 'open' and month > occurred) end
$$;

-- Adds `changes` (in each account's own direction) to those of `ids` whose `shared` flag is `want_shared`; the floor
-- must hold at the lowest point on the way there, `lows`, too.
-- The lateral look-up locks row by row in the order of ids: a join could be planned in any order, and a
-- condition outside could be pushed below the lock.
create function ledger_move(ids bigint[], changes bigint[], lows bigint[], want_shared boolean) returns void
language plpgsql set search_path from current
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  short_id bigint;
begin
  select min(a.id) filter (where a.floor is not null and a.balance + q.low < a.floor) into short_id
    from (select u.id, u.low from unnest(ids, lows) as u (id, low) order by u.id) q
    cross join lateral (select x.id, x.balance, x.floor from account x
                         where x.id = q.id and x.shared = want_shared for no key update) a;
  if short_id is not null then
    perform ledger_refuse_short(a.code, a.subject, a.balance, q.low, a.floor)
       from unnest(ids, lows) as q (id, low) join account a on a.id = q.id where a.id = short_id;
  end if;
  update account a set balance = a.balance + q.change
    from unnest(ids, changes) as q (id, change) where a.id = q.id and a.shared = want_shared;
end $$;

-- The same for one account, in one statement unless it would pass the floor.
create function ledger_move_one(account_id bigint, change bigint, is_shared boolean) returns void
language plpgsql as $$
begin
  update account set balance = balance + change where id = account_id and (floor is null or balance + change >= floor);
  if not found then
    perform ledger_move(array[account_id], array[change], array[change], is_shared);
  end if;
end $$;

create function ledger_refuse_short(code text, subject text, balance bigint, change bigint, floor bigint) returns void
language plpgsql set search_path from current as $$
begin
  raise exception 'account % of % holds %, a change of % would pass its floor %', code, subject, balance, change, floor
    using errcode = 'LB005', detail = json_build_object('code', code, 'subject', subject, 'balance', balance::text,
      'change', change::text, 'floor', floor::text, 'missing', (floor - balance - change)::text)::text;
end $$;

-- Says which code is not in the chart, if one is: asked only when something is wrong.
create function ledger_require_known(codes text[]) returns void
language plpgsql set search_path from current as $$
declare
  unknown text;
begin
  select q.code into unknown from unnest(codes) as q (code)
   where not exists (select 1 from chart_account c where c.code = q.code) limit 1;
  if found then raise exception 'account % is not in the chart', unknown using errcode = 'LB007'; end if;
end $$;

create function ledger_refuse_conflict(reference text, entry_id bigint, stored bytea, offered bytea) returns void
language plpgsql set search_path from current as $$
begin
  raise exception 'reference % is already used by entry % with other content', reference, entry_id
    using errcode = 'LB002', detail = json_build_object('reference', reference, 'entryId', entry_id::text,
      'storedHash', encode(stored, 'hex'), 'offeredHash', encode(offered, 'hex'))::text;
end $$;

-- What "the same content" means: everything that the caller says but the actor and the posting date.
-- (Stable, as convert_to is: declared immutable it would be called row by row instead of inlined.)
create function ledger_content_hash(reference text, template_id smallint, occurred date, commune integer,
  reverses bigint, memo text, dimensions text, postings text) returns bytea
language sql stable parallel safe as $$
  select sha256(convert_to('content.v1|' || reference || '|' || template_id::text || '|' || (occurred - date '2000-01-01')::text
    || '|' || coalesce(commune::text, '-') || '|' || coalesce(reverses::text, '-')
    || '|' || coalesce(length(memo)::text || ':' || memo, '-')
    || '|' || coalesce(length(dimensions)::text || ':' || dimensions, '-') || '|' || postings, 'UTF8'))
$$;

-- ── One entry of one posting: the lean path ──────────────────────────────────────────────────────

create function ledger_post_one(
  p_actor uuid, e_reference text, e_template text, e_version smallint, e_occurred date, e_posting date,
  e_commune integer, e_memo text, e_dimensions text,
  debit_code text, debit_subject text, credit_code text, credit_subject text, p_seq smallint, p_amount numeric,
  out entry_id bigint, out replayed boolean
)
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  amount bigint := p_amount;
  posting_on date := coalesce(e_posting, e_occurred);
  known_template smallint;
  debit bigint;
  credit bigint;
  debit_change bigint;
  credit_change bigint;
  debit_shared boolean;
  credit_shared boolean;
  hash bytea;
  stored bytea;
begin
  if amount <> p_amount or amount <= 0 then
    raise exception 'amounts are whole đồng above zero' using errcode = 'LB004';
  end if;
  if not ledger_enter_month(date_trunc('month', posting_on::timestamp)::date) then
    posting_on := coalesce(e_posting, ledger_posting_date(e_occurred), e_occurred);
    perform ledger_require_open(array[posting_on], array[e_reference]);
  end if;

  select t.id into known_template
    from posting_template t
    join chart_account d on d.code = debit_code
    join chart_account c on c.code = credit_code
    join template_pair p on p.template_id = t.id and p.debit = d.id and p.credit = c.id
   where t.name = e_template and t.version = e_version;
  if not found then
    perform ledger_require_known(array[debit_code, credit_code]);
    raise exception 'entry % has a posting outside template % version %', e_reference, e_template, e_version
      using errcode = 'LB003';
  end if;
  for attempt in 1 .. 2 loop
    select id, sign * amount, shared into debit, debit_change, debit_shared from account where code = debit_code and subject = debit_subject;
    select id, sign * -amount, shared into credit, credit_change, credit_shared from account where code = credit_code and subject = credit_subject;
    exit when debit is not null and credit is not null;
    insert into account (code, subject, sign, shared, floor, commune_id)
    select c.code, q.subject, c.sign, c.shared, c.floor, case when c.of_commune then e_commune end
      from (values (debit, debit_code, debit_subject), (credit, credit_code, credit_subject)) as q (id, code, subject)
      join chart_account c on c.code = q.code
     where q.id is null order by q.code, q.subject
    on conflict (code, subject) do nothing;
  end loop;

  hash := ledger_content_hash(e_reference, known_template, e_occurred, e_commune, null, e_memo, e_dimensions,
                              p_seq::text || '~' || debit::text || '~' || credit::text || '~' || amount::text);
  insert into journal_entry (template_id, reference, content_hash, posting_date, occurred_on, actor, commune_id, memo, dimensions)
  values (known_template, e_reference, hash, posting_on, e_occurred, p_actor, e_commune, e_memo, e_dimensions::jsonb)
  on conflict (reference) do nothing returning id into entry_id;
  replayed := entry_id is null;
  if replayed then
    select id, content_hash into entry_id, stored from journal_entry where reference = e_reference;
    if stored <> hash then perform ledger_refuse_conflict(e_reference, entry_id, stored, hash); end if;
    return;
  end if;

  insert into posting (entry_id, seq, debit_account, credit_account, amount, posting_date)
  values (entry_id, p_seq, debit, credit, amount, posting_on);
  if (debit_shared, debit) < (credit_shared, credit) then
    perform ledger_move_one(debit, debit_change, debit_shared);
    perform ledger_move_one(credit, credit_change, credit_shared);
  else
    perform ledger_move_one(credit, credit_change, credit_shared);
    perform ledger_move_one(debit, debit_change, debit_shared);
  end if;
end $$;

-- ── Many entries: the set path ───────────────────────────────────────────────────────────────────

create aggregate ledger_sum (bigint) (sfunc = int8pl, stype = bigint, parallel = safe);

create function ledger_post_set(
  p_actor uuid, e_reference text[], e_template text[], e_version smallint[], e_occurred date[], e_posting date[],
  e_commune integer[], e_memo text[], e_dimensions text[], a_code text[], a_subject text[],
  p_entry integer[], p_seq smallint[], p_debit integer[], p_credit integer[], p_amount numeric[],
  out entry_ids bigint[], out replayed boolean[]
)
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_nestloop = off set enable_mergejoin = off as $$
declare
  n integer := cardinality(e_reference);
  m integer := cardinality(a_code);
  k integer := cardinality(p_entry);
  amounts bigint[] := p_amount::bigint[];
  templates smallint[];
  days date[] := case when e_posting is null then e_occurred
                      else array(select coalesce(e_posting[e], e_occurred[e]) from generate_series(1, n) e order by e) end;
  dates date[] := array(select distinct d from unnest(days) as u (d));
  charts smallint[];
  signs smallint[];
  accounts bigint[];
  is_new boolean[];
  cold integer[];
  hot integer[];
  commune_of integer[];
  bodies text[];
  changes bigint[];
  lows bigint[];
  any_turn boolean;
  short record;
  odd integer;
begin
  if amounts::numeric[] <> p_amount or 0 >= any (amounts) then
    raise exception 'amounts are whole đồng above zero' using errcode = 'LB004';
  end if;

  if exists (select 1 from unnest(dates) as u (d) where ledger_posting_date(d) is distinct from d) then
    days := array(select coalesce(e_posting[e], ledger_posting_date(e_occurred[e]), e_occurred[e]) from generate_series(1, n) e order by e);
  end if;
  perform ledger_require_open(days, e_reference);
  entry_ids := array(select nextval('journal_entry_id') from generate_series(1, n));
  if e_template[1] = all (e_template) and e_version[1] = all (e_version) then
    templates := array_fill((select id from posting_template where name = e_template[1] and version = e_version[1]), array[n]);
  else
    select array_agg(t.id order by e) into templates
      from generate_series(1, n) e left join posting_template t on t.name = e_template[e] and t.version = e_version[e];
  end if;

  select array_agg(a.chart order by a.i), array_agg(a.sign order by a.i), array_agg(coalesce(a.id, nextval('account_id')) order by a.i),
         array_agg(a.id is null order by a.i),
         array_agg(a.i) filter (where a.id is not null and not a.shared), array_agg(a.i) filter (where a.id is not null and a.shared)
    into charts, signs, accounts, is_new, cold, hot from (
      select i, c.id as chart, c.sign, c.shared,
             (select x.id from account x where x.code = a_code[i] and x.subject = a_subject[i]) as id
        from generate_series(1, m) i left join chart_account c on c.code = a_code[i] offset 0) a;

  select p_entry[p] into odd
    from generate_series(1, k) p
   where ((templates[p_entry[p]], charts[p_debit[p]], charts[p_credit[p]])
          in (select t.template_id, t.debit, t.credit from template_pair t)) is not true limit 1;
  if found then
    perform ledger_require_known(a_code);
    raise exception 'entry % has a posting outside its template', e_reference[odd] using errcode = 'LB003';
  end if;

  select array_agg(g.change order by g.i), array_agg(g.commune order by g.i), bool_or(g.turns)
    into changes, commune_of, any_turn from (
    select s.i, ledger_sum(s.x) * signs[s.i] as change, e_commune[min(s.entry)] as commune, min(s.x) < 0 and max(s.x) > 0 as turns
      from (select p_debit[p] as i, amounts[p] as x, p_entry[p] as entry from generate_series(1, k) p
            union all select p_credit[p], -amounts[p], p_entry[p] from generate_series(1, k) p) s
     group by s.i) g;
  -- What goes up and down in this set must hold its floor at the lowest point, as if each entry came alone.
  lows := changes;
  if any_turn then
    select array_agg(g.low order by g.i) into lows from (
      select r.i, min(r.running)::bigint as low from (
        select n.i, sum(n.x) over (partition by n.i order by n.entry) as running from (
          select s.i, s.entry, sum(s.x) * signs[s.i] as x
            from (select unnest(p_debit) as i, unnest(amounts) as x, unnest(p_entry) as entry
                  union all select unnest(p_credit), -unnest(amounts), unnest(p_entry)) s
           group by s.i, s.entry) n) r
       group by r.i) g;
  end if;
  if p_entry = array(select generate_series(1, n)) then
    bodies := array(select p_seq[p]::text || '~' || accounts[p_debit[p]]::text || '~' || accounts[p_credit[p]]::text || '~' || amounts[p]::text
                      from generate_series(1, n) p);
  else
    select array_agg(g.body order by g.entry) into bodies from (
      select p.entry, string_agg(p.seq::text || '~' || accounts[p.debit]::text || '~' || accounts[p.credit]::text || '~' || p.amount::text,
               ';' order by p.seq) as body
        from unnest(p_entry, p_seq, p_debit, p_credit, amounts) as p (entry, seq, debit, credit, amount)
       group by p.entry) g;
  end if;
  if cardinality(bodies) is distinct from n or cardinality(changes) is distinct from m
     or (select count(distinct accounts[i]) from unnest(cold || hot) i) <> coalesce(cardinality(cold || hot), 0) then
    raise exception 'each entry has a posting; each account is named once and used' using errcode = 'LB010';
  end if;

  -- Rows are inserted in one order by everybody; only their positions are sorted, which is cheaper than the rows.
  begin
    if any_turn then
      select q.code, q.subject, q.low into short
        from unnest(a_code, a_subject, is_new, lows) as q (code, subject, new, low) join chart_account c on c.code = q.code
       where q.new and q.low < c.floor limit 1;
      if found then perform ledger_refuse_short(short.code, short.subject, 0, short.low, 0); end if;
    end if;
    insert into account (id, code, subject, sign, shared, floor, commune_id, balance)
    select accounts[q.i], a_code[q.i], a_subject[q.i], q.sign, q.shared, q.floor, case when q.of_commune then commune_of[q.i] end, changes[q.i]
      from (select i, c.sign, c.shared, c.floor, c.of_commune from generate_series(1, m) i join chart_account c on c.id = charts[i]
             where is_new[i] order by a_code[i] collate "C", a_subject[i] collate "C" offset 0) q;
    insert into journal_entry (id, template_id, reference, content_hash, posting_date, occurred_on, actor, commune_id, memo, dimensions)
    select entry_ids[q.e], templates[q.e], e_reference[q.e],
           ledger_content_hash(e_reference[q.e], templates[q.e], e_occurred[q.e], e_commune[q.e], null, e_memo[q.e], e_dimensions[q.e], bodies[q.e]),
           days[q.e], e_occurred[q.e], p_actor, e_commune[q.e], e_memo[q.e], e_dimensions[q.e]::jsonb
      from (select e from generate_series(1, n) e order by e_reference[e] collate "C" offset 0) q;
  exception when check_violation then
    select q.code, q.subject, q.low into short
      from unnest(a_code, a_subject, is_new, lows) as q (code, subject, new, low) join chart_account c on c.code = q.code
     where q.new and q.low < c.floor limit 1;
    if found then perform ledger_refuse_short(short.code, short.subject, 0, short.low, 0); end if;
    raise;
  when unique_violation then
    -- A reference or a new account is there already: a replay or a race. What was begun here is undone, its locks too.
    select s.entry_ids, s.replayed into entry_ids, replayed
      from ledger_post_again(p_actor, e_reference, e_template, e_version, e_occurred, e_posting, e_commune, e_memo,
             e_dimensions, a_code, a_subject, p_entry, p_seq, p_debit, p_credit, p_amount) s;
    return;
  end;

  if cold is not null then
    perform ledger_move(array_agg(accounts[i]), array_agg(changes[i]), array_agg(lows[i]), false) from unnest(cold) i;
  end if;
  insert into posting (entry_id, seq, debit_account, credit_account, amount, posting_date)
  select entry_ids[p_entry[p]], p_seq[p], accounts[p_debit[p]], accounts[p_credit[p]], amounts[p], days[p_entry[p]]
    from generate_series(1, k) p;
  if hot is not null then
    perform ledger_move(array_agg(accounts[i]), array_agg(changes[i]), array_agg(lows[i]), true) from unnest(hot) i;
  end if;
  replayed := array_fill(false, array[n]);
end $$;

-- The set again, when a reference or a new account of it turned out to be there: a replay or a race. What is not there
-- yet is posted as a set of its own, in the same order of locks; the others must have the content that is stored.
create function ledger_post_again(
  p_actor uuid, e_reference text[], e_template text[], e_version smallint[], e_occurred date[], e_posting date[],
  e_commune integer[], e_memo text[], e_dimensions text[], a_code text[], a_subject text[],
  p_entry integer[], p_seq smallint[], p_debit integer[], p_credit integer[], p_amount numeric[],
  out entry_ids bigint[], out replayed boolean[]
)
language plpgsql set search_path from current set enable_seqscan = off as $$
declare
  fresh integer[];
  used integer[];
  entry_at integer[] := array_fill(null::integer, array[cardinality(e_reference)]);
  account_at integer[] := array_fill(null::integer, array[cardinality(a_code)]);
  accounts bigint[];
  bodies text[];
  other record;
begin
  if exists (select 1 from unnest(a_code, a_subject) as q (code, subject) group by q.code, q.subject having count(*) > 1) then
    raise exception 'each account is named once' using errcode = 'LB010';
  end if;
  -- Of a reference that the call names twice, the first is posted and the others are its replays.
  select array_agg(f.ord order by f.ord) into fresh from (
    select distinct on (e.reference) e.ord::integer
      from unnest(e_reference) with ordinality as e (reference, ord)
     where (select j.id from journal_entry j where j.reference = e.reference) is null
     order by e.reference, e.ord) f;
  for i in 1 .. coalesce(cardinality(fresh), 0) loop entry_at[fresh[i]] := i; end loop;
  if fresh is not null then
    select array_agg(distinct s.i) into used
      from (select unnest(p_debit) as i, unnest(p_entry) as entry union all select unnest(p_credit), unnest(p_entry)) s
     where entry_at[s.entry] is not null;
    for i in 1 .. cardinality(used) loop account_at[used[i]] := i; end loop;
    perform ledger_post_set(p_actor, e.reference, e.template, e.version, e.occurred, e.posting, e.commune, e.memo, e.dimensions,
              a.code, a.subject, p.entry, p.seq, p.debit, p.credit, p.amount)
       from (select array_agg(e_reference[i] order by ord) as reference, array_agg(e_template[i] order by ord) as template,
                    array_agg(e_version[i] order by ord) as version, array_agg(e_occurred[i] order by ord) as occurred,
                    array_agg(e_posting[i] order by ord) as posting, array_agg(e_commune[i] order by ord) as commune,
                    array_agg(e_memo[i] order by ord) as memo, array_agg(e_dimensions[i] order by ord) as dimensions
               from unnest(fresh) with ordinality as f (i, ord)) e
       cross join (select array_agg(a_code[i] order by ord) as code, array_agg(a_subject[i] order by ord) as subject
                     from unnest(used) with ordinality as u (i, ord)) a
       cross join (select array_agg(entry_at[q.entry] order by ord) as entry, array_agg(q.seq order by ord) as seq,
                          array_agg(account_at[q.debit] order by ord) as debit, array_agg(account_at[q.credit] order by ord) as credit,
                          array_agg(q.amount order by ord) as amount
                     from unnest(p_entry, p_seq, p_debit, p_credit, p_amount) with ordinality as q (entry, seq, debit, credit, amount, ord)
                    where entry_at[q.entry] is not null) p;
  end if;
  select array_agg((select a.id from account a where a.code = q.code and a.subject = q.subject) order by q.ord) into accounts
    from unnest(a_code, a_subject) with ordinality as q (code, subject, ord);
  select array_agg(g.body order by g.entry) into bodies from (
    select p.entry, string_agg(concat_ws('~', p.seq, accounts[p.debit], accounts[p.credit], p.amount::bigint), ';' order by p.seq) as body
      from unnest(p_entry, p_seq, p_debit, p_credit, p_amount) as p (entry, seq, debit, credit, amount)
     group by p.entry) g;
  for other in
    select e.ord, e.reference, j.id, j.content_hash as stored,
           ledger_content_hash(e.reference, t.id, e.occurred, e.commune, null, e.memo, e.dimensions, bodies[e.ord]) as offered
      from unnest(e_reference, e_template, e_version, e_occurred, e_commune, e_memo, e_dimensions)
             with ordinality as e (reference, template, version, occurred, commune, memo, dimensions, ord)
      cross join lateral (select x.id, x.content_hash from journal_entry x where x.reference = e.reference offset 0) j
      cross join lateral (select x.id from posting_template x where x.name = e.template and x.version = e.version offset 0) t
     order by e.ord
  loop
    if other.stored <> other.offered then
      perform ledger_refuse_conflict(other.reference, other.id, other.stored, other.offered);
    end if;
    entry_ids[other.ord] := other.id;
    replayed[other.ord] := entry_at[other.ord] is null;
  end loop;
end $$;

-- ── The one door ─────────────────────────────────────────────────────────────────────────────────

-- Posts one entry or sixty thousand. Arrays e_* describe entries, a_* the accounts they touch (each
-- once), p_* the postings: entry and accounts are 1-based positions in the arrays before. What is the same everywhere need
-- not be sent a thousand times: one template and version stand for all, null for a column that no entry fills in, and null
-- for p_entry and p_seq when each entry has one posting, in the order of entries.
create function ledger_post(
  p_actor uuid, e_reference text[], e_template text[], e_version smallint[], e_occurred date[], e_posting date[],
  e_commune integer[], e_memo text[], e_dimensions text[], a_code text[], a_subject text[],
  p_entry integer[], p_seq smallint[], p_debit integer[], p_credit integer[], p_amount numeric[],
  out entry_ids bigint[], out replayed boolean[]
)
language plpgsql security definer set search_path from current as $$
declare
  n integer := coalesce(cardinality(e_reference), 0);
  k integer := coalesce(cardinality(p_amount), 0);
  of_entries text := format('[1:%s]', n);
  of_postings text := format('[1:%s]', k);
  one record;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'posting runs in read committed (a snapshot could show a closed period open)' using errcode = 'LB010';
  end if;
  if n = 0 or k = 0 or p_actor is null
     -- array_dims, not cardinality: a second dimension or another lower bound would shift every position.
     or array_dims(e_reference) <> of_entries or array_dims(e_occurred) is distinct from of_entries
     or array_dims(e_template) is null or array_dims(e_template) not in (of_entries, '[1:1]')
     or array_dims(e_version) is distinct from array_dims(e_template)
     or (e_posting is not null and array_dims(e_posting) is distinct from of_entries)
     or (e_commune is not null and array_dims(e_commune) is distinct from of_entries)
     or (e_memo is not null and array_dims(e_memo) is distinct from of_entries)
     or (e_dimensions is not null and array_dims(e_dimensions) is distinct from of_entries)
     or (p_entry is null and (k <> n or p_seq is not null))
     or (p_entry is not null and (array_dims(p_entry), array_dims(p_seq)) is distinct from (of_postings, of_postings))
     or array_dims(a_code) is distinct from format('[1:%s]', cardinality(a_subject)) or array_dims(a_subject) is distinct from array_dims(a_code)
     or (array_dims(p_debit), array_dims(p_credit), array_dims(p_amount)) is distinct from (of_postings, of_postings, of_postings)
     or array_position(p_amount, null) is not null then
    raise exception 'a call needs an actor, entries and postings, in arrays of one length a group' using errcode = 'LB010';
  end if;
  if n = 1 and k = 1 and coalesce(p_entry[1], 1) = 1 and (p_debit[1], p_credit[1]) in ((1, 2), (2, 1)) and cardinality(a_code) = 2 then
    one := ledger_post_one(p_actor, e_reference[1], e_template[1], e_version[1], e_occurred[1], e_posting[1], e_commune[1], e_memo[1],
      e_dimensions[1], a_code[p_debit[1]], a_subject[p_debit[1]], a_code[p_credit[1]], a_subject[p_credit[1]],
      case when p_entry is null then 1::smallint else p_seq[1] end, p_amount[1]);
    entry_ids := array[one.entry_id];
    replayed := array[one.replayed];
  else
    if p_entry is null then
      p_entry := array(select generate_series(1, n));
      p_seq := array_fill(1::smallint, array[n]);
    end if;
    if cardinality(e_template) < n then
      e_template := array_fill(e_template[1], array[n]);
      e_version := array_fill(e_version[1], array[n]);
    end if;
    select s.entry_ids, s.replayed into entry_ids, replayed
      from ledger_post_set(p_actor, e_reference, e_template, e_version, e_occurred, e_posting, e_commune, e_memo,
             e_dimensions, a_code, a_subject, p_entry, p_seq, p_debit, p_credit, p_amount) s;
  end if;
end $$;

-- Posts the same amounts with sides exchanged. At most one reversal an entry; a reversal is not reversed.
create function ledger_reverse(p_actor uuid, p_entry_id bigint, p_reference text, p_occurred date, p_posting date, p_memo text,
  out entry_id bigint, out replayed boolean)
language plpgsql security definer set search_path from current
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  original record;
  reversal_template smallint;
  posting_on date := coalesce(p_posting, ledger_posting_date(p_occurred), p_occurred);
  ids bigint[];
  changes bigint[];
  body text;
  hash bytea;
  stored bytea;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'posting runs in read committed (a snapshot could show a closed period open)' using errcode = 'LB010';
  end if;
  perform ledger_require_open(array[posting_on], array[p_reference]);
  select e.*, t.name as template into original
    from journal_entry e join posting_template t on t.id = e.template_id where e.id = p_entry_id;
  if not found then raise exception 'there is no entry % to reverse', p_entry_id using errcode = 'LB008'; end if;
  if original.template = 'reversal' then
    raise exception 'entry % is a reversal; post the original again under a new reference', p_entry_id using errcode = 'LB008';
  end if;
  select t.id into reversal_template from posting_template t where t.name = 'reversal' order by t.version desc limit 1;
  select string_agg(concat_ws('~', p.seq, p.credit_account, p.debit_account, p.amount), ';' order by p.seq) into body
    from posting p where p.entry_id = p_entry_id;
  hash := ledger_content_hash(p_reference, reversal_template, p_occurred, original.commune_id, p_entry_id, p_memo,
                              original.dimensions::text, body);
  begin
    insert into journal_entry (template_id, reference, content_hash, posting_date, occurred_on, actor, commune_id, memo, dimensions, reverses)
    values (reversal_template, p_reference, hash, posting_on, p_occurred, p_actor, original.commune_id, p_memo, original.dimensions, p_entry_id)
    returning id into entry_id;
  exception when unique_violation then
    select e.id, e.content_hash into entry_id, stored from journal_entry e where e.reference = p_reference;
    if not found then
      raise exception 'entry % is already reversed', p_entry_id using errcode = 'LB008';
    end if;
    if stored <> hash then perform ledger_refuse_conflict(p_reference, entry_id, stored, hash); end if;
    replayed := true;
    return;
  end;
  select array_agg(g.id), array_agg(g.change) into ids, changes from (
    select s.id, (sum(s.x) * a.sign)::bigint as change
      from (select p.credit_account as id, p.amount as x from posting p where p.entry_id = p_entry_id
            union all select p.debit_account, -p.amount from posting p where p.entry_id = p_entry_id) s
      join account a on a.id = s.id group by s.id, a.sign) g;
  perform ledger_move(ids, changes, changes, false);
  insert into posting (entry_id, seq, debit_account, credit_account, amount, posting_date)
  select ledger_reverse.entry_id, p.seq, p.credit_account, p.debit_account, p.amount, posting_on
    from posting p where p.entry_id = p_entry_id;
  perform ledger_move(ids, changes, changes, true);
  replayed := false;
end $$;

-- ── Periods ──────────────────────────────────────────────────────────────────────────────────────

-- Opens a month, also ahead of time (lists are approved in the month before). True when it was new.
create function ledger_open_period(p_actor uuid, p_month date) returns boolean
language plpgsql security definer set search_path from current as $$
begin
  -- Not while a later month is being closed: its closing would not see this one. In the order of months, as posting does.
  perform pg_advisory_xact_lock_shared(hashtext('period:' || current_schema()), m.month - date '2000-01-01')
     from (select month from period where month > p_month order by month) m;
  if exists (select 1 from period where month > p_month and state <> 'open') then
    raise exception 'a later period is closed already' using errcode = 'LB006';
  end if;
  insert into period (month, opened_by) values (p_month, p_actor) on conflict (month) do nothing;
  return found;
end $$;

-- First half of closing: waits for posts under way and lets no new one in.
create function ledger_begin_close(p_actor uuid, p_month date) returns void
language plpgsql security definer set search_path from current as $$
begin
  perform pg_advisory_xact_lock(hashtext('period:' || current_schema()), (p_month - date '2000-01-01'));
  if exists (select 1 from period where month < p_month and state <> 'closed') then
    raise exception 'an earlier period is still open' using errcode = 'LB006';
  end if;
  update period set state = 'closing', closed_by = p_actor where month = p_month and state <> 'closed';
  if not found then raise exception 'period % is not open', to_char(p_month, 'YYYY-MM') using errcode = 'LB006'; end if;
end $$;

-- Second half: stores the trial balance, the snapshots of shared accounts and the sealed head.
create function ledger_finish_close(p_actor uuid, p_month date) returns void
language plpgsql security definer set search_path from current as $$
declare
  last seal_block;
  next_month date := (p_month + interval '1 month')::date;
begin
  if current_setting('transaction_isolation') <> 'serializable' then
    raise exception 'a period is closed in a serializable transaction' using errcode = 'LB010';
  end if;
  if not exists (select 1 from period where month = p_month and state = 'closing') then
    raise exception 'closing of % was not begun', to_char(p_month, 'YYYY-MM') using errcode = 'LB006';
  end if;
  select * into last from seal_block order by number desc limit 1;
  if exists (select 1 from journal_entry e
              where (last.number is null or (e.xid, e.id) > (last.last_xid, last.last_id))
                and e.posting_date >= p_month and e.posting_date < next_month) then
    raise exception 'entries of % are not sealed yet: seal, then close', to_char(p_month, 'YYYY-MM') using errcode = 'LB006';
  end if;
  insert into period_trial_balance (month, account_code, opening, debit, credit, closing)
  select p_month, c.code, coalesce(o.closing, 0), coalesce(t.debit, 0), coalesce(t.credit, 0),
         coalesce(o.closing, 0) + c.sign * (coalesce(t.debit, 0) - coalesce(t.credit, 0))
    from chart_account c
    left join period_trial_balance o on o.account_code = c.code
         and o.month = (select max(month) from period where month < p_month and state = 'closed')
    left join (select a.code, sum(s.debit)::bigint as debit, sum(s.credit)::bigint as credit
                 from (select debit_account as id, amount as debit, 0::bigint as credit from posting
                        where posting_date >= p_month and posting_date < next_month
                       union all select credit_account, 0, amount from posting
                        where posting_date >= p_month and posting_date < next_month) s
                 join account a on a.id = s.id group by a.code) t on t.code = c.code
   where o.closing <> 0 or t.code is not null;
  insert into period_snapshot (account_id, month, balance)
  select a.id, p_month, coalesce(o.balance, 0) + coalesce(a.sign * t.movement, 0)
    from account a
    left join period_snapshot o on o.account_id = a.id
         and o.month = (select max(month) from period where month < p_month and state = 'closed')
    left join (select m.account_id, sum(m.movement)::bigint as movement from sealed_movement m
                where m.posting_date >= p_month and m.posting_date < next_month group by m.account_id) t on t.account_id = a.id
   where a.shared and (o.account_id is not null or t.account_id is not null);
  update period set state = 'closed', closed_by = p_actor, closed_at = clock_timestamp(),
         block_number = coalesce(last.number, 0), head = coalesce(last.head, '\x')
   where month = p_month;
end $$;

-- ── Seal ─────────────────────────────────────────────────────────────────────────────────────────

-- RFC 6962 tree over leaf hashes: pairing level by level with an odd last node carried up gives the
-- same root as its recursive definition.
create function merkle_root(leaves bytea[]) returns bytea
language plpgsql immutable set search_path from current as $$
declare
  level bytea[] := leaves;
begin
  while cardinality(level) > 1 loop
    select array_agg(case when r is null then l else sha256('\x01'::bytea || l || r) end order by i) into level
      from (select i, x as l, lead(x) over (order by i) as r from unnest(level) with ordinality as u (x, i)) p
     where i % 2 = 1;
  end loop;
  return level[1];
end $$;

-- Seals the next committed entries, at most p_limit, into one block. Returns how many (0: nothing to do).
-- Only rows whose transaction id is below every running transaction are taken, in (xid, id) order, so no
-- late committer can slip in before a sealed row (docs/adr/0005 describes the bytes).
create function ledger_seal(p_limit integer) returns integer
language plpgsql security definer set search_path from current
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  last seal_block;
  horizon xid8 := pg_snapshot_xmin(pg_current_snapshot());
  leaves bytea[];
  ids bigint[];
  top record;
  root bytea;
  entry_count integer;
begin
  perform pg_advisory_xact_lock(hashtext('seal:' || current_schema()));
  select * into last from seal_block order by number desc limit 1;
  select array_agg(l.leaf order by l.xid, l.id), array_agg(l.id order by l.xid, l.id) into leaves, ids from (
    select e.xid, e.id, sha256('\x00'::bytea || convert_to(concat_ws('|', 'entry.v1', e.id, e.xid, t.name, t.version, e.reference,
             encode(e.content_hash, 'hex'), to_char(e.posting_date, 'YYYY-MM-DD'), to_char(e.occurred_on, 'YYYY-MM-DD'),
             to_char(e.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), e.actor,
             coalesce(e.commune_id::text, '-'), coalesce(e.reverses::text, '-'),
             coalesce(octet_length(convert_to(e.memo, 'UTF8'))::text || ':' || e.memo, '-'),
             coalesce(octet_length(convert_to(e.dimensions::text, 'UTF8'))::text || ':' || e.dimensions::text, '-'),
             (select string_agg(concat_ws(',', p.seq, d.code, d.subject, c.code, c.subject, p.amount,
                                          to_char(p.posting_date, 'YYYY-MM-DD')), ';' order by p.seq)
                from posting p join account d on d.id = p.debit_account join account c on c.id = p.credit_account
               where p.entry_id = e.id)), 'UTF8')) as leaf
      from (select * from journal_entry
             where (last.number is null or (xid, id) > (last.last_xid, last.last_id)) and xid < horizon
             order by xid, id limit p_limit) e
      join posting_template t on t.id = e.template_id) l;
  entry_count := coalesce(cardinality(leaves), 0);
  if entry_count = 0 then return 0; end if;
  select e.xid, e.id into top from journal_entry e where e.id = ids[entry_count];
  root := merkle_root(leaves);
  insert into seal_block (number, entry_count, total_entries, last_xid, last_id, leaf_hashes, root, previous_head, head)
  select b.number, entry_count, b.total, top.xid, top.id, (select string_agg(x, ''::bytea order by i) from unnest(leaves) with ordinality as u (x, i)),
         root, b.previous,
         sha256('\x02'::bytea || convert_to(concat_ws('|', 'head.v1', b.number, entry_count, b.total, top.xid, top.id,
           encode(root, 'hex'), encode(b.previous, 'hex')), 'UTF8'))
    from (select coalesce(last.number, 0) + 1 as number, coalesce(last.total_entries, 0) + entry_count as total,
                 coalesce(last.head, '\x'::bytea) as previous) b;
  insert into sealed_movement (account_id, block_number, posting_date, movement)
  select s.id, coalesce(last.number, 0) + 1, s.posting_date, sum(s.x)
    from (select p.debit_account as id, p.posting_date, p.amount as x from posting p where p.entry_id = any (ids)
          union all select p.credit_account, p.posting_date, -p.amount from posting p where p.entry_id = any (ids)) s
    join account a on a.id = s.id and a.shared
   group by s.id, s.posting_date;
  return entry_count;
end $$;

-- ── Reads that need more than one plan ───────────────────────────────────────────────────────────

-- Balance of an account, in its own direction, of all that is booked up to a posting date and sealed up to
-- a block (null: also what is not sealed yet). Shared accounts add the roll-ups of blocks to the last
-- closed period's snapshot; the others have few postings and are summed.
create function ledger_balance_as_of(p_account_id bigint, p_on date, p_block bigint) returns bigint
language plpgsql stable set search_path from current set enable_seqscan = off as $$
declare
  a account;
  last seal_block;
  base record;
  moved bigint;
  tail bigint := 0;
begin
  select * into a from account where id = p_account_id;
  if not found then return 0; end if;
  select * into last from seal_block where p_block is null or number <= p_block order by number desc limit 1;
  if not a.shared then
    select coalesce(sum(x), 0)::bigint into moved from (
      select p.amount as x, p.entry_id from posting p where p.debit_account = a.id and p.posting_date <= p_on
      union all
      select -p.amount, p.entry_id from posting p where p.credit_account = a.id and p.posting_date <= p_on) s
     where p_block is null
        or exists (select 1 from journal_entry e where e.id = s.entry_id and (e.xid, e.id) <= (last.last_xid, last.last_id));
    return a.sign * moved;
  end if;
  select s.balance, (s.month + interval '1 month')::date as next_day into base
    from period_snapshot s join period p on p.month = s.month
   where s.account_id = a.id and (s.month + interval '1 month')::date - 1 <= p_on
     and p.block_number <= coalesce(last.number, 0)
   order by s.month desc limit 1;
  select coalesce(sum(m.movement), 0)::bigint into moved from sealed_movement m
   where m.account_id = a.id and m.posting_date <= p_on and m.block_number <= coalesce(last.number, 0)
     and m.posting_date >= coalesce(base.next_day, '-infinity');
  if p_block is null then
    select coalesce(sum(case when p.debit_account = a.id then p.amount else -p.amount end), 0)::bigint into tail
      from (select e.id from journal_entry e
             where last.number is null or (e.xid, e.id) > (last.last_xid, last.last_id)) e
      join posting p on p.entry_id = e.id
     where (p.debit_account = a.id or p.credit_account = a.id) and p.posting_date <= p_on;
  end if;
  return coalesce(base.balance, 0) + a.sign * (moved + tail);
end $$;
select grant_to(role, 'execute', 'function ledger_balance_as_of(bigint, date, bigint)') from unnest(array['_app', '_report']) as role;

-- ── Who may call ─────────────────────────────────────────────────────────────────────────────────

select grant_to('_app', 'execute', format('function %s', f)) from unnest(array[
  'ledger_post(uuid, text[], text[], smallint[], date[], date[], integer[], text[], text[], text[], text[], integer[], smallint[], integer[], integer[], numeric[])',
  'ledger_reverse(uuid, bigint, text, date, date, text)',
  'ledger_open_period(uuid, date)', 'ledger_begin_close(uuid, date)', 'ledger_finish_close(uuid, date)',
  'ledger_seal(integer)']) as f;
