import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { Vnd } from '../lib/money.ts'
import type { Month } from '../lib/time.ts'
import type { FrozenSet, StoredList } from './list.ts'

/** What a rule asks of what stands on a list: one of its sum, its highest row (both in đồng), or a warning. */
export interface RuleAsks {
  readonly listTotal: Vnd | null
  readonly rowAmount: Vnd | null
  readonly warning: string | null
}

/** A rule in force or ended. */
export interface ApprovalRule extends RuleAsks {
  readonly id: string
  readonly document: string
  readonly enteredBy: PersonId
  readonly confirmedBy: PersonId
  readonly enteredAt: Date
  readonly endedAt: Date | null
}

/** Rules, those in force first; 200 at the most. */
export async function rulesNow(tx: Tx): Promise<readonly ApprovalRule[]> {
  return tx.$queryRaw<ApprovalRule[]>`
    select id, list_total as "listTotal", row_amount as "rowAmount", warning, document, entered_by as "enteredBy",
           confirmed_by as "confirmedBy", entered_at as "enteredAt", ended_at as "endedAt"
      from approval_rule order by ended_at is not null, entered_at desc, id limit 200`
}

/** Writes a rule on the word of two people; the database refuses one as two. Returns its id. */
export async function insertRule(
  tx: Tx,
  rule: RuleAsks & { readonly document: string },
  by: { readonly enteredBy: PersonId; readonly confirmedBy: PersonId },
): Promise<string> {
  const [row] = await tx.$queryRaw<{ id: string }[]>`
    insert into approval_rule (list_total, row_amount, warning, document, entered_by, confirmed_by)
    values (${rule.listTotal?.toString() ?? null}::bigint, ${rule.rowAmount?.toString() ?? null}::bigint, ${rule.warning}, ${rule.document},
            ${by.enteredBy}::uuid, ${by.confirmedBy}::uuid) returning id`
  return row?.id ?? ''
}

/** Ends a rule on the word of two people. False: there is none, or it has ended. */
export async function endRule(
  tx: Tx,
  id: string,
  by: { readonly endedBy: PersonId; readonly confirmedBy: PersonId },
): Promise<boolean> {
  const ended = await tx.$executeRaw`
    update approval_rule set ended_by = ${by.endedBy}::uuid, end_confirmed_by = ${by.confirmedBy}::uuid, ended_at = clock_timestamp()
     where id = ${id}::uuid and ended_by is null`
  return ended === 1
}

/** Which lists of a month would be asked about by a rule, as they stand. */
export async function listsMeeting(
  tx: Tx,
  month: Month,
  rule: RuleAsks,
): Promise<readonly { readonly id: string; readonly number: string; readonly total: Vnd }[]> {
  return tx.$queryRaw<{ id: string; number: string; total: Vnd }[]>`
    select l.id, l.number, l.total from payout_list l
     where l.month = ${month}::date and l.state in ('SUBMITTED', 'APPROVED', 'RELEASED')
       and rule_meets(l.id, ${rule.listTotal?.toString() ?? null}::bigint, ${rule.rowAmount?.toString() ?? null}::bigint, ${rule.warning}::text)
     order by l.number`
}

/** The rules in force that a list meets. */
export async function rulesOf(tx: Tx, listId: string): Promise<readonly RuleAsks[]> {
  return tx.$queryRaw<RuleAsks[]>`
    select list_total as "listTotal", row_amount as "rowAmount", warning from rules_of(${listId}::uuid) order by entered_at, id`
}

/** Whether a rule asks about a list and no second approver has spoken. */
export async function waitsForSecond(tx: Tx, listId: string): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ waits: boolean }[]>`
    select exists (select from rules_of(${listId}::uuid))
           and not exists (select from list_second_approval where list_id = ${listId}::uuid) as waits`
  return row?.waits === true
}

/** Writes the word of a second approver; the database checks the set and the person. */
export async function insertSecond(
  tx: Tx,
  list: StoredList,
  set: FrozenSet,
  by: PersonId,
): Promise<void> {
  await tx.$executeRaw`
    insert into list_second_approval (list_id, commune_id, row_count, total, content_hash, approved_by)
    values (${list.id}::uuid, ${list.communeId}, ${set.rowCount}, ${set.total}, decode(${set.contentHash}, 'hex'), ${by}::uuid)`
}
