import { buffer } from 'node:stream/consumers'
import { PassThrough } from 'node:stream'
import type { Writable } from 'node:stream'
import type { Act } from '../../src/lib/act.ts'
import type { Tx } from '../../src/lib/db.ts'
import type { CellKind, Sheet } from '../../src/lib/spreadsheet.ts'
import { readCsvSheet } from '../../src/lib/spreadsheet-csv.ts'
import type { ExportFormat } from '../../src/lib/spreadsheet-export.ts'
import { readXlsx } from '../../src/lib/spreadsheet-xlsx.ts'
import { openPackage } from '../../src/lib/spreadsheet-zip.ts'
import type { FreshDatabase } from './database.ts'
import { refusalOf } from './outcome.ts'

/** Writes an export to a stream in a transaction. */
export type WriteExport = (tx: Tx, out: Writable) => Promise<unknown>

/** A file as whoever opens it finds it. */
export interface ExportedFile {
  readonly bytes: Buffer
  /** As the readers of imports have it. */
  readonly sheet: Sheet
  readonly header: readonly string[]
  /** By header; a blank cell is ''. */
  readonly rows: readonly Readonly<Record<string, string>>[]
  /** By header, of the first row. */
  readonly kinds: Readonly<Record<string, CellKind>>
  /** The sheet or block “Thông tin”. */
  readonly info: Readonly<Record<string, string>>
  /** The names and contents of all parts, unpacked: whatever anybody could find in the file. */
  readonly everything: string
}

/** Exports as somebody, in one snapshot as the use case asks, and opens the file with the reader of imports. */
export async function exported(
  database: FreshDatabase,
  by: Act,
  format: ExportFormat,
  write: WriteExport,
): Promise<ExportedFile> {
  const out = new PassThrough()
  const [bytes] = await Promise.all([
    buffer(out),
    database.app.transact(by, (tx) => write(tx, out), 'RepeatableRead'),
  ])
  return opened(format, bytes)
}

/** The code with which an export is refused, and how many bytes were written before. */
export async function refusedExport(database: FreshDatabase, by: Act, write: WriteExport) {
  const out = new PassThrough()
  const code = await database.app
    .transact(by, (tx) => write(tx, out), 'RepeatableRead')
    .then(() => 'written', refusalOf)
  return { code, bytes: out.readableLength }
}

async function opened(format: ExportFormat, bytes: Buffer): Promise<ExportedFile> {
  const sheet = format === 'csv' ? readCsvSheet(bytes) : await readXlsx(bytes)
  const at = format === 'xlsx' ? 1 : headerOfCsv(sheet)
  const table = sheet.rows.filter(({ number }) => number >= at)
  const header = (table[0]?.cells ?? []).map(({ text }) => text)
  const rows = table.slice(1).map(({ cells }) => {
    const texts = new Map(cells.map(({ column, text }) => [column, text]))
    return Object.fromEntries(header.map((name, column) => [name, texts.get(column) ?? '']))
  })
  const kinds = Object.fromEntries(
    (table[1]?.cells ?? []).map(({ column, kind }) => [header[column] ?? '', kind]),
  )
  const unpacked = format === 'csv' ? bytes.toString('utf8') : await unpack(bytes)
  const info = format === 'csv' ? infoOfCsv(sheet, at) : infoOfXlsx(unpacked)
  return { bytes, sheet, header, rows, kinds, info, everything: unpacked }
}

/** The header stands below the empty line that ends the block “Thông tin”. */
function headerOfCsv({ rows }: Sheet): number {
  const after = rows.find(({ number }, at) => at > 0 && number !== (rows[at - 1]?.number ?? 0) + 1)
  return after?.number ?? 1
}

const infoOfCsv = ({ rows }: Sheet, header: number) =>
  Object.fromEntries(
    rows
      .filter(({ number }) => number < header)
      .map(({ cells: [what, value] }) => [what?.text ?? '', value?.text ?? '']),
  )

async function unpack(bytes: Buffer): Promise<string> {
  const parts = await openPackage(bytes)
  const texts: string[] = []
  for (const name of parts.names) texts.push(`\n## ${name}\n${await parts.text(name)}`)
  return texts.join('')
}

/** The reader of imports passes the sheet over: here it is read by its text. */
function infoOfXlsx(unpacked: string) {
  const [, sheet = ''] = unpacked.split('## xl/worksheets/sheet2.xml')
  const rows = [...sheet.matchAll(/<row [^>]*>(.*?)<\/row>/g)].map(([, row = '']) =>
    [...row.matchAll(/<(?:t|v)(?: [^>]*)?>([^<]*)</g)].map(([, text = '']) => text),
  )
  return Object.fromEntries(rows.map(([what = '', value = '']) => [what, value]))
}
