import { DomainError } from '../lib/errors.ts'
import type { ReportedStatus, StatusReport } from './channels/channel.ts'
import { DUPLICATE } from './failure-reasons.ts'
import type { InstructionState } from './instruction.ts'

/** What a status of ISO 20022 means for a row (docs/adr/0013). */
type Meaning = 'pending' | 'accepted' | 'settled' | 'rejected'

const MEANING: Readonly<Record<string, Meaning>> = {
  // Checked in part, not yet accepted for execution.
  ...{ ACTC: 'pending', ACCP: 'pending', PDNG: 'pending' },
  ...{ ACSP: 'accepted', ACWC: 'accepted' },
  ...{ ACSC: 'settled', ACCC: 'settled' },
  ...{ RJCT: 'rejected', CANC: 'rejected' },
}
/** Some rows so, some so: says nothing of any row, and may stand above rows only. */
const PART = 'PART'

/** An order file as it was sent. */
export interface SentFile {
  readonly id: string
  /** By reference; `part` is the PmtInf that carried the row. */
  readonly rows: ReadonlyMap<
    string,
    { readonly amount: bigint; readonly attempt: number; readonly part: string }
  >
}

/** The word on one row of a sent file. */
export interface RowStatus {
  readonly reference: string
  readonly attempt: number
  readonly meaning: Meaning
  readonly code: string
  readonly reason: string | null
}

/**
 * What a status report says of each row of the file that it is about: the lowest level that speaks of a row counts, a
 * refusal of the group or of a PmtInf is one of all its rows, a row that nothing speaks of is left out. Throws
 * DomainError `status-file` when the report does not fit the file in any point: totals, references, amounts, parts,
 * tallies, a status nobody knows, or a level that contradicts the one above it. Nothing of the report may be used then.
 */
export function judge(report: StatusReport, sent: SentFile): readonly RowStatus[] {
  checkTotals('toàn tệp', report, [...sent.rows.values()])
  const found = new Map<string, RowStatus>()
  const group = meant(report.status, 'tệp')
  const named: string[] = []
  const seen = new Set<string>()
  for (const part of report.parts) {
    const members = [...sent.rows].filter(([, row]) => row.part === part.id)
    if (members.length === 0 || seen.has(part.id)) throw refusal(`nêu nhóm lạ ${part.id}`)
    seen.add(part.id)
    checkTotals(
      `nhóm ${part.id}`,
      part,
      members.map(([, row]) => row),
    )
    const status = below(group, meant(part.status, `nhóm ${part.id}`), `nhóm ${part.id}`)
    const codes = part.rows.map((row) => judgeRow(row, { part: part.id, status, sent, found }))
    named.push(...codes)
    checkTallies(part.tallies, codes, `nhóm ${part.id}`)
    for (const [reference] of members)
      if (!found.has(reference)) put(found, reference, sent, status)
  }
  checkTallies(report.tallies, named, 'toàn tệp')
  for (const reference of sent.rows.keys())
    if (!found.has(reference)) put(found, reference, sent, group)
  return [...found.values()]
}

type Meant = (ReportedStatus & { readonly meaning: Meaning | 'part' }) | null

function meant(status: ReportedStatus | null, where: string): Meant {
  if (status === null) return null
  const meaning = status.code === PART ? 'part' : MEANING[status.code]
  if (meaning === undefined) throw refusal(`có trạng thái lạ ${status.code} của ${where}`)
  return { ...status, meaning }
}

/** The status of a level under another: its own, or the one above. A refusal above allows nothing else below. */
function below(above: Meant, own: Meant, where: string): Meant {
  if (own === null) return above
  if (above?.meaning === 'rejected' && own.meaning !== 'rejected')
    throw refusal(`từ chối cấp trên nhưng ${where} là ${own.code}`)
  return own
}

function judgeRow(
  row: StatusReport['parts'][number]['rows'][number],
  at: {
    readonly part: string
    readonly status: Meant
    readonly sent: SentFile
    readonly found: Map<string, RowStatus>
  },
): string {
  const { reference } = row
  const known = at.sent.rows.get(reference)
  if (known?.part !== at.part) throw refusal(`nêu lệnh ${reference} không có trong tệp đã gửi`)
  if (at.found.has(reference)) throw refusal(`nêu lệnh ${reference} hai lần`)
  if (row.amount !== null && row.amount !== known.amount)
    throw refusal(`nêu lệnh ${reference} với số tiền khác`)
  const status = below(at.status, meant(row.status, `lệnh ${reference}`), `lệnh ${reference}`)
  if (status === null || status.meaning === 'part')
    throw refusal(`không nói rõ trạng thái của lệnh ${reference}`)
  put(at.found, reference, at.sent, status)
  return status.code
}

