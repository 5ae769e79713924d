import { beforeAll, expect, test } from '@jest/globals'
import { invariant } from '../../src/lib/errors.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import type { StoredList } from '../../src/payouts/payouts-store.ts'
import { testApi, usersOfRoles } from '../support/api.ts'
import type { Answered, TestApi, TestUser } from '../support/api.ts'
import { freshDatabase } from '../support/database.ts'
import { longWork } from '../support/long-work.ts'
import { enterTown, releaseLists } from '../support/town.ts'

// What the treasury does after the release, by the interface alone.

let api: TestApi
let desk: ReturnType<typeof longWork>
let users: ReadonlyMap<string, TestUser>
let commune: CommuneRow
let list: StoredList

const user = (role: string): TestUser => {
  const found = users.get(role)
  invariant(found, `a user with the role ${role}`)
  return found
}
const preparer = () => user('treasury-preparer')
const approver = () => user('treasury-approver')

beforeAll(async () => {
  const database = await freshDatabase()
  api = await testApi(database)
  desk = longWork(database, api)
  const communes = await enterTown(database, [{ bank: 2, cash: 2 }])
  const [one] = communes
  const [released] = await releaseLists(database, communes)
  invariant(one !== undefined && released !== undefined, 'a commune with a released list')
  commune = one
  list = released
  users = usersOfRoles([commune.id])
  for (const each of users.values()) await api.enter(each)
})

const read = (who: TestUser, path: string) => api.call(who, 'GET', path)
/** What became of long work that was asked for. */
const ended = (who: TestUser, { body }: Answered) => desk.read(who, (body as { id: string }).id)
/** A change of what was just read: with its ETag. */
async function change(who: TestUser, path: string, act: string, body: unknown = {}) {
  const { headers } = await read(who, path)
  const ifMatch = headers.get('etag') ?? ''
  return api.call(who, 'POST', `${path}${act}`, { body, headers: { 'if-match': ifMatch } })
}

test('orders are planned within the channels’ limits, and what they carry is there', async () => {
  const planned = await api.call(preparer(), 'POST', '/orders')
  expect(planned).toMatchObject({ status: 200, body: { orders: 1 } })
  const { body } = await read(preparer(), '/orders')
  expect(body).toMatchObject({ lastPlannedDay: '2023-08-03', items: [{ channel: 'bank' }] })
  const month = '2023-08-01'
  const of = await read(approver(), `/instructions?month=${month}&state=QUEUED&limit=1`)
  const { items, next } = of.body as { items: { reference: string }[]; next: string | null }
  expect([items.length, next]).toEqual([1, items[0]?.reference])
  const one = await read(approver(), `/instructions/${items[0]?.reference ?? ''}`)
  expect(one.body).toMatchObject({ state: 'QUEUED', listId: list.id })
  const { steps } = one.body as { readonly steps: readonly { readonly to: string }[] }
  expect(steps.map(({ to }) => to)).toEqual(['LISTED', 'APPROVED', 'QUEUED'])
})

test('cash goes out as a file, is handed over once, and settled by the report that comes back', async () => {
  const { body } = await read(preparer(), '/cash-lists?month=2023-08-01')
  const { items } = body as { readonly items: readonly { readonly id: string }[] }
  const path = `/cash-lists/${items[0]?.id ?? ''}`
  const file = await api.call(preparer(), 'POST', `${path}/file`, { body: { format: 'csv' } })
  expect(file.headers.get('content-type')).toMatch(/^text\/csv/)
  const handed = await change(preparer(), path, '/hand-over')
  expect(handed).toMatchObject({ status: 200, body: { handedOverOn: '2023-08-03' } })
  // The first was there, the second was not.
  const rows = file.bytes.toString('utf8').split('\r\n')
  const results = ['Đã nhận,', 'Chưa nhận,Đi vắng']
  const text = rows.map((row) =>
    row.endsWith(',,') ? row.replace(/,$/, results.shift() ?? '') : row,
  )
  const form = new FormData()
  form.set('file', new Blob([text.join('\r\n')]), 'bao-cao.csv')
  const given = await api.call(approver(), 'POST', '/files', { form })
  const { id: fileId } = given.body as { readonly id: string }
  // Who hands over does not settle, and the file is of whoever gave it.
  expect((await change(preparer(), path, '/settlement', { fileId })).status).toBe(403)
  const settled = await change(approver(), path, '/settlement', { fileId })
  expect(settled).toMatchObject({ status: 200, body: { settled: true, unpaid: '360000' } })
  const left = await read(approver(), `/lists/${list.id}/carried-cash`)
  expect(left.body).toMatchObject({ rowCount: 0, total: '0', held: {} })
})

test('a statement is taken once, its lines are matched after it, and what is left is a break', async () => {
  const line = { direction: 'credit', kind: 'transfer', amount: '5', reason: null }
  const statement = {
    ...{ channel: 'bank', payingUnit: commune.payingUnit, id: 'ST-1', day: '2023-08-03' },
    ...{ opening: '0', closing: '5', lines: [{ ...line, id: 'L-1', reference: 'X' }] },
  }
  const take = (body: unknown) => api.call(preparer(), 'POST', '/statements', { body })
  expect(await take(statement)).toMatchObject({ status: 201, body: { stored: true } })
  expect(await take(statement)).toMatchObject({ status: 201, body: { stored: false } })
  expect(await take({ ...statement, closing: '6' })).toMatchObject({ status: 409 })
  const bad = { ...statement, day: '2023-08-04', id: 'ST-2', lines: [] }
  expect(await take(bad)).toMatchObject({
    status: 422,
    body: { code: 'statement-does-not-add-up' },
  })
  const match = await api.call(preparer(), 'POST', '/matchings')
  expect(match).toMatchObject({ status: 202, body: { kind: 'matching', state: 'QUEUED' } })
  expect(await desk.work()).toBe(1)
  expect(await ended(preparer(), match)).toMatchObject({ state: 'DONE', problem: null })
  expect((await api.call(preparer(), 'POST', '/breaks')).body).toEqual({ opened: 1 })
  const breaks = await read(user('auditor'), '/breaks')
  expect(breaks.body).toMatchObject({ items: [{ id: 'L-1', state: 'SUSPENSE', amount: '5' }] })
})

test('a month’s closing is long work: what fails is seen, and asked for again', async () => {
  const close = () => api.call(approver(), 'POST', '/ledger/periods/2023-08-01/closing')
  const months = async () => (await read(user('auditor'), '/ledger/periods')).body
  const may = `role = 'treasury-approver' and action = 'periods.close'`
  const [cell] = await desk.sql(`select * from role_action where ${may}`)
  const failing = await close()
  expect(failing).toMatchObject({ status: 202, body: { kind: 'period-closing', state: 'QUEUED' } })
  await desk.sql(`delete from role_action where ${may}`)
  await desk.work()
  expect(await ended(approver(), failing)).toMatchObject({
    ...{ state: 'FAILED', problem: 'not-permitted' },
  })
  await desk.sql(
    'insert into role_action select * from jsonb_populate_record(null::role_action, $1)',
    [JSON.stringify(cell)],
  )
  expect(await months()).toMatchObject({ items: [{ month: '2023-08-01', state: 'closing' }] })
  const again = await close()
  await desk.work()
  expect(await ended(approver(), again)).toMatchObject({ state: 'DONE' })
  expect(await months()).toMatchObject({ items: [{ month: '2023-08-01', state: 'closed' }] })
  expect((await close()).status).toBe(409)
})
