import { randomUUID } from 'node:crypto'
import type { Act, PersonId } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { LocalDate } from '../lib/time.ts'
import type { Vault } from '../lib/vault.ts'
import { personUnknown } from './people-enter.ts'
import * as store from './people-merge-store.ts'
import type { DuplicatePair } from './people-merge-store.ts'
import { identifiersOf, lockPeople, peopleById } from './people-rows-store.ts'
import { endIdentifiers, insertIdentifiers } from './people-store.ts'
import { openIdentifier, sealIdentifier } from './person-sealing.ts'

/** Pairs on one page of the worklist. */
const PAGE = 50

/**
 * Rows that may be one person, with the reasons: the same number of 12 digits (now and before), the same old number of
 * 9 digits, or the same name, birth and commune; a number of a row that was merged counts as the person's. In a stable order, at most 50 after a pair. What somebody has proposed
 * to merge, or decided, is left out.
 */
export async function duplicatesOf(
  tx: Tx,
  query: {
    readonly communes?: readonly number[]
    readonly after?: Pick<DuplicatePair, 'one' | 'other'> | null
  },
): Promise<readonly DuplicatePair[]> {
  const { communes = null, after = null } = query
  return store.duplicatePairs(tx, { communes, after, limit: PAGE })
}

/**
 * Proposes that a row be merged into another of the same person; nothing changes until somebody else decides. Returns
 * the proposal's id. Throws DomainError `person-unknown`, `merge-same` (one row, or merged already), `merge-proposed`.
 */
export async function proposeMerge(
  tx: Tx,
  by: Act,
  what: { readonly loserId: PersonId; readonly winnerId: PersonId; readonly reason: string },
): Promise<string> {
  await lockPeople(tx, [what.loserId, what.winnerId])
  const loser = await bothOf(tx, what)
  const id = randomUUID()
  await store.insertMerge(tx, { id, ...what, proposedBy: by.actor })
  const detail = { merge: id, into: what.winnerId, reason: what.reason }
  const subject = `person:${what.loserId}`
  const { communeId } = loser
  await recordActs(tx, by, [{ act: 'person.propose-merge', subject, communeId, detail }])
  return id
}

/**
 * Decides a proposal; the database refuses who proposed it. Confirmed, the row points at the other one and is found no
 * more by name; its history, accounts and past payments stay with it, and its numbers still find the person. The other
 * row takes over a current identity number that it has not itself. A row with an open enrolment, or that still receives
 * for somebody, is not merged: end or re-enter that first. Throws DomainError `merge-unknown`, `merge-decided`,
 * `merge-same`, `same-person`, `merge-open`, which names what is open.
 */
export async function decideMerge(
  tx: Tx,
  vault: Vault,
  by: Act,
  decision: { readonly mergeId: string; readonly confirm: boolean; readonly on: LocalDate },
): Promise<void> {
  const merge = await store.lockMerge(tx, decision.mergeId)
  if (merge === undefined) {
    throw new DomainError('not-found', 'merge-unknown', 'Không tìm thấy đề nghị gộp')
  }
  if (merge.state !== 'proposed') {
    throw new DomainError('conflict', 'merge-decided', 'Đề nghị gộp này đã được quyết định')
  }
  if (merge.proposedBy === by.actor) {
    throw new DomainError('forbidden', 'same-person', 'Người đề nghị gộp không tự duyệt được')
  }
  const { loserId, winnerId, communeId, id } = merge
  await lockPeople(tx, [loserId, winnerId])
  const state = decision.confirm ? 'confirmed' : 'refused'
  await store.storeDecision(tx, id, { state, by: by.actor })
  if (decision.confirm) {
    await bothOf(tx, merge)
    await refuseOpen(tx, loserId, decision.on)
    await handOverNumber(tx, vault, by, { ...merge, on: decision.on })
    await store.pointAt(tx, loserId, winnerId)
  }
  const act = decision.confirm ? 'person.merge' : 'person.refuse-merge'
  const detail = { merge: id, into: winnerId, on: decision.on }
  await recordActs(tx, by, [{ act, subject: `person:${loserId}`, communeId, detail }])
}

/** The loser's row, when both rows are there, are two and neither was merged before. */
async function bothOf(
  tx: Tx,
  { loserId, winnerId }: { readonly loserId: PersonId; readonly winnerId: PersonId },
) {
  const people = await peopleById(tx, [loserId, winnerId])
  const loser = people.find(({ id }) => id === loserId)
  if (loser === undefined) throw personUnknown(loserId)
  if (!people.some(({ id }) => id === winnerId)) throw personUnknown(winnerId)
  if (loserId === winnerId || people.some(({ mergedInto }) => mergedInto !== null)) {
    const words = 'Phải gộp hai hồ sơ khác nhau, chưa hồ sơ nào đã gộp'
    throw new DomainError('conflict', 'merge-same', words)
  }
  return loser
}

async function refuseOpen(tx: Tx, loserId: PersonId, on: LocalDate): Promise<void> {
  const ties = await store.openTiesOf(tx, loserId, on)
  if (ties.length === 0) return
  const named = ties.map(({ what, name }) =>
    what === 'enrolment' ? `hưởng ${name}` : `nhận thay theo giấy ${name}`,
  )
  throw new DomainError(
    'conflict',
    'merge-open',
    `Hồ sơ bị gộp còn hiệu lực: ${named.join(', ')}. Kết thúc hoặc chuyển trước khi gộp`,
    { ties },
  )
}

/** Ends the loser's current number; the winner takes it over, sealed anew for its own row, if it has none. */
async function handOverNumber(
  tx: Tx,
  vault: Vault,
  by: Act,
  of: { readonly loserId: PersonId; readonly winnerId: PersonId; readonly on: LocalDate },
): Promise<void> {
  const { loserId, winnerId, on } = of
  const current = (await identifiersOf(tx, [loserId, winnerId])).filter((row) => row.isCurrent)
  const loser = current.find(({ personId }) => personId === loserId)
  if (loser === undefined) return
  await endIdentifiers(tx, [loserId], on)
  if (current.some(({ personId }) => personId === winnerId)) return
  const number = openIdentifier(vault, loser)
  const taken = sealIdentifier(vault, winnerId, { kind: 'cccd', number, from: on })
  await insertIdentifiers(tx, [taken], by.actor)
}
