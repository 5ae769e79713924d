import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { LocalDate } from '../lib/time.ts'
import type { Cursor, StatementLine } from './account-statement.ts'
import { chart } from './chart.ts'
import type { AccountCode } from './chart.ts'
import type { AccountRef } from './journal.ts'
import type { JournalLine, TrialLine } from './reports.ts'

/** Posting dates from one to another, as known when a block was sealed; null: with what is not sealed yet; 0: nothing was. */
export interface BookRange {
  readonly from: LocalDate
  readonly to: LocalDate
  readonly block: bigint | null
}

/** The last block that was sealed by a time (ISO 8601 with an offset; null: now); null when none was. */
export async function blockAt(tx: Tx, at: string | null): Promise<bigint | null> {
  const [row] = await tx.$queryRaw<{ block: bigint | null }[]>`
    select max(number) as block from seal_block where ${at}::timestamptz is null or sealed_at <= ${at}::timestamptz`
  return row?.block ?? null
}

/** A book of one account in sums, đồng; balances in the account’s own direction. */
export interface AccountSums {
  readonly count: number
  readonly opening: bigint
  readonly debit: bigint
  readonly credit: bigint
  readonly closing: bigint
}

/** A line of an account’s book without its running balance, in which the reader adds up. */
export type BookLine = Omit<StatementLine, 'balance'>

/** Sums of an account’s book (Sổ chi tiết). Throws DomainError `unknown-account` when nothing was ever booked on it. */
export async function accountSums(
  tx: Tx,
  { code, subject }: AccountRef,
  { from, to, block }: BookRange,
): Promise<AccountSums> {
  const [row] = await tx.$queryRaw<AccountSums[]>`
    with self as (select id from account where code = ${code} and subject = ${subject}),
    moved as (
      select p.amount as debit, 0::bigint as credit, p.entry_id from self join posting p on p.debit_account = self.id
       where p.posting_date between ${from}::date and ${to}::date
      union all
      select 0, p.amount, p.entry_id from self join posting p on p.credit_account = self.id
       where p.posting_date between ${from}::date and ${to}::date)
    select ledger_balance_as_of(self.id, ${from}::date - 1, ${block}::bigint) as opening,
           ledger_balance_as_of(self.id, ${to}::date, ${block}::bigint) as closing, m.*
      from self cross join (
        select count(*)::integer as count, coalesce(sum(debit), 0)::bigint as debit, coalesce(sum(credit), 0)::bigint as credit
          from moved join journal_entry e on e.id = moved.entry_id left join seal_block b on b.number = ${block}::bigint
         where ${block}::bigint is null or (e.xid, e.id) <= (b.last_xid, b.last_id)) m`
  if (row !== undefined) return row
  throw new DomainError('not-found', 'unknown-account', `Không có tài khoản ${code} ${subject}`)
}

/** Lines of an account’s book by posting date, at most `limit`, after one. */
export async function accountLines(
  tx: Tx,
  { code, subject }: AccountRef,
  {
    from,
    to,
    block,
    after,
    limit,
  }: BookRange & { readonly after: Cursor | null; readonly limit: number },
): Promise<readonly BookLine[]> {
  const { postingDate, entryId, seq } = after ?? { postingDate: from, entryId: -1n, seq: 0 }
  return tx.$queryRaw<BookLine[]>`
    with self as (select id from account where code = ${code} and subject = ${subject}),
    side as (
      select p.*, true as is_debit from self join posting p on p.debit_account = self.id
      union all select p.*, false from self join posting p on p.credit_account = self.id)
    select p.entry_id as "entryId", p.seq::integer as seq, p.posting_date::text as "postingDate", e.occurred_on::text as "occurredOn",
           t.name as template, e.reference, c.code as "counterCode", c.subject as "counterSubject",
           case when p.is_debit then p.amount else 0 end as debit, case when p.is_debit then 0 else p.amount end as credit
      from side p join journal_entry e on e.id = p.entry_id join posting_template t on t.id = e.template_id
      join account c on c.id = case when p.is_debit then p.credit_account else p.debit_account end
      left join seal_block b on b.number = ${block}::bigint
     where p.posting_date between ${postingDate}::date and ${to}::date
       and (p.posting_date, p.entry_id, p.seq) > (${postingDate}::date, ${entryId}::bigint, ${seq}::smallint)
       and (${block}::bigint is null or (e.xid, e.id) <= (b.last_xid, b.last_id))
     order by p.posting_date, p.entry_id, p.seq limit ${limit}`
}

