import { randomUUID } from 'node:crypto'
import type { Act } from '../lib/act.ts'
import { inCommunes, recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { Vault } from '../lib/vault.ts'
import { ID_NUMBER } from './blind-fields.ts'
import { readDeathFeed } from './death-feed.ts'
import * as store from './deaths-store.ts'
import type { DeathProblem, Found, NewReport } from './deaths-store.ts'
import { recordTaken, takeOnce } from './import-log.ts'
import type { Already } from './import-log.ts'
import type { FileTaken } from './import-log-store.ts'
import type { NumberedRow } from './imports-columns.ts'
import type { DeathRow } from './imports-deaths.ts'
import type { ReadFile } from './imports-paper.ts'
import { foldText } from './person-name.ts'

/** What came of a file of the feed. */
interface FeedTaken {
  readonly is: 'taken'
  readonly proposed: number
  readonly worklist: number
  /** Deaths that were reported already, with the same day. */
  readonly known: number
}

/** A file of the feed taken, or one that was taken before and has no effect again. */
export type FeedResult = FeedTaken | Already

/**
 * Takes a file of the civil-status feed, which `imports.read` has read as deaths: a row whose ID number and name are
 * those of one person makes a proposal, which a second person confirms; every other row stays in the worklist with the
 * reason. The same bytes again have no effect. Throws DomainError `feed-invalid` (nothing of a damaged file is taken) and
 * `feed-scope` (somebody in it is not of the communes of who acts, so that only the province may take it).
 */
export async function receiveFeed(
  tx: Tx,
  vault: Vault,
  by: Act,
  file: ReadFile,
): Promise<FeedResult> {
  return takeOnce(tx, file.sha256, () => receiveNew(tx, vault, by, file))
}

const OUTSIDE =
  'Tệp không có dòng nào, hoặc có người không tìm thấy trong phạm vi của đơn vị: chuyển cấp tỉnh nhận.'

/** A row of the feed that makes a report, under Excel's number. */
interface Reported {
  readonly number: number
  readonly report: NewReport
}

async function receiveNew(tx: Tx, vault: Vault, by: Act, file: ReadFile): Promise<FeedTaken> {
  const rows = readDeathFeed(file.sheet)
  const { reports, communes } = await placed(tx, vault, rows)
  if (communes === null && by.scope !== 'province')
    throw new DomainError('forbidden', 'feed-scope', OUTSIDE)
  await store.insertReports(
    tx,
    reports.map(({ report }) => report),
    by.actor,
  )
  const counts = { applied: reports.length, same: rows.length - reports.length }
  const taken: FileTaken = {
    ...{ id: randomUUID(), kind: 'death-feed', fileName: file.name, sha256: file.sha256 },
    ...{ sizeBytes: file.bytes.length, format: file.sheet.format, communes, change: null },
    rows: { total: rows.length, left: 0, ...counts },
  }
  const subjects = new Map(reports.map(({ number, report }) => [number, `death:${report.id}`]))
  await recordTaken(tx, by, taken, { confirmedBy: null, subjects })
  const proposals = reports.filter(({ report }) => report.state === 'PROPOSED')
  const proposed = proposals.length
  const detail = { proposed, worklist: counts.applied - proposed, known: counts.same }
  const subject = `import-file:${taken.id}`
  await recordActs(tx, by, [
    ...inCommunes(by, communes ?? [], { act: 'death.receive-feed', subject, detail }),
    ...proposals.map(({ report: { id, communeId } }) => ({
      ...{ act: 'death.report', subject: `death-report:${id}` },
      ...(communeId !== null && { communeId }),
    })),
  ])
  return { is: 'taken', ...detail }
}

async function placed(tx: Tx, vault: Vault, rows: readonly NumberedRow<DeathRow>[]) {
  const indexed = rows.map((one) => ({ ...one, index: vault.index(ID_NUMBER, one.row.idNumber) }))
  const indexes = indexed.map(({ index }) => index)
  const found = new Map((await store.peopleByIndex(tx, indexes)).map((one) => [one.index, one]))
  const known = new Set(await store.waitingKeys(tx, indexes))
  const reports = indexed.flatMap(({ number, row, index }): readonly Reported[] => {
    const person = found.get(index.toString('hex'))
    const key = `${index.toString('hex')} ${row.diedOn}`
    if (known.has(key) || person?.reportedOn === row.diedOn) return []
    const problem = problemOf(row, person, known)
    known.add(key).add(person?.personId ?? key)
    return [{ number, report: reportOf(vault, { row, index, person, problem }) }]
  })
  const own = indexes.map((index) => found.get(index.toString('hex'))?.communeId ?? null)
  const seen = own.filter((one) => one !== null)
  const everybody = rows.length > 0 && seen.length === own.length
  return { reports, communes: everybody ? [...new Set(seen)].toSorted((a, b) => a - b) : null }
}

function reportOf(
  vault: Vault,
  of: {
    readonly row: DeathRow
    readonly index: Buffer
    readonly person: Found | undefined
    readonly problem: DeathProblem | null
  },
): NewReport {
  const { row, index, person, problem } = of
  const id = randomUUID()
  const place = { table: 'death_report', column: 'id_number_sealed', row: id }
  return {
    ...{ id, fullName: row.fullName, diedOn: row.diedOn, certificate: row.certificateNumber },
    ...{ idNumberIndex: index, idNumberSealed: vault.seal(place, row.idNumber) },
    ...{ personId: person?.personId ?? null, communeId: person?.communeId ?? null },
    ...{ state: problem === null ? 'PROPOSED' : 'WORKLIST', problem },
  }
}

function problemOf(
  row: DeathRow,
  person: Found | undefined,
  seen: ReadonlySet<string>,
): DeathProblem | null {
  if (person === undefined) return 'unmatched'
  if (person.reportedOn !== null || seen.has(person.personId)) return 'other-day'
  if (row.diedOn < person.birthDate) return 'born-later'
  return foldText(row.fullName) === foldText(person.fullName) ? null : 'name-differs'
}
