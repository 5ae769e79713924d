import { beforeAll, describe, expect, test } from '@jest/globals'
import type { EntryDraft } from '../../src/ledger/journal.ts'
import { officer, paper } from '../support/act.ts'
import { abusedLedger, between, hold, move } from '../support/abused-ledger.ts'
import type { AbusedLedger } from '../support/abused-ledger.ts'
import { entryId } from '../support/ledger-state.ts'
import { rawPost, stateOf } from '../support/raw-post.ts'
import type { Changes } from '../support/raw-post.ts'

// Calls of the doors in a form that our own code never sends: arrays of odd shapes, other isolation
// levels, reversals.

let abused: AbusedLedger

beforeAll(async () => {
  abused = await abusedLedger()
})

const outside = [
  between(['1121-FREE', 'unit:u'], ['511', 'programme:p'], 'new:1'),
  between(['1121-FREE', 'unit:u'], ['511', 'programme:p'], 'new:2'),
]
const two = [move('move-to-bank', 'new:1', 1n), hold('a', 'new:2', 1n)]

const draw = move('draw', 'new', 1n)
const three = [hold('a', 'new:1', 1n), hold('a', 'new:2', 1n), hold('a', 'new:3', 1n)]

describe('arrays', () => {
  test.each<readonly [name: string, entries: readonly EntryDraft[], changes: Changes]>([
    ['a second dimension hides the references', outside, { reference: '{{new:1,new:2}}' }],
    ['another lower bound hides the references', outside, { reference: '[5:6]={new:1,new:2}' }],
    ['a second dimension of accounts', two, { code: '{{1121-FREE,1120,1121-HELD}}' }],
    ['another lower bound of postings', two, { entry: '[0:1]={1,2}' }],
    ['a second dimension of amounts', two, { amount: '{{1,1}}' }],
    ['more postings than entries, and none says whose', [draw], { entry: null, seq: null }],
    ['numbers of postings that nobody has', two, { entry: null }],
    ['one template for all and a version for each', two, { template: ['hold'] }],
    ['two templates for three', three, { template: ['hold', 'hold'], version: [1, 1] }],
    ['a column that ends early', three, { commune: [1, 1] }],
  ])('%s', async (...[, entries, changes]) => {
    await abused.refuses(() => rawPost(abused.app, entries, changes), 'LB010')
  })

  test('one template for all, no column that nobody fills in: the same as all of them', async () => {
    const short: Changes = { template: ['hold'], version: [1], entry: null, seq: null }
    const none: Changes = { posting: null, memo: null, dimensions: null }
    const { app } = abused
    const written = async (changes: Changes) => {
      await app.query('begin')
      await app.query(`set local app.scope = 'province'`)
      expect(await stateOf(rawPost(app, three, changes))).toBe('taken')
      const { rows } = await app.query<Record<string, unknown>>(
        `select reference, content_hash, p.posting_date, memo, seq, amount from ansinh.journal_entry e
           join ansinh.posting p on p.entry_id = e.id where reference like 'new:%' order by 1`,
      )
      await app.query('rollback')
      return rows
    }
    const whole = await written({})
    expect(whole).toHaveLength(3)
    expect(await written({ ...short, ...none })).toEqual(whole)
  })

  test('postings out of order in a set that meets a replay: none is lost', async () => {
    // The draw has two postings; the move, which is there already, stands between them.
    const entries = [move('draw', 'new', 1n), move('move-to-bank', 'move', 90n)]
    const order = {
      entry: [1, 2, 1],
      seq: [1, 1, 2],
      debit: [1, 5, 3],
      credit: [2, 1, 4],
      amount: ['1', '90', '1'],
    }
    const { app } = abused
    await app.query('begin')
    const said = await stateOf(rawPost(app, entries, order))
    await app.query(said === 'taken' ? `set local app.scope = 'province'` : 'rollback and chain')
    const { rowCount } = await app.query(
      `select from ansinh.posting p join ansinh.journal_entry e on e.id = entry_id
        where reference = 'new'`,
    )
    await app.query('rollback')
    expect([said, rowCount]).toEqual(said === 'taken' ? ['taken', 2] : ['LB010', 0])
  })
})

