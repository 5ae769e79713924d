import type pg from 'pg'

/**
 * Months of history behind the ledger's back: the one month that the law drew up becomes so many paid ones before it, with
 * their lists, rows, instructions, accounts and statement lines. For reads alone: the ledger has no entries of them.
 */
export async function makeHistory(owner: pg.Client, months: number): Promise<void> {
  await owner.query('set session_replication_role = replica')
  await owner.query(`update payout_list set state = 'RELEASED', released_by = gen_random_uuid()`)
  await owner.query(
    `update instruction set state = 'PAID', approved_by = prepared_by, prepared_by = gen_random_uuid()`,
  )
  await owner.query(`insert into account (id, code, subject, sign, shared, floor, commune_id, balance)
    select nextval('account_id'), c.code, 'entitlement:' || e.number, c.sign, c.shared, c.floor, e.commune_id, 0
      from entitlement e cross join chart_account c where c.code = '3388-BEN' on conflict do nothing`)
  await owner.query(`insert into statement_line (id, statement_id, paying_unit, day, kind, direction, reference, amount, state, commune_id, entry_id)
    select 'line:' || reference, 'bench', paying_unit, (select month from payout_list l where l.id = list_id), 'payment', 'debit', reference, amount,
           'MATCHED', commune_id, row_number() over () from instruction`)
  const copies = []
  for (const one of MONTH_BACK) copies.push(await copying(owner, one))
  for (let back = 1; back < months; back += 1) {
    for (const sql of copies) await owner.query(sql, [back])
  }
  await owner.query('set session_replication_role = default')
  await owner.query('vacuum analyze')
}

/** The month so many before the newest, as its numbers begin. */
const BEGINS = `to_char((select max(month) from payout_list) - make_interval(months => $1::integer), 'YYMM')`
const FIRST = `(select max(month) from payout_list)`
const DAY = `((select max(month) from payout_list) - make_interval(months => $1::integer))::date`
const LIST = `md5(t.list_id::text || $1::text)::uuid`
const numbered = (column: string) => `(select b from begins) || substr(t.${column}, 5)`

/** What is copied a month back: rows of a table, with other values in some columns. */
const MONTH_BACK: readonly {
  readonly table: string
  readonly other: Readonly<Record<string, string>>
  readonly where: string
}[] = [
  {
    table: 'entitlement',
    other: { number: numbered('number'), list_id: LIST, month: DAY },
    where: `t.list_id in (select id from payout_list where month = ${FIRST})`,
  },
  {
    table: 'instruction',
    other: {
      reference: numbered('reference'),
      entitlement_number: numbered('entitlement_number'),
      list_id: LIST,
    },
    where: `t.list_id in (select id from payout_list where month = ${FIRST})`,
  },
  {
    table: 'account',
    other: {
      id: `nextval('account_id')`,
      subject: `'entitlement:' || (select b from begins) || substr(t.subject, 17)`,
    },
    where: `t.code = '3388-BEN' and t.subject like 'entitlement:' || to_char(${FIRST}, 'YYMM') || '%'`,
  },
  {
    table: 'statement_line',
    other: {
      ...{ id: `t.id || $1::text`, reference: numbered('reference'), day: DAY },
      entry_id: `t.entry_id + 1000000::bigint * $1::integer`,
    },
    where: `t.day = ${FIRST} and t.statement_id = 'bench'`,
  },
  {
    table: 'payout_list',
    other: {
      ...{ id: `md5(t.id::text || $1::text)::uuid`, number: numbered('number'), month: DAY },
    },
    where: `t.month = ${FIRST}`,
  },
]

/** The statement that copies, naming each column: a row that goes through JSON takes five times as long. */
async function copying(
  owner: pg.Client,
  { table, other, where }: (typeof MONTH_BACK)[number],
): Promise<string> {
  const { rows } = await owner.query<{ name: string }>(
    `select attname as name from pg_attribute
      where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`,
    [table],
  )
  const columns = rows.map(({ name }) => `"${name}"`)
  const values = rows.map(({ name }) => other[name] ?? `t."${name}"`)
  return `with begins as (select ${BEGINS} as b)
    insert into ${table} (${columns.join(', ')}) select ${values.join(', ')} from ${table} t where ${where}`
}
