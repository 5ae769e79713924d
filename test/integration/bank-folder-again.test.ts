import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { createBank } from '../../src/payouts/channels/bank.ts'
import type { Channel } from '../../src/payouts/channels/channel.ts'
import { openFolder } from '../../src/payouts/channels/iso20022/folder.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { pain002 } from '../support/iso-files.ts'
import { refusalOf } from '../support/outcome.ts'
import { countsOf, plan, resendUnknown, send, statesOf } from '../support/sending.ts'
import { columnOf } from '../support/sql.ts'
import { dayAfter } from '../support/statements.ts'
import { enterTown, payday, releaseLists, treasurer } from '../support/town.ts'

/** A file that lies in the outbox may still be fetched: no statement covers what is in it. */
let folder: string
let bank: Channel
let database: FreshDatabase
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ansinh-again-'))
  await mkdir(join(folder, 'outbox'))
  const made = createBank({
    ...{ transport: openFolder(folder), http: null, version: '001.09', debtorBin: '970405' },
    ...{ rowsMax: 500, hours: null, verifiesFirst: false, accountsAtOnce: 1 },
  })
  // A bank whose time for a status file is over at once.
  bank = { ...made, limits: { ...made.limits, outcomeWithinMs: -1 } }
  database = await freshDatabase()
  await releaseLists(database, await enterTown(database, [{ bank: 2 }]))
  await sendAll()
  expect(await names('outbox')).toHaveLength(1)
})
afterEach(async () => {
  await database.drop()
  await rm(folder, { recursive: true, force: true })
})

const names = (name: string) => readdir(join(folder, name)).catch(() => [])
const sendAll = async () => {
  for (const { orderId } of await plan(database)) await send(database, bank, { id: orderId })
}
/** A statement of the bank's account without a line. */
const state = async (day: string) => {
  await database.admin.query(
    `insert into statement (id, channel, paying_unit, day, opening, closing, line_count, content_hash)
     select 'st-' || $1, 'bank', min(paying_unit), $1::date, 0, 0, 0, '' from instruction`,
    [day],
  )
}
/** What covers each unknown payment, once for all. */
const covering = async () => {
  const sql = `select distinct c from instruction i, covering_statements(i.reference) c where state = 'UNKNOWN' order by 1`
  return columnOf<string>(database.admin, sql)
}
const giveUp = () =>
  database.app.transact(treasurer, (tx) => payouts.giveUpOnLateReports(tx, -1, 'bank'))
const look = (on = payday) =>
  payouts.takeBackFiles({ db: database.app, channel: bank }, treasurer, on)

test('while its rows wait for a status file a file is left where it is', async () => {
  expect(await look()).toBe(0)
  expect(await names('outbox')).toHaveLength(1)
})

test('what lies in the outbox is not sent again before it is taken back, nor until a statement after', async () => {
  await giveUp()
  expect(await resendUnknown(database).catch(refusalOf)).toBe('resend-not-covered')
  expect(await look(dayAfter(2))).toBe(1)
  expect([await names('outbox'), await names('withdrawn')]).toEqual([[], [expect.anything()]])
  expect(await look(dayAfter(3))).toBe(0)
  const gone = 'select gone_on::text from order_file_gone'
  expect(await columnOf(database.admin, gone)).toEqual([dayAfter(2)])
  // Statements of payday and the next day say nothing of what lay there until the day after.
  expect(await resendUnknown(database).catch(refusalOf)).toBe('resend-not-covered')
  expect(await countsOf(database)).toEqual({ UNKNOWN: 2 })
})

test('a statement covers only with that of the day on which the file was laid down, though it was seen to be gone later', async () => {
  await giveUp()
  await look(dayAfter(4))
  for (const day of [dayAfter(1), dayAfter(4), dayAfter(5)]) await state(day)
  expect(await covering()).toEqual([])
  // Payday was a Thursday: of the Saturday and the Sunday a bank gives none.
  await state(payday)
  expect(await covering()).toEqual([`st-${dayAfter(5)}`])
})

test.each([
  ['a working day in between', 'delete from holiday', [dayAfter(4)]],
  ['a holiday in between', `insert into holiday values ('${dayAfter(4)}', 'lễ', 'test')`, []],
])('%s is asked for accordingly', async (_, calendar, asked) => {
  await database.admin.query(calendar)
  await giveUp()
  await look(dayAfter(4))
  for (const day of [payday, dayAfter(1), dayAfter(5)]) await state(day)
  expect(await covering()).toEqual(asked.length === 0 ? [`st-${dayAfter(5)}`] : [])
  for (const day of asked) await state(day)
  expect(await covering()).toEqual([`st-${dayAfter(5)}`])
})

