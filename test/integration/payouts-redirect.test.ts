import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { PersonId } from '../../src/lib/act.ts'
import { ledger } from '../../src/ledger/ledger.ts'
import { month } from '../../src/lib/time.ts'
import type { LocalDate } from '../../src/lib/time.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { registry } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { as } from '../support/lists.ts'
import { refusalOf } from '../support/outcome.ts'
import { paperOf } from '../support/payees.ts'
import { countsOf, heldAndTransit, plan, scripted, send } from '../support/sending.ts'
import { columnOf } from '../support/sql.ts'
import {
  accountant,
  AMOUNT,
  enterTown,
  leader,
  payday,
  preparer,
  releaseLists,
  treasurer,
} from '../support/town.ts'
import { vault } from '../support/vault.ts'

/** A held row whose account turns out to be another: it is changed by its own control, and the row goes on into the new one. */
const ROWS = 3
const september = '2023-09-05' as LocalDate

let database: FreshDatabase
let listId: string
let held: { readonly reference: string; readonly personId: PersonId }

beforeEach(async () => {
  database = await freshDatabase()
  const [list] = await releaseLists(database, await enterTown(database, [{ bank: ROWS }]))
  listId = list?.id ?? ''
  const { rows } = await database.admin.query<typeof held>(
    `select i.reference, e.person_id as "personId" from instruction i join entitlement e on e.number = i.entitlement_number
      where e.row = 2`,
  )
  held = rows[0] ?? held
  await database.admin.query(
    `update payment_account set number_sealed = 'x' || number_sealed
      where id = (select payment_account_id from instruction where reference = $1)`,
    [held.reference],
  )
  await sendAll(payday)
  expect(await countsOf(database)).toEqual({ HELD: 1, ACCEPTED: ROWS - 1 })
})
afterEach(() => database.drop())

const sentTo: string[] = []
const wallet = scripted(() => ({ kind: 'accepted' }))
async function sendAll(on: LocalDate): Promise<void> {
  sentTo.length = 0
  const channel: typeof wallet = {
    ...wallet,
    send: (order) => {
      sentTo.push(...order.payments.map(({ accountNumber }) => accountNumber))
      return wallet.send(order)
    },
  }
  for (const { orderId } of await plan(database, on))
    await send(database, channel, { id: orderId, on })
}
const openSeptember = () =>
  as(database, treasurer, (tx) => ledger.openPeriod(tx, treasurer, month('2023-09')))
const redirect = (on: LocalDate) =>
  as(database, preparer, (tx) => payouts.redirectHeld(tx, preparer, { listId, on }))
/** Another account, asked for by one person and approved by another: it holds from September on. */
async function changeAccount(): Promise<void> {
  const asked = await as(database, preparer, (tx) =>
    registry.accounts.requestChange(tx, vault, preparer, {
      ...{ personId: held.personId, ownerId: held.personId, programme: 'BTXH' },
      ...{ bankCode: '970436', number: '998000000777', holderName: 'NGUYEN THI ANH MAU' },
      ...{ on: payday, nextList: month('2023-08') },
      document: paperOf('đơn đề nghị', '77/ĐN', payday),
    }),
  )
  await as(database, leader, (tx) => registry.accounts.approveChange(tx, leader, asked.id, payday))
}

test('goes on into the new account once that holds, by three people, with the same money', async () => {
  expect(await redirect(september)).toEqual([])
  await changeAccount()
  await openSeptember()
  expect(await redirect('2023-08-31' as LocalDate)).toEqual([])
  const [reference = ''] = await redirect(september)
  expect(await redirect(september)).toEqual([])
  const money = { held: AMOUNT, transit: BigInt(ROWS - 1) * AMOUNT }
  expect(await heldAndTransit(database)).toEqual(money)
  expect(await countsOf(database)).toEqual({ CANCELLED: 1, LISTED: 1, ACCEPTED: ROWS - 1 })
  const approve = (by: typeof leader) =>
    as(database, by, (tx) => payouts.approveReissues(tx, by, [reference]))
  expect(await approve(preparer).catch(refusalOf)).toBe('same-person')
  await approve(leader)
  await as(database, treasurer, (tx) => payouts.queueReissues(tx, treasurer, [reference]))
  await sendAll(september)
  expect(sentTo).toEqual(['998000000777'])
  expect(await countsOf(database)).toEqual({ CANCELLED: 1, ACCEPTED: ROWS })
  expect(await heldAndTransit(database)).toEqual({ held: 0n, transit: BigInt(ROWS) * AMOUNT })
  const links = `select replaces || ' ' || (select reason from instruction o where o.reference = i.replaces)
                   from instruction i where replaces is not null`
  expect(await columnOf(database.admin, links)).toEqual([`${held.reference} account-changed`])
  const live = 'select count(*)::int from entitlement where live'
  expect(await columnOf(database.admin, live)).toEqual([ROWS])
})

test('an officer’s hold on the person holds the new payment too', async () => {
  await changeAccount()
  await as(database, accountant, (tx) =>
    payouts.holds.place(tx, accountant, {
      ...{ subject: { personId: held.personId }, from: payday, on: payday },
      ...{ communeId: 1, reasonCode: 'wrong-amount', reason: 'Chờ xác minh' },
    }),
  )
  await openSeptember()
  const [reference = ''] = await redirect(september)
  await as(database, leader, (tx) => payouts.approveReissues(tx, leader, [reference]))
  await as(database, treasurer, (tx) => payouts.queueReissues(tx, treasurer, [reference]))
  await sendAll(september)
  expect(await countsOf(database)).toEqual({ CANCELLED: 1, HELD: 1, ACCEPTED: ROWS - 1 })
})
