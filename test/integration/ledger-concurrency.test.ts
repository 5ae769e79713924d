import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { EntryDraft } from '../../src/ledger/journal.ts'
import type { FreshDatabase } from '../support/database.ts'
import { balances } from '../support/ledger-state.ts'
import {
  deadlocksOf,
  expectSound,
  hold,
  MUCH,
  outcomes,
  postTo,
  release,
  shuffled,
  stormyLedger,
  times,
} from '../support/stormy-ledger.ts'

// Many post at once, on a real server with many connections.

let database: FreshDatabase

beforeEach(async () => {
  database = await stormyLedger()
})

// Fifty connections are too many to keep for the next test.
afterEach(() => database.drop())

const post = (entries: readonly EntryDraft[]) => postTo(database, entries)

describe('one reference, 50 at once', () => {
  test.each([
    ['alone', []],
    ['each in a set with the same other entry', [hold('beside', 'other')]],
  ])('%s: makes one entry, and all are told its id', async (_, beside) => {
    const answers = await Promise.all(times(50, () => post([hold('same', 'list'), ...beside])))
    const ids = new Set(answers.map(([first]) => first?.entryId))
    expect(ids.size).toBe(1)
    expect(answers.filter(([first]) => first?.replayed === false)).toHaveLength(1)
    expect((await balances(database.admin)).get('1121-HELD list:list')).toBe(1n)
    await expectSound(database)
  })

  test('with other content: one wins and 49 are conflicts', async () => {
    const calls = times(50, (index) => post([{ ...hold('same', 'list'), memo: String(index) }]))
    expect(await outcomes(calls)).toEqual({ taken: 1, 'reference-reused': 49 })
    await expectSound(database)
  })

  test('with another amount in sets: one wins and 49 are conflicts', async () => {
    const calls = times(50, (index) =>
      post([hold('same', 'list', BigInt(index + 1)), hold(`own:${String(index)}`, 'list')]),
    )
    expect(await outcomes(calls)).toEqual({ taken: 1, 'reference-reused': 49 })
    await expectSound(database)
  })
})

describe('storms', () => {
  /** Every writer goes on as soon as it can; nothing is refused and nobody waits for himself. */
  async function storm(
    writers: number,
    rounds: number,
    work: (writer: number, round: number) => Promise<unknown>,
  ) {
    const calls = times(writers, async (writer) => {
      for (let round = 0; round < rounds; round += 1) await work(writer, round)
    })
    expect(await outcomes(calls)).toEqual({ taken: writers })
    expect(await deadlocksOf(database)).toBe(0)
    await expectSound(database)
  }

  test('there and back between two accounts, one entry a call', async () => {
    await post(['a', 'b'].map((list) => hold(`begin:${list}`, list, 1_000n)))
    await storm(12, 12, (writer, round) => {
      const reference = `${String(writer)}:${String(round)}`
      return post([(writer % 2 === 0 ? hold : release)(reference, writer % 3 === 0 ? 'a' : 'b')])
    })
  })

  test('sets over the same accounts in other orders', async () => {
    const lists = times(20, (index) => `list-${String(index)}`)
    await post(lists.map((list) => hold(`begin:${list}`, list, 100n)))
    await storm(8, 8, (writer, round) => {
      const set = lists.map((list, index) => {
        const reference = `${String(writer)}:${String(round)}:${list}`
        const unit = index % 2 === 0 ? '1' : '2'
        return (writer + index) % 2 === 0
          ? hold(reference, list, 1n, unit)
          : release(reference, list, 1n, unit)
      })
      return post(shuffled(set, writer))
    })
  })

  test('new accounts that everybody is the first to name', async () => {
    await storm(10, 6, (writer, round) => {
      const lists = times(10, (index) => `new-${String(round)}-${String(index)}`)
      return post(
        shuffled(
          lists.map((list) => hold(`${String(writer)}:${list}`, list)),
          writer,
        ),
      )
    })
  })

  test('the same sets posted again by several after a crash, each in its own order', async () => {
    const all = times(60, (index) => hold(`again:${String(index)}`, `list-${String(index % 30)}`))
    const chunks = times(6, (index) => all.slice(index * 10, index * 10 + 10))
    await storm(8, 6, (writer, round) => post(shuffled(chunks[(writer + round) % 6] ?? [], writer)))
    expect((await balances(database.admin)).get('1121-FREE unit:1')).toBe(MUCH - 60n)
  })

  test('overlapping sets of which some is there already', async () => {
    const all = times(40, (index) => hold(`part:${String(index)}`, `list-${String(index % 10)}`))
    await storm(8, 8, (writer, round) => {
      const from = (writer * 3 + round * 5) % 30
      return post(shuffled(all.slice(from, from + 10), writer))
    })
  })
})

describe('floors', () => {
  test.each([
    ['one entry a call', 1],
    ['sets', 2],
  ])('20 withdrawals at once of what is enough for 10, %s: 10 are taken', async (_, size) => {
    await post([hold('begin', 'list', BigInt(10 * size))])
    const calls = times(20, (index) =>
      post(times(size, (part) => release(`${String(index)}:${String(part)}`, 'list'))),
    )
    expect(await outcomes(calls)).toEqual({ taken: 10, 'below-floor': 10 })
    expect((await balances(database.admin)).has('1121-HELD list:list')).toBe(false)
    await expectSound(database)
  })
})
