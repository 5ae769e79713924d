import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { addDays } from '../../src/lib/time.ts'
import type {
  AccountAnswer,
  Channel,
  ChannelLimits,
  EnquiryAnswer,
} from '../../src/payouts/channels/channel.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { as, why } from '../support/lists.ts'
import { refusalOf } from '../support/outcome.ts'
import { countsOf, heldAndTransit, plan, scripted, send } from '../support/sending.ts'
import { columnOf } from '../support/sql.ts'
import { accountant, AMOUNT, enterTown, payday, releaseLists, treasurer } from '../support/town.ts'

/** A commune of six wallets whose list is released and planned: what is true of a row now decides, not what was then. */
const ROWS = 6
const NAME = 'NGUYEN THI ANH MAU'

let database: FreshDatabase
let commune: CommuneRow
let order: string

beforeEach(async () => {
  database = await freshDatabase()
  const communes = await enterTown(database, [{ wallet: ROWS }])
  await releaseLists(database, communes)
  commune = communes[0] as CommuneRow
  order = (await plan(database))[0]?.orderId ?? ''
})
afterEach(() => database.drop())

const wallet = (limits: Partial<ChannelLimits> = {}, more: Partial<Channel> = {}): Channel => {
  const channel = scripted(() => ({ kind: 'accepted' }))
  return { ...channel, ...more, limits: { ...channel.limits, ...limits } }
}
const sql = (text: string) => database.admin.query(text)
const held = async () => {
  const { rows } = await database.admin.query<{ at: number; reason: string }>(
    `select e.row as at, i.reason from instruction i join entitlement e on e.number = i.entitlement_number
      where i.state = 'HELD' order by 1`,
  )
  return rows.map(({ at, reason }) => `${at} ${reason}`)
}
const accountAt = (row: number) => `(select payment_account_id from entitlement where row = ${row})`

/** One row waits, the others are paid; its money is still the list's. */
async function expectOnly(row: number, reason: string): Promise<void> {
  expect(await held()).toEqual([`${row} ${reason}`])
  expect(await countsOf(database)).toEqual({ HELD: 1, ACCEPTED: ROWS - 1 })
  expect(await heldAndTransit(database)).toEqual({
    held: AMOUNT,
    transit: BigInt(ROWS - 1) * AMOUNT,
  })
  const acts = `select count(*)::int from audit_event where act = 'instruction.hold-before-sending'`
  expect(await columnOf(database.admin, acts)).toEqual([1])
}

describe('a row that went bad after its release waits, and the rest goes on', () => {
  test('its account number does not open', async () => {
    await sql(`update payment_account set number_sealed =
      (select number_sealed from payment_account where id <> ${accountAt(3)} limit 1) where id = ${accountAt(3)}`)
    const sent = send(database, wallet({ rowsMax: 2 }), { id: order })
    expect(await sent.catch(refusalOf)).toBe(true)
    await expectOnly(3, 'account-unreadable')
  })

  test('nothing else is left in its group', async () => {
    await sql(`update payment_account set number_sealed = 'x' || number_sealed`)
    expect(await send(database, wallet({ rowsMax: 2 }), { id: order })).toBe(true)
    expect(await countsOf(database)).toEqual({ HELD: ROWS })
  })

  test('the beneficiary has died', async () => {
    await sql(`update person set died_on = '2023-07-30'
      where id = (select person_id from entitlement where row = 2)`)
    await send(database, wallet(), { id: order })
    await expectOnly(2, 'beneficiary-dead')
  })

  test('a hold that was placed for a later day has begun', async () => {
    const [person] = await columnOf<string>(
      database.admin,
      'select person_id from entitlement where row = 5',
    )
    const subject = { personId: person as never }
    await as(database, accountant, (tx) =>
      payouts.holds.place(tx, accountant, {
        ...{ subject, communeId: commune.id, from: addDays(payday, 3), on: payday },
        ...why,
      }),
    )
    expect(await held()).toEqual([])
    await send(database, wallet(), { id: order, on: addDays(payday, 3) })
    await expectOnly(5, 'officer-hold')
  })

  test('the channel carries less than its amount', async () => {
    await send(database, wallet({ amountMax: AMOUNT - 1n }), { id: order })
    expect(await held()).toEqual(Array.from({ length: ROWS }, (_, n) => `${n + 1} LIMIT_EXCEEDED`))
  })
})

