import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { sqlArray } from '../lib/sql-array.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import { FINALITY } from './channels/channel.ts'
import type { ChannelName } from './channels/channel.ts'
import { transitions } from './instruction.ts'

export type { StoredList } from './list.ts'

/** An instruction to be made for an entitlement that is there. */
export interface NewInstruction {
  readonly reference: string
  readonly entitlementNumber: string
  /** The list that it stands on. */
  readonly listId: string
  readonly channel: ChannelName
  readonly paymentAccountId: string
  readonly amount: bigint
}

/** Copies the table of transitions and the channels' finality into the database; runs as the owner at set-up. */
export async function setUpTransitions(tx: Tx): Promise<void> {
  const pairs = Object.entries(transitions).flatMap(([from, tos]) =>
    tos.map((to) => [from, to] as const),
  )
  await tx.$executeRaw`delete from instruction_transition`
  await tx.$executeRaw`insert into instruction_transition
    select * from unnest(${pairs.map(([from]) => from)}::text[], ${pairs.map(([, to]) => to)}::text[])`
  const finality = Object.entries(FINALITY)
  await tx.$executeRaw`delete from channel_finality`
  await tx.$executeRaw`insert into channel_finality
    select * from unnest(${finality.map(([channel]) => channel)}::text[], ${finality.map(([, { afterDays }]) => afterDays)}::smallint[],
      ${finality.map(([, { statesEveryDay }]) => statesEveryDay)}::boolean[])`
}

/** Writes instructions of entitlements that exist, as LISTED; the database checks each against its entitlement. */
export async function insertInstructions(
  tx: Tx,
  rows: readonly (NewInstruction & { readonly replaces?: string })[],
  preparedBy: PersonId,
): Promise<void> {
  const lists = [...new Set(rows.map(({ listId }) => listId))]
  await tx.$executeRaw`
    insert into instruction (reference, entitlement_number, list_id, commune_id, paying_unit, channel, payment_account_id, amount, state, replaces, prepared_by)
    select i.reference, i.entitlement, l.id, l.commune_id, l.paying_unit, i.channel, i.account, i.amount, 'LISTED', i.replaces, ${preparedBy}::uuid
      from unnest(${sqlArray(rows.map((r) => r.reference))}::text[], ${sqlArray(rows.map((r) => r.entitlementNumber))}::text[], ${sqlArray(rows.map((r) => r.channel))}::text[],
        ${sqlArray(rows.map((r) => r.paymentAccountId))}::uuid[], ${sqlArray(rows.map((r) => r.amount))}::bigint[], ${sqlArray(rows.map((r) => r.replaces ?? null))}::text[],
        ${sqlArray(rows.map((r) => r.listId))}::uuid[])
        as i (reference, entitlement, channel, account, amount, replaces, list)
      join (select id, commune_id, paying_unit from payout_list where id = any (${lists}::uuid[]) offset 0) l on l.id = i.list`
}

/** Marks the listed instructions of a list approved by a person. */
export async function approveInstructions(tx: Tx, listId: string, actor: PersonId): Promise<void> {
  await tx.$executeRaw`
    update instruction set state = 'APPROVED', approved_by = ${actor}::uuid where list_id = ${listId}::uuid and state = 'LISTED'`
}

/** An order to be sent: a job is enqueued for each. */
export interface OrderRef {
  readonly orderId: string
  readonly attempt: number
  readonly channel: ChannelName
  readonly orderedBy: PersonId
  /** Who made the order: the same person, or the machine for them. */
  readonly plannedBy: PersonId
}

/** What planning must know of a channel: rows of an order, and đồng of a payment, at the most. */
export type OrderLimits = Readonly<
  Record<ChannelName, { readonly rowsMax: number; readonly amountMax: bigint }>
>

/** Which queued instructions are put into orders, and by whom. */
export interface OrderPlan {
  /** The business day. */
  readonly on: LocalDate
  readonly limits: OrderLimits
  /** Only lists of this month and earlier: nobody is paid before the month. */
  readonly until: Month
  /** Who orders it; null: whoever released the list. */
  readonly orderedBy: PersonId | null
  /** Who makes the order; the machine when a sweep does. */
  readonly plannedBy: PersonId
}