describe('isolation', () => {
  test.each(['repeatable read', 'serializable'])(
    '%s: neither posts nor reverses',
    async (level) => {
      const { app } = abused
      const id = await entryId(abused.database.admin, 'hold:a')
      for (const work of [
        () => rawPost(app, two),
        () =>
          app.query(`select ansinh.ledger_reverse($1, $2, 'new', '2023-08-05', null, null)`, [
            officer,
            id,
          ]),
      ]) {
        await abused.refuses(async () => {
          await app.query(`begin isolation level ${level}`)
          await work().finally(() => app.query('rollback'))
        }, 'LB010')
      }
    },
  )
})

describe('reversal', () => {
  const reverse = async (reference: string, as: string, posting: string | null = null) =>
    abused.app.query(`select ansinh.ledger_reverse($1, $2, $3, '2023-08-05', $4, null)`, [
      officer,
      await entryId(abused.database.admin, reference),
      as,
      posting,
    ])

  test.each<readonly [name: string, state: string, work: () => Promise<unknown>]>([
    ['a second one', 'LB008', () => reverse('reversed', 'new')],
    ['of a reversal', 'LB008', () => reverse('reversal', 'new')],
    [
      'of nothing',
      'LB008',
      () =>
        abused.app.query(`select ansinh.ledger_reverse($1, -1, 'new', '2023-08-05', null, null)`, [
          officer,
        ]),
    ],
    ['under a reference that is taken', 'LB002', () => reverse('hold:a', 'draw')],
    ['below a floor', 'LB005', () => reverse('draw', 'new')],
    ['in a closed month', 'LB006', () => reverse('hold:a', 'new', '2023-07-31')],
    ['without a paper', 'LB056', () => reverse('hold:a', 'new')],
  ])('refused: %s', async (...[, state, work]) => {
    await abused.refuses(work, state)
  })

  const keep = (id: string | bigint, enteredBy: string) =>
    abused.app.query(
      `insert into ansinh.entry_by_hand (entry_id, document, entered_by, confirmed_by) values ($1, 'x', $2, $3)`,
      [id, enteredBy, paper.confirmedBy],
    )
  const together = (of: () => Promise<unknown>) => async () => {
    await abused.app.query(`begin; set local app.scope = 'province'`)
    await of().then(
      () => abused.app.query('commit'),
      async (error: unknown) => {
        await abused.app.query('rollback')
        throw error
      },
    )
  }
  const reversedAs = async (enteredBy: string) => {
    const { rows } = await reverse('hold:a', 'new')
    const [row] = rows as { ledger_reverse: string }[]
    await keep(/\d+/.exec(row?.ledger_reverse ?? '')?.[0] ?? '', enteredBy)
  }

  test.each<readonly [name: string, state: string, work: () => Promise<unknown>]>([
    [
      'names another than who booked',
      'LB022',
      together(() => reversedAs('00000000-0000-7000-8000-00000000000c')),
    ],
    [
      'comes afterwards',
      'LB009',
      together(async () => keep(await entryId(abused.database.admin, 'hold:a'), officer)),
    ],
    [
      'is the paper of another reversal',
      'LB056',
      together(async () => {
        await reverse('hold:a', 'new')
        await rawPost(abused.app, two)
        const sql = `select id from ansinh.journal_entry where reference = 'new:1'`
        const { rows } = await abused.app.query<{ id: string }>(sql)
        await keep(rows[0]?.id ?? '', officer)
      }),
    ],
  ])('no paper of a reversal: one that %s', async (...[, state, work]) => {
    await abused.refuses(work, state)
  })
})

test('temporary objects and search paths do not lead the doors astray', async () => {
  const { app, database } = abused
  const shadows = [
    'account',
    'journal_entry',
    'posting',
    'chart_account',
    'posting_template',
    'template_pair',
    'period',
  ]
  await app.query('begin')
  for (const table of shadows)
    await app.query(`create temp table ${table} (like ansinh.${table} including defaults)`)
  await app.query('set local search_path = pg_temp, ansinh, pg_catalog')
  expect(await stateOf(rawPost(app, [move('draw', 'astray', 1n)]))).toBe('taken')
  for (const table of shadows) {
    expect((await app.query(`select from pg_temp.${table}`)).rowCount).toBe(0)
  }
  await app.query(`set local app.scope = 'province'`)
  const { rows } = await app.query(
    `select octet_length(content_hash) as hash, count(p.*) as postings from ansinh.journal_entry e
       join ansinh.posting p on p.entry_id = e.id where reference = 'astray' group by 1`,
  )
  expect(rows).toEqual([{ hash: 32, postings: '2' }])
  await app.query('commit')
  await app.query('discard all')
  expect((await database.admin.query(`select from posting`)).rowCount).toBeGreaterThan(2)
})
