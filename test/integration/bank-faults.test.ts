import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { BankFault } from '../../scripts/simulators/bank-rules.ts'
import { addDays } from '../../src/lib/time.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { paidTwice, paymentsIn } from '../support/books.ts'
import { copiesOf } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { workDay } from '../support/office.ts'
import { startRails } from '../support/rails.ts'
import type { Rails } from '../support/rails.ts'
import { countsOf, heldAndTransit, plan, send, statesOf } from '../support/sending.ts'
import { AMOUNT, enterTown, FUNDS, payday, releaseLists, treasurer } from '../support/town.ts'

/** Every fault of the bank, asked for by rule; the bank's own book is the oracle (I2, I3 of reliability.md). */
const ROWS = 6
const TRANSIT = BigInt(ROWS) * AMOUNT
/** A month's days after which the office has worked everything off. */
const DAYS = 8

const released = copiesOf(async (database) => {
  const communes = await enterTown(database, [{ bank: ROWS }])
  await releaseLists(database, communes)
  return communes[0]?.payingUnit ?? ''
})

let database: FreshDatabase
let rails: Rails
let unit: string

beforeEach(async () => {
  const { found, ...copy } = await released()
  database = copy.database
  unit = found
  rails = await startRails({ seed: 'faults', faults: 'none' })
  await rails.advance(payday)
  await rails.fund(unit, FUNDS)
})
afterEach(async () => {
  await database.drop()
  await rails.close()
})

interface Asked {
  readonly fault: BankFault
  readonly match?: string
  readonly value?: string
  readonly amount?: number
  readonly times?: number
}
const ask = (...rules: readonly Asked[]) =>
  rails.post('bank', '/faults', {
    rules: rules.map((rule) => ({ match: '', value: '', amount: 1, times: 1, ...rule })),
  })
const sendAll = async () => {
  for (const { orderId, channel } of await plan(database))
    await send(database, rails.channels[channel], { id: orderId })
}
const take = () => payouts.takeStatusFiles(database.app, treasurer, rails.channels.bank, payday)
const logged = async () => {
  const { rows } = await database.admin.query<Record<string, unknown>>(
    `select outcome, row_count as rows, total::text, accepted, rejected, pending, changed, order_file_id is not null as ours
       from status_file order by recorded_at`,
  )
  return rows
}
const reasons = async () => {
  const { rows } = await database.admin.query<{ reason: string }>(
    'select distinct reason from instruction order by 1',
  )
  return rows.map(({ reason }) => reason)
}

/**
 * Works the month off and holds our books against the bank's: every reference executed once at most, ours as theirs. All
 * but `left` are paid in the end; the money of those is held.
 */
async function atRest(left = 0): Promise<void> {
  for (let day = 1; day <= DAYS; day += 1)
    await workDay({ database, rails, unit }, addDays(payday, day))
  expect(paidTwice(rails.folder)).toEqual([])
  const states = await statesOf(database)
  const theirs = [...paymentsIn(rails.folder).values()]
  for (const { reference, executed, returned } of theirs) {
    const wanted = returned > 0 ? ['RETURNED'] : executed > 0 ? ['PAID'] : ['REJECTED']
    expect(wanted).toContain(states.get(reference))
  }
  const standing = theirs.filter(({ executed, returned }) => executed > returned)
  expect([...states.values()].filter((state) => state === 'PAID')).toHaveLength(standing.length)
  expect(standing).toHaveLength(ROWS - left)
  expect(await heldAndTransit(database)).toEqual({ held: BigInt(left) * AMOUNT, transit: 0n })
}

