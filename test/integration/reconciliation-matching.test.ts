import { beforeEach, describe, expect, test } from '@jest/globals'
import { payouts } from '../../src/payouts/payouts.ts'
import { reconciliation } from '../../src/reconciliation/reconciliation.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { balances } from '../support/ledger-state.ts'
import { countsOf, statesOf } from '../support/sending.ts'
import {
  dayAfter,
  fivePayments,
  importOf,
  line,
  linesOf,
  match,
  statementOf,
  suspend,
} from '../support/statements.ts'
import { accountant, AMOUNT, august, treasurer } from '../support/town.ts'

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

describe('a line of a statement', () => {
  test('pays the instruction of its reference and amount, also one that was unknown', async () => {
    await take([pays(0), pays(1), pays(2)])
    expect(await match(database)).toBe(3)
    expect(await countsOf(database)).toEqual({ PAID: 3, REJECTED: 1, QUEUED: 1 })
    expect(await linesOf(database)).toEqual(
      [0, 1, 2].map((at) => [ref(at), 'MATCHED', `paid:${ref(at)}`]),
    )
    const after = await balances(database.admin)
    const left = [...after.keys()].filter((account) => account.startsWith('1130-TRANSIT'))
    expect(left).toEqual([])
    expect([...after.keys()].filter((account) => account.startsWith('3388-BEN'))).toHaveLength(2)
  })

  test('matches once: what is matched is not matched again', async () => {
    await take([pays(0)])
    expect(await match(database)).toBe(1)
    expect(await match(database)).toBe(0)
    expect(await suspend(database)).toBe(0)
  })

  test('of another amount does not match, however little it differs', async () => {
    await take([pays(0, AMOUNT - 1n), pays(1, AMOUNT * 10n)])
    expect(await match(database)).toBe(0)
    expect(await countsOf(database)).toMatchObject({ ACCEPTED: 2 })
    expect(await suspend(database)).toBe(2)
  })

  test('in the other direction does not match', async () => {
    await take([
      { ...pays(0), direction: 'credit' },
      { ...returns(1), direction: 'debit' },
    ])
    expect(await match(database)).toBe(0)
    expect(await countsOf(database)).toMatchObject({ ACCEPTED: 2 })
  })

  test('of an unknown reference does not match', async () => {
    await take([line({ reference: '230819750000ZZZZ', amount: AMOUNT })])
    expect(await match(database)).toBe(0)
    expect(await suspend(database)).toBe(1)
  })

  test('twice: the first pays, the second is suspense', async () => {
    await take([pays(0), pays(0)])
    expect(await match(database)).toBe(1)
    expect(await suspend(database)).toBe(1)
    const states = (await linesOf(database)).map(([, state]) => state)
    expect(states).toEqual(['MATCHED', 'SUSPENSE'])
    expect((await statesOf(database)).get(ref(0))).toBe('PAID')
  })

  test('of a wrong amount does not stand in the way of the right one', async () => {
    await take([pays(0, AMOUNT - 1n), pays(0)])
    expect(await match(database)).toBe(1)
    expect((await linesOf(database)).map(([, state]) => state)).toEqual(['OPEN', 'MATCHED'])
  })

  test('twice on two days: so too', async () => {
    await take([pays(0)])
    await match(database)
    const opening = -AMOUNT
    await take([pays(0)], { day: dayAfter(1), opening })
    expect(await match(database)).toBe(0)
    expect(await suspend(database)).toBe(1)
  })

  test('about a payment that was rejected, or not sent yet, is suspense', async () => {
    await take([pays(3), pays(4)])
    expect(await match(database)).toBe(0)
    expect(await suspend(database)).toBe(2)
    expect(await countsOf(database)).toMatchObject({ REJECTED: 1, QUEUED: 1 })
  })

  test('of the bank does not settle a payment of the wallet', async () => {
    const source = { channel: 'bank' as const, payingUnit: unit }
    await database.app.transact(accountant, (tx) =>
      reconciliation.importStatement(tx, accountant, source, statementOf([pays(0)])),
    )
    expect(await match(database)).toBe(0)
  })
})

describe('a return', () => {
  test('gives the money of a paid instruction back to its list', async () => {
    await take([pays(0)])
    await match(database)
    const owed = (await balances(database.admin)).size
    await take([returns(0)], { day: dayAfter(2), opening: -AMOUNT })
    expect(await match(database)).toBe(1)
    expect((await statesOf(database)).get(ref(0))).toBe('RETURNED')
    expect((await linesOf(database)).at(-1)).toEqual([ref(0), 'MATCHED', `returned:${ref(0)}`])
    expect((await balances(database.admin)).size).toBeGreaterThan(owed)
    expect(await valueOfReason(ref(0))).toBe('AC04')
  })

  test('and its payment in one statement both match, the payment first', async () => {
    await take([returns(0), pays(0)])
    expect(await match(database)).toBe(2)
    expect((await statesOf(database)).get(ref(0))).toBe('RETURNED')
  })

  test('that comes twice is suspense the second time', async () => {
    await take([pays(0), returns(0), returns(0)])
    expect(await match(database)).toBe(2)
    expect(await suspend(database)).toBe(1)
  })

  test('of another amount, or of what was never paid, does not match', async () => {
    await take([pays(0), returns(0, AMOUNT - 1n), returns(1), returns(3)])
    expect(await match(database)).toBe(1)
    expect(await suspend(database)).toBe(3)
  })
})

const valueOfReason = async (reference: string) => {
  const { rows } = await database.admin.query<{ reason: string }>(
    'select reason from instruction where reference = $1',
    [reference],
  )
  return rows[0]?.reason
}

test('what is paid cannot be re-issued: the instruction is no failure', async () => {
  await take([pays(0)])
  await match(database)
  const failed = await database.app.transact(treasurer, (tx) => payouts.failedOf(tx, august))
  expect(failed.map(({ reference }) => reference)).toEqual([ref(3)])
})
