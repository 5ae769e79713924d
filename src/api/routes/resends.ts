import { z } from 'zod'
import { payouts } from '../../payouts/payouts.ts'
import { secondOf, twoPeopleRoute } from '../route.ts'

const tag = 'Lệnh chi · Instructions'
const rows = z
  .array(
    z.strictObject({
      reference: z.string().regex(/^[0-9A-Z]{16}$/),
      /** The last attempt, as the payment has it. */
      attempt: z.int().min(1).max(32_000),
      statementId: z.string().regex(/^[\x21-\x7e]{1,80}$/),
    }),
  )
  .min(1)
  .max(200)
const body = z.strictObject({ rows })
const answer = z.object({ count: z.int() })
const examples = {
  body: { rows: [{ reference: '230819750000C412', attempt: 1, statementId: 'ST-1' }] },
  answer: { count: 1 },
}

const resend = twoPeopleRoute({
  operation: 'resendInstructions',
  path: '/resends',
  permission: 'resends.propose',
  confirm: 'resends.confirm',
  tag,
  summary: {
    vi: 'Gửi lại lệnh chưa rõ mà sao kê cho biết là chưa chi',
    en: 'Send unknown payments again that a statement shows as not executed',
  },
  ...{ body, answer, examples },
  view: (call) => Promise.resolve({ communeId: null, summary: call.body }),
  handle: async (call) => {
    const decision = { ...call.body, approvedBy: secondOf(call), on: call.today() }
    return { count: await payouts.resend(call.tx, call.by, decision) }
  },
})

const withdraw = twoPeopleRoute({
  operation: 'withdrawResends',
  path: '/resends/withdrawals',
  permission: 'resends.propose',
  confirm: 'resends.confirm',
  tag,
  summary: {
    vi: 'Thôi gửi lại lệnh đang giữ: sao kê mới cho biết là chưa chi, nên dừng được',
    en: 'Take a resend of held payments back: a new statement shows that their rows may be stopped',
  },
  ...{ body, answer, examples },
  view: (call) => Promise.resolve({ communeId: null, summary: call.body }),
  handle: async (call) => {
    const decision = { ...call.body, approvedBy: secondOf(call) }
    return { count: await payouts.withdrawResend(call.tx, call.by, decision) }
  },
})

/** Sending what is unknown again, and taking that back. */
export const resendRoutes = [resend, withdraw]
