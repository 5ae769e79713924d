import type { Act, PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { Vnd } from '../lib/money.ts'
import type { ChannelName } from './channels/channel.ts'
import type { InstructionState } from './instruction.ts'

/** Locks an instruction and tells where it stands; undefined when there is none. */
export async function lockInstruction(
  tx: Tx,
  reference: string,
): Promise<{ readonly state: InstructionState; readonly communeId: number } | undefined> {
  const [row] = await tx.$queryRaw<{ state: InstructionState; communeId: number }[]>`
    select state, commune_id as "communeId" from instruction where reference = ${reference} for no key update`
  return row
}

/** Writes a request down; false when there is one already. */
export async function insertRequest(
  tx: Tx,
  by: Act,
  request: { readonly reference: string; readonly communeId: number; readonly reason: string },
): Promise<boolean> {
  const { reference, communeId, reason } = request
  const inserted = await tx.$executeRaw`
    insert into stop_request (reference, commune_id, reason, actor, via)
    values (${reference}, ${communeId}, ${reason}, ${by.actor}::uuid, ${by.via}) on conflict do nothing`
  return inserted === 1
}

/** A request whose payment has no outcome yet: somebody must see that the channel knows. Amount in đồng. */
export interface OpenRequest {
  readonly reference: string
  readonly state: 'SUBMITTING' | 'SUBMITTED' | 'ACCEPTED' | 'UNKNOWN'
  readonly channel: ChannelName
  readonly amount: Vnd
  readonly communeId: number
  readonly payingUnit: string
  readonly reason: string
  readonly actor: PersonId
  readonly recordedAt: Date
}

/** Requests of the worklist at the most. */
const ROWS_MAX = 200

/** Requests whose payment has no outcome yet, the oldest first, 200 at the most. */
export async function openRequests(tx: Tx): Promise<readonly OpenRequest[]> {
  return tx.$queryRaw<OpenRequest[]>`
    select s.reference, i.state, i.channel, i.amount, i.commune_id as "communeId", i.paying_unit as "payingUnit", s.reason, s.actor,
           s.recorded_at as "recordedAt"
      from stop_request s join instruction i on i.reference = s.reference
     where i.state in ('SUBMITTING', 'SUBMITTED', 'ACCEPTED', 'UNKNOWN') order by s.recorded_at, s.reference limit ${ROWS_MAX}`
}
