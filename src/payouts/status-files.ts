import { createHash } from 'node:crypto'
import type { Act, PersonId } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import { beforeEnd } from '../lib/before-end.ts'
import type { Database, Tx } from '../lib/db.ts'
import { DomainError, invariant } from '../lib/errors.ts'
import type { LocalDate } from '../lib/time.ts'
import type { Channel, IncomingFile, StatusReport } from './channels/channel.ts'
import { markDue } from './callbacks-store.ts'
import { postNotExecuted } from './outcomes.ts'
import { ASK, judge, stepOf } from './status-report.ts'
import type { RowStatus, Step } from './status-report.ts'
import * as store from './status-store.ts'

/** What came of a status file: `message` says so in Vietnamese. */
export type TakenFile =
  | { readonly kind: 'applied'; readonly changed: number; readonly message: string }
  | { readonly kind: 'quarantined'; readonly changed: 0; readonly message: string }
  | {
      readonly kind: 'already'
      /** What became of it then. */
      readonly before: 'applied' | 'quarantined'
      readonly changed: 0
      readonly message: string
    }

/** What a file says of us, decided and not yet done; or why it is set aside. */
type Decision =
  | {
      readonly kind: 'apply'
      readonly report: StatusReport
      readonly rows: readonly RowStatus[]
      readonly total: bigint
      readonly steps: readonly { readonly row: RowStatus; readonly step: Step | typeof ASK }[]
    }
  | {
      readonly kind: 'quarantine'
      readonly fault: string
      readonly report: StatusReport | null
      readonly orderFileId: string | null
    }

/**
 * Takes one status file into account, whole or not at all, in one transaction with its line in the log: the rows that
 * it speaks of move as `stepOf` says, the money of rejected ones goes back to the hold. A file that cannot be read, does
 * not fit what was sent, or contradicts what is known is quarantined and changes no state. The same bytes again change
 * nothing. `on` is the business day.
 */
export async function takeStatusFile(
  db: Database,
  by: Act,
  channel: Reader,
  file: GivenFile,
): Promise<TakenFile> {
  const use = usingFile(channel, file)
  return db.transact(by, (tx) => use(tx, by))
}

/** A file that cannot be read is set aside. */
export const unreadable = ({ message: fault }: DomainError) =>
  ({ kind: 'quarantine', fault, report: null, orderFileId: null }) as const

/** What of a channel a status file is read by. */
export type Reader = Pick<Channel, 'name' | 'readStatus'>
export type GivenFile = Pick<IncomingFile, 'name' | 'bytes'> & {
  readonly on: LocalDate
  /** On whose word, when it was given by hand. */
  readonly confirmedBy?: PersonId
}

/** Reads a file at once, and uses it when there is a transaction. */
export function usingFile(channel: Reader, file: GivenFile) {
  const sha256 = createHash('sha256').update(file.bytes).digest('hex')
  const read = refusalAsValue(() => channel.readStatus(file.bytes))
  return async (tx: Tx, by: Act): Promise<TakenFile> => {
    await store.lockFile(tx, `${channel.name}:${sha256}`)
    const before = await store.findStatusFile(tx, channel.name, sha256)
    if (before !== undefined) {
      const what = before.outcome === 'applied' ? 'đã nhận' : 'đã nhận và cách ly'
      const message = `Tệp ${file.name} ${what} lúc ${before.at}`
      return { kind: 'already', before: before.outcome, changed: 0, message }
    }
    const decision =
      read instanceof DomainError ? unreadable(read) : await decide(tx, channel, read)
    const changed = decision.kind === 'apply' ? await apply(tx, by, decision.steps, file.on) : 0
    await log(tx, by, { ...file, channel, sha256, changed }, decision)
    if (decision.kind === 'apply') {
      return {
        kind: 'applied',
        changed,
        message: `Tệp ${file.name}: ${changed} lệnh chi có kết quả`,
      }
    }
    const message = `Tệp ${file.name} bị cách ly: ${decision.fault}`
    return { kind: 'quarantined', changed: 0, message }
  }
}

/**
 * Takes every status file that a channel has now, of the order files still awaited, until `until` says that it is time to
 * end. Returns what came of each.
 */
export async function takeStatusFiles(
  db: Database,
  by: Act,
  channel: Channel,
  on: LocalDate,
  until?: AbortSignal,
): Promise<readonly TakenFile[]> {
  const awaited = await db.transact(by, (tx) => store.awaitedFiles(tx, channel.name))
  const files = channel.statusFiles(awaited)[Symbol.asyncIterator]()
  const taken: TakenFile[] = []
  const taker = async (): Promise<void> => {
    for (;;) {
      const next = await beforeEnd(files.next(), until)
      if (next === undefined || next.done === true) return
      taken.push(await takeAndPutAway(db, by, channel, { file: next.value, on }))
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, taker))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
  return taken
}

