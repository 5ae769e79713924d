import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type pg from 'pg'
import { payouts } from '../../src/payouts/payouts.ts'
import { reconciliation } from '../../src/reconciliation/reconciliation.ts'
import { carriedTown, october, september } from '../support/carried.ts'
import type { CarriedTown } from '../support/carried.ts'
import { as } from '../support/lists.ts'
import { never, tryOn } from '../support/list-town.ts'
import { columnOf, rawApp, valueOf } from '../support/sql.ts'
import { accountant, AMOUNT, august, leader, payday, treasurer } from '../support/town.ts'

/** Raw SQL of the application's role against cash that is offered again, and what other reads say of it. */
let town: CarriedTown
let client: pg.Client

beforeEach(async () => {
  town = await carriedTown()
  await town.leaveUnpaid()
  client = await rawApp(town.database)
})
afterEach(() => town.database.drop())

const tried = (sql: string, values: unknown[] = []) => tryOn(client, sql, values)
const result = (of: string, paid: boolean, amount = AMOUNT) =>
  tried(
    `insert into cash_result (entitlement_number, cash_list_id, commune_id, amount, paid)
     select o.entitlement_number, o.cash_list_id, o.commune_id, $1, $2 from cash_list_row o where ${of}`,
    [amount, paid],
  )
const offer = (cashList: string, turn: number, who = 'not r.paid') =>
  tried(
    `insert into cash_list_row (entitlement_number, cash_list_id, commune_id, turn)
     select r.entitlement_number, $1, r.commune_id, $2 from cash_result r where ${who}`,
    [cashList, turn],
  )

describe('raw SQL', () => {
  test('pays no entitlement a second time, and reports no offer twice or before it is settled', async () => {
    await town.carry(await town.list(september, [1]))
    expect(await result('turn = 2', true)).toBe('LB020')
    await town.settle(september, 0, ['2 2308'])
    expect(await result('turn = 2', true)).toMatch(/^23505/)
    const later = await town.carry(await town.list(october, [1]))
    await client.query(
      `update cash_list set handed_over_on = '2023-10-10', settled_on = '2023-10-10' where id = $1`,
      [later],
    )
    expect(await result('turn = 3', true, AMOUNT - 1n)).toBe('LB020')
    expect(await result('turn = 3', true)).toBe('taken: 1 rows')
    const paid = `insert into cash_result select entitlement_number, $1, commune_id, amount, true from cash_result where paid limit 1`
    expect(await tried(paid, [later])).toMatch(/^23(503|505) cash_result_/)
  })

  test('adds a second paid result to no offer, though it were of a later cash list', async () => {
    const owner = await rawApp(town.database, town.database.urls.owner)
    const later = `${(await town.list(september, [2])).number}-TM`
    await owner.query('alter table cash_result disable trigger user')
    await owner.query('alter table cash_result drop constraint cash_result_offer_fkey')
    const paid = `insert into cash_result select entitlement_number, $1, commune_id, amount, true from cash_result where paid limit 1`
    expect(await tryOn(owner, paid, [later])).toBe('23505 cash_result_paid_once')
  })

  test('offers again only what was reported unpaid, by a list that takes over, once a month', async () => {
    const list = await town.list(september, [2])
    const own = `${list.number}-TM`
    expect(await offer(own, 2)).toBe('LB020')
    const id = (await town.carry(list)) ?? never()
    expect(await offer(id, 2)).toBe('23505 cash_list_row_pkey')
    expect(await offer(id, 3)).toBe('23505 cash_list_row_offer')
    expect(await offer(id, 2, 'r.paid')).toBe('LB020')
    expect(await offer(id, 3, 'r.paid')).toBe('LB020')
  })

  test('takes over only in the own name, as somebody who could release, for a released list', async () => {
    const list = await town.list(september, [1])
    const take = (by: string) =>
      tried(
        `insert into cash_list (id, list_id, commune_id, paying_unit, row_count, total, content_hash, carried_by)
         select 'X', id, commune_id, paying_unit, row_count, total, content_hash, $2 from payout_list where id = $1`,
        [list.id, by],
      )
    expect(await take(leader.actor)).toBe('LB021')
    expect(await take(treasurer.actor)).toBe('LB022')
  })

  test('pays nothing through an account that was offered in cash', async () => {
    const again = `insert into instruction (reference, entitlement_number, list_id, commune_id, paying_unit, channel, payment_account_id,
        amount, state, prepared_by)
      select '230819750000ZZZZ', e.number, e.list_id, e.commune_id, i.paying_unit, i.channel, i.payment_account_id, e.amount, 'LISTED', i.prepared_by
        from entitlement e cross join instruction i where e.method = 'cash' limit 1`
    expect(await tried(again)).toBe('LB001')
  })
})

