import { DomainError } from '../lib/errors.ts'
import { headHash } from './verify-bytes.ts'
import type { HeadChain } from './proofs.ts'

/**
 * The heads of a chain that was exported, by block, hexadecimal digits. Each must name the one before it, and the last be the one
 * that is kept: so whoever trusts that one trusts all. Throws DomainError `outside-head` for any other.
 */
export function headsInChain({ heads, head }: HeadChain): ReadonlyMap<number, string> {
  const found = new Map<number, string>()
  let before: { readonly block: number; readonly head: string } | null = null
  for (const text of heads) {
    const [format, number, , , , , , previous] = text.split('|')
    const block = Number(number)
    const follows: boolean =
      before === null || (block === before.block + 1 && previous === before.head)
    if (format !== 'head.v1' || !Number.isSafeInteger(block) || !follows) throw broken()
    before = { block, head: headHash(text) }
    found.set(block, before.head)
  }
  if (before?.block !== head.block || before.head !== head.head) throw broken()
  return found
}

const broken = () =>
  new DomainError(
    'invalid',
    'outside-head',
    'Chuỗi mã đầu không liền nhau / the chain of heads is broken',
  )
