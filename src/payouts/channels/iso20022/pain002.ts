import { DomainError } from '../../../lib/errors.ts'
import { readXml } from '../../../lib/xml.ts'
import type { ReportedStatus, StatusReport } from '../channel.ts'

/** The versions of pain.002 that are read; a file without a namespace is taken for one of them. */
const NAMESPACE = /^urn:iso:std:iso:20022:tech:xsd:pain\.002\.001\.(03|10|14)$/
const ROOT = 'Document/CstmrPmtStsRpt'
const GROUP = `${ROOT}/OrgnlGrpInfAndSts`
const PART = `${ROOT}/OrgnlPmtInfAndSts`
const ROW = `${PART}/TxInfAndSts`

/** What is used of a level; the rest of a report is read over. */
const KEPT = new Set([
  ...['/OrgnlMsgId', '/OrgnlMsgNmId', '/OrgnlPmtInfId', '/OrgnlNbOfTxs', '/OrgnlCtrlSum'],
  ...['/GrpSts', '/PmtInfSts', '/TxSts', '/StsRsnInf/Rsn/Cd', '/StsRsnInf/Rsn/Prtry'],
  ...['/NbOfTxsPerSts/DtldSts', '/NbOfTxsPerSts/DtldNbOfTxs'],
  ...['/OrgnlEndToEndId', '/OrgnlInstrId', '/OrgnlTxRef/Amt/InstdAmt'],
])

/** One level of the report as it is gathered, by the names of its elements. */
interface Level {
  readonly values: Map<string, string>
  readonly tallies: Map<string, bigint>
}
type PartDraft = Level & { readonly rows: Level[] }

/**
 * Reads a pain.002 status report of the three versions, with or without a namespace or a prefix. Returns its three
 * levels; no value is made a number but counts and whole amounts. Throws DomainError `xml` for what is not well formed
 * or not safe to read, `status-file` for what is not such a report: whoever catches it uses nothing of the file.
 */
export function readPain002(bytes: Uint8Array): StatusReport {
  const header = newLevel()
  const group = newLevel()
  const parts: PartDraft[] = []
  const seen = new Set<string>()
  readXml(bytes, {
    open: (path, namespace) => {
      if (!path.includes('/')) checkRoot(path, namespace)
      if (path === ROOT || path === GROUP) once(seen, path)
      if (path === PART) parts.push({ ...newLevel(), rows: [] })
      if (path === ROW) parts.at(-1)?.rows.push(newLevel())
    },
    close: (path, text) => {
      if (path.startsWith(`${ROW}/`)) keep(parts.at(-1)?.rows.at(-1), path.slice(ROW.length), text)
      else if (path.startsWith(`${PART}/`)) keep(parts.at(-1), path.slice(PART.length), text)
      else if (path.startsWith(`${GROUP}/`)) keep(group, path.slice(GROUP.length), text)
      else if (path === `${ROOT}/GrpHdr/MsgId`) header.values.set('/MsgId', text)
    },
  })
  if (!/^pain\.001(\.|$)/.test(required(group, '/OrgnlMsgNmId')))
    throw refusal('không trả lời một tệp pain.001')
  return {
    messageId: required(header, '/MsgId'),
    fileId: required(group, '/OrgnlMsgId'),
    ...totals(group),
    status: statusOf(group, '/GrpSts'),
    tallies: group.tallies,
    parts: parts.map((part) => ({
      id: required(part, '/OrgnlPmtInfId'),
      ...totals(part),
      status: statusOf(part, '/PmtInfSts'),
      tallies: part.tallies,
      rows: part.rows.map(rowOf),
    })),
  }
}

const newLevel = (): Level => ({ values: new Map(), tallies: new Map() })

function checkRoot(path: string, namespace: string | null): void {
  if (path !== 'Document') throw refusal('không phải báo cáo trạng thái pain.002')
  if (namespace !== null && !NAMESPACE.test(namespace))
    throw refusal(`có phiên bản ${namespace} mà hệ thống không đọc`)
}

function once(seen: Set<string>, path: string): void {
  if (seen.has(path)) throw refusal(`có hai phần ${path}`)
  seen.add(path)
}

/** Keeps a value of a level. What stands twice is refused, but for further reasons. */
function keep(level: Level | undefined, name: string, text: string): void {
  if (level === undefined) return
  const { values, tallies } = level
  if (name === '/NbOfTxsPerSts') {
    const code = values.get('/NbOfTxsPerSts/DtldSts') ?? ''
    if (tallies.has(code)) throw refusal(`đếm trạng thái ${code} hai lần`)
    tallies.set(code, wholeNumber(values.get('/NbOfTxsPerSts/DtldNbOfTxs')) ?? 0n)
    values.delete('/NbOfTxsPerSts/DtldSts')
    values.delete('/NbOfTxsPerSts/DtldNbOfTxs')
    return
  }
  if (!KEPT.has(name)) return
  if (!values.has(name)) values.set(name, text)
  // Of several reasons the first counts; anything else that stands twice makes the file say two things.
  else if (!name.startsWith('/StsRsnInf/')) throw refusal(`có hai giá trị ${name.slice(1)}`)
}

function rowOf(row: Level) {
  const [endToEnd, instruction] = ['/OrgnlEndToEndId', '/OrgnlInstrId'].map((name) =>
    row.values.get(name),
  )
  const reference = endToEnd ?? instruction
  if (reference === undefined || reference === '') throw refusal('có dòng không có số tham chiếu')
  if (instruction !== undefined && instruction !== reference)
    throw refusal(`có dòng mang hai số tham chiếu: ${reference}, ${instruction}`)
  return {
    reference,
    amount: wholeNumber(row.values.get('/OrgnlTxRef/Amt/InstdAmt')),
    status: statusOf(row, '/TxSts'),
  }
}

function totals(level: Level) {
  return {
    count: wholeNumber(level.values.get('/OrgnlNbOfTxs')),
    total: wholeNumber(level.values.get('/OrgnlCtrlSum')),
  }
}

function statusOf({ values }: Level, name: string): ReportedStatus | null {
  const code = values.get(name)
  if (code === undefined) return null
  const reason = values.get('/StsRsnInf/Rsn/Cd') ?? values.get('/StsRsnInf/Rsn/Prtry') ?? null
  return { code, reason }
}

function required({ values }: Level, name: string): string {
  const value = values.get(name)
  if (value === undefined || value === '') throw refusal(`thiếu ${name.slice(1)}`)
  return value
}

/** Whole đồng or a count: "360000", or "360000.00" as some banks write it. */
function wholeNumber(text: string | undefined): bigint | null {
  if (text === undefined) return null
  const digits = /^(\d{1,18})(\.0{0,5})?$/.exec(text)?.[1]
  if (digits === undefined) throw refusal(`có số không phải số nguyên: ${text.slice(0, 30)}`)
  return BigInt(digits)
}

const refusal = (what: string): DomainError =>
  new DomainError('invalid', 'status-file', `Tệp trạng thái ${what}: không dùng gì trong tệp`)
