import { z } from 'zod'
import type { Tx } from '../../lib/db.ts'
import type { Vault } from '../../lib/vault.ts'
import { registry } from '../../registry/registry.ts'
import { keepFile, keptFile } from '../given-files.ts'
import { approversOf, route, twoPeopleRoute } from '../route.ts'
import { dong, sha256, uuid } from '../wire.ts'
import { SOMETHING } from './papers.ts'

const tag = 'Nhập từ tệp · Imports'
const kind = z.enum(['people', 'enrolments', 'accounts', 'deaths'])
const params = z.strictObject({ kind })
const { imports } = registry

const giveFile = route({
  operation: 'giveFile',
  method: 'POST',
  path: '/files',
  permission: 'files.give',
  takesFile: true,
  tag,
  summary: {
    vi: 'Gửi lên một tệp XLSX hoặc CSV: được kiểm tra an toàn và đọc, chưa làm gì khác',
    en: 'Give a spreadsheet: it is guarded and parsed, nothing else yet',
  },
  answer: z.object({ id: uuid, sha256, sizeBytes: z.int(), rows: z.int() }),
  status: 201,
  examples: {
    answer: { id: SOMETHING, sha256: '0'.repeat(64), sizeBytes: 20_480, rows: 120 },
  },
  handle: async ({ tx, vault, by, file }) => {
    if (file === null) throw new TypeError('the kernel reads the file first')
    const id = await keepFile(tx, vault, by, file)
    const { sha256: hash, bytes, sheet } = file
    return { id, sha256: hash, sizeBytes: bytes.length, rows: sheet.rows.length }
  },
})

const getTemplate = route({
  operation: 'getImportTemplate',
  method: 'GET',
  path: '/imports/{kind}/template',
  permission: 'imports.use',
  givesFile: true,
  tag,
  summary: { vi: 'Tệp mẫu để điền', en: 'An empty file to fill in' },
  params,
  answer: z.unknown(),
  examples: {},
  handle: async ({ params: { kind: of } }) => ({
    name: `mau-${of}.xlsx`,
    bytes: await imports.template(of),
  }),
})

const fault = z.object({
  row: z.int(),
  cell: z.string(),
  column: z.string(),
  message: z.string(),
})
const report = z.object({
  already: z.string().nullable(),
  problem: z.object({ code: z.string(), message: z.string() }).nullable(),
  rows: z.object({ total: z.int(), good: z.int(), same: z.int(), bad: z.int() }),
  goodRows: z.array(z.int()),
  shown: z.array(fault),
  moreBadRows: z.int(),
  change: dong.nullable(),
})

async function readFile(tx: Tx, vault: Vault, of: { kind: z.output<typeof kind>; fileId: string }) {
  return { kind: of.kind, ...(await keptFile(tx, vault, of.fileId)) }
}

const fileIn = z.strictObject({ fileId: uuid })

const check = route({
  operation: 'checkImport',
  method: 'POST',
  path: '/imports/{kind}/check',
  permission: 'imports.use',
  asksOnly: true,
  tag,
  summary: { vi: 'Kiểm tra thử một tệp, chưa thay đổi gì', en: 'Check a file, changing nothing' },
  params,
  body: fileIn,
  answer: report,
  examples: { body: { fileId: SOMETHING } },
  handle: async ({ tx, vault, today, params: of, body }) => {
    const file = await readFile(tx, vault, { ...of, ...body })
    return imports.check(tx, vault, file, today())
  },
})

const getErrors = route({
  operation: 'getImportErrors',
  method: 'POST',
  path: '/imports/{kind}/errors',
  permission: 'imports.use',
  asksOnly: true,
  givesFile: true,
  tag,
  summary: { vi: 'Tệp trả lại, thêm cột Lỗi', en: 'The file given back with a column of errors' },
  params,
  body: fileIn,
  answer: z.unknown(),
  examples: { body: { fileId: SOMETHING } },
  handle: async ({ tx, vault, today, params: of, body }) => {
    const file = await readFile(tx, vault, { ...of, ...body })
    const found = await imports.check(tx, vault, file, today())
    const bytes = await imports.answer(file, found)
    return { name: `loi-${of.kind}.${file.sheet.format}`, bytes }
  },
})

const rowsIn = z.union([z.literal('all'), z.array(z.int().min(1)).min(1).max(5_000)])
const seenIn = z.strictObject({
  count: z.int().min(0),
  change: z
    .string()
    .regex(/^-?(0|[1-9]\d{0,14})$/)
    .transform((digits) => BigInt(digits)),
})

/** Whoever enters rows of a kind by the file could enter them one by one, and so could whoever confirms. */
const TAKES = {
  people: null,
  deaths: null,
  accounts: { ask: 'receivers.write', confirm: 'receivers.confirm' },
  enrolments: { ask: 'enrolments.write', confirm: 'enrolments.confirm' },
} as const

const apply = twoPeopleRoute({
  operation: 'applyImport',
  path: '/imports/{kind}',
  permission: 'imports.use',
  confirm: 'people.confirm',
  orThree: true,
  takes: ({ params: of }) => TAKES[of.kind],
  tag,
  summary: { vi: 'Nhập các dòng của một tệp', en: 'Apply the rows of a file' },
  params,
  body: z.strictObject({ fileId: uuid, rows: rowsIn, seen: seenIn }),
  answer: z.object({ is: z.enum(['applied', 'already']), rows: z.int().optional() }),
  examples: {
    body: { fileId: SOMETHING, rows: 'all', seen: { count: 120, change: '0' } },
  },
  view: async ({ tx, vault, by, today, params: of, body: { fileId, rows, seen } }) => {
    const file = await readFile(tx, vault, { ...of, fileId })
    const found = await imports.check(tx, vault, file, today())
    const summary = { ...of, sha256: file.sha256, chosen: rows === 'all' ? 'all' : rows.length }
    // Whoever confirms works in the same commune; for a province file they see the province.
    const [home = null] = by.scope === 'province' ? [] : by.scope.communes
    return { communeId: home, summary: { ...summary, seen, rows: found.rows } }
  },
  handle: async (call) => {
    const { tx, vault, by, today, params: of, body } = call
    const file = await readFile(tx, vault, { ...of, fileId: body.fileId })
    const { rows, seen } = body
    const decision = { on: today(), rows, seen, confirmedBy: approversOf(call) }
    return imports.apply(tx, vault, by, file, decision)
  },
})

const receiveFeed = route({
  operation: 'receiveDeathFeed',
  method: 'POST',
  path: '/deaths/feed',
  permission: 'imports.use',
  tag,
  summary: { vi: 'Nhận tệp khai tử của hộ tịch', en: 'Take a file of the civil-status feed' },
  body: fileIn,
  answer: z.object({
    is: z.enum(['taken', 'already']),
    proposed: z.int().optional(),
    worklist: z.int().optional(),
    known: z.int().optional(),
    message: z.string().optional(),
  }),
  examples: { body: { fileId: SOMETHING } },
  handle: async ({ tx, vault, by, body }) => {
    const file = await readFile(tx, vault, { kind: 'deaths', ...body })
    return registry.deaths.receiveFeed(tx, vault, by, file)
  },
})

/** Files that officers keep in Excel: given, checked, given back with their errors, and applied by two people. */
export const importRoutes = [giveFile, getTemplate, check, getErrors, apply, receiveFeed]