/** While the database writes what one file says, the next is fetched and read. */
const AT_ONCE = 2

async function takeAndPutAway(
  db: Database,
  by: Act,
  channel: Channel,
  { file, on }: { readonly file: IncomingFile; readonly on: LocalDate },
): Promise<TakenFile> {
  const result = await takeStatusFile(db, by, channel, { name: file.name, bytes: file.bytes, on })
  const { kind } = result.kind === 'already' ? { kind: result.before } : result
  await file.done(kind === 'quarantined' ? 'quarantined' : 'processed')
  return result
}

/** What a file that was read says of us; locks what it speaks of. */
export async function decide(tx: Tx, channel: Reader, report: StatusReport): Promise<Decision> {
  await store.lockFile(tx, `${channel.name}:of:${report.fileId}`)
  const sent = await store.findOrderFile(tx, channel.name, report.fileId)
  if (sent === undefined) {
    const fault = `Tệp trạng thái trả lời tệp ${report.fileId} mà ta không gửi: không dùng gì trong tệp`
    return { kind: 'quarantine', fault, report, orderFileId: null }
  }
  const rows = refusalAsValue(() => judge(report, sent))
  if (rows instanceof DomainError)
    return { kind: 'quarantine', fault: rows.message, report, orderFileId: sent.id }
  const standing = await store.lockReported(
    tx,
    rows.map(({ reference }) => reference),
  )
  const steps = refusalAsValue(() => stepsOf(rows, standing))
  if (steps instanceof DomainError)
    return { kind: 'quarantine', fault: steps.message, report, orderFileId: sent.id }
  const total = rows.reduce((sum, row) => sum + (sent.rows.get(row.reference)?.amount ?? 0n), 0n)
  return { kind: 'apply', report, rows, total, steps }
}

function stepsOf(rows: readonly RowStatus[], standing: ReadonlyMap<string, store.Standing>) {
  return rows.flatMap((row) => {
    const now = standing.get(row.reference)
    invariant(now, `${row.reference} was sent and is there`)
    const step = stepOf(row, now)
    return step === null ? [] : [{ row, step }]
  })
}

async function apply(
  tx: Tx,
  by: Act,
  steps: readonly { readonly row: RowStatus; readonly step: Step | typeof ASK }[],
  on: LocalDate,
): Promise<number> {
  const again = steps.filter(({ step }) => step === ASK).map(({ row }) => row.reference)
  if (again.length > 0) await markDue(tx, again, 'status-file')
  const moving = steps.flatMap(({ row, step }) => (step === ASK ? [] : [{ row, step }]))
  if (moving.length === 0) return 0
  const changed = await store.moveReported(tx, moving)
  invariant(changed.length === moving.length, 'locked instructions move')
  await postNotExecuted(tx, by, changed, on)
  return changed.length
}

async function log(
  tx: Tx,
  by: Act,
  file: Omit<GivenFile, 'on'> & {
    readonly channel: Reader
    readonly sha256: string
    readonly changed: number
  },
  decision: Decision,
): Promise<void> {
  const rows = decision.kind === 'apply' ? decision.rows : []
  const count = (...meanings: RowStatus['meaning'][]) =>
    rows.filter(({ meaning }) => meanings.includes(meaning)).length
  const { channel, sha256, name, changed, confirmedBy } = file
  const orderFileId = decision.kind === 'apply' ? decision.report.fileId : decision.orderFileId
  await store.insertStatusFile(tx, by, {
    ...{ channel: channel.name, sha256, name, bytes: file.bytes.length, changed, orderFileId },
    outcome: decision.kind === 'apply' ? 'applied' : 'quarantined',
    fault: decision.kind === 'apply' ? null : decision.fault,
    messageId: decision.report?.messageId ?? null,
    rows: rows.length,
    total: decision.kind === 'apply' ? decision.total : 0n,
    accepted: count('accepted', 'settled'),
    rejected: count('rejected'),
    pending: count('pending'),
  })
  const act = decision.kind === 'apply' ? 'status-file.apply' : 'status-file.quarantine'
  const given = confirmedBy === undefined ? {} : { confirmedBy }
  const detail = { name, sha256, orderFileId, rows: rows.length, changed, ...given }
  await recordActs(tx, by, [{ act, subject: `status-file:${channel.name}:${sha256}`, detail }])
}

/** An expected refusal as a value; anything else is thrown on. */
export function refusalAsValue<T>(read: () => T): T | DomainError {
  try {
    return read()
  } catch (error) {
    if (error instanceof DomainError) return error
    throw error
  }
}
