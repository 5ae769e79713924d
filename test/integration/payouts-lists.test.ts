import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { DomainError } from '../../src/lib/errors.ts'
import type { Vnd } from '../../src/lib/money.ts'
import { localDate } from '../../src/lib/time.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import type { StoredList } from '../../src/payouts/payouts-store.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { balances, stateHash } from '../support/ledger-state.ts'
import { refusalOf } from '../support/outcome.ts'
import { valueOf } from '../support/sql.ts'
import {
  AMOUNT,
  approve,
  august,
  enterTown,
  fund,
  leader,
  preparer,
  release,
  submit,
  treasurer,
} from '../support/town.ts'

const CASES = { bank: 3, wallet: 2, cash: 2 }
const TOTAL = 7n * AMOUNT

let database: FreshDatabase
let communes: readonly CommuneRow[]
let commune: CommuneRow

beforeEach(async () => {
  database = await freshDatabase()
  communes = await enterTown(database, [CASES, { bank: 1 }])
  commune = communes[0] ?? never()
})
afterEach(() => database.drop())

const never = (): never => {
  throw new Error('not there')
}
const codeOf = (work: Promise<unknown>) => work.then(() => 'taken', refusalOf)
const stateOf = (list: StoredList) =>
  valueOf(database.admin, 'select state from payout_list where id = $1', [list.id])
const statesOf = async () => {
  const { rows } = await database.admin.query<{ state: string; count: number }>(
    'select state, count(*)::int as count from instruction group by 1',
  )
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]))
}

describe('a list', () => {
  test('is drawn up from what the law owes, with an instruction for each account', async () => {
    const list = await submit(database, commune)
    expect(list).toMatchObject({ state: 'SUBMITTED', rowCount: 7, total: TOTAL })
    expect(list.number).toBe(`2308-${commune.code}-1`)
    expect(list.preparedBy).toBe(preparer.actor)
    expect(await statesOf()).toEqual({ LISTED: 5 })
    const { rows } = await database.admin.query(
      `select channel, count(*)::int as count, sum(amount) as total from instruction group by 1 order by 1`,
    )
    expect(rows).toEqual([
      { channel: 'bank', count: 3, total: String(3n * AMOUNT) },
      { channel: 'hue-s', count: 2, total: String(2n * AMOUNT) },
    ])
    expect(await valueOf(database.admin, 'select count(*)::int from cash_list')).toBe(0)
    expect(await balances(database.admin)).toEqual(new Map())
  })

  test('is approved by another person, who holds the funds and books what is owed', async () => {
    await fund(database, commune.payingUnit, 10n * AMOUNT)
    const list = await submit(database, commune)
    await approve(database, list)
    expect(await stateOf(list)).toBe('APPROVED')
    expect(await statesOf()).toEqual({ APPROVED: 5 })
    const after = await balances(database.admin)
    expect(after.get(`1121-HELD list:${list.number}`)).toBe(TOTAL)
    expect(after.get(`1121-FREE unit:${commune.payingUnit}`)).toBe(3n * AMOUNT)
    const owed = [...after].filter(([account]) => account.startsWith('3388-BEN '))
    expect(owed.map(([, balance]) => balance)).toEqual(Array<bigint>(7).fill(AMOUNT))
  })

  test('is released by a third person, and each act is in the audit trail with its person', async () => {
    await fund(database, commune.payingUnit, TOTAL)
    const list = await submit(database, commune)
    await approve(database, list)
    await release(database, list)
    expect(await stateOf(list)).toBe('RELEASED')
    expect(await statesOf()).toEqual({ QUEUED: 5 })
    const { rows } = await database.admin.query(
      `select act, actor, detail from audit_event where subject = $1 order by id`,
      [`list:${list.number}`],
    )
    const detail = { rowCount: 7, total: String(TOTAL), contentHash: list.contentHash }
    expect(rows).toEqual([
      { act: 'list.submit', actor: preparer.actor, detail },
      { act: 'list.approve-rows', actor: leader.actor, detail },
      { act: 'list.approve', actor: leader.actor, detail },
      { act: 'list.release', actor: treasurer.actor, detail: { ...detail, held: 0 } },
    ])
    const cash = await database.admin.query('select id, row_count, total from cash_list')
    expect(cash.rows).toEqual([
      { id: `${list.number}-TM`, row_count: 2, total: String(2n * AMOUNT) },
    ])
  })

  test('of a commune where nobody is owed anything is empty and moves no money', async () => {
    const empty = await enterTown(database, [{}], 5)
    const list = await submit(database, empty[0] ?? never())
    expect(list).toMatchObject({ rowCount: 0, total: 0n })
    await approve(database, list)
    await release(database, list)
    expect(await stateOf(list)).toBe('RELEASED')
    expect(await balances(database.admin)).toEqual(new Map())
  })

  test('submitted twice is the same list', async () => {
    const first = await submit(database, commune)
    const before = await stateHash(database.admin)
    expect(await submit(database, commune)).toEqual(first)
    const other = (tx: Parameters<typeof payouts.lists.submit>[0]) =>
      payouts.lists.submit(tx, treasurer, commune, august)
    expect(await database.app.transact(treasurer, other)).toEqual(first)
    expect(await stateHash(database.admin)).toBe(before)
  })

  test('submitted by five at once is one list', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, () => submit(database, commune).then(({ id }) => id, refusalOf)),
    )
    const stored = await valueOf(database.admin, 'select id from payout_list')
    expect(outcomes.filter((outcome) => outcome === stored).length).toBeGreaterThan(0)
    expect(outcomes.filter((outcome) => outcome !== stored && outcome !== 'list-there')).toEqual([])
    expect(await valueOf(database.admin, 'select count(*)::int from entitlement')).toBe(7)
  })
})

