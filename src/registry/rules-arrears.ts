import type { PersonId } from '../lib/act.ts'
import { addMonths } from '../lib/time.ts'
import type { Month } from '../lib/time.ts'
import { formatVnd, vnd } from '../lib/money.ts'
import type { Vnd } from '../lib/money.ts'
import { english } from './rules-amount.ts'
import type { LawLine } from './rules-facts.ts'

/** What lists carry already for one person and month. */
export interface Carried {
  readonly programme: string
  readonly component: string
  readonly period: Month
  /** In đồng. */
  readonly amount: bigint
  /** Another row of the person, merged since, for which it was carried. */
  readonly mergedRow?: PersonId
}

/** What a list carried and, by what is known now, is not owed. */
export interface Excess {
  readonly programme: string
  readonly component: string
  readonly period: Month
  /** In đồng, at most what was carried. */
  readonly amount: Vnd
  /** As of what was carried. */
  readonly mergedRow?: PersonId
}

/**
 * What of a month's entitlement no list has carried yet. Takes the law's lines for the month and what lists carry for
 * it; what is owed and carried is compared over all benefits that exclude each other (Art 6, 25, social pension), so that
 * a benefit that took another's place is not paid twice. Lines that are missing whole come as they are; what was carried
 * too low comes as one line `difference`, never negative. Lines of months before `listMonth` say that they are arrears,
 * at the level of their own month.
 */
export function missingOf(
  law: readonly LawLine[],
  carried: readonly Carried[],
  listMonth: Month,
): readonly LawLine[] {
  if (carried.length === 0) return law.map((line) => asArrears(line, listMonth))
  if (law.every((line) => carried.some((row) => isOf(line, row)))) return []
  return groups(law).flatMap(([slot, lines]) => {
    const before = carried.filter((row) => slotOf(row) === slot)
    const missing = sum(lines) - sum(before)
    return missing <= 0n ? [] : allocated(slot, lines, before, missing, listMonth)
  })
}

/** Most months are carried just as they are owed. */
const isOf = (line: LawLine, row: Carried): boolean =>
  row.component === line.component && row.programme === line.programme && row.amount === line.amount

function allocated(
  slot: string,
  lines: readonly LawLine[],
  before: readonly Carried[],
  missing: bigint,
  listMonth: Month,
): readonly LawLine[] {
  const has = (line: LawLine) =>
    before.some((row) => row.programme === line.programme && row.component === line.component)
  const found: LawLine[] = []
  let left = missing
  for (const line of lines.filter((one) => !has(one)).sort(byAmount)) {
    if (line.amount > left) continue
    found.push(asArrears(line, listMonth))
    left -= line.amount
  }
  const [highest] = lines.toSorted(byAmount)
  if (left === 0n || highest === undefined) return found
  return [...found, difference(highest, { slot, before, left, owed: sum(lines) })]
}

function difference(
  line: LawLine,
  of: {
    readonly slot: string
    readonly before: readonly Carried[]
    readonly left: bigint
    readonly owed: bigint
  },
): LawLine {
  const taken = new Set(of.before.map(({ component }) => component))
  const name = of.slot === BENEFIT ? 'difference' : `difference-${of.slot}`
  let component = name
  for (let n = 2; taken.has(component); n += 1) component = `${name}-${String(n)}`
  const paid = of.owed - of.left
  return {
    ...line,
    component,
    amount: vnd(of.left),
    explanation: `Bù chênh lệch ${inWords(line.period)}: ${formatVnd(of.owed)} − ${formatVnd(paid)} (${line.explanation})`,
    explanationEn: `Difference for ${inWords(line.period)}: ${english(of.owed)} − ${english(paid)} (${line.explanationEn})`,
  }
}

/**
 * What was carried for a month above what the law owes, by carried line: first what is not owed at all, then what a
 * merged row was carried for, then the highest. Takes the law's lines and what lists carry for the same month; returns nothing when nothing is too much.
 */
export function excessOf(law: readonly LawLine[], carried: readonly Carried[]): readonly Excess[] {
  const owed = new Map(groups(law).map(([slot, lines]) => [slot, sum(lines)]))
  return groups(carried).flatMap(([slot, rows]) => {
    let left = sum(rows) - (owed.get(slot) ?? 0n)
    const stands = (row: Carried) =>
      law.some((line) => line.programme === row.programme && line.component === row.component)
    const order = rows.toSorted(
      (a, b) =>
        Number(stands(a)) - Number(stands(b)) ||
        Number(b.mergedRow !== undefined) - Number(a.mergedRow !== undefined) ||
        byAmount(a, b),
    )
    return order.flatMap(({ programme, component, period, amount, mergedRow }) => {
      const part = left < amount ? left : amount
      if (part <= 0n) return []
      left -= part
      const of = mergedRow === undefined ? {} : { mergedRow }
      return [{ programme, component, period, amount: vnd(part), ...of }]
    })
  })
}

/** What excludes each other: the benefits of Articles 6 and 25 and the social pension. */
const BENEFIT = 'benefit'
const EXCLUSIVE = new Set(['monthly', 'children', 'institution'])

/** Care money, a gift and a funeral stand each for themselves. */
function slotOf({ programme, component }: Carried): string {
  const own = component.replace(/-\d+$/, '')
  if (EXCLUSIVE.has(own) || own === 'difference') return BENEFIT
  const slot = own.replace(/^difference-/, '')
  return slot === 'one-off' ? `one-off:${programme}` : slot
}

function groups<Row extends Carried>(
  rows: readonly Row[],
): readonly (readonly [string, readonly Row[]])[] {
  const bySlot = new Map<string, Row[]>()
  for (const row of rows) bySlot.set(slotOf(row), [...(bySlot.get(slotOf(row)) ?? []), row])
  return [...bySlot]
}

const sum = (rows: readonly { readonly amount: bigint }[]): bigint =>
  rows.reduce((total, { amount }) => total + amount, 0n)

function byAmount(a: Carried, b: Carried): number {
  if (a.amount !== b.amount) return a.amount > b.amount ? -1 : 1
  return `${a.programme} ${a.component}` < `${b.programme} ${b.component}` ? -1 : 1
}

const asArrears = (line: LawLine, listMonth: Month): LawLine =>
  line.period >= listMonth
    ? line
    : {
        ...line,
        explanation: `Truy lĩnh ${inWords(line.period)}: ${line.explanation}`,
        explanationEn: `Arrears for ${inWords(line.period)}: ${line.explanationEn}`,
      }

const inWords = (month: Month): string => `${month.slice(5, 7)}/${month.slice(0, 4)}`

/** The months from one to another, both included. */
export function monthsBetween(from: Month, to: Month): readonly Month[] {
  const months: Month[] = []
  for (let at = from; at <= to; at = addMonths(at, 1)) months.push(at)
  return months
}
