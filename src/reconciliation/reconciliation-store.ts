import { createHash } from 'node:crypto'
import type { Tx } from '../lib/db.ts'
import type { Vnd } from '../lib/money.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import type { ChannelName, ChannelStatement } from '../payouts/channels/channel.ts'

/** A statement line that nothing explains yet. */
export interface OpenLine {
  readonly lineId: string
  readonly kind: 'payment' | 'return' | 'transfer'
  readonly direction: 'debit' | 'credit'
  readonly day: LocalDate
  readonly payingUnit: string
  readonly reference: string
  readonly amount: Vnd
  readonly reason: string | null
}

/** Stores a day's statement with its lines; false when it was stored before. The database refuses one that does not add up. */
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
  const stored = await tx.$executeRaw`
    insert into statement (id, channel, paying_unit, day, opening, closing, line_count, content_hash)
    values (${id}, ${source.channel}, ${source.payingUnit}, ${day}::date, ${opening}, ${closing}, ${lines.length}, ${hash})
    on conflict (channel, paying_unit, day) do nothing`
  if (stored === 0) return false
  await tx.$executeRaw`
    insert into statement_line (id, statement_id, paying_unit, day, kind, direction, reference, amount, reason)
    select l.id, ${id}, ${source.payingUnit}, ${day}::date, l.kind, l.direction, l.reference, l.amount, l.reason
      from unnest(${lines.map((l) => l.id)}::text[], ${lines.map((l) => l.kind)}::text[], ${lines.map((l) => l.direction)}::text[],
        ${lines.map((l) => l.reference)}::text[], ${lines.map((l) => l.amount.toString())}::bigint[], ${lines.map((l) => l.reason)}::text[])
        as l (id, kind, direction, reference, amount, reason)`
  return true
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
    select id as "lineId", kind, direction, day::text as day, paying_unit as "payingUnit", reference, amount, reason from statement_line
     where state = 'OPEN' and kind = ${kind}
       and (${after?.day ?? null}::date is null or (day, id) > (${after?.day ?? null}::date, ${after?.lineId ?? ''}))
     order by day, id limit ${limit} for update`
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
 * UNKNOWN instructions of a month whose fate the channel's statements settle: those of the day of sending and of every
 * day until finality, `finalAfterDays` later, are in, so that a payment booked after midnight is seen too.
 */
export async function coveredUnknowns(
  tx: Tx,
  query: { readonly month: Month; readonly channel: ChannelName; readonly finalAfterDays: number },
): Promise<
  readonly { readonly reference: string; readonly attempt: number; readonly statementId: string }[]
> {
  return tx.$queryRaw<{ reference: string; attempt: number; statementId: string }[]>`
    select i.reference, i.attempt::integer as attempt, s.id as "statementId"
      from instruction i join payout_list l on l.id = i.list_id
      -- By index, one look-up each: there are few unknowns and many entries.
      cross join lateral (select j.occurred_on from journal_entry j
                           where j.reference = 'submit:' || i.reference || ':' || i.attempt offset 0) e
      join statement s on s.channel = i.channel and s.paying_unit = i.paying_unit and s.day = e.occurred_on + ${query.finalAfterDays}::integer
     where i.state = 'UNKNOWN' and i.channel = ${query.channel} and l.month = ${query.month}::date
     order by i.reference`
}
