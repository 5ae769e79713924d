import { ledger } from '../ledger/ledger.ts'
import type { Act, PersonId } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { sumVnd } from '../lib/money.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import { registry } from '../registry/registry.ts'
import * as store from './overpaid-store.ts'
import type { TooMuch } from './overpaid-store.ts'
import { entitledBefore, entitledOfMerged } from './due-store.ts'

/** Whose months are looked at, and on which day. */
interface Looked {
  readonly people: readonly PersonId[]
  /** The months that may be owed too much, both included. */
  readonly since: Month
  readonly until: Month
  readonly on: LocalDate
  /** A reason code, such as DEATH. */
  readonly reason: string
}

/** What came of it. */
export interface Booked {
  readonly entitlements: number
  /** In đồng. */
  readonly total: bigint
}

/**
 * Makes receivables of what was paid and, by what is known now, was not owed: after a death, a stop or a change that came
 * late (TT 02/2021 Art 2, accounting: overpaid, recovered). One entry for each entitlement and part; what is receivable
 * already is not booked again. A few statements however many people. Only what a statement or the cash report says was
 * paid; ask again for what is still on its way. Throws DomainError `period-not-open`.
 */
async function book(tx: Tx, by: Act, of: Looked): Promise<Booked> {
  const rows = (await found(tx, of))
    .filter((row) => row.paid && row.excess > row.booked)
    .map((row) => ({ ...row, part: row.parts + 1, over: row.excess - row.booked }))
  if (rows.length === 0) return { entitlements: 0, total: 0n }
  await store.insertOverpayments(
    tx,
    rows.map((row) => ({ ...row, amount: row.over })),
    { reason: of.reason, by: by.actor },
  )
  await ledger.post(
    tx,
    by,
    rows.map(({ number, part, communeId, payingUnit, programme, personId, over }) =>
      ledger.entry(
        'overpaid',
        { unit: payingUnit, programme, person: personId, amount: over },
        { reference: `overpaid:${number}:${part}`, occurredOn: of.on, communeId },
      ),
    ),
  )
  await audit(tx, by, 'entitlement.overpaid', rows, of.reason)
  return { entitlements: rows.length, total: sumVnd(rows.map(({ over }) => over)) }
}

/**
 * Takes back what was approved and not sent yet, where nothing of it is owed: cancels the instruction, un-accrues the
 * entitlement and gives its hold back. Returns what was cancelled; what left meanwhile is for `book`. Cash rows are the
 * cash list's to report unpaid. Throws DomainError `period-not-open`.
 */
async function cancelUnsent(tx: Tx, by: Act, of: Looked): Promise<Booked> {
  const unsent = (await found(tx, of)).filter(
    ({ unsent: reference, excess, amount }) => reference !== null && excess === amount,
  )
  const cancelled = await store.cancelInstructions(
    tx,
    unsent.flatMap(({ unsent: reference }) => (reference === null ? [] : [reference])),
    of.reason,
  )
  const rows = unsent.filter(({ unsent: reference }) => cancelled.has(reference ?? ''))
  if (rows.length === 0) return { entitlements: 0, total: 0n }
  await ledger.post(
    tx,
    by,
    rows.flatMap(({ number, communeId, payingUnit: unit, programme, list, amount }) => [
      ledger.entry(
        'un-accrual',
        { unit, programme, entitlement: number, amount },
        { reference: `un-accrual:${number}`, occurredOn: of.on, communeId },
      ),
      ledger.entry(
        'release',
        { unit, list, amount },
        { reference: `release:${number}`, occurredOn: of.on, communeId },
      ),
    ]),
  )
  await audit(tx, by, 'entitlement.cancel', rows, of.reason)
  return { entitlements: rows.length, total: sumVnd(rows.map(({ amount }) => amount)) }
}

async function found(tx: Tx, of: Looked): Promise<readonly TooMuch[]> {
  const { people, since, until } = of
  const entitled = { entitled: entitledBefore, entitledMerged: entitledOfMerged }
  const excesses = await registry.notOwed(tx, { people, since, until, ...entitled })
  return excesses.length === 0 ? [] : store.tooMuch(tx, excesses)
}

function audit(
  tx: Tx,
  by: Act,
  act: string,
  rows: readonly TooMuch[],
  reason: string,
): Promise<void> {
  return recordActs(
    tx,
    by,
    rows.map(({ number, communeId, excess }) => ({
      ...{ act, subject: `entitlement:${number}`, communeId },
      detail: { reason, amount: excess.toString() },
    })),
  )
}

/** What was carried and is not owed: to be recovered, or not sent at all. */
export const overpaid = { book, cancelUnsent }
