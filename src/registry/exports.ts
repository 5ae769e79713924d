import { Readable } from 'node:stream'
import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Act } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { Value, WrittenColumn } from '../lib/spreadsheet-table.ts'
import { csvOf } from '../lib/spreadsheet-write-csv.ts'
import { writeXlsx } from '../lib/spreadsheet-write-xlsx.ts'
import { formatDate } from '../lib/time.ts'
import type { LocalDate } from '../lib/time.ts'
import type { Vault } from '../lib/vault.ts'
import { maskNumber, openNumber } from './account-number.ts'
import * as store from './exports-store.ts'
import type { AccountLine, EnrolmentLine, Page, PersonLine } from './exports-store.ts'
import { maskDigits } from './id-number.ts'
import { openIdentifier } from './person-sealing.ts'

/** What is exported. */
export type ExportName = 'people' | 'enrolments' | 'accounts'

/** What an officer asks for, and what the screen showed him: the export has that, or is refused. */
export interface ExportRequest {
  readonly what: ExportName
  readonly format: 'xlsx' | 'csv'
  readonly communeId: number | null
  /** The business day as of which rows are taken. */
  readonly on: LocalDate
  readonly shown: { readonly count: number }
  /** Numbers in clear, for this purpose; masked when left out. */
  readonly reveal?: { readonly purpose: string }
}

interface Export<Line extends PersonLine> {
  readonly title: string
  readonly columns: readonly WrittenColumn[]
  readonly page: (tx: Tx, page: Page) => Promise<readonly Line[]>
  readonly row: (line: Line, clear: Clear) => readonly Value[]
  /** Of a line, in đồng; null when the export has no money. */
  readonly amount: ((line: Line) => bigint) | null
}

/** How numbers are shown: masked, or in clear. */
interface Clear {
  readonly idNumber: (line: PersonLine) => string
  readonly account: (line: AccountLine) => string
}

const ID = { header: 'Số định danh', width: 18 }
const WHO = [
  ID,
  { header: 'Họ và tên', width: 30 },
  { header: 'Ngày sinh' },
  { header: 'Giới tính' },
]
const WHERE = [{ header: 'Mã xã' }, { header: 'Xã', width: 24 }]

const who = (line: PersonLine, clear: Clear): readonly Value[] => [
  ...[clear.idNumber(line), line.fullName, { day: line.birthDate }],
  line.sex === 'female' ? 'Nữ' : 'Nam',
]
const where = ({ communeCode, commune }: PersonLine) => [communeCode, commune]

const people: Export<PersonLine> = {
  title: 'Người hưởng',
  columns: [...WHO, ...WHERE],
  page: store.personLines,
  row: (line, clear) => [...who(line, clear), ...where(line)],
  amount: null,
}
const enrolments: Export<EnrolmentLine> = {
  title: 'Quyết định hưởng',
  columns: [
    ...[...WHO, ...WHERE, { header: 'Chương trình' }, { header: 'Mã đối tượng', width: 18 }],
    ...[{ header: 'Hưởng từ ngày' }, { header: 'Mức hưởng' }],
  ],
  page: store.enrolmentLines,
  row: (line, clear) => [
    ...[...who(line, clear), ...where(line), line.programme, line.categoryCode],
    ...[{ day: line.validFrom }, line.amount],
  ],
  amount: ({ amount }) => amount,
}
const accounts: Export<AccountLine> = {
  title: 'Tài khoản nhận tiền',
  columns: [
    ...[...WHO, ...WHERE, { header: 'Mã ngân hàng' }, { header: 'Số tài khoản', width: 22 }],
    { header: 'Chủ tài khoản', width: 30 },
  ],
  page: store.accountLines,
  row: (line, clear) => [
    ...[...who(line, clear), ...where(line), line.bankCode ?? 'Hue-S'],
    ...[clear.account(line), line.holderName],
  ],
  amount: null,
}

/** Lines read at a time. */
const PAGE_LINES = 2_000

/**
 * Writes an export to `out`, page by page: memory does not grow with the rows. Beside them, in a sheet or block “Thông
 * tin”: filters, count, sum, time and user. Its count is the count that the screen showed, else DomainError
 * `export-changed` and nothing is written; a row too few or too many while writing fails and destroys `out`. The
 * transaction must be repeatable read, so that both counts are of one moment. Leaves an audit event. Numbers are masked
 * unless a purpose is given.
 */
