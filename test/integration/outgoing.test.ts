import { createHmac } from 'node:crypto'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { createLog } from '../../src/lib/log.ts'
import { outgoingTargetsOf } from '../../src/operations/outgoing-targets.ts'
import type { OutgoingTarget } from '../../src/operations/outgoing-targets.ts'
import { operations } from '../../src/operations/operations.ts'
import { act } from '../support/act.ts'
import { closeMonth } from '../support/closing.ts'
import { copiesOf } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { startReceiver } from '../support/receiver.ts'
import type { Receiver } from '../support/receiver.ts'
import { approve, august, enterTown, fund, FUNDS, leader, payday, submit } from '../support/town.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import type { StoredList } from '../../src/payouts/payouts-store.ts'

// Others are told of what happened: written with the act, signed, sent until it arrives.

const SECRET = Buffer.alloc(32, 5)
let database: FreshDatabase
let receiver: Receiver
let target: OutgoingTarget
let list: StoredList

const settings = (more: object = {}) =>
  JSON.stringify([
    {
      ...{ name: 'kho-bac', url: receiver.url, secret: SECRET.toString('base64url') },
      kinds: ['list.approved', 'instruction.paid', 'instruction.returned', 'period.closed'],
      ...more,
    },
  ])
const tell = (targets = [target], until?: AbortSignal) =>
  operations.outgoing.deliverDue(
    {
      ...{ db: database.app, targets, nowMs: () => 1_691_000_000_000, log: createLog('silent') },
      until,
    },
    act,
  )
const listen = (targets: readonly OutgoingTarget[]) =>
  database.app.transact(act, (tx) => operations.outgoing.setTargets(tx, targets))
const sql = async (text: string) => (await database.admin.query(text)).rows as object[]
const due = () => sql(`update outgoing_delivery set next_at = clock_timestamp()`)

const closed = () => closeMonth(database.app, act, august)

const scene = copiesOf(async (original) => {
  const [commune] = await enterTown(original, [{ bank: 2 }])
  if (commune === undefined) throw new Error('a commune')
  await fund(original, commune.payingUnit, FUNDS)
  return submit(original, commune)
})

beforeEach(async () => {
  receiver = await startReceiver()
  const [only] = outgoingTargetsOf(settings())
  if (only === undefined) throw new Error('a target')
  target = only
  const copy = await scene()
  database = copy.database
  list = copy.found
  await listen([target])
})

describe('an event', () => {
  test('is written with its act, signed, and says nothing of anybody', async () => {
    const failing = database.app.transact(leader, async (tx) => {
      await payouts.lists.approve(tx, leader, { listId: list.id, seen: list, on: payday })
      throw new Error('undone')
    })
    await expect(failing).rejects.toThrow('undone')
    expect(await tell()).toBe(0)
    await approve(database, list)
    expect(await tell()).toBe(1)
    expect(await tell()).toBe(0)
    const [told] = receiver.told
    const { id, timestamp, signature, body } = told ?? {
      id: '',
      timestamp: '',
      signature: '',
      body: '',
    }
    expect(timestamp).toBe('1691000000')
    const expected = createHmac('sha256', SECRET).update(`${id}.${timestamp}.${body}`)
    expect(signature).toBe(`v1,${expected.digest('base64')}`)
    expect(JSON.parse(body)).toEqual({
      ...{ id, type: 'list.approved', timestamp: expect.any(String) },
      data: {
        ...{ subject: `list:${list.number}`, communeId: list.communeId, rowCount: 2 },
        ...{ total: '720000', contentHash: expect.stringMatching(/^[0-9a-f]{64}$/) },
      },
    })
    expect(body).not.toContain('Nguyễn')
  })

  test('is written for nobody while nobody listens', async () => {
    await listen([])
    await approve(database, list)
    expect(await sql('select from outgoing_event')).toEqual([])
  })

  test('comes of payments and of closing a month', async () => {
    await approve(database, list)
    await sql(`insert into instruction_event (reference, commune_id, from_state, to_state, attempt, reason, actor, via)
      select reference, commune_id, 'ACCEPTED', to_state, 1, why, gen_random_uuid(), 'sql'
        from instruction cross join (values ('PAID', null), ('RETURNED', 'AC04'), ('ACCEPTED', null)) as v (to_state, why)`)
    await closed()
    expect(await tell()).toBe(6)
    const types = receiver.told.map(({ body }) => {
      const { type, data } = JSON.parse(body) as { type: string; data: { amount?: string } }
      return [type, data.amount]
    })
    expect(types.toSorted()).toEqual([
      ['instruction.paid', '360000'],
      ['instruction.paid', '360000'],
      ['instruction.returned', '360000'],
      ['instruction.returned', '360000'],
      ['list.approved', undefined],
      ['period.closed', undefined],
    ])
  })
})

