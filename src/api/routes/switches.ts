import { z } from 'zod'
import { payouts } from '../../payouts/payouts.ts'
import { route, secondOf, twoPeopleRoute } from '../route.ts'
import { time, uuid, words } from '../wire.ts'

const tag = 'Lệnh chi · Instructions'
const channel = z.enum(payouts.channelNames)

const getSwitches = route({
  operation: 'getChannelSwitches',
  method: 'GET',
  path: '/channels',
  permission: 'instructions.read',
  tag,
  summary: { vi: 'Kênh nào đang dừng, ai dừng, vì sao', en: 'Which channels are stopped, and why' },
  answer: z.object({
    items: z.array(
      z.object({
        channel,
        sending: z.boolean(),
        reason: z.string(),
        actor: uuid,
        recordedAt: time,
      }),
    ),
  }),
  examples: {},
  handle: async ({ tx }) => ({ items: await payouts.switches.state(tx) }),
})

const stopChannel = route({
  operation: 'stopChannel',
  method: 'POST',
  path: '/channels/{channel}/stop',
  permission: 'channels.stop',
  tag,
  summary: { vi: 'Dừng gửi qua một kênh, ngay lập tức', en: 'Stop sending through a channel' },
  params: z.strictObject({ channel }),
  body: z.strictObject({ reason: words(200) }),
  answer: z.object({ stopped: z.boolean() }),
  examples: { body: { reason: 'Ngân hàng báo sự cố' } },
  handle: async ({ tx, by, params, body: { reason } }) => ({
    stopped: await payouts.switches.stop(tx, by, params.channel, reason),
  }),
})

const startChannel = twoPeopleRoute({
  operation: 'startChannel',
  path: '/channels/{channel}/start',
  permission: 'channels.start',
  confirm: 'channels.start',
  tag,
  summary: { vi: 'Mở lại một kênh', en: 'Start sending through a channel again' },
  params: z.strictObject({ channel }),
  body: z.strictObject({ reason: words(200) }),
  answer: z.object({}),
  examples: { body: { reason: 'Ngân hàng đã khắc phục' } },
  view: ({ params, body }) => Promise.resolve({ communeId: null, summary: { ...params, ...body } }),
  handle: (call) => {
    const { channel: of } = call.params
    const start = { channel: of, reason: call.body.reason, confirmedBy: secondOf(call) }
    return payouts.switches.start(call.tx, call.by, start)
  },
})

/** Stopping and starting what is sent through a channel. */
export const switchRoutes = [getSwitches, stopChannel, startChannel]
