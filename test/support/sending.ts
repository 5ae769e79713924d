import { Readable } from 'node:stream'
import type { Barrier } from '../../src/lib/barrier.ts'
import type { LocalDate } from '../../src/lib/time.ts'
import type { Channel, ChannelLimits, PaymentOutcome } from '../../src/payouts/channels/channel.ts'
import type { InstructionState } from '../../src/payouts/instruction.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import type { Resend } from '../../src/payouts/resending-store.ts'
import type { Sender } from '../../src/payouts/sending.ts'
import type { FreshDatabase } from './database.ts'
import { accountant, payday, treasurer } from './town.ts'
import { vault } from './vault.ts'

/** No barrier acts. */
export const passing: Barrier = () => Promise.resolve()

/** A barrier that does something the first time it is passed under a name. */
export function onceAt(name: Parameters<Barrier>[0], act: () => Promise<unknown>): Barrier {
  let done = false
  return async (at) => {
    if (at !== name || done) return
    done = true
    await act()
  }
}

/** A sender that dies here, as far as a test in one process can: it goes no further and records nothing. */
export const dying = (name: Parameters<Barrier>[0]): Barrier =>
  onceAt(name, () => Promise.reject(new Error('killed')))

/** A wallet at the edge of the world that answers as it is told, by the place of a payment in its claim. */
export function scripted(outcome: (at: number) => PaymentOutcome, claimSize = 100): Channel {
  const never = () => Promise.reject(new Error('not asked'))
  return {
    ...{ name: 'hue-s', limits: limitsOf(claimSize), refusal: () => null },
    ...{ statusFiles: () => Readable.from([]), readStatus: () => unread() },
    ...{ enquire: never, verifyAccount: never, verifyMany: never, statement: never },
    ready: () => Promise.resolve(true),
    send: ({ payments }) =>
      Promise.resolve(new Map(payments.map(({ reference }, at) => [reference, outcome(at)]))),
  }
}

const unread = (): never => {
  throw new Error('not asked')
}

/** The limits of a wallet that is claimed in groups of so many. */
export const limitsOf = (rowsMax: number): ChannelLimits => ({
  ...{ mode: 'single', rowsMax, amountMax: 499_999_999n, callsPerSecond: null, callsAtOnce: 20 },
  ...{
    hours: null,
    verifiesFirst: false,
    accountsAtOnce: 1,
    enquires: false,
    idempotent: false,
    outcomeWithinMs: 700,
  },
})

/** Groups what is queued into orders of at most `size`; returns the orders that there are now. */
export async function plan({ app }: FreshDatabase, on: LocalDate = payday, size = 500) {
  return app.transact(treasurer, async (tx) => {
    const limits = { rowsMax: size, amountMax: 499_999_999n }
    await payouts.planOrders(tx, treasurer, on, { bank: limits, 'hue-s': limits })
    return payouts.ordersToSend(tx)
  })
}

/** Sends an order as a worker does. */
export function send(
  { app }: FreshDatabase,
  channel: Channel,
  order: Partial<Pick<Sender, 'barrier' | 'until' | 'sendWithinMs' | 'clock'>> & {
    readonly id: string
    readonly on?: LocalDate
  },
): Promise<boolean> {
  const { id, on = payday, ...how } = order
  const sender = { db: app, vault, channel, barrier: passing, ...how }
  return payouts.sendOrder(sender, treasurer, { id, on })
}

/** The state of every instruction, by reference. */
export async function statesOf({ admin }: FreshDatabase): Promise<Map<string, InstructionState>> {
  const { rows } = await admin.query<{ reference: string; state: InstructionState }>(
    'select reference, state from instruction order by reference',
  )
  return new Map(rows.map(({ reference, state }) => [reference, state]))
}

/** How many instructions are in each state. */
export async function countsOf(database: FreshDatabase): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const state of (await statesOf(database)).values()) counts[state] = (counts[state] ?? 0) + 1
  return counts
}

/** What is held for lists and what is in transit, in đồng. */
export async function heldAndTransit({ admin }: FreshDatabase) {
  const { rows } = await admin.query<{ held: string; transit: string }>(
    `select coalesce(sum(balance) filter (where code = '1121-HELD'), 0) as held,
            coalesce(sum(balance) filter (where code = '1130-TRANSIT'), 0) as transit from account`,
  )
  return { held: BigInt(rows[0]?.held ?? 0), transit: BigInt(rows[0]?.transit ?? 0) }
}

/** Everything SUBMITTING is given up on, however young. */
export const giveUp = ({ app }: FreshDatabase): Promise<number> =>
  app.transact(treasurer, (tx) => payouts.giveUpOnSilent(tx, -1))

/**
 * Statements of the following days without a line come in, until one covers every UNKNOWN instruction that may be covered:
 * of the day after the last one that is there, of the day of sending and of the next; each as if its day were over.
 */
async function coverUnknown({ admin }: Pick<FreshDatabase, 'admin'>): Promise<void> {
  await admin.query(`
    insert into statement (id, channel, paying_unit, day, opening, closing, line_count, content_hash, recorded_at)
    select 'cover-' || u.channel || '-' || u.paying_unit || '-' || d::date, u.channel, u.paying_unit, d::date, u.closing, u.closing, 0, '',
           greatest(clock_timestamp(), (d::date + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh')
      from (select i.channel, i.paying_unit, min(j.occurred_on) as sent, max(j.occurred_on) as last_sent,
                   (select max(s.day) from statement s where s.channel = i.channel and s.paying_unit = i.paying_unit) as last,
                   coalesce((select s.closing from statement s where s.channel = i.channel and s.paying_unit = i.paying_unit
                              order by s.day desc limit 1), 0) as closing
              from instruction i join journal_entry j on j.reference = 'submit:' || i.reference || ':' || i.attempt
             where i.state = 'UNKNOWN' group by i.channel, i.paying_unit) u
      cross join generate_series(coalesce(u.last + 1, u.sent), greatest(u.last + 1, u.last_sent + 1), interval '1 day') d`)
}

/**
 * Two people decide that all UNKNOWN instructions are sent again, but for those that the statement of the day names as
 * executed.
 */
export async function resendUnknown(
  { app, admin }: FreshDatabase,
  on = payday,
  executed: ReadonlySet<string> = new Set(),
): Promise<number> {
  await coverUnknown({ admin })
  const { rows } = await admin.query<Resend>(
    `select reference, attempt, coalesce((select c from covering_statements(reference) c limit 1), 'none') as "statementId"
       from instruction where state = 'UNKNOWN'`,
  )
  const unsent = rows.filter(({ reference }) => !executed.has(reference))
  const decision = { rows: unsent, approvedBy: accountant.actor, on }
  try {
    return await app.transact(treasurer, (tx) => payouts.resend(tx, treasurer, decision))
  } finally {
    // The true statements of these days may still come.
    await admin.query(`set session_replication_role = replica; delete from statement where id like 'cover-%';
    set session_replication_role = origin`)
  }
}
