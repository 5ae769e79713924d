import { beforeAll, describe, expect, test } from '@jest/globals'
import type pg from 'pg'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { enterAbused } from '../support/abused-payees.ts'
import * as p from '../support/payees.ts'
import { accountant, leader, preparer, treasurer } from '../support/town.ts'
import { lastOf, rawApp } from '../support/sql.ts'

/** Raw SQL of the application's role: what the database itself refuses about accounts. Each try is undone. */
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
