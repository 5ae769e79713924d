import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { Vnd } from '../lib/money.ts'
import type { Month } from '../lib/time.ts'
import type { ChannelName } from './channels/channel.ts'
import type { InstructionState } from './instruction.ts'
import { numbersOf } from './reference.ts'

/** An instruction as it is read. */
export interface InstructionRead {
  readonly reference: string
  readonly entitlement: string
  readonly listId: string
  readonly communeId: number
  readonly payingUnit: string
  readonly channel: ChannelName
  readonly amount: Vnd
  readonly state: InstructionState
  readonly reason: string | null
  readonly attempt: number
  readonly orderId: string | null
  readonly replaces: string | null
  readonly movedAt: Date
}

/** One change of its state, and who made it. */
export interface InstructionStep {
  readonly from: InstructionState | null
  readonly to: InstructionState
  readonly attempt: number
  readonly reason: string | null
  readonly actor: PersonId
  readonly via: string
  readonly at: Date
}

/** Instructions of a month after a reference (keyset), of a state or of any; at most `limit`. */
export async function instructionsOf(
  tx: Tx,
  page: {
    readonly month: Month
    readonly state: InstructionState | null
    readonly after: string
    readonly limit: number
  },
): Promise<readonly InstructionRead[]> {
  const { from, to } = numbersOf(page.month)
  return tx.$queryRaw<InstructionRead[]>`
    select i.reference, i.entitlement_number as entitlement, i.list_id as "listId", i.commune_id as "communeId", i.paying_unit as "payingUnit",
           i.channel, i.amount, i.state, i.reason, i.attempt::integer as attempt, i.order_id as "orderId", i.replaces, i.moved_at as "movedAt"
      from instruction i join payout_list l on l.id = i.list_id
     where l.month = ${page.month}::date and i.reference > ${page.after > from ? page.after : from} and i.reference < ${to} and (${page.state}::text is null or i.state = ${page.state})
     order by i.reference limit ${page.limit}`
}

/** An instruction with the changes of its state in order. Throws DomainError `instruction-missing`. */
export async function instructionOf(
  tx: Tx,
  reference: string,
): Promise<InstructionRead & { readonly steps: readonly InstructionStep[] }> {
  const [row] = await tx.$queryRaw<InstructionRead[]>`
    select reference, entitlement_number as entitlement, list_id as "listId", commune_id as "communeId", paying_unit as "payingUnit",
           channel, amount, state, reason, attempt::integer as attempt, order_id as "orderId", replaces, moved_at as "movedAt"
      from instruction where reference = ${reference}`
  if (row === undefined) {
    throw new DomainError('not-found', 'instruction-missing', `Không có lệnh chi ${reference}`)
  }
  const steps = await tx.$queryRaw<InstructionStep[]>`
    select from_state as "from", to_state as "to", attempt::integer as attempt, reason, actor, via, recorded_at as at
      from instruction_event where reference = ${reference} order by id`
  return { ...row, steps }
}