describe('a refusal', () => {
  test('of the group fails every row; the money is held again; corrected, all are paid once', async () => {
    await ask({ fault: 'reject-group', value: 'AM04' })
    await sendAll()
    expect(await countsOf(database)).toEqual({ SUBMITTED: ROWS })
    expect(await take()).toMatchObject([{ kind: 'applied', changed: ROWS }])
    expect(await countsOf(database)).toEqual({ REJECTED: ROWS })
    expect(await reasons()).toEqual(['AM04'])
    expect(await heldAndTransit(database)).toEqual({ held: TRANSIT, transit: 0n })
    const total = TRANSIT.toString()
    expect(await logged()).toEqual([
      {
        ...{ outcome: 'applied', rows: ROWS, total, accepted: 0, rejected: ROWS, pending: 0 },
        ...{ changed: ROWS, ours: true },
      },
    ])
    await atRest()
  })

  test('of a payment information fails its rows', async () => {
    await ask({ fault: 'reject-part', match: '970405', value: 'AB05' })
    await sendAll()
    await take()
    expect(await countsOf(database)).toEqual({ REJECTED: ROWS })
    expect(await reasons()).toEqual(['AB05'])
    await atRest()
  })

  test('of each row for a reason of its own fails each for it', async () => {
    const codes = ['AB05', 'AC01', 'AC04', 'AC06', 'BE01', 'MD07']
    await ask(...codes.map((value) => ({ fault: 'reject', value }) as const))
    await sendAll()
    await take()
    expect(await countsOf(database)).toEqual({ REJECTED: ROWS })
    expect((await reasons()).toSorted()).toEqual(codes)
    // Nothing is corrected of a death.
    await atRest(1)
  })
})

describe('an order file', () => {
  test.each<readonly [string, Asked, Record<string, number>]>([
    ['that is lost before it is executed', { fault: 'lose' }, { UNKNOWN: ROWS }],
    ['that is executed and not answered', { fault: 'drop' }, { UNKNOWN: ROWS }],
    ['that is answered with rubbish', { fault: 'garbage' }, { UNKNOWN: ROWS }],
    ['that is answered too late', { fault: 'slow', amount: 3_000 }, { UNKNOWN: ROWS }],
    ['that finds the bank in maintenance', { fault: 'down' }, { UNKNOWN: ROWS }],
  ])('%s is UNKNOWN, and is not sent again', async (_, rule, counts) => {
    await ask(rule)
    await sendAll()
    expect(await countsOf(database)).toEqual(counts)
    expect(await heldAndTransit(database)).toEqual({ held: 0n, transit: TRANSIT })
    expect(await plan(database)).toEqual([])
    await atRest()
  })

  test('of which a row is executed and never spoken of is paid by the statement alone', async () => {
    await ask({ fault: 'silent', value: 'executed' })
    await sendAll()
    await take()
    expect(await countsOf(database)).toEqual({ ACCEPTED: ROWS - 1, SUBMITTED: 1 })
    await atRest()
  })

  test('of which a row is lost: two people resend it in another file', async () => {
    await ask({ fault: 'silent', value: 'lost' })
    await sendAll()
    await take()
    expect(await countsOf(database)).toEqual({ ACCEPTED: ROWS - 1, SUBMITTED: 1 })
    await atRest()
    const files = await database.admin.query(
      'select row_count, attempts from order_file order by claimed_at',
    )
    expect(files.rows).toEqual([
      { row_count: ROWS, attempts: Array.from({ length: ROWS }, () => 1) },
      { row_count: 1, attempts: [2] },
    ])
  })

  test('of which a row comes back after days is paid again after a correction', async () => {
    await ask({ fault: 'return', value: 'AC04', amount: 2 })
    await sendAll()
    await take()
    expect(await countsOf(database)).toEqual({ ACCEPTED: ROWS })
    await atRest()
    expect((await countsOf(database))['RETURNED']).toBe(1)
  })
})

