import { createHash } from 'node:crypto'
import type { Rules } from './bank-rules.ts'
import { readOrderFile, type OrderFileIn } from './pain001-in.ts'
import { reportVersions, writeReport, type Report, type ReportPart } from './pain002-out.ts'
import type { ReportRow } from './pain002-out.ts'
import { lose, pay, reject, today, type Rail } from './rail.ts'
import type { FileRecord, RailRecord } from './records.ts'
import { spoil } from './spoilt-report.ts'

type StoredRow = ReportRow & { readonly part: string }
/** What the bank remembers of a file: how often it came, and what it will report; no rows if lost. */
interface StoredFile {
  record: FileRecord
  reported: boolean
  readonly parts: Map<string, { count: number; rows: StoredRow[] }>
}
export type Files = Map<string, StoredFile>

/** Keeps the status reports, from the records of files and of their rows. */
export const watchFiles = (files: Files) => (record: RailRecord) => {
  if (record.type === 'file') {
    const file = files.get(record.fileId) ?? { record, reported: false, parts: new Map() }
    file.record = record
    file.reported ||= record.fate !== 'lose'
    files.set(record.fileId, file)
  }
  if (record.type !== 'executed' && record.type !== 'rejected' && record.type !== 'lost') return
  const { fileId, part: id = '', reference, amount } = record
  const file = fileId === undefined ? undefined : files.get(fileId)
  if (!file) return
  const part = file.parts.get(id) ?? { count: 0, rows: [] }
  file.parts.set(id, part)
  part.count += 1
  if (
    record.type === 'lost' ||
    !record.answered ||
    part.rows.some((row) => row.reference === reference)
  )
    return
  const outcome =
    record.type === 'executed' ? { status: 'ACSC' } : { status: 'RJCT', reason: record.reason }
  part.rows.push({ reference, amount, part: id, ...outcome })
}

/** Executes an order file, once more if it came before. Resolves when all of it is in the book. */
export const receive = async (
  bank: { readonly rail: Rail; readonly files: Files; readonly rules: Rules },
  xml: string,
): Promise<{ readonly file: OrderFileIn; readonly record: FileRecord }> => {
  const { rail, files, rules } = bank
  const at = today(rail)
  const file = readOrderFile(xml)
  const attempt = (files.get(file.id)?.record.attempt ?? 0) + 1
  const forced = rules.take(file.id, 'lose', 'drop')?.fault
  const fate = forced === 'lose' || forced === 'drop' ? forced : rail.faults.file(file.id, attempt)
  const record: FileRecord = {
    ...{ type: 'file', at, fileId: file.id, account: file.account, count: file.count },
    ...{
      total: String(file.total),
      attempt,
      fate,
      version: file.version,
      ...refusals(rules, file),
    },
  }
  let saved = rail.write(record)
  for (const { bin, account, ...row } of file.rows) {
    const order = { ...row, account: file.account, to: `${bin}:${account}`, fileId: file.id }
    const reason = record.groupReason ?? record.partReasons?.[row.part]
    const rule = rules.take(row.reference, 'reject', 'silent', 'return')
    if (fate === 'lose' || (rule?.fault === 'silent' && rule.value === 'lost'))
      ({ saved } = lose(rail, order))
    else if (reason !== undefined) ({ saved } = reject(rail, order, reason))
    else if (rule?.fault === 'reject') ({ saved } = reject(rail, order, rule.value))
    else ({ saved } = pay(rail, order, rule && fateOf(rule)))
  }
  await saved // the last record: the book keeps their order
  return { file, record }
}

const fateOf = ({ fault, value, amount }: { fault: string; value: string; amount: number }) =>
  fault === 'return'
    ? ({ kind: 'return', afterDays: amount, reason: value } as const)
    : ({ kind: 'silent', executed: true, hang: false } as const)

const refusals = (rules: Rules, file: OrderFileIn) => {
  const group = rules.take(file.id, 'reject-group')
  if (group) return { groupReason: group.value }
  const reasons: Record<string, string> = {}
  for (const part of new Set(file.rows.map((row) => row.part))) {
    const rule = rules.take(part, 'reject-part')
    if (rule) reasons[part] = rule.value
  }
  return Object.keys(reasons).length > 0 ? { partReasons: reasons } : {}
}

/** The status file of an order file as it goes out now; undefined when the bank has none. */
export const statusFile = (
  bank: { readonly files: Files; readonly rules: Rules; readonly date: string },
  fileId: string,
): string | undefined => {
  const file = bank.files.get(fileId)
  if (!file?.reported || bank.rules.take(fileId, 'report-none')) return undefined
  const hash = createHash('sha256').update(`report:${fileId}`).digest()
  const rule = bank.rules.take(fileId, 'report-as')
  const version =
    reportVersions.find((one) => one === rule?.value) ??
    reportVersions[hash.readUInt8(0) % reportVersions.length] ??
    '001.03'
  const report = reportOf(file, bank.date, hash.readUInt8(1) < 128)
  return spoil(bank.rules, report, (one) => writeReport(one, version, hash.readUInt8(2) < 128))
}

/** Short: each level that is of one mind speaks for all below it. Long: every row is named. */
const reportOf = (file: StoredFile, date: string, short: boolean): Report => {
  const { fileId, version, count, total, attempt, groupReason, at } = file.record
  const head = {
    ...{ id: `RPT-${fileId.slice(0, 26)}-${String(attempt)}`, at: date < at ? at : date },
    ...{ fileId, fileVersion: version, count, total },
  }
  if (groupReason !== undefined) return { ...head, status: 'RJCT', reason: groupReason, parts: [] }
  const parts = [...file.parts].map(([id, part]) => partOf(file.record, id, { ...part, short }))
  const named = parts.reduce((sum, { rows }) => sum + rows.length, 0)
  const uniform = parts.every(({ status }) => status === 'ACSC')
  if (short && uniform && named === 0) return { ...head, status: 'ACSC', parts: [] }
  return { ...head, status: uniform ? 'ACSC' : 'PART', parts }
}

const partOf = (
  record: FileRecord,
  id: string,
  { count, rows, short }: { count: number; rows: readonly StoredRow[]; short: boolean },
): ReportPart => {
  const reason = record.partReasons?.[id]
  if (reason !== undefined) return { id, status: 'RJCT', reason, rows: [] }
  const whole = rows.length === count && rows.every(({ status }) => status === 'ACSC')
  if (whole) return { id, status: 'ACSC', rows: short ? [] : rows }
  return { id, status: 'PART', rows }
}
