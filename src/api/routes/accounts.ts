import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { registry } from '../../registry/registry.ts'
import { approversOf, route, twoPeopleRoute } from '../route.ts'
import { monthIn, uuid, words } from '../wire.ts'
import { accountIn, asPerson, done, forNobody, SOMEBODY } from './papers.ts'

const tag = 'Tài khoản nhận · Receivers'

const getShared = route({
  operation: 'getSharedAccounts',
  method: 'GET',
  path: '/accounts/shared',
  permission: 'receivers.read',
  tag,
  summary: {
    vi: 'Tài khoản nhiều người không liên quan cùng nhận',
    en: 'Accounts through which several unrelated people receive',
  },
  answer: z.object({
    items: z.array(
      z.object({
        payees: z.int(),
        accountIds: z.array(z.string()),
        personIds: z.array(z.string()),
      }),
    ),
  }),
  examples: {},
  handle: async ({ tx, today }) => ({ items: await registry.accounts.shared(tx, today()) }),
})

const revealAccounts = route({
  operation: 'revealAccounts',
  method: 'POST',
  path: '/accounts/reveal',
  permission: 'people.reveal',
  tag,
  summary: {
    vi: 'Xem số tài khoản đầy đủ, có ghi mục đích',
    en: 'Account numbers in clear, for a purpose that the audit trail keeps',
  },
  body: z.strictObject({ ids: z.array(uuid).min(1).max(20), purpose: words(200) }),
  answer: z.object({
    accounts: z.array(
      z.object({
        id: uuid,
        personId: uuid,
        bankCode: z.string().nullable(),
        number: z.string(),
        holderName: z.string(),
      }),
    ),
  }),
  examples: { body: { ids: [SOMEBODY], purpose: 'Đối chiếu giấy tờ tại quầy' } },
  handle: async ({ tx, vault, by, body }) => ({
    accounts: [...(await registry.accounts.reveal(tx, vault, by, body)).values()],
  }),
})

const declareRelative = route({
  operation: 'declareRelative',
  method: 'POST',
  path: '/relatives',
  permission: 'receivers.confirm',
  tag,
  summary: { vi: 'Khai người thân của cán bộ', en: 'Declare an officer’s relative' },
  body: z.strictObject({ officerId: uuid, relatedId: uuid, relation: words(60) }),
  answer: done,
  examples: { body: { officerId: SOMEBODY, relatedId: SOMEBODY, relation: 'mẹ' } },
  handle: async ({ tx, vault, by, body: { officerId, relatedId, relation } }) => {
    const related = asPerson(relatedId)
    const { communeId } = await registry.people.get(tx, vault, related)
    const row = { officerId: asPerson(officerId), relatedId: related, communeId, relation }
    await registry.accounts.declareRelatives(tx, by, [row])
  },
})

const correctAccount = twoPeopleRoute({
  operation: 'correctAccount',
  path: '/accounts/{accountId}/correction',
  permission: 'receivers.write',
  confirm: 'receivers.confirm',
  orThree: true,
  forCitizen: true,
  tag,
  summary: {
    vi: 'Sửa tài khoản mà kênh chi trả báo sai',
    en: 'Replace an account that the channel has proved wrong',
  },
  params: z.strictObject({ accountId: uuid }),
  body: z.strictObject({
    personId: uuid,
    failure: z.string().regex(/^[A-Z0-9]{4}$/),
    from: monthIn,
    ...accountIn,
  }),
  answer: z.object({ id: uuid }),
  examples: {
    body: {
      ...{ personId: SOMEBODY, failure: 'AC01', from: '2023-08-01', bankCode: '970405' },
      ...{ number: '999000000001', holderName: 'NGUYEN THI ANH MAU', ...forNobody },
    },
  },
  // Whoever confirms compares with the paper: everything that will hold, the number masked.
  view: async ({ tx, vault, params: { accountId }, body }) => {
    const { personId, failure, from, bankCode, number, holderName } = body
    const { communeId } = await registry.people.get(tx, vault, asPerson(personId))
    const before = await registry.accounts.masked(tx, vault, accountId)
    const after = { bankCode, number: registry.accounts.mask(number), holderName }
    return { communeId, summary: { accountId, personId, failure, from, before, after } }
  },
  handle: async (call) => {
    const { personId, failure, from, bankCode, number, holderName } = call.body
    const [id, owner] = [randomUUID(), asPerson(personId)]
    const { communeId } = await registry.people.get(call.tx, call.vault, owner)
    const row = {
      ...{ id, personId: owner, communeId, bankCode, number, holderName, failure, from },
      replaces: call.params.accountId,
    }
    await registry.replaceAccounts(call.tx, call.vault, call.by, [row], approversOf(call))
    return { id }
  },
})

/** Accounts: who shares one, their numbers for a purpose, and what the channel proved wrong. */
export const accountRoutes = [getShared, revealAccounts, declareRelative, correctAccount]
