import { beforeEach, describe, expect, test } from '@jest/globals'
import type { PersonId } from '../../src/lib/act.ts'
import { localDate, month } from '../../src/lib/time.ts'
import type { Month } from '../../src/lib/time.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { registry } from '../../src/registry/registry.ts'
import type { CommuneRow, CorrectedAccount } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { stateHash } from '../support/ledger-state.ts'
import { refusalOf } from '../support/outcome.ts'
import { valueOf } from '../support/sql.ts'
import { AMOUNT, august, enterTown, leader, preparer } from '../support/town.ts'
import { vault } from '../support/vault.ts'

let database: FreshDatabase
let commune: CommuneRow

beforeEach(async () => {
  database = await freshDatabase()
  const [first] = await enterTown(database, [{ bank: 1, wallet: 1, cash: 1 }])
  if (first === undefined) throw new Error('a commune')
  commune = first
})

const due = (of: Month = august, id = commune.id) =>
  database.app.transact(preparer, (tx) => payouts.lists.due(tx, id, of))
const codeOf = (work: Promise<unknown>) => work.then(() => 'taken', refusalOf)
const enrol = (change: string) => database.admin.query(`update enrolment set ${change}`)

describe('what is due', () => {
  test('is the standard of the month times the coefficient, and how it is paid', async () => {
    const lines = await due()
    expect(lines.map(({ amount }) => amount)).toEqual([AMOUNT, AMOUNT, AMOUNT])
    expect(lines.map(({ channel, method }) => [channel, method])).toEqual([
      ['bank', 'account'],
      ['hue-s', 'account'],
      [null, 'cash'],
    ])
    expect(lines[0]?.explanation).toMatch(/^360\.000 × 1,0, Điều 6\.1\.đ$/)
    expect(lines.map(({ paymentAccountId }) => paymentAccountId !== null)).toEqual([
      true,
      true,
      false,
    ])
  })

  test.each([
    ['2023-08', 360_000n],
    ['2024-06', 360_000n],
    ['2024-07', 500_000n],
  ])('follows the standard in force: %s', async (given, amount) => {
    expect((await due(month(given))).map((line) => line.amount)).toEqual([amount, amount, amount])
  })

  test('is nothing in another commune, before the enrolment, or after its end', async () => {
    expect(await due(august, commune.id + 1)).toEqual([])
    await enrol(`valid_from = date '2023-09-01'`)
    expect(await due()).toEqual([])
    await enrol(`valid_from = date '2023-08-01', valid_to = date '2023-08-31'`)
    expect(await due()).toHaveLength(3)
    expect(await due(month('2023-09'))).toEqual([])
  })

  test('is refused for a month whose standard nobody knows', async () => {
    expect(await codeOf(due(month('2014-12')))).toBe('standard-unknown')
  })

  test('comes in a stable order, whatever the order of the rows', async () => {
    const before = await due()
    await database.admin.query('update enrolment set valid_from = valid_from')
    await database.admin.query('cluster enrolment using enrolment_pkey')
    expect(await due()).toEqual(before)
  })
})

/** As many people as one read takes, the last of them with two components. */
async function fillUp(people: number): Promise<void> {
  await database.admin.query(
    `insert into person (id, commune_id, full_name, sex, birth_date, given_name, name_key)
     select ('10000000-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid, $1, 'Nguyễn Thị Ánh Mẫu',
            'female', date '1940-01-01', 'Mẫu', 'nguien thi anh mau' from generate_series(1, $2) i`,
    [commune.id, people],
  )
  const columns = `id, person_id, commune_id, programme, category_code, valid_from`
  await database.admin.query(
    `insert into enrolment (${columns})
     select gen_random_uuid(), p.id, p.commune_id, 'BTXH', 'NCT_80', date '2023-01-01'
       from person p where p.id::text like '10000000%'`,
  )
  await database.admin.query(
    `insert into enrolment (${columns})
     select gen_random_uuid(), p.id, p.commune_id, 'BTXH', 'CS_HGD_DBN', date '2023-01-01'
       from (select * from person where id::text like '10000000%' order by id desc limit 1) p`,
  )
}

/** Who is due a component, each once. */
const dueOnce = async () =>
  new Set((await due()).map(({ personId, component }) => `${personId} ${component}`)).size

test('nobody is left out when a page is full', async () => {
  await fillUp(4_996)
  expect(await dueOnce()).toBe(5_000)
})

