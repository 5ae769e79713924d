import type { Act } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'
import type { ChannelName } from './channels/channel.ts'
import type { InstructionState } from './instruction.ts'
import type { Changed, ClaimedPayment } from './sending-store.ts'
import type { RowStatus, SentFile, Step } from './status-report.ts'

/**
 * Records the file that a claim of an order is about to be sent as; must be called in the transaction of the claim.
 * Returns its id, at most 35 characters, never used for another file: day, paying unit, number of the order, number of
 * the claim. `goneOn` is the day on which it leaves us for good; null where that is still to be seen.
 */
export async function insertOrderFile(
  tx: Tx,
  { id: orderId, goneOn }: { readonly id: string; readonly goneOn: LocalDate | null },
  payments: readonly ClaimedPayment[],
): Promise<string> {
  const [file] = await tx.$queryRaw<{ id: string }[]>`
    with file as (
    insert into order_file (channel, id, order_id, number, row_count, total, refs, amounts, attempts, parts)
    select o.channel, to_char(o.planned_on, 'YYYYMMDD') || '-' || o.paying_unit || '-' || split_part(o.id, '-', -1) || '-' || n.number,
           o.id, n.number, r.row_count, r.total, r.refs, r.amounts, r.attempts, r.parts
      from payment_order o,
           (select count(*) + 1 as number from order_file where order_id = ${orderId}) n,
           (select count(*) as row_count, sum(p.amount) as total, array_agg(p.reference) as refs, array_agg(p.amount) as amounts,
                   array_agg(p.attempt) as attempts, array_agg(p.part) as parts
              from unnest(${payments.map((p) => p.reference)}::text[], ${payments.map((p) => p.amount.toString())}::bigint[],
                          ${payments.map((p) => p.attempt)}::smallint[], ${payments.map((p) => p.bankCode ?? '')}::text[])
                   as p (reference, amount, attempt, part)) r
     where o.id = ${orderId}
    returning channel, id),
    gone as (
    insert into order_file_gone (channel, file_id, gone_on, taken_back)
    select f.channel, f.id, ${goneOn}::date, false from file f where ${goneOn}::date is not null)
    select id from file`
  if (file === undefined) throw new Error(`Invariant broken: ${orderId} is an order`)
  return file.id
}

/** The file that was sent under an id on a channel; undefined when there is none. */
export async function findOrderFile(
  tx: Tx,
  channel: ChannelName,
  id: string,
): Promise<SentFile | undefined> {
  const rows = await tx.$queryRaw<
    { reference: string; amount: bigint; attempt: number; part: string }[]
  >`select r.reference, r.amount, r.attempt::integer as attempt, r.part
      from order_file f, unnest(f.refs, f.amounts, f.attempts, f.parts) as r (reference, amount, attempt, part)
     where f.channel = ${channel} and f.id = ${id}`
  if (rows.length === 0) return undefined
  return {
    id,
    rows: new Map(rows.map(({ reference, ...row }) => [reference, row])),
  }
}

/** Order files with rows whose outcome is open, oldest first: what status files are still awaited for. */
export async function awaitedFiles(tx: Tx, channel: ChannelName): Promise<readonly string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    select f.id from order_file f
     where f.channel = ${channel} and f.order_id in (
       select i.order_id from instruction i where i.channel = ${channel} and i.state in ('SUBMITTED', 'UNKNOWN'))
     order by f.claimed_at, f.id`
  return rows.map(({ id }) => id)
}

/** Whoever takes files with this key next waits until the transaction is over. */
export async function lockFile(tx: Tx, key: string): Promise<void> {
  await tx.$queryRaw`select 1 as locked from (select pg_advisory_xact_lock(hashtextextended(${`status-file:${key}`}, 0))) as l`
}

/** A status file as the log has it. */
export interface LoggedFile {
  readonly outcome: 'applied' | 'quarantined'
  /** "HH:MM:SS ngày DD/MM/YYYY" in Vietnam, by the database's clock. */
  readonly at: string
}

/** What the log says of the same bytes; undefined when they never came. */
export async function findStatusFile(
  tx: Tx,
  channel: ChannelName,
  sha256: string,
): Promise<LoggedFile | undefined> {
  const [row] = await tx.$queryRaw<LoggedFile[]>`
    select outcome, to_char(recorded_at at time zone 'Asia/Ho_Chi_Minh', 'HH24:MI:SS "ngày" DD/MM/YYYY') as at
      from status_file where channel = ${channel} and sha256 = decode(${sha256}, 'hex')`
  return row
}

/** What the log keeps of a status file; counts are rows, `total` is đồng. */
export interface StatusFileRecord {
  readonly channel: ChannelName
  readonly sha256: string
  readonly name: string
  readonly bytes: number
  readonly outcome: 'applied' | 'quarantined'
  readonly fault: string | null
  readonly messageId: string | null
  readonly orderFileId: string | null
  readonly rows: number
  readonly total: bigint
  readonly accepted: number
  readonly rejected: number
  readonly pending: number
  readonly changed: number
}

/** Writes a status file into the log. */
export async function insertStatusFile(tx: Tx, by: Act, file: StatusFileRecord): Promise<void> {
  await tx.$executeRaw`
    insert into status_file (channel, sha256, name, bytes, outcome, fault, message_id, order_file_id, row_count, total, accepted, rejected,
                             pending, changed, taken_by, via)
    values (${file.channel}, decode(${file.sha256}, 'hex'), ${file.name}, ${file.bytes}, ${file.outcome}, ${file.fault}, ${file.messageId},
            ${file.orderFileId}, ${file.rows}, ${file.total}, ${file.accepted}, ${file.rejected}, ${file.pending}, ${file.changed},
            ${by.actor}::uuid, ${by.via})`
}

/** An instruction as it stands. */
export interface Standing {
  readonly state: InstructionState
  readonly attempt: number
  readonly reason: string | null
}

/** Locks instructions and tells how they stand, by reference. */
export async function lockReported(
  tx: Tx,
  references: readonly string[],
): Promise<ReadonlyMap<string, Standing>> {
  const rows = await tx.$queryRaw<(Standing & { reference: string })[]>`
    select reference, state, attempt::integer as attempt, reason from instruction
     where reference = any (${references}::text[]) order by reference for update`
  return new Map(rows.map(({ reference, ...standing }) => [reference, standing]))
}

/** Moves locked instructions on by the steps decided for them. Returns those that changed. */
export async function moveReported(
  tx: Tx,
  steps: readonly { readonly row: RowStatus; readonly step: Step }[],
): Promise<readonly Changed[]> {
  return tx.$queryRaw<Changed[]>`
    update instruction i set state = v.state, reason = v.reason, fence = null
      from unnest(${steps.map(({ row }) => row.reference)}::text[], ${steps.map(({ row }) => row.attempt)}::smallint[],
                  ${steps.map(({ step }) => step.state)}::text[], ${steps.map(({ step }) => step.reason)}::text[])
             as v (reference, attempt, state, reason)
     where i.reference = v.reference and i.attempt = v.attempt
    returning i.reference, i.state, i.attempt::integer as attempt, i.amount, i.commune_id as "communeId",
              (select l.number from payout_list l where l.id = i.list_id) as "listNumber",
              i.entitlement_number as entitlement`
}
