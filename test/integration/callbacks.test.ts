import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createLog } from '../../src/lib/log.ts'
import { openListener } from '../../src/lib/listener.ts'
import type { Listener } from '../../src/lib/listener.ts'
import { takeCallback } from '../../src/payouts/callbacks.ts'
import { signatureKeys } from '../../src/payouts/channels/hue-s-signature.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { walletKeys } from '../../scripts/simulators/wallet-signature.ts'
import { postTo, signed } from '../support/callbacks.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { countsOf, passing, plan, scripted, send, statesOf } from '../support/sending.ts'
import { refusal } from '../support/sql.ts'
import { enterTown, payday, releaseLists, treasurer } from '../support/town.ts'

let database: FreshDatabase
let listener: Listener
let url: string
let reference: string

beforeEach(async () => {
  database = await freshDatabase()
  await releaseLists(database, await enterTown(database, [{ wallet: 3 }]))
  const unknown = scripted((at) =>
    at < 2 ? { kind: 'unknown', reason: 'x' } : { kind: 'accepted' },
  )
  for (const { orderId } of await plan(database)) await send(database, unknown, { id: orderId })
  reference = [...(await statesOf(database))].find(([, state]) => state === 'UNKNOWN')?.[0] ?? ''
  const deps = {
    ...{ db: database.app, keys: signatureKeys(walletKeys.callbacks), nowMs: Date.now },
    ...{ barrier: passing, log: createLog('silent') },
  }
  listener = await openListener({
    ...{ host: '127.0.0.1', port: 0, onError: () => undefined },
    routes: { '/callbacks/hue-s': (request) => takeCallback(deps, request) },
  })
  url = `http://127.0.0.1:${listener.port}/callbacks/hue-s`
})
afterEach(async () => {
  await listener.close()
  await database.drop()
})

const body = (change: object = {}) =>
  JSON.stringify({ eventId: 'E-1', reference, amount: '360000', status: 'executed', ...change })
const events = async () =>
  (
    await database.admin.query<{ event_id: string; verdict: string; reference: string }>(
      'select event_id, verdict, reference from callback_event order by event_id, verdict',
    )
  ).rows.map((row) => [row.event_id, row.verdict, row.reference])
const due = async () =>
  (await database.admin.query<{ reference: string }>('select reference from enquiry_due')).rows.map(
    (row) => row.reference,
  )
const now = () => Math.floor(Date.now() / 1000)
const wallet = (answer: 'executed' | 'not-found' | 'no-answer') => {
  const asked: [string, bigint | undefined][] = []
  const channel = {
    ...scripted(() => ({ kind: 'refused' as const })),
    enquire: (of: string, amount?: bigint) => {
      asked.push([of, amount])
      return Promise.resolve(
        answer === 'no-answer' ? { kind: answer, reason: 'x' } : { kind: answer },
      )
    },
  }
  const round = { on: payday, rowsMax: 100 }
  return { asked, run: () => payouts.enquireDue({ db: database.app, channel }, treasurer, round) }
}

test('has us ask and is never believed by itself', async () => {
  const before = await countsOf(database)
  expect(await postTo(url, signed(body()))).toMatchObject({ status: 200 })
  expect(await events()).toEqual([['E-1', 'enquiry-due', reference]])
  expect(await countsOf(database)).toEqual(before)
  expect(await due()).toEqual([reference])

  // No answer: still due. "Not found": asked, and nothing is decided.
  expect(await wallet('no-answer').run()).toBe(0)
  expect(await due()).toEqual([reference])
  const { asked, run } = wallet('not-found')
  expect(await run()).toBe(0)
  expect(asked).toEqual([[reference, 360_000n]])
  expect([await due(), await countsOf(database)]).toEqual([[], before])

  await postTo(url, signed(body({ eventId: 'E-2', status: 'rejected' })))
  expect(await wallet('executed').run()).toBe(1)
  expect((await statesOf(database)).get(reference)).toBe('ACCEPTED')
  expect(await due()).toEqual([])
})

