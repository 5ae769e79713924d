import type { Act } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
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

/** Requests whose payment has no outcome yet, the oldest first. */
export async function openRequests(
  tx: Tx,
): Promise<readonly { readonly reference: string; readonly reason: string }[]> {
  return tx.$queryRaw<{ reference: string; reason: string }[]>`
    select s.reference, s.reason from stop_request s join instruction i on i.reference = s.reference
     where i.state in ('SUBMITTING', 'SUBMITTED', 'ACCEPTED', 'UNKNOWN') order by s.recorded_at, s.reference`
}