describe('a delivery', () => {
  beforeEach(() => approve(database, list))

  test('is tried again, later each time, and given up after twelve', async () => {
    receiver.answerWith(500)
    for (let n = 0; n < 12; n += 1) {
      expect(await tell()).toBe(0)
      // Not due yet: nobody is called in vain.
      expect(await tell()).toBe(0)
      await due()
    }
    expect(await sql('select state, attempts from outgoing_delivery')).toEqual([
      { state: 'GIVEN_UP', attempts: 12 },
    ])
    expect(receiver.told).toHaveLength(12)
    const log = await sql('select status, error from outgoing_attempt')
    expect(log).toEqual(Array.from({ length: 12 }, () => ({ status: 500, error: 'refused' })))
  })

  test('goes nowhere else: a redirect is no delivery', async () => {
    const elsewhere = await startReceiver()
    receiver.answerWith(302, elsewhere.url)
    expect(await tell()).toBe(0)
    expect(elsewhere.told).toEqual([])
    expect(await sql('select state from outgoing_delivery')).toEqual([{ state: 'PENDING' }])
  })

  test('that was sent and never recorded is sent again under its id', async () => {
    await database.app.transact(act, async (tx) => {
      await tx.$executeRaw`update outgoing_delivery set attempts = 1, next_at = clock_timestamp() - interval '1 second'`
    })
    expect(await tell()).toBe(1)
    expect(receiver.told.map(({ id }) => id)).toEqual(['evt_1'])
  })

  test('of one who does not answer keeps nobody else waiting', async () => {
    const other = await startReceiver()
    const [away] = outgoingTargetsOf(settings({ name: 'xa', url: 'http://127.0.0.1:9/' }))
    const [there] = outgoingTargetsOf(settings({ name: 'so', url: other.url }))
    if (away === undefined || there === undefined) throw new Error('targets')
    await listen([away, there])
    await sql(`insert into outgoing_delivery (event_id, target) values (1, 'xa'), (1, 'so')`)
    expect(await tell([away, there])).toBe(1)
    expect(other.told).toHaveLength(1)
    expect(await sql(`select error from outgoing_attempt where target = 'xa'`)).toEqual([
      { error: 'ECONNREFUSED' },
    ])
  })

  test('of one who does not answer is asked once a run, however many wait', async () => {
    const [away] = outgoingTargetsOf(settings({ name: 'xa', url: 'http://127.0.0.1:9/' }))
    if (away === undefined) throw new Error('a target')
    await listen([away, target])
    await sql(`insert into outgoing_event (kind, subject, commune_id, content)
      select 'period.closed', 'period:' || n, null, '{}' from generate_series(1, 120) n`)
    await sql(`insert into outgoing_delivery (event_id, target)
      select e.id, t.name from outgoing_event e, outgoing_target t where e.subject like 'period:%'`)
    expect(await tell([away, target])).toBe(121)
    expect(
      await sql(`select count(*)::integer as tries from outgoing_attempt where target = 'xa'`),
    ).toEqual([{ tries: 1 }])
  })

  test('waits when the process is to end', async () => {
    const ending = new AbortController()
    ending.abort()
    expect(await tell([target], ending.signal)).toBe(0)
    expect(receiver.told).toEqual([])
    expect(await tell()).toBe(1)
  })
})
