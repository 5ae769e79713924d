import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { addDays, addMonths } from '../../src/lib/time.ts'
import type { LocalDate } from '../../src/lib/time.ts'
import type { EntryDraft } from '../../src/ledger/journal.ts'
import { ledger } from '../../src/ledger/ledger.ts'
import { act, paper } from '../support/act.ts'
import { closeMonth } from '../support/closing.ts'
import type { FreshDatabase } from '../support/database.ts'
import { settled } from '../support/ledger-state.ts'
import { refusalOf } from '../support/outcome.ts'
import { rawPost } from '../support/raw-post.ts'
import { valueOf } from '../support/sql.ts'
import { august, expectSound, hold, postTo, stormyLedger, times } from '../support/stormy-ledger.ts'

// Closing and sealing while others post.

let database: FreshDatabase

beforeEach(async () => {
  database = await stormyLedger()
})
afterEach(() => database.drop())

const CLOSED = 'period-not-open'
const post = (entries: readonly EntryDraft[]) => postTo(database, entries)

describe('closing a month while it is being posted to', () => {
  test('no entry is left outside the stored trial balance', async () => {
    const storm = { over: false }
    const writers = times(8, async (writer) => {
      const said: string[] = []
      for (let round = 0; !storm.over; round += 1) {
        const occurredOn = addDays(august, (writer * 7 + round) % 31)
        const entry = { ...hold(`${String(writer)}:${String(round)}`, 'list'), occurredOn }
        said.push(await post([entry]).then(() => 'taken', refusalOf))
      }
      return said
    })
    await sleep(150)
    await closeWhenSealed()
    await sleep(100)
    storm.over = true
    const said = new Set((await Promise.all(writers)).flat())
    // Who waited for the closing is refused once; the next try is booked in September.
    expect([...said].filter((code) => code !== 'period-not-open')).toEqual(['taken'])
    const { rows } = await database.admin.query(
      `select coalesce(sum(p.amount), 0) = (select debit from period_trial_balance
                 where month = $1 and account_code = '1121-HELD') as equal,
              (select count(*) > 0 from posting where posting_date > '2023-08-31') as later
         from posting p join account a on a.id = p.debit_account
        where a.code = '1121-HELD' and p.posting_date <= '2023-08-31'`,
      [august],
    )
    expect(rows).toEqual([{ equal: true, later: true }])
    await expectSound(database)
  })

  const closeWhenSealed = (of = august) => closeMonth(database.app, act, of)

  test('closing waits for a post under way, which then is in the stored trial balance', async () => {
    const late = await database.connect()
    await late.query('begin')
    await rawPost(late, [hold('late', 'list')])
    const closing = closeWhenSealed()
    await sleep(200)
    await late.query('commit')
    await closing
    const { rows } = await database.admin.query(
      `select debit from period_trial_balance where account_code = '1121-HELD'`,
    )
    expect(rows).toEqual([{ debit: '1' }])
    await expectSound(database)
  })

  test('what was posted and reversed before is answered afterwards, too', async () => {
    const postingDate = addDays(august, 4)
    const one = { ...hold('one', 'list'), postingDate }
    const other = { ...hold('other', 'list'), postingDate }
    const [posted] = await post([one, other])
    const reversal = {
      entryId: posted?.entryId ?? 0n,
      reference: 'reversal',
      occurredOn: postingDate,
      postingDate,
    }
    const reverse = () =>
      database.app.transact(act, (tx) => ledger.reverse(tx, act, reversal, paper))
    const { entryId } = await reverse()
    await closeWhenSealed()
    expect(await post([one])).toEqual([{ ...posted, replayed: true }])
    expect(await post([other, one])).toMatchObject([{ replayed: true }, { replayed: true }])
    expect(await reverse()).toEqual({ entryId, replayed: true })
    await expect(post([{ ...one, reference: 'new' }])).rejects.toMatchObject({ code: CLOSED })
    await expect(post([one, { ...one, reference: 'new' }])).rejects.toMatchObject({ code: CLOSED })
  })

  test('after three months each balance is still told as of each day and block', async () => {
    const held = { code: '1121-HELD', subject: 'list:list' } as const
    const ends: { readonly on: LocalDate; readonly block: bigint }[] = []
    for (const month of [august, addMonths(august, 1), addMonths(august, 2)]) {
      await database.app.transact(act, (tx) => ledger.openPeriod(tx, act, month))
      await post([{ ...hold(month, 'list', 10n), occurredOn: month }])
      await closeWhenSealed(month)
      // A month takes more blocks than one while others write to the server.
      const last = await valueOf(database.admin, 'select max(number) from seal_block')
      ends.push({ on: addDays(addMonths(month, 1), -1), block: BigInt(String(last)) })
    }
    const told = await database.report.transact(act, async (tx) => {
      const balances: bigint[][] = []
      for (const { on } of ends) {
        const row: bigint[] = []
        for (const { block } of ends) row.push(await ledger.balanceAsOf(tx, held, { on, block }))
        balances.push([...row, await ledger.balanceAsOf(tx, held, { on })])
      }
      return balances
    })
    expect(told).toEqual([
      [10n, 10n, 10n, 10n],
      [10n, 20n, 20n, 20n],
      [10n, 20n, 30n, 30n],
    ])
  })

  test('an earlier month cannot be opened while a later one is being closed', async () => {
    const client = await database.connect()
    await client.query('begin')
    await client.query(`select ledger_open_period($1, '2023-07-01')`, [act.actor])
    const closing = ledger.closePeriod(database.app, act, august).then(() => 'closed', refusalOf)
    await sleep(200)
    await client.query('commit')
    expect(await closing).toBe('period-not-open')
  })
})

describe('sealing', () => {
  test('a late committer is neither missed nor sealed too early', async () => {
    const late = await database.connect()
    await late.query('begin')
    await rawPost(late, [hold('late', 'list')])
    await post([hold('after', 'after', 1n, '2')])
    const early = await ledger.seal(database.app, act)
    expect(early).toBeLessThanOrEqual(6)
    await late.query('commit')
    await settled(database.admin)
    expect(await ledger.seal(database.app, act)).toBe(8 - early)
    await expectSound(database)
  })

  test('during a storm nothing is missed and nothing is sealed twice', async () => {
    const storm = { over: false }
    const sealing = (async () => {
      let sealed = 0
      while (!storm.over) sealed += await ledger.seal(database.app, act)
      return sealed
    })()
    await Promise.all(
      times(8, async (writer) => {
        for (let round = 0; round < 25; round += 1) {
          await database.app.transact(act, async (tx) => {
            await ledger.post(tx, act, [
              hold(`${String(writer)}:${String(round)}`, `list-${String(writer)}`),
            ])
            await sleep((writer * round) % 7)
          })
        }
      }),
    )
    storm.over = true
    const during = await sealing
    await settled(database.admin)
    expect(during + (await ledger.seal(database.app, act))).toBe(6 + 8 * 25)
    await expectSound(database)
  })
})
