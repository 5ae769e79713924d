import { beforeAll, expect, test } from '@jest/globals'
import type { PersonId } from '../../src/lib/act.ts'
import { invariant } from '../../src/lib/errors.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import type { TestUser } from '../support/api.ts'
import { openDesk, residentOf } from '../support/desk.ts'
import { fund, FUNDS } from '../support/town.ts'

// A month's list from the look ahead to its last row, by the interface alone.

let desk: Awaited<ReturnType<typeof openDesk>>
let communes: readonly CommuneRow[]
const month = '2023-08-01'
const THIRD = '0000000b-0000-7000-8000-000000000061'
const why = { reasonCode: 'wrong-amount', reason: 'Mức hưởng chưa đúng' }

interface Seen {
  readonly rowCount: number
  readonly total: string
  readonly contentHash: string
}
interface List extends Seen {
  readonly id: string
  readonly number: string
}

beforeAll(async () => {
  desk = await openDesk([{ bank: 4, cash: 1 }, { bank: 2 }])
  communes = desk.communes
  for (const unit of new Set(communes.map(({ payingUnit }) => payingUnit))) {
    await fund(desk.database, unit, FUNDS)
  }
})

const submit = async (at: number): Promise<List> => {
  const commune = communes[at]
  invariant(commune, 'a commune')
  return desk.post<List>('commune-officer', '/lists', { communeId: commune.id, month })
}
const seenOf = ({ rowCount, total, contentHash }: Seen): Seen => ({ rowCount, total, contentHash })
const frozen = async ({ id }: List, set: unknown) =>
  seenOf(await desk.post<Seen>('commune-leader', `/lists/${id}/set`, { set }))

/** What somebody is told that they may do to a list, and what of theirs keeps them from it. */
async function dutiesOf(role: string, { id }: List) {
  const { items } = await desk.read<{
    readonly items: readonly {
      readonly act: string
      readonly permitted: boolean
      readonly against: readonly { readonly act: string }[]
    }[]
  }>(role, `/lists/${id}/duties`)
  return items.map(({ act, permitted, against }) => [act, permitted, against.map((one) => one.act)])
}

