import type { Tx } from '../lib/db.ts'
import { formatCoverage } from '../lib/money.ts'
import type { Value } from '../lib/spreadsheet-table.ts'
import { formatDate } from '../lib/time.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import { reconciliation } from '../reconciliation/reconciliation.ts'
import type { CommuneFigures, Coverage } from '../reconciliation/reconciliation.ts'
import { departmentOn } from './agencies.ts'
import type { Bar, Block, Paper, PaperColumn, PaperTable } from './paper.ts'
import { rowsOf } from './tally.ts'

const money = (header: string): PaperColumn => ({ header, width: 25, align: 'right' })
const COLUMNS: readonly PaperColumn[] = [
  { header: 'Đơn vị hành chính', width: 40, sheetWidth: 32 },
  { header: 'Trường hợp', width: 17, align: 'right' },
  { header: 'Qua tài khoản', width: 17, align: 'right' },
  { header: 'Tỷ lệ', width: 16, align: 'right' },
  ...['Được hưởng', 'Đã chi qua tài khoản', 'Tiền mặt', 'Bị trả lại', 'Đang giữ'].map(money),
  ...['Đang chuyển', 'Còn phải trả', 'Chưa rõ'].map(money),
]

/** The columns of money, in their order. */
const AMOUNTS = [
  ...(['entitled', 'paid', 'cash', 'returnedAmount', 'held', 'inFlight', 'owed'] as const),
  'unexplained',
] as const

/**
 * Báo cáo độ bao phủ of a month: cases and communes paid without cash, truncated to two decimals (domain.md, rounding), a
 * chart, and a table with its chart by commune on the map of the month and on that of a later day. Throws DomainError `map-earlier`: what
 * happened in a unit cannot be divided among those that it was made of.
 */
export async function coverageReport(
  tx: Tx,
  { month, mapDay }: { readonly month: Month; readonly mapDay: LocalDate },
): Promise<Paper> {
  const coverage = await reconciliation.coverageOf(tx, month)
  const table = tableOf('Theo bản đồ của tháng', coverage.communes)
  const { communes: onLater } = await reconciliation.coverageOn(tx, coverage, { month, mapDay })
  const moved = tableOf(`Theo bản đồ ngày ${formatDate(mapDay).replaceAll('/', '.')}`, onLater)
  return {
    ...{ kind: 'coverage-report', agency: departmentOn(month), symbol: 'BC-BTXH' },
    title: 'BÁO CÁO ĐỘ BAO PHỦ CHI TRẢ KHÔNG DÙNG TIỀN MẶT',
    subtitle: [`Tháng ${String(Number(month.slice(5, 7)))} năm ${month.slice(0, 4)}`],
    ...{ layout: 'landscape', communeId: null, info: [] },
    total: coverage.communes.reduce((sum, { paid }) => sum + paid, 0n),
    query: { id: 'coverage-report.v1', parameters: { month: month.slice(0, 7), map: mapDay } },
    blocks: [
      ...[headOf(coverage), { kind: 'table', table } as const, chartOf(table, coverage.communes)],
      ...[{ kind: 'table', table: moved } as const, chartOf(moved, onLater)],
    ],
    recipients: ['Ủy ban nhân dân cấp tỉnh (để báo cáo)', 'Lưu: VT, BTXH'],
    signatures: [
      { position: ['NGƯỜI LẬP BÁO CÁO'], name: null },
      { position: ['GIÁM ĐỐC'], name: null },
    ],
  }
}

const barOf = (label: string, part: number, whole: number): Bar => {
  const text = `${String(part)}/${String(whole)} (${formatCoverage(part, whole)})`
  return { label, part, whole, text }
}

function headOf({ cases, casesPaid, communes, communesPaid }: Coverage): Block {
  const bars = [
    barOf('Trường hợp', casesPaid, cases),
    barOf('Đơn vị cấp xã', communesPaid, communes.length),
  ]
  return { kind: 'bars', caption: 'Chi trả qua tài khoản trên tổng số', bars }
}

/** The share of each unit that has cases, in the order of its table. */
const chartOf = ({ name }: PaperTable, units: readonly CommuneFigures[]): Block => ({
  kind: 'bars',
  caption: `Tỷ lệ chi trả qua tài khoản. ${name}`,
  bars: units
    .filter(({ cases }) => cases > 0)
    .map((unit) => barOf(unit.name, unit.casesPaid, unit.cases)),
})

function tableOf(name: string, units: readonly CommuneFigures[]): PaperTable {
  const rows = units.map((unit): readonly Value[] => [
    ...[unit.name, BigInt(unit.cases), BigInt(unit.casesPaid)],
    formatCoverage(unit.casesPaid, unit.cases),
    ...AMOUNTS.map((amount) => unit[amount]),
  ])
  const sums = COLUMNS.map((_, at) =>
    at === 0 || at === 3 ? null : rows.reduce((sum, row) => sum + amountAt(row, at), 0n),
  )
  return {
    ...{ name, caption: name, columns: COLUMNS, rows: () => rowsOf(rows), count: rows.length },
    ...{ sums, sumLabel: 'Toàn tỉnh', empty: 'Không có đơn vị nào.' },
  }
}

function amountAt(row: readonly Value[], at: number): bigint {
  const cell = row[at]
  return typeof cell === 'bigint' ? cell : 0n
}
