import { beforeAll, describe, expect, test } from '@jest/globals'
import type { LocalDate, Month } from '../../src/lib/time.ts'
import { registry } from '../../src/registry/registry.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { refusalOf } from '../support/outcome.ts'
import * as p from '../support/payees.ts'
import { august, leader, preparer } from '../support/town.ts'
import { vault } from '../support/vault.ts'

let database: FreshDatabase
let commune: CommuneRow
let communeId: number

beforeAll(async () => {
  database = await freshDatabase()
  commune = await p.firstCommune(database)
  communeId = commune.id
  const pairs = Array.from({ length: 20 }, (_, n) => ({ n: n + 1 }))
  await p.enterPairs(database, communeId, pairs)
})

const self = (n: number) => ({ payeeId: p.wardId(n), representationId: null })
const codeOf = (work: Promise<unknown>) => work.then(() => 'taken', refusalOf)
const of = (n: number, rest: Parameters<typeof p.payeeOf>[2] = {}) => p.payeeOf(database, n, rest)

test('without an assignment a person is paid in cash himself', async () => {
  expect(await of(1)).toEqual({
    ...{ payeeId: p.wardId(1), relation: 'self', representationId: null, method: 'cash' },
    ...{ channel: null, paymentAccountId: null, hold: null, warnings: [] },
  })
})

describe('the three lawful patterns', () => {
  test('own account', async () => {
    await p.assign(database, 2, communeId, self(2))
    const wanted = { relation: 'self', channel: 'bank', paymentAccountId: p.accountId(2) }
    expect(await of(2)).toMatchObject({ ...wanted, hold: null, warnings: [] })
  })

  test("the ward's account, run by the representative", async () => {
    await p.represent(database, [p.representationOf(3, communeId)])
    await p.assign(database, 3, communeId)
    const wanted = {
      payeeId: p.carerId(3),
      relation: 'authorised',
      paymentAccountId: p.accountId(3),
    }
    expect(await of(3)).toMatchObject({ ...wanted, channel: 'bank', hold: null, warnings: [] })
  })

  test("the representative's own account, with evidence only", async () => {
    const account = {
      ...{ id: p.accountId(104), personId: p.carerId(4), communeId, bankCode: null },
      ...{ number: '0905000004', holderName: 'NGUYEN THI ANH MAU', replaces: null },
    }
    const intake = { people: [], representations: [], accounts: [account], enrolments: [] }
    await p.asPreparer(database, (tx) => registry.enter(tx, vault, preparer, intake, leader.actor))
    const own = { paymentAccountId: account.id }
    await p.represent(database, [p.representationOf(4, communeId)])
    expect(await codeOf(p.assign(database, 4, communeId, own))).toBe('payee-papers')
    const paper = { id: p.paperId(104), ownAccountEvidence: '4/TK' }
    await p.represent(database, [p.representationOf(4, communeId, paper)])
    await p.assign(database, 4, communeId, { ...own, representationId: paper.id })
    expect(await of(4)).toMatchObject({
      channel: 'hue-s',
      paymentAccountId: account.id,
      hold: null,
    })
  })

  test("nobody else's account", async () => {
    const other = { ...self(1), paymentAccountId: p.accountId(2) }
    expect(await codeOf(p.assign(database, 1, communeId, other))).toBe('payee-papers')
  })
})

