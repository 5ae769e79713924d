import { z } from 'zod'
import type { CallResult, HttpClient } from '../../../lib/http.ts'
import type { PaymentOutcome } from '../channel.ts'
import type { FileTransport } from './transport.ts'

const receipt = z.object({ messageId: z.string(), received: z.number() })
const refusal = z.object({ error: z.string() })

/** The bank over HTTPS: an order file is one POST, a status file one GET. */
export function createHttpsTransport(http: HttpClient): FileTransport {
  return {
    deliver: async ({ id, count, pieces, isFresh }) => {
      const sending = { begun: false, grewOld: false }
      const content = { type: 'application/xml', pieces: whileFresh(pieces, isFresh, sending) }
      const answer = await http.exchange('POST', '/pain.001', content)
      // Not even the head of the request leaves before the first piece does.
      if (sending.grewOld && !sending.begun) return { kind: 'refused' }
      return outcomeOf(answer, id, count)
    },
    statusFiles: async function* (fileIds) {
      for (const id of fileIds) {
        const answer = await http.exchange('GET', `/pain.002/${encodeURIComponent(id)}`)
        if (answer.kind !== 'answer' || answer.status !== 200) continue
        yield { name: `${id}.xml`, bytes: answer.body, done: () => Promise.resolve() }
      }
    },
  }
}

/**
 * The pieces of a file as long as its claim is fresh, asked before each and once more before the file may end: a process
 * that was frozen anywhere in between ends the connection instead, and half a file is none to the bank.
 */
function* whileFresh(
  pieces: Iterable<string>,
  isFresh: () => boolean,
  sending: { begun: boolean; grewOld: boolean },
): Generator<string> {
  const requireFresh = () => {
    sending.grewOld = !isFresh()
    if (sending.grewOld) throw new Error('the claim grew old')
  }
  for (const piece of pieces) {
    requireFresh()
    sending.begun = true
    yield piece
  }
  requireFresh()
}

function outcomeOf(answer: CallResult<Uint8Array>, id: string, count: number): PaymentOutcome {
  if (answer.kind === 'refused') return { kind: 'refused' }
  if (answer.kind === 'no-answer') return { kind: 'unknown', reason: answer.reason }
  const body = jsonOf(answer.body)
  const received = receipt.safeParse(body)
  if (
    answer.status === 202 &&
    received.success &&
    received.data.messageId === id &&
    received.data.received === count
  ) {
    return { kind: 'submitted' }
  }
  // 400 with its reason is documented as "nothing of the file was executed"; any other answer proves nothing.
  if (answer.status === 400 && refusal.safeParse(body).success)
    return { kind: 'rejected', reason: 'FF01' }
  return { kind: 'unknown', reason: `unexpected answer ${answer.status}` }
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return undefined
  }
}
