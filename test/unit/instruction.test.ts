import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { transitions } from '../../src/payouts/instruction.ts'
import type { InstructionState } from '../../src/payouts/instruction.ts'

/** The arrows of the design, as they were drawn (docs/adr/0006). */
const design = [
  'LISTED → APPROVED → QUEUED → SUBMITTING → SUBMITTED → ACCEPTED → PAID → RETURNED',
  'SUBMITTING → QUEUED',
  'SUBMITTING|SUBMITTED|ACCEPTED → REJECTED',
  'SUBMITTING|SUBMITTED|ACCEPTED → UNKNOWN',
  'UNKNOWN → ACCEPTED|REJECTED',
  'UNKNOWN|SUBMITTED|ACCEPTED → PAID|RETURNED',
  'UNKNOWN → QUEUED',
  'LISTED|APPROVED|QUEUED → HELD',
  'HELD → LISTED|APPROVED|QUEUED',
  'LISTED|APPROVED|QUEUED|HELD → CANCELLED',
]
/** A channel that answers at once (docs/adr/0006). */
const answeredAtOnce = 'SUBMITTING → ACCEPTED'

/** "A|B → C → D" as pairs: A C, B C, C D. */
function arrows(text: string): readonly string[] {
  const groups = text.split(' → ').map((group) => group.split('|'))
  return groups
    .slice(1)
    .flatMap((tos, at) => (groups[at] ?? []).flatMap((from) => tos.map((to) => `${from} ${to}`)))
}

const states = Object.keys(transitions) as InstructionState[]
const pairs = states.flatMap((from) => transitions[from].map((to) => `${from} ${to}`))
const isTerminal = (state: InstructionState) => transitions[state].length === 0

function reachableFrom(start: InstructionState): ReadonlySet<InstructionState> {
  const seen = new Set([start])
  for (const state of seen) for (const next of transitions[state]) seen.add(next)
  return seen
}

describe('the transitions of an instruction', () => {
  test('are the arrows of the design, and no others', () => {
    const wanted = new Set([...design, answeredAtOnce].flatMap(arrows))
    expect(pairs.toSorted()).toEqual([...wanted].toSorted())
  })

  test('name each pair once and never lead to where they began', () => {
    expect(new Set(pairs).size).toBe(pairs.length)
    expect(states.filter((state) => transitions[state].includes(state))).toEqual([])
  })

  test('end in RETURNED, REJECTED or CANCELLED', () => {
    expect(states.filter(isTerminal).toSorted()).toEqual(['CANCELLED', 'REJECTED', 'RETURNED'])
  })

  test('reach every state from LISTED, and an end from every state', () => {
    expect([...reachableFrom('LISTED')].toSorted()).toEqual(states.toSorted())
    const stuck = states.filter((state) => ![...reachableFrom(state)].some(isTerminal))
    expect(stuck).toEqual([])
  })

  test('lead to PAID and RETURNED only from what was sent', () => {
    const into = (to: InstructionState) => states.filter((from) => transitions[from].includes(to))
    expect(into('PAID')).toEqual(['SUBMITTED', 'ACCEPTED', 'UNKNOWN'])
    expect(into('RETURNED').toSorted()).toEqual(['ACCEPTED', 'PAID', 'SUBMITTED', 'UNKNOWN'])
    expect(into('SUBMITTING')).toEqual(['QUEUED'])
  })

  test('keep any walk inside the graph', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 60 }), (choices) => {
        let at: InstructionState = 'LISTED'
        for (const choice of choices) {
          const next: InstructionState | undefined =
            transitions[at][choice % Math.max(transitions[at].length, 1)]
          if (next === undefined) expect(isTerminal(at)).toBe(true)
          else at = next
          expect(states).toContain(at)
        }
      }),
    )
  })

  test('a walk sends a payment again only by a resend or a refused connection', () => {
    const ways = pairs.filter((pair) => pair.endsWith(' QUEUED'))
    expect(ways.toSorted()).toEqual([
      'APPROVED QUEUED',
      'HELD QUEUED',
      'SUBMITTING QUEUED',
      'UNKNOWN QUEUED',
    ])
  })
})
