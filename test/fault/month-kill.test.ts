import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { paidOnce, paidTwice } from '../support/books.ts'
import { demoRun } from '../support/demo-run.ts'
import type { DemoRun, Ended, Figures } from '../support/demo-run.ts'

/**
 * M9: the month, killed with -9 at named places and at random ones and started again, reaches the figures of an
 * undisturbed month; and by the books of the bank and the wallet alone, nobody was paid twice.
 */
const CASES = process.env['FAULT_CASES'] ?? '2000'
const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31)
const LEVELS = ['default', 'heavy'] as const
const STARTS_MAX = 12

/** Not a matter of what was lost on the way: how many came back depends on which try the bank executed. */
const BY_CHANCE = ['returned', 'returnedAmount']

const undisturbed = new Map<string, { readonly figures: Figures; readonly ms: number }>()
let random = seed

/** The next of a row of numbers in [0, 1). */
function next(): number {
  random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0
  return random / 2 ** 32
}

const optionsOf = (level: string) => ['--cases', CASES, '--faults', level]
const compared = ({ totals, communes }: Figures) => ({
  totals,
  communes: communes.map((figures) =>
    Object.fromEntries(Object.entries(figures).filter(([name]) => !BY_CHANCE.includes(name))),
  ),
})

/** Ended well: its own checks (recount and verify among them) agree. */
function expectGoodEnd({ code, output }: Ended): void {
  expect(output).toContain('✓ đếm lại từ sổ của ngân hàng và ví')
  expect(output).toContain('✓ verify')
  expect(output).not.toContain('✗')
  expect(code).toBe(0)
}

/** What the database says about the states in the end: I5 and I10 of reliability.md. */
const LEFT = `
  select (select count(*) from instruction where state not in ('PAID', 'REJECTED', 'RETURNED'))::int as open,
         (select count(*) from instruction i where i.state <> (
            select to_state from instruction_event e where e.reference = i.reference order by id desc limit 1))::int as untold,
         (select count(*) from (
            select from_state, lag(to_state) over (partition by reference order by id) as before from instruction_event) e
           where from_state is distinct from before)::int as gaps`

async function expectSameAsUndisturbed(demo: DemoRun, level: string): Promise<void> {
  const figures = await demo.figures()
  const wanted = undisturbed.get(level)?.figures
  if (wanted === undefined) throw new Error('the undisturbed run')
  expect(compared(figures)).toEqual(compared(wanted))
  expect(paidTwice(demo.books)).toEqual([])
  expect(paidOnce(demo.books)).toBe(figures.totals['casesPaid'])
}

/** Goes on until it ends by itself. */
async function finish(demo: DemoRun, barrier = ''): Promise<readonly Ended[]> {
  const ends: Ended[] = []
  for (let starts = 0; starts < STARTS_MAX; starts += 1) {
    const ended = await demo.run(starts === 0 ? { barrier } : {})
    ends.push(ended)
    if (!ended.killed) break
  }
  return ends
}

/** A month killed at up to four random moments, at least once. */
async function killedAtRandom(level: string): Promise<DemoRun> {
  let wholeMs = undisturbed.get(level)?.ms ?? 0
  for (let tries = 0; tries < 3; tries += 1) {
    const month = await begin(level)
    let kills = 0
    // A run that goes on has less to do, so the later kills come earlier.
    for (const share of [1, 0.8, 0.6, 0.5]) {
      const { killed, ms } = await month.run({ killAfterMs: 500 + next() * wholeMs * share })
      if (!killed && kills === 0) wholeMs = ms
      if (!killed) break
      kills += 1
    }
    if (kills > 0) return month
    // The machine is faster than it was for the undisturbed month: this one ended before its moment came.
    await month.remove()
  }
  throw new Error('No moment fell within a month')
}

let demo: DemoRun | undefined
const begin = async (level: string) => (demo = await demoRun(optionsOf(level)))
afterEach(() => demo?.remove())
afterAll(() => demo?.remove())

beforeAll(async () => {
  for (const level of LEVELS) {
    const plain = await begin(level)
    const ended = await plain.run()
    expectGoodEnd(ended)
    undisturbed.set(level, { figures: await plain.figures(), ms: ended.ms })
    expect(paidTwice(plain.books)).toEqual([])
    await plain.remove()
  }
}, 600_000)

describe(`the month of ${CASES} cases, killed with -9`, () => {
  test.each([
    // Nobody took the order's job any more: it was given another.
    ['before-claim:1', `select count(*)::int as count from payment_order where attempt > 1`],
    [
      'after-claim:2',
      `select count(*)::int as count from instruction_event where reason = 'no answer recorded'`,
    ],
    [
      'after-send:2',
      `select count(*)::int as count from instruction_event where reason = 'no answer recorded'`,
    ],
    [
      'after-answer:2',
      `select count(*)::int as count from instruction_event where reason = 'no answer recorded'`,
    ],
  ])(
    'in a worker %s, reaches the same figures',
    async (barrier, trace) => {
      const month = await begin('default')
      const ends = await finish(month, barrier)
      expect(ends).toHaveLength(1)
      expectGoodEnd(ends[0] ?? never())
      await expectSameAsUndisturbed(month, 'default')
      await month.look(async (client) => {
        const { rows } = await client.query<{ count: number }>(trace)
        expect(rows[0]?.count).toBeGreaterThan(0)
        expect((await client.query(LEFT)).rows).toEqual([{ open: 0, untold: 0, gaps: 0 }])
      })
    },
    300_000,
  )

  test.each([1, 12])(
    'during the matching, the %dth time, goes on and reaches the same figures',
    async (pass) => {
      const month = await begin('default')
      const ends = await finish(month, `during-matching:${String(pass)}`)
      expect(ends.map(({ killed }) => killed)).toEqual([true, false])
      expectGoodEnd(ends.at(-1) ?? never())
      await expectSameAsUndisturbed(month, 'default')
    },
    300_000,
  )

  test.each(LEVELS)(
    `as a whole at random moments (faults %s, seed ${String(seed)}), goes on and reaches the same figures`,
    async (level) => {
      const month = await killedAtRandom(level)
      const [last] = await finish(month)
      expectGoodEnd(last ?? never())
      await expectSameAsUndisturbed(month, level)
      await month.look(async (client) => {
        expect((await client.query(LEFT)).rows).toEqual([{ open: 0, untold: 0, gaps: 0 }])
      })
    },
    420_000,
  )
})

const never = (): never => {
  throw new Error('It ended at least once')
}