describe('what is said of a month', () => {
  const figures = async () => {
    const { communes } = await as(town.database, accountant, (tx) =>
      reconciliation.coverageOf(tx, august),
    )
    return communes.find(({ cases }) => cases > 0) ?? never()
  }
  /** In payments: entitled, cash, carried, still owed. */
  const said = async () => {
    const { entitled, paid, cash, carried, owed } = await figures()
    expect(entitled).toBe(paid + cash + carried + owed)
    return [entitled, cash, carried, owed].map((amount) => amount / AMOUNT)
  }

  test('adds up at every step: carried, owed again, fetched or carried again', async () => {
    expect(await said()).toEqual([4n, 1n, 2n, 1n])
    await town.carry(await town.list(september, [2]))
    expect(await said()).toEqual([4n, 1n, 0n, 3n])
    await town.settle(september, 1, ['2 2308'])
    expect(await said()).toEqual([4n, 2n, 1n, 1n])
    await town.carry(await town.list(october, [1]))
    await town.settle(october, 0, [])
    expect(await said()).toEqual([4n, 3n, 0n, 1n])
  })

  test('counts a month as not received by its last report: fetched later is received', async () => {
    const unpaid = async () => {
      const rows = await as(town.database, accountant, (tx) =>
        payouts.unpaidMonths(tx, { before: september, months: 1 }),
      )
      return rows.map(({ personId }) => Number(personId.slice(-1)))
    }
    expect(await unpaid()).toEqual([2, 3])
    await town.carry(await town.list(september, [1]))
    expect(await unpaid()).toEqual([2, 3])
    await town.settle(september, 0, ['2 2308'])
    expect(await unpaid()).toEqual([2])
  })

  test('goes out as a file that says so, and comes back as one', async () => {
    const { database } = town
    const id = (await town.carry(await town.list(september, [1]))) ?? never()
    const [list = never()] = await town.cashLists(september)
    await town.handOver(list, september)
    const { bytes } = await as(database, treasurer, (tx) =>
      payouts.cash.writeList(tx, treasurer, { cashListId: id, format: 'csv', on: payday }),
    )
    const text = bytes.toString('utf8')
    expect(text).toContain('chưa nhận của những tháng trước')
    const hash = await valueOf(
      database.admin,
      `select encode(content_hash, 'hex') from cash_list where id = '${id}'`,
    )
    expect(text).toContain(String(hash))
    const filled = text
      .replaceAll(/^(1,.*),,$/gm, '$1,Đã nhận,')
      .replaceAll(/^(2,.*),,$/gm, '$1,Chưa nhận,đi vắng')
    const report = await payouts.cash.readReport({
      name: 'bao-cao.csv',
      bytes: Buffer.from(filled),
    })
    const on = '2023-09-15' as never
    expect(
      await as(database, accountant, (tx) =>
        payouts.cash.settleByReport(tx, accountant, list, report, on),
      ),
    ).toBe(true)
    const results = `select paid from cash_result where cash_list_id = '${id}' order by entitlement_number`
    expect(await columnOf(database.admin, results)).toEqual([true, false])
    expect(await town.balanceOf('3388-UNPAID')).toBe(AMOUNT)
  })
})