/** Count and sum (đồng) of the journal’s postings in a range. */
export async function journalSums(
  tx: Tx,
  { from, to, block }: BookRange,
): Promise<{ readonly count: number; readonly amount: bigint }> {
  const [row] = await tx.$queryRaw<{ count: number; amount: bigint }[]>`
    select count(*)::integer as count, coalesce(sum(p.amount), 0)::bigint as amount
      from posting p join journal_entry e on e.id = p.entry_id left join seal_block b on b.number = ${block}::bigint
     where p.posting_date between ${from}::date and ${to}::date
       and (${block}::bigint is null or (e.xid, e.id) <= (b.last_xid, b.last_id))`
  return row ?? { count: 0, amount: 0n }
}

/** Postings of the journal (Sổ nhật ký chung) by posting date, at most `limit`, after one. */
export async function journalLines(
  tx: Tx,
  {
    from,
    to,
    block,
    after,
    limit,
  }: BookRange & { readonly after: Cursor | null; readonly limit: number },
): Promise<readonly JournalLine[]> {
  const { postingDate, entryId, seq } = after ?? { postingDate: from, entryId: -1n, seq: 0 }
  return tx.$queryRaw<JournalLine[]>`
    select p.entry_id as "entryId", p.seq::integer as seq, p.posting_date::text as "postingDate", e.occurred_on::text as "occurredOn",
           t.name as template, e.reference, d.code as "debitCode", d.subject as "debitSubject",
           c.code as "creditCode", c.subject as "creditSubject", p.amount
      from posting p join journal_entry e on e.id = p.entry_id join posting_template t on t.id = e.template_id
      join account d on d.id = p.debit_account join account c on c.id = p.credit_account
      left join seal_block b on b.number = ${block}::bigint
     where p.posting_date between ${postingDate}::date and ${to}::date
       and (p.posting_date, p.entry_id, p.seq) > (${postingDate}::date, ${entryId}::bigint, ${seq}::smallint)
       and (${block}::bigint is null or (e.xid, e.id) <= (b.last_xid, b.last_id))
     order by p.posting_date, p.entry_id, p.seq limit ${limit}`
}

/** The trial balance (Bảng cân đối phát sinh) of any range, by code; codes without balance and turnover are left out. */
export async function trialBalanceBetween(
  tx: Tx,
  { from, to, block }: BookRange,
): Promise<readonly TrialLine[]> {
  return tx.$queryRaw<TrialLine[]>`
    with base as (
      select max(month) as month from period
       where state = 'closed' and month + interval '1 month' <= ${from}::date
         and (${block}::bigint is null or block_number <= ${block}::bigint)),
    moved as (
      select a.code, s.posting_date < ${from}::date as earlier, sum(s.debit) as debit, sum(s.credit) as credit
        from (select debit_account as id, posting_date, entry_id, amount as debit, 0::bigint as credit from posting
              union all select credit_account, posting_date, entry_id, 0, amount from posting) s
        join account a on a.id = s.id join journal_entry e on e.id = s.entry_id
        left join seal_block b on b.number = ${block}::bigint
       where s.posting_date >= coalesce((select (month + interval '1 month')::date from base), '-infinity')
         and s.posting_date <= ${to}::date and (${block}::bigint is null or (e.xid, e.id) <= (b.last_xid, b.last_id))
       group by 1, 2),
    line as (
      select c.code, c.sign,
             coalesce(o.closing, 0) + c.sign * coalesce(sum(m.debit - m.credit) filter (where m.earlier), 0) as opening,
             coalesce(sum(m.debit) filter (where not m.earlier), 0) as debit,
             coalesce(sum(m.credit) filter (where not m.earlier), 0) as credit
        from chart_account c
        left join period_trial_balance o on o.account_code = c.code and o.month = (select month from base)
        left join moved m on m.code = c.code
       group by c.code, c.sign, o.closing)
    select code, opening::bigint, debit::bigint, credit::bigint, (opening + sign * (debit - credit))::bigint as closing
      from line where opening <> 0 or debit <> 0 or credit <> 0 order by code collate "C"`
}

/** The name of an account’s code in Vietnamese, and the side on which it grows. */
export const accountName = (code: AccountCode) => ({
  name: chart[code].nameVi,
  grows: chart[code].grows,
})
