import { PassThrough, Readable } from 'node:stream'
import type { Writable } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import { z } from 'zod'
import { documents } from '../documents/documents.ts'
import type { DocumentFormat } from '../documents/documents.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import { openSpool } from '../lib/spool.ts'
import type { Value } from '../lib/spreadsheet-table.ts'
import { csvOf } from '../lib/spreadsheet-write-csv.ts'
import { localDate, monthOf } from '../lib/time.ts'
import type { Month } from '../lib/time.ts'
import { payouts } from '../payouts/payouts.ts'
import { registry } from '../registry/registry.ts'
import type { JobRun } from './job-kind.ts'

const request = z.strictObject({
  month: z.iso.date().transform((text) => monthOf(localDate(text))),
  format: z.enum(['pdf', 'xlsx', 'csv']),
})
type ListsRequest = z.output<typeof request>

const linesMax = documents.linesMax.job

/** The same request has the same bytes: papers have no other time than that of their head. */
const WRITTEN_AT = new Date('1980-01-02T00:00:00Z')

/**
 * The lists of a month of all communes that whoever asks may see, as papers in one ZIP: each as `documents.view` writes it, with
 * an index of what is in it. All are of one moment. Throws DomainError `lists-none` when there is no list.
 */
export const listPapersJob = {
  actions: () => ['documents.read', documents.actions['payout-list']] as const,
  request,
  run: async (run: JobRun, { month, format }: ListsRequest) => {
    const spool = await openSpool()
    try {
      const write = (tx: Tx) => writeLists(tx, run, { month, format, out: spool.out })
      const rows = await run.db.transact(run.by, write, 'RepeatableRead')
      await pipeline(spool.read(), run.out)
      const name = `danh-sach-chi-tra-${month.slice(0, 7)}.zip`
      return { rows, file: { name, type: 'application/zip' } }
    } finally {
      await spool.close()
    }
  },
}

interface Writing {
  readonly month: Month
  readonly format: DocumentFormat
  readonly out: Writable
}

/** One after the other: a transaction does one thing at a time. Returns how many lines there are in all. */
async function writeLists(tx: Tx, run: JobRun, { month, format, out }: Writing): Promise<number> {
  const lists = await listsFor(tx, month)
  const zip = new ZipFile()
  const stream = zip.outputStream.pipe(new PassThrough())
  zip.on('error', (error: Error) => stream.destroy(error))
  const writing = pipeline(stream, out)
  // Whoever waits is told below; here nobody would be.
  writing.catch(() => undefined)
  const index: (readonly Value[])[] = []
  let rows = 0
  for (const { listId, file, commune } of lists) {
    const name = `${file}.${format}`
    const { count, rowsHash } = await addPaper(tx, run, { zip, listId, name, format, writing })
    rows += count
    index.push([commune, name, BigInt(count), rowsHash])
    run.progress({ done: index.length, total: lists.length })
  }
  const table = { name: 'Mục lục', columns: INDEX, rows: index }
  const lines = Readable.from(csvOf(table), { objectMode: false })
  zip.addReadStream(lines, 'muc-luc.csv', { mtime: WRITTEN_AT })
  zip.end()
  await writing
  return rows
}

const INDEX = [
  ...[{ header: 'Đơn vị' }, { header: 'Tệp' }, { header: 'Số dòng' }],
  { header: 'Mã băm các dòng (SHA-256)' },
]

async function addPaper(
  tx: Tx,
  { vault, by }: JobRun,
  of: {
    readonly zip: ZipFile
    readonly listId: string
    readonly name: string
    readonly format: DocumentFormat
    readonly writing: Promise<void>
  },
) {
  const { zip, listId, name, format, writing } = of
  const paper = await openSpool()
  try {
    const asked = { request: { kind: 'payout-list', listId } as const, format, linesMax }
    const written = await documents.view(tx, vault, by, { ...asked, out: paper.out })
    const read = paper.read()
    // PDF and XLSX are packed already.
    zip.addReadStream(read, name, { mtime: WRITTEN_AT, compress: format === 'csv' })
    await Promise.race([finished(read), writing])
    return written
  } finally {
    await paper.close()
  }
}

/** The lists of a month that count, by commune. Throws DomainError `lists-none`. */
async function listsFor(tx: Tx, month: Month) {
  const communes = new Map((await registry.communesIn(tx, month)).map((one) => [one.id, one]))
  const lists = (await payouts.lists.of(tx, month)).map(({ id: listId, number, communeId }) => {
    const { code = '', fullName: commune = '' } = communes.get(communeId) ?? {}
    return { listId, commune, file: `${code}-${number}` }
  })
  if (lists.length > 0) return lists.toSorted((one, other) => (one.file < other.file ? -1 : 1))
  throw new DomainError('not-found', 'lists-none', 'Tháng này chưa có danh sách nào')
}