/**
 * Groups queued instructions without an order into orders by channel, paying unit and person (docs/adr/0013), as many in
 * one as the channel's limit allows, in the order of their references: a statement or two an order. What is above the
 * channel's ceiling of a payment is HELD with its reason and the rest goes on. Ids carry day, unit, channel and a number.
 * Returns how many orders were made. Two planners at once wait for each other.
 */
export async function planOrders(tx: Tx, plan: OrderPlan): Promise<number> {
  const { on, limits, until } = plan
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtext('plan-orders'))`
  await holdAbove(tx, limits)
  const waiting = await tx.$queryRaw<
    { channel: ChannelName; unit: string; orderedBy: PersonId; planned: number; rows: number }[]
  >`
    select w.channel, w.paying_unit as unit, w.ordered_by as "orderedBy",
           (select count(*)::integer from payment_order o where o.channel = w.channel and o.paying_unit = w.paying_unit and o.planned_on = ${on}::date) as planned, w.rows
      from (select i.channel, i.paying_unit, coalesce(${plan.orderedBy}::uuid, l.released_by) as ordered_by, count(*)::integer as rows
              from instruction i join payout_list l on l.id = i.list_id
             where i.state = 'QUEUED' and i.order_id is null and l.month <= ${until}::date group by 1, 2, 3) w order by 1, 2, 3`
  const numbers = new Map<string, number>()
  let made = 0
  for (const { channel, unit, orderedBy, planned, rows } of waiting) {
    const size = limits[channel].rowsMax
    const place = `${unit}-${channel}`
    let number = numbers.get(place) ?? planned
    // What is queued meanwhile is for the next plan.
    for (let left = rows; left > 0; left -= size, made += 1) {
      number += 1
      const id = [on, place, String(number).padStart(3, '0')].join('-')
      await tx.$executeRaw`insert into payment_order (id, channel, paying_unit, planned_on, ordered_by, planned_by)
        values (${id}, ${channel}, ${unit}, ${on}::date, ${orderedBy}::uuid, ${plan.plannedBy}::uuid)`
      await tx.$executeRaw`
        update instruction set order_id = ${id} where reference = any (array(
          select i.reference from instruction i join payout_list l on l.id = i.list_id
           where i.state = 'QUEUED' and i.order_id is null and i.channel = ${channel} and i.paying_unit = ${unit}
             and l.month <= ${until}::date and coalesce(${plan.orderedBy}::uuid, l.released_by) = ${orderedBy}::uuid
           order by i.reference limit ${size}))`
    }
    numbers.set(place, number)
  }
  return made
}

async function holdAbove(tx: Tx, limits: OrderLimits): Promise<void> {
  const ceilings = Object.entries(limits)
  await tx.$executeRaw`
    update instruction i set state = 'HELD', reason = 'LIMIT_EXCEEDED'
      from unnest(${ceilings.map(([channel]) => channel)}::text[], ${ceilings.map(([, { amountMax }]) => amountMax.toString())}::bigint[])
             as c (channel, amount_max)
     where i.state = 'QUEUED' and i.order_id is null and i.channel = c.channel and i.amount > c.amount_max`
}

/**
 * Orders that still have queued instructions: what the queue should hold (the rows are the outbox). Of some channels, those
 * that are not stopped; or of all.
 */
export async function ordersToSend(
  tx: Tx,
  channels: readonly ChannelName[] | null = null,
): Promise<readonly OrderRef[]> {
  return tx.$queryRaw<OrderRef[]>`
    select o.id as "orderId", o.attempt::integer as attempt, o.channel, o.ordered_by as "orderedBy", o.planned_by as "plannedBy" from payment_order o
     where o.id in (select order_id from instruction where state = 'QUEUED' and order_id is not null)
       and (${channels}::text[] is null or o.channel = any (${channels}::text[]) and channel_may_send(o.channel)) order by o.id`
}

/** The last business day for which an order was planned; null when there is none. */
export async function lastPlannedDay(tx: Tx): Promise<LocalDate | null> {
  const [row] = await tx.$queryRaw<
    { day: LocalDate | null }[]
  >`select max(planned_on)::text as day from payment_order`
  return row?.day ?? null
}
