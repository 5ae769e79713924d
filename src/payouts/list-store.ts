import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import { sqlArray } from '../lib/sql-array.ts'
import type { Month } from '../lib/time.ts'
import type { ListRow, ListState, StoredList } from './list.ts'
import { decisionReasons, rowWarnings } from './list-data.ts'

/** A list to be written as a draft. */
export type NewList = Omit<StoredList, 'state' | 'contentHash'>

/** Copies reasons and warnings into the database; runs as the owner at set-up. */
export async function setUpDecisions(tx: Tx): Promise<void> {
  const reasons = decisionReasons.flatMap(({ decisions, ...reason }) =>
    decisions.map((decision) => ({ ...reason, decision })),
  )
  await tx.$executeRaw`delete from decision_reason`
  await tx.$executeRaw`insert into decision_reason
    select * from unnest(${reasons.map((r) => r.code)}::text[], ${reasons.map((r) => r.decision)}::text[],
      ${reasons.map((r) => r.labelVi)}::text[], ${reasons.map((r) => r.labelEn)}::text[])`
  await tx.$executeRaw`delete from row_warning`
  await tx.$executeRaw`insert into row_warning
    select * from unnest(${rowWarnings.map((w) => w.code)}::text[], ${rowWarnings.map((w) => w.mustOpen)}::boolean[],
      ${rowWarnings.map((w) => w.threshold)}::integer[], ${rowWarnings.map((w) => w.labelVi)}::text[],
      ${rowWarnings.map((w) => w.labelEn)}::text[])`
}

/** The lists of some communes and a month that count, where there is one; refused and withdrawn ones do not. */
export async function findLists(
  tx: Tx,
  communes: readonly number[],
  month: Month,
): Promise<readonly StoredList[]> {
  return tx.$queryRaw<StoredList[]>`
    select id, number, commune_id as "communeId", month::text as month, version::integer as version, paying_unit as "payingUnit", state,
           prepared_by as "preparedBy", row_count as "rowCount", total, coalesce(encode(content_hash, 'hex'), '') as "contentHash"
      from payout_list where commune_id = any (${[...communes]}::integer[]) and month = ${month}::date
       and state not in ('REFUSED', 'WITHDRAWN')`
}

/** All lists of a month that count, by number. */
export async function listsOf(tx: Tx, month: Month): Promise<readonly StoredList[]> {
  return tx.$queryRaw<StoredList[]>`
    select id, number, commune_id as "communeId", month::text as month, version::integer as version, paying_unit as "payingUnit", state,
           prepared_by as "preparedBy", row_count as "rowCount", total, coalesce(encode(content_hash, 'hex'), '') as "contentHash"
      from payout_list where month = ${month}::date and state not in ('REFUSED', 'WITHDRAWN') order by number`
}

/** A list by its id, for reading. Throws DomainError `list-missing`. */
export async function readList(tx: Tx, id: string): Promise<StoredList> {
  const [row] = await tx.$queryRaw<StoredList[]>`
    select id, number, commune_id as "communeId", month::text as month, version::integer as version, paying_unit as "payingUnit", state,
           prepared_by as "preparedBy", row_count as "rowCount", total, coalesce(encode(content_hash, 'hex'), '') as "contentHash"
      from payout_list where id = ${id}::uuid`
  if (row === undefined) throw listMissing()
  return row
}

function listMissing(): DomainError {
  return new DomainError('not-found', 'list-missing', 'Không có danh sách này')
}

/** Locks a list for a decision. Throws DomainError `list-missing`. */
export async function lockList(tx: Tx, id: string): Promise<StoredList> {
  const [row] = await lockLists(tx, [id])
  if (row === undefined) throw listMissing()
  return row
}

