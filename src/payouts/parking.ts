import type { Act } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Database } from '../lib/db.ts'
import { sqlState } from '../lib/db-errors.ts'
import { DomainError } from '../lib/errors.ts'
import type { Vault } from '../lib/vault.ts'
import type { Channel } from './channels/channel.ts'
import { claimNext } from './claiming.ts'
import type { Order, Outgoing } from './claiming.ts'
import * as store from './parking-store.ts'

/** Technical failures before a claim after which a payment is parked (reliability.md C4). */
const FAILURES_MAX = 3
/** So many are looked for at once; when there are more, as many others are tried alone. */
const POISONED_MAX = 8

interface Deps {
  readonly db: Database
  readonly vault: Vault
  readonly channel: Channel
}

/**
 * Claims as `claimNext` does, in a transaction of its own. When a row's preparation throws, the rows that do it are found
 * by halves in claims that are undone, and leave the order with what was wrong written down; the rest is claimed at once.
 * They are tried again with a later order, and after three times in a row they are HELD with the reason. What is nobody's
 * row, such as a database that is away or a refusal of the ledger, is thrown on; so is what every row has that was tried
 * alone: the job fails, and somebody looks. `begin` is told when a claim begins: looking for rows does not age it.
 */
export async function claimOrPark(
  deps: Deps,
  by: Act,
  order: Order,
  begin: () => void,
): Promise<Outgoing | null> {
  for (;;) {
    // What fails before or after is the connection's: it cannot be a row's, and must not be tried again here.
    const claim = { underWay: false }
    try {
      return await deps.db.transact(by, async (tx) => {
        claim.underWay = true
        begin()
        const claimed = await claimNext(tx, by, order, deps)
        claim.underWay = false
        return claimed
      })
    } catch (error) {
      if (!claim.underWay || !mayBeOfARow(error)) throw error
      const poisoned = await findPoisoned(deps, by, order)
      if (poisoned.size === 0) throw error
      await park(deps.db, by, poisoned)
    }
  }
}

/** The rest is of everybody: connections, time limits, full disks, crashes, and what stops the channel. */
const OF_EVERYBODY = /^(08|40|53|54|55|57|58|XX)/

function mayBeOfARow(error: unknown): boolean {
  // An expected refusal is met where it is expected; of the ledger, or of a stopped channel, it is of all rows.
  if (error instanceof DomainError) return false
  const state = sqlState(error)
  if (state !== undefined) return !OF_EVERYBODY.test(state)
  return !(error instanceof Error) || !/^(Prisma|DriverAdapter)/.test(error.name)
}

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error('not an error')

/** Thrown to undo a claim that went well. */
class Undone extends Error {}

/**
 * Rows of the next claim that cannot be claimed even alone, each with the kind of error: all of them, or the first few when
 * there are more. None when no row of a sample over the whole claim can be claimed: the cause is not the rows'.
 */
async function findPoisoned(
  { db, ...deps }: Deps,
  by: Act,
  order: Order,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  const errorOf = (references: readonly string[]): Promise<Error | null> =>
    db
      .transact(by, async (tx) => {
        await store.leaveOnly(tx, order.id, references)
        await claimNext(tx, by, order, deps)
        throw new Undone()
      })
      .catch((error: unknown) => (error instanceof Undone ? null : asError(error)))
  const search = async (references: readonly string[]): Promise<void> => {
    if (found.size > POISONED_MAX) return
    const error = await errorOf(references)
    const [first] = references
    if (error === null || first === undefined) return
    if (!mayBeOfARow(error)) throw error
    if (references.length === 1) {
      found.set(first, kindOf(error))
      return
    }
    const half = Math.ceil(references.length / 2)
    await search(references.slice(0, half))
    await search(references.slice(half))
  }
  const { rowsMax: size, enquires: askFirst } = deps.channel.limits
  const all = await db.transact(by, (tx) => store.nextOf(tx, { id: order.id, size, askFirst }))
  await search(all)
  if (found.size <= POISONED_MAX) return found
  for (const reference of sampleOf(all.filter((one) => !found.has(one))))
    if ((await errorOf([reference])) === null) return found
  return new Map()
}

/** At most POISONED_MAX of some rows, spread evenly from the first to the last. */
function sampleOf(rows: readonly string[]): readonly string[] {
  const count = Math.min(POISONED_MAX, rows.length)
  return Array.from({ length: count }, (_, at) => {
    const place = count === 1 ? 0 : Math.round((at * (rows.length - 1)) / (count - 1))
    return rows[place] ?? ''
  })
}

/** What may be written down of an error: its text could repeat personal data. */
const kindOf = (error: Error): string => sqlState(error) ?? error.name

async function park(db: Database, by: Act, failures: ReadonlyMap<string, string>): Promise<void> {
  await db.transact(by, async (tx) => {
    await store.insertFailures(tx, by, failures)
    const parked = await store.parkFailed(tx, [...failures.keys()], FAILURES_MAX)
    await recordActs(
      tx,
      by,
      parked.map(({ reference, communeId }) => ({
        act: 'instruction.park',
        subject: `instruction:${reference}`,
        communeId,
        detail: { error: failures.get(reference) },
      })),
    )
  })
}
