import { createHash, randomUUID } from 'node:crypto'
import { basename } from 'node:path'
import type { Act } from '../lib/act.ts'
import { inCommunes, recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import { formatVnd } from '../lib/money.ts'
import { readSpreadsheet } from '../lib/read-spreadsheet.ts'
import type { GivenFile } from '../lib/spreadsheet.ts'
import type { LocalDate } from '../lib/time.ts'
import type { Vault } from '../lib/vault.ts'
import { alreadyTaken, recordTaken, takeOnce } from './import-log.ts'
import type { Already } from './import-log.ts'
import type { Asked, Checked, Kind, KindName } from './imports-kind.ts'
import { KINDS } from './imports-kinds.ts'
import { answer, template } from './imports-paper.ts'
import type { ImportReport, ReadFile } from './imports-paper.ts'
import { wordOf } from './word.ts'
import type { Approvers } from './word.ts'

/** Rows that one import may hold; a person who must see to each of them cannot see to more. */
const ROWS_MAX = 5_000
/** Bad rows that a report shows; the file given back has them all. */
const BAD_ROWS_SHOWN = 15

export type { ImportReport } from './imports-paper.ts'

/** What an officer decided to do with a checked file, and what was on the screen when he did. */
export interface ImportDecision {
  readonly on: LocalDate
  /** All rows, of which none may be bad, or chosen good ones by Excel's number. */
  readonly rows: 'all' | readonly number[]
  readonly seen: { readonly count: number; readonly change: bigint }
  readonly confirmedBy: Approvers
}

/** A file that was applied, and how many rows of it. */
interface Applied {
  readonly is: 'applied'
  readonly fileId: string
  readonly rows: number
}

/** A file applied, or one that was taken before and has no effect again. */
export type Imported = Applied | Already

/**
 * Reads a file that is to hold a kind of rows: guarded, parsed in a process of its own. Needs no transaction. Throws the
 * refusals of lib/spreadsheet-refusal.ts, which name the cell where one is to blame.
 */
async function read(kind: KindName, file: GivenFile): Promise<ReadFile> {
  const name = basename(file.name.normalize('NFC'))
  const sheet = await readSpreadsheet({ name, bytes: file.bytes })
  const sha256 = createHash('sha256').update(file.bytes).digest('hex')
  return { kind, name, bytes: file.bytes, sha256, sheet }
}

/**
 * Checks a file against the registry and changes nothing: what is good, what holds already, what is wrong in which cell,
 * and what it would change of what is paid a month. A few queries however many rows.
 */
async function check(tx: Tx, vault: Vault, file: ReadFile, on: LocalDate): Promise<ImportReport> {
  const checked = await checkedOf({ tx, vault, on }, file)
  return reportOf(KINDS[file.kind], checked, await alreadyTaken(tx, file.sha256))
}

const checkedOf = (asked: Asked, file: ReadFile): Promise<Checked> =>
  KINDS[file.kind].check(asked, file.sheet)

function reportOf(kind: Kind, checked: Checked, already: string | null): ImportReport {
  const { good, same, faults, total } = checked
  const badRows = [...new Set(faults.map(({ row }) => row))]
  const listed = new Set(badRows.slice(0, BAD_ROWS_SHOWN))
  const { rowNumber: row, errorsAt } = checked.header
  return {
    header: { row, errorsAt },
    already,
    problem: checked.problem ?? limitProblem(checked),
    rows: { total, good: good.length, same: same.length, bad: badRows.length },
    goodRows: good,
    shown: faults.filter(({ row }) => listed.has(row)),
    moreBadRows: badRows.length - listed.size,
    faults,
    change: kind.hasMoney ? checked.effectOf(good).change : null,
  }
}

/** Said only when nothing else is wrong: who splits a file does it once, after its rows are right. */
function limitProblem({ faults, total }: Checked): ImportReport['problem'] {
  if (faults.length > 0 || total <= ROWS_MAX) return null
  const message = `Tệp có ${formatVnd(BigInt(total))} dòng, mỗi lần nhập nhiều nhất ${formatVnd(BigInt(ROWS_MAX))}: chia thành nhiều tệp.`
  return { code: 'rows-limit', message }
}

/**
 * Applies a checked file on the word of two people, three where it has an account or a payee who is one of them or a
 * relative (`relative-needs-second`): the rows, the file's hash and counts, what each row became, and the
 * audit event, in the caller's transaction. The file is checked again first. The same bytes a second time have no
 * effect, also when both come at once. Throws DomainError `import-bad-rows`, `import-rows`, `import-changed` (other count
 * or change than was seen), `same-person`, or the problem that the report names.
 */
async function apply(
  tx: Tx,
  vault: Vault,
  by: Act,
  file: ReadFile,
  decision: ImportDecision,
): Promise<Imported> {
  return takeOnce(tx, file.sha256, () => applyNew(tx, vault, by, file, decision))
}

async function applyNew(
  tx: Tx,
  vault: Vault,
  by: Act,
  file: ReadFile,
  decision: ImportDecision,
): Promise<Applied> {
  const { on, confirmedBy } = decision
  const checked = await checkedOf({ tx, vault, on }, file)
  const rows = chosenRows(checked, decision)
  const { communes, change } = checked.effectOf(rows)
  const { kind, sha256, name: fileName } = file
  const taken = {
    ...{ id: randomUUID(), kind, fileName, sha256, sizeBytes: file.bytes.length },
    ...{ format: file.sheet.format, rows: countsOf(checked, rows), communes, change },
  }
  const subjects = await checked.apply({ tx, vault, on, by, confirmedBy }, rows)
  const { confirmedBy: first, secondConfirmedBy: last } = wordOf(by.actor, confirmedBy)
  await recordTaken(tx, by, taken, { confirmedBy: last ?? first, subjects })
  const detail = { kind, sha256, rows: taken.rows, change: String(change), confirmedBy }
  const subject = `import-file:${taken.id}`
  await recordActs(tx, by, inCommunes(by, communes, { act: 'import.apply', subject, detail }))
  return { is: 'applied', fileId: taken.id, rows: rows.length }
}

function countsOf({ total, same }: Checked, rows: readonly number[]) {
  const counts = { total, applied: rows.length, same: same.length }
  return { ...counts, left: total - counts.applied - counts.same }
}

function chosenRows(checked: Checked, { rows, seen }: ImportDecision): readonly number[] {
  const problem = checked.problem ?? limitProblem(checked)
  if (problem !== null) throw new DomainError('invalid', problem.code, problem.message)
  if (rows === 'all' && checked.faults.length > 0) {
    const words = 'Tệp còn dòng lỗi: sửa tệp, hoặc chọn riêng các dòng tốt.'
    throw new DomainError('invalid', 'import-bad-rows', words)
  }
  const chosen = rows === 'all' ? checked.good : [...new Set(rows)]
  const good = new Set(checked.good)
  const wrong = chosen.filter((row) => !good.has(row)).slice(0, BAD_ROWS_SHOWN)
  if (wrong.length > 0 || chosen.length === 0) {
    const words =
      wrong.length > 0
        ? `Dòng ${wrong.join(', ')} không nhập được: kiểm tra lại tệp.`
        : 'Không có dòng nào để nhập.'
    throw new DomainError('conflict', 'import-rows', words)
  }
  const { change } = checked.effectOf(chosen)
  if (seen.count !== chosen.length || seen.change !== change) {
    const words = `Dữ liệu đã đổi từ lúc kiểm tra: nay là ${String(chosen.length)} dòng, thay đổi ${String(change)} đồng mỗi tháng. Kiểm tra lại.`
    throw new DomainError('conflict', 'import-changed', words)
  }
  return chosen
}

/** Files of people, enrolments, accounts and deaths that officers keep in Excel: read, checked, applied, given back. */
export const imports = { answer, apply, check, read, template }