/** Locks some lists, in the order of their numbers. */
export async function lockLists(tx: Tx, ids: readonly string[]): Promise<readonly StoredList[]> {
  return tx.$queryRaw<StoredList[]>`
    select id, number, commune_id as "communeId", month::text as month, version::integer as version, paying_unit as "payingUnit", state,
           prepared_by as "preparedBy", row_count as "rowCount", total, coalesce(encode(content_hash, 'hex'), '') as "contentHash"
      from payout_list where id = any (${[...ids]}::uuid[]) order by number for no key update`
}

/** What versions of a commune's list of a month there are. */
export interface Versions {
  readonly communeId: number
  readonly versions: number
  /** Rows of all of them. */
  readonly rows: number
}

/** The versions of the lists of some communes of a month, where there is one. */
export async function versionsOf(
  tx: Tx,
  communes: readonly number[],
  month: Month,
): Promise<readonly Versions[]> {
  return tx.$queryRaw<Versions[]>`
    select commune_id as "communeId", max(version)::integer as versions, sum(row_count)::integer as rows
      from payout_list where commune_id = any (${[...communes]}::integer[]) and month = ${month}::date group by 1`
}

/** Codes of categories that are never shown on a list. */
export async function confidentialCategories(tx: Tx): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.$queryRaw<
    { code: string; neutral: string }[]
  >`select distinct code, neutral_code as neutral from benefit_category where confidential`
  return new Map(rows.map(({ code, neutral }) => [code, neutral]))
}

/** Writes drafts without their rows. */
export async function insertDrafts(tx: Tx, lists: readonly NewList[]): Promise<void> {
  await tx.$executeRaw`
    insert into payout_list (id, commune_id, month, version, number, paying_unit, state, row_count, total, prepared_by)
    select l.id, l.commune, l.month, l.version, l.number, l.unit, 'DRAFT', l.row_count, l.total, l.prepared_by
      from unnest(${lists.map((l) => l.id)}::uuid[], ${lists.map((l) => l.communeId)}::integer[], ${lists.map((l) => l.month)}::date[],
        ${lists.map((l) => l.version)}::integer[], ${lists.map((l) => l.number)}::text[], ${lists.map((l) => l.payingUnit)}::text[],
        ${lists.map((l) => l.rowCount)}::integer[], ${lists.map((l) => l.total.toString())}::bigint[], ${lists.map((l) => l.preparedBy)}::uuid[])
        as l (id, commune, month, version, number, unit, row_count, total, prepared_by)`
}

/** A draft and what is to stand on it. */
export interface Draft {
  readonly list: NewList
  readonly rows: readonly ListRow[]
}

/**
 * Writes the rows of drafts of a month in one statement, each with its warnings: those it comes with and those that last
 * month's row, the list's month and the highest amount of the law give (thresholds in `row_warning`; amounts in đồng).
 */
