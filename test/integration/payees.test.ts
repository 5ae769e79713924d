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
