import type { BankFault, Rules } from './bank-rules.ts'
import type { Report, ReportRow } from './pain002-out.ts'

/** Writes a report, with the fault that a rule asks for. */
export const spoil = (rules: Rules, report: Report, write: (report: Report) => string): string => {
  const rule = rules.take(report.fileId, ...faults)
  if (!rule) return write(report)
  const whole = write(report)
  if (rule.fault === 'report-cut')
    return whole.slice(0, Math.max(1, Math.floor((whole.length * rule.amount) / 100)))
  if (rule.fault === 'report-garbage') return '{"status":"OK"}'
  if (rule.fault === 'report-doctype')
    return whole.replace('\n', '\n<!DOCTYPE Document [<!ENTITY a "ACSC">]>\n')
  if (rule.fault === 'report-partial')
    // the counts speak of rows that are not there
    return whole.replace(/<(p:)?TxInfAndSts>.*?<\/(p:)?TxInfAndSts>/, '')
  return write(changed(rule.fault, report, rule.value))
}

/** The faults of a report; others do not come here. */
const faults = [
  ...['report-cut', 'report-garbage', 'report-doctype', 'report-partial', 'report-amount'],
  ...['report-total', 'report-foreign-row', 'report-foreign-file', 'report-unknown'],
  ...['report-part-row', 'report-pending'],
] as readonly BankFault[]

const changed = (fault: BankFault, report: Report, value: string): Report => {
  if (fault === 'report-amount')
    return onFirstRow(report, ({ amount }) => ({ amount: `${amount}0` }))
  if (fault === 'report-foreign-row')
    return onFirstRow(report, ({ reference }) => ({ reference: `X${reference.slice(1)}` }))
  if (fault === 'report-unknown') return onFirstRow(report, () => ({ status: value }))
  if (fault === 'report-part-row') return onFirstRow(report, () => ({ status: 'PART' }))
  if (fault === 'report-total') return { ...report, total: `${report.total}0` }
  if (fault === 'report-foreign-file') return { ...report, fileId: `${report.fileId}-X`.slice(-35) }
  return { ...report, status: value, parts: [] }
}

/** Whatever the report says in short, its first row is named and changed. */
const onFirstRow = (report: Report, change: (row: ReportRow) => Partial<ReportRow>): Report => {
  const at = report.parts.findIndex(({ rows }) => rows.length > 0)
  return {
    ...report,
    status: 'PART',
    parts: report.parts.map((part, index) =>
      index === at
        ? {
            ...part,
            rows: part.rows.map((row, place) => (place === 0 ? { ...row, ...change(row) } : row)),
          }
        : part,
    ),
  }
}
