import { z } from 'zod'
import { access } from '../../access/access.ts'
import type { Act } from '../../lib/act.ts'
import type { Tx } from '../../lib/db.ts'
import { payouts } from '../../payouts/payouts.ts'
import { route } from '../route.ts'
import { time, uuid } from '../wire.ts'

/** What is decided on a list, by what permission, and as which act the audit trail has it. */
const DECISIONS = [
  { act: 'approve', action: 'lists.approve', does: 'list.approve-rows' },
  { act: 'second-approve', action: 'lists.second-approve', does: 'list.second-approve' },
  { act: 'release', action: 'lists.release', does: 'list.release' },
] as const

/** Whether the reader may decide on a list, and what keeps them from it, before they try (ux.md A2.5). */
export const getListDuties = route({
  operation: 'getListDuties',
  method: 'GET',
  path: '/lists/{listId}/duties',
  permission: 'lists.read',
  tag: 'Danh sách · Lists',
  summary: {
    vi: 'Bạn được làm gì với danh sách này, và vì sao không',
    en: 'What you may do to this list, and why not',
  },
  params: z.strictObject({ listId: uuid }),
  answer: z.object({
    items: z.array(
      z.object({
        act: z.enum(['approve', 'second-approve', 'release']),
        permitted: z.boolean(),
        needs: z.enum(['assurance-needed', 'fresh-sign-in-needed']).nullable(),
        against: z.array(
          z.object({ act: z.string(), at: time, reasonVi: z.string(), reasonEn: z.string() }),
        ),
      }),
    ),
  }),
  examples: {},
  handle: async (call) => {
    const of = await payouts.lists.read(call.tx, call.params.listId)
    const items = []
    for (const { act, action, does } of DECISIONS) {
      const may = call.may(action)
      const against = await dutiesOf(call.tx, may?.by ?? call.by, does, `list:${of.number}`)
      items.push({ act, permitted: may !== null, needs: may?.needs ?? null, against })
    }
    return { items }
  },
})

async function dutiesOf(tx: Tx, { actor, origin }: Act, act: string, subject: string) {
  const persons = [actor, ...(origin?.deputyFor === undefined ? [] : [origin.deputyFor])]
  const duties = await access.dutiesAgainst(tx, { persons, act, subject })
  return duties.map(({ recordedAt, ...duty }) => ({ ...duty, at: recordedAt }))
}
