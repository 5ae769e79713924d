import type { Tx } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'
import type { DueEnquiry } from './enquiries-store.ts'

/** An unknown payment to be sent again, by its last attempt, with the statement that covers it. */
export interface Resend {
  readonly reference: string
  readonly attempt: number
  readonly statementId: string
}

/**
 * Locks unknown payments and writes the decisions of two people that they were not executed and are sent again. The
 * database asks whether the statement named covers each (`covering_statements`).
 */
export async function insertResends(
  tx: Tx,
  rows: readonly Resend[],
  by: { readonly requestedBy: string; readonly approvedBy: string },
): Promise<void> {
  const references = rows.map(({ reference }) => reference)
  await tx.$queryRaw`select reference from instruction where reference = any (${references}::text[]) order by reference for no key update`
  await tx.$executeRaw`
    insert into resend_decision (reference, attempt, commune_id, requested_by, approved_by, evidence)
    select i.reference, r.attempt + 1, i.commune_id, ${by.requestedBy}::uuid, ${by.approvedBy}::uuid, r.statement
      from unnest(${references}::text[], ${rows.map((r) => r.attempt)}::smallint[], ${rows.map((r) => r.statementId)}::text[])
             as r (reference, attempt, statement)
      join instruction i on i.reference = r.reference`
}

/**
 * Writes the decisions of two people that held payments are not sent again, each with the statement that covers it anew. The
 * database asks whether it does (`resend_withdrawal_covered`). Returns whose they are.
 */
export async function insertWithdrawals(
  tx: Tx,
  rows: readonly Resend[],
  by: { readonly requestedBy: string; readonly approvedBy: string },
): Promise<readonly { readonly reference: string; readonly communeId: number }[]> {
  const references = rows.map(({ reference }) => reference)
  await tx.$queryRaw`select reference from instruction where reference = any (${references}::text[]) order by reference for no key update`
  return tx.$queryRaw<{ reference: string; communeId: number }[]>`
    insert into resend_withdrawal (reference, attempt, commune_id, requested_by, approved_by, evidence)
    select i.reference, r.attempt + 1, i.commune_id, ${by.requestedBy}::uuid, ${by.approvedBy}::uuid, r.statement
      from unnest(${references}::text[], ${rows.map((r) => r.attempt)}::smallint[], ${rows.map((r) => r.statementId)}::text[])
             as r (reference, attempt, statement)
      join instruction i on i.reference = r.reference
    returning reference, commune_id as "communeId"`
}

/** At most `limit` queued payments of an order that are sent again and were not asked after just now. */
export async function unasked(
  tx: Tx,
  orderId: string,
  limit: number,
): Promise<readonly DueEnquiry[]> {
  return tx.$queryRaw<DueEnquiry[]>`
    select i.reference, i.amount, i.attempt::integer as attempt, i.commune_id as "communeId" from instruction i
     where i.order_id = ${orderId} and i.state = 'QUEUED' and i.attempt > 0
       and (select w.word from word_before_sending(i.reference) w) = 'unasked' order by i.reference limit ${limit}`
}

/** What has come to light of a payment that is about to be sent again; anything else is no reason not to. */
export interface Word {
  readonly reference: string
  readonly word: 'executed' | 'line' | 'rejected' | 'call'
  /** Of a rejection. */
  readonly reason: string | null
}

/** Of some payments those of which something has come to light (`word_before_sending`). */
export async function wordsOn(tx: Tx, references: readonly string[]): Promise<readonly Word[]> {
  return tx.$queryRaw<Word[]>`
    select r.reference, w.word, w.reason from unnest(${references}::text[]) as r (reference)
      cross join lateral word_before_sending(r.reference) w
     where w.word in ('executed', 'line', 'rejected', 'call')`
}

/**
 * Order files with unknown payments that were claimed longer ago than this and may lie with us still, oldest first, each with
 * the day that its order was planned for.
 */
export async function lyingFiles(
  tx: Tx,
  of: { readonly channel: string; readonly olderThanMs: number; readonly limit: number },
): Promise<readonly { readonly id: string; readonly plannedOn: LocalDate }[]> {
  return tx.$queryRaw<{ id: string; plannedOn: LocalDate }[]>`
    select f.id, o.planned_on::text as "plannedOn" from order_file f join payment_order o on o.id = f.order_id
     where f.channel = ${of.channel} and f.claimed_at < clock_timestamp() - make_interval(secs => ${of.olderThanMs / 1000}::double precision)
       and not exists (select from order_file_gone g where g.channel = f.channel and g.file_id = f.id)
       and exists (select from instruction i where i.order_id = f.order_id and i.state = 'UNKNOWN' and i.reference = any (f.refs))
     order by f.claimed_at, f.id limit ${of.limit}`
}

/** Writes down from which business day on an order file does not lie with us any more; the first such word stays. */
export async function insertGone(
  tx: Tx,
  file: {
    readonly channel: string
    readonly id: string
    readonly goneOn: LocalDate
    readonly takenBack: boolean
  },
): Promise<void> {
  await tx.$executeRaw`
    insert into order_file_gone (channel, file_id, gone_on, taken_back)
    values (${file.channel}, ${file.id}, ${file.goneOn}::date, ${file.takenBack}) on conflict do nothing`
}
