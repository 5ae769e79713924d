import { z } from 'zod'
import type { PersonId } from '../../lib/act.ts'
import { registry } from '../../registry/registry.ts'
import { secondOf, twoPeopleRoute } from '../route.ts'
import type { Call } from '../route.ts'
import { monthIn } from '../wire.ts'
import { asPerson, decisionExample, decisionIn, forNobody, personParams } from './papers.ts'

const moved = z.object({ enrolments: z.int() })

const common = (act: { readonly vi: string; readonly en: string }) => ({
  permission: 'enrolments.write' as const,
  confirm: 'enrolments.confirm' as const,
  ...{ forCitizen: true as const, params: personParams, answer: moved, summary: act },
  tag: 'Quyết định hưởng · Enrolments',
  view: async ({ tx, vault, params: { personId }, body }: MoveCall) => {
    const { communeId } = await registry.people.get(tx, vault, asPerson(personId))
    const { decision, toCommuneId = null } = body
    return { communeId, summary: { personId, toCommuneId, decision } }
  },
})

type MoveCall = Call<
  { readonly personId: string },
  unknown,
  { readonly decision: z.output<typeof decisionIn>; readonly toCommuneId?: number }
>

/** What every move needs: whose, by which decision, entered when. */
function moveOf(call: MoveCall & { readonly confirmedBy: PersonId | null }) {
  secondOf(call)
  const personId = asPerson(call.params.personId)
  return { personId, decision: call.body.decision, on: call.today() }
}

const toCommuneId = z.int().min(1)

/** What becomes of a benefit when a person moves (Decree 20/2021 Art 8.3, 8.4). */
export const enrolmentMoveRoutes = [
  twoPeopleRoute({
    ...common({ vi: 'Chuyển trong huyện', en: 'Move a benefit within the district' }),
    operation: 'moveEnrolmentWithin',
    path: '/people/{personId}/enrolments/moves-within',
    body: z.strictObject({ toCommuneId, from: monthIn, decision: decisionIn }),
    examples: {
      body: { toCommuneId: 2, from: '2023-09-01', decision: decisionExample, ...forNobody },
    },
    handle: async (call) => {
      const { toCommuneId: to, from } = call.body
      const move = { ...moveOf(call), toCommuneId: to, from }
      return { enrolments: await registry.enrolments.moveWithin(call.tx, call.by, move) }
    },
  }),
  twoPeopleRoute({
    ...common({ vi: 'Thôi hưởng do chuyển đi', en: 'Stop a benefit of who leaves the district' }),
    operation: 'moveEnrolmentOut',
    path: '/people/{personId}/enrolments/moves-out',
    body: z.strictObject({ last: monthIn, decision: decisionIn }),
    examples: { body: { last: '2023-08-01', decision: decisionExample, ...forNobody } },
    handle: async (call) => {
      const move = { ...moveOf(call), last: call.body.last }
      return { enrolments: await registry.enrolments.moveOut(call.tx, call.by, move) }
    },
  }),
  twoPeopleRoute({
    ...common({ vi: 'Hưởng tiếp ở nơi mới', en: 'Go on at the new place' }),
    operation: 'moveEnrolmentIn',
    path: '/people/{personId}/enrolments/moves-in',
    body: z.strictObject({ toCommuneId, decision: decisionIn }),
    examples: { body: { toCommuneId: 2, decision: decisionExample, ...forNobody } },
    handle: async (call) => {
      const move = { ...moveOf(call), toCommuneId: call.body.toCommuneId }
      return { enrolments: await registry.enrolments.moveIn(call.tx, call.by, move) }
    },
  }),
]
