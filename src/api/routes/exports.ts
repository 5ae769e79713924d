import { Writable } from 'node:stream'
import { z } from 'zod'
import { payouts } from '../../payouts/payouts.ts'
import { registry } from '../../registry/registry.ts'
import type { FileOut } from '../file.ts'
import { route } from '../route.ts'
import { dayIn, dong, uuid, words } from '../wire.ts'
import { seen, seenExample } from './list-decisions.ts'

const tag = 'Xuất ra tệp · Exports'
const what = z.enum(['people', 'enrolments', 'accounts', 'deaths'])
const format = z.enum(['xlsx', 'csv'])
const reveal = z
  .strictObject({ purpose: words(200) })
  .nullable()
  .meta({ description: 'Số đầy đủ, cho mục đích này; null: được che' })

const count = route({
  operation: 'countExport',
  method: 'GET',
  path: '/exports/{what}/count',
  permission: 'exports.use',
  snapshot: true,
  tag,
  summary: { vi: 'Tệp sẽ có bao nhiêu dòng', en: 'How many rows an export has' },
  params: z.strictObject({ what }),
  query: z.strictObject({ communeId: z.coerce.number().int().min(1).optional(), on: dayIn }),
  answer: z.object({ count: z.int(), sum: dong.nullable() }),
  examples: { answer: { count: 120, sum: null } },
  handle: ({ tx, vault, params, query: { communeId = null, on } }) =>
    registry.exports.count(tx, vault, { ...params, communeId, on }),
})

const exportRegistry = route({
  operation: 'exportRegistry',
  method: 'POST',
  path: '/exports/{what}',
  permission: 'exports.use',
  ...{ asksOnly: true, givesFile: true, snapshot: true },
  tag,
  summary: { vi: 'Xuất người, quyết định, tài khoản, người mất', en: 'Export the registry' },
  params: z.strictObject({ what }),
  body: z.strictObject({
    format,
    communeId: z.int().min(1).nullable(),
    on: dayIn,
    shown: z.strictObject({ count: z.int().min(0) }),
    reveal,
  }),
  answer: z.unknown(),
  examples: {
    body: { format: 'xlsx', communeId: null, on: '2023-08-03', shown: { count: 0 }, reveal: null },
  },
  handle: (call) => {
    const { tx, vault, params, body } = call
    const { reveal: shown, ...rest } = body
    // Numbers in clear take the permission to see them, not only that to take files.
    const by = shown === null ? call.by : call.permit('people.reveal')
    const request = { ...params, ...rest, ...(shown !== null && { reveal: shown }) }
    return written(registry.exports.fileName(request), (out) =>
      registry.exports.write(tx, vault, by, out, request),
    )
  },
})

const exportList = route({
  operation: 'exportList',
  method: 'POST',
  path: '/lists/{listId}/file',
  permission: 'exports.use',
  ...{ asksOnly: true, givesFile: true, snapshot: true },
  tag,
  summary: { vi: 'Xuất một danh sách', en: 'Export a list' },
  params: z.strictObject({ listId: uuid }),
  body: z.strictObject({ format, seen, reveal }),
  answer: z.unknown(),
  examples: { body: { format: 'xlsx', seen: seenExample, reveal: null } },
  handle: async (call) => {
    const { tx, vault, params, body } = call
    const { reveal: shown, ...rest } = body
    const by = shown === null ? call.by : call.permit('people.reveal')
    const request = { ...params, ...rest, ...(shown !== null && { reveal: shown }) }
    const list = await payouts.lists.read(tx, params.listId)
    return written(payouts.lists.exportName(list, rest.format), (out) =>
      payouts.lists.export(tx, vault, by, out, request),
    )
  },
})

/** A file as whole: a refusal half way leaves none. */
async function written(name: string, write: (out: Writable) => Promise<unknown>): Promise<FileOut> {
  const pieces: Buffer[] = []
  const out = new Writable({
    write: (piece: Buffer | string, _encoding, done) => {
      pieces.push(Buffer.from(piece))
      done()
    },
  })
  await write(out)
  return { name, bytes: Buffer.concat(pieces) }
}

/** What leaves as a file. */
export const exportRoutes = [count, exportRegistry, exportList]
