import { DomainError } from '../lib/errors.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'
import { chart } from './chart.ts'
import type { AccountCode } from './chart.ts'
import type { AccountRef } from './journal.ts'

/** One line of an account statement; amounts in đồng, the balance in the account's own direction. */
export interface StatementLine {
  readonly entryId: bigint
  readonly seq: number
  readonly postingDate: LocalDate
  readonly occurredOn: LocalDate
  readonly template: string
  readonly reference: string
  readonly counterCode: AccountCode
  readonly counterSubject: string
  readonly debit: bigint
  readonly credit: bigint
  readonly balance: bigint
}

/** Where a page of a statement or of the journal ended. */
export interface Cursor {
  readonly postingDate: LocalDate
  readonly entryId: bigint
  readonly seq: number
}

export interface StatementPage {
  readonly opening: bigint
  readonly lines: readonly StatementLine[]
  readonly next: Cursor | null
}

const PAGE_MAX = 200

/**
 * One page of an account's statement (Sổ chi tiết) for posting dates `from`..`to`, oldest first, with running
 * balance. Give `next` of the page before as `after`. Throws DomainError `page-size` above 200 lines.
 */
export async function accountStatement(
  tx: Tx,
  account: AccountRef,
  range: {
    readonly from: LocalDate
    readonly to: LocalDate
    readonly after?: Cursor | undefined
    readonly limit: number
  },
): Promise<StatementPage> {
  requirePage(range.limit)
  const after = range.after ?? { postingDate: range.from, entryId: -1n, seq: 0 }
  const { code, subject } = account
  const opening = await balanceBefore(tx, account, after)
  const rows = await tx.$queryRaw<Omit<StatementLine, 'balance'>[]>`
    with self as (select id from account where code = ${code} and subject = ${subject}),
    page as (
      (select p.*, true as is_debit from self join posting p on p.debit_account = self.id
        where p.posting_date between ${after.postingDate}::date and ${range.to}::date
          and (p.posting_date, p.entry_id, p.seq) > (${after.postingDate}::date, ${after.entryId}::bigint, ${after.seq}::smallint)
        order by p.posting_date, p.entry_id, p.seq limit ${range.limit})
      union all
      (select p.*, false from self join posting p on p.credit_account = self.id
        where p.posting_date between ${after.postingDate}::date and ${range.to}::date
          and (p.posting_date, p.entry_id, p.seq) > (${after.postingDate}::date, ${after.entryId}::bigint, ${after.seq}::smallint)
        order by p.posting_date, p.entry_id, p.seq limit ${range.limit}))
    select p.entry_id as "entryId", p.seq::integer as seq, p.posting_date::text as "postingDate", e.occurred_on::text as "occurredOn",
           t.name as template, e.reference, c.code as "counterCode", c.subject as "counterSubject",
           case when p.is_debit then p.amount else 0 end as debit, case when p.is_debit then 0 else p.amount end as credit
      from page p
      join journal_entry e on e.id = p.entry_id join posting_template t on t.id = e.template_id
      join account c on c.id = case when p.is_debit then p.credit_account else p.debit_account end
     order by p.posting_date, p.entry_id, p.seq limit ${range.limit}`
  const sign = chart[code].grows === 'debit' ? 1n : -1n
  let running = opening
  const lines = rows.map((line) => {
    running += sign * (line.debit - line.credit)
    return { ...line, balance: running }
  })
  const last = lines.at(-1)
  return { opening, lines, next: last !== undefined && lines.length === range.limit ? last : null }
}

/** The balance of everything before a cursor: the days before, and what of its own day comes first. */
async function balanceBefore(
  tx: Tx,
  { code, subject }: AccountRef,
  cursor: Cursor,
): Promise<bigint> {
  const [row] = await tx.$queryRaw<{ opening: bigint }[]>`
    select ledger_balance_as_of(a.id, ${cursor.postingDate}::date - 1, null)
           + a.sign * coalesce((select sum(case when p.debit_account = a.id then p.amount else -p.amount end) from posting p
               where (p.debit_account = a.id or p.credit_account = a.id) and p.posting_date = ${cursor.postingDate}::date
                 and (p.entry_id, p.seq) <= (${cursor.entryId}::bigint, ${cursor.seq}::smallint)), 0)::bigint as opening
      from account a where a.code = ${code} and a.subject = ${subject}`
  return row?.opening ?? 0n
}

/** Throws DomainError `page-size` unless a page has 1 to 200 lines. */
export function requirePage(limit: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_MAX) {
    throw new DomainError('invalid', 'page-size', `Mỗi trang từ 1 đến ${PAGE_MAX} dòng`)
  }
}
