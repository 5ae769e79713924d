import { randomUUID } from 'node:crypto'
import type { Act, PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import { addMonths } from '../lib/time.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import { record, write } from './enrolment-acts.ts'
import * as store from './enrolments-store.ts'
import type { Decision, OpenEnrolment } from './enrolments-store.ts'

interface Move {
  readonly personId: PersonId
  readonly decision: Decision
  /** The business day on which it is entered. */
  readonly on: LocalDate
}

/**
 * Moves what a person has to another commune of the same district (Art 8.3): the new commune pays from `from`, the old
 * one the months before, without a gap and without a month paid twice. Returns how many enrolments moved. Throws
 * DomainError `not-enrolled`, `other-district` (a stop and a new decision are needed, Art 8.4), `commune-missing`, `move-scope`
 * (who acts must see both communes).
 */
export async function moveWithin(
  tx: Tx,
  by: Act,
  of: Move & { readonly toCommuneId: number; readonly from: Month },
): Promise<number> {
  requireSeen(by, of.toCommuneId)
  const open = await openEnrolments(tx, of.personId, of.from)
  for (const communeId of new Set(open.map((enrolment) => enrolment.communeId))) {
    await requireSameDistrict(tx, communeId, of.toCommuneId)
  }
  const last = addMonths(of.from, -1)
  await store.endVersions(
    tx,
    open.map(({ id }) => id),
    { last, on: of.on, reason: null, decision: of.decision.number },
  )
  for (const enrolment of open) {
    const start = enrolment.start > of.from ? enrolment.start : of.from
    await copied(tx, by, 'move-within', enrolment, { ...of, start })
  }
  return open.length
}

/**
 * Stops what a person has because she leaves the district (Art 8.4): `last`, which the stop decision names, is the last
 * month that is paid here. Returns how many enrolments stopped. Throws DomainError `not-enrolled`.
 */
export async function moveOut(
  tx: Tx,
  by: Act,
  of: Move & { readonly last: Month },
): Promise<number> {
  const open = await openEnrolments(tx, of.personId, of.last)
  await store.endVersions(
    tx,
    open.map(({ id }) => id),
    { last: of.last, on: of.on, reason: 'MOVED', decision: of.decision.number },
  )
  await record(tx, by, 'move-out', open, of)
  return open.length
}

/**
 * Grants at the new place what was stopped for a move, right after the month that the stop decision names (Art 8.4.d),
 * whenever the new decision is signed. Returns how many enrolments go on. Throws DomainError `not-moved-out` (also when the
 * old commune's decision is not for who asks), `enrolled-already`, `move-scope`.
 */
export async function moveIn(
  tx: Tx,
  by: Act,
  of: Move & { readonly toCommuneId: number },
): Promise<number> {
  requireSeen(by, of.toCommuneId)
  const stopped = await store.movedOut(tx, of.personId)
  if (stopped.length === 0) {
    const message = 'Chưa có quyết định thôi hưởng do chuyển đi: nhập quyết định của nơi cũ trước'
    throw new DomainError('conflict', 'not-moved-out', message)
  }
  for (const enrolment of stopped) {
    const start = addMonths(enrolment.last ?? enrolment.start, 1)
    await copied(tx, by, 'move-in', enrolment, { ...of, start })
  }
  return stopped.length
}

async function copied(
  tx: Tx,
  by: Act,
  act: string,
  enrolment: OpenEnrolment,
  of: Move & { readonly toCommuneId: number; readonly start: Month },
): Promise<void> {
  const version = {
    ...enrolment,
    ...{ id: randomUUID(), communeId: of.toCommuneId, start: of.start },
    ...{ decision: of.decision, actedOn: of.on, replaces: enrolment.id },
  }
  await write(tx, by, act, [version])
}

async function openEnrolments(
  tx: Tx,
  personId: PersonId,
  month: Month,
): Promise<readonly OpenEnrolment[]> {
  const open = (await store.lockOpen(tx, personId, month)).filter(({ last }) => last === null)
  if (open.length > 0) return open
  const message = `Người này không hưởng gì trong tháng ${month.slice(0, 7)}: xem lại hồ sơ`
  throw new DomainError('not-found', 'not-enrolled', message)
}

/** An enrolment that goes to another commune is written there. */
function requireSeen({ scope }: Act, communeId: number): void {
  if (scope === 'province' || scope.communes.includes(communeId)) return
  const message = 'Chuyển hưởng giữa hai xã: chỉ người phụ trách cả nơi đi và nơi đến được ghi'
  throw new DomainError('forbidden', 'move-scope', message)
}

async function requireSameDistrict(tx: Tx, from: number, to: number): Promise<void> {
  const [old, next] = [await store.districtOf(tx, from), await store.districtOf(tx, to)]
  if (next === undefined) {
    throw new DomainError('not-found', 'commune-missing', 'Không có xã chuyển đến: chọn lại')
  }
  if (old !== next || next === null) {
    const message =
      'Chuyển ra ngoài huyện: cần quyết định thôi hưởng ở nơi cũ rồi quyết định ở nơi mới'
    throw new DomainError('conflict', 'other-district', message)
  }
}
