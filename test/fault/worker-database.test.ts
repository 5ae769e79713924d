import { execFileSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals'
import { openDatabase } from '../../src/lib/db.ts'
import type { Database } from '../../src/lib/db.ts'
import type { Channel } from '../../src/payouts/channels/channel.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { paidTwice, paymentsIn } from '../support/books.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { startProxy } from '../support/proxy.ts'
import type { LossyProxy } from '../support/proxy.ts'
import { startRails } from '../support/rails.ts'
import type { Rails } from '../support/rails.ts'
import { countsOf, giveUp, heldAndTransit, passing, plan, send } from '../support/sending.ts'
import { startServer } from '../support/server.ts'
import type { RunningServer } from '../support/server.ts'
import { prepareTemplate } from '../support/template.ts'
import { AMOUNT, enterTown, FUNDS, payday, releaseLists, treasurer } from '../support/town.ts'
import { vault } from '../support/vault.ts'

/**
 * "Failed" at the client is not "failed" (reliability.md, finding 6): the reply to a COMMIT is lost on the way, or the
 * server freezes. A server of its own, because all of its processes are stopped.
 */
jest.setTimeout(120_000)

let server: RunningServer
let database: FreshDatabase
let rails: Rails
let proxy: LossyProxy
let far: Database

beforeAll(async () => {
  server = await startServer()
  await prepareTemplate(server)
})
afterAll(() => server.stop())
beforeEach(async () => {
  database = await freshDatabase(server)
  const communes = await enterTown(database, [{ wallet: 20 }])
  await releaseLists(database, communes)
  rails = await startRails({ seed: 'any', faults: 'none' })
  await rails.advance(payday)
  await rails.fund(communes[0]?.payingUnit ?? '', FUNDS)
  proxy = await startProxy(Number(new URL(server.owner).port))
  const url = new URL(database.urls.app)
  url.port = String(proxy.port)
  const { schema } = database.urls
  far = openDatabase({ url: url.toString(), schema, kind: 'online', poolSize: 2 })
})
afterEach(async () => {
  await far.close()
  await proxy.close()
  await database.drop()
  await rails.close()
})

const inTens = (channel: Channel): Channel => ({
  ...channel,
  limits: { ...channel.limits, rowsMax: 10 },
})
const sendFar = async (id: string) =>
  payouts.sendOrder(
    { db: far, vault, channel: inTens(rails.channels['hue-s']), barrier: passing },
    treasurer,
    { id, on: payday },
  )

// A claim takes two transactions: the rows are taken, the answers are recorded.
test.each([
  ['of a claim', 1, 0, 10],
  ['of a record', 2, 10, 0],
  ['of the second claim', 3, 10, 10],
  ['of the second record', 4, 20, 0],
])('the reply to the COMMIT %s is lost: it is done, and nothing is sent twice', async (...row) => {
  const [, commit, sent, claimedOnly] = row
  const [order] = await plan(database)
  const id = order?.orderId ?? ''
  proxy.loseCommit(commit)
  const failed = await sendFar(id).then(
    () => false,
    () => true,
  )
  expect(proxy.lost()).toBe(1)
  expect(failed).toBe(true)
  expect(paymentsIn(rails.folder).size).toBe(sent)
  // The sender goes on as after any failure: the job again, as often as one likes.
  const again = () => send(database, rails.channels['hue-s'], { id })
  await expect(again()).resolves.toBe(true)
  await expect(again()).resolves.toBe(true)
  await giveUp(database)
  const expected = { ACCEPTED: 20 - claimedOnly, ...(claimedOnly > 0 && { UNKNOWN: claimedOnly }) }
  expect(await countsOf(database)).toEqual(expected)
  expect(paidTwice(rails.folder)).toEqual([])
  expect(await heldAndTransit(database)).toEqual({ held: 0n, transit: 20n * AMOUNT })
})

/** The server and all of its processes. */
function serverProcesses(): readonly number[] {
  const pids = execFileSync('ps', ['-eo', 'pid,ppid,args'], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .flatMap((match) =>
      match === null ? [] : [{ pid: Number(match[1]), parent: Number(match[2]), args: match[3] }],
    )
  const port = new URL(server.owner).port
  const [main] = pids.filter(({ args }) => args?.includes(`port=${port}`))
  if (main === undefined) throw new Error('the server')
  return [main.pid, ...pids.filter(({ parent }) => parent === main.pid).map(({ pid }) => pid)]
}

test('a frozen server: the caller comes back within its limit, and all is well when it thaws', async () => {
  const [order] = await plan(database)
  const frozen = serverProcesses()
  for (const pid of frozen) process.kill(pid, 'SIGSTOP')
  try {
    // query_timeout of the online class is 15 s.
    const sent = sendFar(order?.orderId ?? '').then(
      () => 'sent',
      () => 'failed',
    )
    expect(await Promise.race([sent, sleep(30_000, 'still waiting')])).toBe('failed')
  } finally {
    for (const pid of frozen.toReversed()) process.kill(pid, 'SIGCONT')
  }
  expect(paymentsIn(rails.folder).size).toBe(0)
  await send(database, rails.channels['hue-s'], { id: order?.orderId ?? '' })
  await giveUp(database)
  const counts = await countsOf(database)
  expect((counts['ACCEPTED'] ?? 0) + (counts['UNKNOWN'] ?? 0)).toBe(20)
  expect(paidTwice(rails.folder)).toEqual([])
})
