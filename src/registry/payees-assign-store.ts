import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { sqlArray } from '../lib/sql-array.ts'
import type { LocalDate } from '../lib/time.ts'
import type { Asked } from './payees-store.ts'
import type { Word } from './word.ts'

/** An assignment to be made. `from` is its first day, `until` the day after its last: null, or missing, for no end. */
export interface NewPayee extends Asked {
  readonly id: string
  readonly communeId: number
  readonly from: LocalDate
  readonly payeeId: PersonId
  readonly representationId: string | null
  readonly paymentAccountId: string | null
  readonly changeId: string | null
  readonly until?: LocalDate | null
}

/** Ends what is assigned to people and programmes from a day on; what would have begun later is emptied. */
export async function endPayees(
  tx: Tx,
  rows: readonly (Asked & { readonly from: LocalDate })[],
): Promise<void> {
  await tx.$executeRaw`
    update payee y set period = y.period * daterange(null, q.day)
      from unnest(${sqlArray(rows.map((r) => r.personId))}::uuid[], ${sqlArray(rows.map((r) => r.programme))}::text[], ${rows.map((r) => r.from)}::date[])
           as q (person_id, programme, day)
     where y.person_id = q.person_id and y.programme = q.programme and y.period && daterange(q.day, null)`
}

/** Assigns payees on the word of two people, or three for a relative of one. The database refuses an overlap and what does not fit. */
export async function insertPayees(tx: Tx, rows: readonly NewPayee[], by: Word): Promise<void> {
  await tx.$executeRaw`
    insert into payee (id, person_id, programme, commune_id, period, since, payee_id, representation_id, method, payment_account_id,
                       change_id, entered_by, confirmed_by, second_confirmed_by)
    select q.id, q.person_id, q.programme, q.commune_id, daterange(q.since, q.until), q.since, q.payee, q.representation,
           case when q.account is null then 'cash' else 'account' end, q.account, q.change, ${by.enteredBy}::uuid, ${by.confirmedBy}::uuid,
           ${by.secondConfirmedBy ?? null}::uuid
      from unnest(${rows.map((r) => r.id)}::uuid[], ${sqlArray(rows.map((r) => r.personId))}::uuid[], ${sqlArray(rows.map((r) => r.programme))}::text[],
        ${rows.map((r) => r.communeId)}::integer[], ${rows.map((r) => r.from)}::date[], ${sqlArray(rows.map((r) => r.payeeId))}::uuid[],
        ${sqlArray(rows.map((r) => r.representationId))}::uuid[], ${sqlArray(rows.map((r) => r.paymentAccountId))}::uuid[], ${rows.map((r) => r.changeId)}::uuid[],
        ${rows.map((r) => r.until ?? null)}::date[])
        as q (id, person_id, programme, commune_id, since, payee, representation, account, change, until)`
}

/** Who receives an enrolment that is entered, from its first day on. */
export interface Entered extends Asked {
  readonly communeId: number
  readonly validFrom: LocalDate
  readonly payeeId: PersonId
  readonly representationId: string | null
  readonly paymentAccountId: string | null
}

/** From when on each of those that are entered is assigned, and whether its very payee is in force then. */
export async function placesOf(
  tx: Tx,
  rows: readonly Entered[],
): Promise<readonly { readonly from: LocalDate; readonly there: boolean }[]> {
  return tx.$queryRaw<{ from: LocalDate; there: boolean }[]>`
    select d.day::text as "from", exists (
             select from payee y where y.person_id = q.person_id and y.programme = q.programme and y.period @> d.day
                and (y.payee_id, y.representation_id, y.payment_account_id)
                    is not distinct from (q.payee_id, q.representation_id, q.account_id)) as there
      from unnest(${sqlArray(rows.map((r) => r.personId))}::uuid[], ${sqlArray(rows.map((r) => r.programme))}::text[], ${rows.map((r) => r.validFrom)}::date[],
        ${sqlArray(rows.map((r) => r.payeeId))}::uuid[], ${sqlArray(rows.map((r) => r.representationId))}::uuid[], ${sqlArray(rows.map((r) => r.paymentAccountId))}::uuid[])
        with ordinality as q (person_id, programme, day, payee_id, representation_id, account_id, at)
      left join representation r on r.id = q.representation_id
      cross join lateral (select greatest(q.day, lower(r.validity)) as day) d
     order by q.at`
}
