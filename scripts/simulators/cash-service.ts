/**
 * The organisation that pays cash by list, played: it pays every list it is handed, again if handed
 * again, and reports who came for the money and who did not.
 */
import { join } from 'node:path'
import { openBook } from './book.ts'
import { createFaults } from './faults.ts'
import { checkTotals, HttpError, reader } from './input.ts'
import { clockRoutes } from './rail-routes.ts'
import type { CallRecord, ClockRecord } from './records.ts'
import { readOptions, serve, type Handler } from './serve.ts'

interface Row {
  readonly reference: string
  readonly name: string
  readonly amount: string
}
interface ListRecord {
  readonly type: 'cash-list'
  readonly at: string
  readonly listId: string
  readonly count: number
  readonly total: string
  readonly times: number
  readonly rows: readonly Row[]
}
type ResultRecord = Row & {
  readonly type: 'cash-result'
  readonly at: string
  readonly listId: string
  readonly paid: boolean
  readonly reason?: string
}
type CashRecord = CallRecord | ClockRecord | ListRecord | ResultRecord
interface List {
  times: number
  readonly results: ResultRecord[]
}

const options = readOptions()
const faults = createFaults({ seed: options.seed, level: options.faults, reasons: [] })
const lists = new Map<string, List>()
let date: string | null = null
/** The list received last and how many of its rows are paid: all, unless a crash came between. */
let last: { readonly list: ListRecord; rowsPaid: number } | undefined

const apply = (record: CashRecord): void => {
  if (record.type === 'clock') date = record.at
  if (record.type === 'cash-list') {
    const results = lists.get(record.listId)?.results ?? []
    lists.set(record.listId, { times: record.times, results })
    last = { list: record, rowsPaid: 0 }
  }
  if (record.type === 'cash-result') {
    lists.get(record.listId)?.results.push(record)
    if (last) last.rowsPaid += 1
  }
}
const book = await openBook<CashRecord>(join(options.book, 'cash-service.jsonl'), apply)
const write = (record: CashRecord): Promise<void> => {
  apply(record)
  return book.append(record)
}

/** Pays what is left of the list received last. */
const payOut = async (): Promise<void> => {
  if (!last) return
  const { list, rowsPaid } = last
  const results = list.rows.slice(rowsPaid).map((row) => {
    const paid = faults.cashIsPaid(row.reference)
    const head = { type: 'cash-result', at: list.at, listId: list.listId } as const
    return write({ ...head, ...row, paid, ...(!paid && { reason: 'absent' }) })
  })
  await Promise.all(results)
}

const postList: Handler = async ({ body }) => {
  if (date === null) throw new HttpError(409, 'no business date yet: POST /clock')
  const read = reader(body)
  const listId = read.name('listId')
  const stated = { count: read.count('count'), total: read.amount('total') }
  const rows = read.rows('rows', (row) => ({
    reference: row.name('reference'),
    name: row.name('name'),
    amount: row.amount('amount'),
  }))
  checkTotals(stated, rows)
  const times = (lists.get(listId)?.times ?? 0) + 1
  const head = { at: date, listId, count: stated.count, total: String(stated.total), times }
  const texts = rows.map((row) => ({ ...row, amount: String(row.amount) }))
  void write({ type: 'cash-list', ...head, rows: texts })
  await payOut()
  return { status: 202, body: { listId, received: rows.length } }
}

const getReport: Handler = ({ params }) => {
  const listId = params['listId'] ?? ''
  const list = lists.get(listId)
  if (!list) return { status: 404, body: { error: `no list ${listId}` } }
  const sum = (paid: boolean): string =>
    String(
      list.results.reduce((all, row) => (row.paid === paid ? all + BigInt(row.amount) : all), 0n),
    )
  const rows = list.results.map(({ reference, paid, amount, reason }) => {
    return { reference, paid, amount, reason }
  })
  const totals = { paidTotal: sum(true), unpaidTotal: sum(false) }
  return { status: 200, body: { listId, times: list.times, rows, ...totals } }
}

const moveClock = async (to: string): Promise<void> => {
  if (date === null || to > date) await write({ type: 'clock', at: to })
}

await payOut() // a list whose payment a crash cut off is a list received, and is paid to its end
serve({
  port: options.port,
  routes: {
    ...clockRoutes({ date: () => date, move: moveClock }),
    'POST /lists': postList,
    'GET /lists/:listId/report': getReport,
  },
  log: (call) => write({ type: 'call', at: date, ...call }),
  close: book.close,
})
