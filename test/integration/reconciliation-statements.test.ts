import { beforeEach, describe, expect, test } from '@jest/globals'
import { reconciliation } from '../../src/reconciliation/reconciliation.ts'
import { addDays, today } from '../../src/lib/time.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { stateHash } from '../support/ledger-state.ts'
import { refusalOf } from '../support/outcome.ts'
import { rawApp, refusal, valueOf } from '../support/sql.ts'
import {
  dayAfter,
  fivePayments,
  importOf,
  line,
  linesOf,
  match,
  statementOf,
  suspend,
} from '../support/statements.ts'
import { accountant, AMOUNT, payday } from '../support/town.ts'

let database: FreshDatabase
let unit: string
let references: readonly string[]

beforeEach(async () => {
  database = await freshDatabase()
  ;({ unit, references } = await fivePayments(database))
})

const ref = (at: number): string => references[at] ?? ''
const credit = (amount: bigint) =>
  line({ reference: 'IN', amount, direction: 'credit', kind: 'transfer' })
const take = (...of: Parameters<typeof statementOf>) => importOf(database, unit, statementOf(...of))
const refused = async (...of: Parameters<typeof statementOf>) => {
  const before = await stateHash(database.admin)
  const code = await take(...of).then(() => 'taken', refusalOf)
  expect(await stateHash(database.admin)).toBe(before)
  return code
}
const DOES_NOT = 'statement-does-not-add-up'

describe('a statement', () => {
  test('is stored with its lines, and a trace of who brought it', async () => {
    expect(await take([credit(5_000n), line({ reference: ref(0), amount: 1_000n })])).toBe(true)
    expect(await linesOf(database)).toEqual([
      ['IN', 'OPEN', null],
      [ref(0), 'OPEN', null],
    ])
    const { rows } = await database.admin.query(
      `select actor, subject, detail->>'lines' as lines from audit_event where act = 'statement.import'`,
    )
    expect(rows).toEqual([
      { actor: accountant.actor, subject: `statement:st-${payday}`, lines: '2' },
    ])
  })

  test('without lines is a statement as well', async () => {
    expect(await take([])).toBe(true)
    expect(await take([], { day: dayAfter(1) })).toBe(true)
  })

  test('that comes again is not stored again, and what was matched stays matched', async () => {
    const paid = statementOf([line({ reference: ref(0), amount: AMOUNT })])
    expect(await importOf(database, unit, paid)).toBe(true)
    await match(database)
    const before = await stateHash(database.admin)
    expect(await importOf(database, unit, paid)).toBe(false)
    expect(await stateHash(database.admin)).toBe(before)
  })

  test('that comes again with other content is a conflict, not passed over', async () => {
    await take([line({ reference: ref(0), amount: AMOUNT })])
    const other = await take([line({ reference: ref(1), amount: AMOUNT })]).catch(refusalOf)
    expect(other).toMatch(/differs/)
  })

  test('that comes five times at once is stored once', async () => {
    const one = statementOf([line({ reference: ref(0), amount: AMOUNT })])
    const all = await Promise.all(Array.from({ length: 5 }, () => importOf(database, unit, one)))
    expect(all.filter((stored) => stored)).toHaveLength(1)
    expect(await linesOf(database)).toHaveLength(1)
  })

  test.each([
    ['a closing that is one đồng too high', { closing: 5_001n }],
    ['a closing that is one đồng too low', { closing: 4_999n }],
    ['an opening that is not the first', { opening: 1n, closing: 5_001n }],
  ])('with %s is refused as a whole', async (_, wrong) => {
    expect(await refused([credit(5_000n)], wrong)).toBe(DOES_NOT)
  })

  test('that lost a line on the way is refused as a whole', async () => {
    const whole = statementOf([credit(5_000n), credit(700n)])
    expect(await refused(whole.lines.slice(0, 1), { closing: whole.closing })).toBe(DOES_NOT)
  })

  test('that does not begin where the one before ended is refused: a day is missing', async () => {
    await take([credit(5_000n)])
    const gap = { day: dayAfter(2), opening: 4_000n }
    expect(await refused([credit(1n)], gap)).toBe(DOES_NOT)
    expect(await take([credit(1n)], { day: dayAfter(2), opening: 5_000n })).toBe(true)
  })

  test('of a day that is not over is refused: the rest of the day would never come in', async () => {
    expect(await refused([credit(1n)], { day: today() })).toBe('statement-too-early')
    expect(await take([credit(1n)], { day: addDays(today(), -1) })).toBe(true)
  })

  test('of another unit or channel begins at its own zero', async () => {
    await take([credit(5_000n)])
    const source = { channel: 'bank' as const, payingUnit: unit }
    const bank = statementOf([{ ...credit(9n), id: 'bank-1' }], { id: 'bank-st' })
    const work = database.app.transact(accountant, (tx) =>
      reconciliation.importStatement(tx, accountant, source, bank),
    )
    expect(await work).toBe(true)
  })

  test('with a line of no amount is refused', async () => {
    expect(await refused([credit(0n)])).toBe('23514')
  })
})

