import { ledger } from '../../src/ledger/ledger.ts'
import { month } from '../../src/lib/time.ts'
import type { LocalDate, Month } from '../../src/lib/time.ts'
import type { CashOutcome } from '../../src/payouts/channels/cash-service.ts'
import type { StoredCashList } from '../../src/payouts/cash-store.ts'
import type { StoredList } from '../../src/payouts/payouts-store.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import type { FrozenSet } from '../../src/payouts/list.ts'
import { registry } from '../../src/registry/registry.ts'
import type { PersonId } from '../../src/lib/act.ts'
import { balances } from './ledger-state.ts'
import { as, submitOwed } from './lists.ts'
import { listTown, never } from './list-town.ts'
import {
  accountant,
  AMOUNT,
  approve,
  august,
  leader,
  preparer,
  release,
  treasurer,
} from './town.ts'

export const september = month('2023-09')
export const october = month('2023-10')
/** The day on which cash of a month is handed over, settled and taken over. */
const dayOf = (of: Month) => `${of.slice(0, 8)}10` as LocalDate

/** A commune of one person with an account and three who are paid in cash (2, 3 and 4), with money for `cases` payments. */
export async function carriedTown(cases = 100n) {
  const { database, commune } = await listTown({ bank: 1, cash: 3 }, cases * AMOUNT)
  await as(database, preparer, async (tx) => {
    for (const one of [september, october]) await ledger.openPeriod(tx, preparer, one)
  })

  /** The n-th people's list of a month, released. */
  const list = async (of: Month, people: readonly number[]): Promise<StoredList> => {
    const owed = people.map((n) => (n === 1 ? { n, account: 1 } : { n }))
    const made = await submitOwed(database, commune, of, owed)
    await approve(database, made)
    await release(database, made)
    return made
  }
  const cashLists = (of: Month) => as(database, treasurer, (tx) => payouts.cash.of(tx, of))
  const rowsOf = (id: string) => as(database, treasurer, (tx) => payouts.cash.rowsOf(tx, id))
  const handOver = (cashList: StoredCashList, of: Month) =>
    as(database, treasurer, (tx) => payouts.cash.handOver(tx, treasurer, cashList, dayOf(of)))
  /** Who of the town an entitlement is of, and for which month: "2 2308". */
  const named = async (numbers: readonly string[]): Promise<readonly string[]> => {
    const { rows } = await database.admin.query<{ name: string }>(
      `select right(person_id::text, 1) || ' ' || left(number, 4) as name from entitlement where number = any ($1) order by number`,
      [numbers],
    )
    return rows.map(({ name }) => name)
  }
  /** Hands the n-th cash list of a month over, and settles it by a report in which these did not come. */
  const settle = async (of: Month, at: number, absent: readonly string[]): Promise<void> => {
    const one = (await cashLists(of))[at] ?? never()
    await handOver(one, of)
    const report: CashOutcome[] = []
    for (const { reference, amount } of await rowsOf(one.id)) {
      const paid = !absent.includes((await named([reference]))[0] ?? '')
      report.push({ reference, amount, paid, reason: paid ? null : 'đi vắng' })
    }
    await as(database, accountant, (tx) =>
      payouts.cash.settle(tx, accountant, one, report, dayOf(of)),
    )
  }
  const seen = ({ id: listId, month: of }: StoredList) =>
    as(database, treasurer, (tx) => payouts.cash.toCarry(tx, { listId, on: dayOf(of) }))
  const carry = async (of: StoredList, set?: FrozenSet, by = treasurer) => {
    const order = { listId: of.id, seen: set ?? (await seen(of)), on: dayOf(of.month) }
    return as(database, by, (tx) => payouts.cash.carry(tx, by, order))
  }
  /** Who is offered what by a cash list. */
  const offered = async (id: string | null) =>
    id === null ? [] : named((await rowsOf(id)).map(({ reference }) => reference))
  const balanceOf = async (code: string) =>
    [...(await balances(database.admin))]
      .filter(([account]) => account.startsWith(`${code} `))
      .reduce((sum, [, balance]) => sum + balance, 0n)
  const dies = async (n: number, on: LocalDate): Promise<void> => {
    const personId =
      `00000002-0000-7000-8000-${String(commune.id * 10_000 + n).padStart(12, '0')}` as PersonId
    const death = { personId, diedOn: on, certificate: '12/TLKT' }
    const id = await as(database, preparer, (tx) => registry.deaths.report(tx, preparer, death))
    await as(database, leader, (tx) => registry.deaths.confirm(tx, leader, { ids: [id], on }))
  }
  /** What the unit has free goes back to the Treasury. */
  const takeBack = (amount: bigint) =>
    as(database, treasurer, (tx) =>
      ledger.post(tx, treasurer, [
        ledger.entry(
          'move-to-treasury',
          { unit: commune.payingUnit, amount },
          { reference: 'back', occurredOn: september },
        ),
      ]),
    )
  /** August: 2 and 3 did not come, 4 did. */
  const leaveUnpaid = async (): Promise<StoredList> => {
    const made = await list(august, [1, 2, 3, 4])
    await settle(august, 0, ['2 2308', '3 2308'])
    return made
  }
  return {
    ...{ database, commune, list, cashLists, rowsOf, handOver, settle, seen, carry, offered },
    ...{ balanceOf, dies, leaveUnpaid, takeBack },
  }
}
export type CarriedTown = Awaited<ReturnType<typeof carriedTown>>
