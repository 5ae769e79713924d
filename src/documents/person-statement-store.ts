import type { Tx } from '../lib/db.ts'
import type { LocalDate, Month } from '../lib/time.ts'

/** Whose statement, with the rows that were merged into theirs, and of which months of lists. */
export interface PersonRange {
  readonly personId: string
  readonly from: Month
  readonly to: Month
}

/** What a person is owed on a list, with the law behind it; categories and points of Article 5 in their neutral form. */
export interface OwedLine {
  readonly number: string
  readonly list: string
  readonly month: Month
  readonly component: string
  readonly category: string
  readonly explanation: string
  readonly legalBasis: string
  readonly amount: bigint
}

/** One way by which an entitlement was to be paid, and what came of it. */
export interface PaidLine {
  readonly entitlement: string
  readonly reference: string
  readonly way: string
  readonly amount: bigint
  readonly state: string
  readonly paidOn: LocalDate | null
  readonly returnedOn: LocalDate | null
  /** In đồng, by matched statement lines or the service organisation’s report. */
  readonly paid: bigint
  readonly returned: bigint
  readonly reason: string | null
}

/** Who receives in a person’s place, on which paper. */
export interface Representative {
  readonly name: string | null
  readonly kind: string
  readonly document: string
  readonly from: LocalDate | null
  readonly to: LocalDate | null
  readonly revokedOn: LocalDate | null
}

/** What stands for a person on released lists, by month; as `rowsByName` of payouts shows it (Decree 20/2021 Art 8.1.b). */
export async function owedLines(tx: Tx, of: PersonRange): Promise<readonly OwedLine[]> {
  return tx.$queryRaw<OwedLine[]>`
    select e.number, l.number as list, e.month::text as month, e.component, e.amount,
           coalesce((select c.neutral_code from benefit_category c where c.code = e.category_code and c.valid_from <= e.month
              order by c.valid_from desc limit 1), e.category_code) as category,
           regexp_replace(e.explanation, 'Điều [56][.][^ )]*', 'Điều 6.1', 'g') as explanation,
           regexp_replace(e.legal_basis, 'Điều [56][.][^ );,]*(, *6[.]1[.][^ );,]*)*', 'Điều 6.1', 'g') as "legalBasis"
      from entitlement e join payout_list l on l.id = e.list_id
     where e.person_id in (select rows_of_person(${of.personId}::uuid)) and e.live and l.state = 'RELEASED' and l.month between ${of.from}::date and ${of.to}::date
     order by l.month, e.month, e.number`
}

/** Sums of what is owed, paid and returned, each by a query of its own. */
export async function personSums(
  tx: Tx,
  of: PersonRange,
): Promise<{
  readonly owed: bigint
  readonly paid: bigint
  readonly returned: bigint
}> {
  const [row] = await tx.$queryRaw<{ owed: bigint; paid: bigint; returned: bigint }[]>`
    with due as (
      select e.number, e.amount from entitlement e join payout_list l on l.id = e.list_id
       where e.person_id in (select rows_of_person(${of.personId}::uuid)) and e.live and l.state = 'RELEASED' and l.month between ${of.from}::date and ${of.to}::date),
    moved as (
      select s.kind, s.amount from due join instruction i on i.entitlement_number = due.number
        join statement_line s on s.reference = i.reference and s.state = 'MATCHED' and s.kind in ('payment', 'return'))
    select coalesce((select sum(amount) from due), 0)::bigint as owed,
           (coalesce((select sum(amount) from moved where kind = 'payment'), 0)
            + coalesce((select sum(r.amount) from due join cash_result r on r.entitlement_number = due.number and r.paid), 0))::bigint as paid,
           coalesce((select sum(amount) from moved where kind = 'return'), 0)::bigint as returned`
  return row ?? { owed: 0n, paid: 0n, returned: 0n }
}

/** Every instruction and hand-over of cash for what is owed, in order. */
export async function paidLines(tx: Tx, of: PersonRange): Promise<readonly PaidLine[]> {
  return tx.$queryRaw<PaidLine[]>`
    with due as (
      select e.number from entitlement e join payout_list l on l.id = e.list_id
       where e.person_id in (select rows_of_person(${of.personId}::uuid)) and e.live and l.state = 'RELEASED' and l.month between ${of.from}::date and ${of.to}::date)
    select i.entitlement_number as entitlement, i.reference, i.channel as way, i.amount, i.state, i.reason,
           p.day::text as "paidOn", r.day::text as "returnedOn", coalesce(p.amount, 0)::bigint as paid, coalesce(r.amount, 0)::bigint as returned
      from due join instruction i on i.entitlement_number = due.number
      left join statement_line p on p.reference = i.reference and p.kind = 'payment' and p.state = 'MATCHED'
      left join statement_line r on r.reference = i.reference and r.kind = 'return' and r.state = 'MATCHED'
    union all
    select c.entitlement_number, c.cash_list_id, 'cash', e.amount, case when r.paid then 'PAID' when r.paid is null then 'QUEUED' else 'CARRIED' end,
           r.reason, case when r.paid then k.settled_on::text end, null, case when r.paid then r.amount else 0 end, 0::bigint
      from due join cash_list_row c on c.entitlement_number = due.number join entitlement e on e.number = due.number
      join cash_list k on k.id = c.cash_list_id
      left join cash_result r on r.entitlement_number = c.entitlement_number and r.cash_list_id = c.cash_list_id
     order by entitlement, reference`
}

/** Who represents a person, or did, the oldest first. */
export async function representativesOf(
  tx: Tx,
  personId: string,
): Promise<readonly Representative[]> {
  return tx.$queryRaw<Representative[]>`
    select p.full_name as name, r.kind, r.document_kind || ' số ' || r.document_number || ' ngày ' || to_char(r.document_date, 'DD/MM/YYYY')
             || ', ' || r.document_issuer as document,
           lower(r.validity)::text as "from", (upper(r.validity) - 1)::text as "to", r.revoked_on::text as "revokedOn"
      from representation r left join person p on p.id = r.representative_id
     where r.person_id in (select rows_of_person(${personId}::uuid)) order by lower(r.validity), r.id`
}
