/**
 * The bank, played: it takes order files, executes them row by row and reports on each file.
 * It executes whatever it is sent, twice if sent twice, and keeps a book that shows it.
 */
import { checkTotals, reader, type Reader } from './input.ts'
import { lose, openRail, pay, today, type Rail } from './rail.ts'
import { railRoutes } from './rail-routes.ts'
import type { Order, RailRecord } from './records.ts'
import { readOptions, serve, type Handler } from './serve.ts'

const referencePattern = /^[0-9A-Z]{16}$/

interface StatusRow {
  reference: string
  status: 'ACSC' | 'RJCT'
  reason?: string
}
/** What the bank remembers of a file: how often it came, and what it will report; no rows if lost. */
interface OrderFile {
  times: number
  reported: boolean
  readonly rows: StatusRow[]
}
type Files = Map<string, OrderFile>

/** Keeps the status reports, from the records of files and of their rows. */
const watchFiles = (files: Files) => (record: RailRecord) => {
  if (record.type === 'file') {
    const file = files.get(record.fileId) ?? { times: 0, reported: false, rows: [] }
    file.times = record.attempt
    file.reported ||= record.fate !== 'lose'
    files.set(record.fileId, file)
  }
  if (record.type !== 'executed' && record.type !== 'rejected') return
  if (record.fileId === undefined || !record.answered) return
  const { reference } = record
  files
    .get(record.fileId)
    ?.rows.push(
      record.type === 'executed'
        ? { reference, status: 'ACSC' }
        : { reference, status: 'RJCT', reason: record.reason },
    )
}

const readOrder =
  (fileId: string, account: string) =>
  (row: Reader): Order => ({
    reference: row.matching('reference', referencePattern, '16 digits or capital letters'),
    account,
    amount: row.amount('amount'),
    to: `${row.name('bin')}:${row.name('accountNo')}`,
    name: row.name('name'),
    text: row.text('text'),
    fileId,
  })

const postOrders =
  (rail: Rail, files: Files): Handler =>
  async ({ body }) => {
    const at = today(rail)
    const read = reader(body)
    const [fileId, account] = [read.name('fileId'), read.name('account')]
    const stated = { count: read.count('count'), total: read.amount('total') }
    const orders = read.rows('orders', readOrder(fileId, account))
    checkTotals(stated, orders)
    const attempt = (files.get(fileId)?.times ?? 0) + 1
    const fate = rail.faults.file(fileId, attempt)
    const { count, total } = stated
    const head = { at, fileId, account, count, total: String(total), attempt, fate }
    let saved = rail.write({ type: 'file', ...head })
    for (const order of orders) ({ saved } = (fate === 'lose' ? lose : pay)(rail, order))
    await saved // the last record: the book keeps their order
    const silence = fate === 'answer' ? undefined : 'drop'
    return { status: 202, body: { fileId, received: orders.length }, silence }
  }

const getStatus =
  (files: Files): Handler =>
  ({ params }) => {
    const fileId = params['fileId'] ?? ''
    const file = files.get(fileId)
    if (!file?.reported) return { status: 404, body: { error: `no file ${fileId}` } }
    return { status: 200, body: { fileId, rows: file.rows } }
  }

const options = readOptions()
const files: Files = new Map()
const rail = await openRail({
  options,
  name: 'bank',
  reasons: ['AC01', 'AC04', 'AC06', 'BE01'],
  watch: watchFiles(files),
})
serve({
  port: options.port,
  routes: {
    ...railRoutes(rail),
    'POST /orders': postOrders(rail, files),
    'GET /orders/:fileId/status': getStatus(files),
  },
  log: (call) => rail.write({ type: 'call', at: rail.state.clock.date, ...call }),
  close: rail.close,
})
