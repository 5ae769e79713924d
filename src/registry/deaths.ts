import { randomUUID } from 'node:crypto'
import type { Act, PersonId } from '../lib/act.ts'
import { homeOf, recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { LocalDate } from '../lib/time.ts'
import { receiveFeed } from './death-feed-intake.ts'
import * as store from './deaths-store.ts'
import { organisersOf } from './due-store.ts'
import { insertActs } from './enrolments-store.ts'
import { decideFuneral, openFuneral, rejectFuneral } from './funerals.ts'
import { personPlace } from './funerals-store.ts'

/**
 * Reports a death by hand, for a second person to confirm. Returns the report. Throws DomainError `person-missing`,
 * `death-before-birth`, `death-reported`.
 */
async function report(
  tx: Tx,
  by: Act,
  of: { readonly personId: PersonId; readonly diedOn: LocalDate; readonly certificate: string },
): Promise<string> {
  const person = await personPlace(tx, of.personId)
  if (of.diedOn < person.birthDate) {
    const message = `Ngày chết ${of.diedOn} trước ngày sinh ${person.birthDate}: nhập lại ngày chết`
    throw new DomainError('invalid', 'death-before-birth', message)
  }
  const id = randomUUID()
  await store.insertReports(
    tx,
    [
      {
        ...{ id, personId: of.personId, diedOn: of.diedOn },
        ...{ communeId: person.communeId, fullName: person.fullName, certificate: of.certificate },
        ...{ idNumberIndex: null, idNumberSealed: null, state: 'PROPOSED', problem: null },
      },
    ],
    by.actor,
  )
  await audited(tx, by, 'death.report', id, person.communeId)
  return id
}

/** Places a report of the worklist with a person, for somebody else to confirm. Throws DomainError `report-not-waiting`, `death-reported`. */
async function place(
  tx: Tx,
  by: Act,
  of: { readonly id: string; readonly personId: PersonId },
): Promise<void> {
  const placed = await store.placeReport(tx, { ...of, by: by.actor })
  if (placed === null) throw notWaiting()
  await audited(tx, by, 'death.place', of.id, placed.communeId)
}

/**
 * Confirms reported deaths as another person than who proposed each (the database refuses the same): marks the people
 * dead and ends what they had with the month of death, which is still owed (Art 8.2). A handful of statements however
 * many. Months paid after it are found by `payouts.overpaid`. Throws DomainError `report-not-waiting`, `same-person`.
 */
async function confirm(
  tx: Tx,
  by: Act,
  of: { readonly ids: readonly string[]; readonly on: LocalDate },
): Promise<readonly PersonId[]> {
  const deaths = await store.confirmReports(tx, of.ids, { by: by.actor, on: of.on })
  if (deaths.length < new Set(of.ids).size) throw notWaiting()
  const byPerson = new Map(deaths.map((death) => [death.personId, death]))
  const ended = await store.endOfDead(tx, deaths, of.on)
  await insertActs(
    tx,
    ended.map(({ id, communeId, personId }) => ({
      ...{ enrolmentId: id, communeId, act: 'death', on: of.on, actor: by.actor },
      decision: {
        number: byPerson.get(personId)?.certificate ?? '',
        date: byPerson.get(personId)?.diedOn ?? of.on,
      },
    })),
  )
  await recordActs(
    tx,
    by,
    deaths.map(({ id, communeId, diedOn }) => ({
      ...{ act: 'death.confirm', subject: `death-report:${id}`, communeId, detail: { diedOn } },
    })),
  )
  return deaths.map(({ personId }) => personId)
}

/** Rejects a report as another person than who proposed it. Throws DomainError `report-not-waiting`, `same-person`. */
async function reject(
  tx: Tx,
  by: Act,
  of: { readonly id: string; readonly on: LocalDate },
): Promise<void> {
  const rejected = await store.rejectReport(tx, { ...of, by: by.actor })
  if (rejected === null) throw notWaiting()
  await audited(tx, by, 'death.reject', of.id, rejected.communeId ?? homeOf(by))
}

function notWaiting(): DomainError {
  const message = 'Không có đề nghị này hoặc đã có người quyết định: tải lại danh sách'
  return new DomainError('conflict', 'report-not-waiting', message)
}

function audited(tx: Tx, by: Act, act: string, id: string, communeId?: number): Promise<void> {
  return recordActs(tx, by, [{ act, subject: `death-report:${id}`, communeId }])
}

/** Deaths: what is reported, what is confirmed, and the funeral that follows. */
export const deaths = {
  receiveFeed,
  report,
  waiting: store.waitingReports,
  place,
  confirm,
  reject,
  organisersOf,
  openFuneral,
  decideFuneral,
  rejectFuneral,
}
