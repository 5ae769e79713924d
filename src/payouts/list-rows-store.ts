import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { sqlArray } from '../lib/sql-array.ts'
import type { Month } from '../lib/time.ts'
import type { ListRow } from './list.ts'
import type { NewList } from './list-store.ts'

/** A row to be written; the reference of its first instruction, null where it is not paid into an account. */
export interface DraftRow extends ListRow {
  readonly reference: string | null
}

/** A draft and what is to stand on it. */
export interface Draft {
  readonly list: NewList
  readonly rows: readonly DraftRow[]
}

/**
 * Writes the rows of drafts of a month and the instructions of those that are paid into accounts, as LISTED, in one
 * statement. Each row has its warnings: those it comes with and those that last month's row, the list's month and the
 * highest amount of the law give (thresholds in `row_warning`; amounts in đồng). The database checks each instruction
 * against its row. What many rows share is sent once (`kindsOf`); an EXISTS would be hashed from all instructions there are.
 */
export async function insertRows(
  tx: Tx,
  month: Month,
  drafts: readonly Draft[],
  preparedBy: PersonId,
): Promise<void> {
  const lists = drafts.map(({ list }) => list)
  const rows = drafts.flatMap((draft) => draft.rows)
  const listOf = drafts.flatMap((draft, at) => draft.rows.map(() => at + 1))
  const { kinds, kindOf } = kindsOf(rows)
  await tx.$executeRaw`
    with l as (
      select * from unnest(${lists.map((l) => l.id)}::uuid[], ${lists.map((l) => l.communeId)}::integer[], ${lists.map((l) => l.payingUnit)}::text[])
        with ordinality as l (list, commune, unit, at)),
    k as (
      select * from unnest(${sqlArray(kinds.map((k) => k.programme))}::text[], ${sqlArray(kinds.map((k) => k.period))}::date[],
        ${sqlArray(kinds.map((k) => k.component))}::text[], ${sqlArray(kinds.map((k) => k.categoryCode))}::text[], ${sqlArray(kinds.map((k) => k.amount))}::bigint[],
        ${sqlArray(kinds.map((k) => k.explanation))}::text[], ${sqlArray(kinds.map((k) => k.explanationEn))}::text[], ${sqlArray(kinds.map((k) => k.legalBasis))}::text[],
        ${sqlArray(kinds.map((k) => k.method))}::text[], ${sqlArray(kinds.map((k) => k.channel))}::text[], ${sqlArray(kinds.map((k) => k.relation))}::text[],
        ${sqlArray(kinds.map((k) => k.hold))}::text[], ${sqlArray(kinds.map((k) => k.warnings.join(',')))}::text[])
        with ordinality as k (programme, period, component, category, amount, explanation, explanation_en, basis, method, channel, relation, hold, warnings, at)),
    r as materialized (
      select r.row, r.number, r.person, r.enrolment, coalesce(r.payee, r.person) as payee, r.representation, r.account, r.reference,
             l.list, l.commune, l.unit, k.*
        from unnest(${sqlArray(listOf)}::integer[], ${sqlArray(kindOf)}::integer[], ${sqlArray(rows.map((r) => r.row))}::integer[], ${sqlArray(rows.map((r) => r.number))}::text[], ${sqlArray(rows.map((r) => r.personId))}::uuid[],
          ${sqlArray(rows.map((r) => r.enrolmentId))}::uuid[], ${sqlArray(rows.map((r) => (r.payeeId === r.personId ? null : r.payeeId)))}::uuid[],
          ${sqlArray(rows.map((r) => r.representationId))}::uuid[], ${sqlArray(rows.map((r) => r.paymentAccountId))}::uuid[], ${sqlArray(rows.map((r) => r.reference))}::text[])
          as r (list_at, kind_at, row, number, person, enrolment, payee, representation, account, reference)
        join l on l.at = r.list_at join k on k.at = r.kind_at),
    last as materialized (
      select c.id as commune, e.person_id, e.programme, e.component, e.amount, e.payment_account_id, e.payee_id, e.warnings,
             e.warnings && array['account-changed', 'new-payee']
               and (select 1 from instruction i where i.entitlement_number = e.number and i.state = 'PAID' limit 1) is null
               and (select 1 from cash_result c where c.entitlement_number = e.number and c.paid limit 1) is null as unproven
        from (select commune from l) as c (id) cross join lateral lists_before(c.id, ${month}::date) as b (id)
        join entitlement e on e.list_id = b.id and e.live and e.month = (${month}::date - interval '1 month')::date),
    bar as (
      select (select threshold from row_warning where code = 'amount-outlier') as times,
             (select max(coalesce((c.coefficient * s.amount)::bigint, c.fixed_amount)) from benefit_category c, standard_level s
               where c.benefit_type = 'monthly' and s.scope = 'national' and daterange(c.valid_from, c.valid_to, '[]') @> ${month}::date
                 and daterange(s.valid_from, s.valid_to, '[]') @> ${month}::date) as highest),
    written as (
      insert into entitlement (number, list_id, row, commune_id, person_id, enrolment_id, programme, month, component, category_code, amount,
                               explanation, explanation_en, legal_basis, method, channel, payee_id, relation, representation_id, payment_account_id, hold, warnings)
      select r.number, r.list, r.row, r.commune, r.person, r.enrolment, r.programme, r.period, r.component, r.category,
             r.amount, r.explanation, r.explanation_en, r.basis, r.method, r.channel, r.payee, r.relation, r.representation, r.account, r.hold,
             case when own.marked or r.warnings <> '' then array(
               select distinct w from unnest(string_to_array(nullif(r.warnings, ''), ',') || array[own.account, own.payee, own.amount, own.arrears]) w
                where w is not null order by w) else '{}' end
        from r cross join bar
        left join last l on l.commune = r.commune and l.person_id = r.person and l.programme = r.programme and l.component = r.component and r.period = ${month}::date
        cross join lateral (
          select *, coalesce(o.account, o.payee, o.amount, o.arrears) is not null as marked from (select
            case when l.payment_account_id <> r.account or l.unproven and 'account-changed' = any (l.warnings) then 'account-changed' end as account,
            case when l.payee_id is distinct from r.payee and r.payee <> r.person or l.unproven and 'new-payee' = any (l.warnings) then 'new-payee' end as payee,
            case when r.amount > coalesce(l.amount * bar.times, case when r.component = 'monthly' then bar.highest end) then 'amount-outlier' end as amount,
            case when r.period < ${month}::date then 'arrears' end as arrears) o) own)
    insert into instruction (reference, entitlement_number, list_id, commune_id, paying_unit, channel, payment_account_id, amount, state, prepared_by)
    select reference, number, list, commune, unit, channel, account, amount, 'LISTED', ${preparedBy}::uuid from r where reference is not null`
}

