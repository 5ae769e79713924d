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
  for (let back = 1; back < months; back += 1) {
    for (const sql of MONTH_BACK) await owner.query(sql, [back])
  }
  await owner.query('set session_replication_role = default')
  await owner.query('vacuum analyze')
}

/** The month so many before the newest, as its numbers begin. */
const BEGINS = `to_char((select max(month) from payout_list) - make_interval(months => $1::integer), 'YYMM')`
const FIRST = `(select max(month) from payout_list)`
const DAY = `((select max(month) from payout_list) - make_interval(months => $1::integer))::date`
const copy = (table: string, patch: string, where: string) =>
  `insert into ${table} select (jsonb_populate_record(t, jsonb_build_object(${patch}))).* from ${table} t where ${where}`

const MONTH_BACK = [
  copy(
    'entitlement',
    `'number', ${BEGINS} || substr(t.number, 5), 'list_id', md5(t.list_id::text || $1::text)::uuid, 'month', ${DAY}`,
    `t.list_id in (select id from payout_list where month = ${FIRST}) and $1::integer > 0`,
  ),
  copy(
    'instruction',
    `'reference', ${BEGINS} || substr(t.reference, 5), 'entitlement_number', ${BEGINS} || substr(t.entitlement_number, 5),
     'list_id', md5(t.list_id::text || $1::text)::uuid`,
    `t.list_id in (select id from payout_list where month = ${FIRST})`,
  ),
  copy(
    'account',
    `'id', nextval('account_id'), 'subject', 'entitlement:' || ${BEGINS} || substr(t.subject, 17)`,
    `t.code = '3388-BEN' and t.subject like 'entitlement:' || to_char(${FIRST}, 'YYMM') || '%'`,
  ),
  copy(
    'statement_line',
    `'id', t.id || $1::text, 'reference', ${BEGINS} || substr(t.reference, 5), 'day', ${DAY},
     'entry_id', t.entry_id + 1000000::bigint * $1::integer`,
    `t.day = ${FIRST} and t.statement_id = 'bench'`,
  ),
  copy(
    'payout_list',
    `'id', md5(t.id::text || $1::text)::uuid, 'number', ${BEGINS} || substr(t.number, 5), 'month', ${DAY}`,
    `t.month = ${FIRST}`,
  ),
]
