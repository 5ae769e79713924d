import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { Vnd } from '../lib/money.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import type { ChannelName } from './channels/channel.ts'
import type { FrozenSet, ListRow } from './list.ts'
import { transitions } from './instruction.ts'

/** A commune's list as stored. */
export interface StoredList extends FrozenSet {
  readonly id: string
  readonly number: string
  readonly communeId: number
  readonly month: Month
  readonly payingUnit: string
  readonly state: 'DRAFT' | 'SUBMITTED' | 'APPROVED' | 'RELEASED'
  readonly preparedBy: PersonId
}

/** A new list with its rows; instructions are made for its account rows. */
export interface NewList extends FrozenSet {
  readonly id: string
  readonly number: string
  readonly communeId: number
  readonly month: Month
  readonly payingUnit: string
  readonly preparedBy: PersonId
  readonly rows: readonly (ListRow & { readonly explanation: string })[]
  readonly instructions: readonly NewInstruction[]
  readonly cash: (FrozenSet & { readonly id: string }) | null
}

export interface NewInstruction {
  readonly reference: string
  readonly entitlementNumber: string
  readonly channel: ChannelName
  readonly paymentAccountId: string
  readonly amount: bigint
}

/** Copies the table of transitions into the database; runs as the owner at set-up. */
export async function setUpTransitions(tx: Tx): Promise<void> {
  const pairs = Object.entries(transitions).flatMap(([from, tos]) =>
    tos.map((to) => [from, to] as const),
  )
  await tx.$executeRaw`delete from instruction_transition`
  await tx.$executeRaw`insert into instruction_transition
    select * from unnest(${pairs.map(([from]) => from)}::text[], ${pairs.map(([, to]) => to)}::text[])`
}

/** Whether a commune has a list for a month already, and which. */
export async function findList(
  tx: Tx,
  communeId: number,
  month: Month,
): Promise<StoredList | undefined> {
  const [row] = await tx.$queryRaw<StoredList[]>`
    select id, number, commune_id as "communeId", month::text as month, paying_unit as "payingUnit", state, prepared_by as "preparedBy",
           row_count as "rowCount", total, encode(content_hash, 'hex') as "contentHash"
      from payout_list where commune_id = ${communeId} and month = ${month}::date order by version desc limit 1`
  return row
}

/** All lists of a month, by number. */
export async function listsOf(tx: Tx, month: Month): Promise<readonly StoredList[]> {
  return tx.$queryRaw<StoredList[]>`
    select id, number, commune_id as "communeId", month::text as month, paying_unit as "payingUnit", state, prepared_by as "preparedBy",
           row_count as "rowCount", total, encode(content_hash, 'hex') as "contentHash"
      from payout_list where month = ${month}::date order by number`
}

/** Locks a list for a decision. Throws DomainError `list-missing`. */
export async function lockList(tx: Tx, id: string): Promise<StoredList> {
  const [row] = await tx.$queryRaw<StoredList[]>`
    select id, number, commune_id as "communeId", month::text as month, paying_unit as "payingUnit", state, prepared_by as "preparedBy",
           row_count as "rowCount", total, encode(content_hash, 'hex') as "contentHash"
      from payout_list where id = ${id}::uuid for update`
  if (row === undefined)
    throw new DomainError('not-found', 'list-missing', 'Không có danh sách này')
  return row
}

/** Writes a list with its rows, instructions and cash list: a handful of statements however long it is. */
export async function insertList(tx: Tx, list: NewList): Promise<void> {
  await tx.$executeRaw`
    insert into payout_list (id, commune_id, month, version, number, paying_unit, state, row_count, total, content_hash, prepared_by)
    values (${list.id}::uuid, ${list.communeId}, ${list.month}::date, 1, ${list.number}, ${list.payingUnit}, 'DRAFT', ${list.rowCount},
            ${list.total}, decode(${list.contentHash}, 'hex'), ${list.preparedBy}::uuid)`
  await tx.$executeRaw`
    insert into entitlement (number, list_id, commune_id, person_id, programme, month, component, category_code, amount, explanation,
                             method, payee_id, payment_account_id)
    select r.number, ${list.id}::uuid, ${list.communeId}, r.person, r.programme, ${list.month}::date, r.component, r.category, r.amount,
           r.explanation, r.method, r.payee, r.account
      from unnest(${list.rows.map((r) => r.number)}::text[], ${list.rows.map((r) => r.personId)}::uuid[], ${list.rows.map((r) => r.programme)}::text[],
        ${list.rows.map((r) => r.component)}::text[], ${list.rows.map((r) => r.categoryCode)}::text[], ${list.rows.map((r) => r.amount.toString())}::bigint[],
        ${list.rows.map((r) => r.explanation)}::text[], ${list.rows.map((r) => r.method)}::text[], ${list.rows.map((r) => r.payeeId)}::uuid[],
        ${list.rows.map((r) => r.paymentAccountId)}::uuid[])
        as r (number, person, programme, component, category, amount, explanation, method, payee, account)`
  await insertInstructions(tx, list.instructions, list.preparedBy)
  if (list.cash !== null) {
    await tx.$executeRaw`
      insert into cash_list (id, list_id, commune_id, paying_unit, row_count, total, content_hash)
      values (${list.cash.id}, ${list.id}::uuid, ${list.communeId}, ${list.payingUnit}, ${list.cash.rowCount}, ${list.cash.total},
              decode(${list.cash.contentHash}, 'hex'))`
  }
}

