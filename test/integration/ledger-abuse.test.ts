import { beforeAll, describe, expect, test } from '@jest/globals'
import { localDate } from '../../src/lib/time.ts'
import type { EntryDraft } from '../../src/ledger/journal.ts'
import { abusedLedger, between, hold, move, submit } from '../support/abused-ledger.ts'
import type { AbusedLedger } from '../support/abused-ledger.ts'
import { rawPost, stateOf } from '../support/raw-post.ts'
import type { Changes } from '../support/raw-post.ts'

// What somebody who holds the application's password may post with SQL of his own: each try is
// refused with its SQLSTATE, and not one row of any table is another afterwards.

let abused: AbusedLedger

beforeAll(async () => {
  abused = await abusedLedger()
})

const FREE = ['1121-FREE', 'unit:u'] as const
// One posting takes the lean path of the database; an entry of several, or several entries, the other.
const one = [hold('a', 'new', 1n)]
const double = [move('draw', 'new:double', 1n)]
const two = [move('move-to-bank', 'new:1', 1n), hold('a', 'new:2', 1n)]
const alike = [hold('a', 'new:1', 1n), hold('a', 'new:2', 1n)]

/** The accounts of `alike` as the call names them. */
const CODES = ['1121-HELD', '1121-FREE']
const SUBJECTS = ['list:a', 'unit:u']

test('what the tries are variations of is taken', async () => {
  const { app } = abused
  await app.query('begin')
  const said = []
  for (const entries of [one, double, two]) said.push(await stateOf(rawPost(app, entries)))
  await app.query('rollback')
  expect(said).toEqual(['taken', 'taken', 'taken'])
})

test.each<
  readonly [name: string, state: string, entries: readonly EntryDraft[], changes?: Changes]
>([
  ['pair of no template', 'LB003', [between(FREE, ['511', 'programme:p'])]],
  ['pair the wrong way round', 'LB003', [between(FREE, ['1121-HELD', 'list:a'])]],
  ['pair of no template in a set', 'LB003', [...two, between(FREE, ['511', 'programme:p'])]],
  ['template of the reversal', 'LB003', one, { template: ['reversal'] }],
  ['template of the reversal for several', 'LB003', double, { template: ['reversal'] }],
  ['template that is not there', 'LB003', one, { template: ['nonsense'] }],
  ['version that is not there', 'LB003', two, { version: [1, 2] }],
  ['code that is not in the chart', 'LB007', [between(['9999', 'unit:u'], FREE)]],
  ['code that is not in the chart, in a set', 'LB007', [...two, between(['9999', 'unit:u'], FREE)]],
  ['subject of another kind', 'LB007', [between(['1121-HELD', 'unit:u'], FREE)]],
  ['subject of another kind in a set', 'LB007', [...two, between(['1121-HELD', 'unit:u'], FREE)]],
  ['account against itself', 'LB003', [between(FREE, FREE)]],
  ['more than there is', 'LB005', [hold('a', 'new', 61n)]],
  ['more than there is, together', 'LB005', [hold('a', 'new:1', 60n), hold('b', 'new:2', 1n)]],
  ['more than one list has, not than all have', 'LB005', [submit('a', 'new', 11n)]],
  [
    'the same in a set that nets to enough',
    'LB005',
    [submit('a', 'new:1', 11n), hold('b', 'new:2', 9n)],
  ],
  ['closed month', 'LB006', [{ ...hold('a', 'new', 1n), postingDate: localDate('2023-07-31') }]],
  ['closed month in a set', 'LB006', two, { posting: ['2023-08-05', '2023-07-01'] }],
  ['month never opened', 'LB006', one, { posting: ['2023-09-01'] }],
  ['month never opened, several postings', 'LB006', double, { posting: ['2023-09-01'] }],
  ['day without end', '22008', one, { posting: ['infinity'] }],
  [
    'after the last open month',
    'LB006',
    [{ ...hold('a', 'new', 1n), occurredOn: localDate('2023-11-01') }],
  ],
  ['reference that is taken', 'LB002', [hold('a', 'move', 1n)]],
  ['reference that is taken, several postings', 'LB002', [move('draw', 'move', 1n)]],
  ['reference that is taken, in a set', 'LB002', [...two, move('draw', 'move', 1n)]],
  ['reference of a reversal', 'LB002', [hold('a', 'reversal', 1n)]],
  ['no actor', 'LB010', one, { actor: null }],
  ['no entry', 'LB010', one, { reference: [] }],
  ['no reference', '23502', two, { reference: ['new:1', null] }],
  ['reference with a space', '23514', one, { reference: ['a b'] }],
  ['memo without end', '23514', one, { memo: ['x'.repeat(501)] }],
  ['arrays of other lengths', 'LB010', two, { memo: [null] }],
  [
    'account that nobody uses',
    'LB010',
    alike,
    { code: [...CODES, '1120'], subject: [...SUBJECTS, 'unit:u'] },
  ],
  [
    'account named twice',
    'LB010',
    alike,
    { code: [...CODES, CODES[0]], subject: [...SUBJECTS, SUBJECTS[0]], debit: [1, 3] },
  ],
  ['posting of an entry that is not there', 'LB003', two, { entry: [1, 3] }],
  ['entry without a posting', 'LB010', alike, { entry: [1, 1] }],
  ['account that is not there', 'LB003', one, { credit: [9] }],
  ['no position', 'LB003', one, { debit: [null] }],
  ['no number', '23502', one, { seq: [null] }],
  ['one account on both sides', 'LB003', one, { credit: [1] }],
  ['two postings of one number', '23505', double, { seq: [1, 1] }],
])('refused by the door: %s', async (...[, state, entries, changes]) => {
  await abused.refuses(() => rawPost(abused.app, entries, changes), state)
})

describe.each<readonly [name: string, entries: readonly EntryDraft[], others: readonly string[]]>([
  ['one posting', one, []],
  ['an entry of two', double, ['1']],
  ['a set', two, ['1']],
])('amounts of %s', (...[, entries, others]) => {
  test.each<readonly [name: string, state: string, amount: unknown]>([
    ['nothing', 'LB004', '0'],
    ['less than nothing', 'LB004', '-1'],
    ['a fraction', 'LB004', '1.5'],
    ['a fraction that rounds to a whole', 'LB004', '1.4999'],
    ['a fraction as a number', 'LB004', 1.5],
    ['a fraction that a double does not see', 'LB004', '9007199254740993.1'],
    ['no number', '0A000', 'NaN'],
    ['without end', '0A000', 'Infinity'],
    ['beyond bigint', '22003', '1e30'],
    ['none', 'LB010', null],
  ])('%s', async (...[, state, amount]) => {
    const changes = { amount: [amount, ...others] }
    await abused.refuses(() => rawPost(abused.app, entries, changes), state)
  })
})