test('a statement that came before its day was over covers nothing', async () => {
  await giveUp()
  await look()
  await state(payday)
  await state(dayAfter(1))
  expect(await covering()).toEqual([`st-${dayAfter(1)}`])
  const early = (day: string, on: string) =>
    database.admin.query(`set session_replication_role = replica;
      update instruction set claimed_at = '${payday}';
      update statement set recorded_at = '${on} 23:59:59+07' where day = '${day}'; set session_replication_role = origin`)
  await early(dayAfter(1), dayAfter(1))
  expect(await covering()).toEqual([])
  await early(dayAfter(1), dayAfter(2))
  expect(await covering()).toEqual([`st-${dayAfter(1)}`])
  await early(payday, payday)
  expect(await covering()).toEqual([])
})

test('so does one of a Saturday that came on the Saturday', async () => {
  await giveUp()
  await look(dayAfter(1))
  for (const day of [payday, dayAfter(1), dayAfter(2)]) await state(day)
  expect(await covering()).toEqual([`st-${dayAfter(2)}`])
  await database.admin.query(`set session_replication_role = replica;
    update instruction set claimed_at = '${payday}';
    update statement set recorded_at = (day + time '23:59') at time zone 'Asia/Ho_Chi_Minh' where day = '${dayAfter(2)}'; set session_replication_role = origin`)
  expect(await covering()).toEqual([])
})

test('a file of the same order that does not name the payment does not matter', async () => {
  await giveUp()
  await look()
  await database.admin.query(`
    insert into order_file (channel, id, order_id, number, row_count, total, refs, amounts, attempts, parts)
    select channel, id || '-other', order_id, number + 1, 1, 1, '{ANOTHER000000001}', '{1}', '{1}', '{970405}' from order_file`)
  await state(payday)
  await state(dayAfter(1))
  expect(await covering()).toEqual([`st-${dayAfter(1)}`])
})

test('an outbox that is away says nothing of what lay in it', async () => {
  await giveUp()
  await rename(join(folder, 'outbox'), join(folder, 'unmounted'))
  await expect(look()).rejects.toThrow('ENOENT')
  expect(await columnOf(database.admin, 'select file_id from order_file_gone')).toEqual([])
  expect(await readdir(folder)).toEqual(['unmounted'])
  await rename(join(folder, 'unmounted'), join(folder, 'outbox'))
  expect(await look()).toBe(1)
})

test('a file of a bank that was handed it is gone since the day of its order, if that was never written down', async () => {
  await giveUp()
  const { takeBack: _, ...handed } = bank
  const round = { db: database.app, channel: handed }
  expect(await payouts.takeBackFiles(round, treasurer, dayAfter(3))).toBe(0)
  const gone = 'select gone_on::text from order_file_gone'
  expect(await columnOf(database.admin, gone)).toEqual([payday])
})

test('what the bank has fetched stays unknown, and a file of which it speaks later keeps it so', async () => {
  await giveUp()
  const [name = ''] = await names('outbox')
  await mkdir(join(folder, 'fetched'))
  await rename(join(folder, 'outbox', name), join(folder, 'fetched', name))
  expect(await look()).toBe(0)
  expect(await names('withdrawn')).toEqual([])
  expect(await countsOf(database)).toEqual({ UNKNOWN: 2 })
  expect(await resendUnknown(database)).toBe(2)

  const [first = '', second = ''] = [...(await statesOf(database)).keys()]
  await mkdir(join(folder, 'inbox'), { recursive: true })
  const said = { parts: [{ id: '970405', rows: [{ reference: first, status: 'ACSC' }] }] }
  await writeFile(join(folder, 'inbox', 'late.xml'), pain002({ file: name.slice(0, -4), ...said }))
  const taken = await payouts.takeStatusFiles(database.app, treasurer, bank, payday)
  expect(taken).toMatchObject([{ kind: 'applied', changed: 0 }])
  await sendAll()
  const sent = 'select refs from order_file order by claimed_at desc limit 1'
  expect(await columnOf(database.admin, sent)).toEqual([[second]])
  expect((await statesOf(database)).get(first)).toBe('UNKNOWN')
})
