import { expect } from '@jest/globals'
import fc from 'fast-check'
import { addMonths, month } from '../../src/lib/time.ts'
import type { LocalDate, Month } from '../../src/lib/time.ts'
import type { EntryDraft } from '../../src/ledger/journal.ts'
import { ledger } from '../../src/ledger/ledger.ts'
import { act, paper } from './act.ts'
import type { FreshDatabase } from './database.ts'
import { entryId, settled, stateHash } from './ledger-state.ts'
import { compare, days, read } from './model-checks.ts'
import type { Command } from './model-checks.ts'
import type { ModelLedger } from './model-ledger.ts'
import { trialBalanceOf } from './model-reads.ts'
import { refusalOf } from './outcome.ts'
import { batchOf } from './random-entries.ts'
import type { Batch } from './random-entries.ts'

// The commands of the model run that change something: each does it to the model and to the real
// ledger.

/** How often a command was taken and refused: a run says something only when both happen. */
export const tally = { taken: 0, refused: 0 }

/**
 * Does the same to both. They must answer alike, or refuse alike; a refusal leaves every table as
 * it was.
 */
async function bothDo<T>(
  database: FreshDatabase,
  inModel: () => T,
  inLedger: () => Promise<T>,
  sameCode: boolean,
): Promise<void> {
  let expected: { readonly answer: T } | { readonly code: string }
  try {
    expected = { answer: inModel() }
  } catch (error) {
    expected = { code: refusalOf(error) }
  }
  if ('answer' in expected) {
    tally.taken += 1
    expect(await inLedger()).toEqual(expected.answer)
    return
  }
  tally.refused += 1
  const before = await stateHash(database.admin)
  const code = await inLedger().then(() => 'taken', refusalOf)
  if (sameCode) expect(code).toBe(expected.code)
  else expect(code).toMatch(/^[a-z-]+$/)
  expect(code).not.toBe('taken')
  expect(await stateHash(database.admin)).toBe(before)
}

/** An ordinary entry of the model, or none when there is none. */
const nth = (model: ModelLedger, at: number) =>
  model.entries[at % Math.max(model.entries.length, 1)]

/** What may be posted again: what callers posted, not the reversals that the ledger made. */
const drafts = (model: ModelLedger): readonly EntryDraft[] =>
  model.entries.filter(({ reverses }) => reverses === undefined)

const post = (batch: Batch): Command => {
  let said = ''
  return {
    check: () => true,
    run: async (model, real) => {
      const entries = batch(drafts(model))
      said = fc.stringify(entries)
      const posted = () => real.app.transact(act, (tx) => ledger.post(tx, act, entries))
      // The set path, which also takes an entry of several postings, looks for one kind of mistake
      // after the other, so only one mistake has one code.
      await bothDo(
        real,
        () => model.post(entries),
        async () => (await posted()).map(({ replayed }) => replayed),
        entries.length === 1 && entries[0]?.postings.length === 1,
      )
    },
    toString: () => `post ${said}`,
  }
}

const reverse = (at: number, occurredOn: LocalDate, other: boolean): Command => ({
  check: (model) => model.entries.length > 0,
  run: async (model, real) => {
    const original = nth(model, at)
    if (original === undefined) return
    const reference = other ? `other:${original.reference}` : `reversal:${original.reference}`
    const id = await entryId(real.admin, original.reference)
    const reversal = { entryId: id, reference, occurredOn }
    await bothDo(
      real,
      () => model.reverse(original, { reference, occurredOn }),
      async () =>
        (await real.app.transact(act, (tx) => ledger.reverse(tx, act, reversal, paper))).replayed,
      true,
    )
  },
  toString: () =>
    `reverse entry ${String(at)} on ${occurredOn}${other ? ' under another reference' : ''}`,
})

/**
 * A month, or the one with which a ledger goes on: after all that are there, or the first that is
 * open.
 */
type Which = Month | 'next'

const open = (which: Which): Command => ({
  check: () => true,
  run: async (model, real) => {
    const last = [...model.periods.keys()].toSorted().at(-1) ?? month('2023-08')
    const opened = which === 'next' ? addMonths(last, 1) : which
    await bothDo(
      real,
      () => model.openPeriod(opened),
      () => real.app.transact(act, (tx) => ledger.openPeriod(tx, act, opened)),
      true,
    )
  },
  toString: () => `open ${which}`,
})

const close = (which: Which): Command => ({
  check: () => true,
  run: async (model, real) => {
    const first = [...model.periods].toSorted().find(([, state]) => state === 'open')
    const closed = which === 'next' ? (first?.[0] ?? month('2023-08')) : which
    await bothDo(
      real,
      () => model.closePeriod(closed),
      () => settled(real.admin).then(() => ledger.closePeriod(real.app, act, closed)),
      true,
    )
    if (model.periods.get(closed) !== 'closed') return
    const stored = await real.app.transact(act, (tx) => ledger.trialBalance(tx, closed))
    expect(stored).toEqual(trialBalanceOf(model, closed))
  },
  toString: () => `close ${which}`,
})

const seal: Command = {
  check: () => true,
  run: async (model, real) => {
    await settled(real.admin)
    expect(await ledger.seal(real.app, act)).toBe(model.seal())
  },
  toString: () => 'seal',
}

const months = ['2023-07', '2023-08', '2023-09', '2023-10'].map(month)
const someMonth = fc.constantFrom<Which>(...months, 'next', 'next', 'next', 'next')
const someDay = fc.constantFrom(...days)

/** Random commands, posts and reversals most of all. */
export const commands = fc.commands(
  [
    batchOf({ minLength: 1, maxLength: 1 }).map(post),
    batchOf({ minLength: 1, maxLength: 1 }).map(post),
    batchOf({ minLength: 2, maxLength: 4 }).map(post),
    batchOf({ minLength: 2, maxLength: 4 }).map(post),
    fc.tuple(fc.nat(99), someDay, fc.boolean()).map((of) => reverse(...of)),
    fc.tuple(fc.nat(99), someDay, fc.boolean()).map((of) => reverse(...of)),
    someMonth.map(open),
    someMonth.map(close),
    fc.constant(seal),
    fc.tuple(someDay, fc.option(fc.nat(3))).map((of) => compare(...of)),
    fc
      .tuple(fc.nat(99), someDay, someDay)
      .map(([at, a, b]) => (a < b ? read(at, a, b) : read(at, b, a))),
  ],
  { size: '+1', maxCommands: 40 },
)
