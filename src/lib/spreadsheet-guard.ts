import { isUtf8 } from 'node:buffer'
import { extname } from 'node:path'
import { addressOf, LIMITS } from './spreadsheet.ts'
import type { GivenFile } from './spreadsheet.ts'
import { broken, refusal } from './spreadsheet-refusal.ts'
import { asRefusal, locked, openPackage } from './spreadsheet-zip.ts'
import type { Package } from './spreadsheet-zip.ts'

const ZIP = Buffer.from('PK\u0003\u0004', 'latin1')
const OLE = Buffer.from('d0cf11e0a1b11ae1', 'hex')
const TEXT_FILES = new Set(['.csv', '.tsv', '.txt'])
const OTHER_BOOKS = new Set([
  '.xls',
  '.xlsm',
  '.xlsb',
  '.xltx',
  '.xltm',
  '.xlam',
  '.ods',
  '.numbers',
])

const SAVE_AS = 'Mở bằng Excel, chọn Lưu thành (Save As) “Excel Workbook (*.xlsx)” rồi gửi lại.'
const SAVE_CSV = 'Lưu lại bằng Excel với kiểu “CSV UTF-8 (Comma delimited)” rồi gửi lại.'

/**
 * Says what a file is, or refuses it before anything of it is parsed: in memory that its own size bounds, in well under
 * 200 ms (scripts/bench/imports.ts). Throws the refusals of spreadsheet-refusal.ts.
 */
export async function guardFile(file: GivenFile): Promise<'xlsx' | 'csv'> {
  const { bytes } = file
  if (bytes.length === 0) throw refusal('spreadsheet-size', 'Tệp rỗng.')
  if (bytes.length > LIMITS.fileBytesMax) {
    throw refusal('spreadsheet-size', 'Tệp lớn hơn 10 MB. Chia thành nhiều tệp nhỏ hơn.')
  }
  const kind = kindOf(file)
  if (kind === 'xlsx') await guardWorkbook(bytes)
  else guardText(bytes)
  return kind
}

/** The name and the first bytes must agree: what is named one thing and is another is refused. */
function kindOf({ name, bytes }: GivenFile): 'xlsx' | 'csv' {
  const extension = extname(name).toLowerCase()
  const zip = startsWith(bytes, ZIP)
  if (startsWith(bytes, OLE)) {
    if (bytes.includes(Buffer.from('EncryptedPackage', 'utf16le'))) throw locked()
    throw refusal('spreadsheet-type', `Tệp Excel kiểu cũ (.xls) không nhận. ${SAVE_AS}`)
  }
  if (extension === '.xlsm' || extension === '.xltm') throw macros()
  if (OTHER_BOOKS.has(extension)) {
    throw refusal('spreadsheet-type', `Tệp ${extension} không nhận. ${SAVE_AS}`)
  }
  if (extension === '.xlsx' && zip) return 'xlsx'
  if (TEXT_FILES.has(extension) && !zip) return 'csv'
  if (extension === '.xlsx' || TEXT_FILES.has(extension)) {
    throw refusal(
      'spreadsheet-type',
      `Tên tệp là ${extension} nhưng bên trong không phải. ${SAVE_AS}`,
    )
  }
  throw refusal('spreadsheet-type', 'Chỉ nhận tệp .xlsx và .csv.')
}

const startsWith = (bytes: Buffer, head: Buffer) => bytes.subarray(0, head.length).equals(head)

const macros = () => refusal('spreadsheet-macro', `Tệp có macro, không nhận. ${SAVE_AS}`)

