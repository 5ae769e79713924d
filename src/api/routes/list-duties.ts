import { z } from 'zod'
import { access } from '../../access/access.ts'
import { payouts } from '../../payouts/payouts.ts'
import { route } from '../route.ts'
import type { Call } from '../route.ts'
import { time, uuid } from '../wire.ts'

const MAY = { approve: 'list.approve', release: 'list.release' } as const

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
        act: z.enum(['approve', 'release']),
        against: z.array(
          z.object({ act: z.string(), at: time, reasonVi: z.string(), reasonEn: z.string() }),
        ),
      }),
    ),
  }),
  examples: {},
  handle: async (call) => {
    const { list: of } = await payouts.lists.summary(call.tx, call.params.listId)
    const items = []
    for (const act of ['approve', 'release'] as const) {
      items.push({ act, against: await dutiesOf(call, MAY[act], `list:${of.number}`) })
    }
    return { items }
  },
})

async function dutiesOf({ tx, by }: Call, act: string, subject: string) {
  const persons = [by.actor, ...(by.origin?.deputyFor === undefined ? [] : [by.origin.deputyFor])]
  const duties = await access.dutiesAgainst(tx, { persons, act, subject })
  return duties.map(({ recordedAt, ...duty }) => ({ ...duty, at: recordedAt }))
}
