import type { Barrier } from '../../src/lib/barrier.ts'
import type { LocalDate } from '../../src/lib/time.ts'
import type { ChannelStatement, PaymentOutcome } from '../../src/payouts/channels/channel.ts'
import { reconciliation } from '../../src/reconciliation/reconciliation.ts'
import type { FreshDatabase } from './database.ts'
import { passing, plan, scripted, send, statesOf } from './sending.ts'
import { accountant, enterTown, payday, releaseLists } from './town.ts'

export type Line = ChannelStatement['lines'][number]

let made = 0

/** A line of a statement, a payment out of the account unless told otherwise. */
export function line(of: Partial<Line> & Pick<Line, 'reference' | 'amount'>): Line {
  made += 1
  const id = `line-${String(made).padStart(6, '0')}`
  return { id, direction: 'debit', kind: 'payment', reason: null, ...of }
}

/** A statement that adds up unless told otherwise. */
export function statementOf(
  lines: readonly Line[],
  of: Partial<ChannelStatement> = {},
): ChannelStatement {
  const { day = payday, opening = 0n } = of
  const moved = lines.reduce(
    (sum, { direction, amount }) => sum + (direction === 'credit' ? amount : -amount),
    0n,
  )
  return { id: `st-${day}`, day, opening, closing: opening + moved, lines, ...of }
}

/** Imports a statement of the wallet's account of a unit; returns whether it was new. */
export function importOf({ app }: FreshDatabase, payingUnit: string, statement: ChannelStatement) {
  const source = { channel: 'hue-s' as const, payingUnit }
  return app.transact(accountant, (tx) =>
    reconciliation.importStatement(tx, accountant, source, statement),
  )
}

/** Matches whatever is open; returns how many lines matched. */
export const match = ({ app }: FreshDatabase): Promise<number> =>
  reconciliation.matchOpenLines(app, accountant, passing)

/** Books what is still open as unexplained; returns how many lines. */
export const suspend = ({ app }: FreshDatabase): Promise<number> =>
  app.transact(accountant, (tx) => reconciliation.suspendOpenLines(tx, accountant))

/** The lines that are stored: reference, state, and the reference of the entry that explains them. */
export async function linesOf({ admin }: FreshDatabase) {
  const { rows } = await admin.query<{ reference: string; state: string; entry: string | null }>(
    `select l.reference, l.state, e.reference as entry from statement_line l
       left join journal_entry e on e.id = l.entry_id order by l.day, l.id`,
  )
  return rows.map(({ reference, state, entry }) => [reference, state, entry])
}

const OUTCOMES: readonly PaymentOutcome[] = [
  { kind: 'accepted' },
  { kind: 'accepted' },
  { kind: 'unknown', reason: 'no answer' },
  { kind: 'rejected', reason: 'AC01' },
]

/** Five payments to wallets of one unit: two accepted, one unknown, one rejected, the last still queued. */
export async function fivePayments(database: FreshDatabase) {
  const communes = await enterTown(database, [{ wallet: 5 }])
  await releaseLists(database, communes)
  const references = [...(await statesOf(database)).keys()]
  const [order] = await plan(database)
  let claims = 0
  const barrier: Barrier = (name) => {
    claims += name === 'before-claim' ? 1 : 0
    return claims > 1 ? Promise.reject(new Error('stopped')) : Promise.resolve()
  }
  const channel = scripted((at) => OUTCOMES[at] ?? { kind: 'refused' }, OUTCOMES.length)
  await send(database, channel, { id: order?.orderId ?? '', barrier }).catch(() => undefined)
  return { unit: communes[0]?.payingUnit ?? '', references }
}

/** The day after payday, and so on. */
export const dayAfter = (days: number): LocalDate =>
  `2023-08-${String(3 + days).padStart(2, '0')}` as LocalDate
