import { randomUUID } from 'node:crypto'
import type { Tx } from '../lib/db.ts'
import { invariant } from '../lib/errors.ts'
import type { Vnd } from '../lib/money.ts'
import { sqlArray } from '../lib/sql-array.ts'
import type { ChannelName, OutgoingPayment } from './channels/channel.ts'
import type { HoldQuestion } from './hold-store.ts'
import type { InstructionState } from './instruction.ts'

/** An instruction with what its postings need. */
export interface TakenPayment extends Pick<OutgoingPayment, 'reference' | 'amount'> {
  readonly listNumber: string
  readonly communeId: number
  readonly attempt: number
}

/** The same with what its channel needs. */
export interface ClaimedPayment extends TakenPayment, OutgoingPayment {}

/**
 * A queued instruction that is locked to be claimed, with what the last look before sending asks of; its number is still
 * sealed. `attempt` is the one to come.
 */
export interface LockedPayment
  extends Omit<ClaimedPayment, 'accountNumber'>, Omit<HoldQuestion, 'key'> {
  readonly entitlement: string
  readonly payingUnit: string
  readonly payerName: string
  readonly paymentAccountId: string
  readonly sealed: string
  /** What the last name enquiry that was answered said; null: none was, or money has gone in before. */
  readonly verdict: 'match' | 'warn' | 'block' | 'not-found' | null
  /** Whether money has gone into the account before. */
  readonly paidBefore: boolean
  /** Whether somebody asked that it be stopped while it was out, or two people took back that it is sent again. */
  readonly stopAsked: boolean
}

/** As JSON has it. */
type LockedAsJson = Omit<LockedPayment, 'amount'> & { readonly amount: string }