test('outside the hours of its channel nothing is claimed, inside them all is', async () => {
  const channel = wallet({ hours: { from: '08:00', until: '16:30' } })
  for (const now of ['00:00', '07:59', '16:30', '23:59']) {
    expect(await send(database, channel, { id: order, clock: () => now })).toBe(true)
    expect(await countsOf(database)).toEqual({ QUEUED: ROWS })
  }
  await send(database, channel, { id: order, clock: () => '08:00' })
  expect(await countsOf(database)).toEqual({ ACCEPTED: ROWS })
})

describe('before the first payment into an account its holder is asked for', () => {
  const asking = (
    answer: (at: number) => AccountAnswer,
    probed: EnquiryAnswer = { kind: 'not-found' },
  ) => {
    const asked: string[] = []
    const verifyAccount: Channel['verifyAccount'] = ({ accountNumber }) => {
      asked.push(accountNumber)
      return Promise.resolve(answer(Number(accountNumber.slice(-2)) % 10))
    }
    const enquire = () => Promise.resolve(probed)
    return { asked, channel: wallet({ verifiesFirst: true }, { verifyAccount, enquire }) }
  }
  const known = (holderName: string, status: 'active' | 'closed' = 'active') =>
    ({ kind: 'known', holderName, status }) as const

  test('who is somebody else, unknown, closed or not answered for waits; the answers are kept', async () => {
    const answers: AccountAnswer[] = [
      known(NAME),
      known('TRAN VAN BINH'),
      { kind: 'unknown-account' },
      known(NAME, 'closed'),
      { kind: 'no-answer', reason: 'time-out' },
      known('NGUYEN THI ANH MAU'.split(' ').toReversed().join(' ')),
    ]
    const { asked, channel } = asking((at) => answers[at - 1] ?? known(NAME))
    await send(database, channel, { id: order })
    expect(asked).toHaveLength(ROWS)
    expect(await held()).toEqual([
      '2 account-name-differs',
      '3 account-not-found',
      '4 account-name-differs',
      '5 account-unverified',
    ])
    expect(await countsOf(database)).toEqual({ HELD: 4, ACCEPTED: 2 })
    const kept = await columnOf(
      database.admin,
      `select verdict from account_verification v join entitlement e on e.payment_account_id = v.payment_account_id order by e.row`,
    )
    expect(kept).toEqual(['match', 'block', 'not-found', 'block', 'no-answer', 'warn'])
  })

  test('once: neither who was named nor who was paid before is asked for again', async () => {
    const { asked, channel } = asking(() => known(NAME))
    await sql(`update payment_account set first_paid_at = now() where id = ${accountAt(1)}`)
    const away = scripted(() => ({ kind: 'refused' }))
    const refusing: Channel = { ...channel, send: (order) => away.send(order) }
    expect(await send(database, refusing, { id: order })).toBe(false)
    expect(asked).toHaveLength(ROWS - 1)
    expect(await send(database, channel, { id: order })).toBe(true)
    expect(asked).toHaveLength(ROWS - 1)
    expect(await countsOf(database)).toEqual({ ACCEPTED: ROWS })
  })

  test('and a channel that answers nothing is left for later: nothing is claimed or held', async () => {
    const silent = { kind: 'no-answer', reason: 'time-out' } as const
    const { channel } = asking(() => silent, silent)
    expect(await send(database, channel, { id: order })).toBe(false)
    expect(await countsOf(database)).toEqual({ QUEUED: ROWS })
    const { channel: better } = asking(() => known(NAME))
    expect(await send(database, better, { id: order })).toBe(true)
    expect(await countsOf(database)).toEqual({ ACCEPTED: ROWS })
  })

  test('but an account alone that it says nothing of keeps nobody waiting', async () => {
    const { channel } = asking(() => ({ kind: 'no-answer', reason: 'time-out' }))
    await sql(`update payment_account set first_paid_at = now() where id <> ${accountAt(4)}`)
    expect(await send(database, channel, { id: order })).toBe(true)
    await expectOnly(4, 'account-unverified')
  })

  test('what waited is let go when it is asked about again and answered well', async () => {
    const { channel } = asking((at) =>
      at === 2 ? { kind: 'no-answer', reason: 'time-out' } : known(NAME),
    )
    await send(database, channel, { id: order })
    await expectOnly(2, 'account-unverified')
    const [listId = ''] = await columnOf<string>(database.admin, 'select id from payout_list')
    await as(database, treasurer, (tx) =>
      payouts.lists.recheck(tx, treasurer, { listId, on: payday }),
    )
    const again = (await plan(database))[0]?.orderId ?? ''
    await send(database, asking(() => known(NAME)).channel, { id: again })
    expect(await countsOf(database)).toEqual({ ACCEPTED: ROWS })
  })
})
