import { beforeAll, expect, test } from '@jest/globals'
import { invariant } from '../../src/lib/errors.ts'
import { testApi, usersOfRoles } from '../support/api.ts'
import type { TestApi, TestUser } from '../support/api.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { longWork } from '../support/long-work.ts'
import { proposing } from '../support/proposing.ts'
import { refusal } from '../support/sql.ts'
import { enterTown, releaseLists } from '../support/town.ts'

// Funds of a paying unit come into the books by two people and a voucher, and are taken back the same way.

let database: FreshDatabase
let api: TestApi
let acts: ReturnType<typeof proposing>
let preparer: TestUser
let approver: TestUser
let unit: string

beforeAll(async () => {
  database = await freshDatabase()
  api = await testApi(database)
  acts = proposing(api)
  const communes = await enterTown(database, [{ bank: 1 }, { bank: 1 }])
  const [commune] = communes
  invariant(commune, 'a commune')
  unit = commune.payingUnit
  const users = usersOfRoles([commune.id])
  const [one, two] = ['treasury-preparer', 'treasury-approver'].map((role) => users.get(role))
  invariant(one && two, 'two of the treasury')
  ;[preparer, approver] = [one, two]
  for (const user of users.values()) await api.enter(user)
  await releaseLists(database, communes)
})

const funds = (step: string, number: string, amount = '1000') => ({
  ...{ step, unit, number, amount, occurredOn: '2023-08-02', document: `QĐ ${number}` },
})
interface Booked {
  readonly entryId: string
  readonly reference: string
}
const book = async (...of: Parameters<typeof funds>) =>
  (await acts.two(preparer, approver, '/ledger/funds', funds(...of))) as Booked
const read = async (path: string) => (await api.call(preparer, 'GET', path)).body
const entryOf = ({ entryId }: Booked) => read(`/ledger/entries/${entryId}`)
const balance = async (code: string) =>
  ((await read(`/ledger/accounts/${code}/unit:${unit}/balance`)) as { balance: string }).balance
const back = (number: string) => ({
  ...{ occurredOn: '2023-08-03', reason: 'Ghi nhầm', document: `PKT ${number}` },
})
const takeBack = ({ entryId }: Booked) => `/ledger/entries/${entryId}/reversal`
const refused = async (path: string, body: object) => {
  const answer = await api.call(preparer, 'POST', path, { body })
  return [answer.status, (answer.body as { readonly code?: string }).code]
}

test('a voucher is booked once, on the word of two, and says whose', async () => {
  const before = BigInt(await balance('008'))
  const asked = await acts.ask(preparer, '/ledger/funds', funds('estimate-assigned', '1/2023'))
  expect(await acts.confirm(preparer, asked)).toMatchObject({ code: 'not-permitted' })
  const { items } = (await api.call(approver, 'GET', '/proposals')).body as { items: unknown[] }
  expect(items).toMatchObject([
    { operation: 'bookFunds', summary: { unit, amount: '1000', unitName: expect.any(String) } },
  ])
  const { answer } = await acts.confirm(approver, asked)
  expect(await entryOf(answer as Booked)).toMatchObject({
    ...{ template: 'estimate-assigned', reference: `estimate-assigned:${unit}:1/2023` },
    ...{ actor: preparer.id, confirmedBy: approver.id, document: 'QĐ 1/2023', total: '1000' },
    ...{ reversedBy: null, postingCount: 1 },
    postings: [{ debitCode: '008', creditCode: '008-CONTRA', amount: '1000' }],
  })
  expect(BigInt(await balance('008')) - before).toBe(1000n)
  const again = await acts.ask(preparer, '/ledger/funds', funds('estimate-assigned', '1/2023'))
  expect(await acts.confirm(approver, again)).toMatchObject({ code: 'entry-there' })
  const other = await acts.ask(preparer, '/ledger/funds', funds('estimate-assigned', '1/2023', '7'))
  expect(await acts.confirm(approver, other)).toMatchObject({ code: 'reference-reused' })
  const acted = `select act, actor from audit_event where subject = $1`
  const { rows } = await database.admin.query(acted, [`entry:${(answer as Booked).entryId}`])
  expect(rows).toEqual([{ act: 'entry.fund', actor: preparer.id }])
})

test('money stands with no unit that is none, on no day to come, and not beyond what was drawn', async () => {
  const fund = (of: object) => refused('/ledger/funds', { ...funds('draw', '2/2023'), ...of })
  expect(await fund({ unit: '474.19000101' })).toEqual([404, 'unit-missing'])
  expect(await fund({ step: 'accrual' })).toEqual([400, 'contract'])
  const late = { ...funds('draw', '2/2023'), occurredOn: '2023-08-04' }
  const asked = await acts.ask(preparer, '/ledger/funds', late)
  expect(await acts.confirm(approver, asked)).toMatchObject({ code: 'day-to-come' })
  const much = await acts.ask(preparer, '/ledger/funds', funds('draw', '3/2023', '999999999999'))
  expect(await acts.confirm(approver, much)).toMatchObject({ code: 'below-floor' })
})

