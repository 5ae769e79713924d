import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { LocalDate } from '../lib/time.ts'
import type { StandingRow } from './decision-store.ts'

/** A row about which is asked whether its money must wait. */
export interface HoldQuestion {
  /** The entitlement's number. */
  readonly key: string
  readonly personId: PersonId
  readonly enrolmentId: string
  readonly programme: string
  readonly period: string
  readonly payeeId: PersonId
  readonly representationId: string | null
  readonly paymentAccountId: string | null
}

/** What a hold is on: a person, with everything still to be sent for them, or one entitlement. */
export type HoldSubject = { readonly personId: PersonId } | { readonly entitlement: string }

/** A hold to be placed. */
export interface NewHold {
  readonly id: string
  readonly communeId: number
  readonly on: HoldSubject
  readonly reasonCode: string
  readonly reason: string
  readonly from: LocalDate
  readonly placedBy: PersonId
}

const partsOf = (subject: HoldSubject) => ({
  person: 'personId' in subject ? subject.personId : null,
  number: 'entitlement' in subject ? subject.entitlement : null,
})

/** Of some rows, those that must wait on a day, and why. */
export async function heldRows(
  tx: Tx,
  rows: readonly HoldQuestion[],
  on: LocalDate,
): Promise<readonly { readonly key: string; readonly reason: string }[]> {
  return tx.$queryRaw<{ key: string; reason: string }[]>`
    with asked as (
      select * from unnest(${rows.map((r) => r.key)}::text[], ${rows.map((r) => r.personId)}::uuid[], ${rows.map((r) => r.enrolmentId)}::uuid[],
        ${rows.map((r) => r.period)}::date[]) as a (key, person, enrolment, period))
    select key, reason from (
      select a.key, case
               when exists (select 1 from payout_hold h where h.lifted_by is null and h.from_on <= ${on}::date
                               and (h.person_id = a.person or h.entitlement_number = a.key)) then 'officer-hold'
               when n.valid_to < a.period then 'suspended' end as reason
        from asked a left join lateral (select x.valid_to from enrolment x where x.id = a.enrolment offset 0) n on true) h
     where reason is not null`
}

/**
 * Locks the lists that carry standing rows of a person or an entitlement, so that none is released while a hold is placed
 * or lifted. Decisions on a list wait for one another here.
 */
export async function lockListsOf(tx: Tx, subject: HoldSubject): Promise<void> {
  const { person, number } = partsOf(subject)
  await tx.$queryRaw`
    select id from payout_list
     where id in (select list_id from entitlement where live and (person_id = ${person}::uuid or number = ${number})) and state <> 'DRAFT'
     order by id for no key update`
}

/** Writes a hold. */
export async function insertHold(tx: Tx, hold: NewHold): Promise<void> {
  const { person, number } = partsOf(hold.on)
  await tx.$executeRaw`
    insert into payout_hold (id, commune_id, person_id, entitlement_number, reason_code, reason, from_on, placed_by)
    values (${hold.id}::uuid, ${hold.communeId}, ${person}::uuid, ${number}, ${hold.reasonCode}, ${hold.reason}, ${hold.from}::date,
            ${hold.placedBy}::uuid)`
}

/** Takes what is queued for a person or an entitlement out of the queue. Returns the references that were still there. */
export async function holdQueued(tx: Tx, subject: HoldSubject): Promise<readonly string[]> {
  const { person, number } = partsOf(subject)
  const held = await tx.$queryRaw<{ reference: string }[]>`
    update instruction i set state = 'HELD', reason = 'officer-hold', order_id = null from entitlement e
     where e.number = i.entitlement_number and e.live and (e.person_id = ${person}::uuid or e.number = ${number}) and i.state = 'QUEUED'
    returning i.reference`
  return held.map(({ reference }) => reference)
}

/** Lifts a hold. Returns what it was on. Throws DomainError `hold-missing` when there is none or it was lifted. */
export async function liftHold(
  tx: Tx,
  id: string,
  by: { readonly actor: PersonId; readonly reason: string },
): Promise<HoldSubject & { readonly communeId: number }> {
  const [row] = await tx.$queryRaw<
    { personId: PersonId | null; entitlement: string | null; communeId: number }[]
  >`update payout_hold set lifted_by = ${by.actor}::uuid, lifted_at = clock_timestamp(), lift_reason = ${by.reason}
     where id = ${id}::uuid and lifted_by is null
    returning person_id as "personId", entitlement_number as entitlement, commune_id as "communeId"`
  if (row === undefined) throw holdMissing()
  const { personId, entitlement, communeId } = row
  return personId === null
    ? { entitlement: String(entitlement), communeId }
    : { personId, communeId }
}

/** What an open hold is on. Throws DomainError `hold-missing`. */
export async function subjectOf(tx: Tx, id: string): Promise<HoldSubject> {
  const [row] = await tx.$queryRaw<{ personId: PersonId | null; entitlement: string | null }[]>`
    select person_id as "personId", entitlement_number as entitlement from payout_hold where id = ${id}::uuid and lifted_by is null`
  if (row === undefined) throw holdMissing()
  return row.personId === null
    ? { entitlement: String(row.entitlement) }
    : { personId: row.personId }
}

function holdMissing(): DomainError {
  return new DomainError('not-found', 'hold-missing', 'Không có lệnh tạm giữ này, hoặc đã gỡ')
}

/** A row of a released list that waits: a held instruction, or a cash row that no cash list hands over. */
export interface WaitingRow extends StandingRow {
  readonly listId: string
  readonly listNumber: string
  readonly communeId: number
}

