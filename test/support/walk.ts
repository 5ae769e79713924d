import type { EntryDraft } from '../../src/ledger/journal.ts'
import { ledger } from '../../src/ledger/ledger.ts'
import type { TemplateName, TemplateVars } from '../../src/ledger/templates.ts'
import { localDate } from '../../src/lib/time.ts'

/** One step of a walk: a template and what fills it in. */
export type Step = { [N in TemplateName]: readonly [N, TemplateVars<N>] }[TemplateName]

/** A way that money goes from beginning to end. */
export interface Walk {
  readonly name: string
  readonly steps: readonly Step[]
  /** Every account that is not at zero afterwards, with its balance in its own direction. */
  readonly leaves: Readonly<Record<string, bigint>>
}

/** A walk as entries of one day, with references `<prefix>:1`, `<prefix>:2` … */
export function entriesOf({ steps }: Walk, prefix: string): readonly EntryDraft[] {
  return steps.map(([name, vars], index) =>
    ledger.entry<TemplateName>(name, vars, {
      reference: `${prefix}:${String(index + 1)}`,
      occurredOn: localDate('2023-08-05'),
      communeId: 1,
    }),
  )
}

// ── What many walks have in common ─────────────────────────────────────────────────────────────────

/** The benefit of one person for one month, in đồng. */
export const M = 540_000n
export const unit = '474'
export const programme = 'bhxh'
export const list = '2308-19750'
const entitlement = 'E1'
export const person = 'P1'
export const OF_UNIT = { unit, amount: M }
export const OF_ITEM = { entitlement, amount: M }
export const OF_BUDGET = { unit, programme, amount: M }
export const onceRecognised = { '511 programme:bhxh': M, '611-BEN programme:bhxh': M }

export const fund = (amount: bigint): readonly Step[] => [
  ['estimate-assigned', { unit, amount }],
  ['draw', { unit, amount }],
  ['move-to-bank', { unit, amount }],
]
export const hold = (of = list): Step => ['hold', { unit, list: of, amount: M }]
export const accrue = (of = entitlement): Step => [
  'accrual',
  { unit, programme, items: [{ entitlement: of, amount: M }] },
]
export const submit = (instruction: string, of = list): Step => [
  'submit',
  { list: of, instruction, amount: M },
]
export const pay = (instruction: string, carried = false): Step => [
  'paid',
  { ...OF_ITEM, instruction, carried },
]
export const approve: readonly Step[] = [...fund(M), hold(), accrue()]
export const payOnce: readonly Step[] = [...approve, submit('I1'), pay('I1')]
export const overpay: readonly Step[] = [...payOnce, ['overpaid', { ...OF_BUDGET, person }]]
export const returnDraw: readonly Step[] = [
  ['move-to-treasury', OF_UNIT],
  ['unused-draw-returned', OF_UNIT],
]
