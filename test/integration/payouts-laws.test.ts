import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type pg from 'pg'
import type { Act } from '../../src/lib/act.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import type { StoredList } from '../../src/payouts/payouts-store.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { stateHash } from '../support/ledger-state.ts'
import { refusalOf } from '../support/outcome.ts'
import { inRolledBack, rawApp, refusal } from '../support/sql.ts'
import {
  AMOUNT,
  approve,
  august,
  enterTown,
  fund,
  leader,
  preparer,
  release,
  submit,
  treasurer,
} from '../support/town.ts'

const TOTAL = 7n * AMOUNT

let database: FreshDatabase
let commune: CommuneRow
let elsewhere: CommuneRow

beforeEach(async () => {
  database = await freshDatabase()
  const communes = await enterTown(database, [{ bank: 3, wallet: 2, cash: 2 }, { bank: 1 }])
  ;[commune = never(), elsewhere = never()] = communes
})
afterEach(() => database.drop())

/** One more row like the first, for a list in some state. */
const moreRows = (
  state: string,
  component = 'component',
) => `insert into entitlement (list_id, number, row, commune_id, person_id, enrolment_id, programme,
    month, component, category_code, amount, explanation, explanation_en, legal_basis, method, channel, payee_id, relation,
    payment_account_id, warnings)
  select l.id, e.number || 'X', 99, e.commune_id, person_id, enrolment_id, programme, e.month, ${component}, category_code, amount,
         explanation, explanation_en, legal_basis, method, channel, payee_id, relation, payment_account_id, warnings
    from entitlement e, payout_list l where l.state = '${state}' order by e.row limit 1`

/** Approves all rows of a list by raw SQL. */
const DECIDE_ALL = `insert into list_decision (list_id, commune_id, decision, rows, row_count, total, content_hash, decided_by)
  select l.id, l.commune_id, 'approve', array(select generate_series(1, l.row_count)), l.row_count, l.total, l.content_hash, $2
    from payout_list l where l.id = $1`

const never = (): never => {
  throw new Error('not there')
}
const codeOf = (work: Promise<unknown>) => work.then(() => 'taken', refusalOf)

describe('law 7: nobody acts alone', () => {
  let list: StoredList
  beforeEach(async () => {
    await fund(database, commune.payingUnit, TOTAL)
    list = await submit(database, commune)
  })

  async function refusedTo(by: Act, act: typeof approve): Promise<void> {
    const before = await stateHash(database.admin)
    expect(await codeOf(act(database, list, by))).toBe('same-person')
    expect(await stateHash(database.admin)).toBe(before)
  }

  test('the preparer does not approve', async () => {
    await refusedTo(preparer, approve)
  })

  test.each([
    ['preparer', preparer],
    ['approver', leader],
  ])('the %s does not release', async (_, by) => {
    await approve(database, list)
    await refusedTo(by, release)
  })

  test('nor does raw SQL get round it', async () => {
    const client = await rawApp(database)
    const set = async (columns: string) =>
      inRolledBack(client, () =>
        refusal(client, `update payout_list set ${columns} where id = $1`, [list.id]),
      )
    const [self, other] = [`'${preparer.actor}'`, `'${leader.actor}'`]
    expect(await set(`state = 'APPROVED', approved_by = ${self}`)).toBe('LB021')
    // Rows that nobody decided on, and then nobody who approves.
    expect(await set(`state = 'APPROVED', approved_by = ${other}`)).toBe('LB020')
    await inRolledBack(client, async () => {
      await client.query(DECIDE_ALL, [list.id, leader.actor])
      expect(await set(`state = 'APPROVED'`)).toBe('23514 payout_list_approved')
    })
    const released = `state = 'RELEASED', approved_by = ${other}, released_by = ${other}`
    expect(await set(released)).toBe('LB020')
    expect(await set(`prepared_by = ${other}`)).toBe('42501')
  })

  test('nor a list that begins as decided, or a decision that is changed later', async () => {
    const client = await rawApp(database)
    const decided = `insert into payout_list select gen_random_uuid(), commune_id, month, 2, number || 'X', paying_unit, 'RELEASED',
      row_count, total, content_hash, prepared_by, gen_random_uuid(), gen_random_uuid() from payout_list`
    expect(await refusal(client, decided)).toBe('LB020')
    expect(await refusal(client, decided.replace('RELEASED', 'DRAFT'))).toBe('LB020')
    await approve(database, list)
    const rewritten = `update payout_list set state = 'RELEASED', released_by = $1, approved_by = gen_random_uuid()`
    expect(await refusal(client, rewritten, [treasurer.actor])).toBe('LB001')
    const approver = 'update instruction set approved_by = gen_random_uuid()'
    expect(await refusal(client, approver)).toBe('LB001')
  })

  test('an instruction is neither approved nor queued before its list is', async () => {
    const client = await rawApp(database)
    const approved = `update instruction set state = 'APPROVED', approved_by = '${leader.actor}'`
    expect(await refusal(client, approved)).toBe('LB020')
    await approve(database, list)
    expect(await refusal(client, `update instruction set state = 'QUEUED'`)).toBe('LB020')
  })

  test('an instruction is approved by another person than its preparer', async () => {
    const client = await rawApp(database)
    const sql = `update instruction set state = 'APPROVED', approved_by = $1`
    expect(await refusal(client, sql, [preparer.actor])).toBe('23514 instruction_two_people')
    const nobody = `update instruction set state = 'APPROVED'`
    expect(await refusal(client, nobody)).toBe('23514 instruction_approved')
  })
})

