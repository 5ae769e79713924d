/**
 * The bank, played: it takes order files (pain.001) over HTTP or through a folder, checks them by rules of its own,
 * executes them row by row and reports on each file (pain.002, three versions, three levels). It executes whatever it is
 * sent, twice if sent twice, and keeps a book that shows it. Faults come by seed, or by rule (POST /faults).
 */
import { statusFile, receive, watchFiles, type Files } from './bank-files.ts'
import { putStatusFile, watchFolder } from './bank-folder.ts'
import { createRules } from './bank-rules.ts'
import { holderRoutes, watchHolders, type Holders } from './holders.ts'
import { HttpError, reader } from './input.ts'
import { openRail } from './rail.ts'
import { railRoutes } from './rail-routes.ts'
import { readOptions, serve, type Handler, type Reply } from './serve.ts'

const options = readOptions()
const files: Files = new Map()
const holders: Holders = new Map()
const rules = createRules()
const watch = [watchFiles(files), watchHolders(holders)]
const rail = await openRail({
  options,
  name: 'bank',
  reasons: ['AC01', 'AC04', 'AC06', 'BE01'],
  watch: (record) => {
    for (const see of watch) see(record)
  },
})
const statusOf = (fileId: string): string | undefined =>
  statusFile({ files, rules, date: rail.state.clock.date ?? '' }, fileId)

const postFile: Handler = async ({ xml }) => {
  if (rules.take('', 'down')) return { status: 503, body: { error: 'maintenance' } }
  const { file, record } = await receive({ rail, files, rules }, xml)
  const { id: messageId, count: received } = file
  const slow = rules.take(messageId, 'slow')
  const reply: Reply = { status: 202, body: { messageId, received } }
  if (rules.take(messageId, 'garbage')) return { status: 200, body: '<html>OK', type: 'text/html' }
  if (slow) return { ...reply, delayMs: slow.amount }
  return record.fate === 'answer' ? reply : { ...reply, silence: 'drop' }
}

const getStatus: Handler = ({ params }) => {
  const xml = statusOf(params['fileId'] ?? '')
  if (xml === undefined) return { status: 404, body: { error: 'no such file' } }
  return { status: 200, body: xml, type: 'application/xml' }
}

/** The name enquiry: whose an account is. */
const getAccount: Handler = ({ params: { bin = '', accountNo = '' } }) => {
  const said = holderOf(bin, accountNo)
  return { status: said.status === 'unknown' ? 404 : 200, body: said }
}

const holderOf = (bin: string, accountNo: string) => {
  const holder = holders.get(`${bin}:${accountNo}`)
  return holder
    ? { bin, accountNo, holderName: holder.name, status: holder.status }
    : { bin, accountNo, status: 'unknown' as const }
}

/** The same for many accounts, in their order. */
const postEnquiries: Handler = ({ body }) => {
  const accounts = reader(body).rows('accounts', (row) =>
    holderOf(row.name('bin'), row.name('accountNo')),
  )
  return { status: 200, body: { accounts } }
}

/** Puts the status file of an order file into the folder, again if it was there before. */
const putStatus = async (fileId: string): Promise<boolean> => {
  const xml = statusOf(fileId)
  if (xml === undefined) return false
  await putStatusFile(options.folder, `${fileId}-${String(process.hrtime.bigint())}`, xml)
  return true
}

const postStatus: Handler = async ({ params }) => {
  if (options.folder === '') throw new HttpError(409, 'this bank watches no folder')
  const put = await putStatus(params['fileId'] ?? '')
  return { status: put ? 200 : 404, body: { put } }
}

if (options.folder !== '') {
  watchFolder(options.folder, async (xml) => {
    try {
      const { file } = await receive({ rail, files, rules }, xml)
      await putStatus(file.id)
    } catch (error) {
      if (!(error instanceof HttpError)) throw error
      process.stderr.write(`an order file was refused: ${error.message}\n`)
    }
  })
}

serve({
  port: options.port,
  routes: {
    ...railRoutes(rail),
    ...holderRoutes(rail),
    'GET /accounts/:bin/:accountNo': getAccount,
    'POST /accounts/enquiries': postEnquiries,
    'POST /pain.001': postFile,
    'GET /pain.002/:fileId': getStatus,
    'POST /pain.002/:fileId': postStatus,
    'POST /faults': ({ body }) => ({ status: 200, body: { rules: rules.set(body) } }),
  },
  log: (call) => rail.write({ type: 'call', at: rail.state.clock.date, ...call }),
  close: rail.close,
})
