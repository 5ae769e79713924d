import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { Vnd } from '../lib/money.ts'
import type { LocalDate } from '../lib/time.ts'
import type { ChannelName } from '../payouts/channels/channel.ts'

/** A day's statement of a channel and paying unit. */
export interface StatementRead {
  readonly id: string
  readonly channel: ChannelName
  readonly payingUnit: string
  readonly day: LocalDate
  readonly opening: bigint
  readonly closing: bigint
  readonly lineCount: number
  readonly open: number
}

/** A line of a statement, and what explains it. */
export interface LineRead {
  readonly id: string
  readonly statementId: string
  readonly payingUnit: string
  readonly day: LocalDate
  readonly kind: 'payment' | 'return' | 'transfer'
  readonly direction: 'debit' | 'credit'
  readonly reference: string
  readonly amount: Vnd
  readonly reason: string | null
  readonly state: 'OPEN' | 'MATCHED' | 'SUSPENSE'
  readonly entryId: bigint | null
}

/** Statements of some days, of a channel or of all, by day and id; 200 at the most. */
export async function statementsOf(
  tx: Tx,
  of: {
    readonly from: LocalDate
    readonly to: LocalDate
    readonly channel: ChannelName | null
  },
): Promise<readonly StatementRead[]> {
  return tx.$queryRaw<StatementRead[]>`
    select s.id, s.channel, s.paying_unit as "payingUnit", s.day::text as day, s.opening, s.closing, s.line_count as "lineCount",
           (select count(*)::integer from statement_line l where l.statement_id = s.id and l.state = 'OPEN') as open
      from statement s where s.day between ${of.from}::date and ${of.to}::date and (${of.channel}::text is null or s.channel = ${of.channel})
     order by s.day, s.id limit 200`
}

/** Lines of a statement after a line id (keyset), at most `limit`. Throws DomainError `statement-missing`. */
export async function linesOf(
  tx: Tx,
  page: { readonly statementId: string; readonly after: string; readonly limit: number },
): Promise<readonly LineRead[]> {
  const there = await tx.$queryRaw<
    unknown[]
  >`select 1 from statement where id = ${page.statementId}`
  if (there.length === 0) {
    throw new DomainError('not-found', 'statement-missing', 'Không có sao kê này')
  }
  return tx.$queryRaw<LineRead[]>`
    select id, statement_id as "statementId", paying_unit as "payingUnit", day::text as day, kind, direction, reference, amount, reason, state,
           entry_id as "entryId"
      from statement_line where statement_id = ${page.statementId} and id > ${page.after} order by id limit ${page.limit}`
}

/** Lines that nothing explains, in suspense or still open, after a line id (keyset); at most `limit`. */
export async function breaksAfter(
  tx: Tx,
  page: { readonly after: string; readonly limit: number },
): Promise<readonly LineRead[]> {
  return tx.$queryRaw<LineRead[]>`
    select id, statement_id as "statementId", paying_unit as "payingUnit", day::text as day, kind, direction, reference, amount, reason, state,
           entry_id as "entryId"
      from statement_line where state <> 'MATCHED' and id > ${page.after} order by id limit ${page.limit}`
}