describe('an approval is refused, and leaves everything as it was,', () => {
  const refusedApproval = async (list: StoredList): Promise<string> => {
    const before = await stateHash(database.admin)
    const code = await codeOf(approve(database, list))
    expect(await stateHash(database.admin)).toBe(before)
    return code
  }

  test.each([
    ['count', { rowCount: 6 }],
    ['sum', { total: (TOTAL - 1n) as Vnd }],
    ['content', { contentHash: '0'.repeat(64) }],
  ])('for another %s than is stored', async (_, seen) => {
    await fund(database, commune.payingUnit, TOTAL)
    const list = await submit(database, commune)
    expect(await refusedApproval({ ...list, ...seen })).toBe('list-differs')
  })

  test('without the funds, naming what is missing', async () => {
    await fund(database, commune.payingUnit, TOTAL - 1_000n)
    const list = await submit(database, commune)
    const before = await stateHash(database.admin)
    const error = await approve(database, list).catch((refused: unknown) => refused)
    expect(error).toMatchObject({
      code: 'below-floor',
      kind: 'conflict',
      extra: { subject: `unit:${commune.payingUnit}`, missing: '1000' },
    })
    expect(['1121-FREE', '3371']).toContain((error as DomainError).extra['code'])
    expect(await stateHash(database.admin)).toBe(before)
  })

  test('without any funds at all', async () => {
    expect(await refusedApproval(await submit(database, commune))).toBe('below-floor')
  })

  test('when the funds are just enough for one of two lists that are approved at once', async () => {
    await fund(database, commune.payingUnit, TOTAL)
    const others = communes.filter(({ payingUnit }) => payingUnit === commune.payingUnit)
    const lists = []
    for (const each of others) lists.push(await submit(database, each))
    expect(lists).toHaveLength(2)
    const outcomes = await Promise.all(lists.map((list) => codeOf(approve(database, list))))
    const one = outcomes.filter((outcome) => outcome === 'taken')
    expect(one).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome === 'below-floor')).toHaveLength(1)
  })

  test('when the list is approved already, or was released', async () => {
    await fund(database, commune.payingUnit, 3n * TOTAL)
    const list = await submit(database, commune)
    await approve(database, list)
    expect(await refusedApproval(list)).toBe('state-transition')
    await release(database, list)
    expect(await refusedApproval(list)).toBe('state-transition')
    expect(await codeOf(release(database, list))).toBe('state-transition')
  })

  test('for a list that is not there', async () => {
    const list = await submit(database, commune)
    const nowhere = { ...list, id: '00000000-0000-7000-8000-000000000001' }
    expect(await refusedApproval(nowhere)).toBe('list-missing')
  })
})

test('a release of a list that nobody approved is refused', async () => {
  const list = await submit(database, commune)
  expect(await codeOf(release(database, list))).toBe('state-transition')
  expect(await stateOf(list)).toBe('SUBMITTED')
})

test('what is approved in the month before is booked in its own month', async () => {
  await fund(database, commune.payingUnit, TOTAL)
  const list = await submit(database, commune)
  const decision = { listId: list.id, seen: list, on: localDate('2023-07-25') }
  await database.app.transact(leader, (tx) => payouts.lists.approve(tx, leader, decision))
  const { rows } = await database.admin.query(
    `select distinct posting_date::text, occurred_on::text from journal_entry where reference like any (array['hold:%', 'accrual:%'])`,
  )
  expect(rows).toEqual([{ posting_date: '2023-08-01', occurred_on: '2023-07-25' }])
})
