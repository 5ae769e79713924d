import { beforeAll, describe, expect, test } from '@jest/globals'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { rawInstruction, states, wayTo } from '../support/raw-instruction.ts'
import type { RawInstruction } from '../support/raw-instruction.ts'
import { inRolledBack, rawApp, refusal } from '../support/sql.ts'
import { leader, preparer, treasurer } from '../support/town.ts'

let database: FreshDatabase
let it: RawInstruction

beforeAll(async () => {
  database = await freshDatabase()
  it = await rawInstruction(database)
})

describe('law 3: at most one live instruction an entitlement', () => {
  const second = `insert into instruction (reference, entitlement_number, list_id, commune_id, paying_unit, channel,
    payment_account_id, amount, state, prepared_by, replaces)
    select '230819750000ZZZZ', entitlement_number, list_id, commune_id, paying_unit, channel, payment_account_id, amount,
      'LISTED', '${preparer.actor}', reference from instruction where reference = $1`

  test.each(states)('a second one beside one that is %s', async (state) => {
    await inRolledBack(it.client, async () => {
      await it.walkTo(state)
      const over = ['REJECTED', 'RETURNED', 'CANCELLED'].includes(state)
      const wanted = over ? 'taken: 1 rows' : '23505 instruction_one_live'
      expect([state, await refusal(it.client, second, [it.reference])]).toEqual([state, wanted])
    })
  })

  test('nor does an old one come back to life beside it', async () => {
    await inRolledBack(it.client, async () => {
      await it.walkTo('REJECTED')
      await it.client.query(second, [it.reference])
      for (const state of ['QUEUED', 'UNKNOWN', 'PAID']) {
        await it.client.query('savepoint here')
        expect(await it.move(state)).toMatch(/^(LB020|23505 instruction_one_live)$/)
        await it.client.query('rollback to here')
      }
    })
  })
})

describe('each change of state', () => {
  test('leaves one event with who, through what, from where to where', async () => {
    await inRolledBack(it.client, async () => {
      await it.walkTo('PAID')
      const { rows } = await it.client.query(
        `select from_state, to_state, actor, via from instruction_event where reference = $1 order by id`,
        [it.reference],
      )
      const way = wayTo('PAID')
      expect(rows).toEqual([
        { from_state: null, to_state: 'LISTED', actor: treasurer.actor, via: 'raw' },
        ...way.map((to_state, at) => {
          return {
            from_state: way[at - 1] ?? 'LISTED',
            to_state,
            actor: treasurer.actor,
            via: 'raw',
          }
        }),
      ])
    })
  })

  test('is refused when nobody says who acts', async () => {
    const nobody = await database.connect()
    await nobody.query(`select set_config('app.scope', 'province', false)`)
    const cancel = `update instruction set state = 'CANCELLED' where reference = $1`
    expect(await refusal(nobody, cancel, [it.reference])).toBe('42704')
  })

  test('leaves events that nobody writes, changes or deletes', async () => {
    const forged = `insert into instruction_event (reference, commune_id, to_state, attempt, actor, via)
      select reference, commune_id, 'PAID', 1, prepared_by, 'forged' from instruction`
    const changes = [
      `update instruction_event set actor = '${leader.actor}'`,
      'delete from instruction_event',
      'truncate instruction_event',
    ]
    for (const sql of [forged, ...changes]) expect(await refusal(it.client, sql)).toBe('42501')
    const owner = await rawApp(database, database.urls.owner)
    for (const sql of changes) expect(await refusal(owner, sql)).toBe('LB001')
  })
})

describe('what an instruction pays never changes:', () => {
  const columns = [
    ['amount', 'amount + 1'],
    ['entitlement_number', '(select max(number) from entitlement)'],
    ['channel', `'hue-s'`],
    ['payment_account_id', '(select max(id::text)::uuid from payment_account)'],
    ['list_id', 'gen_random_uuid()'],
    ['prepared_by', `'${leader.actor}'`],
    ['reference', `'230819750000ZZZZ'`],
  ] as const

  test.each(columns)('%s', async (column, value) => {
    const sql = `update instruction set ${column} = ${value} where reference = $1`
    expect(await refusal(it.client, sql, [it.reference])).toBe('42501')
    const owner = await rawApp(database, database.urls.owner)
    expect(await refusal(owner, sql, [it.reference])).toMatch(/^(LB001|23503 .*|23505 .*)$/)
  })

  test('nor is it deleted by the application', async () => {
    expect(await refusal(it.client, 'delete from instruction')).toBe('42501')
    expect(await refusal(it.client, 'truncate instruction cascade')).toBe('42501')
  })
})
