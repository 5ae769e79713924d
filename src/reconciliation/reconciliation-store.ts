import { createHash } from 'node:crypto'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { Vnd } from '../lib/money.ts'
import { formatDate } from '../lib/time.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import type { ChannelName, ChannelStatement } from '../payouts/channels/channel.ts'

/** A statement line that nothing explains yet. */
export interface OpenLine {
  readonly lineId: string
  readonly channel: ChannelName
  readonly kind: 'payment' | 'return' | 'transfer'
  readonly direction: 'debit' | 'credit'
  readonly day: LocalDate
  readonly payingUnit: string
  readonly reference: string
  readonly amount: Vnd
  readonly reason: string | null
}

/**
 * Stores a day's statement with its lines; false when it was stored before. The database refuses one that does not add
 * up. Throws DomainError `statement-too-early` when the day is not over by the database's clock, and `statement-differs`
 * when another content is stored of that day already.
 */
export async function insertStatement(
  tx: Tx,
  source: { readonly channel: ChannelName; readonly payingUnit: string },
  { id, day, opening, closing, lines }: ChannelStatement,
): Promise<boolean> {
  const hash = createHash('sha256')
    .update(
      JSON.stringify([
        id,
        day,
        String(opening),
        String(closing),
        lines.map((l) => [l.id, l.reference, l.direction, String(l.amount)]),
      ]),
    )
    .digest()
  await requireOver(tx, source, day)
  const stored = await tx.$executeRaw`
    insert into statement (id, channel, paying_unit, day, opening, closing, line_count, content_hash)
    values (${id}, ${source.channel}, ${source.payingUnit}, ${day}::date, ${opening}, ${closing}, ${lines.length}, ${hash})
    on conflict (channel, paying_unit, day) do nothing`
  if (stored === 0) {
    await requireSame(tx, source, { day, hash })
    return false
  }
  await tx.$executeRaw`
    insert into statement_line (id, statement_id, paying_unit, day, kind, direction, reference, amount, reason)
    select l.id, ${id}, ${source.payingUnit}, ${day}::date, l.kind, l.direction, l.reference, l.amount, l.reason
      from unnest(${lines.map((l) => l.id)}::text[], ${lines.map((l) => l.kind)}::text[], ${lines.map((l) => l.direction)}::text[],
        ${lines.map((l) => l.reference)}::text[], ${lines.map((l) => l.amount.toString())}::bigint[], ${lines.map((l) => l.reason)}::text[])
        as l (id, kind, direction, reference, amount, reason)`
  return true
}

async function requireOver(
  tx: Tx,
  { channel, payingUnit }: { readonly channel: ChannelName; readonly payingUnit: string },
  day: LocalDate,
): Promise<void> {
  const [clock] = await tx.$queryRaw<{ over: boolean }[]>`
    select ${day}::date < (clock_timestamp() at time zone 'Asia/Ho_Chi_Minh')::date as over`
  if (clock?.over === true) return
  throw new DomainError(
    'conflict',
    'statement-too-early',
    `Ngày ${formatDate(day)} chưa hết: sao kê ${channel} của ${payingUnit} chưa đủ, hãy nhập lại từ hôm sau`,
  )
}

async function requireSame(
  tx: Tx,
  { channel, payingUnit }: { readonly channel: ChannelName; readonly payingUnit: string },
  { day, hash }: { readonly day: LocalDate; readonly hash: Uint8Array },
): Promise<void> {
  const [known] = await tx.$queryRaw<{ same: boolean }[]>`
    select content_hash = ${hash} as same from statement
     where channel = ${channel} and paying_unit = ${payingUnit} and day = ${day}::date`
  if (known?.same === true) return
  throw new DomainError(
    'conflict',
    'statement-differs',
    `Sao kê ${channel} của ${payingUnit} ngày ${day} đã nhập với nội dung khác: hỏi lại kênh chi trả`,
  )
}

/** One at a time says what entries explain transfers, or takes such an entry back; until the transaction ends. */
export async function lockTransfers(tx: Tx): Promise<void> {
  await tx.$queryRaw`select pg_advisory_xact_lock(hashtext('transfers:' || current_schema()))::text`
}

/** Those of some entries that explain a line already. */
export async function explaining(
  tx: Tx,
  entryIds: readonly bigint[],
): Promise<ReadonlySet<bigint>> {
  const rows = await tx.$queryRaw<{ id: bigint }[]>`
    select entry_id as id from statement_line where entry_id = any (${entryIds.map(String)}::bigint[])`
  return new Set(rows.map(({ id }) => id))
}

/** The last day whose statement is stored, per paying unit of a channel; units without one are left out. */
export async function coveredDays(
  tx: Tx,
  channel: ChannelName,
): Promise<ReadonlyMap<string, LocalDate>> {
  const rows = await tx.$queryRaw<{ unit: string; day: LocalDate }[]>`
    select paying_unit as unit, max(day)::text as day from statement where channel = ${channel} group by paying_unit`
  return new Map(rows.map(({ unit, day }) => [unit, day]))
}

/** At most `limit` open lines of a kind, oldest day first, after a line id. */
export async function openLines(
  tx: Tx,
  kind: OpenLine['kind'],
  after: { readonly day: LocalDate; readonly lineId: string } | null,
  limit: number,
): Promise<readonly OpenLine[]> {
  return tx.$queryRaw<OpenLine[]>`
    select l.id as "lineId", s.channel, l.kind, l.direction, l.day::text as day, l.paying_unit as "payingUnit", l.reference, l.amount, l.reason
      from statement_line l join statement s on s.id = l.statement_id
     where l.state = 'OPEN' and l.kind = ${kind}
       and (${after?.day ?? null}::date is null or (l.day, l.id) > (${after?.day ?? null}::date, ${after?.lineId ?? ''}))
     order by l.day, l.id limit ${limit} for update of l`
}

/** Notes what lines were matched to. */
export async function closeLines(
  tx: Tx,
  state: 'MATCHED' | 'SUSPENSE',
  rows: readonly {
    readonly lineId: string
    readonly entryId: bigint
    readonly communeId: number | null
  }[],
): Promise<void> {
  await tx.$executeRaw`
    update statement_line l set state = ${state}, entry_id = m.entry_id, commune_id = m.commune_id
      from unnest(${rows.map((r) => r.lineId)}::text[], ${rows.map((r) => r.entryId.toString())}::bigint[], ${rows.map((r) => r.communeId)}::integer[])
             as m (id, entry_id, commune_id)
     where l.id = m.id and l.state = 'OPEN'`
}

/**
 * UNKNOWN instructions of a month whose fate the channel's statements settle, each with the first statement that does: those
 * of the day of sending and of every day until finality are in, so that a payment booked after midnight is seen too. What a
 * line names may have been executed after all, with whatever amount: somebody has to look first. The rule is the database's
 * own (`covering_statements`), for it asks the same of every resend.
 */
export async function coveredUnknowns(
  tx: Tx,
  query: { readonly month: Month; readonly channel: ChannelName },
): Promise<
  readonly { readonly reference: string; readonly attempt: number; readonly statementId: string }[]
> {
  return tx.$queryRaw<{ reference: string; attempt: number; statementId: string }[]>`
    select i.reference, i.attempt::integer as attempt, s.id as "statementId"
      from instruction i join payout_list l on l.id = i.list_id
      cross join lateral (select c.id from covering_statements(i.reference) as c (id) limit 1) s
     where i.state = 'UNKNOWN' and i.channel = ${query.channel} and l.month = ${query.month}::date
     order by i.reference`
}
