import { beforeAll, describe, expect, test } from '@jest/globals'
import type { PersonId } from '../../src/lib/act.ts'
import { registry } from '../../src/registry/registry.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import { testApi } from '../support/api.ts'
import type { TestApi } from '../support/api.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import * as p from '../support/payees.ts'
import { august, leader, preparer } from '../support/town.ts'
import { vault } from '../support/vault.ts'

let database: FreshDatabase
let commune: CommuneRow
let communeId: number
let api: TestApi
const auditor = {
  ...{ id: '00000009-0000-7000-8000-000000000105' as PersonId, role: 'auditor', communes: null },
}
/** The same as the interface shows it. */
const shown = async (path: string) => (await api.call(auditor, 'GET', path)).body

beforeAll(async () => {
  database = await freshDatabase()
  commune = await p.firstCommune(database)
  communeId = commune.id
  const pairs = Array.from({ length: 20 }, (_, n) => ({ n: n + 1 }))
  await p.enterPairs(database, communeId, pairs)
  api = await testApi(database)
  await api.enter(auditor)
})

const self = (n: number) => ({ payeeId: p.wardId(n), representationId: null })
const of = (n: number, rest: Parameters<typeof p.payeeOf>[2] = {}) => p.payeeOf(database, n, rest)

describe('alerts', () => {
  test('somebody who represents more people than the cap', async () => {
    const papers = [12, 13, 14, 15].map((n) =>
      p.representationOf(n, communeId, { representativeId: p.carerId(12) }),
    )
    await p.represent(database, papers.slice(0, 3))
    await p.assign(database, 12, communeId)
    const cap = () => p.asPreparer(database, (tx) => registry.representation.overCap(tx, august))
    expect(await cap()).toEqual([])
    expect(await of(12)).toMatchObject({ warnings: [] })
    await p.represent(database, papers.slice(3))
    const many = [{ representativeId: p.carerId(12), wards: 4 }]
    expect(await cap()).toEqual(many)
    expect(await shown('/representations/over-cap')).toEqual({ items: many })
    expect(await of(12)).toMatchObject({ warnings: ['guardian-of-many'] })
  })

  test('one account of several people, unless one represents the other', async () => {
    const same = (n: number, of: number) => ({
      ...{ id: p.accountId(100 + n), personId: p.wardId(n), communeId, bankCode: '970405' },
      ...{
        number: `998${String(of).padStart(9, '0')}`,
        holderName: 'NGUYEN THI ANH MAU',
        replaces: null,
      },
    })
    const accounts = [same(17, 16), same(19, 18)]
    const intake = { people: [], representations: [], accounts, enrolments: [] }
    await p.asPreparer(database, (tx) => registry.enter(tx, vault, preparer, intake, leader.actor))
    const related = { personId: p.wardId(18), representativeId: p.wardId(19) }
    await p.represent(database, [p.representationOf(18, communeId, related)])
    for (const n of [16, 18]) await p.assign(database, n, communeId, self(n))
    for (const n of [17, 19]) {
      const paymentAccountId = p.accountId(100 + n)
      await p.assign(database, n, communeId, { ...self(n), paymentAccountId })
    }
    for (const n of [16, 17]) expect(await of(n)).toMatchObject({ warnings: ['shared-account'] })
    for (const n of [18, 19]) expect(await of(n)).toMatchObject({ warnings: [] })
    const shared = await p.asPreparer(database, (tx) => registry.accounts.shared(tx, august))
    const people = [p.wardId(16), p.wardId(17)]
    const accountIds = [p.accountId(16), p.accountId(117)]
    expect(shared).toEqual([{ payees: 2, accountIds, personIds: people }])
    expect(await shown('/accounts/shared')).toEqual({ items: shared })
  })

  test('what the channel answered about the holder', async () => {
    await p.assign(database, 20, communeId, self(20))
    const record = async (answer: { name: string; status: string } | 'not-found') => {
      const what = { accountId: p.accountId(20), channel: 'bank' as const, askedAt: clock() }
      const verdicts = await p.asPreparer(database, (tx) =>
        registry.accounts.recordVerifications(tx, preparer, [{ ...what, answer }]),
      )
      return verdicts.get(p.accountId(20))
    }
    expect(await record({ name: 'TRAN VAN BINH MAU', status: 'active' })).toBe('block')
    expect(await of(20)).toMatchObject({ warnings: ['name-differs'] })
    expect(await record('not-found')).toBe('not-found')
    expect(await of(20)).toMatchObject({ warnings: ['name-differs'] })
    expect(await record({ name: 'Nguyen Thi Anh Mau', status: 'closed' })).toBe('block')
    expect(await of(20)).toMatchObject({ warnings: ['name-differs'] })
    expect(await record({ name: 'Nguyen Thi Anh Mau', status: 'active' })).toBe('match')
    expect(await of(20)).toMatchObject({ warnings: [] })
  })
})

let asked = 0
/** Each enquiry is a second later than the one before. */
function clock(): string {
  asked += 1
  return `2023-08-01T00:00:${String(asked).padStart(2, '0')}Z`
}

test('an officer of the commune sees the death of a representative who lives elsewhere', async () => {
  await p.represent(database, [p.representationOf(1, communeId)])
  await p.assign(database, 1, communeId, { paymentAccountId: null })
  await database.admin.query(
    `update person set died_on = '2023-08-01', commune_id = $2 where id = $1`,
    [p.carerId(1), communeId + 1],
  )
  const by = { ...preparer, scope: { communes: [communeId] } }
  const people = [{ personId: p.wardId(1), programme: 'BTXH' }]
  const found = await database.app.transact(by, (tx) =>
    registry.payees.of(tx, { month: august, on: august, people }),
  )
  expect(found.get(`${p.wardId(1)}:BTXH`)).toMatchObject({ hold: 'payee-dead' })
})
