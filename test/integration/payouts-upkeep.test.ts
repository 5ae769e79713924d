import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { openQueue } from '../../src/lib/queue.ts'
import type { JobDefinition, JobQueue } from '../../src/lib/queue.ts'
import { addMonths } from '../../src/lib/time.ts'
import type { Channel, ChannelName, EnquiryAnswer } from '../../src/payouts/channels/channel.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import type { ChannelWaits } from '../../src/payouts/sweeping.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import {
  countsOf,
  dying,
  heldAndTransit,
  limitsOf,
  plan,
  scripted,
  send,
} from '../support/sending.ts'
import { columnOf } from '../support/sql.ts'
import { AMOUNT, august, enterTown, payday, releaseLists, treasurer } from '../support/town.ts'
import { setUpWorkers } from '../support/worker.ts'

/** The queue as the sweep sees it: what it was offered, by id, as BullMQ would keep it. */
let database: FreshDatabase
beforeEach(async () => {
  database = await freshDatabase()
})
afterEach(() => database.drop())

const never: Readonly<Record<ChannelName, ChannelWaits>> = {
  bank: { callMs: 3_600_000, reportMs: 3_600_000 },
  'hue-s': { callMs: 3_600_000, reportMs: 3_600_000 },
}
const atOnce = { ...never, 'hue-s': { callMs: -1, reportMs: -1 } }
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function release(wallet: number) {
  const communes = await enterTown(database, [{ wallet }])
  await releaseLists(database, communes)
}

/** Sweeps into a real queue and tells what it was offered. */
async function sweep(waits = never, options: { idleMs?: number; on?: typeof payday } = {}) {
  const offered: string[] = []
  const queue = openQueue('sweep-test', { kind: 'postgres', url: database.urls.app })
  const spy: JobQueue = {
    ...queue,
    add: async <Payload>(job: JobDefinition<Payload>, payloads: readonly Payload[]) => {
      offered.push(...payloads.map((payload) => job.key(payload)))
      await queue.add(job, payloads)
    },
  }
  const { on = payday, idleMs = 60_000 } = options
  const limits = { bank: limitsOf(500), 'hue-s': limitsOf(500) }
  const deps = { db: database.app, queueOf: () => spy, limits, waits, idleMs }
  const swept = await payouts.sweep(deps, treasurer, on)
  await queue.close()
  return { swept, offered }
}

describe('the sweep', () => {
  beforeEach(() => setUpWorkers(database))

  test('plans what is queued, by who released it, and offers it again until it is sent', async () => {
    await release(3)
    const first = await sweep()
    expect(first.swept).toMatchObject({ planned: 1, silent: 0, unreported: 0, raised: 0 })
    expect(first.offered).toHaveLength(1)
    expect(await columnOf(database.admin, 'select ordered_by from payment_order')).toEqual([
      treasurer.actor,
    ])
    const again = await sweep()
    expect(again.swept).toMatchObject({ planned: 0, raised: 0, enqueued: 1 })
    expect(again.offered).toEqual(first.offered)
    const [order] = await plan(database)
    await send(
      database,
      scripted(() => ({ kind: 'accepted' })),
      { id: order?.orderId ?? '' },
    )
    expect((await sweep()).offered).toEqual([])
  })

  test('gives an order whose job was lost a new job id', async () => {
    await release(3)
    await sweep()
    await sleep(60)
    const { swept, offered } = await sweep(never, { idleMs: 50 })
    expect(swept.raised).toBe(1)
    expect(offered[0]).toMatch(/-2$/)
  })

  test('pays nobody before the month', async () => {
    await release(3)
    const before = addMonths(august, -1)
    expect((await sweep(never, { on: before })).swept).toMatchObject({ planned: 0, enqueued: 0 })
    expect((await sweep()).swept).toMatchObject({ planned: 1, enqueued: 1 })
  })

  test('turns what waits too long into UNKNOWN, and only that', async () => {
    await release(4)
    const [order] = await plan(database)
    const id = order?.orderId ?? ''
    const outcome = { kind: 'submitted' } as const
    const channel = scripted(() => outcome, 2)
    await send(database, channel, { id, barrier: dyingSecond() }).catch(() => undefined)
    expect(await countsOf(database)).toEqual({ SUBMITTED: 2, SUBMITTING: 2 })
    expect((await sweep()).swept).toMatchObject({ silent: 0, unreported: 0 })
    const bankOnly = { ...never, bank: { callMs: -1, reportMs: -1 } }
    expect((await sweep(bankOnly)).swept).toMatchObject({ silent: 0, unreported: 0 })
    expect((await sweep(atOnce)).swept).toMatchObject({ silent: 2, unreported: 2 })
    expect(await countsOf(database)).toEqual({ UNKNOWN: 4 })
    expect(await heldAndTransit(database)).toEqual({ held: 0n, transit: 4n * AMOUNT })
  })

  test('run by four at once plans each instruction once', async () => {
    await release(20)
    await Promise.all([1, 2, 3, 4].map(() => sweep()))
    const orders = 'select count(*)::int from payment_order'
    expect(await columnOf(database.admin, orders)).toEqual([1])
  })
})

