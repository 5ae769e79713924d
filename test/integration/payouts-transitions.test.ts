import { beforeAll, describe, expect, test } from '@jest/globals'
import { transitions } from '../../src/payouts/instruction.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { rawInstruction, states } from '../support/raw-instruction.ts'
import type { RawInstruction } from '../support/raw-instruction.ts'
import { inRolledBack, rawApp, refusal, valueOf } from '../support/sql.ts'
import { accountant, leader, treasurer } from '../support/town.ts'

let database: FreshDatabase
let it: RawInstruction

beforeAll(async () => {
  database = await freshDatabase()
  it = await rawInstruction(database)
})

describe('the state of an instruction, by raw SQL of the application', () => {
  test.each(states)('from %s goes where the table says, and nowhere else', async (from) => {
    await inRolledBack(it.client, async () => {
      await it.walkTo(from)
      if (from === 'UNKNOWN') expect(await it.decide(1)).toBe('taken: 1 rows')
      for (const to of states.filter((state) => state !== from)) {
        await it.client.query('savepoint here')
        const wanted = transitions[from].includes(to) ? 'taken: 1 rows' : 'LB020'
        expect([from, to, await it.move(to)]).toEqual([from, to, wanted])
        await it.client.query('rollback to here')
      }
    })
  })

  test('is none that does not exist', async () => {
    await inRolledBack(it.client, async () => {
      expect(await it.move('DONE')).toBe('LB020')
    })
  })

  test('is LISTED at the beginning', async () => {
    for (const state of states.filter((state) => state !== 'LISTED')) {
      const insert = `insert into instruction (reference, entitlement_number, list_id, commune_id, paying_unit, channel,
        payment_account_id, amount, state, prepared_by, approved_by)
        select '230819750000ZZZZ', entitlement_number, list_id, commune_id, paying_unit, channel, payment_account_id, amount, $2,
          prepared_by, $3 from instruction where reference = $1`
      const made = () => refusal(it.client, insert, [it.reference, state, leader.actor])
      const refused = ['REJECTED', 'RETURNED', 'CANCELLED'].includes(state)
      expect(await made()).toBe(refused ? 'LB020' : '23505 instruction_one_live')
    }
  })

  test('of many at once is refused as a whole when one of them may not', async () => {
    const count = `select count(*)::int from instruction where state = 'CANCELLED'`
    const before = await valueOf(it.client, count)
    await inRolledBack(it.client, async () => {
      await it.walkTo('SUBMITTING')
      await it.client.query('savepoint here')
      const all = `update instruction set state = 'CANCELLED' where state <> 'CANCELLED'`
      expect(await refusal(it.client, all)).toBe('LB020')
      await it.client.query('rollback to here')
      expect(await valueOf(it.client, count)).toBe(before)
    })
  })
})

describe('a resend', () => {
  const resent = (work: () => Promise<void>) =>
    inRolledBack(it.client, async () => {
      await it.walkTo('SUBMITTING')
      await it.client.query('update instruction set attempt = 1 where reference = $1', [
        it.reference,
      ])
      expect(await it.move('UNKNOWN')).toBe('taken: 1 rows')
      await work()
    })

  test('needs the decision of two people', async () => {
    await resent(async () => {
      expect(await it.move('QUEUED')).toBe('LB020')
    })
    await resent(async () => {
      expect(await it.decide(2)).toBe('taken: 1 rows')
      expect(await it.move('QUEUED')).toBe('taken: 1 rows')
    })
  })

  test('is not decided by one person as two', async () => {
    await resent(async () => {
      expect(await it.decide(2, [treasurer, treasurer])).toBe('23514 resend_two_people')
    })
  })

  test('is not decided in the name of another', async () => {
    await resent(async () => {
      expect(await it.decide(2, [accountant, treasurer])).toBe('LB021')
    })
  })

  test.each([1, 3])('is not decided for attempt %d', async (attempt) => {
    await resent(async () => {
      expect(await it.decide(attempt)).toBe('LB027')
    })
  })

  test('is not covered twice by one decision', async () => {
    await resent(async () => {
      await it.decide(2)
      await it.move('QUEUED')
      await it.move('SUBMITTING')
      await it.client.query('update instruction set attempt = 2 where reference = $1', [
        it.reference,
      ])
      await it.move('UNKNOWN')
      expect(await it.move('QUEUED')).toBe('LB020')
    })
  })

  test('has a decision that nobody changes', async () => {
    await resent(async () => {
      await it.decide(2)
      await it.client.query('savepoint here')
      for (const change of [
        'update resend_decision set attempt = 3',
        'delete from resend_decision',
      ]) {
        expect(await refusal(it.client, change)).toBe('42501')
        await it.client.query('rollback to here')
      }
    })
    const owner = await rawApp(database, database.urls.owner)
    expect(await refusal(owner, 'delete from resend_decision')).toBe('LB001')
  })
})
