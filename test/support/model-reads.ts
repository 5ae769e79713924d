import { addDays, addMonths } from '../../src/lib/time.ts'
import type { LocalDate, Month } from '../../src/lib/time.ts'
import { chart, chartLines } from '../../src/ledger/chart.ts'
import type { AccountCode } from '../../src/ledger/chart.ts'
import type { AccountRef } from '../../src/ledger/journal.ts'
import { nameOf } from './model-ledger.ts'
import type { ModelEntry, ModelLedger } from './model-ledger.ts'

/** One side of a posting of the model. */
interface Movement {
  readonly reference: string
  readonly account: AccountRef
  readonly debit: bigint
  readonly credit: bigint
}

const movementsOf = ({ reference, postings }: ModelEntry): readonly Movement[] =>
  postings.flatMap(({ debit, credit, amount }) => [
    { reference, account: debit, debit: amount, credit: 0n },
    { reference, account: credit, debit: 0n, credit: amount },
  ])

/** Every account that was ever named, in the order of the first entry that did. */
export function accountsOf(model: ModelLedger): readonly AccountRef[] {
  const named = model.entries.flatMap(movementsOf).map(({ account }) => account)
  return [...new Map(named.map((account) => [nameOf(account), account])).values()]
}

/** What the account held at the beginning of a day. */
export const openingOf = (model: ModelLedger, account: AccountRef, from: LocalDate): bigint =>
  model.balances({ on: addDays(from, -1) }).get(nameOf(account)) ?? 0n

/** The lines of an account's statement: by posting date, then in the order of posting. */
export function statementOf(
  model: ModelLedger,
  account: AccountRef,
  from: LocalDate,
  to: LocalDate,
) {
  let balance = openingOf(model, account, from)
  return model.entries
    .filter(({ postingDate }) => postingDate >= from && postingDate <= to)
    .toSorted((a, b) =>
      a.postingDate < b.postingDate ? -1 : a.postingDate > b.postingDate ? 1 : 0,
    )
    .flatMap(movementsOf)
    .filter((movement) => nameOf(movement.account) === nameOf(account))
    .map(({ reference, debit, credit }) => {
      balance += own(account.code, debit - credit)
      return { reference, debit, credit, balance }
    })
}

/** The trial balance of a month: codes that held or moved something. */
export function trialBalanceOf(model: ModelLedger, month: Month) {
  const next = addMonths(month, 1)
  const codeOf = (name: string) => name.split(' ')[0]
  const moved = model.entries
    .filter(({ postingDate }) => postingDate >= month && postingDate < next)
    .flatMap(movementsOf)
  return chartLines
    .map(([code]) => {
      const held = [...model.balances({ on: addDays(month, -1) })].filter(
        ([name]) => codeOf(name) === code,
      )
      const of = moved.filter(({ account }) => account.code === code)
      const sum = (amounts: readonly bigint[]) =>
        amounts.reduce((total, amount) => total + amount, 0n)
      const opening = sum(held.map(([, balance]) => balance))
      const [debit, credit] = [sum(of.map((m) => m.debit)), sum(of.map((m) => m.credit))]
      return { code, opening, debit, credit, closing: opening + own(code, debit - credit) }
    })
    .filter(({ opening, debit, credit }) => opening !== 0n || debit !== 0n || credit !== 0n)
    .toSorted((a, b) => (a.code < b.code ? -1 : 1))
}

const own = (code: AccountCode, debit: bigint) => (chart[code].grows === 'debit' ? debit : -debit)
