import type { Act, PersonId } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { LocalDate } from '../lib/time.ts'
import { settings } from './payees-store.ts'
import * as store from './representation-store.ts'
import type { Expiring, NewRepresentation, OfMany } from './representation-store.ts'

const SHA256 = /^[0-9a-f]{64}$/

/**
 * Enters representations as two people, with their papers. Throws DomainError `document` (a paper without number, issuer
 * or hash), `representation-papers` (the law does not allow it), `second-guardian` (the ward has one). One audit event
 * each.
 */
async function enter(
  tx: Tx,
  by: Act,
  rows: readonly NewRepresentation[],
  confirmedBy: PersonId,
): Promise<void> {
  rows.forEach(({ document, id }) => {
    const { kind, number, issuer, sha256 } = document
    if ([kind, number, issuer].some((text) => text.trim() === '') || !SHA256.test(sha256)) {
      throw new DomainError(
        'invalid',
        'document',
        `Giấy tờ của ${id}: cần loại, số, ngày, nơi cấp và tệp scan`,
      )
    }
  })
  await store.insertRepresentations(tx, rows, { enteredBy: by.actor, confirmedBy })
  await recordActs(
    tx,
    by,
    rows.map(({ id, communeId, kind, document, validFrom, validTo }) => ({
      act: 'registry.enter-representation',
      subject: `representation:${id}`,
      communeId,
      detail: { kind, document: document.number, validFrom, validTo, confirmedBy },
    })),
  )
}

/**
 * Revokes a representation from a day on, with a reason (Civil Code Art 62, 140.3). From then on nobody is credited by
 * it. Throws DomainError `reason-missing`, `representation-missing`.
 */
async function revoke(
  tx: Tx,
  by: Act,
  of: { readonly id: string; readonly on: LocalDate; readonly reason: string },
): Promise<void> {
  if (of.reason.trim() === '') {
    throw new DomainError('invalid', 'reason-missing', 'Hãy ghi lý do chấm dứt việc nhận thay')
  }
  const revoked = await store.revoke(tx, { ...of, by: by.actor })
  if (revoked === undefined) {
    throw new DomainError(
      'not-found',
      'representation-missing',
      'Không có giấy tờ nhận thay này, hoặc đã chấm dứt',
    )
  }
  await recordActs(tx, by, [
    {
      act: 'registry.revoke-representation',
      subject: `representation:${of.id}`,
      communeId: revoked.communeId,
      detail: { on: of.on, reason: of.reason },
    },
  ])
}

/**
 * The worklist of representations in use that end soon: their last day is `on` or one of the `within` - 1 days after it
 * (by default the province's number of days, 30).
 */
async function expiring(
  tx: Tx,
  of: { readonly on: LocalDate; readonly within?: number },
): Promise<readonly Expiring[]> {
  const days = of.within ?? (await settings(tx)).expiryNoticeDays
  return store.expiring(tx, { on: of.on, days })
}

/** The worklist of people who represent more others on a day than the province's cap. */
async function overCap(tx: Tx, on: LocalDate): Promise<readonly OfMany[]> {
  return store.ofMany(tx, { on, cap: (await settings(tx)).wardsMax })
}

/** Who may receive for whom: entering, revoking, and the worklists. */
export const representation = { enter, revoke, expiring, overCap }
