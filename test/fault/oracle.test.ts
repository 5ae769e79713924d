import { beforeAll, expect, test } from '@jest/globals'
import { addDays } from '../../src/lib/time.ts'
import { openHttp } from '../../src/lib/http.ts'
import type { Failed } from '../../src/payouts/outcomes-store.ts'
import { paidOnce, paidTwice, paymentsIn } from '../support/books.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { reissue, workDay } from '../support/office.ts'
import type { Office } from '../support/office.ts'
import { refusalOf } from '../support/outcome.ts'
import { bankOver, startRails } from '../support/rails.ts'
import {
  countsOf,
  giveUp,
  heldAndTransit,
  onceAt,
  plan,
  resendUnknown,
  send,
} from '../support/sending.ts'
import { enterTown, FUNDS, holdersOf, payday, releaseLists } from '../support/town.ts'
import { enqueue, setUpWorkers, startWorkerProcess } from '../support/worker.ts'

/**
 * I2 of reliability.md, by the books of the bank and the wallet alone: whatever goes wrong, no reference is executed
 * twice and nobody has two payments that did not come back. Everything that may go wrong goes wrong here at once.
 */
const CASES = { bank: 90, wallet: 90, cash: 5 }
const PEOPLE = 2 * (CASES.bank + CASES.wallet)
const DAYS = 14

let office: Office
let database: FreshDatabase

beforeAll(async () => {
  database = await freshDatabase()
  const communes = await enterTown(database, [CASES, CASES])
  await releaseLists(database, communes)
  await setUpWorkers(database)
  const unit = communes[0]?.payingUnit ?? ''
  expect(communes.map(({ payingUnit }) => payingUnit)).toEqual([unit, unit])
  const rails = await startRails({ seed: 'oracle', faults: 'heavy' })
  await rails.advance(payday)
  await rails.fund(unit, FUNDS)
  await rails.tellHolders(holdersOf(communes, [CASES, CASES]))
  office = { database, rails, unit }
})

/** A worker dies with orders sent and not recorded; the jobs come several times over, to two workers at once. */
async function killWorkerAfterSend(): Promise<void> {
  await enqueue(database, payday, [1, 2, 3])
  const dying = startWorkerProcess(database, office.rails, { barrier: 'after-send:1' })
  expect(await dying.ended).toBe('SIGKILL')
  const workers = [1, 2].map(() => startWorkerProcess(database, office.rails))
  await enqueue(database, payday, [4, 5])
  await until(async () => (await plan(database)).length === 0)
  for (const worker of workers) worker.kill()
  await Promise.all(workers.map(({ ended }) => ended))
  expect(await giveUp(database)).toBeGreaterThan(0)
}

/** Somebody who cannot wait re-issues what is still open. */
async function reissueWhatIsOpen(): Promise<void> {
  const { rows } = await database.admin.query<Failed>(
    `select i.reference, i.entitlement_number as "entitlementNumber", i.list_id as "listId", i.amount, i.channel, i.reason, i.commune_id as "communeId",
            a.id as "accountId", a.person_id as "payeeId"
       from instruction i join payment_account a on a.id = i.payment_account_id
      where i.state in ('UNKNOWN', 'ACCEPTED', 'SUBMITTED') order by i.reference limit 12`,
  )
  expect(rows).toHaveLength(12)
  for (const row of rows) {
    const failed = { ...row, reason: 'AC01', amount: BigInt(row.amount) as Failed['amount'] }
    await reissue(database, failed).catch(refusalOf)
  }
}

/**
 * A sender whose connection was refused is frozen with that answer, is given up on, and thaws while another sender has
 * the same payments in its hands.
 */
async function thawInTheMiddle(): Promise<void> {
  const dead = openHttp({ baseUrl: 'http://127.0.0.1:9', timeoutMs: 300, connections: 1 })
  const [order] = (await plan(database)).filter(({ channel }) => channel === 'bank')
  if (order === undefined) throw new Error('an order to the bank')
  let thaw = (): void => undefined
  const frozen = new Promise<void>((resolve) => (thaw = resolve))
  const { orderId: id } = order
  const first = send(database, bankOver(dead), {
    id,
    barrier: onceAt('after-answer', () => frozen),
  })
  await until(async () => ((await countsOf(database))['SUBMITTING'] ?? 0) > 0)
  await giveUp(database)
  await resendUnknown(database)
  const others = (await plan(database)).filter(({ channel }) => channel === 'bank')
  const meanwhile = async () => {
    thaw()
    await first
  }
  for (const other of others) {
    const barrier = onceAt('after-send', meanwhile)
    await send(database, office.rails.channels.bank, { id: other.orderId, barrier })
  }
  await dead.close()
}

async function workOff(): Promise<void> {
  for (let day = 1; day <= DAYS; day += 1) await workDay(office, addDays(payday, day))
}

async function until(done: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 20_000
  while (!(await done()) && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

test('nobody is paid twice, whatever goes wrong, and everybody is paid in the end', async () => {
  await thawInTheMiddle()
  await killWorkerAfterSend()
  await reissueWhatIsOpen()
  const worked = await workOff().then(() => 'worked off', refusalOf)

  const { folder } = office.rails
  expect(paidTwice(folder)).toEqual([])
  expect(worked).toBe('worked off')
  expect(paidOnce(folder)).toBe(PEOPLE)
  const counts = await countsOf(database)
  expect(counts['PAID']).toBe(PEOPLE)
  expect(Object.keys(counts).toSorted()).toEqual(['PAID', 'REJECTED', 'RETURNED'])
  expect((await heldAndTransit(database)).transit).toBe(0n)

  // What went wrong did: without it the test would say nothing.
  const payments = [...paymentsIn(folder).values()]
  expect(payments.filter(({ lost }) => lost > 0).length).toBeGreaterThan(0)
  expect(payments.filter(({ returned }) => returned > 0).length).toBeGreaterThan(0)
  expect(payments.filter(({ rejected }) => rejected > 0).length).toBeGreaterThan(0)
}, 180_000)
