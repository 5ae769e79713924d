import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { localDate, month } from '../../src/lib/time.ts'
import { registry } from '../../src/registry/registry.ts'
import type { Approvers } from '../../src/registry/word.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { deskOf, enterPeople } from '../support/import-desk.ts'
import { csvFile, idNumber } from '../support/import-files.ts'
import { refusalOf } from '../support/outcome.ts'
import * as p from '../support/payees.ts'
import { rawApp, refusal, valueOf } from '../support/sql.ts'
import { accountant, august, leader, preparer, treasurer } from '../support/town.ts'
import { vault } from '../support/vault.ts'

/** Every door that writes an account or a payee, each tried for whoever is a relative of somebody who acts. */
let database: FreshDatabase
let communeId: number
const { apply } = deskOf(() => database)

const codeOf = (work: Promise<unknown>) => work.then(() => 'taken', refusalOf)
const declare = (officer: typeof preparer, relatedId = p.wardId(1)) =>
  p.asPreparer(database, (tx) =>
    registry.accounts.declareRelatives(tx, accountant, [
      { officerId: officer.actor, relatedId, communeId, relation: 'mẹ' },
    ]),
  )

beforeEach(async () => {
  database = await freshDatabase()
  communeId = (await p.firstCommune(database)).id
  await p.enterPairs(database, communeId, [{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }])
  await p.represent(database, [p.representationOf(1, communeId, { ownAccountEvidence: '1/XN' })])
})

const accountOf = (personId = p.wardId(1), number = '998123456789') => ({
  ...{ id: randomUUID(), personId, communeId, bankCode: '970405', replaces: null, number },
  holderName: 'NGUYEN THI ANH MAU',
})
const nobody = { people: [], representations: [], accounts: [], enrolments: [] }
const enter = (intake: Parameters<typeof registry.enter>[3], approvers: Approvers) =>
  p.asPreparer(database, (tx) => registry.enter(tx, vault, preparer, intake, approvers))
const assign = (
  of: Partial<Parameters<typeof registry.payees.assign>[2][number]>,
  approvers: Approvers,
) =>
  p.asPreparer(database, (tx) =>
    registry.payees.assign(
      ...[tx, preparer],
      [
        {
          ...{ id: randomUUID(), personId: p.wardId(1), programme: 'BTXH', communeId },
          ...{ from: localDate('2023-01-01'), payeeId: p.wardId(1), representationId: null },
          ...{ paymentAccountId: null, ...of },
        },
      ],
      approvers,
    ),
  )
const correct = async (approvers: Approvers) => {
  await assign({ paymentAccountId: p.accountId(1) }, [treasurer.actor, accountant.actor])
  const correction = { replaces: p.accountId(1), failure: 'AC04', from: august }
  await p.asPreparer(database, (tx) =>
    registry.replaceAccounts(tx, vault, preparer, [{ ...accountOf(), ...correction }], approvers),
  )
}
const carer = { payeeId: p.carerId(1), representationId: p.paperId(1) }
const enrolment = {
  ...{ id: p.paperId(91), personId: p.wardId(1), communeId: 0, programme: 'BTXH' },
  ...{ categoryCode: 'NCT_80', validFrom: localDate('2023-01-01'), payeeId: p.wardId(1) },
  ...{ representationId: null, paymentAccountId: null },
}

const DOORS: readonly [string, (approvers: Approvers) => Promise<unknown>][] = [
  ['an account that is entered', (by) => enter({ ...nobody, accounts: [accountOf()] }, by)],
  [
    'an enrolment that is entered, received in cash',
    (by) => enter({ ...nobody, enrolments: [{ ...enrolment, communeId }] }, by),
  ],
  ['a payee who is assigned', (by) => assign({}, by)],
  ['a payee whose account is used', (by) => assign({ paymentAccountId: p.accountId(1) }, by)],
  ['a ward whose representative is assigned', (by) => assign(carer, by)],
  ['an account that is corrected', correct],
]

describe.each(DOORS)('%s', (_, door) => {
  test('of a relative of who enters needs two others', async () => {
    await declare(preparer)
    expect(await codeOf(door(leader.actor))).toBe('relative-needs-second')
    expect(await codeOf(door([leader.actor, leader.actor]))).toBe('same-person')
    expect(await codeOf(door([leader.actor, preparer.actor]))).toBe('same-person')
    expect(await codeOf(door([leader.actor, treasurer.actor]))).toBe('taken')
  })

  test('of a relative of who approves is approved by others', async () => {
    await declare(leader)
    expect(await codeOf(door(leader.actor))).toBe('relative-needs-second')
    expect(await codeOf(door([treasurer.actor, leader.actor]))).toBe('relative-needs-second')
  })

  test('of anybody else needs one', async () => {
    await declare(preparer, p.wardId(2))
    expect(await codeOf(door(leader.actor))).toBe('taken')
  })
})

