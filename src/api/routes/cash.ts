import { z } from 'zod'
import { payouts } from '../../payouts/payouts.ts'
import { keptFile } from '../given-files.ts'
import { route } from '../route.ts'
import { day, dong, uuid } from '../wire.ts'
import { seen, seenExample } from './list-decisions.ts'
import { SOMETHING } from './papers.ts'

const tag = 'Chi tiền mặt · Cash'
const params = z.strictObject({ cashListId: z.string().regex(/^[0-9A-Za-z-]{3,60}$/) })
const listParams = z.strictObject({ listId: uuid })

const getOne = route({
  operation: 'getCashList',
  method: 'GET',
  path: '/cash-lists/{cashListId}',
  permission: 'cash.read',
  tag,
  summary: { vi: 'Một danh sách tiền mặt và các dòng', en: 'A cash list with its rows' },
  params,
  answer: z.object({
    id: z.string(),
    listNumber: z.string(),
    communeId: z.int(),
    payingUnit: z.string(),
    total: dong,
    handedOverOn: day.nullable(),
    settledOn: day.nullable(),
    unpaid: dong,
    rows: z.array(
      z.object({
        ...{ reference: z.string(), name: z.string(), amount: dong },
        held: z.string().nullable().meta({ description: 'Vì sao hôm nay không được chi' }),
      }),
    ),
  }),
  examples: {},
  handle: async ({ tx, today, params: { cashListId } }) => {
    const list = await payouts.cash.get(tx, cashListId)
    const held = await payouts.cash.heldOf(tx, { cashListId, on: today() })
    const rows = await payouts.cash.rowsOf(tx, cashListId)
    return { ...list, rows: rows.map((row) => ({ ...row, held: held.get(row.reference) ?? null })) }
  },
})

const writeFile = route({
  operation: 'writeCashList',
  method: 'POST',
  path: '/cash-lists/{cashListId}/file',
  permission: 'cash.hand-over',
  asksOnly: true,
  givesFile: true,
  tag,
  summary: {
    vi: 'Tệp danh sách giao cho tổ chức chi trả',
    en: 'The file that goes to the service organisation',
  },
  params,
  body: z.strictObject({ format: z.enum(['xlsx', 'csv']) }),
  answer: z.unknown(),
  examples: { body: { format: 'xlsx' } },
  handle: async ({ tx, by, today, params: { cashListId }, body: { format } }) => {
    await payouts.cash.get(tx, cashListId)
    return payouts.cash.writeList(tx, by, { cashListId, format, on: today() })
  },
})

const handOver = route({
  operation: 'handOverCash',
  method: 'POST',
  path: '/cash-lists/{cashListId}/hand-over',
  permission: 'cash.hand-over',
  changes: 'getCashList',
  tag,
  summary: { vi: 'Giao danh sách và tiền mặt', en: 'Book that a cash list is handed over' },
  params,
  answer: z.object({ handedOverOn: day.nullable() }),
  examples: { answer: { handedOverOn: '2023-08-03' } },
  handle: async ({ tx, by, today, params: { cashListId } }) => {
    await payouts.cash.handOver(tx, by, await payouts.cash.get(tx, cashListId), today())
    return payouts.cash.get(tx, cashListId)
  },
})

const settle = route({
  operation: 'settleCash',
  method: 'POST',
  path: '/cash-lists/{cashListId}/settlement',
  permission: 'cash.settle',
  changes: 'getCashList',
  tag,
  summary: {
    vi: 'Quyết toán theo báo cáo của tổ chức chi trả (tệp đã gửi lên)',
    en: 'Settle by the service organisation’s report, a file given before',
  },
  params,
  body: z.strictObject({ fileId: uuid }),
  answer: z.object({ settled: z.boolean(), unpaid: dong }),
  examples: { body: { fileId: SOMETHING }, answer: { settled: true, unpaid: '0' } },
  handle: async ({ tx, vault, by, today, params: { cashListId }, body: { fileId } }) => {
    const list = await payouts.cash.get(tx, cashListId)
    const { sheet, sha256 } = await keptFile(tx, vault, fileId)
    const report = payouts.cash.reportOf(sheet, sha256)
    const settled = await payouts.cash.settleByReport(tx, by, list, report, today())
    const { unpaid } = await payouts.cash.get(tx, cashListId)
    return { settled, unpaid }
  },
})

const getToCarry = route({
  operation: 'getCashToCarry',
  method: 'GET',
  path: '/lists/{listId}/carried-cash',
  permission: 'cash.read',
  tag,
  summary: {
    vi: 'Tiền mặt các tháng trước chưa nhận mà danh sách này chi tiếp được',
    en: 'What earlier months left unpaid in cash and this list may take over',
  },
  params: listParams,
  answer: z.object({
    rowCount: z.int(),
    total: dong,
    contentHash: z.string(),
    held: z.record(z.string(), z.string()),
  }),
  examples: {},
  handle: async ({ tx, today, params: { listId } }) => {
    await payouts.lists.read(tx, listId)
    return payouts.cash.toCarry(tx, { listId, on: today() })
  },
})

const carry = route({
  operation: 'carryCash',
  method: 'POST',
  path: '/lists/{listId}/carried-cash',
  permission: 'lists.release',
  tag,
  summary: { vi: 'Chi tiếp tiền mặt chưa nhận', en: 'Offer unpaid cash again' },
  params: listParams,
  body: z.strictObject({ seen }),
  answer: z.object({ cashListId: z.string().nullable() }),
  examples: { body: { seen: seenExample }, answer: { cashListId: null } },
  handle: async ({ tx, by, today, params: { listId }, body }) => ({
    cashListId: await payouts.cash.carry(tx, by, { listId, ...body, on: today() }),
  }),
})

/** Cash from hand-over to settlement, and what is offered again. */
export const cashRoutes = [getOne, writeFile, handOver, settle, getToCarry, carry]
