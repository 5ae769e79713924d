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
  /** Numbered, signed and kept, which PDFs are; else they are views. */
  issue: z.boolean().default(false),
})
type ListsRequest = z.output<typeof request>

const linesMax = documents.linesMax.job

/** The same request has the same bytes: papers have no other time than that of their head. */
const WRITTEN_AT = new Date('1980-01-02T00:00:00Z')

/**
 * The lists of a month of all communes that whoever asks may see, as papers in one ZIP with an index of what is in it: each as
 * `documents.view` writes it, all of one moment; or each that is approved as `documents.issue` keeps it, one after the other, so that
 * nobody waits long for the next number of an agency: what was issued with the same rows is found again, also when another work
 * failed half-way, and a list that was closed meanwhile stands in the index alone. Throws DomainError `lists-none` when there is no
 * list, and what issuing throws.
 */
export const listPapersJob = {
  actions: ({ issue }: ListsRequest) =>
    [issue ? 'documents.issue' : 'documents.read', documents.actions['payout-list']] as const,
  request,
  run: async (run: JobRun, { month, format, issue }: ListsRequest) => {
    const { db, by } = run
    const spool = await openSpool()
    try {
      const { out } = spool
      const view = async (tx: Tx) => {
        const lists = await listsFor(tx, month)
        return writeLists(run, lists, { format, out, make: viewing(tx, run, format) })
      }
      const rows = issue
        ? await writeLists(run, await db.transact(by, (tx) => listsFor(tx, month, APPROVED)), {
            ...{ format: 'pdf', out, make: issuing(run) },
          })
        : await db.transact(by, view, 'RepeatableRead')
      await pipeline(spool.read(), run.out)
      const name = `danh-sach-chi-tra-${month.slice(0, 7)}.zip`
      return { rows, file: { name, type: 'application/zip' } }
    } finally {
      await spool.close()
    }
  },
}

/** What an agency may answer for with a number and a signature. */
const APPROVED: readonly State[] = ['APPROVED', 'RELEASED']
type State = Awaited<ReturnType<typeof payouts.lists.of>>[number]['state']

/** A list, and what its paper is called without its ending. */
interface ListFile {
  readonly listId: string
  readonly commune: string
  readonly file: string
}

/** A paper that was made; whoever has it closes it. */
interface Made {
  readonly read: Readable
  readonly count: number
  readonly rowsHash: string
  /** Number and symbol; empty for a view. */
  readonly number: string
  readonly close: () => Promise<void>
}

interface Writing {
  readonly format: DocumentFormat
  readonly out: Writable
  /** Or why there is no paper of a list. */
  readonly make: (list: ListFile) => Promise<Made | DomainError>
}

/** One after the other: a transaction does one thing at a time. Returns how many lines there are in all. */
async function writeLists(
  run: JobRun,
  lists: readonly ListFile[],
  { format, out, make }: Writing,
): Promise<number> {
  const zip = new ZipFile()
  const stream = zip.outputStream.pipe(new PassThrough())
  zip.on('error', (error: Error) => stream.destroy(error))
  const writing = pipeline(stream, out)
  // Whoever waits is told below; here nobody would be.
  writing.catch(() => undefined)
  const index: (readonly Value[])[] = []
  let rows = 0
  for (const list of lists) {
    const name = `${list.file}.${format}`
    const made = await make(list)
    if (made instanceof DomainError) {
      index.push([list.commune, made.message, null, '', ''])
      run.progress({ done: index.length, total: lists.length })
      continue
    }
    const { read, count, rowsHash, number, close } = made
    try {
      // PDF and XLSX are packed already.
      zip.addReadStream(read, name, { mtime: WRITTEN_AT, compress: format === 'csv' })
      await Promise.race([finished(read), writing])
    } finally {
      await close()
    }
    rows += count
    index.push([list.commune, name, BigInt(count), rowsHash, number])
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
  ...[{ header: 'Mã băm các dòng (SHA-256)' }, { header: 'Số, ký hiệu' }],
]

const viewing =
  (tx: Tx, { vault, by }: JobRun, format: DocumentFormat) =>
  async ({ listId }: ListFile): Promise<Made> => {
    const { out, read, close } = await openSpool()
    try {
      const asked = { request: { kind: 'payout-list', listId } as const, format, linesMax }
      const { count, rowsHash } = await documents.view(tx, vault, by, { ...asked, out })
      return { read: read(), count, rowsHash, number: '', close }
    } catch (error) {
      await close()
      throw error
    }
  }

/** Whoever asks again, and a run that is begun anew, issues none a second time while its rows are the same. */
const issuing =
  ({ db, vault, by, today, papers }: JobRun) =>
  async ({ listId }: ListFile): Promise<Made | DomainError> => {
    const issue = async (tx: Tx) => {
      const { checkUrl, signer, nowMs } = papers
      const signing = documents.signingOf(signer, nowMs())
      const request = { kind: 'payout-list', listId } as const
      const of = { request, on: today(), checkUrl, linesMax, signing, unlessSame: true } as const
      const document = await documents.issue(tx, vault, by, of)
      const pieces: Uint8Array[] = []
      for await (const piece of documents.file(tx, document)) pieces.push(piece)
      return { document, pieces }
    }
    const issued = await db.transact(by, issue, 'RepeatableRead').catch((error: unknown) => {
      if (error instanceof DomainError && error.code === 'list-closed') return error
      throw error
    })
    if (issued instanceof DomainError) return issued
    const { document, pieces } = issued
    const { rowCount: count, rowsHash } = document
    const number = documents.numberWords(document)
    return { read: Readable.from(pieces), count, rowsHash, number, close: () => Promise.resolve() }
  }

/** The lists of a month that count, by commune; of some states, or of all. Throws DomainError `lists-none`. */
async function listsFor(
  tx: Tx,
  month: Month,
  states?: readonly State[],
): Promise<readonly ListFile[]> {
  const communes = new Map((await registry.communesIn(tx, month)).map((one) => [one.id, one]))
  const all = await payouts.lists.of(tx, month)
  const wanted = all.filter(({ state }) => states?.includes(state) ?? true)
  const lists = wanted.map(({ id: listId, number, communeId }) => {
    const { code = '', fullName: commune = '' } = communes.get(communeId) ?? {}
    return { listId, commune, file: `${code}-${number}` }
  })
  if (lists.length > 0) return lists.toSorted((one, other) => (one.file < other.file ? -1 : 1))
  const which = states === undefined ? '' : ' được duyệt'
  throw new DomainError('not-found', 'lists-none', `Tháng này chưa có danh sách nào${which}`)
}
