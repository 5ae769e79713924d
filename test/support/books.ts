import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the books of the bank and the wallet say became of one payment reference: the oracle of I2. */
export interface BookedPayment {
  readonly reference: string
  executed: number
  returned: number
  rejected: number
  lost: number
  /** HTTP calls that carried it to the wallet; the bank's come in files. */
  calls: number
}

interface BookRecord {
  readonly type: string
  readonly reference?: string
  readonly method?: string
  readonly path?: string
}

/** Every record of a simulator's book, in order; none when it never wrote one. */
function bookOf(folder: string, program: 'bank' | 'hue-s'): readonly BookRecord[] {
  const path = join(folder, `${program}.jsonl`)
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  return lines.map((line) => JSON.parse(line) as BookRecord)
}

/** What became of every payment reference, from both books alone. */
export function paymentsIn(folder: string): ReadonlyMap<string, BookedPayment> {
  const payments = new Map<string, BookedPayment>()
  const of = (reference: string): BookedPayment => {
    const known = payments.get(reference)
    const payment = known ?? { reference, executed: 0, returned: 0, rejected: 0, lost: 0, calls: 0 }
    payments.set(reference, payment)
    return payment
  }
  for (const record of [...bookOf(folder, 'bank'), ...bookOf(folder, 'hue-s')]) {
    const { type, reference = '' } = record
    if (type === 'call' && record.method === 'POST' && record.path === '/payments') {
      of(reference).calls += 1
    }
    if (isOutcome(type)) of(reference)[type] += 1
  }
  return payments
}

const isOutcome = (type: string): type is 'executed' | 'returned' | 'rejected' | 'lost' =>
  ['executed', 'returned', 'rejected', 'lost'].includes(type)

/**
 * What breaks I2: references that were executed more than once, and entitlements (the first 14 characters of a
 * reference) with more than one payment that was not returned.
 */
export function paidTwice(folder: string): readonly string[] {
  const payments = [...paymentsIn(folder).values()]
  const standing = new Map<string, number>()
  for (const { reference, executed, returned } of payments) {
    const entitlement = reference.slice(0, 14)
    standing.set(entitlement, (standing.get(entitlement) ?? 0) + executed - returned)
  }
  return [
    ...payments.filter(({ executed }) => executed > 1).map(({ reference }) => reference),
    ...[...standing].filter(([, count]) => count > 1).map(([entitlement]) => entitlement),
  ]
}

/** How many entitlements have exactly one payment that was not returned. */
export function paidOnce(folder: string): number {
  const standing = new Map<string, number>()
  for (const { reference, executed, returned } of paymentsIn(folder).values()) {
    const entitlement = reference.slice(0, 14)
    standing.set(entitlement, (standing.get(entitlement) ?? 0) + executed - returned)
  }
  return [...standing.values()].filter((count) => count === 1).length
}
