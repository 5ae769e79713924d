/** What the bank tells of one row; rows it tells nothing of are not there. */
export interface ReportRow {
  readonly reference: string
  readonly amount: string
  readonly status: string
  readonly reason?: string | undefined
}
export interface ReportPart {
  readonly id: string
  readonly status?: string
  readonly reason?: string | undefined
  readonly rows: readonly ReportRow[]
}
/** A report as it is written; `count` and `total` are those of the order file. */
export interface Report {
  readonly id: string
  readonly at: string
  readonly fileId: string
  readonly fileVersion: string
  readonly count: number
  readonly total: string
  readonly status?: string
  readonly reason?: string | undefined
  readonly parts: readonly ReportPart[]
}

export const reportVersions = ['001.03', '001.10', '001.14'] as const
export type ReportVersion = (typeof reportVersions)[number]

/**
 * Writes a pain.002 in one of the versions. Banks differ in their habits: the oldest here has no prefix, the second has
 * one, the newest names no namespace at all when `bare`.
 */
export const writeReport = (report: Report, version: ReportVersion, bare = false): string => {
  const prefix = version === '001.10' ? 'p:' : ''
  const tag = (name: string, content: string | undefined): string =>
    content === undefined ? '' : `<${prefix}${name}>${content}</${prefix}${name}>`
  const reasonOf = (reason: string | undefined) =>
    reason === undefined ? undefined : tag('Rsn', tag('Cd', reason))
  const statusOf = (
    name: string,
    { status, reason }: { status?: string; reason?: string | undefined },
  ) => tag(name, status) + tag('StsRsnInf', reasonOf(reason))
  const row = (one: ReportRow): string =>
    tag(
      'TxInfAndSts',
      tag('OrgnlInstrId', one.reference) +
        tag('OrgnlEndToEndId', one.reference) +
        statusOf('TxSts', one) +
        tag(
          'OrgnlTxRef',
          tag('Amt', `<${prefix}InstdAmt Ccy="VND">${one.amount}</${prefix}InstdAmt>`),
        ),
    )
  const part = (one: ReportPart): string =>
    tag(
      'OrgnlPmtInfAndSts',
      tag('OrgnlPmtInfId', one.id) +
        statusOf('PmtInfSts', one) +
        tallies(one.rows, tag) +
        one.rows.map(row).join(''),
    )
  const all = report.parts.flatMap(({ rows }) => rows)
  const body =
    tag('GrpHdr', tag('MsgId', report.id) + tag('CreDtTm', `${report.at}T17:00:00+07:00`)) +
    tag(
      'OrgnlGrpInfAndSts',
      tag('OrgnlMsgId', report.fileId) +
        tag('OrgnlMsgNmId', `pain.001.${report.fileVersion}`) +
        tag('OrgnlNbOfTxs', String(report.count)) +
        tag('OrgnlCtrlSum', report.total) +
        statusOf('GrpSts', report) +
        tallies(all, tag),
    ) +
    report.parts.map(part).join('')
  const urn = `urn:iso:std:iso:20022:tech:xsd:pain.002.${version}`
  const binding = bare && prefix === '' ? '' : ` xmlns${prefix === '' ? '' : ':p'}="${urn}"`
  const root = `${prefix}Document`
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${binding}>${tag('CstmrPmtStsRpt', body)}</${root}>`
}

const tallies = (
  rows: readonly ReportRow[],
  tag: (name: string, content: string) => string,
): string => {
  const counts = new Map<string, number>()
  for (const { status } of rows) counts.set(status, (counts.get(status) ?? 0) + 1)
  return [...counts]
    .map(([status, count]) =>
      tag('NbOfTxsPerSts', tag('DtldNbOfTxs', String(count)) + tag('DtldSts', status)),
    )
    .join('')
}
