import { afterEach, expect, jest, test } from '@jest/globals'
import { setTimeout as sleep } from 'node:timers/promises'
import { paidTwice, paymentsIn } from '../support/books.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { startRails } from '../support/rails.ts'
import type { Rails } from '../support/rails.ts'
import { countsOf, giveUp, plan, resendUnknown, send } from '../support/sending.ts'
import { enterTown, FUNDS, holdersOf, payday, releaseLists } from '../support/town.ts'
import { enqueue, setUpWorkers, startWorkerProcess } from '../support/worker.ts'
import type { WorkerProcess } from '../support/worker.ts'

/** A worker that is frozen (SIGSTOP) between its claim and its call to the bank, and thaws when others have decided. */
jest.setTimeout(90_000)
const ROWS = 12
/** Older than a claim may be when it is sent. */
const TOO_OLD_MS = 11_000

let database: FreshDatabase
let rails: Rails
let worker: WorkerProcess
afterEach(async () => {
  worker.signal('SIGCONT')
  worker.kill()
  await worker.ended
  await database.drop()
  await rails.close()
})

test('frozen before its file to the bank: sends it neither before nor after two people resend', async () => {
  database = await freshDatabase()
  const communes = await enterTown(database, [{ bank: ROWS }])
  await releaseLists(database, communes)
  await setUpWorkers(database)
  rails = await startRails({ seed: 'any', faults: 'none' })
  await rails.advance(payday)
  await rails.fund(communes[0]?.payingUnit ?? '', FUNDS)
  await rails.tellHolders(holdersOf(communes, [{ bank: ROWS }]))
  await enqueue(database, payday, [1])
  worker = startWorkerProcess(database, rails, { barrier: 'after-claim:1:stop' })
  const end = performance.now() + 40_000
  while ((await countsOf(database))['SUBMITTING'] !== ROWS && performance.now() < end)
    await sleep(50)
  await sleep(TOO_OLD_MS)
  expect(await giveUp(database)).toBe(ROWS)
  expect(await resendUnknown(database)).toBe(ROWS)
  worker.signal('SIGCONT')
  await sleep(1_500)
  expect(paymentsIn(rails.folder).size).toBe(0)
  expect(await countsOf(database)).toEqual({ QUEUED: ROWS })
  worker.kill()
  await worker.ended
  for (const { orderId } of await plan(database))
    await send(database, rails.channels.bank, { id: orderId })
  expect(paidTwice(rails.folder)).toEqual([])
  expect(paymentsIn(rails.folder).size).toBe(ROWS)
})
