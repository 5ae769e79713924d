import type { Tx } from '../lib/db.ts'
import type { ChannelName } from './channels/channel.ts'
import type { DueEnquiry } from './enquiries-store.ts'
import type { InstructionState } from './instruction.ts'

/** An event as it is kept. `sentAtSeconds` is the sender's own time stamp. */
export interface CallbackEvent {
  readonly channel: ChannelName
  readonly eventId: string
  readonly reference: string
  readonly status: string
  readonly bodyHash: Buffer
  readonly sentAtSeconds: number
}

export type CallbackVerdict =
  'enquiry-due' | 'decided-already' | 'unknown-reference' | 'wrong-clock'

/** Keeps an event unless it is kept already; waits for whoever keeps the same one now. Returns whether it was new. */
export async function insertEvent(
  tx: Tx,
  event: CallbackEvent,
  verdict: CallbackVerdict,
  communeId: number | null,
): Promise<boolean> {
  const kept = await tx.$executeRaw`
    insert into callback_event (channel, event_id, accepted, verdict, reference, commune_id, status, body_hash, sent_at)
    values (${event.channel}, ${event.eventId}, ${verdict !== 'wrong-clock'}, ${verdict}, ${event.reference}, ${communeId}::integer, ${event.status},
            ${event.bodyHash}, to_timestamp(${event.sentAtSeconds}::double precision))
    on conflict do nothing`
  return kept === 1
}

/** The body hash, in hex, under which an accepted event is kept. */
export async function keptHash(
  tx: Tx,
  channel: ChannelName,
  eventId: string,
): Promise<string | undefined> {
  const [row] = await tx.$queryRaw<{ hash: string }[]>`
    select encode(body_hash, 'hex') as hash from callback_event where channel = ${channel} and event_id = ${eventId} and accepted`
  return row?.hash
}

/** State and commune of an instruction of a channel. */
export async function instructionOf(
  tx: Tx,
  channel: ChannelName,
  reference: string,
): Promise<{ readonly state: InstructionState; readonly communeId: number } | undefined> {
  const [row] = await tx.$queryRaw<{ state: InstructionState; communeId: number }[]>`
    select state, commune_id as "communeId" from instruction where reference = ${reference} and channel = ${channel}`
  return row
}

/** Has the next enquiry round ask about instructions; once more if it was asked about in the meantime. */
export async function markDue(
  tx: Tx,
  references: readonly string[],
  cause: 'callback' | 'status-file',
): Promise<void> {
  await tx.$executeRaw`
    insert into enquiry_due (reference, commune_id, channel, cause)
    select reference, commune_id, channel, ${cause} from instruction where reference = any (${references}::text[])
    on conflict (reference) do update set since = excluded.since, cause = excluded.cause`
}

/** An instruction to ask about; `since` tells one call for it from the next. */
export interface Due extends DueEnquiry {
  readonly since: string
}

/**
 * What an enquiry may say something new of, oldest call first: also what is queued to be sent again. A row that is still
 * being sent is left for later: its sender may yet record what the call answered. What a status file spoke of is not asked
 * about here: it stays marked until it is decided.
 */
export async function dueFor(
  tx: Tx,
  channel: ChannelName,
  rowsMax: number,
): Promise<readonly Due[]> {
  return tx.$queryRaw<Due[]>`
    select d.reference, i.amount, i.attempt::integer as attempt, i.commune_id as "communeId", d.since::text as since from enquiry_due d join instruction i on i.reference = d.reference
     where d.channel = ${channel} and d.cause = 'callback'
       and (i.state in ('SUBMITTED', 'UNKNOWN')
            or i.state = 'QUEUED' and exists (select from resend_decision r where r.reference = i.reference)) order by d.since, d.reference limit ${rowsMax}`
}

/** Forgets the calls that were answered, unless there is a newer one, and those whose instruction is decided. */
export async function clearDue(tx: Tx, channel: ChannelName, asked: readonly Due[]): Promise<void> {
  await tx.$executeRaw`
    delete from enquiry_due d using unnest(${asked.map((a) => a.reference)}::text[], ${asked.map((a) => a.since)}::timestamptz[]) as a (reference, since)
     where d.reference = a.reference and d.since = a.since`
  await tx.$executeRaw`
    delete from enquiry_due d using instruction i
     where i.reference = d.reference and d.channel = ${channel} and i.state not in ('QUEUED', 'HELD', 'SUBMITTING', 'SUBMITTED', 'UNKNOWN')`
}