describe('a status file', () => {
  const quarantined: readonly (readonly [string, Asked])[] = [
    ['without rows that it counts', { fault: 'report-partial' }],
    ['that is cut', { fault: 'report-cut', amount: 60 }],
    ['that is rubbish', { fault: 'report-garbage' }],
    ['with a wrong amount', { fault: 'report-amount' }],
    ['with a wrong control total', { fault: 'report-total' }],
    ['with a row that was not sent', { fault: 'report-foreign-row' }],
    ['about a file that was not sent', { fault: 'report-foreign-file' }],
    ['with a status that nobody knows', { fault: 'report-unknown', value: 'ACXX' }],
    ['with PART at a row', { fault: 'report-part-row' }],
    ['with a document type', { fault: 'report-doctype' }],
  ]

  test.each(quarantined)('%s is quarantined, and no state changes', async (_, rule) => {
    await ask(rule, { fault: 'reject', value: 'AC01' }) // so that its rows are named
    await sendAll()
    expect(await take()).toMatchObject([{ kind: 'quarantined', changed: 0 }])
    expect(await countsOf(database)).toEqual({ SUBMITTED: ROWS })
    expect(await heldAndTransit(database)).toEqual({ held: 0n, transit: TRANSIT })
    expect(await logged()).toMatchObject([{ outcome: 'quarantined', rows: 0, changed: 0 }])
    // The bank sends it again, whole this time.
    expect(await take()).toMatchObject([{ kind: 'applied', changed: ROWS }])
    expect(await countsOf(database)).toEqual({ ACCEPTED: ROWS - 1, REJECTED: 1 })
  })

  test.each([1, 20, 40, 80, 99])('cut after %d hundredths changes nothing', async (amount) => {
    await ask({ fault: 'report-cut', amount })
    await sendAll()
    expect(await take()).toMatchObject([{ kind: 'quarantined' }])
    expect(await countsOf(database)).toEqual({ SUBMITTED: ROWS })
  })

  test('that comes twice was taken already, and says when', async () => {
    await ask({ fault: 'reject', value: 'AC01' })
    await sendAll()
    expect(await take()).toMatchObject([{ kind: 'applied', changed: ROWS }])
    await database.app.transact(
      treasurer,
      (tx) => tx.$executeRaw`update instruction set state = 'UNKNOWN' where state = 'ACCEPTED'`,
    )
    const [again] = await take()
    expect(again).toMatchObject({ kind: 'already', changed: 0 })
    expect(again?.message).toMatch(/đã nhận lúc \d\d:\d\d:\d\d ngày \d\d\/\d\d\/\d{4}$/)
    expect(await countsOf(database)).toEqual({ UNKNOWN: ROWS - 1, REJECTED: 1 })
    expect(await logged()).toHaveLength(1)
  })

  test('that two takers have at once counts once', async () => {
    await ask({ fault: 'reject', value: 'AC01' })
    await sendAll()
    const kinds = (await Promise.all([take(), take(), take()])).flat().map(({ kind }) => kind)
    // Who looks when the others are done finds no file any more.
    expect(kinds.filter((kind) => kind !== 'already')).toEqual(['applied'])
    expect(await heldAndTransit(database)).toEqual({ held: AMOUNT, transit: TRANSIT - AMOUNT })
  })

  test.each(['001.03', '001.10', '001.14'])('of version %s is read', async (value) => {
    await ask({ fault: 'report-as', value }, { fault: 'reject', value: 'AC06' })
    await sendAll()
    expect(await take()).toMatchObject([{ kind: 'applied', changed: ROWS }])
    expect(await countsOf(database)).toEqual({ ACCEPTED: ROWS - 1, REJECTED: 1 })
  })

  test.each([
    ['PDNG', { SUBMITTED: ROWS }],
    ['ACTC', { SUBMITTED: ROWS }],
    ['ACCP', { SUBMITTED: ROWS }],
    ['ACSP', { ACCEPTED: ROWS }],
    ['ACWC', { ACCEPTED: ROWS }],
    ['ACCC', { ACCEPTED: ROWS }],
  ])('that says %s of all: it is so, until the next one says more', async (value, counts) => {
    await ask({ fault: 'report-pending', value })
    await sendAll()
    expect(await take()).toMatchObject([{ kind: 'applied' }])
    expect(await countsOf(database)).toEqual(counts)
    await take()
    expect(await countsOf(database)).toEqual({ ACCEPTED: ROWS })
  })

  test('that says CANC of all: the money is held again', async () => {
    await ask({ fault: 'report-pending', value: 'CANC' })
    await sendAll()
    await take()
    expect(await countsOf(database)).toEqual({ REJECTED: ROWS })
    expect(await reasons()).toEqual(['CANC'])
    expect(await heldAndTransit(database)).toEqual({ held: TRANSIT, transit: 0n })
  })
})
