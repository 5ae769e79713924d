import { z } from 'zod'
import { payouts } from '../../payouts/payouts.ts'
import { secondOf, twoPeopleRoute } from '../route.ts'
import { words } from '../wire.ts'

/** JSON takes so much of a request (bodies.ts) and leaves room for its quotes. */
const CHARACTERS_MAX = 200_000

/**
 * A bank's status report that came another way than its channel. What it calls rejected is free to be paid again, so it takes
 * two people, as a decision about an unknown payment does.
 */
export const giveStatusFile = twoPeopleRoute({
  operation: 'giveStatusFile',
  path: '/status-files',
  permission: 'resends.propose',
  confirm: 'resends.confirm',
  tag: 'Lệnh chi · Instructions',
  summary: {
    vi: 'Nhập tay tệp trạng thái của ngân hàng (pain.002); dùng cả tệp hoặc cách ly',
    en: 'Take a bank’s status file (pain.002) by hand: used whole, or quarantined',
  },
  body: z.strictObject({ name: words(80), content: z.string().min(1).max(CHARACTERS_MAX) }),
  answer: z.object({
    kind: z.enum(['applied', 'quarantined', 'already']),
    changed: z.int(),
    message: z.string(),
  }),
  examples: {
    body: { name: 'pain002-0803.xml', content: '<?xml version="1.0"?><Document></Document>' },
  },
  // Whoever confirms sees what it says, not only which bytes it is.
  view: async ({ tx, body: { name, content } }) => {
    const said = await payouts.previewStatusFile(tx, Buffer.from(content))
    return { communeId: null, summary: { name, ...said } }
  },
  handle: (call) => {
    const { tx, by, body, today } = call
    const file = { name: body.name, bytes: Buffer.from(body.content), on: today() }
    return payouts.giveStatusFile(tx, by, { ...file, confirmedBy: secondOf(call) })
  },
})
