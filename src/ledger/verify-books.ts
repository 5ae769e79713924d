import type { Ask } from './verify-ask.ts'
import { chartLines } from './chart.ts'
import { templateLines } from './templates.ts'
import type { Report } from './verify-findings.ts'

/** A line of the chart as the database has it. */
export interface ChartRow {
  readonly code: string
  readonly type: string
  readonly sign: number
  readonly subjectKind: string
  readonly floor: bigint | null
  readonly shared: boolean
  readonly ofCommune: boolean
}

/** A version of a template as the database has it; pairs as "1120 3371", debit first. */
export interface TemplateRow {
  readonly id: number
  readonly name: string
  readonly version: number
  readonly pairs: ReadonlySet<string>
}

/** A period: month "2023-08", and for a closed one the block that it was closed at. */
export interface PeriodRow {
  readonly month: string
  readonly state: string
  readonly blockNumber: bigint | null
  readonly head: string | null
}

/** What entries and accounts are held against: all of it small, read once. */
export interface Books {
  readonly chart: ReadonlyMap<string, ChartRow>
  readonly templates: ReadonlyMap<number, TemplateRow>
  readonly periods: ReadonlyMap<string, PeriodRow>
  /** No entry of this snapshot has a transaction id at or above it. */
  readonly horizon: bigint
}

/** Reads chart, templates and periods in the caller's transaction. */
export async function readBooks(ask: Ask): Promise<Books> {
  const chart = await ask<ChartRow>(`
    select code, type, sign::integer as sign, subject_kind as "subjectKind", floor, shared, of_commune as "ofCommune"
      from chart_account`)
  const templates = await ask<{ id: number; name: string; version: number; pairs: string[] }>(`
    select t.id::integer as id, t.name, t.version::integer as version,
           array(select d.code || ' ' || c.code from template_pair p join chart_account d on d.id = p.debit
                   join chart_account c on c.id = p.credit where p.template_id = t.id) as pairs
      from posting_template t`)
  const periods = await ask<PeriodRow>(`
    select to_char(month, 'YYYY-MM') as month, state, block_number as "blockNumber", encode(head, 'hex') as head
      from period order by month`)
  const [snapshot] = await ask<{ xmax: string }>(`
    select pg_snapshot_xmax(pg_current_snapshot())::text as xmax`)
  return {
    chart: new Map(chart.map((row) => [row.code, row])),
    templates: new Map(templates.map((row) => [row.id, { ...row, pairs: new Set(row.pairs) }])),
    periods: new Map(periods.map((row) => [row.month, row])),
    horizon: BigInt(snapshot?.xmax ?? 0),
  }
}

/** Reports where the database's copy of chart and templates is not what this program declares. */
export function checkBooks(books: Books, report: Report): void {
  checkChart(books, report)
  checkTemplates(books, report)
}

function checkChart({ chart }: Books, report: Report): void {
  const lines = new Map<string, string>(
    chartLines.map(([code, { type, grows, subject, floor, shared, ofCommune }]) => [
      code,
      said(type, grows === 'debit' ? 1 : -1, subject, floor, shared, ofCommune),
    ]),
  )
  for (const { code, type, sign, subjectKind, floor, shared, ofCommune } of chart.values()) {
    if (lines.get(code) === said(type, sign, subjectKind, floor, shared, ofCommune)) continue
    report(
      'chart',
      { account: code },
      `Tài khoản ${code} trong cơ sở dữ liệu khác hệ thống tài khoản của chương trình`,
      `account ${code} in the database is not as the program's chart says`,
    )
  }
}

function checkTemplates({ templates }: Books, report: Report): void {
  const declared = new Map<string, (typeof templateLines)[number]>(
    templateLines.map((line) => [line.name, line]),
  )
  for (const { name, version, pairs } of templates.values()) {
    const line = declared.get(name)
    // Entries keep the version they were posted under, so an older one is no finding.
    if (line !== undefined && version < line.version) continue
    const same =
      line?.version === version &&
      pairs.size === line.pairs.length &&
      line.pairs.every(([debit, credit]) => pairs.has(`${debit} ${credit}`))
    if (same) continue
    report(
      'chart',
      {},
      `Mẫu bút toán ${name} bản ${version} khác chương trình khai báo`,
      `template ${name} version ${version} is not as the program declares it`,
    )
  }
}

const said = (...parts: readonly unknown[]): string => parts.map(String).join(' ')
