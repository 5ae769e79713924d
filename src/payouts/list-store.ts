import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { Month } from '../lib/time.ts'
import type { ListState, StoredList } from './list.ts'
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

/** Why one may decide so, by decision and code. */
export async function decisionReasonsNow(
  tx: Tx,
): Promise<readonly { code: string; decision: string; vi: string; en: string }[]> {
  return tx.$queryRaw<{ code: string; decision: string; vi: string; en: string }[]>`
    select code, decision, label_vi as vi, label_en as en from decision_reason order by decision, code`
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