/** Instructions taken by one sender under one fence: only who holds it may record what became of them. */
export interface Claim {
  readonly fence: string
  /** When it was made, ISO 8601 in Vietnam's time, by the database's clock. */
  readonly claimedAt: string
  readonly payingUnit: string
  readonly payerName: string
  readonly payments: readonly TakenPayment[]
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
 * Locks at most `size` queued instructions of an order, in the order of references; whatever others hold is passed over.
 * Two claims of one order wait for each other. With `askFirst` what is sent again and was not asked after just now is
 * left in the queue (`askAgain`). First the rows are locked, and only those; what else is to be known of them
 * is then looked up by key (`offset 0`), whatever the planner thinks of tables that it has not counted yet. All rows come
 * as one JSON: of columns and rows the client looks at each value several times. `isLast`: no other was queued.
 */
export async function lockQueued(
  tx: Tx,
  order: { readonly id: string; readonly size: number; readonly askFirst: boolean },
): Promise<{ readonly rows: readonly LockedPayment[]; readonly isLast: boolean }> {
  await tx.$executeRaw`update payment_order set touched_at = clock_timestamp() where id = ${order.id}`
  const [answer] = await tx.$queryRaw<{ rows: readonly LockedAsJson[]; isLast: boolean }[]>`
    with locked as materialized (
      select reference, amount, attempt, commune_id, paying_unit, list_id, payment_account_id, entitlement_number
        from instruction where order_id = ${order.id} and state = 'QUEUED'
         and (attempt = 0 or not ${order.askFirst} or (select w.word from word_before_sending(reference) w) <> 'unasked')
       order by reference limit ${order.size} for no key update skip locked)
    select coalesce(json_agg(q), '[]') as rows,
           not exists (select 1 from instruction where order_id = ${order.id} and state = 'QUEUED' offset (select count(*) from locked)) as "isLast" from (
    select i.reference, i.amount::text as amount, (i.attempt + 1)::integer as attempt, i.commune_id as "communeId", i.paying_unit as "payingUnit", u.name_vi as "payerName",
           l.number as "listNumber", a.bank_code as "bankCode", a.id as "paymentAccountId", a.number_sealed as sealed, a.holder_name as "holderName",
           a.first_paid_at is not null as "paidBefore",
           exists (select 1 from stop_request s where s.reference = i.reference)
           or exists (select 1 from resend_withdrawal w where w.reference = i.reference and w.attempt = i.attempt + 1) as "stopAsked",
           case when a.first_paid_at is null then (
             select v.verdict from account_verification v where v.payment_account_id = a.id and v.verdict <> 'no-answer'
              order by v.asked_at desc limit 1) end as verdict,
           'TRO CAP XA HOI ' || to_char(l.month, 'MM/YYYY') as text, e.number as entitlement, e.person_id as "personId",
           e.enrolment_id as "enrolmentId", e.programme, e.month::text as period, e.payee_id as "payeeId", e.representation_id as "representationId"
      from locked i cross join lateral (select * from payment_account x where x.id = i.payment_account_id offset 0) a
      cross join lateral (select * from payout_list x where x.id = i.list_id offset 0) l
      cross join lateral (select * from paying_unit x where x.id = i.paying_unit offset 0) u
      cross join lateral (select * from entitlement x where x.number = i.entitlement_number offset 0) e
     order by i.reference) q`
  const { rows = [], isLast = true } = answer ?? {}
  const locked = rows.map((row) => Object.assign(row, { amount: BigInt(row.amount) }))
  return { rows: locked, isLast }
}

/**
 * Takes locked instructions: QUEUED → SUBMITTING under a new fence, attempt + 1 (docs/adr/0006). Whatever is found
 * SUBMITTING is never taken again. Returns the fence and the time of the claim.
 */
export async function take(
  tx: Tx,
  locked: readonly string[],
): Promise<Pick<Claim, 'fence' | 'claimedAt'>> {
  const fence = randomUUID()
  const references = sqlArray(locked)
  const [taken] = await tx.$queryRaw<{ count: number; claimedAt: string }[]>`
    with taken as (
      update instruction set state = 'SUBMITTING', attempt = attempt + 1, fence = ${fence}::uuid, claimed_at = clock_timestamp(), reason = null
       where reference = any (${references}::text[]) and state = 'QUEUED'
      returning claimed_at)
    select count(*)::integer as count,
           to_char(min(claimed_at) at time zone 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD"T"HH24:MI:SS"+07:00"') as "claimedAt" from taken`
  invariant(taken?.count === locked.length, 'locked instructions move')
  return { fence, claimedAt: taken.claimedAt }
}

/** Puts locked instructions that must not be sent on hold, each with its reason. They leave their order. */
export async function holdQueued(tx: Tx, held: ReadonlyMap<string, string>): Promise<void> {
  await tx.$executeRaw`
    update instruction i set state = 'HELD', reason = h.reason, order_id = null
      from unnest(${[...held.keys()]}::text[], ${[...held.values()]}::text[]) as h (reference, reason)
     where i.reference = h.reference and i.state = 'QUEUED'`
}

/**
 * Records what became of a claim, only for rows still SUBMITTING under this fence (T3): at once what became the same, which
 * most do. Returns those whose money comes back.
 */
export async function recordClaim(
  tx: Tx,
  fence: string,
  verdicts: readonly Verdict[],
): Promise<readonly Changed[]> {
  const same = new Map<string, Verdict & { readonly references: string[] }>()
  for (const verdict of verdicts) {
    const of = `${verdict.state} ${verdict.reason ?? ''}`
    const known = same.get(of)
    if (known === undefined) same.set(of, { ...verdict, references: [verdict.reference] })
    else known.references.push(verdict.reference)
  }
  const changed: Changed[] = []
  for (const { state, reason, references } of same.values()) {
    const back = await tx.$queryRaw<Changed[]>`
      with recorded as (
        update instruction i set state = ${state}, reason = ${reason}, fence = null
         where i.reference = any (${sqlArray(references)}::text[]) and i.state = 'SUBMITTING' and i.fence = ${fence}::uuid
        returning i.*)
      select i.reference, i.state, i.attempt::integer as attempt, i.amount, i.commune_id as "communeId",
             (select l.number from payout_list l where l.id = i.list_id) as "listNumber", i.entitlement_number as entitlement
        from recorded i where i.state in ('REJECTED', 'QUEUED')`
    changed.push(...back)
  }
  return changed
}

/** A verdict on one attempt: of another it says nothing. */
export interface AttemptVerdict extends Verdict {
  readonly attempt: number
}

/** Moves instructions that are in one of the states `from`, on the attempt that is spoken of. Returns those that changed. */
export async function move(
  tx: Tx,
  from: readonly InstructionState[],
  verdicts: readonly AttemptVerdict[],
): Promise<readonly Changed[]> {
  return tx.$queryRaw<Changed[]>`
    update instruction i set state = v.state, reason = v.reason, fence = null,
           order_id = case when v.state = 'QUEUED' then null else i.order_id end
      from unnest(${verdicts.map((v) => v.reference)}::text[], ${verdicts.map((v) => v.state)}::text[], ${verdicts.map((v) => v.reason)}::text[],
                  ${verdicts.map((v) => v.attempt)}::smallint[])
             as v (reference, state, reason, attempt)
     where i.reference = v.reference and i.attempt = v.attempt and i.state = any (${from}::text[])
    returning i.reference, i.state, i.attempt::integer as attempt, i.amount, i.commune_id as "communeId",
              (select l.number from payout_list l where l.id = i.list_id) as "listNumber",
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
 * Gives a new job id to orders of some channels, or of all, with queued instructions that nobody has taken for a while:
 * their job died with its worker, or the queue was lost (BullMQ ignores an id that it still holds as active). Those of a
 * stopped channel wait for nobody. Returns how many: ~0 in health.
 */
export async function raiseIdleOrders(
  tx: Tx,
  idleMs: number,
  channels: readonly ChannelName[] | null = null,
): Promise<number> {
  return tx.$executeRaw`
    update payment_order o set attempt = attempt + 1, touched_at = clock_timestamp()
     where o.touched_at < clock_timestamp() - make_interval(secs => ${idleMs / 1000}::double precision)
       and (${channels}::text[] is null or o.channel = any (${channels}::text[])) and channel_may_send(o.channel)
       and o.id in (select order_id from instruction where state = 'QUEUED' and order_id is not null)`
}
