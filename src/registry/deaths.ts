import { randomUUID } from 'node:crypto'
import type { Act, PersonId } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { LocalDate } from '../lib/time.ts'
import type { Vault } from '../lib/vault.ts'
import { ID_NUMBER } from './blind-fields.ts'
import { foldName, readDeathFeed } from './death-feed.ts'
import type { FeedRow } from './death-feed.ts'
import * as store from './deaths-store.ts'
import type { Found, NewReport } from './deaths-store.ts'
import { organisersOf } from './due-store.ts'
import { insertActs } from './enrolments-store.ts'
import { maskFileName } from './id-number.ts'
import { decideFuneral, openFuneral, rejectFuneral } from './funerals.ts'
import { personPlace } from './funerals-store.ts'

/** What came of a file of the feed. */
export interface FeedResult {
  /** When the same file was received before; then it had no effect now. */
  readonly receivedBefore: Date | null
  readonly proposed: number
  readonly worklist: number
  /** Deaths that were reported already, with the same day. */
  readonly known: number
}

/**
 * Takes a file of the civil-status feed: a row whose ID number and name are those of one person makes a proposal, which a
 * second person confirms; every other row stays in the worklist with the reason. The same file again has no effect.
 * Throws DomainError `feed-invalid` (nothing of a damaged file is taken).
 */
async function receiveFeed(
  tx: Tx,
  vault: Vault,
  by: Act,
  file: { readonly name: string; readonly bytes: Buffer },
): Promise<FeedResult> {
  const { hash, rows, fileName } = readDeathFeed(file.name, file.bytes)
  const before = await store.feedOf(tx, hash)
  if (before !== undefined) {
    return { receivedBefore: before.receivedAt, proposed: 0, worklist: 0, known: 0 }
  }
  const feedId = randomUUID()
  await store.insertFeed(tx, {
    ...{ id: feedId, fileName: maskFileName(fileName), hash },
    ...{ rowCount: rows.length, by: by.actor },
  })
  const reports = await placed(tx, vault, feedId, rows)
  await store.insertReports(tx, reports, by.actor)
  const proposed = reports.filter(({ state }) => state === 'PROPOSED').length
  const worklist = reports.length - proposed
  const result = { proposed, worklist, known: rows.length - reports.length }
  await recordActs(tx, by, [
    { act: 'death.receive-feed', subject: `death-feed:${feedId}`, detail: { ...result } },
  ])
  return { receivedBefore: null, ...result }
}

async function placed(
  tx: Tx,
  vault: Vault,
  feedId: string,
  rows: readonly FeedRow[],
): Promise<readonly NewReport[]> {
  const indexed = rows.map((row) => ({ row, index: vault.index(ID_NUMBER, row.idNumber) }))
  const indexes = indexed.map(({ index }) => index)
  const found = new Map((await store.peopleByIndex(tx, indexes)).map((one) => [one.index, one]))
  const known = new Set(await store.waitingKeys(tx, indexes))
  return indexed.flatMap(({ row, index }) => {
    const person = found.get(index.toString('hex'))
    const key = `${index.toString('hex')} ${row.diedOn}`
    if (known.has(key) || person?.reportedOn === row.diedOn) return []
    const problem = problemOf(row, person, known)
    known.add(key).add(person?.personId ?? key)
    const id = randomUUID()
    const place = { table: 'death_report', column: 'id_number_sealed', row: id }
    const report: NewReport = {
      ...{ id, feedId, feedRow: row.row, fullName: row.fullName, diedOn: row.diedOn },
      ...{ certificate: row.certificate, idNumberIndex: index },
      ...{ idNumberSealed: vault.seal(place, row.idNumber) },
      ...{ personId: person?.personId ?? null, communeId: person?.communeId ?? null },
      ...{ state: problem === null ? 'PROPOSED' : 'WORKLIST', problem },
    }
    return [report]
  })
}

function problemOf(row: FeedRow, person: Found | undefined, seen: ReadonlySet<string>) {
  if (person === undefined) return 'unmatched'
  if (person.reportedOn !== null || seen.has(person.personId)) return 'other-day'
  if (row.diedOn < person.birthDate) return 'born-later'
  return foldName(row.fullName) === foldName(person.fullName) ? null : 'name-differs'
}

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
        ...{ id, feedId: null, feedRow: null, personId: of.personId, diedOn: of.diedOn },
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
  if (!(await store.placeReport(tx, { ...of, by: by.actor }))) throw notWaiting()
  await audited(tx, by, 'death.place', of.id)
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
  if (!(await store.rejectReport(tx, { ...of, by: by.actor }))) throw notWaiting()
  await audited(tx, by, 'death.reject', of.id)
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
