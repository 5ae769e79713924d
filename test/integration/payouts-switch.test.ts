import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { DomainError } from '../../src/lib/errors.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { countsOf, onceAt, plan, scripted, send } from '../support/sending.ts'
import { columnOf, rawApp } from '../support/sql.ts'
import { accountant, enterTown, releaseLists, treasurer } from '../support/town.ts'

let database: FreshDatabase
let id: string
beforeEach(async () => {
  database = await freshDatabase()
  const communes = await enterTown(database, [{ wallet: 6 }])
  await releaseLists(database, communes)
  id = (await plan(database))[0]?.orderId ?? ''
})
afterEach(() => database.drop())

const accepting = () => scripted(() => ({ kind: 'accepted' }), 2)
const stop = (channel: 'bank' | 'hue-s' = 'hue-s') =>
  database.app.transact(treasurer, (tx) => payouts.switches.stop(tx, treasurer, channel, 'thử'))
const start = (confirmedBy = accountant.actor) =>
  database.app.transact(treasurer, (tx) =>
    payouts.switches.start(tx, treasurer, { channel: 'hue-s', reason: 'xong', confirmedBy }),
  )

describe('the switch', () => {
  test('stops a channel at once: what is claimed is finished, nothing more is claimed', async () => {
    const barrier = onceAt('after-claim', () => stop())
    expect(await send(database, accepting(), { id, barrier })).toBe(true)
    expect(await countsOf(database)).toEqual({ ACCEPTED: 2, QUEUED: 4 })
    expect(await send(database, accepting(), { id })).toBe(true)
    expect(await countsOf(database)).toEqual({ ACCEPTED: 2, QUEUED: 4 })
  })

  test('stops its own channel only, and stopping again changes nothing', async () => {
    expect(await stop('bank')).toBe(true)
    expect(await stop('bank')).toBe(false)
    await send(database, accepting(), { id })
    expect(await countsOf(database)).toEqual({ ACCEPTED: 6 })
  })

  test('is turned on again by two people only', async () => {
    await stop()
    await expect(start(treasurer.actor)).rejects.toMatchObject({ code: 'same-person' })
    await send(database, accepting(), { id })
    expect(await countsOf(database)).toEqual({ QUEUED: 6 })
    await start()
    await send(database, accepting(), { id })
    expect(await countsOf(database)).toEqual({ ACCEPTED: 6 })
    const acts = `select act from audit_event where subject = 'channel:hue-s' order by id`
    expect(await columnOf(database.admin, acts)).toEqual(['channel.stop', 'channel.start'])
  })

  test.each([
    [
      'one person turns it on',
      `insert into channel_switch (channel, sending, reason, actor, via, confirmed_by)
         select 'hue-s', true, 'x', a, 'sql', a from (select gen_random_uuid() as a) a`,
      'channel_switch_two_people',
    ],
    ['history is rewritten', `update channel_switch set sending = true`, 'permission denied'],
    [
      'a payment is taken while it is off',
      `update instruction set state = 'SUBMITTING', attempt = 1`,
      'sending through hue-s is stopped',
    ],
  ])('raw SQL is refused when %s', async (_, sql, message) => {
    await stop()
    const client = await rawApp(database)
    await expect(client.query(sql)).rejects.toThrow(message)
  })

  test('waits for claims under way and is not overtaken: 40 races', async () => {
    for (let race = 0; race < 40; race += 1) {
      const [sent] = await Promise.all([send(database, accepting(), { id }), stop()])
      expect(sent).toBe(true)
      const before = await countsOf(database)
      await send(database, accepting(), { id })
      expect(await countsOf(database)).toEqual(before)
      await start()
    }
    await send(database, accepting(), { id })
    expect(await countsOf(database)).toEqual({ ACCEPTED: 6 })
  })
})

describe('a violation of the books throws the switch by itself', () => {
  const check = () => payouts.checkBooks(database.app, treasurer)
  const plant = async (sql: string) => {
    await database.admin.query(`set session_replication_role = replica; ${sql}`)
    await database.admin.query('set session_replication_role = default')
  }
  const sending = async () =>
    (await database.app.transact(treasurer, (tx) => payouts.switches.state(tx))).map(
      ({ channel, sending: on }) => [channel, on],
    )

  test('books in order leave it alone', async () => {
    await send(database, accepting(), { id })
    expect(await check()).toEqual([])
    expect(await sending()).toEqual([])
  })

  test.each([
    [
      'money in transit without a payment that is out',
      `update instruction set state = 'REJECTED', moved_at = clock_timestamp()
        where reference = (select min(reference) from instruction)`,
    ],
    [
      'a payment that is out without its money',
      `update account set balance = 0 where id = (select min(id) from account where code = '1130-TRANSIT')`,
    ],
    [
      'one đồng too little',
      `update account set balance = balance - 1 where id = (select min(id) from account where code = '1130-TRANSIT')`,
    ],
  ])('%s', async (_, sql) => {
    await send(database, accepting(), { id })
    await plant(sql)
    expect(await check()).toHaveLength(1)
    expect(await sending()).toEqual([['hue-s', false]])
    expect(await check()).toHaveLength(1)
    const stops = `select count(*)::int from channel_switch`
    expect(await columnOf(database.admin, stops)).toEqual([1])
  })

  test('so does a refusal of the ledger that a correct sender never meets, and no other', async () => {
    const meeting = async (code: string) => {
      const books = { db: database.app, by: treasurer, channels: ['hue-s'] } as const
      const met = () => Promise.reject(new DomainError('conflict', code, 'thử'))
      await expect(payouts.failClosed(books, met)).rejects.toMatchObject({ code })
    }
    await meeting('channel-refused')
    expect(await sending()).toEqual([])
    await meeting('below-floor')
    expect(await sending()).toEqual([['hue-s', false]])
  })
})
