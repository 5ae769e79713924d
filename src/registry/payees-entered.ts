import { randomUUID } from 'node:crypto'
import type { Tx } from '../lib/db.ts'
import { insertPayees, placesOf } from './payees-assign-store.ts'
import type { Entered } from './payees-assign-store.ts'
import type { Word } from './word.ts'

/**
 * Assigns the payees of enrolments that are entered. Several enrolments of one person and programme with one payee are
 * one assignment, also with what is assigned already; another payee at the same time is refused (`two-payees`). It begins
 * with the enrolment, or with the representative's paper when that is younger: what was before is not known.
 */
export async function assignEntered(tx: Tx, rows: readonly Entered[], by: Word): Promise<void> {
  const first = new Map<string, Entered>()
  for (const row of rows) {
    const key = JSON.stringify([
      ...[row.personId, row.programme, row.payeeId],
      ...[row.representationId, row.paymentAccountId],
    ])
    const known = first.get(key)
    if (known === undefined || row.validFrom < known.validFrom) first.set(key, row)
  }
  const wanted = [...first.values()]
  const places = await placesOf(tx, wanted)
  await insertPayees(
    tx,
    wanted.flatMap((row, at) => {
      const place = places[at]
      if (place === undefined || place.there) return []
      return [{ ...row, id: randomUUID(), from: place.from, changeId: null }]
    }),
    by,
  )
}
