import { expect } from '@jest/globals'
import type fc from 'fast-check'
import { localDate } from '../../src/lib/time.ts'
import type { LocalDate } from '../../src/lib/time.ts'
import type { Cursor, StatementPage } from '../../src/ledger/account-statement.ts'
import { ledger } from '../../src/ledger/ledger.ts'
import type { JournalLine } from '../../src/ledger/reports.ts'
import { act } from './act.ts'
import type { FreshDatabase } from './database.ts'
import { balances, balancesAsOf } from './ledger-state.ts'
import { nameOf } from './model-ledger.ts'
import type { ModelLedger } from './model-ledger.ts'
import { accountsOf, openingOf, statementOf } from './model-reads.ts'

// The commands of the model run that change nothing: what is read must be what the model says.

export type Command = fc.AsyncCommand<ModelLedger, FreshDatabase>

/** The days on which a balance is looked at: the ends of months and some in between. */
export const days = [
  '2023-06-30',
  '2023-07-31',
  '2023-08-01',
  '2023-08-20',
  '2023-09-30',
  '2023-12-31',
].map(localDate)

/** Compares every balance now. */
async function compareNow(model: ModelLedger, real: FreshDatabase) {
  expect(await balances(real.admin)).toEqual(model.balances())
}

/** Compares every balance at a point of both axes. */
async function compareAt(
  model: ModelLedger,
  real: FreshDatabase,
  on: LocalDate,
  block: number | null,
) {
  const asOf = await balancesAsOf(real.admin, { on, block })
  expect(asOf).toEqual(model.balances({ on, block: block ?? undefined }))
}

export const compare = (on: LocalDate, ago: number | null): Command => ({
  check: () => true,
  run: (model, real) =>
    compareNow(model, real).then(() =>
      compareAt(model, real, on, ago === null ? null : Math.max(model.blocks - ago, 0)),
    ),
  toString: () =>
    `compare as of ${on}, ${ago === null ? 'sealed or not' : `${String(ago)} blocks ago`}`,
})

/**
 * Compares every balance at every point of both axes where something can have changed, and the
 * whole journal.
 */
export async function compareAll(model: ModelLedger, real: FreshDatabase): Promise<void> {
  await compareNow(model, real)
  const blocks = [null, ...Array.from({ length: model.blocks + 1 }, (_, block) => block)]
  for (const block of blocks) for (const on of days) await compareAt(model, real, on, block)
  expect(await journalOf(real)).toEqual(
    model.entries.flatMap(({ reference, template, postings }) =>
      postings.map(({ debit, credit, amount }) => [
        reference,
        template,
        nameOf(debit),
        nameOf(credit),
        amount,
      ]),
    ),
  )
}

async function journalOf({ app }: FreshDatabase): Promise<unknown[]> {
  const lines: JournalLine[] = []
  for (;;) {
    const after = lines.at(-1)
    const page = await app.transact(act, (tx) => ledger.journal(tx, { after, limit: 50 }))
    if (page.length === 0) break
    lines.push(...page)
  }
  return lines.map((line) => [
    line.reference,
    line.template,
    `${line.debitCode} ${line.debitSubject}`,
    `${line.creditCode} ${line.creditSubject}`,
    line.amount,
  ])
}

/**
 * Reads the statement of an account page by page and compares each line with its running balance.
 */
export const read = (at: number, from: LocalDate, to: LocalDate): Command => ({
  check: (model) => model.entries.length > 0,
  run: async (model, real) => {
    const accounts = accountsOf(model)
    const account = accounts[at % accounts.length]
    if (account === undefined) return
    const pages: StatementPage[] = []
    for (let after: Cursor | undefined; ; after = pages.at(-1)?.next ?? undefined) {
      const range = { from, to, after, limit: 3 }
      pages.push(await real.app.transact(act, (tx) => ledger.accountStatement(tx, account, range)))
      if (pages.at(-1)?.next === null) break
    }
    const told = pages.flatMap(({ lines }) => lines)
    expect(pages[0]?.opening).toBe(openingOf(model, account, from))
    expect(
      told.map(({ reference, debit, credit, balance }) => ({ reference, debit, credit, balance })),
    ).toEqual(statementOf(model, account, from, to))
  },
  toString: () => `read account ${String(at)} from ${from} to ${to}`,
})