test('a list is looked at ahead, a row of it refused, the rest approved and released', async () => {
  const [commune] = communes
  invariant(commune, 'a commune')
  const due = `/lists/due?communeId=${String(commune.id)}&month=${month}`
  const ahead = await desk.read<{ readonly items: readonly { readonly amount: string }[] }>(
    'commune-officer',
    due,
  )
  expect(ahead.items.map(({ amount }) => amount)).toEqual(Array(5).fill('360000'))
  const list = await submit(0)
  const of = `/lists/${list.id}`
  expect(list).toMatchObject({ rowCount: 5, total: '1800000' })
  expect(await desk.read('commune-leader', `${of}/rows-to-open`)).toEqual({ rows: [] })
  await desk.post('commune-leader', `${of}/openings`, { rows: [1] })
  const refused = { set: [1], seen: await frozen(list, [1]), ...why }
  expect(await desk.post('commune-leader', `${of}/refusals`, refused)).toEqual({
    state: 'SUBMITTED',
  })
  expect(await desk.read('commune-officer', '/lists/returned')).toMatchObject({
    items: [{ listId: list.id, rows: [1], total: '360000', reasonCode: 'wrong-amount' }],
  })
  expect(await dutiesOf('commune-officer', list)).toEqual([
    ['approve', false, ['list.submit']],
    ['second-approve', false, ['list.submit']],
    ['release', false, ['list.submit']],
  ])
  expect(await dutiesOf('commune-leader', list)).toEqual([
    ['approve', true, []],
    ['second-approve', true, ['list.refuse-rows']],
    ['release', false, []],
  ])
  expect((await dutiesOf('treasury-approver', list))[2]).toEqual(['release', true, []])
  const times = await desk.read<{ readonly items: readonly object[] }>(
    'auditor',
    `${of}/review-times`,
  )
  expect(times.items).toMatchObject([
    { row: 1, person: desk.user('commune-leader').id, milliseconds: expect.any(Number) },
  ])
  const rest = { set: 'undecided', seen: await frozen(list, 'undecided') }
  expect(rest.seen).toMatchObject({ rowCount: 4, total: '1440000' })
  const approved = await desk.post('commune-leader', `${of}/approvals`, rest)
  expect(approved).toEqual({ state: 'APPROVED' })
  const seen = seenOf(await desk.read<Seen>('treasury-approver', `${of}/standing`))
  const changes = await desk.read<{ readonly items: readonly object[] }>(
    'commune-leader',
    `${of}/changes?change=new&limit=2`,
  )
  expect(changes.items).toMatchObject([{ change: 'new' }, { change: 'new' }])
  await desk.post('treasury-approver', `${of}/release`, { seen })
  const file = await desk.api.call(desk.user('commune-officer'), 'POST', `${of}/file`, {
    body: { format: 'csv', seen: seenOf(list), reveal: null },
  })
  expect([file.status, file.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8'])
  expect(await desk.read('auditor', `/instructions/states?month=${month}`)).toMatchObject({
    states: { QUEUED: expect.any(Number) },
  })
})

test('what was released is held and freed by two, asked for again, and stopped for good', async () => {
  const { items } = await desk.read<{ readonly items: readonly List[] }>(
    'auditor',
    `/lists?month=${month}`,
  )
  const [list] = items
  const [commune] = communes
  invariant(list && commune, 'a released list')
  const order = {
    ...{ communeId: commune.id, subject: { personId: residentOf(commune.id, 2) } },
    ...{ from: '2023-08-03', reasonCode: 'doubt', reason: 'Báo sai tài khoản', forCitizen: null },
  }
  const placed = await desk.post<{ readonly id: string; readonly held: readonly string[] }>(
    'commune-officer',
    '/holds',
    order,
  )
  expect(placed.held).toHaveLength(1)
  expect(await desk.read('auditor', '/holds')).toMatchObject({ items: [{ id: placed.id }] })
  expect(await desk.read('auditor', '/instructions/worklist')).toMatchObject({
    items: [{ reference: placed.held[0], state: 'HELD', owner: expect.any(String) }],
  })
  const of = `/lists/${list.id}`
  expect(await desk.post('commune-leader', `${of}/rechecks`)).toEqual({ freed: 0 })
  expect(await desk.post('commune-officer', `${of}/redirections`)).toEqual({ references: [] })
  const lifted = { reason: 'Đã xác minh' }
  // Neither who placed it lets it go, nor who approved the payment.
  const third = { ...desk.user('commune-leader'), id: THIRD as PersonId }
  await desk.api.enter(third)
  const { headers } = await desk.api.call(third, 'GET', `/holds/${placed.id}`)
  const lift = (who: TestUser) =>
    desk.api.call(who, 'POST', `/holds/${placed.id}/lift`, {
      ...{ body: lifted, headers: { 'if-match': headers.get('etag') ?? '' } },
    })
  for (const role of ['commune-officer', 'commune-leader'])
    expect(await lift(desk.user(role))).toMatchObject({ status: 403 })
  expect(await lift(third)).toMatchObject({ status: 200, body: { freed: 1 } })
  const stop = {
    set: [3],
    seen: await frozen(list, [3]),
    reasonCode: 'not-entitled',
    reason: 'Đã mất',
  }
  await desk.post('commune-leader', `${of}/stops`, stop)
  expect(await desk.read('auditor', `/instructions?month=${month}&state=CANCELLED`)).toMatchObject({
    items: [
      { listId: list.id, reason: 'wrong-amount' },
      { listId: list.id, reason: 'not-entitled' },
    ],
  })
})

test('a list goes back to its maker as a whole, with the reason', async () => {
  const list = await submit(1)
  const back = { seen: seenOf(list), reasonCode: 'wrong-amount', reason: 'Sai mức' }
  await desk.post('commune-leader', `/lists/${list.id}/refusal`, back)
  const { items } = await desk.read<{ readonly items: readonly { listId: string }[] }>(
    'commune-officer',
    '/lists/returned',
  )
  expect(items).toContainEqual(
    expect.objectContaining({ listId: list.id, rows: null, reason: 'Sai mức' }),
  )
})
