import { z } from 'zod'
import { registry } from '../../registry/registry.ts'
import { approversOf, twoPeopleRoute } from '../route.ts'
import { uuid } from '../wire.ts'
import { accountIn, asPerson, forNobody, personParams } from './papers.ts'

/** The account of a person who has none yet. */
export const enterFirstAccount = twoPeopleRoute({
  operation: 'enterFirstAccount',
  path: '/people/{personId}/accounts',
  permission: 'receivers.write',
  confirm: 'receivers.confirm',
  orThree: true,
  forCitizen: true,
  tag: 'Tài khoản nhận · Receivers',
  summary: {
    vi: 'Nhập tài khoản đầu tiên của một người',
    en: 'Enter a person’s first account; he receives through it where nobody was assigned yet',
  },
  params: personParams,
  body: z.strictObject({
    ...accountIn,
  }),
  answer: z.object({ id: uuid }),
  examples: {
    body: {
      ...{ bankCode: '970405', number: '999000000001', holderName: 'NGUYEN THI ANH MAU' },
      ...forNobody,
    },
  },
  // Whoever confirms compares with the paper: everything that will hold, the number masked.
  view: async ({ tx, vault, params: { personId }, body: { bankCode, number, holderName } }) => {
    const { communeId, fullName } = await registry.people.get(tx, vault, asPerson(personId))
    const account = { bankCode, number: registry.accounts.mask(number), holderName }
    return { communeId, summary: { personId, fullName, account } }
  },
  handle: async (call) => {
    const { tx, vault, by, today, params, body } = call
    const { bankCode, number, holderName } = body
    const account = { bankCode, number, holderName, on: today() }
    const first = { personId: asPerson(params.personId), ...account }
    return { id: await registry.enterFirstAccount(tx, vault, by, first, approversOf(call)) }
  },
})
