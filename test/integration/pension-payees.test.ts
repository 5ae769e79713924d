import { beforeEach, expect, test } from '@jest/globals'
import { localDate, month } from '../../src/lib/time.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { registry } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { never } from '../support/list-town.ts'
import { as } from '../support/lists.ts'
import { paperOf } from '../support/payees.ts'
import { valueOf } from '../support/sql.ts'
import { enterTown, leader, preparer } from '../support/town.ts'
import { vault } from '../support/vault.ts'

const JULY = month('2025-07')
const PENSION = 500_000n
let database: FreshDatabase
let today: number

beforeEach(async () => {
  database = await freshDatabase()
  const [home = never()] = await enterTown(database, [{ bank: 1, wallet: 1, cash: 1 }])
  const of = { on: JULY, confirmedBy: leader.actor }
  await as(database, preparer, (tx) => registry.communes.rehome(tx, preparer, of))
  const [place = never()] = await as(database, preparer, (tx) =>
    registry.communes.onMap(tx, { of: [home.id], mapDay: JULY }),
  )
  today = place.onMap.id
})

/** The pension of July for three people, by how each receives it. */
const pensions = async () => {
  const lines = await as(database, preparer, (tx) => payouts.lists.due(tx, today, JULY))
  return lines.filter(({ programme, period }) => programme === 'HTXH' && period === JULY)
}

test('the pension that takes a benefit over goes to whoever received the benefit, into the same account', async () => {
  const lines = await pensions()
  expect(lines.map(({ amount, channel }) => [amount, channel])).toEqual([
    [PENSION, 'bank'],
    [PENSION, 'hue-s'],
    [PENSION, null],
  ])
})

test('an account that was changed cools off for the pension too', async () => {
  const [line = never()] = await pensions()
  const { personId, payeeId, representationId, enrolmentId, programme } = line
  const { id } = await as(database, preparer, (tx) =>
    registry.accounts.requestChange(tx, vault, preparer, {
      ...{ personId, programme: 'BTXH', ownerId: personId, bankCode: '970436' },
      ...{ number: '998000000777', holderName: 'NGUYEN THI ANH MAU' },
      ...{ on: localDate('2025-07-05'), nextList: month('2025-08') },
      document: paperOf('đơn đề nghị', '77/ĐN', localDate('2025-07-05')),
    }),
  )
  await as(database, leader, (tx) =>
    registry.accounts.approveChange(tx, leader, id, localDate('2025-07-06')),
  )
  const sql = 'select new_account_id::text from account_change where id = $1'
  const paymentAccountId = String(await valueOf(database.admin, sql, [id]))
  const row = { key: 'row', personId, programme, payeeId, representationId, enrolmentId }
  const holdOn = (day: string) =>
    as(database, preparer, async (tx) => {
      const rows = [{ ...row, paymentAccountId }]
      const holds = await registry.payees.holds(tx, { on: localDate(day), rows })
      return holds.get('row')
    })
  expect(programme).toBe('HTXH')
  expect(await holdOn('2025-07-20')).toBe('account-cooling-off')
  expect(await holdOn('2025-08-01')).toBeUndefined()
})