/** What rows have in common: of a province's rows there are some hundred kinds. */
type Kind = Pick<
  DraftRow,
  | 'programme'
  | 'period'
  | 'component'
  | 'categoryCode'
  | 'amount'
  | 'explanation'
  | 'explanationEn'
  | 'legalBasis'
  | 'method'
  | 'channel'
  | 'relation'
  | 'hold'
  | 'warnings'
>

/** The kinds of some rows, and for each row the place of its kind among them, from 1. */
function kindsOf(rows: readonly DraftRow[]): {
  readonly kinds: readonly Kind[]
  readonly kindOf: readonly number[]
} {
  const places = new Map<string, number>()
  const kinds: Kind[] = []
  const kindOf = rows.map((row) => {
    const key = keyOf(row)
    const known = places.get(key)
    if (known !== undefined) return known
    places.set(key, kinds.push(row))
    return kinds.length
  })
  return { kinds, kindOf }
}

/** Told apart by what no text of the database can hold. */
const keyOf = (row: Kind): string =>
  `${row.programme}\0${row.period}\0${row.component}\0${row.categoryCode}\0${row.amount}\0${row.explanation}\0` +
  `${row.explanationEn}\0${row.legalBasis}\0${row.method}\0${row.channel}\0${row.relation}\0${row.hold}\0` +
  row.warnings.join('\0')