test('of which the signature is wrong is refused and leaves no trace that could block the true one', async () => {
  const wrong = [
    signed(body(), now(), Buffer.alloc(32, 7)),
    { ...signed(body()), body: body({ status: 'rejected' }) },
    { ...signed(body()), headers: {} },
    { ...signed(body()), headers: { ...signed(body()).headers, 'x-hues-key': 'sim-2' } },
    {
      ...signed(body()),
      headers: { ...signed(body()).headers, 'x-hues-timestamp': String(now() + 9) },
    },
  ]
  for (const one of wrong) expect(await postTo(url, one)).toMatchObject({ status: 401 })
  expect([await events(), await due()]).toEqual([[], []])
  expect(await postTo(url, signed(body()))).toMatchObject({ status: 200 })
  expect(await due()).toEqual([reference])
})

test.each([-600, 600])(
  'of a clock %d s off is refused with the reason and recorded',
  async (skew) => {
    const late = signed(body(), now() + skew)
    for (const one of [late, late]) {
      expect(await postTo(url, one)).toMatchObject({
        status: 400,
        said: { error: expect.stringContaining('300 giây') },
      })
    }
    expect([await events(), await due()]).toEqual([[['E-1', 'wrong-clock', reference]], []])
    // The same event, sent with the right time, is taken.
    expect(await postTo(url, signed(body()))).toMatchObject({ status: 200 })
    expect(await due()).toEqual([reference])
  },
)

test('that comes again, or twenty times at the same moment, has one effect', async () => {
  const message = signed(body())
  const answers = await Promise.all(Array.from({ length: 20 }, () => postTo(url, message)))
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
  expect(answers.filter(({ said }) => said['received'] === 'enquiry-due')).toHaveLength(1)
  expect(await events()).toHaveLength(1)
  await wallet('not-found').run()
  expect(await postTo(url, message)).toEqual({ status: 200, said: { received: 'repeated' } })
  expect([await events(), await due()]).toEqual([[['E-1', 'enquiry-due', reference]], []])
})

test('under the id of another event is refused', async () => {
  await postTo(url, signed(body()))
  expect(await postTo(url, signed(body({ status: 'rejected' })))).toMatchObject({ status: 409 })
  expect(await events()).toHaveLength(1)
})

test('of an unknown reference is kept, and of a decided one asks nothing', async () => {
  const decided = [...(await statesOf(database))].find(([, state]) => state === 'ACCEPTED')?.[0]
  expect(await postTo(url, signed(body({ reference: 'NOBODY' })))).toMatchObject({ status: 200 })
  const other = body({ eventId: 'E-2', reference: decided, status: 'rejected' })
  expect(await postTo(url, signed(other))).toMatchObject({ status: 200 })
  expect(await events()).toEqual([
    ['E-1', 'unknown-reference', 'NOBODY'],
    ['E-2', 'decided-already', decided],
  ])
  expect(await due()).toEqual([])
})

test.each([
  ['not JSON', '{'],
  ['more than agreed', () => body({ believe: 'me' })],
  ['no event id', () => body({ eventId: undefined })],
  ['an id that is none', () => body({ eventId: "x'; drop" })],
])('of %s is refused', async (_, wrong) => {
  const text = typeof wrong === 'string' ? wrong : wrong()
  expect(await postTo(url, signed(text))).toMatchObject({ status: 400 })
  expect(await events()).toEqual([])
})

describe('the listener', () => {
  test('takes nothing but POST of at most 16 KB on its path', async () => {
    const long = signed(JSON.stringify({ pad: 'x'.repeat(17_000) }))
    expect(await postTo(url, long)).toMatchObject({ status: 413 })
    expect((await fetch(url)).status).toBe(405)
    expect(await postTo(`${url}/x`, signed(body()))).toMatchObject({ status: 404 })
    expect(
      await postTo(url.replace('/callbacks/hue-s', '/toString'), signed(body())),
    ).toMatchObject({
      status: 404,
    })
  })

  test('has the sender send again when the database refuses', async () => {
    await database.admin.query(`alter table callback_event rename to gone`)
    const answer = await postTo(url, signed(body()))
    expect(answer).toEqual({ status: 500, said: { error: 'Lỗi nội bộ' } })
    await database.admin.query(`alter table gone rename to callback_event`)
    expect(await postTo(url, signed(body()))).toMatchObject({ status: 200 })
  })
})

test('an event is never changed or removed', async () => {
  await postTo(url, signed(body()))
  const change = (sql: string) => refusal(database.admin, sql)
  expect(await change('delete from callback_event')).toBe('LB001')
  expect(await change(`update callback_event set verdict = 'decided-already'`)).toBe('LB001')
})