function put(
  found: Map<string, RowStatus>,
  reference: string,
  sent: SentFile,
  status: Meant,
): void {
  const row = sent.rows.get(reference)
  if (row === undefined || status === null || status.meaning === 'part') return
  const { code, meaning } = status
  const reason =
    meaning === 'rejected' ? (status.reason ?? (code === 'CANC' ? code : 'NARR')) : null
  found.set(reference, { reference, attempt: row.attempt, meaning, code, reason })
}

function checkTotals(
  where: string,
  stated: { readonly count: bigint | null; readonly total: bigint | null },
  rows: readonly { readonly amount: bigint }[],
): void {
  const total = rows.reduce((sum, { amount }) => sum + amount, 0n)
  if (stated.count !== null && stated.count !== BigInt(rows.length))
    throw refusal(`ghi ${stated.count} lệnh cho ${where} nhưng tệp đã gửi có ${rows.length}`)
  if (stated.total !== null && stated.total !== total)
    throw refusal(`ghi tổng ${stated.total} đồng cho ${where} nhưng tệp đã gửi là ${total}`)
}

/** A report that counts more rows of a status than it names, or others, has lost some. */
function checkTallies(
  stated: ReadonlyMap<string, bigint>,
  codes: readonly string[],
  where: string,
): void {
  if (codes.length === 0) return
  for (const [code, count] of stated) {
    const named = codes.filter((one) => one === code).length
    if (count !== BigInt(named))
      throw refusal(`đếm ${count} lệnh ${code} của ${where} nhưng nêu ${named}`)
  }
}

/** What is to be done with an instruction, given what a report says: null when nothing is. */
export interface Step {
  readonly state: 'ACCEPTED' | 'REJECTED' | 'UNKNOWN'
  readonly reason: string
}

/** A payment that is to be sent again is not moved by a word on its last attempt: somebody has to ask before it is. */
export const ASK = 'ask'

/**
 * How an instruction moves by the word on it. Only states in which the outcome is open move; a word that fits what is
 * known already changes nothing. Throws DomainError `status-file` for a contradiction that touches money: rejected
 * after settled or paid, executed after rejected, or about something that we hold for never sent.
 */
export function stepOf(
  row: RowStatus,
  now: {
    readonly state: InstructionState
    readonly attempt: number
    readonly reason: string | null
  },
): Step | typeof ASK | null {
  const { reference, meaning, code, reason } = row
  if (meaning === 'pending') return null
  const older = now.attempt !== row.attempt
  if (!older && (now.state === 'QUEUED' || now.state === 'HELD')) return ASK
  if (meaning === 'rejected') {
    if (older || now.state === 'REJECTED' || now.state === 'RETURNED') return null
    // A duplicate is no word on the first: the outcome stays open until an enquiry or a statement.
    if (reason === DUPLICATE) {
      return now.state === 'SUBMITTED' ? { state: 'UNKNOWN', reason } : null
    }
    const revocable = now.state === 'ACCEPTED' && MEANING[now.reason ?? ''] === 'accepted'
    if (isOpen(now.state) || revocable) return { state: 'REJECTED', reason: reason ?? 'NARR' }
  } else {
    if (!older && (now.state === 'PAID' || now.state === 'RETURNED')) return null
    const firmer = meaning === 'settled' && now.reason !== code
    if (!older && now.state === 'ACCEPTED')
      return firmer ? { state: 'ACCEPTED', reason: code } : null
    if (!older && isOpen(now.state)) return { state: 'ACCEPTED', reason: code }
  }
  throw refusal(`nói ${code} về lệnh ${reference}, trái với trạng thái ${now.state} đã ghi`)
}

const isOpen = (state: InstructionState): boolean =>
  state === 'SUBMITTING' || state === 'SUBMITTED' || state === 'UNKNOWN'

const refusal = (what: string): DomainError =>
  new DomainError('invalid', 'status-file', `Tệp trạng thái ${what}: không dùng gì trong tệp`)
