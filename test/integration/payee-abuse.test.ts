import { beforeAll, describe, expect, test } from '@jest/globals'
import type pg from 'pg'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import * as p from '../support/payees.ts'
import { accountant, leader, preparer, treasurer } from '../support/town.ts'
import { inRolledBack, rawApp, refusal } from '../support/sql.ts'

/** Raw SQL of the application's role: what the database itself refuses about payees. Each try is undone. */
let database: FreshDatabase
let client: pg.Client
let communeId: number

beforeAll(async () => {
  database = await freshDatabase()
  communeId = (await p.firstCommune(database)).id
  await p.enterPairs(database, communeId, [
    ...[{ n: 1 }, { n: 2 }, { n: 3, carerBorn: '2007-01-01' }, { n: 4, carerBorn: '2010-01-01' }],
    ...[
      { n: 5, wardBorn: '2012-06-01' },
      { n: 6, wardBorn: '2006-08-10' },
    ],
  ])
  await p.represent(database, [p.representationOf(1, communeId)])
  await p.assign(database, 1, communeId)
  client = await rawApp(database)
})

const tried = (...statements: string[]) =>
  inRolledBack(client, async () => {
    const outcomes = []
    for (const sql of statements) outcomes.push(await refusal(client, sql))
    return outcomes.at(-1)
  })
const taken = 'taken: 1 rows'

interface Row {
  readonly ward?: number
  readonly payee?: string
  readonly programme?: string
  readonly period?: string
  readonly representation?: string
  readonly account?: string
  readonly people?: readonly { readonly actor: string }[]
}

const payee = (of: Row = {}) => {
  const { ward = 2, programme = 'BTXH', period = '[2023-01-01,)', people = [preparer, leader] } = of
  const { payee: receiver = p.wardId(ward), representation = null, account = null } = of
  const quoted = (text: string | null) => (text === null ? 'null' : `'${text}'`)
  return `insert into payee (id, person_id, programme, commune_id, period, since, payee_id, representation_id, method,
      payment_account_id, entered_by, confirmed_by)
    values (gen_random_uuid(), '${p.wardId(ward)}', '${programme}', ${String(communeId)}, '${period}', lower('${period}'::daterange),
      '${receiver}', ${quoted(representation)}, '${account === null ? 'cash' : 'account'}', ${quoted(account)},
      ${people.map(({ actor }) => `'${actor}'`).join(', ')})`
}

describe('one payee', () => {
  test('two at the same time are refused, one after the other are not', async () => {
    const first = payee({ period: '[2023-01-01,2023-06-01)' })
    expect(await tried(first, payee({ period: '[2023-05-31,)' }))).toBe('23P01 payee_one')
    expect(await tried(first, payee({ period: '[2023-06-01,)' }))).toBe(taken)
    expect(await tried(first, payee({ period: '[2023-05-31,)', programme: 'HTXH' }))).toBe(taken)
    expect(await tried(payee({ ward: 1 }))).toBe('23P01 payee_one')
  })

  test.each<[string, Row, string]>([
    ['by one person', { people: [preparer, preparer] }, '23514 payee_two_people'],
    ['another without a paper', { payee: p.carerId(2) }, '23514 payee_representative'],
    ['with the paper of others', { payee: p.carerId(2), representation: p.paperId(1) }, 'LB043'],
    ['with the account of others', { account: p.accountId(1) }, 'LB043'],
  ])('%s is refused', async (_, row, wanted) => {
    expect(await tried(payee(row))).toBe(wanted)
  })

  test('another account of the same receiver is refused without its change', async () => {
    const cash = payee({ period: '[2023-01-01,2023-06-01)' })
    const account = payee({ period: '[2023-06-01,)', account: p.accountId(2) })
    expect(await tried(cash, account)).toBe('LB044')
    const away = `update payee set period = period * daterange(null, '2023-06-01') where person_id = '${p.wardId(1)}'`
    const again = { ward: 1, payee: p.carerId(1), representation: p.paperId(1) }
    expect(await tried(away, payee({ ...again, period: '[2023-06-01,)' }))).toBe(taken)
  })

  test.each([
    [`set payment_account_id = null`, '42501'],
    [`set payee_id = '${p.wardId(1)}'`, '42501'],
    [`set period = daterange('2022-01-01', null)`, 'LB001'],
    [`set period = daterange('2023-02-01', null)`, 'LB001'],
    [`set period = daterange('2023-01-01', '2023-06-01')`, taken],
  ])('%s: %s', async (change, wanted) => {
    expect(await tried(`update payee ${change} where person_id = '${p.wardId(1)}'`)).toBe(wanted)
  })

  test('is not deleted, nor are papers, changes, notices and answers', async () => {
    for (const table of [
      'payee',
      'representation',
      'account_change',
      'account_notice',
      'account_verification',
      'officer_relation',
    ]) {
      expect(await tried(`delete from ${table}`)).toBe('42501')
    }
  })
})

interface Paper {
  readonly id?: number
  readonly ward?: number
  readonly carer?: number
  readonly kind?: string
  readonly validity?: string
  readonly kinship?: string
  readonly joint?: number
  readonly people?: readonly { readonly actor: string }[]
}

