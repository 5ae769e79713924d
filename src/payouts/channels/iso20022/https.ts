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
      if (!isFresh()) return { kind: 'refused' }
      const content = { type: 'application/xml', pieces }
      return outcomeOf(await http.exchange('POST', '/pain.001', content), id, count)
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