/** Writes instructions of entitlements that exist, as LISTED. */
export async function insertInstructions(
  tx: Tx,
  rows: readonly (NewInstruction & { readonly replaces?: string })[],
  preparedBy: PersonId,
): Promise<void> {
  await tx.$executeRaw`
    insert into instruction (reference, entitlement_number, list_id, commune_id, paying_unit, channel, payment_account_id, amount, state, replaces, prepared_by)
    select i.reference, e.number, e.list_id, e.commune_id, l.paying_unit, i.channel, i.account, i.amount, 'LISTED', i.replaces, ${preparedBy}::uuid
      from unnest(${rows.map((r) => r.reference)}::text[], ${rows.map((r) => r.entitlementNumber)}::text[], ${rows.map((r) => r.channel)}::text[],
        ${rows.map((r) => r.paymentAccountId)}::uuid[], ${rows.map((r) => r.amount.toString())}::bigint[], ${rows.map((r) => r.replaces ?? null)}::text[])
        as i (reference, entitlement, channel, account, amount, replaces)
      join entitlement e on e.number = i.entitlement join payout_list l on l.id = e.list_id`
}

/** Moves a list on. The database refuses a wrong step and a person who acted on it before. */
export async function moveList(
  tx: Tx,
  id: string,
  to: 'SUBMITTED' | 'APPROVED' | 'RELEASED',
  actor: PersonId,
): Promise<void> {
  await tx.$executeRaw`
    update payout_list set state = ${to}, approved_by = case when ${to} = 'APPROVED' then ${actor}::uuid else approved_by end,
           released_by = case when ${to} = 'RELEASED' then ${actor}::uuid else released_by end
     where id = ${id}::uuid`
}

/** Marks the listed instructions of a list approved by a person. */
export async function approveInstructions(tx: Tx, listId: string, actor: PersonId): Promise<void> {
  await tx.$executeRaw`
    update instruction set state = 'APPROVED', approved_by = ${actor}::uuid where list_id = ${listId}::uuid and state = 'LISTED'`
}

/** Puts the approved instructions of a list in the queue. */
export async function queueInstructions(tx: Tx, listId: string): Promise<void> {
  await tx.$executeRaw`update instruction set state = 'QUEUED' where list_id = ${listId}::uuid and state = 'APPROVED'`
}

/** Number, programme and amount in đồng of each entitlement of a list. */
export async function entitlementsOf(
  tx: Tx,
  listId: string,
): Promise<
  readonly { readonly entitlement: string; readonly programme: string; readonly amount: Vnd }[]
> {
  return tx.$queryRaw<{ entitlement: string; programme: string; amount: Vnd }[]>`
    select number as entitlement, programme, amount from entitlement where list_id = ${listId}::uuid order by programme, number`
}

/** An order to be sent: a job is enqueued for each. */
export interface OrderRef {
  readonly orderId: string
  readonly attempt: number
  readonly channel: ChannelName
  readonly orderedBy: PersonId
}

/** Which queued instructions are put into orders, and by whom. */
export interface OrderPlan {
  /** The business day. */
  readonly on: LocalDate
  /** Instructions of an order at the most. */
  readonly size: number
  /** Only lists of this month and earlier: nobody is paid before the month. */
  readonly until: Month
  /** Who orders it; null: whoever released the list. */
  readonly orderedBy: PersonId | null
}

/**
 * Groups queued instructions without an order into orders by channel, paying unit and person, at most `size` each, in
 * the order of their references: a statement or two an order. Ids carry day, unit, channel and a number. Returns how
 * many orders were made. Two planners at once wait for each other.
 */
export async function planOrders(tx: Tx, plan: OrderPlan): Promise<number> {
  const { on, size, until } = plan
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtext('plan-orders'))`
  const waiting = await tx.$queryRaw<
    { channel: ChannelName; unit: string; orderedBy: PersonId; planned: number }[]
  >`
    select w.channel, w.paying_unit as unit, w.ordered_by as "orderedBy",
           (select count(*)::integer from payment_order o where o.channel = w.channel and o.paying_unit = w.paying_unit and o.planned_on = ${on}::date) as planned
      from (select distinct i.channel, i.paying_unit, coalesce(${plan.orderedBy}::uuid, l.released_by) as ordered_by
              from instruction i join payout_list l on l.id = i.list_id
             where i.state = 'QUEUED' and i.order_id is null and l.month <= ${until}::date) w order by 1, 2, 3`
  const numbers = new Map<string, number>()
  let made = 0
  for (const { channel, unit, orderedBy, planned } of waiting) {
    const place = `${unit}-${channel}`
    let number = numbers.get(place) ?? planned
    for (let filled = size; filled === size; made += 1) {
      number += 1
      const id = [on, place, String(number).padStart(3, '0')].join('-')
      await tx.$executeRaw`insert into payment_order (id, channel, paying_unit, planned_on, ordered_by)
        values (${id}, ${channel}, ${unit}, ${on}::date, ${orderedBy}::uuid)`
      filled = await tx.$executeRaw`
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

/** Orders that still have queued instructions: what the queue should hold (the rows are the outbox). */
export async function ordersToSend(tx: Tx): Promise<readonly OrderRef[]> {
  return tx.$queryRaw<OrderRef[]>`
    select o.id as "orderId", o.attempt::integer as attempt, o.channel, o.ordered_by as "orderedBy" from payment_order o
     where o.id in (select order_id from instruction where state = 'QUEUED' and order_id is not null) order by o.id`
}

/** The last business day for which an order was planned; null when there is none. */
export async function lastPlannedDay(tx: Tx): Promise<LocalDate | null> {
  const [row] = await tx.$queryRaw<
    { day: LocalDate | null }[]
  >`select max(planned_on)::text as day from payment_order`
  return row?.day ?? null
}
