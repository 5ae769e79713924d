import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { ledger } from '../../src/ledger/ledger.ts'
import { DomainError } from '../../src/lib/errors.ts'
import { createLog } from '../../src/lib/log.ts'
import type { JobQueue } from '../../src/lib/queue.ts'
import { monthOf, stopwatch, today } from '../../src/lib/time.ts'
import type { Channel, ChannelLimits } from '../../src/payouts/channels/channel.ts'
import { sendHandler, upkeepHandlers } from '../../src/payouts/handlers.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { copiesOf } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { countsOf, limitsOf, passing, plan, scripted, send } from '../support/sending.ts'
import { columnOf } from '../support/sql.ts'
import { enterTown, payday, releaseLists, treasurer } from '../support/town.ts'
import { vault } from '../support/vault.ts'

/** What runs by the clock: who it acts for, what it leaves alone, and when it ends. */
let database: FreshDatabase
const released = copiesOf(async (fresh) => {
  await releaseLists(fresh, await enterTown(fresh, [{ wallet: 6 }]))
})
beforeEach(async () => {
  ;({ database } = await released())
})
afterEach(() => database.drop())

const MACHINE = '00000000-0000-7000-8000-000000000000'
const machine = { ...treasurer, actor: MACHINE as typeof treasurer.actor, via: 'worker:sweep' }
const open = { ...limitsOf(3), hours: null }
const queue: JobQueue = {
  add: () => Promise.resolve(),
  schedule: () => Promise.resolve(),
  counts: () => Promise.resolve({}),
  close: () => Promise.resolve(),
}
const waits = { callMs: 3_600_000, reportMs: 3_600_000 }
const sweep = (hours: ChannelLimits['hours'] = null, idleMs = -1, offered = queue) =>
  payouts.sweep(
    {
      ...{ db: database.app, queueOf: () => offered, idleMs, clock: () => '12:00' },
      limits: { bank: open, 'hue-s': { ...open, hours } },
      waits: { bank: waits, 'hue-s': waits },
    },
    machine,
    payday,
  )
const attempts = () => columnOf(database.admin, 'select attempt from payment_order order by id')

describe('the sweep', () => {
  test('makes no empty order of rows that fill their orders exactly', async () => {
    expect(await sweep()).toMatchObject({ planned: 2 })
    expect(await attempts()).toHaveLength(2)
  })

  test('raises and offers nothing of a channel that is closed by the hour or stopped', async () => {
    await sweep({ from: '08:00', until: '11:00' })
    expect(await attempts()).toEqual([1, 1])
    await database.app.transact(treasurer, (tx) =>
      payouts.switches.stop(tx, treasurer, 'hue-s', 'thử'),
    )
    expect(await sweep()).toMatchObject({ raised: 0, enqueued: 0 })
    expect(await attempts()).toEqual([1, 1])
    await database.admin.query(`set session_replication_role = replica; delete from channel_switch;
      update payment_order set attempt = 40000; set session_replication_role = origin`)
    expect(await sweep()).toMatchObject({ raised: 2, enqueued: 2 })
    expect(await attempts()).toEqual([40_001, 40_001])
  })
})

