import { z } from 'zod'
import { DomainError } from '../../lib/errors.ts'
import type { HttpClient } from '../../lib/http.ts'
import { wireAmount } from './rail.ts'

/** A movement between the disbursement account and another account of the state or the service organisation. */
export interface Transfer {
  /** The reference of the journal entry that orders it: what its statement line is matched to. */
  readonly reference: string
  readonly payingUnit: string
  readonly direction: 'in' | 'out'
  /** In đồng. */
  readonly amount: bigint
  readonly counterparty: string
}

const answer = z.union([
  z.object({ reference: z.string(), amount: wireAmount, times: z.number() }),
  z.object({ error: z.string() }),
])

/**
 * Makes sure that a transfer is done once: asks for its reference first and orders it only when the channel has never
 * seen it, so that a crash between booking and ordering is mended by calling again. Throws DomainError
 * `transfer-unknown` when the channel does not answer: calling again is safe, it asks first.
 */
export async function ensureTransfer(http: HttpClient, transfer: Transfer): Promise<void> {
  const { reference, payingUnit: account, direction, amount, counterparty } = transfer
  const known = await http.call('GET', `/transfers/${encodeURIComponent(reference)}`, answer)
  if (known.kind === 'answer' && known.status === 200) return
  const body = {
    reference,
    account,
    direction,
    amount: amount.toString(),
    counterparty,
    purpose: reference,
  }
  const ordered =
    known.kind === 'answer' && known.status === 404
      ? await http.call('POST', '/transfers', answer, body)
      : known
  if (ordered.kind !== 'answer' || ordered.status !== 200) {
    throw new DomainError(
      'conflict',
      'transfer-unknown',
      `Chưa rõ kết quả chuyển tiền ${reference}`,
      { answer: ordered },
    )
  }
}
