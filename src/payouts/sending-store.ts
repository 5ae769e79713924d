import { randomUUID } from 'node:crypto'
import type { Tx } from '../lib/db.ts'
import type { Vnd } from '../lib/money.ts'
import type { Month } from '../lib/time.ts'
import type { ChannelName, OutgoingPayment } from './channels/channel.ts'
import type { InstructionState } from './instruction.ts'

/** An instruction with what its postings and its channel need. */
export interface ClaimedPayment extends OutgoingPayment {
  readonly payingUnit: string
  readonly listNumber: string
  readonly communeId: number
  readonly attempt: number
}

/** Instructions taken by one sender under one fence: only who holds it may record what became of them. */
export interface Claim {
  readonly fence: string
  readonly payingUnit: string
  readonly payments: readonly ClaimedPayment[]
}

/** A change of state with its reason. */
export interface Verdict {
  readonly reference: string
  readonly state: InstructionState
  readonly reason: string | null
}

/** An instruction that changed, with what its posting needs. */
export interface Changed {
  readonly reference: string
  readonly state: InstructionState
  readonly attempt: number
  readonly amount: Vnd
  readonly communeId: number
  readonly listNumber: string
  readonly entitlement: string
}

/** Locks at most `size` queued instructions of an order, in the order of references; whatever others hold is passed over. */
export async function lockQueued(
  tx: Tx,
  orderId: string,
  size: number,
): Promise<readonly ClaimedPayment[]> {
  return tx.$queryRaw<ClaimedPayment[]>`
    select i.reference, i.amount, i.attempt + 1 as attempt, i.commune_id as "communeId", i.paying_unit as "payingUnit",
           l.number as "listNumber", a.bank_code as "bankCode", a.number as "accountNumber", a.holder_name as "holderName",
           'TRO CAP XA HOI ' || to_char(l.month, 'MM/YYYY') as text
      from instruction i join payment_account a on a.id = i.payment_account_id join payout_list l on l.id = i.list_id
     where i.order_id = ${orderId} and i.state = 'QUEUED'
     order by i.reference limit ${size} for no key update of i skip locked`
}

/**
 * Takes locked instructions: QUEUED → SUBMITTING under a new fence, attempt + 1 (docs/adr/0006). Whatever is found
 * SUBMITTING is never taken again. Returns the fence.
 */
export async function take(
  tx: Tx,
  orderId: string,
  references: readonly string[],
): Promise<string> {
  const fence = randomUUID()
  await tx.$executeRaw`update payment_order set touched_at = clock_timestamp() where id = ${orderId}`
  await tx.$executeRaw`
    update instruction set state = 'SUBMITTING', attempt = attempt + 1, fence = ${fence}::uuid, claimed_at = clock_timestamp(), reason = null
     where reference = any (${references}::text[]) and state = 'QUEUED'`
  return fence
}

/** Puts locked instructions that must not be sent on hold, each with its reason. They leave their order. */
export async function holdQueued(tx: Tx, held: ReadonlyMap<string, string>): Promise<void> {
  await tx.$executeRaw`
    update instruction i set state = 'HELD', reason = h.reason, order_id = null
      from unnest(${[...held.keys()]}::text[], ${[...held.values()]}::text[]) as h (reference, reason)
     where i.reference = h.reference and i.state = 'QUEUED'`
}

/** Records what became of a claim, only for rows still SUBMITTING under this fence (T3). Returns those that changed. */
export async function recordClaim(
  tx: Tx,
  fence: string,
  verdicts: readonly Verdict[],
): Promise<readonly Changed[]> {
  return tx.$queryRaw<Changed[]>`
    update instruction i set state = v.state, reason = v.reason, fence = null
      from unnest(${verdicts.map((v) => v.reference)}::text[], ${verdicts.map((v) => v.state)}::text[], ${verdicts.map((v) => v.reason)}::text[])
             as v (reference, state, reason), payout_list l
     where i.reference = v.reference and i.state = 'SUBMITTING' and i.fence = ${fence}::uuid and l.id = i.list_id
    returning i.reference, i.state, i.attempt::integer as attempt, i.amount, i.commune_id as "communeId", l.number as "listNumber",
              i.entitlement_number as entitlement`
}

