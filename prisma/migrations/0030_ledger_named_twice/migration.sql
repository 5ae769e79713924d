-- As in 0003_ledger_doors; an entry that comes twice in one call counts once also where its account is new: before such an
-- account is refused for want of money, entries that are named twice are taken for the replays that they are.
create or replace function ledger_post_set(
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
      if found then
        if n > (select count(distinct reference) from unnest(e_reference) as u (reference)) then
          raise unique_violation;
        end if;
        perform ledger_refuse_short(short.code, short.subject, 0, short.low, 0);
      end if;
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
