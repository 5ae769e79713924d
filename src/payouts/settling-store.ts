import type { Tx } from '../lib/db.ts'
import type { Vnd } from '../lib/money.ts'
import type { ChannelName } from './channels/channel.ts'
import type { InstructionState } from './instruction.ts'

/** A statement line that names a payment reference; the amount in đồng. */
export interface LineOfInstruction {
  readonly lineId: string
  readonly channel: ChannelName
  readonly reference: string
  readonly amount: bigint
  readonly reason: string | null
}

/** A line that settled an instruction, with the entry that says so. */
export interface MatchedLine {
  readonly lineId: string
  readonly entryId: bigint
  readonly communeId: number
}

interface Lockable {
  readonly lineId: string
  readonly reference: string
  readonly reason: string | null
  readonly amount: Vnd
  readonly communeId: number
  readonly listNumber: string
  readonly entitlement: string
  readonly accountId: string
}

/**
 * Locks, in the order of references, the instructions that lines match by channel, reference, exact amount and state; one
 * line each, the first that fits.
 */
export async function lockForLines(
  tx: Tx,
  lines: readonly LineOfInstruction[],
  states: readonly InstructionState[],
): Promise<readonly Lockable[]> {
  return tx.$queryRaw<Lockable[]>`
    with line as (
      select distinct on (l.reference) l.* from unnest(${lines.map((l) => l.lineId)}::text[], ${lines.map((l) => l.channel)}::text[],
        ${lines.map((l) => l.reference)}::text[], ${lines.map((l) => l.amount.toString())}::bigint[], ${lines.map((l) => l.reason)}::text[])
          as l (line_id, channel, reference, amount, reason)
        join instruction i on i.reference = l.reference and i.amount = l.amount and i.channel = l.channel
       order by l.reference, l.line_id)
    select line.line_id as "lineId", i.reference, line.reason, i.amount, i.commune_id as "communeId", l.number as "listNumber",
           i.entitlement_number as entitlement, i.payment_account_id as "accountId"
      from line join instruction i on i.reference = line.reference
      join payout_list l on l.id = i.list_id
     where i.state = any (${states}::text[]) order by i.reference for no key update of i`
}

/** Moves locked instructions to PAID or RETURNED. */
export async function settle(
  tx: Tx,
  rows: readonly { readonly reference: string; readonly reason: string | null }[],
  state: 'PAID' | 'RETURNED',
): Promise<void> {
  await tx.$executeRaw`
    update instruction i set state = ${state}, reason = v.reason
      from unnest(${rows.map((r) => r.reference)}::text[], ${rows.map((r) => r.reason)}::text[]) as v (reference, reason)
     where i.reference = v.reference`
}