/** Parts that a list of people never has, and what they are called to the officer. */
const FORBIDDEN: readonly (readonly [RegExp, () => Error])[] = [
  [/vbaProject|macrosheets\/|activeX\//i, macros],
  [/externalLinks\/|connections\.xml$|queryTables\//i, () => external('liên kết tới tệp khác')],
  [/embeddings\/|webextensions\//i, () => external('đối tượng nhúng')],
]

const external = (what: string) =>
  refusal(
    'spreadsheet-external',
    `Tệp có ${what}, không nhận. Chép dữ liệu sang tệp mới bằng Dán giá trị (Paste Values) rồi gửi lại.`,
  )

async function guardWorkbook(bytes: Buffer): Promise<void> {
  const book = await openPackage(bytes)
  for (const name of book.names) {
    const found = FORBIDDEN.find(([pattern]) => pattern.test(name))
    if (found !== undefined) throw found[1]()
  }
  if (!book.names.includes('xl/workbook.xml')) throw broken()
  try {
    for (const name of book.names.filter(isRead)) await guardPart(book, name)
  } catch (error) {
    throw asRefusal(error)
  }
}

/** The parts that the reader unpacks. */
const isRead = (name: string) =>
  /^(\[Content_Types\]\.xml|xl\/[a-zA-Z]+\.xml|xl\/_rels\/workbook\.xml\.rels|xl\/worksheets\/[^/]+\.xml)$/.test(
    name,
  )

const DOCTYPE = Buffer.from('<!DOCTYPE')
const ROW = Buffer.from('<row')
const MACROS = Buffer.from('macroEnabled')
const SEEN_AT_ONCE = 16

/**
 * Unpacks a part for its size alone: one that is larger than it says ends here, in little memory. What no sheet has, a
 * document type or more rows than any list, is seen in the bytes, before a parser runs.
 */
async function guardPart(book: Package, name: string): Promise<void> {
  const sheet = name.startsWith('xl/worksheets/')
  let rows = 0
  let tail = Buffer.alloc(0)
  for await (const chunk of await book.stream(name)) {
    const piece = Buffer.concat([tail, chunk as Buffer])
    if (piece.includes(DOCTYPE)) throw broken()
    if (name === '[Content_Types].xml' && piece.includes(MACROS)) throw macros()
    if (sheet) rows += countOf(piece, ROW, tail.length)
    if (rows > LIMITS.rowsInFileMax) throw tooManyRows()
    tail = piece.subarray(-SEEN_AT_ONCE)
  }
}

/** How often a needle stands in a piece, beginning no earlier than so far before the seen bytes that it was not seen. */
function countOf(piece: Buffer, needle: Buffer, seen: number): number {
  let count = 0
  let at = piece.indexOf(needle, Math.max(0, seen - needle.length + 1))
  for (; at !== -1; at = piece.indexOf(needle, at + 1)) count += 1
  return count
}

/** More rows than a file may have. */
export const tooManyRows = () =>
  refusal(
    'spreadsheet-rows',
    `Tệp có hơn ${String(LIMITS.rowsMax)} dòng dữ liệu. Xóa các dòng trống ở cuối hoặc chia thành nhiều tệp.`,
  )

const LINE_FEED = 0x0a

function guardText(bytes: Buffer): void {
  const utf16 = bytes.subarray(0, 2)
  if (utf16.equals(Buffer.from('fffe', 'hex')) || utf16.equals(Buffer.from('feff', 'hex'))) {
    throw refusal('spreadsheet-encoding', `Tệp là Unicode 16 bit, không phải UTF-8. ${SAVE_CSV}`)
  }
  if (bytes.includes(0))
    throw refusal('spreadsheet-type', `Tệp không phải văn bản CSV. ${SAVE_CSV}`)
  let lines = 0
  let badLine: { number: number; bytes: Buffer } | undefined
  for (let from = 0; from < bytes.length;) {
    const end = bytes.indexOf(LINE_FEED, from)
    const line = bytes.subarray(from, end === -1 ? bytes.length : end)
    lines += 1
    if (lines > LIMITS.rowsInFileMax) throw tooManyRows()
    if (badLine === undefined && !isUtf8(line)) badLine = { number: lines, bytes: line }
    from += line.length + 1
  }
  if (badLine !== undefined) throw notUtf8(badLine.number, badLine.bytes)
}

/** Old Vietnamese code pages (Windows-1258, TCVN3, VNI) end here: names the first cell that is not UTF-8. */
function notUtf8(row: number, line: Buffer): Error {
  let start = 0
  let column = 0
  for (let at = 0; at <= line.length; at += 1) {
    const byte = line[at]
    if (byte !== undefined && byte !== 0x2c && byte !== 0x3b && byte !== 0x09) continue
    if (!isUtf8(line.subarray(start, at))) break
    start = at + 1
    column += 1
  }
  const why = `chữ không phải UTF-8 (có thể là bảng mã cũ: Windows-1258, TCVN3, VNI). ${SAVE_CSV}`
  return refusal('spreadsheet-encoding', why, addressOf(column, row))
}
