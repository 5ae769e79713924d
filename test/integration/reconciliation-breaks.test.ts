import { beforeEach, describe, expect, test } from '@jest/globals'
import { ledger } from '../../src/ledger/ledger.ts'
import { month } from '../../src/lib/time.ts'
import { reconciliation } from '../../src/reconciliation/reconciliation.ts'
import { closeMonth } from '../support/closing.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { balances } from '../support/ledger-state.ts'
import { countsOf, onceAt } from '../support/sending.ts'
import {
  fivePayments,
  importOf,
  line,
  linesOf,
  match,
  statementOf,
  suspend,
} from '../support/statements.ts'
import { accountant, AMOUNT, august, payday, treasurer } from '../support/town.ts'

let database: FreshDatabase
let unit: string
let references: readonly string[]

beforeEach(async () => {
  database = await freshDatabase()
  ;({ unit, references } = await fivePayments(database))
})

const ref = (at: number): string => references[at] ?? ''
const pays = (at: number, amount = AMOUNT) => line({ reference: ref(at), amount })
const returns = (at: number, amount = AMOUNT) =>
  line({ reference: ref(at), amount, direction: 'credit', kind: 'return', reason: 'AC04' })
const take = (...lines: Parameters<typeof statementOf>) =>
  importOf(database, unit, statementOf(...lines))

describe('a transfer', () => {
  const transfer = (reference: string, direction: 'debit' | 'credit', amount: bigint) =>
    line({ reference, direction, amount, kind: 'transfer' })

  test('matches the entry that ordered it, by amount and direction', async () => {
    const moved = 1_000_000_000n
    await take([transfer(`move:${unit}`, 'credit', moved)])
    expect(await match(database)).toBe(1)
    expect(await linesOf(database)).toEqual([[`move:${unit}`, 'MATCHED', `move:${unit}`]])
  })

  test.each([
    ['another amount', 'move', 'credit', 999_999_999n],
    ['the other direction', 'move', 'debit', 1_000_000_000n],
    ['an entry that does not exist', 'nothing', 'credit', 1_000_000_000n],
    ['an entry that moved no money of the bank', 'draw', 'credit', 1_000_000_000n],
  ] as const)('with %s does not match', async (_, name, direction, amount) => {
    await take([transfer(`${name}:${unit}`, direction, amount)])
    expect(await match(database)).toBe(0)
    expect(await linesOf(database)).toEqual([[`${name}:${unit}`, 'OPEN', null]])
  })

  test('twice: the entry explains one line', async () => {
    const moved = 1_000_000_000n
    const twice = [
      transfer(`move:${unit}`, 'credit', moved),
      transfer(`move:${unit}`, 'credit', moved),
    ]
    await take(twice)
    expect(await match(database)).toBe(1)
    expect(await suspend(database)).toBe(1)
  })
})

describe('suspense', () => {
  test('makes the books equal to the bank, with an entry and a break for each line', async () => {
    const stray = line({
      reference: 'STRAY',
      amount: 7_000n,
      direction: 'credit',
      kind: 'transfer',
    })
    await take([pays(0, 5_000n), stray])
    await match(database)
    const before = (await balances(database.admin)).get(`1121-FREE unit:${unit}`) ?? 0n
    expect(await suspend(database)).toBe(2)
    const after = (await balances(database.admin)).get(`1121-FREE unit:${unit}`) ?? 0n
    expect(after - before).toBe(2_000n)
    const { rows } = await database.admin.query(
      `select act, actor from audit_event where act = 'break.open'`,
    )
    expect(rows).toEqual(Array(2).fill({ act: 'break.open', actor: accountant.actor }))
    expect(await suspend(database)).toBe(0)
  })

  test('of money that is not free leaves its line open, and books the others', async () => {
    const missing = line({ reference: 'STRAY', amount: 2_000_000_000n })
    const found = line({ reference: 'FOUND', amount: 7n, direction: 'credit', kind: 'return' })
    await take([missing, found])
    await match(database)
    expect(await suspend(database)).toBe(1)
    expect((await linesOf(database)).map(([, state]) => state)).toEqual(['OPEN', 'SUSPENSE'])
  })
})

describe('matching', () => {
  test('that is cut off in the middle has done nothing of the chunk, and goes on', async () => {
    await take([pays(0), pays(1), returns(1)])
    const cut = onceAt('during-matching', () => Promise.reject(new Error('killed')))
    const run = reconciliation.matchOpenLines(database.app, accountant, cut)
    await expect(run).rejects.toThrow('killed')
    expect((await linesOf(database)).map(([, state]) => state)).toEqual(['OPEN', 'OPEN', 'OPEN'])
    expect(await countsOf(database)).toMatchObject({ ACCEPTED: 2 })
    expect(await match(database)).toBe(3)
  })

  test('by two at once settles each line once', async () => {
    await take([pays(0), pays(1), pays(2)])
    const [one, two] = await Promise.all([match(database), match(database)])
    expect(one + two).toBe(3)
    const { rows } = await database.admin.query(
      `select count(*)::int as count from journal_entry where reference like 'paid:%'`,
    )
    expect(rows).toEqual([{ count: 3 }])
  })

  test('of a day whose month is closed books into the open month, and keeps the day', async () => {
    await take([pays(0)])
    const september = month('2023-09')
    await database.app.transact(treasurer, (tx) => ledger.openPeriod(tx, treasurer, september))
    await closeMonth(database.app, accountant, august)
    expect(await match(database)).toBe(1)
    const { rows } = await database.admin.query(
      `select posting_date::text, occurred_on::text from journal_entry where reference = $1`,
      [`paid:${ref(0)}`],
    )
    expect(rows).toEqual([{ posting_date: '2023-09-01', occurred_on: payday }])
  })

  test('more lines than one transaction takes: every one is looked at', async () => {
    const strays = Array.from({ length: 4_100 }, (_, at) =>
      line({ reference: `STRAY${String(at)}`, amount: 1_000n }),
    )
    await take([...strays, pays(0), pays(1)])
    expect(await match(database)).toBe(2)
    expect(await suspend(database)).toBe(4_100)
    expect(await payoutsLeft()).toBe(0)
  })
})

const payoutsLeft = async () => {
  const { rows } = await database.admin.query<{ count: number }>(
    `select count(*)::int as count from statement_line where state = 'OPEN'`,
  )
  return rows[0]?.count
}