export async function insertRows(tx: Tx, month: Month, drafts: readonly Draft[]): Promise<void> {
  const rows = drafts.flatMap((draft) => draft.rows)
  const lists = drafts.flatMap(({ list, rows: own }) => own.map(() => list))
  await tx.$executeRaw`
    with r as (
      select * from unnest(${sqlArray(lists.map((l) => l.id))}::uuid[], ${sqlArray(lists.map((l) => l.communeId))}::integer[],
        ${sqlArray(rows.map((r) => r.row))}::integer[], ${sqlArray(rows.map((r) => r.number))}::text[], ${sqlArray(rows.map((r) => r.personId))}::uuid[],
        ${sqlArray(rows.map((r) => r.enrolmentId))}::uuid[], ${sqlArray(rows.map((r) => r.programme))}::text[], ${sqlArray(rows.map((r) => r.period))}::date[],
        ${sqlArray(rows.map((r) => r.component))}::text[], ${sqlArray(rows.map((r) => r.categoryCode))}::text[], ${sqlArray(rows.map((r) => r.amount))}::bigint[],
        ${sqlArray(rows.map((r) => r.explanation))}::text[], ${sqlArray(rows.map((r) => r.explanationEn))}::text[], ${sqlArray(rows.map((r) => r.legalBasis))}::text[],
        ${sqlArray(rows.map((r) => r.method))}::text[], ${sqlArray(rows.map((r) => r.channel))}::text[], ${sqlArray(rows.map((r) => r.payeeId))}::uuid[],
        ${sqlArray(rows.map((r) => r.relation))}::text[], ${sqlArray(rows.map((r) => r.representationId))}::uuid[], ${sqlArray(rows.map((r) => r.paymentAccountId))}::uuid[],
        ${sqlArray(rows.map((r) => r.hold))}::text[], ${sqlArray(rows.map((r) => r.warnings.join(',')))}::text[])
        as r (list, commune, row, number, person, enrolment, programme, period, component, category, amount, explanation, explanation_en, basis, method,
              channel, payee, relation, representation, account, hold, warnings)),
    last as (
      select c.id as commune, e.person_id, e.programme, e.component, e.amount, e.payment_account_id, e.payee_id, e.warnings,
             e.warnings && array['account-changed', 'new-payee']
               and not exists (select 1 from instruction i where i.entitlement_number = e.number and i.state = 'PAID')
               and not exists (select 1 from cash_result c where c.entitlement_number = e.number and c.paid) as unproven
        from unnest(${drafts.map(({ list }) => list.communeId)}::integer[]) as c (id) cross join lateral lists_before(c.id, ${month}::date) as b (id)
        join entitlement e on e.list_id = b.id and e.live and e.month = (${month}::date - interval '1 month')::date),
    bar as (
      select (select threshold from row_warning where code = 'amount-outlier') as times,
             (select max(coalesce((c.coefficient * s.amount)::bigint, c.fixed_amount)) from benefit_category c, standard_level s
               where c.benefit_type = 'monthly' and s.scope = 'national' and daterange(c.valid_from, c.valid_to, '[]') @> ${month}::date
                 and daterange(s.valid_from, s.valid_to, '[]') @> ${month}::date) as highest)
    insert into entitlement (number, list_id, row, commune_id, person_id, enrolment_id, programme, month, component, category_code, amount,
                             explanation, explanation_en, legal_basis, method, channel, payee_id, relation, representation_id,
                             payment_account_id, hold, warnings)
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
          case when l.payee_id is distinct from r.payee and r.payee <> r.person or l.unproven and 'new-payee' = any (l.warnings)
               then 'new-payee' end as payee,
          case when r.amount > coalesce(l.amount * bar.times, case when r.component = 'monthly' then bar.highest end)
               then 'amount-outlier' end as amount,
          case when r.period < ${month}::date then 'arrears' end as arrears) o) own`
}

/** Moves lists on. The database refuses a wrong step and a person who acted on one before. */
export async function moveLists(
  tx: Tx,
  ids: readonly string[],
  to: Extract<ListState, 'SUBMITTED' | 'APPROVED' | 'RELEASED'>,
  actor: PersonId,
): Promise<void> {
  await tx.$executeRaw`
    update payout_list set state = ${to}, approved_by = case when ${to} = 'APPROVED' then ${actor}::uuid else approved_by end,
           released_by = case when ${to} = 'RELEASED' then ${actor}::uuid else released_by end
     where id = any (${[...ids]}::uuid[])`
}

/** Refuses or withdraws a list: its rows stand no more and its instructions are cancelled, by the database. */
export async function closeList(
  tx: Tx,
  id: string,
  to: Extract<ListState, 'REFUSED' | 'WITHDRAWN'>,
  why: { readonly actor: PersonId; readonly reasonCode: string; readonly reason: string },
): Promise<void> {
  await tx.$executeRaw`
    update payout_list set state = ${to}, closed_by = ${why.actor}::uuid, reason_code = ${why.reasonCode}, reason = ${why.reason}
     where id = ${id}::uuid`
}
