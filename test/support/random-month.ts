import fc from 'fast-check'
import { accrue, fund, list, M, programme, unit } from './walk.ts'
import type { Step, Walk } from './walk.ts'

// A month of several people, each with an outcome of their own, in any order of events. Whatever is
// not at zero at its end belongs to somebody by name: to an instruction under way, or to an
// entitlement that waits for a later month.

const amount = M
const cashList = 'cash'

/** What happens to one person's money after the list is approved, and what it leaves. */
interface Outcome {
  readonly steps: readonly Step[]
  readonly leaves: Readonly<Record<string, bigint>>
}

const outcomes = (n: number): Readonly<Record<string, Outcome>> => {
  const entitlement = `E${String(n)}`
  const person = `P${String(n)}`
  const [first, second] = [`I${String(n)}a`, `I${String(n)}b`]
  const submit = (instruction: string): Step => ['submit', { list, instruction, amount }]
  const paid = (instruction: string): Step => [
    'paid',
    { entitlement, instruction, carried: false, amount },
  ]
  const handOver: Step = ['cash-handed-over', { list, cashList, amount }]
  const ofUnit = { unit, amount }
  const recognised = { '511 programme:bhxh': M, '611-BEN programme:bhxh': M }
  const waits = {
    ...recognised,
    [`3388-UNPAID entitlement:${entitlement}`]: M,
    '1121-FREE unit:474': M,
  }
  return {
    paid: { steps: [submit(first), paid(first)], leaves: recognised },
    returned: {
      steps: [
        submit(first),
        paid(first),
        ['returned', { entitlement, list, carried: false, amount }],
        submit(second),
        paid(second),
      ],
      leaves: recognised,
    },
    rejected: {
      steps: [
        submit(first),
        ['not-executed', { list, instruction: first, amount }],
        submit(second),
        paid(second),
      ],
      leaves: recognised,
    },
    unknown: {
      steps: [submit(first)],
      leaves: {
        ...recognised,
        [`1130-TRANSIT instruction:${first}`]: M,
        [`3388-BEN entitlement:${entitlement}`]: M,
      },
    },
    carried: { steps: [['carried', { unit, list, entitlement, amount }]], leaves: waits },
    cash: {
      steps: [handOver, ['cash-paid', { cashList, items: [{ entitlement, amount }] }]],
      leaves: recognised,
    },
    notFound: {
      steps: [handOver, ['cash-unpaid', { unit, cashList, items: [{ entitlement, amount }] }]],
      leaves: waits,
    },
    dead: {
      steps: [
        ['un-accrual', { unit, programme, entitlement, amount }],
        ['release', { unit, list, amount }],
        ['move-to-treasury', ofUnit],
        ['unused-draw-returned', ofUnit],
      ],
      leaves: {},
    },
    overpaid: {
      steps: [
        submit(first),
        paid(first),
        ['overpaid', { unit, programme, person, amount }],
        ['recovered', { unit, person, amount }],
        ['sent-back', ofUnit],
      ],
      leaves: {},
    },
  }
}

const NAMES = Object.keys(outcomes(0))

/** Puts the steps of all in one order; those of one person stay in theirs. */
function interleave(
  threads: readonly (readonly Step[])[],
  dice: readonly number[],
): readonly Step[] {
  const waiting = threads.map((steps) => [...steps])
  const order: Step[] = []
  for (let turn = 0; waiting.some((steps) => steps.length > 0); turn += 1) {
    const open = waiting.filter((steps) => steps.length > 0)
    order.push(...(open[(dice[turn % dice.length] ?? 0) % open.length]?.splice(0, 1) ?? []))
  }
  return order
}

function sumOf(all: readonly Readonly<Record<string, bigint>>[]): Record<string, bigint> {
  const sum: Record<string, bigint> = {}
  for (const [name, value] of all.flatMap((leaves) => Object.entries(leaves)))
    sum[name] = (sum[name] ?? 0n) + value
  return sum
}

/** A month of up to a dozen people. */
export const randomMonth: fc.Arbitrary<Walk> = fc
  .tuple(
    fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 12 }),
    fc.array(fc.nat(99), { minLength: 5, maxLength: 30 }),
  )
  .map(([names, dice]) => {
    const people = names.flatMap((name, index) => outcomes(index)[name] ?? [])
    const total = M * BigInt(people.length)
    const approved: readonly Step[] = [
      ...fund(total),
      ['hold', { unit, list, amount: total }],
      ...people.map((_, index) => accrue(`E${String(index)}`)),
    ]
    return {
      name: names.join(', '),
      steps: [
        ...approved,
        ...interleave(
          people.map(({ steps }) => steps),
          dice,
        ),
      ],
      leaves: sumOf(people.map(({ leaves }) => leaves)),
    }
  })