test('what was booked by hand is taken back once; what a list booked is not', async () => {
  const before = await balance('008')
  const wrong = await book('estimate-assigned', '4/2023')
  const twice = await acts.ask(preparer, takeBack(wrong), back('1'))
  const answer = (await acts.two(preparer, approver, takeBack(wrong), back('1'))) as Booked
  expect(await entryOf(answer)).toMatchObject({
    ...{ template: 'reversal', reverses: wrong.entryId, confirmedBy: approver.id, total: '1000' },
    ...{ memo: 'Ghi nhầm', document: 'PKT 1' },
  })
  expect(await entryOf(wrong)).toMatchObject({ reversedBy: answer.entryId })
  expect(await balance('008')).toBe(before)
  expect(await acts.confirm(approver, twice)).toMatchObject({ code: 'not-reversible' })
  expect(await refused(takeBack(wrong), back('1'))).toEqual([409, 'not-reversible'])
  expect(await refused(takeBack(answer), back('1'))).toEqual([409, 'not-by-hand'])
  const { rows } = await database.admin.query<{ id: string }>(
    `select min(e.id)::text as id from journal_entry e join posting_template t on t.id = e.template_id where t.name = 'hold'`,
  )
  const held = { entryId: rows[0]?.id ?? '', reference: '' }
  expect(await refused(takeBack(held), back('1'))).toEqual([409, 'not-by-hand'])
  expect(await refused('/ledger/entries/999999/reversal', back('1'))).toEqual([
    404,
    'entry-missing',
  ])
})

/** The bank says in a statement of a day that it moved these. */
async function stated(day: string, moved: readonly Booked[]): Promise<readonly string[]> {
  const line = { direction: 'credit', kind: 'transfer', amount: '1000', reason: null }
  const { rows } = await database.admin.query<{ closing: string }>(
    `select closing::text from statement where channel = 'bank' order by day desc limit 1`,
  )
  const opening = BigInt(rows[0]?.closing ?? '0')
  const closing = String(opening + 1000n * BigInt(moved.length))
  const body = {
    ...{ channel: 'bank', payingUnit: unit, id: `ST-${day}`, day, closing },
    opening: String(opening),
    lines: moved.map(({ reference }, at) => ({ ...line, id: `${day}-${String(at)}`, reference })),
  }
  expect(await api.call(preparer, 'POST', '/statements', { body })).toMatchObject({ status: 201 })
  await api.call(preparer, 'POST', '/matchings')
  await longWork(database, api).work()
  const lines = (await read(`/statements/ST-${day}/lines`)) as { items: { state: string }[] }
  return lines.items.map(({ state }) => state)
}

test('a transfer that the bank shows is not taken back, and one that was explains no line', async () => {
  await book('estimate-assigned', '5/2023', '9000')
  await book('draw', '5/2023', '9000')
  const [kept, gone] = [await book('move-to-bank', '5/2023'), await book('move-to-bank', '6/2023')]
  const asked = await acts.ask(preparer, takeBack(kept), back('5'))
  await acts.two(preparer, approver, takeBack(gone), back('6'))
  expect(await stated('2023-08-02', [kept, gone])).toEqual(['MATCHED', 'OPEN'])
  expect(await acts.confirm(approver, asked)).toMatchObject({ code: 'entry-matched' })
  expect(await refused(takeBack(kept), back('5'))).toEqual([409, 'entry-matched'])
})

test('the database has two people say so, and shows it to the province alone', async () => {
  const alone = `insert into entry_by_hand (entry_id, document, entered_by, confirmed_by) values (1, 'x', $1, $1)`
  expect(await refusal(database.admin, alone, [preparer.id])).toBe('23514 entry_by_hand_two_people')
  const change = `update entry_by_hand set document = 'y'`
  expect(await refusal(database.admin, change)).toBe('LB001')
  const officer = await database.connect()
  await officer.query(`set app.actor = '${preparer.id}'; set app.via = 'raw'; set app.scope = 'communes';
    set app.communes = '{1}'`)
  const { rows } = await officer.query('select entry_id from entry_by_hand')
  expect(rows).toEqual([])
  expect((await database.admin.query('select entry_id from entry_by_hand')).rows).not.toEqual([])
})

test('the units that draw money are there by name', async () => {
  const { items } = (await read('/paying-units')) as { readonly items: readonly object[] }
  expect(items).toContainEqual(expect.objectContaining({ id: unit, name: expect.any(String) }))
})
