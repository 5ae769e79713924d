import type { Act, PersonId } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import { formatDate } from '../lib/time.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import * as store from './communes-store.ts'
import type { Rehomed } from './communes-store.ts'
import { mapOf } from './due-store.ts'

/**
 * Brings every resident, and all that is open about them, to the communes of the map of a day (docs/adr/0016): residences
 * and enrolments go over from the day of each reorganisation, lists and other history stay at the units that had them. It
 * is no move under Art 8.3-8.4: nothing stops, starts or is owed again. Takes the day and the second person: no money
 * moves, but another unit draws it from then on. Returns what went over, by pair of communes; a second run returns
 * nothing. One audit event a pair. For a batch connection. Throws DomainError `rehome-scope` for who does not see the
 * province, `same-person`.
 */
export async function rehome(
  tx: Tx,
  by: Act,
  of: { readonly on: LocalDate; readonly confirmedBy: PersonId },
): Promise<readonly Rehomed[]> {
  if (by.scope !== 'province') {
    const message = 'Chuyển cư dân theo bản đồ mới là việc của cả tỉnh, thành phố'
    throw new DomainError('forbidden', 'rehome-scope', message)
  }
  const { confirmedBy } = of
  const moved = await store.rehome(tx, { ...of, enteredBy: by.actor })
  await recordActs(
    tx,
    by,
    moved.map(({ oldCommuneId, newCommuneId, ...detail }) => ({
      ...{ act: 'commune.rehome', subject: `commune:${String(oldCommuneId)}` },
      communeId: newCommuneId,
      detail: { to: newCommuneId, ...detail, confirmedBy },
    })),
  )
  return moved
}

/**
 * Refuses lists while residents of their communes still stand at a unit of an earlier map: they would be drawn up over
 * two maps at once. Throws DomainError `residents-not-rehomed`.
 */
export async function requireRehomed(
  tx: Tx,
  of: { readonly communes: readonly number[]; readonly month: Month },
): Promise<void> {
  const places = await mapOf(tx, of.communes, of.month)
  const count = await store.leftBehind(tx, [...places.keys()], of.month)
  if (count === 0) return
  throw new DomainError(
    'conflict',
    'residents-not-rehomed',
    `Chưa chuyển cư dân theo bản đồ mới: còn ${String(count)} hồ sơ ở đơn vị đã hết hiệu lực trước ${formatDate(of.month)}. Hãy chạy lệnh rehome rồi lập lại danh sách`,
    { count },
  )
}
