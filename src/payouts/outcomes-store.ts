import type { Tx } from '../lib/db.ts'
import type { Vnd } from '../lib/money.ts'
import type { Month } from '../lib/time.ts'
import type { ChannelName } from './channels/channel.ts'
import type { InstructionState } from './instruction.ts'

/** References of instructions of a month in a state on a channel, oldest first. */
export async function inState(
  tx: Tx,
  query: { readonly month: Month; readonly state: InstructionState; readonly channel: ChannelName },
): Promise<
  readonly { readonly reference: string; readonly orderId: string; readonly attempt: number }[]
> {
  return tx.$queryRaw<{ reference: string; orderId: string; attempt: number }[]>`
    select i.reference, i.order_id as "orderId", i.attempt::integer as attempt from instruction i join payout_list l on l.id = i.list_id
     where i.state = ${query.state} and i.channel = ${query.channel} and l.month = ${query.month}::date order by i.reference`
}

/** How many instructions are queued or being sent right now, of any month. */
export async function countOutgoing(tx: Tx): Promise<number> {
  const [row] = await tx.$queryRaw<{ count: number }[]>`
    select ((select count(*) from instruction where state = 'QUEUED' and order_id is not null)
          + (select count(*) from instruction where state = 'QUEUED' and order_id is null)
          + (select count(*) from instruction where state = 'SUBMITTING'))::integer as count`
  return row?.count ?? 0
}

/** How many instructions of a month are in each state. */
export async function countStates(
  tx: Tx,
  month: Month,
): Promise<ReadonlyMap<InstructionState, number>> {
  const rows = await tx.$queryRaw<{ state: InstructionState; count: number }[]>`
    select i.state, count(*)::integer as count from instruction i join payout_list l on l.id = i.list_id
     where l.month = ${month}::date group by i.state`
  return new Map(rows.map(({ state, count }) => [state, count]))
}

/** A failed instruction that has no successor yet, with the account that failed. */
export interface Failed {
  readonly reference: string
  readonly entitlementNumber: string
  readonly listId: string
  readonly amount: Vnd
  readonly channel: ChannelName
  readonly reason: string | null
  readonly communeId: number
  readonly accountId: string
  readonly payeeId: string
}

/** Rejected and returned instructions of a month that nothing has replaced. */
export async function failedOf(tx: Tx, month: Month): Promise<readonly Failed[]> {
  return tx.$queryRaw<Failed[]>`
    select i.reference, i.entitlement_number as "entitlementNumber", i.list_id as "listId", i.amount, i.channel, i.reason, i.commune_id as "communeId",
           a.id as "accountId", a.person_id as "payeeId"
      from instruction i join payout_list l on l.id = i.list_id join payment_account a on a.id = i.payment_account_id
     where l.month = ${month}::date and i.state in ('REJECTED', 'RETURNED')
       and not exists (select 1 from instruction n where n.replaces = i.reference) order by i.reference`
}

/** An instruction and whose it is. */
export interface MovedInstruction {
  readonly reference: string
  readonly communeId: number
}

/** Approves re-issued instructions as a second person. Returns those that were waiting for it and may be seen. */
export async function approveReissued(
  tx: Tx,
  references: readonly string[],
  approvedBy: string,
): Promise<readonly MovedInstruction[]> {
  return tx.$queryRaw<
    MovedInstruction[]
  >`update instruction set state = 'APPROVED', approved_by = ${approvedBy}::uuid
    where reference = any (${references}::text[]) and state = 'LISTED' and replaces is not null returning reference, commune_id as "communeId"`
}

/** Puts approved re-issues in the queue. Returns those that were waiting for it and may be seen. */
export async function queueReissued(
  tx: Tx,
  references: readonly string[],
): Promise<readonly MovedInstruction[]> {
  return tx.$queryRaw<MovedInstruction[]>`update instruction set state = 'QUEUED'
    where reference = any (${references}::text[]) and state = 'APPROVED' and replaces is not null returning reference, commune_id as "communeId"`
}

/** Whether and when a payment that failed for a reason of ours may be tried again, as the reference data says, by code. */
export async function retriesOf(
  tx: Tx,
  codes: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.$queryRaw<{ code: string; retry: string }[]>`
    select code, retry from failure_reason where code = any (${codes}::text[])`
  return new Map(rows.map(({ code, retry }) => [code, retry]))
}

/** The rails that carry money to accounts, by account; what is not there, or not for who asks, is left out. */
export async function channelsOf(
  tx: Tx,
  accounts: readonly string[],
): Promise<ReadonlyMap<string, ChannelName>> {
  const rows = await tx.$queryRaw<{ id: string; channel: ChannelName }[]>`
    select id, case kind when 'wallet' then 'hue-s' else 'bank' end as channel
      from payment_account where id = any (${accounts}::uuid[])`
  return new Map(rows.map(({ id, channel }) => [id, channel]))
}