/** Dies after its second claim. */
function dyingSecond() {
  const dies = dying('after-claim')
  let claims = 0
  return (name: Parameters<typeof dies>[0]) => {
    if (name === 'after-claim') claims += 1
    return claims < 2 ? Promise.resolve() : dies(name)
  }
}

describe('enquiries', () => {
  const asking = (answer: (reference: string) => EnquiryAnswer) => {
    const asked: string[] = []
    const channel: Channel = {
      ...scripted(() => ({ kind: 'unknown', reason: 'time-out' })),
      enquire: (reference) => {
        asked.push(reference)
        return Promise.resolve(answer(reference))
      },
    }
    return { asked, channel }
  }
  const round = (channel: Channel) =>
    payouts.enquireRound({ db: database.app, channel }, treasurer, payday)
  const due = () => database.admin.query('update instruction set enquire_at = now()')
  const nextIn = () =>
    columnOf<number>(
      database.admin,
      `select round(extract(epoch from enquire_at - clock_timestamp()))::int from instruction where state = 'UNKNOWN'`,
    )

  async function unknown(count: number, channel: Channel) {
    await release(count)
    const [order] = await plan(database)
    await send(database, channel, { id: order?.orderId ?? '' })
    expect(await countsOf(database)).toEqual({ UNKNOWN: count })
  }

  test('come after 40 s, 2, 5, 15 and 60 minutes, then each hour, and are all written down', async () => {
    const { asked, channel } = asking(() => ({ kind: 'not-found' }))
    await unknown(1, channel)
    expect(await round(channel)).toEqual({ asked: 0, decided: 0 })
    const waits = [await nextIn()]
    for (let n = 0; n < 7; n += 1) {
      await due()
      expect(await round(channel)).toEqual({ asked: 1, decided: 0 })
      waits.push(await nextIn())
    }
    expect(waits.flat()).toEqual([40, 80, 180, 600, 2_700, 3_600, 3_600, 3_600])
    expect(asked).toHaveLength(7)
    const answers = await columnOf(database.admin, 'select answer from enquiry')
    expect(answers).toEqual(Array(7).fill('not-found'))
  })

  test('"not found" and no answer decide nothing: unknown, and the money in transit', async () => {
    const answers: EnquiryAnswer[] = [
      { kind: 'not-found' },
      { kind: 'no-answer', reason: 'time-out' },
    ]
    const { channel } = asking(() => answers.shift() ?? { kind: 'not-found' })
    await unknown(2, channel)
    await due()
    expect(await round(channel)).toEqual({ asked: 2, decided: 0 })
    expect(await countsOf(database)).toEqual({ UNKNOWN: 2 })
    expect(await heldAndTransit(database)).toEqual({ held: 0n, transit: 2n * AMOUNT })
  })

  test('"executed" and "rejected" decide, each with its money', async () => {
    const answers: EnquiryAnswer[] = [{ kind: 'executed' }, { kind: 'rejected', reason: 'AC01' }]
    const { channel } = asking(() => answers.shift() ?? { kind: 'not-found' })
    await unknown(2, channel)
    await due()
    expect(await round(channel)).toEqual({ asked: 2, decided: 2 })
    expect(await countsOf(database)).toEqual({ ACCEPTED: 1, REJECTED: 1 })
    expect(await heldAndTransit(database)).toEqual({ held: AMOUNT, transit: AMOUNT })
  })

  test('two rounds at once ask after each payment once', async () => {
    const { asked, channel } = asking(() => ({ kind: 'not-found' }))
    await unknown(30, channel)
    await due()
    await Promise.all([round(channel), round(channel), round(channel)])
    expect(asked).toHaveLength(30)
    expect(new Set(asked).size).toBe(30)
  })
})
