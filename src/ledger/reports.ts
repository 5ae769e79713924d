import type { Tx } from '../lib/db.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import type { AccountCode } from './chart.ts'
import { accountStatement, requirePage } from './account-statement.ts'
import type { AccountRef } from './journal.ts'

/** One code of a trial balance; balances in the code's own direction, turnover in đồng. */
export interface TrialLine {
  readonly code: AccountCode
  readonly opening: bigint
  readonly debit: bigint
  readonly credit: bigint
  readonly closing: bigint
}

/** One posting of the journal with its entry. */
export interface JournalLine {
  readonly entryId: bigint
  readonly seq: number
  readonly postingDate: LocalDate
  readonly occurredOn: LocalDate
  readonly template: string
  readonly reference: string
  readonly debitCode: AccountCode
  readonly debitSubject: string
  readonly creditCode: AccountCode
  readonly creditSubject: string
  readonly amount: bigint
}

/** The balance of one account now, in đồng in its own direction; 0 when nothing was ever booked on it. */
async function balance(tx: Tx, { code, subject }: AccountRef): Promise<bigint> {
  const [row] = await tx.$queryRaw<{ balance: bigint }[]>`
    select balance from account where code = ${code} and subject = ${subject}`
  return row?.balance ?? 0n
}

/** The sum of the balances of a code over all its subjects now, in đồng in its own direction. */
async function balanceOfCode(tx: Tx, code: AccountCode): Promise<bigint> {
  const [row] = await tx.$queryRaw<{ balance: bigint }[]>`
    select coalesce(sum(balance), 0)::bigint as balance from account where code = ${code}`
  return row?.balance ?? 0n
}

/** Whether anything was ever booked for a programme: what it was given (511), or what it cost (611). */
async function hasProgramme(tx: Tx, programme: string): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ known: boolean }[]>`
    select exists (select from account where code in ('511', '611-BEN', '611-FEE', '611-BANK', '611-LOSS')
                      and subject = ${`programme:${programme}`}) as known`
  return row?.known === true
}

/**
 * The balance of one account of what is booked up to the posting date `on` and, when `block` is given, sealed in
 * blocks up to that number: the two axes together say what was known when (docs/adr/0005).
 */
async function balanceAsOf(
  tx: Tx,
  { code, subject }: AccountRef,
  at: { readonly on: LocalDate; readonly block?: bigint | undefined },
): Promise<bigint> {
  const [row] = await tx.$queryRaw<{ balance: bigint | null }[]>`
    select ledger_balance_as_of(a.id, ${at.on}::date, ${at.block ?? null}::bigint) as balance
      from account a where a.code = ${code} and a.subject = ${subject}`
  return row?.balance ?? 0n
}

/** Every account of a code that is not at zero, for "owned by a named open item" checks. At most `limit` of them. */
async function openBalances(
  tx: Tx,
  code: AccountCode,
  limit: number,
): Promise<readonly { subject: string; balance: bigint }[]> {
  return tx.$queryRaw<{ subject: string; balance: bigint }[]>`
    select subject, balance from account where code = ${code} and balance <> 0 order by subject limit ${limit}`
}

/** One page of the journal (Sổ nhật ký chung) in the order of entry ids after `after`. Throws `page-size` above 200. */
async function journal(
  tx: Tx,
  page: {
    readonly after?: { readonly entryId: bigint; readonly seq: number } | undefined
    readonly limit: number
  },
): Promise<readonly JournalLine[]> {
  requirePage(page.limit)
  const after = page.after ?? { entryId: -1n, seq: 0 }
  return tx.$queryRaw<JournalLine[]>`
    select p.entry_id as "entryId", p.seq::integer as seq, p.posting_date::text as "postingDate", e.occurred_on::text as "occurredOn",
           t.name as template, e.reference, d.code as "debitCode", d.subject as "debitSubject",
           c.code as "creditCode", c.subject as "creditSubject", p.amount
      from posting p join journal_entry e on e.id = p.entry_id join posting_template t on t.id = e.template_id
      join account d on d.id = p.debit_account join account c on c.id = p.credit_account
     where (p.entry_id, p.seq) > (${after.entryId}::bigint, ${after.seq}::smallint)
     order by p.entry_id, p.seq limit ${page.limit}`
}

/**
 * The trial balance (Bảng cân đối phát sinh) of a month: as stored when it was closed, else computed now from the
 * last closed month and the postings since.
 */
async function trialBalance(tx: Tx, month: Month): Promise<readonly TrialLine[]> {
  const stored = await tx.$queryRaw<TrialLine[]>`
    select account_code as code, opening, debit, credit, closing from period_trial_balance
     where month = ${month}::date order by account_code`
  if (stored.length > 0) return stored
  return tx.$queryRaw<TrialLine[]>`
    with base as (select max(month) as month from period where month < ${month}::date and state = 'closed'),
    moved as (
      select a.code, s.posting_date < ${month}::date as earlier, sum(s.debit) as debit, sum(s.credit) as credit
        from (select debit_account as id, posting_date, amount as debit, 0::bigint as credit from posting
              union all select credit_account, posting_date, 0, amount from posting) s
        join account a on a.id = s.id
       where s.posting_date >= coalesce((select (month + interval '1 month')::date from base), '-infinity')
         and s.posting_date < (${month}::date + interval '1 month')::date
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
      from line where opening <> 0 or debit <> 0 or credit <> 0 order by code`
}

/** What an entry moved on the disbursement account (1121-FREE and 1121-HELD together), in đồng: in above, out below zero. */
export interface BankMovement {
  readonly reference: string
  readonly entryId: bigint
  readonly movement: bigint
}

/** The movements of the disbursement account by the entries of some references; unknown and reversed ones are left out. */
async function bankMovements(
  tx: Tx,
  references: readonly string[],
): Promise<readonly BankMovement[]> {
  return tx.$queryRaw<BankMovement[]>`
    select e.reference, e.id as "entryId",
           coalesce(sum(case when d.code like '1121-%' then p.amount else 0 end - case when c.code like '1121-%' then p.amount else 0 end), 0)::bigint as movement
      from journal_entry e join posting p on p.entry_id = e.id
      join account d on d.id = p.debit_account join account c on c.id = p.credit_account
     where e.reference = any (${references}::text[]) and not exists (select from journal_entry r where r.reverses = e.id)
     group by e.reference, e.id`
}

/** The state of a month; undefined when it was never opened. */
async function periodState(
  tx: Tx,
  month: Month,
): Promise<'open' | 'closing' | 'closed' | undefined> {
  const [row] = await tx.$queryRaw<{ state: 'open' | 'closing' | 'closed' }[]>`
    select state from period where month = ${month}::date`
  return row?.state
}

/** A month of the books. */
export interface PeriodRead {
  readonly month: Month
  readonly state: 'open' | 'closing' | 'closed'
  /** The last block that was sealed when it was closed. */
  readonly block: bigint | null
}

/** The months that were ever opened, the latest first; 200 at the most. */
async function periods(tx: Tx): Promise<readonly PeriodRead[]> {
  return tx.$queryRaw<PeriodRead[]>`
    select month::text as month, state, block_number as block from period order by month desc limit 200`
}

/** The reads of the ledger; all run in the caller's transaction and its scope. */
export const reads = {
  balance,
  balanceOfCode,
  balanceAsOf,
  hasProgramme,
  openBalances,
  accountStatement,
  journal,
  trialBalance,
  bankMovements,
  periodState,
  periods,
}
