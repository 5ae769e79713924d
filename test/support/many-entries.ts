import { localDate } from '../../src/lib/time.ts'
import type { EntryDraft } from '../../src/ledger/journal.ts'
import { ledger } from '../../src/ledger/ledger.ts'

/** As many as a large list has. */
export const MANY = 10_000
const on = { occurredOn: localDate('2023-08-05') }
const amount = 540_000n
const list = 'list'

/** What has to be there before: the money for all of them, held. */
export const heldForMany: readonly EntryDraft[] = [
  ...(['estimate-assigned', 'draw', 'move-to-bank'] as const).map((name) =>
    ledger.entry(name, { unit: 'u', amount: amount * BigInt(MANY) }, { ...on, reference: name }),
  ),
  ledger.entry(
    'hold',
    { unit: 'u', list, amount: amount * BigInt(MANY) },
    { ...on, reference: 'hold' },
  ),
]

/**
 * Ten thousand instructions sent: as many entries, new accounts and movements of one hot account.
 */
export const manyEntries: readonly EntryDraft[] = Array.from({ length: MANY }, (_, index) => {
  const instruction = `I${String(index)}`
  return ledger.entry(
    'submit',
    { list, instruction, amount },
    { ...on, reference: `submit:${instruction}` },
  )
})
