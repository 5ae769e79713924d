import type { Act } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Database, Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { Logger } from '../lib/log.ts'
import { deliverOnce } from './outgoing-client.ts'
import type { OutgoingTarget } from './outgoing-targets.ts'
import * as store from './outgoing-store.ts'
import type { DueDelivery } from './outgoing-store.ts'

/** Seconds to the next try after each that failed: about three days in all. */
const WAITS = [10, 30, 120, 600, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400, 86_400] as const
/** A try that is never recorded is made again after this: longer than a call may take. */
const LOST_SECONDS = 60
const ROUND = 50

/** What delivers. */
export interface OutgoingDeps {
  readonly db: Database
  readonly targets: readonly OutgoingTarget[]
  /** Milliseconds since 1970, for the time that is signed. */
  readonly nowMs: () => number
  /** Says that the process is to end: nothing more is sent, what is under way is recorded. */
  readonly until?: AbortSignal | undefined
  readonly log: Logger
}

/**
 * Delivers what is due, at least once: what was sent and never recorded is sent again under the same id. Events of one
 * target go out in their order as long as none fails; whoever did not answer is not asked again in this run, and their rows
 * wait for the next. Ends when told to. Returns how many arrived.
 */
async function deliverDue(deps: OutgoingDeps, by: Act): Promise<number> {
  const { db, targets, until } = deps
  const byName = new Map(targets.map((target) => [target.name, target]))
  const isEnding = () => until?.aborted === true
  for (let arrived = 0; ;) {
    if (byName.size === 0 || isEnding()) return arrived
    const due = await db.transact(by, (tx) =>
      store.takeDue(tx, { targets: [...byName.keys()], limit: ROUND, againSeconds: LOST_SECONDS }),
    )
    for (const delivery of due) {
      const target = byName.get(delivery.target)
      // What waits keeps its tries.
      if (target === undefined || isEnding())
        await db.transact(by, (tx) => store.putOff(tx, delivery, WAITS[0]))
      else if (await deliver(deps, by, target, delivery)) arrived += 1
      else byName.delete(target.name)
    }
    if (due.length < ROUND) return arrived
  }
}

async function deliver(
  { db, nowMs, log }: OutgoingDeps,
  by: Act,
  target: OutgoingTarget,
  delivery: DueDelivery,
): Promise<boolean> {
  const message = {
    id: `evt_${String(delivery.eventId)}`,
    sentAt: Math.floor(nowMs() / 1_000),
    body: bodyOf(delivery),
  }
  const { status, error } = await deliverOnce(target, message)
  const againSeconds = WAITS[delivery.attempts - 1] ?? null
  await db.transact(by, (tx) => store.recordTry(tx, delivery, { status, error, againSeconds }))
  if (error !== null) {
    log.warn({ event: 'outgoing.failed', target: target.name, id: message.id, status, error })
  }
  return error === null
}

/** Ids and amounts: whoever may know more asks the interface. */
const bodyOf = ({ eventId, kind, subject, communeId, content, recordedAt }: DueDelivery): string =>
  JSON.stringify({
    id: `evt_${String(eventId)}`,
    type: kind,
    timestamp: recordedAt.toISOString(),
    data: { subject, communeId, ...content },
  })

/** Has a delivery sent again, by an administrator. Throws DomainError `delivery-missing`. */
async function replay(
  tx: Tx,
  by: Act,
  of: { readonly eventId: bigint; readonly target: string },
): Promise<void> {
  if (!(await store.replay(tx, of))) {
    throw new DomainError('not-found', 'delivery-missing', 'Không có lần gửi này')
  }
  const subject = `outgoing:${String(of.eventId)}`
  await recordActs(tx, by, [{ act: 'outgoing.replay', subject, detail: { target: of.target } }])
}

/** Outgoing events: who is told, what was told, and telling it again. */
export const outgoing = {
  setTargets: store.setTargets,
  deliverDue,
  deliveries: store.deliveriesOf,
  attempts: store.attemptsOf,
  replay,
}