const paper = (of: Paper = {}) => {
  const {
    id = 90,
    ward = 2,
    carer = 2,
    kind = 'guardian',
    validity = '[2023-01-01,2024-01-01)',
  } = of
  const { people = [preparer, leader] } = of
  const joint = of.joint === undefined ? 'null' : `'${p.paperId(of.joint)}'`
  const kinship = of.kinship === undefined ? 'null' : `'${of.kinship}'`
  return `insert into representation (id, person_id, representative_id, commune_id, kind, validity, document_kind, document_number,
      document_date, document_issuer, document_sha256, kinship, joint_with, couple, entered_by, confirmed_by)
    values ('${p.paperId(id)}', '${p.wardId(ward)}', '${p.carerId(carer)}', ${String(communeId)}, '${kind}', '${validity}', 'giấy', '1',
      '2023-01-01', 'UBND', sha256('1'), ${kinship}, ${joint}, coalesce(${joint}, '${p.paperId(id)}'::uuid),
      ${people.map(({ actor }) => `'${actor}'`).join(', ')})`
}

describe('one guardian', () => {
  const couple = { kinship: 'parent' }

  test('two at the same time are refused, one after the other are not', async () => {
    const second = { id: 91, carer: 1 }
    expect(await tried(paper(), paper(second))).toBe('23P01 representation_one_guardian')
    expect(await tried(paper(), paper({ ...second, validity: '[2024-01-01,)' }))).toBe(taken)
    const revoke = `update representation set revoked_on = '2023-06-01', revoked_reason = 'x', revoked_by = '${leader.actor}'
      where id = '${p.paperId(90)}'`
    expect(await tried(paper(), revoke, paper({ ...second, validity: '[2023-05-31,)' }))).toBe(
      '23P01 representation_one_guardian',
    )
    expect(await tried(paper(), revoke, paper({ ...second, validity: '[2023-06-01,)' }))).toBe(
      taken,
    )
    expect(await tried(paper(), revoke, revoke)).toBe('LB001')
  })

  test('parents or grandparents are guardians together: two, of one kind, different people', async () => {
    const second = { ...couple, id: 91, carer: 1, joint: 90 }
    expect(await tried(paper(couple), paper(second))).toBe(taken)
    expect(await tried(paper(couple), paper(second), paper({ ...second, id: 92, carer: 5 }))).toBe(
      '23P01 representation_couple_of_two',
    )
    expect(await tried(paper(couple), paper({ ...second, carer: 2 }))).toBe(
      '23P01 representation_couple_of_different',
    )
    expect(await tried(paper(couple), paper({ ...second, kinship: 'grandparent' }))).toBe('LB042')
    expect(await tried(paper(), paper({ id: 91, carer: 1, joint: 90 }))).toBe(
      '23514 representation_joint',
    )
    expect(await tried(paper(couple), paper({ ...second, ward: 1 }))).toBe('LB042')
  })

  test.each<[string, Paper, string]>([
    ['entered by one person', { people: [leader, leader] }, '23514 representation_two_people'],
    [
      'authorised without an end',
      { kind: 'authorised', validity: '[2023-01-01,)' },
      '23514 representation_term',
    ],
    ['a guardian of 16', { carer: 3 }, 'LB042'],
    ['authorised at 16', { carer: 3, kind: 'authorised' }, taken],
    ['authorised at 13', { carer: 4, kind: 'authorised' }, 'LB042'],
    ['authorised by a child of 10', { ward: 5, kind: 'authorised' }, 'LB042'],
    ['authorised by somebody of 16', { ward: 6, kind: 'authorised' }, taken],
    ['a guardian of a child', { ward: 5 }, taken],
    [
      'a guardian beyond the 18th birthday',
      { ward: 6, validity: '[2023-01-01,2024-08-11)' },
      'LB042',
    ],
    ['a guardian until the 18th birthday', { ward: 6, validity: '[2023-01-01,2024-08-10)' }, taken],
    ['a guardian from the 18th birthday on', { ward: 6, validity: '[2024-08-10,)' }, taken],
  ])('%s', async (_, of, wanted) => {
    expect(await tried(paper(of))).toBe(wanted)
  })
})

