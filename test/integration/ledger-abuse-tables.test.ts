import { beforeAll, describe, expect, test } from '@jest/globals'
import type pg from 'pg'
import { abusedLedger, move } from '../support/abused-ledger.ts'
import type { AbusedLedger } from '../support/abused-ledger.ts'
import { rawPost } from '../support/raw-post.ts'

// What each role may try past the doors. Rights come first (42501); the owner, who has them, meets
// triggers.

const DENIED = '42501'
const TABLES = [
  'account',
  'journal_entry',
  'posting',
  'seal_block',
  'sealed_movement',
  'period',
  'period_trial_balance',
  'period_snapshot',
  'chart_account',
  'posting_template',
  'template_pair',
  'regime_code',
] as const

const DOORS = {
  app: [
    'ledger_balance_as_of',
    'ledger_begin_close',
    'ledger_finish_close',
    'ledger_open_period',
    'ledger_post',
    'ledger_reverse',
    'ledger_seal',
  ],
  report: ['ledger_balance_as_of'],
}

let abused: AbusedLedger
let clients: Readonly<Record<'app' | 'report' | 'owner', pg.Client>>

beforeAll(async () => {
  abused = await abusedLedger()
  const { database, app } = abused
  const { report, owner } = database.urls
  clients = { app, report: await database.connect(report), owner: await database.connect(owner) }
})

const tries = async (as: keyof typeof clients, sql: string, state: string) =>
  abused.refuses(() => clients[as].query(sql), state)

describe.each(['app', 'report'] as const)('the role %s', (as) => {
  test.each(TABLES)('writes no row of %s', async (table) => {
    const columns = await abused.database.admin.query<{ name: string }>(
      `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0`,
      [table],
    )
    await tries(as, `insert into ${table} overriding system value select * from ${table}`, DENIED)
    await tries(as, `insert into ${table} default values`, DENIED)
    for (const { name } of columns.rows)
      await tries(as, `update ${table} set ${name} = default`, DENIED)
    await tries(as, `delete from ${table}`, DENIED)
    await tries(as, `truncate ${table}`, DENIED)
    await tries(as, `truncate ${table} cascade`, DENIED)
    await tries(as, `copy ${table} from stdin`, DENIED)
    await tries(
      as,
      `merge into ${table} using (select 1) s on false when matched then delete`,
      DENIED,
    )
    await tries(as, `select * from ${table} for update`, DENIED)
  })

  test.each([
    ['takes no number of a sequence', `select nextval('journal_entry_id')`],
    ['sets no sequence', `select setval('account_id', 1)`],
    ['switches no trigger off', `alter table posting disable trigger all`],
    ['acts as no replica', `set session_replication_role = replica`],
    ['is not the owner', `set role ansinh_owner`],
    ['gives itself no rights', `grant ansinh_owner to current_user`],
    ['drops nothing', `drop function posting_in_own_transaction cascade`],
    [
      'replaces nothing',
      `create or replace function ansinh.ledger_seal(integer) returns integer
         language sql as 'select 0'`,
    ],
    ['adds no policy', `create policy all_rows on journal_entry using (true)`],
    ['looks past no policy', `set row_security = off; select * from journal_entry`],
    ['makes nothing in the schema', `create table ansinh.mine (n integer)`],
    ['makes nothing in public', `create table public.mine (n integer)`],
  ])('%s', async (_, sql) => {
    await tries(as, sql, DENIED)
    await clients[as].query('reset all')
  })

  test('calls the doors meant for it and no other part of the ledger', async () => {
    const { rows } = await abused.database.admin.query<{
      name: string
      call: string
      open: boolean
    }>(
      `select proname as name, has_function_privilege($1, oid, 'execute') as open,
              format('select %I.%I(%s)', 'ansinh', proname,
                (select string_agg(format('null::%s', t::regtype), ', ')
                   from unnest(proargtypes) t)) as call
         from pg_proc
        where pronamespace = 'ansinh'::regnamespace and prorettype <> 'trigger'::regtype
          and proname ~ '^(ledger_|merkle_|grant_to|scope_by)' order by 1`,
      [`ansinh_${as}`],
    )
    expect(rows.filter(({ open }) => open).map(({ name }) => name)).toEqual(DOORS[as])
    for (const { call, open } of rows) if (!open) await tries(as, call, DENIED)
  })
})

test('the report role posts, reverses, opens, closes and seals nothing', async () => {
  await abused.refuses(() => rawPost(clients.report, [move('draw', 'new', 1n)]), DENIED)
  for (const call of [
    `ledger_reverse(gen_random_uuid(), 1, 'new', '2023-08-05', null, null)`,
    `ledger_open_period(gen_random_uuid(), '2023-09-01')`,
    `ledger_begin_close(gen_random_uuid(), '2023-08-01')`,
    `ledger_finish_close(gen_random_uuid(), '2023-08-01')`,
    `ledger_seal(1)`,
  ]) {
    await tries('report', `select ${call}`, DENIED)
  }
})

const LATE = `insert into posting select id, 99, 1, 2, 1, '2023-08-05' from journal_entry
               where reference = 'draw'`

describe('the owner', () => {
  test.each([
    ['journal_entry', 'memo'],
    ['posting', 'amount'],
    ['seal_block', 'head'],
    ['sealed_movement', 'movement'],
    ['period_trial_balance', 'closing'],
    ['period_snapshot', 'balance'],
  ])('neither changes nor deletes rows of %s', async (table, column) => {
    await tries('owner', `update ${table} set ${column} = ${column}`, 'LB001')
    await tries('owner', `delete from ${table}`, 'LB001')
    await tries('owner', `truncate ${table} cascade`, 'LB001')
  })

  test.each([
    ['adds no posting to an entry of before', LATE, 'LB009'],
    [
      'adds no posting without an entry',
      `insert into posting values (-1, 1, 1, 2, 1, '2023-08-05')`,
      'LB009',
    ],
    ['deletes no account', `delete from account`, 'LB001'],
    ['truncates no account', `truncate account`, 'LB001'],
    ['renames no account', `update account set subject = 'unit:x'`, 'LB001'],
    ['moves no floor', `update account set floor = null`, 'LB001'],
    ['passes no floor', `update account set balance = -1 where floor = 0`, '23514'],
    [
      'invents no code',
      `insert into account (code, subject, sign, shared) values ('9', 'unit:x', 1, true)`,
      'LB007',
    ],
    [
      'leaves no floor out',
      `insert into account (code, subject, sign, shared) values ('1120', 'unit:x', 1, true)`,
      'LB007',
    ],
    ['takes no pair away', `delete from template_pair`, 'LB001'],
    ['changes no pair', `update template_pair set debit = credit`, 'LB001'],
    [
      'reopens no month',
      `update period set state = 'open', head = null where state = 'closed'`,
      'LB006',
    ],
    ['moves no month', `update period set month = '2022-01-01' where state = 'open'`, 'LB006'],
    ['deletes no month', `delete from period`, 'LB001'],
  ])('%s', async (...[, sql, state]) => {
    await tries('owner', sql, state)
  })
})
