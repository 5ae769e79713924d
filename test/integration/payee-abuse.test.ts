import { beforeAll, describe, expect, test } from '@jest/globals'
import type pg from 'pg'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { enterAbused } from '../support/abused-payees.ts'
import * as p from '../support/payees.ts'
import { leader, preparer } from '../support/town.ts'
import { lastOf, rawApp } from '../support/sql.ts'

/** Raw SQL of the application's role: what the database itself refuses about payees. Each try is undone. */
let database: FreshDatabase
let client: pg.Client
let communeId: number

beforeAll(async () => {
  database = await freshDatabase()
  communeId = await enterAbused(database)
  client = await rawApp(database)
})

const tried = (...statements: string[]) => lastOf(client, statements)
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