describe('an account', () => {
  const account = (owner: string, people: readonly string[], bank = '970405') =>
    `insert into payment_account (id, person_id, commune_id, kind, bank_code, number_sealed, number_index, tail_index, holder_name,
       entered_by, confirmed_by, second_confirmed_by)
     values (gen_random_uuid(), '${owner}', ${String(communeId)}, 'bank', '${bank}', 'x', sha256('1'), sha256('2'), 'X Y',
       ${[...people, null]
         .slice(0, 3)
         .map((one) => (one === null ? 'null' : `'${one}'`))
         .join(', ')})`
  const [enters, confirms] = [preparer.actor, leader.actor]
  const [second, other] = [treasurer.actor, accountant.actor]
  const person = (id: string) =>
    `insert into person (id, commune_id, full_name, given_name, name_key, sex, birth_date)
     values ('${id}', ${String(communeId)}, 'Mẫu', 'Mẫu', 'mau', 'male', '1980-01-01')`
  const relative = () =>
    `insert into officer_relation values ('${enters}', '${p.wardId(2)}', ${String(communeId)}, 'con', '${other}')`

  test.each<[string, readonly string[], string]>([
    ['on the word of one person', [enters, enters], '23514 payment_account_two_people'],
    [
      'with one person as the second approver',
      [enters, confirms, confirms],
      '23514 payment_account_two_people',
    ],
    ['on the word of two', [enters, confirms], taken],
  ])('%s', async (_, people, wanted) => {
    expect(await tried(account(p.wardId(2), people))).toBe(wanted)
  })

  test.each<[string, readonly string[], string]>([
    ['entered by one of two', [enters, confirms], 'LB040'],
    ['entered with a second approver', [enters, confirms, second], taken],
    ['approved', [confirms, enters], 'LB040'],
    ['approved beside one other', [confirms, enters, second], 'LB040'],
    ['approved as the second', [confirms, second, enters], 'LB040'],
  ])("a relative's account is %s", async (_, people, wanted) => {
    expect(await tried(relative(), account(p.wardId(2), people))).toBe(wanted)
  })

  test("an officer's own account needs two others", async () => {
    expect(await tried(person(enters), account(enters, [enters, confirms]))).toBe('LB040')
    expect(await tried(person(enters), account(enters, [enters, confirms, second]))).toBe(taken)
    expect(await tried(person(enters), account(enters, [confirms, second]))).toBe(taken)
  })

  test('of a bank that takes no transfers is refused', async () => {
    expect(await tried(account(p.wardId(2), [enters, confirms], '458761'))).toBe('LB041')
  })

  test('keeps its number, owner and people', async () => {
    const columns = [
      'number_sealed',
      'number_index',
      'person_id',
      'bank_code',
      'entered_by',
      'confirmed_by',
    ]
    for (const column of columns) {
      expect(await tried(`update payment_account set ${column} = ${column}`)).toBe('42501')
    }
  })
})

describe('a change of account', () => {
  const change = (of: Record<string, string> = {}) => {
    const values: Record<string, string> = {
      ...{
        kind: `'change'`,
        state: `'requested'`,
        next_list: `'2023-08-01'`,
        effective_month: `'2023-09-01'`,
      },
      ...{
        document_sha256: `sha256('1')`,
        failure: 'null',
        approved_by: 'null',
        second_approved_by: 'null',
      },
      ...{
        old_account_id: `'${p.accountId(1)}'`,
        requested_on: `'2023-08-10'`,
        requested_by: `'${preparer.actor}'`,
      },
      ...of,
    }
    return `insert into account_change (id, person_id, programme, commune_id, owner_id, new_account_id, bank_code, number_sealed,
        number_index, tail_index, holder_name, document_kind, document_number, document_date, document_issuer,
        ${Object.keys(values).join(', ')})
      values ('${p.paperId(70)}', '${p.wardId(1)}', 'BTXH', ${String(communeId)}, '${p.wardId(1)}', gen_random_uuid(), '970405', 'x',
        sha256('1'), sha256('2'), 'X Y', 'đơn', '1', '2023-08-10', 'UBND', ${Object.values(values).join(', ')})`
  }
  const approve = (by: string) =>
    `update account_change set state = 'approved', approved_by = '${by}'`

  test.each<[string, Record<string, string>, string]>([
    ['requested', {}, taken],
    ['approved from the start', { state: `'approved'`, approved_by: `'${leader.actor}'` }, 'LB020'],
    ['without a file', { document_sha256: 'null' }, '23514 account_change_document'],
    [
      'for the next list itself',
      { effective_month: `'2023-08-01'` },
      '23514 account_change_cooling_off',
    ],
    [
      'after a list that is over',
      { next_list: `'2023-07-01'`, effective_month: `'2023-08-01'` },
      '23514 account_change_cooling_off',
    ],
    ['as a correction of nothing', { kind: `'correction'` }, '23514 account_change_failure'],
    [
      'as a correction of an account that lives',
      { kind: `'correction'`, failure: `'AB05'` },
      '23514 account_change_failure',
    ],
    [
      'for somebody who died',
      { kind: `'correction'`, failure: `'MD07'` },
      '23514 account_change_failure',
    ],
  ])('%s', async (_, of, wanted) => {
    expect(await tried(change(of))).toBe(wanted)
  })

  test('is approved by another, once, and waits alone', async () => {
    expect(await tried(change(), approve(preparer.actor))).toBe('23514 account_change_two_people')
    expect(await tried(change(), approve(leader.actor))).toBe(taken)
    expect(await tried(change(), approve(leader.actor), approve(treasurer.actor))).toBe('LB001')
    const other = change().replace(p.paperId(70), p.paperId(71))
    expect(await tried(change(), other)).toBe('23505 account_change_one_open')
    expect(await tried(change(), `update account_change set effective_month = '2023-08-01'`)).toBe(
      '42501',
    )
  })
})
