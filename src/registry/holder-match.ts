import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import { matchNames } from './name-match.ts'
import type { NameMatch } from './name-match.ts'
import { peopleById } from './people-rows-store.ts'

/**
 * Compares the holder of an account that is to be entered with whose account it is said to be: what only warns is
 * returned with its score and reasons, for whoever approves; null when the owner is not for who asks, then the channel's
 * enquiry says it before the first payment. Throws DomainError `holder-name` when it is another's name.
 */
export async function requireOwnName(
  tx: Tx,
  of: { readonly ownerId: PersonId; readonly holderName: string },
): Promise<NameMatch | null> {
  const [owner] = await peopleById(tx, [of.ownerId])
  if (owner === undefined) return null
  const match = matchNames(owner.fullName, of.holderName)
  if (match.verdict !== 'block') return match
  const why = match.reasons.join('; ')
  const words = `Tên chủ tài khoản không phải tên người có tài khoản (giống ${String(match.score)}%): ${why}. Xem lại tên, hoặc đính chính họ tên của người ấy trước`
  throw new DomainError('invalid', 'holder-name', words, { score: match.score })
}