/** Waiting rows of a person, an entitlement or a list. */
export async function waitingRows(
  tx: Tx,
  of: HoldSubject | { readonly listId: string },
): Promise<readonly WaitingRow[]> {
  const { person, number } = 'listId' in of ? { person: null, number: null } : partsOf(of)
  const list = 'listId' in of ? of.listId : null
  return tx.$queryRaw<WaitingRow[]>`
    select e.number as entitlement, e.row, e.person_id as "personId", e.enrolment_id as "enrolmentId", e.programme, e.month::text as period,
           e.payee_id as "payeeId", e.representation_id as "representationId", e.method, e.amount,
           coalesce((select i.payment_account_id from instruction i where i.entitlement_number = e.number and i.state = 'HELD'),
                    e.payment_account_id) as "paymentAccountId",
           l.id as "listId", l.number as "listNumber", l.commune_id as "communeId"
      from entitlement e join payout_list l on l.id = e.list_id
     where l.state = 'RELEASED' and e.live
       and (e.person_id = ${person}::uuid or e.number = ${number} or e.list_id = ${list}::uuid)
       and case e.method when 'cash' then not exists (select 1 from cash_list_row c where c.entitlement_number = e.number)
                else exists (select 1 from instruction i where i.entitlement_number = e.number and i.state = 'HELD') end
     order by e.list_id, e.row`
}

/**
 * Of some entitlements those whose held payment was sent before and has come to light since (`word_before_sending`). Queued, it
 * is not sent: the next claim takes it as what is known of it.
 */
export async function cameToLight(
  tx: Tx,
  entitlements: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await tx.$queryRaw<{ number: string }[]>`
    select i.entitlement_number as number from instruction i cross join lateral word_before_sending(i.reference) w
     where i.entitlement_number = any (${entitlements}::text[]) and i.state = 'HELD' and i.attempt > 0
       and w.word in ('executed', 'line', 'rejected', 'call')`
  return new Set(rows.map(({ number }) => number))
}

/** Queues held instructions of entitlements again. */
export async function queueHeld(tx: Tx, entitlements: readonly string[]): Promise<void> {
  await tx.$executeRaw`
    update instruction set state = 'QUEUED', reason = null, order_id = null
     where entitlement_number = any (${entitlements}::text[]) and state = 'HELD'`
}

/** Puts the approved instructions of a list in the queue, but for those that must wait: they are HELD with their reason. */
export async function queueInstructions(
  tx: Tx,
  listId: string,
  held: ReadonlyMap<string, string>,
): Promise<void> {
  await tx.$executeRaw`
    with h as (select * from unnest(${[...held.keys()]}::text[], ${[...held.values()]}::text[]) as h (number, reason))
    update instruction i set state = case when n.reason is null then 'QUEUED' else 'HELD' end, reason = n.reason
      from (select e.number, h.reason from entitlement e left join h on h.number = e.number where e.list_id = ${listId}::uuid) n
     where i.list_id = ${listId}::uuid and i.entitlement_number = n.number and i.state = 'APPROVED'`
}

/** Makes the next cash list of a released list, of the rows at some places: count, sum and hash are the database's. */
export async function insertCashList(
  tx: Tx,
  list: { readonly id: string; readonly number: string },
  rows: readonly number[],
): Promise<void> {
  const [made] = await tx.$queryRaw<{ id: string }[]>`
    insert into cash_list (id, list_id, commune_id, paying_unit, row_count, total, content_hash)
    select ${`${list.number}-TM`} || case when n.before > 0 then (n.before + 1)::text else '' end,
           l.id, l.commune_id, l.paying_unit, s.row_count, s.total, s.content_hash
      from payout_list l cross join lateral list_set(l.id, ${rows}::integer[]) s
      cross join lateral (select count(*) as before from cash_list c where c.list_id = l.id) n
     where l.id = ${list.id}::uuid returning id`
  await tx.$executeRaw`
    insert into cash_list_row (entitlement_number, cash_list_id, commune_id)
    select number, ${made?.id ?? ''}, commune_id from entitlement where list_id = ${list.id}::uuid and row = any (${rows}::integer[])`
}

/** A hold as it is read. */
export interface HoldRead {
  readonly id: string
  readonly communeId: number
  readonly personId: PersonId | null
  readonly entitlement: string | null
  readonly reasonCode: string
  readonly reason: string
  readonly from: LocalDate
  readonly placedBy: PersonId
  readonly placedAt: Date
  readonly liftedBy: PersonId | null
  readonly liftReason: string | null
}

/** Holds: one by its id, or those after an id (keyset) that are not lifted, at most `limit`. */
export async function holdsRead(
  tx: Tx,
  of: { readonly id: string } | { readonly after: string | null; readonly limit: number },
): Promise<readonly HoldRead[]> {
  const { id, after, limit } = 'id' in of ? { ...of, after: null, limit: 1 } : { id: null, ...of }
  return tx.$queryRaw<HoldRead[]>`
    select id, commune_id as "communeId", person_id as "personId", entitlement_number as entitlement, reason_code as "reasonCode", reason,
           from_on::text as "from", placed_by as "placedBy", placed_at as "placedAt", lifted_by as "liftedBy", lift_reason as "liftReason"
      from payout_hold
     where case when ${id}::uuid is null then lifted_by is null and (${after}::uuid is null or id > ${after}::uuid) else id = ${id}::uuid end
     order by id limit ${limit}`
}
