import { expect } from '@jest/globals'
import type pg from 'pg'
import { localDate, month } from '../../src/lib/time.ts'
import type { EntryDraft } from '../../src/ledger/journal.ts'
import { ledger } from '../../src/ledger/ledger.ts'
import type { TemplateVars } from '../../src/ledger/templates.ts'
import { act, paper } from './act.ts'
import { freshDatabase } from './database.ts'
import type { FreshDatabase } from './database.ts'
import { entryId, settled, stateHash } from './ledger-state.ts'
import { stateOf } from './raw-post.ts'

const on = { occurredOn: localDate('2023-08-05'), communeId: 1 }
const unit = 'u'

// ── Entries over one unit and two lists ────────────────────────────────────────────────────────────

export const move = (
  name: 'estimate-assigned' | 'draw' | 'move-to-bank',
  reference: string,
  amount: bigint,
) => ledger.entry(name, { unit, amount }, { ...on, reference })
export const hold = (list: string, reference: string, amount: bigint) =>
  ledger.entry('hold', { unit, list, amount }, { ...on, reference })
export const submit = (list: string, reference: string, amount: bigint) =>
  ledger.entry('submit', { list, instruction: 'i', amount }, { ...on, reference })

/** An entry of the template `hold` with a posting that only somebody else would write. */
export const between = (
  debit: readonly [code: string, subject: string],
  credit: readonly [code: string, subject: string],
  reference = 'new',
): EntryDraft => ({
  ...on,
  reference,
  template: 'hold',
  version: 1,
  postings: [{ debit: account(...debit), credit: account(...credit), amount: 1n }],
})
const account = (code: string, subject: string) =>
  ({ code, subject }) as TemplateVars<'opening-asset'>['account']

// ── The ledger that is abused ──────────────────────────────────────────────────────────────────────

/**
 * A ledger with a closed month, an open one, a reversed entry, and the application's own connection
 * to it.
 */
export interface AbusedLedger {
  readonly database: FreshDatabase
  readonly app: pg.Client
  /**
   * Expects that `work` is refused with an SQLSTATE and that no row of any table is another
   * afterwards.
   */
  refuses(work: () => Promise<unknown>, state: string): Promise<void>
}

/**
 * Makes one. List a has 10, list b 20, 60 are free; July is closed, August and October are open.
 */
export async function abusedLedger(): Promise<AbusedLedger> {
  const database = await freshDatabase()
  const { app, admin } = database
  const post = (entries: readonly EntryDraft[]) =>
    app.transact(act, (tx) => ledger.post(tx, act, entries))
  for (const text of ['2023-07', '2023-08', '2023-10']) {
    await app.transact(act, (tx) => ledger.openPeriod(tx, act, month(text)))
  }
  const july = {
    ...move('estimate-assigned', 'estimate', 200n),
    occurredOn: localDate('2023-07-05'),
  }
  await post([july])
  await settled(admin)
  await ledger.closePeriod(app, act, month('2023-07'))
  await post([move('draw', 'draw', 100n), move('move-to-bank', 'move', 90n)])
  await post([hold('a', 'hold:a', 10n), hold('b', 'hold:b', 20n), submit('b', 'reversed', 5n)])
  const reversal = { entryId: await entryId(admin, 'reversed'), reference: 'reversal', ...on }
  await app.transact(act, (tx) => ledger.reverse(tx, act, reversal, paper))
  return {
    database,
    app: await database.connect(),
    refuses: async (work, state) => {
      const before = await stateHash(admin)
      expect(await stateOf(work())).toBe(state)
      expect(await stateHash(admin)).toBe(before)
    },
  }
}