test('nobody is left out when a page ends with a person of two components', async () => {
  await fillUp(4_997)
  expect(await dueOnce()).toBe(5_001)
})

describe('an account that proved wrong', () => {
  let old: { readonly id: string; readonly person: PersonId }
  const newId = '00000088-0000-7000-8000-000000000001'
  const account = (of: Partial<CorrectedAccount> = {}): CorrectedAccount => ({
    ...{ id: newId, personId: old.person, communeId: commune.id, bankCode: '970436' },
    ...{ number: '998000000001', holderName: 'NGUYEN THI ANH MAU', replaces: old.id },
    ...{ failure: 'AC01', from: august },
    ...of,
  })
  const replace = (of: CorrectedAccount, confirmedBy = leader.actor) =>
    database.app.transact(preparer, (tx) =>
      registry.replaceAccounts(tx, vault, preparer, [of], confirmedBy),
    )

  beforeEach(async () => {
    const { rows } = await database.admin.query<{ id: string; person: PersonId }>(
      `select id, person_id as person from payment_account where kind = 'bank'`,
    )
    const [row] = rows
    if (row === undefined) throw new Error('an account')
    old = row
  })

  test('is replaced by a new row that names it, and the enrolment follows', async () => {
    await replace(account())
    expect((await due())[0]).toMatchObject({ paymentAccountId: newId, channel: 'bank' })
    const { rows } = await database.admin.query<{ sealed: string }>(
      `select replaces, entered_by, confirmed_by, bank_code, number_sealed as sealed from payment_account where id = $1`,
      [newId],
    )
    const by = { entered_by: preparer.actor, confirmed_by: leader.actor }
    const sealed = rows[0]?.sealed ?? ''
    expect(rows).toEqual([{ replaces: old.id, ...by, bank_code: '970436', sealed }])
    expect(registry.accounts.open(vault, newId, sealed)).toBe('998000000001')
    const event = `select act || ' ' || actor from audit_event where subject = 'payment-account:${newId}'`
    expect(await valueOf(database.admin, event)).toBe(`registry.replace-account ${preparer.actor}`)
  })

  test('is not replaced on the word of one person', async () => {
    const before = await stateHash(database.admin)
    expect(await codeOf(replace(account(), preparer.actor))).toBe('same-person')
    expect(await stateHash(database.admin)).toBe(before)
  })

  test('is replaced once', async () => {
    await replace(account())
    const again = account({ id: newId.replace(/1$/, '2') })
    expect(await codeOf(replace(again))).toBe('23505')
  })

  test.each([
    ['a number that is none', { number: 'x' }],
    ['a name with diacritics', { holderName: 'NGUYỄN THỊ ÁNH' }],
    ['a bank that is not known', { bankCode: '000000' }],
  ])('is not replaced by %s', async (_, wrong) => {
    expect(await codeOf(replace(account(wrong)))).toMatch(/^(23(514|503)|account-number)$/)
  })
})

describe('the register', () => {
  test('counts people and open enrolments of a month', async () => {
    const count = (of: Month) => database.app.transact(preparer, (tx) => registry.count(tx, of))
    expect(await count(august)).toEqual({ people: 3, cases: 3 })
    expect(await count(month('2022-12'))).toEqual({ people: 3, cases: 0 })
  })

  test('takes one open enrolment a person and head', async () => {
    const [person] = await due()
    const enrolment = {
      ...{ id: newEnrolment, communeId: commune.id, programme: 'BTXH', categoryCode: 'NCT_80' },
      ...{ validFrom: localDate('2023-08-01'), representationId: null, paymentAccountId: null },
      ...{
        personId: person?.personId ?? ('' as PersonId),
        payeeId: person?.payeeId ?? ('' as PersonId),
      },
    }
    const intake = { people: [], representations: [], accounts: [], enrolments: [enrolment] }
    const enter = database.app.transact(preparer, (tx) =>
      registry.enter(tx, vault, preparer, intake, leader.actor),
    )
    expect(await codeOf(enter)).toBe('enrolled-already')
  })

  test('has the 141 communes of 2023, the 133 and the 40 afterwards', async () => {
    const communes = (of: string) =>
      database.app.transact(preparer, (tx) => registry.communesIn(tx, month(of)))
    expect(await communes('2023-08')).toHaveLength(141)
    expect(await communes('2025-01')).toHaveLength(133)
    expect(await communes('2025-07')).toHaveLength(40)
  })
})

const newEnrolment = '00000066-0000-7000-8000-000000000001'