async function write(
  tx: Tx,
  vault: Vault,
  by: Act,
  out: Writable,
  request: ExportRequest,
): Promise<{ readonly count: number; readonly sum: bigint | null }> {
  if (request.what === 'people') return writeAs(people, { tx, vault, by, out, request })
  if (request.what === 'accounts') return writeAs(accounts, { tx, vault, by, out, request })
  return writeAs(enrolments, { tx, vault, by, out, request })
}

interface Writing {
  readonly tx: Tx
  readonly vault: Vault
  readonly by: Act
  readonly out: Writable
  readonly request: ExportRequest
}

async function writeAs<Line extends PersonLine>(of: Export<Line>, writing: Writing) {
  const { tx, vault, by, out, request } = writing
  const total = await totalOf(of, tx, request)
  if (total.count !== request.shown.count) {
    const words = `Danh sách nay có ${String(total.count)} dòng, màn hình là ${String(request.shown.count)}: tải lại rồi xuất.`
    throw new DomainError('conflict', 'export-changed', words)
  }
  const { what, communeId, reveal } = request
  const detail = { what, count: total.count, purpose: reveal?.purpose ?? null }
  const subject = `export:${what}`
  await recordActs(tx, by, [
    { act: 'registry.export', subject, communeId: communeId ?? undefined, detail },
  ])
  const clear = reveal === undefined ? masked(vault) : inClear(vault)
  const rows = rowsOf(of, tx, request, { clear, count: total.count })
  const table = { name: of.title, columns: of.columns, rows }
  const info = await infoOf(of, tx, writing, total)
  if (request.format === 'csv') await pipeline(Readable.from(csvOf(table, info)), out)
  else await writeXlsx(out, [table, { name: 'Thông tin', columns: INFO, rows: info }])
  return total
}

const INFO = [
  { header: 'Mục', width: 24 },
  { header: 'Nội dung', width: 50 },
]

async function* linesOf<Line extends PersonLine>(of: Export<Line>, tx: Tx, request: ExportRequest) {
  const { communeId, on } = request
  for (let after: string | null = null; ;) {
    const lines: readonly Line[] = await of.page(tx, { communeId, on, after, limit: PAGE_LINES })
    yield* lines
    after = lines.at(-1)?.key ?? null
    if (lines.length < PAGE_LINES) return
  }
}

async function totalOf<Line extends PersonLine>(of: Export<Line>, tx: Tx, request: ExportRequest) {
  let count = 0
  let sum = 0n
  for await (const line of linesOf(of, tx, request)) {
    count += 1
    sum += of.amount?.(line) ?? 0n
  }
  return { count, sum: of.amount === null ? null : sum }
}

async function* rowsOf<Line extends PersonLine>(
  of: Export<Line>,
  tx: Tx,
  request: ExportRequest,
  { clear, count }: { readonly clear: Clear; readonly count: number },
): AsyncGenerator<readonly Value[]> {
  let written = 0
  for await (const line of linesOf(of, tx, request)) {
    written += 1
    yield of.row(line, clear)
  }
  if (written === count) return
  const words = `Xuất được ${String(written)} dòng thay vì ${String(count)}: xuất lại.`
  throw new DomainError('conflict', 'export-changed', words)
}

async function infoOf(
  of: { readonly title: string },
  tx: Tx,
  { by, request }: Writing,
  { count, sum }: { readonly count: number; readonly sum: bigint | null },
): Promise<readonly (readonly [string, Value])[]> {
  const { at, name } = await store.stampOf(tx, by.actor)
  const extent =
    request.communeId === null ? 'Tất cả các xã trong phạm vi' : String(request.communeId)
  return [
    ['Nội dung', of.title],
    ['Bộ lọc: mã xã trong hệ thống', extent],
    ['Tính đến ngày', formatDate(request.on)],
    ['Số dòng', String(count)],
    ...(sum === null ? [] : [['Tổng số tiền (đồng)', sum] as const]),
    ['Số định danh, số tài khoản', request.reveal?.purpose ?? 'Đã che'],
    ['Xuất lúc', at],
    ['Người xuất', name],
  ]
}

const masked = (vault: Vault): Clear => {
  const { idNumber, account } = inClear(vault)
  return {
    idNumber: (line) => (line.sealed === null ? '' : maskDigits(idNumber(line))),
    account: (line) => maskNumber(account(line)),
  }
}

const inClear = (vault: Vault): Clear => ({
  idNumber: ({ identifierId: id, sealed }) =>
    id === null || sealed === null ? '' : openIdentifier(vault, { id, sealed }),
  account: ({ accountId, numberSealed }) => openNumber(vault, accountId, numberSealed),
})

/** What leaves the registry as a file. */
export const exports = { write }