/** Moves instructions that are in one of the states `from`. Returns those that changed. */
export async function move(
  tx: Tx,
  from: readonly InstructionState[],
  verdicts: readonly Verdict[],
): Promise<readonly Changed[]> {
  return tx.$queryRaw<Changed[]>`
    update instruction i set state = v.state, reason = v.reason, fence = null,
           order_id = case when v.state = 'QUEUED' then null else i.order_id end
      from unnest(${verdicts.map((v) => v.reference)}::text[], ${verdicts.map((v) => v.state)}::text[], ${verdicts.map((v) => v.reason)}::text[])
             as v (reference, state, reason), payout_list l
     where i.reference = v.reference and i.state = any (${from}::text[]) and l.id = i.list_id
    returning i.reference, i.state, i.attempt::integer as attempt, i.amount, i.commune_id as "communeId", l.number as "listNumber",
              i.entitlement_number as entitlement`
}

/** Instructions whose sender has not recorded an answer for longer than a call may take: SUBMITTING → UNKNOWN. */
export async function giveUpOnSilent(
  tx: Tx,
  olderThanMs: number,
  channel: ChannelName | null = null,
): Promise<number> {
  return tx.$executeRaw`
    update instruction set state = 'UNKNOWN', reason = 'no answer recorded'
     where state = 'SUBMITTING' and (${channel}::text is null or channel = ${channel}) and claimed_at < clock_timestamp() - make_interval(secs => ${olderThanMs / 1000}::double precision)`
}

/** Raises the attempt of an order whose connection was refused, so that its job gets a new id. */
export async function raiseOrderAttempt(tx: Tx, orderId: string): Promise<void> {
  await tx.$executeRaw`update payment_order set attempt = attempt + 1, touched_at = clock_timestamp() where id = ${orderId}`
}

/**
 * Gives a new job id to orders with queued instructions that nobody has taken for a while: their job died with its
 * worker, or the queue was lost (BullMQ ignores an id that it still holds as active). Returns how many: ~0 in health.
 */
export async function raiseIdleOrders(tx: Tx, idleMs: number): Promise<number> {
  return tx.$executeRaw`
    update payment_order o set attempt = attempt + 1, touched_at = clock_timestamp()
     where o.touched_at < clock_timestamp() - make_interval(secs => ${idleMs / 1000}::double precision)
       and o.id in (select order_id from instruction where state = 'QUEUED' and order_id is not null)`
}

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

/** Writes the decisions of two people that unknown payments were not executed and are sent again. */
export async function insertResends(
  tx: Tx,
  rows: readonly { readonly reference: string; readonly attempt: number }[],
  by: { readonly requestedBy: string; readonly approvedBy: string; readonly evidence: string },
): Promise<void> {
  await tx.$executeRaw`
    insert into resend_decision (reference, attempt, commune_id, requested_by, approved_by, evidence)
    select i.reference, r.attempt, i.commune_id, ${by.requestedBy}::uuid, ${by.approvedBy}::uuid, ${by.evidence}
      from unnest(${rows.map((r) => r.reference)}::text[], ${rows.map((r) => r.attempt + 1)}::smallint[]) as r (reference, attempt)
      join instruction i on i.reference = r.reference`
}

/** A failed instruction that has no successor yet, with the account that failed. */
export interface Failed {
  readonly reference: string
  readonly entitlementNumber: string
  readonly amount: Vnd
  readonly channel: ChannelName
  readonly reason: string | null
  readonly communeId: number
  readonly accountId: string
  readonly payeeId: string
  readonly bankCode: string | null
  readonly accountNumber: string
  readonly holderName: string
}

/** Rejected and returned instructions of a month that nothing has replaced. */
export async function failedOf(tx: Tx, month: Month): Promise<readonly Failed[]> {
  return tx.$queryRaw<Failed[]>`
    select i.reference, i.entitlement_number as "entitlementNumber", i.amount, i.channel, i.reason, i.commune_id as "communeId",
           a.id as "accountId", a.person_id as "payeeId", a.bank_code as "bankCode", a.number as "accountNumber", a.holder_name as "holderName"
      from instruction i join payout_list l on l.id = i.list_id join payment_account a on a.id = i.payment_account_id
     where l.month = ${month}::date and i.state in ('REJECTED', 'RETURNED')
       and not exists (select 1 from instruction n where n.replaces = i.reference) order by i.reference`
}

/** Approves and queues re-issued instructions: a second person, then the queue. */
export async function approveReissued(
  tx: Tx,
  references: readonly string[],
  approvedBy: string,
): Promise<void> {
  await tx.$executeRaw`update instruction set state = 'APPROVED', approved_by = ${approvedBy}::uuid
    where reference = any (${references}::text[]) and state = 'LISTED'`
}

/** Puts approved re-issues in the queue. */
export async function queueReissued(tx: Tx, references: readonly string[]): Promise<void> {
  await tx.$executeRaw`update instruction set state = 'QUEUED' where reference = any (${references}::text[]) and state = 'APPROVED'`
}