test('the days that are covered are known by unit, and only where a statement is in', async () => {
  const days = () =>
    database.app.transact(accountant, (tx) => reconciliation.coveredDays(tx, 'hue-s'))
  expect(await days()).toEqual(new Map())
  await take([])
  await take([], { day: dayAfter(3) })
  expect(await days()).toEqual(new Map([[unit, dayAfter(3)]]))
})

describe('what a line was matched to', () => {
  test('stays, also to raw SQL; what is in suspense may still be explained', async () => {
    const paid = line({ reference: ref(0), amount: AMOUNT })
    await take([paid, line({ reference: 'STRAY', amount: 5n })])
    await match(database)
    await suspend(database)
    const client = await rawApp(database)
    const open = `update statement_line set state = 'OPEN', entry_id = null where state = $1`
    expect(await refusal(client, open, ['MATCHED'])).toBe('LB001')
    expect(await refusal(client, `update statement_line set amount = 1`)).toBe('42501')
    expect(await refusal(client, `delete from statement_line`)).toBe('42501')
    expect(await refusal(client, `update statement set closing = 0`)).toBe('42501')
    const explained = `update statement_line set state = 'MATCHED' where state = 'SUSPENSE'`
    expect(await refusal(client, explained)).toBe('taken: 1 rows')
  })

  test('is an entry that explains no other line', async () => {
    await take([line({ reference: ref(0), amount: AMOUNT }), line({ reference: 'X', amount: 5n })])
    await match(database)
    const client = await rawApp(database)
    const sql = `update statement_line set state = 'MATCHED', entry_id =
      (select entry_id from statement_line where state = 'MATCHED') where state = 'OPEN'`
    expect(await refusal(client, sql)).toBe('23505 statement_line_entry')
    const nothing = `update statement_line set state = 'MATCHED' where state = 'OPEN'`
    expect(await refusal(client, nothing)).toBe('23514 statement_line_explained')
  })
})

describe('what is unknown may be decided to be not executed', () => {
  const covered = () =>
    database.app.transact(accountant, (tx) => {
      const query = { month: '2023-08-01' as never, channel: 'hue-s' } as const
      return reconciliation.coveredUnknowns(tx, query)
    })

  test('only when the statements of its day and of finality are in', async () => {
    expect(await covered()).toEqual([])
    await take([], { day: payday })
    expect(await covered()).toEqual([])
    await take([], { day: dayAfter(1) })
    const [one, ...others] = await covered()
    expect(others).toEqual([])
    expect(one).toMatchObject({ reference: ref(2), attempt: 1, statementId: `st-${dayAfter(1)}` })
  })

  test('and not when its statement names it: then it is paid', async () => {
    await take([line({ reference: ref(2), amount: AMOUNT })])
    await take([], { day: dayAfter(1), opening: -AMOUNT })
    await match(database)
    expect(await covered()).toEqual([])
    const state = `select state from instruction where reference = '${ref(2)}'`
    expect(await valueOf(database.admin, state)).toBe('PAID')
  })

  test.each([
    ['is not matched yet', AMOUNT],
    ['is of another amount', AMOUNT - 1n],
  ])('and not when a line names it that %s', async (_, amount) => {
    await take([line({ reference: ref(2), amount })])
    await take([], { day: dayAfter(1), opening: -amount })
    expect(await covered()).toEqual([])
  })
})
