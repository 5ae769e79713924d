import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Act, PersonId } from '../lib/act.ts'
import type { Barrier } from '../lib/barrier.ts'
import type { Database, Tx } from '../lib/db.ts'
import type { Incoming, Outgoing } from '../lib/listener.ts'
import type { Logger } from '../lib/log.ts'
import * as store from './callbacks-store.ts'
import type { CallbackEvent, CallbackVerdict } from './callbacks-store.ts'
import { isSignedBy, isWithinWindow } from './channels/hue-s-signature.ts'
import type { SignatureKeys } from './channels/hue-s-signature.ts'
import type { InstructionState } from './instruction.ts'

/** No person acts when the wallet calls: the row itself is the trace, and nothing moves by it. */
const WALLET: Act = {
  actor: '00000000-0000-7000-8000-000000000000' as PersonId,
  via: 'callback:hue-s',
  scope: 'province',
}

const eventBody = z.strictObject({
  eventId: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/),
  reference: z.string().min(1).max(64),
  amount: z.string().max(20),
  status: z.enum(['executed', 'rejected', 'returned']),
  reason: z.string().max(35).optional(),
})

/** States in which an enquiry may say something new, now or once the sender is done. */
const OPEN: ReadonlySet<InstructionState> = new Set([
  'QUEUED',
  'HELD',
  'SUBMITTING',
  'SUBMITTED',
  'UNKNOWN',
])

export interface CallbackDeps {
  readonly db: Database
  readonly keys: SignatureKeys
  readonly nowMs: () => number
  readonly barrier: Barrier
  readonly log: Logger
}

/**
 * Takes a callback of the wallet (docs/adr/0014): checks the signature over `timestamp.body` first, then the clock, and
 * keeps the event for ever. It only has us ask what became of the payment; what it says of it is never believed.
 * Answers 200 once that is committed, also to a repetition; 401 to a wrong signature, of which nothing is kept, for
 * anybody can send it; 400 with the reason to a wrong clock or form.
 */
export async function takeCallback(deps: CallbackDeps, request: Incoming): Promise<Outgoing> {
  const { keys, nowMs, log } = deps
  const header = (name: string) => request.headers[`x-hues-${name}`] ?? ''
  const timestamp = header('timestamp')
  const named = { key: header('key'), signature: header('signature') }
  if (!isSignedBy(keys, named, `${timestamp}.`, request.body)) {
    log.warn({ event: 'callback.bad-signature', key: named.key.slice(0, 32) })
    return answer(401, 'Chữ ký không đúng')
  }
  const event = eventOf(request.body, timestamp)
  if (event === undefined) {
    log.error({ event: 'callback.malformed' })
    return answer(400, 'Nội dung không đúng dạng')
  }
  if (!isWithinWindow(timestamp, nowMs())) {
    await keepRefused(deps, event)
    return answer(400, 'Đồng hồ của bên gửi lệch quá 300 giây: hãy chỉnh giờ và gửi lại')
  }
  const kept = await deps.db.transact(WALLET, (tx) => keep(tx, deps.barrier, event))
  await deps.barrier('callback-after-commit')
  return told(deps, event, kept)
}

function eventOf(body: Uint8Array, timestamp: string): CallbackEvent | undefined {
  const parsed = eventBody.safeParse(jsonOf(body))
  if (!parsed.success || !/^\d{1,12}$/.test(timestamp)) return undefined
  const { eventId, reference, status } = parsed.data
  const bodyHash = createHash('sha256').update(body).digest()
  return {
    channel: 'hue-s',
    eventId,
    reference,
    status,
    bodyHash,
    sentAtSeconds: Number(timestamp),
  }
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'))
  } catch {
    return undefined
  }
}

/** Kept once, beside the accepted ones: it does not use up the event's id. */
async function keepRefused({ db, log }: CallbackDeps, event: CallbackEvent): Promise<void> {
  await db.transact(WALLET, async (tx) => {
    const known = await store.instructionOf(tx, event.channel, event.reference)
    await store.insertEvent(tx, event, 'wrong-clock', known?.communeId ?? null)
  })
  log.error({ event: 'callback.wrong-clock', callback: event.eventId, sentAt: event.sentAtSeconds })
}

async function keep(
  tx: Tx,
  barrier: Barrier,
  event: CallbackEvent,
): Promise<CallbackVerdict | 'repeated' | 'id-used-again'> {
  const known = await store.instructionOf(tx, event.channel, event.reference)
  const verdict =
    known === undefined
      ? 'unknown-reference'
      : OPEN.has(known.state)
        ? 'enquiry-due'
        : 'decided-already'
  if (!(await store.insertEvent(tx, event, verdict, known?.communeId ?? null))) {
    const hash = await store.keptHash(tx, event.channel, event.eventId)
    return hash === event.bodyHash.toString('hex') ? 'repeated' : 'id-used-again'
  }
  if (verdict === 'enquiry-due') await store.markDue(tx, [event.reference], 'callback')
  await barrier('callback-before-commit')
  return verdict
}

/** Says what was committed; what an officer must look at is an alarm of the log. */
function told(
  { log }: CallbackDeps,
  { eventId: callback, reference, status }: CallbackEvent,
  kept: CallbackVerdict | 'repeated' | 'id-used-again',
): Outgoing {
  const line = { event: `callback.${kept}`, callback, reference, status }
  if (kept === 'unknown-reference' || kept === 'id-used-again') log.error(line)
  else log.info(line)
  if (kept === 'id-used-again') return answer(409, 'Mã sự kiện đã dùng cho nội dung khác')
  return answer(200, kept)
}

const answer = (status: number, text: string): Outgoing => ({
  status,
  body: status === 200 ? { received: text } : { error: text },
})