describe('what a list says is frozen', () => {
  const content = ['row_count = 6', 'total = 1', `content_hash = '\\x00'`, `commune_id = 2`]

  async function frozen(client: pg.Client, refusedAs: (column: string) => string) {
    await fund(database, commune.payingUnit, TOTAL)
    const list = await submit(database, commune)
    for (const column of content) {
      const sql = `update payout_list set state = 'APPROVED', approved_by = $2, ${column} where id = $1`
      const values = [list.id, leader.actor]
      expect([column, await refusal(client, sql, values)]).toEqual([column, refusedAs(column)])
    }
  }

  test('to the application', async () => {
    await frozen(await rawApp(database), () => '42501')
    const client = await rawApp(database)
    for (const table of ['payout_list', 'entitlement', 'instruction', 'cash_list']) {
      expect(await refusal(client, `delete from ${table}`)).toBe('42501')
      expect(await refusal(client, `truncate ${table} cascade`)).toBe('42501')
    }
    expect(await refusal(client, 'update entitlement set amount = 1')).toBe('42501')
    expect(await refusal(client, 'update cash_list set total = 1')).toBe('42501')
  })

  test('to the owner as well', async () => {
    const client = await rawApp(database, database.urls.owner)
    await fund(database, commune.payingUnit, TOTAL)
    const list = await submit(database, commune)
    for (const column of content.slice(0, 3)) {
      const sql = `update payout_list set state = 'APPROVED', approved_by = $2, ${column} where id = $1`
      expect(await refusal(client, sql, [list.id, leader.actor])).toBe('LB001')
      expect(await refusal(client, `update payout_list set ${column}`)).toBe('LB020')
    }
  })
})

describe('law 3: an entitlement is one', () => {
  test('a person has one a programme, month and component, whatever list it is on', async () => {
    await submit(database, commune)
    const client = await rawApp(database)
    const draft = `insert into payout_list (id, commune_id, month, version, number, paying_unit, state, row_count, total, prepared_by)
      select gen_random_uuid(), commune_id, month + interval '1 month', 1, number || 'X', paying_unit, 'DRAFT', 0, 0, prepared_by
        from payout_list`
    expect(await refusal(client, draft)).toBe('taken: 1 rows')
    const again = moreRows('DRAFT')
    expect(await refusal(client, again)).toBe('23505 entitlement_once')
    const arrears = moreRows('DRAFT', `'arrears'`)
    expect(await refusal(client, arrears)).toBe('taken: 1 rows')
  })

  test('a list that was submitted takes no more of them', async () => {
    await submit(database, commune)
    const more = moreRows('SUBMITTED', `'arrears'`)
    expect(await refusal(await rawApp(database), more)).toBe('LB001')
  })

  test('a commune has one list a month', async () => {
    await submit(database, commune)
    const client = await rawApp(database)
    const again = (version: number) =>
      refusal(
        client,
        `insert into payout_list (id, commune_id, month, version, number, paying_unit, state, row_count, total, prepared_by)
          select gen_random_uuid(), commune_id, month, $1, number || 'X', paying_unit, 'DRAFT', 0, 0, prepared_by from payout_list`,
        [version],
      )
    expect(await again(1)).toBe('23505 payout_list_key')
    expect(await again(2)).toBe('23505 payout_list_one_live')
    expect(await again(3)).toBe('LB020')
  })

  test('a person who moved with the list of the month is not listed a second time', async () => {
    await submit(database, commune)
    await database.admin.query(
      `update enrolment set commune_id = $1 where commune_id = $2 and person_id in (select person_id from payee where method = 'cash')`,
      [elsewhere.id, commune.id],
    )
    // Of the seven of the first list two moved to where one lives.
    expect(await submit(database, elsewhere)).toMatchObject({ rowCount: 1, total: AMOUNT })
    expect(
      await database.app.transact(preparer, (tx) => payouts.lists.of(tx, august)),
    ).toHaveLength(2)
  })
})