test("a representative's own account, and the representative, who are relatives", async () => {
  await declare(preparer, p.carerId(1))
  const account = accountOf(p.carerId(1))
  const accounts = [account]
  const door = (by: Approvers) => enter({ ...nobody, accounts }, by)
  expect(await codeOf(door(leader.actor))).toBe('relative-needs-second')
  await door([leader.actor, treasurer.actor])
  const own = { ...carer, paymentAccountId: account.id }
  expect(await codeOf(assign(own, leader.actor))).toBe('relative-needs-second')
  expect(await codeOf(assign(own, [leader.actor, treasurer.actor]))).toBe('taken')
})

test("an imported account of the importer's relative is not taken on two people's word", async () => {
  await enterPeople(database, 2)
  const { rows } = await database.admin.query<{ id: typeof preparer.actor }>(
    `select id from person where id not in (select person_id from payment_account) and id::text not like '00000031%' order by birth_date limit 1`,
  )
  await declare(preparer, rows[0]?.id)
  const head = ['Số định danh', 'BIN', 'STK', 'Chủ tài khoản']
  const row = (n: number) => [idNumber(n), '970405', `012345678${String(n)}`, 'NGUYEN THI ANH MAU']
  const taken = await Promise.all(
    [1, 2].map((n) => codeOf(apply('accounts', csvFile(head, [row(n)])))),
  )
  expect(taken.toSorted()).toEqual(['relative-needs-second', 'taken'])
  const [again] = taken.flatMap((one, at) => (one === 'taken' ? [] : [at + 1]))
  const file = csvFile(head, [row(again ?? 0)])
  const decided = { confirmedBy: [leader.actor, treasurer.actor] } as const
  expect(await codeOf(apply('accounts', file, decided))).toBe('taken')
  const word = `select second_confirmed_by from payment_account where second_confirmed_by is not null`
  expect(await valueOf(database.admin, word)).toBe(treasurer.actor)
})

test('raw SQL assigns no relative on the word of two people', async () => {
  await declare(preparer)
  const raw = await rawApp(database)
  const payee = (second: string | null, person = p.wardId(1)) =>
    refusal(
      raw,
      `insert into payee (id, person_id, programme, commune_id, period, since, payee_id, method, entered_by, confirmed_by, second_confirmed_by)
       values (gen_random_uuid(), $1, 'BTXH', $2, '[2023-01-01,)', '2023-01-01', $1, 'cash', $3, $4, $5)`,
      [person, communeId, preparer.actor, leader.actor, second],
    )
  expect(await payee(null)).toBe('LB040')
  expect(await payee(leader.actor)).toBe('23514 payee_three_people')
  expect(await payee(treasurer.actor)).toBe('taken: 1 rows')
  expect(await payee(null, p.wardId(2))).toBe('taken: 1 rows')
})

describe('an alert comes through every door', () => {
  const warnings = async (n: number, of = '2023-10') =>
    (await p.payeeOf(database, n, { month: month(of) })).warnings

  test('one account of several people by a change, and by a correction', async () => {
    for (const n of [2, 3, 4]) {
      const self = { personId: p.wardId(n), payeeId: p.wardId(n) }
      await assign({ ...self, paymentAccountId: p.accountId(n) }, leader.actor)
    }
    expect(await warnings(2)).toEqual([])
    const shared = '998000000002'
    const { id } = await p.asPreparer(database, (tx) =>
      registry.accounts.requestChange(tx, vault, preparer, {
        ...{ personId: p.wardId(3), programme: 'BTXH', ownerId: p.wardId(3), bankCode: '970405' },
        ...{ number: shared, holderName: 'NGUYEN THI ANH MAU', on: localDate('2023-08-10') },
        ...{ nextList: month('2023-09') },
        document: p.paperOf('đơn đề nghị', '77/ĐN', localDate('2023-08-10')),
      }),
    )
    await database.app.transact(leader, (tx) =>
      registry.accounts.approveChange(tx, leader, id, localDate('2023-08-11')),
    )
    expect(await warnings(2)).toEqual(['shared-account'])
    const correction = { replaces: p.accountId(4), failure: 'AC04', from: august }
    const account = { ...accountOf(p.wardId(4), shared), ...correction }
    await p.asPreparer(database, (tx) =>
      registry.replaceAccounts(tx, vault, preparer, [account], leader.actor),
    )
    for (const n of [2, 3, 4]) expect(await warnings(n)).toContain('shared-account')
    const on = localDate('2023-10-01')
    const found = await p.asPreparer(database, (tx) => registry.accounts.shared(tx, on))
    expect(found).toMatchObject([{ payees: 3, personIds: [2, 3, 4].map(p.wardId) }])
  })

  test('more wards than the cap, entered with a register', async () => {
    const representations = [2, 3, 4].map((n) =>
      p.representationOf(n, communeId, { representativeId: p.carerId(1) }),
    )
    await assign(carer, leader.actor)
    expect(await warnings(1)).toEqual([])
    await enter({ ...nobody, representations }, leader.actor)
    expect(await warnings(1)).toContain('guardian-of-many')
  })
})
