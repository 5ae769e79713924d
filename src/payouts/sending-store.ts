import { randomUUID } from 'node:crypto'
import type { Tx } from '../lib/db.ts'
import type { Vnd } from '../lib/money.ts'
import type { Month } from '../lib/time.ts'
import type { Vault } from '../lib/vault.ts'
import { registry } from '../registry/registry.ts'
import type { ChannelName, OutgoingPayment } from './channels/channel.ts'
import type { InstructionState } from './instruction.ts'

/** An instruction with what its postings and its channel need. */
export interface ClaimedPayment extends OutgoingPayment {
  readonly listNumber: string
  readonly communeId: number
  readonly attempt: number
}

/** What a claim reads: the number is still sealed. */
interface SealedPayment extends Omit<ClaimedPayment, 'accountNumber'> {
  readonly payingUnit: string
  readonly accountId: string
  readonly sealed: string
}

/** Instructions taken by one sender under one fence: only who holds it may record what became of them. */
export interface Claim {
  readonly fence: string
  /** When it was made, ISO 8601 in Vietnam's time, by the database's clock. */
  readonly claimedAt: string
  readonly payingUnit: string
  readonly payerName: string
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

/**
 * Takes at most `size` queued instructions of an order: QUEUED → SUBMITTING under a new fence, attempt + 1
 * (docs/adr/0006). Whatever is found SUBMITTING is never taken again. Account numbers are opened here, at the last
 * moment; one that does not open (`sealed-value`) leaves all of them queued. Null when nothing is left.
 */
export async function claim(
  tx: Tx,
  vault: Vault,
  order: { readonly id: string; readonly size: number },
): Promise<Claim | null> {
  const { id: orderId, size } = order
  const fence = randomUUID()
  await tx.$executeRaw`update payment_order set touched_at = clock_timestamp() where id = ${orderId}`
  const taken = await tx.$queryRaw<(SealedPayment & Pick<Claim, 'claimedAt' | 'payerName'>)[]>`
    with taken as (
      select reference from instruction where order_id = ${orderId} and state = 'QUEUED'
       order by reference limit ${size} for update skip locked)
    update instruction i set state = 'SUBMITTING', attempt = i.attempt + 1, fence = ${fence}::uuid, claimed_at = clock_timestamp(), reason = null
      from taken t, payment_account a, payout_list l, paying_unit u
     where t.reference = i.reference and a.id = i.payment_account_id and l.id = i.list_id and u.id = i.paying_unit
    returning i.reference, i.amount, i.attempt::integer as attempt, i.commune_id as "communeId", i.paying_unit as "payingUnit", u.name_vi as "payerName",
              to_char(i.claimed_at at time zone 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD"T"HH24:MI:SS"+07:00"') as "claimedAt",
              l.number as "listNumber", a.bank_code as "bankCode", a.id as "accountId", a.number_sealed as sealed, a.holder_name as "holderName",
              'TRO CAP XA HOI ' || to_char(l.month, 'MM/YYYY') as text`
  const [first] = taken
  if (first === undefined) return null
  const payments = taken.map(
    ({ accountId, sealed, payingUnit: _, ...payment }): ClaimedPayment => ({
      ...payment,
      accountNumber: registry.accounts.open(vault, accountId, sealed),
    }),
  )
  return {
    fence,
    claimedAt: first.claimedAt,
    payingUnit: first.payingUnit,
    payerName: first.payerName,
    payments: payments.toSorted((a, b) => (a.reference < b.reference ? -1 : 1)),
  }
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
export async function giveUpOnSilent(tx: Tx, olderThanMs: number): Promise<number> {
  return tx.$executeRaw`
    update instruction set state = 'UNKNOWN', reason = 'no answer recorded'
     where state = 'SUBMITTING' and claimed_at < clock_timestamp() - make_interval(secs => ${olderThanMs / 1000}::double precision)`
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
}

/** Rejected and returned instructions of a month that nothing has replaced. */
export async function failedOf(tx: Tx, month: Month): Promise<readonly Failed[]> {
  return tx.$queryRaw<Failed[]>`
    select i.reference, i.entitlement_number as "entitlementNumber", i.amount, i.channel, i.reason, i.commune_id as "communeId",
           a.id as "accountId", a.person_id as "payeeId"
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
