import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { openDatabase } from '../../src/lib/db.ts'
import type { Database } from '../../src/lib/db.ts'
import { createLimiter } from '../../src/payouts/channels/limiter.ts'
import type { Limiter, TakeTurns } from '../../src/payouts/channels/limiter.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { treasurer } from '../support/town.ts'

/** Calls a second of a channel, counted over all processes: here three, each with connections of its own. */
const RATE = 50
const EACH = 40
const PROCESSES = 3

let database: FreshDatabase
const connections: Database[] = []
beforeEach(async () => {
  database = await freshDatabase()
})
afterEach(async () => {
  for (const one of connections.splice(0)) await one.close()
  await database.drop()
})

function turnsOf(): TakeTurns {
  const { app: url, schema } = database.urls
  const db = openDatabase({ url, schema, kind: 'batch', poolSize: 2 })
  connections.push(db)
  return (calls) =>
    db.transact(treasurer, (tx) =>
      payouts.takeTurns(tx, { channel: 'hue-s', calls, perSecond: RATE }),
    )
}
const limiterOf = (takeTurns: TakeTurns): Limiter =>
  createLimiter({ perSecond: RATE, atOnce: 100, takeTurns }, () => performance.now())

/** When each call of all processes began, in milliseconds since the first. */
async function callsOf(limiters: readonly Limiter[]): Promise<readonly number[]> {
  const at: number[] = []
  const note = () => Promise.resolve(at.push(performance.now()))
  await Promise.all(limiters.flatMap((one) => Array.from({ length: EACH }, () => one.run(note))))
  const first = Math.min(...at)
  return at.map((ms) => ms - first)
}

test('three processes together keep to the rate of one', async () => {
  const limiters = Array.from({ length: PROCESSES }, () => limiterOf(turnsOf()))
  const at = await callsOf(limiters)
  expect(at).toHaveLength(PROCESSES * EACH)
  // 120 calls at 50 a second; each counted alone would be done in less than one.
  expect(Math.max(...at)).toBeGreaterThan(((PROCESSES * EACH) / RATE - 0.4) * 1_000)
})

test('who cannot ask keeps to the rate by itself', async () => {
  const away = () => Promise.reject(new Error('the database is away'))
  const alone = limiterOf(away)
  // A second's calls at once, and the others at the rate.
  const at = await callsOf([alone, alone])
  expect(at).toHaveLength(2 * EACH)
  expect(Math.max(...at)).toBeGreaterThan(((2 * EACH - RATE) / RATE - 0.1) * 1_000)
})
