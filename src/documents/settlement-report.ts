import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { Value } from '../lib/spreadsheet-table.ts'
import type { Month } from '../lib/time.ts'
import { payouts } from '../payouts/payouts.ts'
import { reconciliation } from '../reconciliation/reconciliation.ts'
import type { CommuneFigures } from '../reconciliation/reconciliation.ts'
import { registry } from '../registry/registry.ts'
import { committeeOf, departmentOn } from './agencies.ts'
import { inWords } from './amount-words.ts'
import type { Block, Paper, PaperColumn, PaperTable } from './paper.ts'
import { componentSums, seesCommune, settlementSums } from './settlement-store.ts'
import type { SettlementSums } from './settlement-store.ts'
import { differenceOf, fundsTable, money, yearTable } from './settlement-tables.ts'
import { rowsOf } from './tally.ts'

/** The month of a settlement; of one commune, or of the province with null. */
interface SettlementRequest {
  readonly month: Month
  readonly communeId: number | null
}

/**
 * Báo cáo quyết toán chi trả of a month: what had to be paid, was paid through accounts and in cash, goes over to the next
 * month and is still owed, by commune, so that what had to be paid is the sum of the others; then by kind of money, by month
 * since January, and, of the province, where the funds are and what fees they bore. Throws DomainError `commune-missing`.
 */
export async function settlementReport(tx: Tx, request: SettlementRequest): Promise<Paper> {
  const { month, communeId } = request
  const commune =
    communeId === null
      ? null
      : (await registry.communesIn(tx, month)).find(({ id }) => id === communeId)
  if (commune === undefined || (communeId !== null && !(await seesCommune(tx, communeId)))) {
    throw missing()
  }
  const { communes } = await reconciliation.coverageOf(tx, month)
  const units = commune === null ? communes : communes.filter(({ code }) => code === commune.code)
  const sums = await settlementSums(tx, { from: month, to: month, communeId })
  const parts = await componentSums(tx, { from: month, to: month, communeId })
  return {
    ...{ kind: 'settlement-report', symbol: 'BCQT', communeId, info: [], layout: 'landscape' },
    agency: commune === null ? departmentOn(month) : committeeOf(commune),
    title: 'BÁO CÁO QUYẾT TOÁN CHI TRẢ TRỢ CẤP XÃ HỘI',
    subtitle: [`Tháng ${String(Number(month.slice(5, 7)))} năm ${month.slice(0, 4)}`],
    total: sums.entitled,
    query: {
      id: 'settlement-report.v1',
      parameters: { month: month.slice(0, 7), commune: commune?.code ?? 'all' },
    },
    blocks: [
      { kind: 'table', table: unitsTable(units, sums) },
      ...wordsOf(sums),
      { kind: 'table', table: componentsTable(parts, sums) },
      { kind: 'table', table: await yearTable(tx, request) },
      // Funds are those of paying units, which pay for several communes.
      ...(communeId === null
        ? [{ kind: 'table', table: await fundsTable(tx, month) } as const]
        : []),
    ],
    recipients: ['Kho bạc Nhà nước', 'Tổ chức chi trả', 'Lưu: VT, KT'],
    signatures: [
      { position: ['NGƯỜI LẬP'], name: null },
      { position: ['KẾ TOÁN TRƯỞNG'], name: null },
      { position: ['THỦ TRƯỞNG ĐƠN VỊ'], name: null },
      { position: ['TỔ CHỨC CHI TRẢ'], name: null },
    ],
  }
}

const missing = (): DomainError =>
  new DomainError('not-found', 'commune-missing', 'Không có đơn vị này trong tháng ấy')

const COLUMNS: readonly PaperColumn[] = [
  { header: 'Đơn vị hành chính', width: 42, sheetWidth: 32 },
  { header: 'Số khoản', width: 18, align: 'right' },
  ...['Phải chi', 'Đã chi qua tài khoản', 'Đã chi tiền mặt', 'Chưa lĩnh, chuyển kỳ sau'].map(money),
  ...['Còn phải trả', 'Chênh lệch', 'Hoàn trả trong kỳ'].map(money),
]

function unitsTable(units: readonly CommuneFigures[], sums: SettlementSums): PaperTable {
  const rows = units
    .filter(({ cases }) => cases > 0)
    .map((unit): readonly Value[] => [
      ...[unit.name, BigInt(unit.cases), unit.entitled, unit.paid, unit.cash, unit.carried],
      ...[unit.owed, differenceOf(unit), unit.returnedAmount],
    ])
  return {
    ...{ name: 'Quyết toán', columns: COLUMNS, count: rows.length, rows: () => rowsOf(rows) },
    sums: [
      ...[null, BigInt(sums.cases), sums.entitled, sums.paid, sums.cash, sums.carried, sums.owed],
      ...[differenceOf(sums), sums.returnedAmount],
    ],
    ...{ sumLabel: 'Tổng cộng', empty: 'Không có khoản chi nào trong tháng này.' },
  }
}

function wordsOf(sums: SettlementSums): readonly Block[] {
  const paid = sums.paid + sums.cash
  const text = `Tổng phải chi bằng chữ: ${inWords(sums.entitled)}. Tổng đã chi bằng chữ: ${inWords(paid)}.`
  return [{ kind: 'text', text, style: 'bold' }]
}

const COMPONENT_COLUMNS = [
  { header: 'Khoản', width: 70, sheetWidth: 32 },
  { header: 'Trong kỳ hay truy lĩnh', width: 60, sheetWidth: 26 },
  { header: 'Số khoản', width: 30, align: 'right' },
  { header: 'Số tiền (đồng)', width: 50, align: 'right' },
] as const

function componentsTable(
  parts: Awaited<ReturnType<typeof componentSums>>,
  { cases, entitled }: SettlementSums,
): PaperTable {
  const rows = parts.map(({ component, late, count, amount }): readonly Value[] => [
    payouts.lists.componentWords(component),
    late ? 'Truy lĩnh tháng trước' : 'Trong kỳ',
    ...[BigInt(count), amount],
  ])
  return {
    ...{ name: 'Theo khoản', caption: 'Phải chi theo khoản', columns: COMPONENT_COLUMNS },
    ...{ count: rows.length, rows: () => rowsOf(rows) },
    sums: [null, null, BigInt(cases), entitled],
    ...{ sumLabel: 'Tổng cộng', empty: 'Không có khoản chi nào trong tháng này.' },
  }
}
