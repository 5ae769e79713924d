import { z } from 'zod'
import { payouts } from '../../payouts/payouts.ts'
import { route } from '../route.ts'
import { dong, time, uuid, words } from '../wire.ts'

const tag = 'Lệnh chi · Instructions'
const reference = z.string().regex(/^[0-9A-Z]{16}$/)
const channel = z.enum(payouts.channelNames)

const requestStop = route({
  operation: 'requestStop',
  method: 'POST',
  path: '/instructions/{reference}/stop-requests',
  permission: 'holds.write',
  tag,
  summary: {
    vi: 'Đề nghị kênh dừng một lệnh đã gửi',
    en: 'Ask the channel to stop a payment that was sent',
  },
  params: z.strictObject({ reference }),
  body: z.strictObject({ reason: words(200) }),
  answer: z.object({ asked: z.boolean() }),
  examples: { body: { reason: 'Người nhận báo mất điện thoại' } },
  handle: async ({ tx, by, params, body: { reason } }) => ({
    asked: await payouts.stopping.request(tx, by, params.reference, reason),
  }),
})

const getStopRequests = route({
  operation: 'getStopRequests',
  method: 'GET',
  path: '/instructions/stop-requests',
  permission: 'instructions.read',
  tag,
  summary: {
    vi: 'Đề nghị dừng lệnh đã gửi mà lệnh chưa có kết quả',
    en: 'Requests to stop a payment that was sent, while it has no outcome',
  },
  answer: z.object({
    items: z.array(
      z.object({
        reference,
        state: z.enum(['SUBMITTING', 'SUBMITTED', 'ACCEPTED', 'UNKNOWN']),
        channel,
        amount: dong,
        communeId: z.int(),
        payingUnit: z.string(),
        reason: z.string(),
        actor: uuid,
        recordedAt: time,
      }),
    ),
  }),
  examples: {},
  handle: async ({ tx }) => ({ items: await payouts.stopping.open(tx) }),
})

/** Asking the channel to stop what was sent already, and what was asked and has no outcome yet. */
export const stopRequestRoutes = [requestStop, getStopRequests]
