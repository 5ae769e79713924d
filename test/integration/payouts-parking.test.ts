import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import type { LocalDate } from '../../src/lib/time.ts'
import type { Channel } from '../../src/payouts/channels/channel.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { as } from '../support/lists.ts'
import {
  countsOf,
  heldAndTransit,
  limitsOf,
  plan,
  resendUnknown,
  scripted,
  send,
} from '../support/sending.ts'
import { columnOf } from '../support/sql.ts'
import { AMOUNT, enterTown, payday, releaseLists, treasurer } from '../support/town.ts'

/** A row whose preparation throws each time keeps nobody waiting, and does not go round for ever. */
const ROWS = 12
jest.setTimeout(60_000)

let database: FreshDatabase
beforeEach(async () => {
  database = await freshDatabase()
  await releaseLists(database, await enterTown(database, [{ wallet: ROWS }]))
})
afterEach(() => database.drop())

const wallet = scripted(() => ({ kind: 'accepted' }))
const referenceAt = async (row: number) =>
  (
    await columnOf<string>(
      database.admin,
      `select i.reference from instruction i join entitlement e on e.number = i.entitlement_number where e.row = ${row}`,
    )
  )[0] ?? ''

/** The database itself refuses to claim some references, as a fault of data would have it. */
const poison = (references: readonly string[]) =>
  database.admin.query(`
    create or replace function poisoned() returns trigger language plpgsql as $$
    begin
      if new.reference = any ('{${references.join(',')}}') then raise exception 'poisoned' using errcode = '22012'; end if;
      return new;
    end $$;
    create or replace trigger poisoned before update on instruction for each row
      when (new.state = 'SUBMITTING' and old.state = 'QUEUED') execute function poisoned()`)

/** Makes an order of what is queued and sends it. */
async function round(channel: Channel = wallet): Promise<void> {
  for (const { orderId } of await plan(database)) await send(database, channel, { id: orderId })
}

test('the rest is sent at once; the third time the row is parked, and a person lets it go on', async () => {
  const poisoned = [await referenceAt(2), await referenceAt(7)]
  await poison(poisoned)
  await expect(round()).resolves.toBeUndefined()
  expect(await countsOf(database)).toEqual({ ACCEPTED: ROWS - 2, QUEUED: 2 })
  await round()
  expect(await countsOf(database)).toEqual({ ACCEPTED: ROWS - 2, QUEUED: 2 })
  await round()
  expect(await countsOf(database)).toEqual({ ACCEPTED: ROWS - 2, HELD: 2 })
  expect(await plan(database)).toEqual([])
  expect(await heldAndTransit(database)).toEqual({
    held: 2n * AMOUNT,
    transit: BigInt(ROWS - 2) * AMOUNT,
  })
  const list = await as(database, treasurer, (tx) => payouts.worklist(tx))
  expect(list.map(({ reference, owner }) => [reference, owner])).toEqual(
    poisoned.toSorted().map((reference) => [reference, 'treasury']),
  )
  expect(list[0]?.reason).toBe('Không chuẩn bị gửi được, lỗi kỹ thuật nhiều lần')
  expect(await columnOf(database.admin, 'select distinct error from claim_failure')).toEqual([
    '22012',
  ])
  const acts = `select count(*)::int from audit_event where act = 'instruction.park'`
  expect(await columnOf(database.admin, acts)).toEqual([2])

  const [listId = ''] = await columnOf<string>(database.admin, 'select id from payout_list')
  await poison([poisoned[1] ?? ''])
  await as(database, treasurer, (tx) =>
    payouts.lists.recheck(tx, treasurer, { listId, on: payday }),
  )
  await round()
  // What was counted before it was let go does not count again.
  expect(await countsOf(database)).toEqual({ ACCEPTED: ROWS - 1, QUEUED: 1 })
  await poison([])
  await round()
  expect(await countsOf(database)).toEqual({ ACCEPTED: ROWS })
})

test('a channel that throws over one row is the same', async () => {
  const poisoned = await referenceAt(4)
  const throwing: Channel = {
    ...wallet,
    refusal: ({ reference }) => {
      if (reference === poisoned) throw new TypeError('of this row')
      return null
    },
  }
  for (let rounds = 0; rounds < 3; rounds += 1) await round(throwing)
  expect(await countsOf(database)).toEqual({ ACCEPTED: ROWS - 1, HELD: 1 })
  const errors = await columnOf(database.admin, 'select error from claim_failure')
  expect(errors).toEqual(['TypeError', 'TypeError', 'TypeError'])
})

test('ten such rows keep the others waiting no more than one does', async () => {
  const all = await columnOf<string>(database.admin, 'select reference from instruction order by 1')
  await poison(all.slice(0, 10))
  await expect(round()).resolves.toBeUndefined()
  expect(await countsOf(database)).toEqual({ ACCEPTED: 2, QUEUED: 10 })
  const failed = 'select count(distinct reference)::int from claim_failure'
  expect(await columnOf(database.admin, failed)).toEqual([10])
})

test('rows that are sent again and wait to be asked about do not hide such a row', async () => {
  const all = await columnOf<string>(database.admin, 'select reference from instruction order by 1')
  const silent = scripted(() => ({ kind: 'unknown', reason: 'time-out' }))
  const [first] = await plan(database, payday, 4)
  await send(database, silent, { id: first?.orderId ?? '' })
  expect(await resendUnknown(database)).toBe(4)
  await database.admin.query('update instruction set order_id = null')
  await poison([all[5] ?? ''])
  const asked: Channel = {
    ...wallet,
    limits: { ...limitsOf(4), enquires: true },
    enquire: () => Promise.resolve({ kind: 'no-answer', reason: 'down' }),
  }
  await expect(round(asked)).resolves.toBeUndefined()
  expect(await countsOf(database)).toEqual({ ACCEPTED: 7, QUEUED: 5 })
})

test('a refusal of the ledger is of nobody’s row: the job fails, and nothing is parked', async () => {
  const [order] = await plan(database)
  // A month that was never opened takes no entry.
  const on = '2023-12-01' as LocalDate
  await expect(send(database, wallet, { id: order?.orderId ?? '', on })).rejects.toThrow()
  expect(await countsOf(database)).toEqual({ QUEUED: ROWS })
  expect(await columnOf(database.admin, 'select error from claim_failure')).toEqual([])
})

test('what all rows have in common is nobody’s fault: the job fails, and nothing is parked', async () => {
  const broken: Channel = {
    ...wallet,
    refusal: () => {
      throw new TypeError('of every row')
    },
  }
  await expect(round(broken)).rejects.toThrow('of every row')
  expect(await countsOf(database)).toEqual({ QUEUED: ROWS })
  expect(await columnOf(database.admin, 'select error from claim_failure')).toEqual([])
})
