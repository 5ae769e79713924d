import type { Tx } from '../lib/db.ts'
import type { Vault } from '../lib/vault.ts'
import { answeredOf, keepAnswer, lockKey } from './idempotency-store.ts'
import type { KeyOf } from './idempotency-store.ts'
import { Refusal } from './problem.ts'

/** An answer as it was, or is, sent. */
export interface Sent {
  readonly status: number
  readonly text: string
}

const KEY = /^[\x21-\x7e]{8,128}$/

/** Reads the header. Throws Refusal 400 `idempotency-key-missing`. The draft's quotes are taken off. */
export function keyFrom(header: string | undefined): string {
  const key = header === undefined ? '' : header.trim().replace(/^"(.*)"$/, '$1')
  if (!KEY.test(key)) throw new Refusal(400, 'idempotency-key-missing')
  return key
}

/**
 * Carries a request out once for ever, in the caller's transaction: the same key with the same content gets the first
 * answer again (draft-ietf-httpapi-idempotency-key-header). Throws Refusal 422 `idempotency-key-reused` for other content,
 * 409 `idempotency-key-running` while the first is under way. What is refused is not kept: nothing has happened.
 */
export async function once(
  tx: Tx,
  of: KeyOf & { readonly operation: string; readonly contentHash: string; readonly vault: Vault },
  work: () => Promise<Sent>,
): Promise<Sent & { readonly replayed: boolean }> {
  const { user, key, operation, contentHash, vault } = of
  if (!(await lockKey(tx, of))) throw new Refusal(409, 'idempotency-key-running')
  const place = { table: 'idempotency_key', column: 'answer', row: `${user}:${key}` }
  const before = await answeredOf(tx, of)
  if (before !== undefined) {
    if (before.operation !== operation || before.contentHash !== contentHash) {
      throw new Refusal(422, 'idempotency-key-reused')
    }
    return { status: before.status, text: vault.open(place, before.answer), replayed: true }
  }
  const sent = await work()
  const answer = vault.seal(place, sent.text)
  await keepAnswer(tx, of, { operation, contentHash, status: sent.status, answer })
  return { ...sent, replayed: false }
}
