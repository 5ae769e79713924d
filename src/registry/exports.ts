import type { Writable } from 'node:stream'
import type { Act, Scope } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { ExportFormat, ExportInfo, ExportTotal } from '../lib/spreadsheet-export.ts'
import { formatDate } from '../lib/time.ts'
import type { LocalDate } from '../lib/time.ts'
import type { Vault } from '../lib/vault.ts'
import { birthCell, shownNumbers } from './exports-cells.ts'
import type { Reveal } from './exports-cells.ts'
import { stampOf } from './exports-store.ts'
import { TABLES } from './exports-tables.ts'
import type { ExportName } from './exports-tables.ts'

/** What an officer asks for, and what the screen showed him: the export has that, or is refused. */
export interface ExportRequest {
  readonly what: ExportName
  readonly format: ExportFormat
  readonly communeId: number | null
  /** The business day as of which rows are taken. */
  readonly on: LocalDate
  readonly shown: { readonly count: number }
  /** Numbers in clear, for this purpose; masked when left out. */
  readonly reveal?: Reveal
  /** Told now and then how many rows are written. */
  readonly onRows?: (rows: number) => void
}

/**
 * Writes an export to `out`, page by page, with the sheet or block “Thông tin”: filters, count, sum, time and user. Its
 * count is the count that the screen showed, else DomainError `export-changed` and nothing is written. The transaction
 * must be repeatable read, so that what is counted is what is written. Numbers are masked unless a purpose is given
 * (DomainError `purpose` when it is empty). A commune outside the scope is refused (`export-outside`). Leaves an audit
 * event with the purpose; one a commune when it is about all communes of an officer who does not see the province.
 */
async function write(
  tx: Tx,
  vault: Vault,
  by: Act,
  out: Writable,
  request: ExportRequest,
): Promise<ExportTotal> {
  const { what, format, communeId, on, shown, reveal, onRows } = request
  const communes = communesOf(by.scope, communeId)
  const numbers = shownNumbers(vault, reveal)
  const table = TABLES[what](tx, { communeId, on }, numbers)
  const total = await table.total()
  if (total.count !== shown.count) {
    const words = `Danh sách nay có ${String(total.count)} dòng, màn hình là ${String(shown.count)}: tải lại rồi xuất.`
    throw new DomainError('conflict', 'export-changed', words)
  }
  const detail = { what, format, count: total.count, purpose: reveal?.purpose ?? null }
  const event = { act: 'registry.export', subject: `export:${what}`, detail }
  await recordActs(
    tx,
    by,
    communes.map((one) => ({ ...event, communeId: one })),
  )
  const info = await infoOf(tx, by, request, { total, title: table.title, words: numbers.words })
  await table.write({ format, out, total, info, onRows })
  return total
}

/** How many rows an export has, and their sum in đồng: what `write` asks to be shown. */
async function count(
  tx: Tx,
  vault: Vault,
  of: Pick<ExportRequest, 'what' | 'communeId' | 'on'>,
): Promise<ExportTotal> {
  const { what, communeId, on } = of
  return TABLES[what](tx, { communeId, on }, shownNumbers(vault, undefined)).total()
}

/** The communes that an export is about; undefined stands for the whole province. Throws DomainError `export-outside`. */
function communesOf(scope: Scope, asked: number | null): readonly (number | undefined)[] {
  if (scope === 'province') return [asked ?? undefined]
  if (asked === null) return scope.communes
  if (scope.communes.includes(asked)) return [asked]
  throw new DomainError('forbidden', 'export-outside', 'Xã này không thuộc phạm vi của bạn')
}

async function infoOf(
  tx: Tx,
  { actor }: Act,
  { communeId, on }: ExportRequest,
  of: { readonly total: ExportTotal; readonly title: string; readonly words: string },
): Promise<ExportInfo> {
  const { at, name, commune } = await stampOf(tx, { actor, communeId })
  const { count, sum } = of.total
  return [
    ['Nội dung', of.title],
    ['Bộ lọc: xã', commune ?? 'Tất cả các xã trong phạm vi'],
    ['Bộ lọc: tính đến ngày', formatDate(on)],
    ['Số dòng', String(count)],
    ...(sum === null ? [] : [['Tổng số tiền (đồng)', sum] as const]),
    ['Số định danh, số tài khoản', of.words],
    ['Xuất lúc', at],
    ['Người xuất', name],
  ]
}

const STEMS: Readonly<Record<ExportName, string>> = {
  people: 'nguoi-huong',
  enrolments: 'quyet-dinh-huong',
  accounts: 'tai-khoan',
  deaths: 'nguoi-da-mat',
}

/** The name of an export's file: what and as of when, nothing of a person. */
const fileName = ({ what, format, on }: Pick<ExportRequest, 'what' | 'format' | 'on'>): string =>
  `${STEMS[what]}-${on}.${format}`

/** What leaves the registry as a file, and how people, numbers and whoever exports stand in anybody's files. */
export const exports = {
  ...{ write, count, fileName, communesOf, birthCell },
  ...{ numbers: shownNumbers, stamp: stampOf },
}
