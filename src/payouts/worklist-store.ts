import type { Tx } from '../lib/db.ts'
import type { Vnd } from '../lib/money.ts'
import type { ChannelName } from './channels/channel.ts'
import type { StuckState } from './trouble.ts'

/** A payment that waits for somebody, as the rows have it. */
export interface StuckRow {
  readonly reference: string
  readonly state: StuckState
  readonly channel: ChannelName
  readonly reason: string | null
  readonly amount: Vnd
  readonly communeId: number
  readonly payingUnit: string
  /** Whole days since its state began, by the database's clock. */
  readonly ageDays: number
}

/** Payments that are held, unknown, or failed without a successor, the oldest first. */
export async function stuckRows(tx: Tx, limit: number): Promise<readonly StuckRow[]> {
  return tx.$queryRaw<StuckRow[]>`
    select i.reference, i.state, i.channel, i.reason, i.amount, i.commune_id as "communeId", i.paying_unit as "payingUnit",
           extract(day from clock_timestamp() - i.moved_at)::integer as "ageDays"
      from instruction i
     where i.state in ('HELD', 'UNKNOWN')
        or (i.state in ('REJECTED', 'RETURNED') and not exists (select 1 from instruction n where n.replaces = i.reference))
     order by i.moved_at, i.reference limit ${limit}`
}

/** The Vietnamese texts of failure reasons, by code. */
export async function failureTexts(
  tx: Tx,
  codes: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.$queryRaw<{ code: string; text: string }[]>`
    select code, description_vi as text from failure_reason where code = any (${codes}::text[])`
  return new Map(rows.map(({ code, text }) => [code, text]))
}
