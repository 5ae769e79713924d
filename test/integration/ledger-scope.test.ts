import { beforeAll, describe, expect, test } from '@jest/globals'
import type pg from 'pg'
import { localDate, month } from '../../src/lib/time.ts'
import type { Scope } from '../../src/lib/act.ts'
import { ledger } from '../../src/ledger/ledger.ts'
import { act, actOf } from '../support/act.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'

// Who sees which rows: an entry and its accounts belong to a commune, or to the province (no
// commune).

let database: FreshDatabase
const TABLES = ['journal_entry', 'posting', 'account'] as const

beforeAll(async () => {
  database = await freshDatabase()
  const on = { occurredOn: localDate('2023-08-05') }
  const fund = (['estimate-assigned', 'draw', 'move-to-bank'] as const).map((name) =>
    ledger.entry(name, { unit: 'u', amount: 100n }, { ...on, reference: name }),
  )
  const holds = [1, 2, 2].map((communeId, index) => {
    const list = `commune-${String(communeId)}`
    const reference = `hold:${String(index)}`
    return ledger.entry('hold', { unit: 'u', list, amount: 10n }, { ...on, communeId, reference })
  })
  await database.app.transact(act, async (tx) => {
    await ledger.openPeriod(tx, act, month('2023-08'))
    await ledger.post(tx, act, [...fund, ...holds])
  })
})

const countsOf = async (client: pg.Client) => {
  const counts: number[] = []
  for (const table of TABLES) {
    const { rowCount } = await client.query(`select from ${table}`)
    counts.push(rowCount ?? -1)
  }
  return counts
}

describe.each(['app', 'report'] as const)(
  'plain SQL of the role %s sees of entries, postings, accounts',
  (as) => {
    test.each<readonly [name: string, settings: string, counts: readonly number[]]>([
      ['nothing without a scope', '', [0, 0, 0]],
      ['nothing with an empty scope', `set app.scope = ''`, [0, 0, 0]],
      [
        'nothing with a list of no communes',
        `set app.scope = 'communes'; set app.communes = '{}'`,
        [0, 0, 0],
      ],
      ['nothing of a commune that is not there', `set app.communes = '{3}'`, [0, 0, 0]],
      ['those of one commune', `set app.scope = 'communes'; set app.communes = '{1}'`, [1, 1, 1]],
      ['those of the other', `set app.scope = 'communes'; set app.communes = '{2}'`, [2, 2, 1]],
      ['those of both', `set app.scope = 'communes'; set app.communes = '{1,2}'`, [3, 3, 2]],
      ['all as the province', `set app.scope = 'province'`, [6, 7, 7]],
    ])('%s', async (...[, settings, counts]) => {
      const client = await database.connect(database.urls[as])
      await client.query(settings)
      expect(await countsOf(client)).toEqual(counts)
    })
  },
)

test('no scope stays on a connection of the pool', async () => {
  const scopes: readonly Scope[] = [
    'province',
    { communes: [1] },
    { communes: [2] },
    { communes: [] },
  ]
  const expected = [6, 1, 2, 0]
  const seen = await Promise.all(
    Array.from({ length: 200 }, (_, index) => {
      const scope = scopes[index % scopes.length] ?? 'province'
      return database.app.transact(actOf(scope), async (tx) => {
        const rows = await tx.$queryRaw<unknown[]>`select id from journal_entry`
        return rows.length
      })
    }),
  )
  expect(seen).toEqual(Array.from({ length: 200 }, (_, index) => expected[index % expected.length]))
})

test('the reads of the ledger keep to the scope', async () => {
  const other = { code: '1121-HELD', subject: 'list:commune-2' } as const
  const on = localDate('2023-08-31')
  const seen = await database.app.transact(actOf({ communes: [1] }), async (tx) => [
    await ledger.balance(tx, other),
    await ledger.balanceAsOf(tx, other, { on }),
    (await ledger.journal(tx, { limit: 200 })).length,
    (await ledger.openBalances(tx, '1121-HELD', 9)).length,
  ])
  expect(seen).toEqual([0n, 0n, 0, 1])
})

test.each([0, 201, 1.5])('a page of %d lines is refused', async (limit) => {
  const account = { code: '1121-HELD', subject: 'list:commune-1' } as const
  const [from, to] = [localDate('2023-08-01'), localDate('2023-08-31')]
  const refused = { code: 'page-size' }
  await database.app.transact(act, async (tx) => {
    await expect(ledger.journal(tx, { limit })).rejects.toMatchObject(refused)
    const statement = ledger.accountStatement(tx, account, { from, to, limit })
    await expect(statement).rejects.toMatchObject(refused)
  })
})
