import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { access } from '../../access/access.ts'
import type { PersonId } from '../../lib/act.ts'
import { recordActs } from '../../lib/audit.ts'
import { secondOf, twoPeopleRoute } from '../route.ts'
import { uuid, words } from '../wire.ts'

/** A machine that signs in by client credentials. */
export const enterServiceUser = twoPeopleRoute({
  operation: 'enterServiceUser',
  path: '/users/services',
  permission: 'users.write',
  confirm: 'users.confirm',
  tag: 'Người dùng · Users',
  summary: {
    vi: 'Thêm hệ thống kết nối, chưa có vai trò',
    en: 'Enter a machine by its client at the issuer, without a role yet',
  },
  body: z.strictObject({
    fullName: words(100),
    issuer: z.url({ protocol: /^https?$/ }).max(200),
    subject: z.string().regex(/^[\x21-\x7e]{1,120}$/),
  }),
  answer: z.object({ id: uuid }),
  examples: {
    body: { fullName: 'Cổng dữ liệu tỉnh', issuer: 'https://sso.example.vn', subject: 'cong-dl' },
  },
  view: ({ body }) => Promise.resolve({ communeId: null, summary: body }),
  handle: async (call) => {
    const { tx, by, body } = call
    const { fullName, ...login } = body
    const id = randomUUID() as PersonId
    const confirmedBy = secondOf(call)
    await access.enterUser(tx, by, { id, kind: 'service', fullName, idIndex: null }, login)
    const event = {
      act: 'user.add-login',
      subject: `user:${id}`,
      detail: { ...login, confirmedBy },
    }
    await recordActs(tx, by, [event])
    return { id }
  },
})