describe('an assignment', () => {
  test('ends the one before, which stays in the history', async () => {
    await p.assign(database, 5, communeId, { ...self(5), paymentAccountId: null })
    await p.represent(database, [p.representationOf(5, communeId)])
    await p.assign(database, 5, communeId, { from: '2023-09-01' as LocalDate })
    expect(await of(5)).toMatchObject({ relation: 'self', method: 'cash' })
    const september = await of(5, { month: '2023-09-01' as Month })
    expect(september).toMatchObject({
      relation: 'authorised',
      warnings: ['new-payee', 'account-changed'].toSorted(),
    })
    const what = { personId: p.wardId(5), programme: 'BTXH' }
    const history = await p.asPreparer(database, (tx) => registry.accounts.history(tx, vault, what))
    expect(history.map(({ since, until, number }) => [since, until, number])).toEqual([
      ['2023-01-01', '2023-09-01', null],
      ['2023-09-01', null, '••••0005'],
    ])
  })

  test('is not another account of the same receiver: that is a change', async () => {
    await p.assign(database, 6, communeId, { ...self(6), paymentAccountId: null })
    const account = { ...self(6), from: '2023-09-01' as LocalDate }
    expect(await codeOf(p.assign(database, 6, communeId, account))).toBe('account-needs-change')
    expect(await of(6)).toMatchObject({ method: 'cash' })
  })

  test.each([
    ['another programme', { programme: 'HTXH' }],
    ['a time before the paper', { from: '2022-12-01' as LocalDate }],
    ['a time after the paper', { from: '2024-01-01' as LocalDate }],
    ['another ward', { personId: p.wardId(8) }],
    ['another representative', { payeeId: p.carerId(8) }],
  ])('does not use a paper for %s', async (_, change) => {
    const n = 7
    const paper = p.representationOf(n, communeId, { programmes: ['BTXH'] })
    await p.represent(database, [paper]).catch(() => undefined)
    expect(await codeOf(p.assign(database, n, communeId, change))).toBe('payee-papers')
  })
})

describe('a paper', () => {
  const enter = (n: number, change: Parameters<typeof p.representationOf>[2]) =>
    codeOf(p.represent(database, [p.representationOf(n, communeId, change)]))

  test.each([
    ['without a number', { document: p.paperOf('giấy', ' ', august) }],
    ['without a file', { document: { ...p.paperOf('giấy', '1', august), sha256: '' } }],
  ])('%s is none', async (_, change) => {
    expect(await enter(9, change)).toBe('document')
  })

  test('is not revoked without a reason, and only once', async () => {
    await p.represent(database, [p.representationOf(9, communeId)])
    const revoke = (reason: string) =>
      codeOf(
        p.asPreparer(database, (tx) =>
          registry.representation.revoke(tx, preparer, { id: p.paperId(9), on: august, reason }),
        ),
      )
    expect(await revoke(' ')).toBe('reason-missing')
    expect(await revoke('không còn tin cậy')).toBe('taken')
    expect(await revoke('lại')).toBe('representation-missing')
  })

  test('that ends soon is on the worklist while somebody is paid by it', async () => {
    const until = { validTo: '2023-08-31' as LocalDate }
    await p.represent(database, [
      p.representationOf(10, communeId, until),
      p.representationOf(11, communeId, until),
    ])
    await p.assign(database, 10, communeId)
    const on = (day: string, within?: number) =>
      p.asPreparer(database, async (tx) => {
        const what = { on: day as LocalDate, ...(within === undefined ? {} : { within }) }
        const rows = await registry.representation.expiring(tx, what)
        return rows.map(({ representationId, lastDay }) => [representationId, lastDay])
      })
    const found = [[p.paperId(10), '2023-08-31']]
    expect(await on('2023-08-01')).toEqual([])
    expect(await on('2023-08-02')).toEqual(found)
    expect(await on('2023-08-31')).toEqual(found)
    expect(await on('2023-09-01')).toEqual([])
    expect(await on('2023-08-01', 60)).toEqual(found)
    expect(await of(10, { on: '2023-08-02' })).toMatchObject({ warnings: ['expires-soon'] })
  })
})

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
    expect(await cap()).toEqual([{ representativeId: p.carerId(12), wards: 4 }])
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
  })

  test('what the channel answered about the holder', async () => {
    await p.assign(database, 20, communeId, self(20))
    const record = (answer: { name: string } | 'not-found') => {
      const what = { accountId: p.accountId(20), channel: 'bank' as const, askedAt: clock() }
      return p.asPreparer(database, (tx) =>
        registry.accounts.recordVerification(tx, preparer, { ...what, answer }),
      )
    }
    expect(await record({ name: 'TRAN VAN BINH MAU' })).toBe('block')
    expect(await of(20)).toMatchObject({ warnings: ['name-differs'] })
    expect(await record('not-found')).toBe('not-found')
    expect(await of(20)).toMatchObject({ warnings: ['name-differs'] })
    expect(await record({ name: 'Nguyen Thi Anh Mau' })).toBe('match')
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
    registry.payees.of(tx, { communeId, month: august, on: august, people }),
  )
  expect(found.get(`${p.wardId(1)}:BTXH`)).toMatchObject({ hold: 'payee-dead' })
})