describe('an order', () => {
  const run = async () => {
    const until = new AbortController().signal
    const channel = scripted(() => ({ kind: 'accepted' }))
    const handler = sendHandler({ db: database.app, vault, channel, barrier: passing, until })
    const orders = await database.app.transact(treasurer, (tx) => payouts.ordersToSend(tx))
    for (const order of orders) await handler.run({ ...order, on: payday })
    const sql = `select distinct actor from instruction_event where to_state = 'SUBMITTING'`
    return columnOf(database.admin, sql)
  }

  test('that a sweep made is sent by the machine, and names who released the list', async () => {
    await sweep()
    const people = 'select distinct planned_by, ordered_by from payment_order'
    expect((await database.admin.query(people)).rows).toEqual([
      { planned_by: MACHINE, ordered_by: treasurer.actor },
    ])
    expect(await run()).toEqual([MACHINE])
  })

  test('that a sweep offers is sent on the day on which its job runs', async () => {
    await database.app.transact(treasurer, (tx) =>
      ledger.openPeriod(tx, treasurer, monthOf(today())),
    )
    const offered: unknown[] = []
    const add: JobQueue['add'] = (_, jobs) => Promise.resolve(void offered.push(...jobs))
    await sweep(null, -1, { ...queue, add })
    expect(offered).toHaveLength(2)
    const until = new AbortController().signal
    const channel = scripted(() => ({ kind: 'accepted' }))
    const handler = sendHandler({ db: database.app, vault, channel, barrier: passing, until })
    for (const job of offered) await handler.run(job)
    const days = `select distinct occurred_on::text from journal_entry where reference like 'submit:%'`
    expect(await columnOf(database.admin, days)).toEqual([today()])
  })

  test('that a person made is sent in their name', async () => {
    await plan(database)
    expect(await run()).toEqual([treasurer.actor])
  })

  test('whose channel closes while names are asked for is not claimed', async () => {
    await plan(database)
    const [order] = await database.app.transact(treasurer, (tx) => payouts.ordersToSend(tx))
    let asked = 0
    const base = scripted(() => ({ kind: 'accepted' }))
    const channel: Channel = {
      ...base,
      limits: { ...limitsOf(100), verifiesFirst: true, hours: { from: '08:00', until: '16:00' } },
      verifyAccount: () => {
        asked += 1
        return Promise.resolve({
          ...{ kind: 'known', holderName: 'NGUYEN THI ANH MAU', status: 'active' },
        } as const)
      },
    }
    const clock = () => (asked === 0 ? '15:59' : '16:01')
    expect(await send(database, channel, { id: order?.orderId ?? '', clock })).toBe(true)
    expect(asked).toBe(6)
    expect(await countsOf(database)).toEqual({ QUEUED: 6 })
  })
})

describe('a round of questions', () => {
  const hanging = () => new Promise<never>(() => undefined)
  const enquire = (bank: Partial<Channel>, wallet: Partial<Channel>, until: AbortSignal) => {
    const base = scripted(() => ({ kind: 'unknown', reason: 'time-out' }))
    const channels = {
      bank: { ...base, name: 'bank', ...bank },
      'hue-s': { ...base, ...wallet },
    } as const
    const handlers = upkeepHandlers({
      ...{ db: database.app, channels, waits: { bank: waits, 'hue-s': waits }, idleMs: 60_000 },
      ...{ queueOf: () => queue, log: createLog('silent'), roundMs: 800, until },
    })
    const round = handlers.find(({ name }) => name === 'payouts.enquire')
    return round?.run({}) ?? Promise.reject(new Error('a round'))
  }
  /** An expectation, so that a round that never ends fails by it. */
  const ended = async (round: Promise<unknown>) => {
    const never = sleep(15_000, 'goes on', { ref: false })
    expect(await Promise.race([round.then(() => 'ended'), never])).toBe('ended')
  }
  const unknown = async () => {
    const [order] = await plan(database)
    const silent = scripted(() => ({ kind: 'unknown', reason: 'time-out' }))
    await send(database, silent, { id: order?.orderId ?? '' })
    await database.admin.query('update instruction set enquire_at = now()')
  }
  const endless = () => ({ [Symbol.asyncIterator]: () => ({ next: hanging }) })

  test('ends although a channel hangs, and the other is asked meanwhile', async () => {
    await unknown()
    const wallet = { enquire: () => Promise.resolve({ kind: 'executed' } as const) }
    const age = stopwatch()
    await ended(enquire({ statusFiles: endless }, wallet, new AbortController().signal))
    expect(age()).toBeGreaterThan(700)
    expect(age()).toBeLessThan(20_000)
    expect(await countsOf(database)).toEqual({ ACCEPTED: 6 })
  })

  test('ends at once when the process is to end', async () => {
    await unknown()
    const ending = new AbortController()
    const wallet = {
      enquire: () => {
        ending.abort()
        return hanging()
      },
    }
    await ended(enquire({ statusFiles: endless }, wallet, ending.signal))
    expect(await countsOf(database)).toEqual({ UNKNOWN: 6 })
  })

  test('that meets a refusal which only parted books explain stops its channel alone', async () => {
    await unknown()
    const parted = () => Promise.reject(new DomainError('conflict', 'below-floor', 'thử'))
    const round = enquire({}, { enquire: parted }, new AbortController().signal)
    await expect(round).rejects.toMatchObject({ code: 'below-floor' })
    const stopped = 'select channel from channel_switch where not sending'
    expect(await columnOf(database.admin, stopped)).toEqual(['hue-s'])
  })
})
