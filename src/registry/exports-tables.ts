import type { Tx } from '../lib/db.ts'
import { exportOf } from '../lib/spreadsheet-export.ts'
import type { Export, Exported } from '../lib/spreadsheet-export.ts'
import type { Value } from '../lib/spreadsheet-table.ts'
import { birthCell } from './exports-cells.ts'
import type { ShownNumbers } from './exports-cells.ts'
import * as store from './exports-store.ts'
import type { Asked, PersonLine } from './exports-store.ts'

/** What is exported. */
export type ExportName = 'people' | 'enrolments' | 'accounts' | 'deaths'

/** An export of the registry of rows asked for, with numbers as they are to be shown. */
type Table = (tx: Tx, asked: Asked, numbers: ShownNumbers) => Export

const WHO = [
  { header: 'Số định danh', width: 18 },
  { header: 'Họ và tên', width: 30 },
  { header: 'Ngày sinh' },
  { header: 'Giới tính' },
  { header: 'Mã xã' },
  { header: 'Xã', width: 24 },
]

const who = (line: PersonLine, numbers: ShownNumbers): readonly Value[] => [
  ...[numbers.idNumber(line), line.fullName, birthCell(line)],
  ...[line.sex === 'female' ? 'Nữ' : 'Nam', line.communeCode, line.commune],
]

/** Declares an export: its own columns after those of the person, its lines, and what one is worth. */
function defineTable<Line extends PersonLine>(of: {
  readonly title: string
  readonly columns: Exported<Line>['columns']
  readonly page: (tx: Tx, page: store.Page) => Promise<readonly Line[]>
  readonly cells: (line: Line, numbers: ShownNumbers) => readonly Value[]
  readonly amount: Exported<Line>['amount']
}): Table {
  return (tx, asked, numbers) =>
    exportOf<Line>({
      title: of.title,
      columns: [...WHO, ...of.columns],
      page: (after, limit) => of.page(tx, { ...asked, limit, after: after?.key ?? null }),
      row: (line) => [...who(line, numbers), ...of.cells(line, numbers)],
      amount: of.amount,
    })
}

/** The exports of the registry. Enrolments show neutral codes alone, whatever the purpose (Decree 20/2021 Art 8.1.b). */
export const TABLES: Readonly<Record<ExportName, Table>> = {
  people: defineTable({
    title: 'Người hưởng',
    columns: [{ header: 'Thôn, tổ dân phố', width: 24 }],
    page: store.personLines,
    cells: ({ village }) => [village],
    amount: null,
  }),
  enrolments: defineTable({
    title: 'Quyết định hưởng',
    columns: [
      ...[{ header: 'Chương trình' }, { header: 'Mã đối tượng', width: 18 }],
      ...[{ header: 'Hưởng từ ngày' }, { header: 'Mức hưởng' }],
      { header: 'Mã hồ sơ', width: 18 },
    ],
    page: store.enrolmentLines,
    cells: ({ programme, categoryCode, validFrom, amount, dossierNumber }) => [
      ...[programme, categoryCode, { day: validFrom }, amount, dossierNumber],
    ],
    amount: ({ amount }) => amount,
  }),
  accounts: defineTable({
    title: 'Tài khoản nhận tiền',
    columns: [
      ...[{ header: 'Mã ngân hàng' }, { header: 'Số tài khoản', width: 22 }],
      { header: 'Chủ tài khoản', width: 30 },
    ],
    page: store.accountLines,
    cells: (line, numbers) => [line.bankCode ?? 'Hue-S', numbers.account(line), line.holderName],
    amount: null,
  }),
  deaths: defineTable({
    title: 'Người đã mất',
    columns: [
      ...[{ header: 'Ngày mất' }, { header: 'Số trích lục', width: 20 }],
      { header: 'Trạng thái', width: 16 },
    ],
    page: store.deathLines,
    cells: ({ diedOn, certificate, confirmed }) => [
      ...[{ day: diedOn }, certificate, confirmed ? 'Đã xác nhận' : 'Chờ xác nhận'],
    ],
    amount: null,
  }),
}
