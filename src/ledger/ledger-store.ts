import type { PersonId } from '../lib/act.ts'
import { invariant } from '../lib/errors.ts'
import type { Tx } from '../lib/db.ts'
import { sqlArray } from '../lib/sql-array.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import { columnsOf } from './journal.ts'
import type { PostingCall } from './journal.ts'

/** An entry as the door answers: its id, and whether it was there before with the same content. */
export interface Posted {
  readonly entryId: bigint
  readonly replayed: boolean
}

/** What to reverse and under which new reference. */
export interface Reversal {
  readonly entryId: bigint
  readonly reference: string
  readonly occurredOn: LocalDate
  readonly postingDate?: LocalDate | undefined
  readonly memo?: string | undefined
}

/** Calls the one door in the caller's transaction. Returns a result per entry, in order. */
export async function callPost(
  tx: Tx,
  actor: PersonId,
  call: PostingCall,
): Promise<readonly Posted[]> {
  const { entries } = call
  const c = columnsOf(call)
  const [answer] = await tx.$queryRaw<{ ids: string; replayed: readonly boolean[] }[]>`
    select array_to_string(entry_ids, ',') as ids, to_json(replayed) as replayed from ledger_post(
      ${actor}::uuid,
      ${sqlArray(c.reference)}::text[], ${c.template}::text[], ${c.version}::smallint[], ${sqlArray(c.occurredOn)}::date[],
      ${orNull(c.postingDate)}::date[], ${orNull(c.communeId)}::integer[], ${orNull(c.memo)}::text[], ${orNull(c.dimensions)}::text[],
      ${sqlArray(c.code)}::text[], ${sqlArray(c.subject)}::text[],
      ${orNull(c.entry)}::integer[], ${orNull(c.seq)}::smallint[], ${sqlArray(call.debit)}::integer[], ${sqlArray(call.credit)}::integer[],
      ${sqlArray(call.amount)}::numeric[])`
  const ids = answer?.ids.split(',') ?? []
  invariant(answer && ids.length === entries.length, 'ledger_post answers for each entry')
  return ids.map((id, at) => ({ entryId: BigInt(id), replayed: answer.replayed[at] ?? false }))
}

function orNull(column: readonly (string | number | null)[] | null): string | null {
  return column && sqlArray(column)
}

/** Calls the reversal door. Returns the reversing entry. */
export async function callReverse(tx: Tx, actor: PersonId, reversal: Reversal): Promise<Posted> {
  const [answer] = await tx.$queryRaw<{ entry_id: bigint; replayed: boolean }[]>`
    select entry_id, replayed from ledger_reverse(${actor}::uuid, ${reversal.entryId}::bigint, ${reversal.reference},
      ${reversal.occurredOn}::date, ${reversal.postingDate ?? null}::date, ${reversal.memo ?? null})`
  invariant(answer, 'ledger_reverse answers')
  return { entryId: answer.entry_id, replayed: answer.replayed }
}

/** Opens a month. Returns whether it was new. */
export async function callOpenPeriod(tx: Tx, actor: PersonId, month: Month): Promise<boolean> {
  const [answer] = await tx.$queryRaw<{ opened: boolean }[]>`
    select ledger_open_period(${actor}::uuid, ${month}::date) as opened`
  return answer?.opened ?? false
}

/** First half of closing: no new entry gets in any more. */
export async function callBeginClose(tx: Tx, actor: PersonId, month: Month): Promise<void> {
  await tx.$queryRaw`select ledger_begin_close(${actor}::uuid, ${month}::date)::text`
}

/** Second half of closing, in a serializable transaction. */
export async function callFinishClose(tx: Tx, actor: PersonId, month: Month): Promise<void> {
  await tx.$queryRaw`select ledger_finish_close(${actor}::uuid, ${month}::date)::text`
}

/** Seals at most `limit` committed entries into one block. Returns how many. */
export async function callSeal(tx: Tx, limit: number): Promise<number> {
  const [answer] = await tx.$queryRaw<
    { sealed: number }[]
  >`select ledger_seal(${limit}::integer) as sealed`
  return answer?.sealed ?? 0
}

/** Seals at most `limit` committed audit events into one block. Returns how many. */
export async function callSealAudit(tx: Tx, limit: number): Promise<number> {
  const [answer] = await tx.$queryRaw<
    { sealed: number }[]
  >`select audit_seal(${limit}::integer) as sealed`
  return answer?.sealed ?? 0
}
