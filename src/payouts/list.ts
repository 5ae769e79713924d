import type { PersonId } from '../lib/act.ts'
import { DomainError } from '../lib/errors.ts'
import type { Vnd } from '../lib/money.ts'
import { addDays, addMonths } from '../lib/time.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import { receiverKey } from './due-line.ts'
import type { DueLine, Payee } from './due-line.ts'
import { entitlementNumber } from './reference.ts'

/** Where a list stands (docs/adr/0011). REFUSED and WITHDRAWN ones stay, and a new version follows them. */
export type ListState = 'DRAFT' | 'SUBMITTED' | 'APPROVED' | 'RELEASED' | 'REFUSED' | 'WITHDRAWN'

/** What a person names who decides: exactly this set, its size and its sum (law 7). */
export interface FrozenSet {
  readonly rowCount: number
  /** In đồng. */
  readonly total: Vnd
  /** SHA-256 over every field of every row in order, hex; computed by the database. Empty for a draft. */
  readonly contentHash: string
}

/** A commune's list as stored. */
export interface StoredList extends FrozenSet {
  readonly id: string
  readonly number: string
  readonly communeId: number
  readonly month: Month
  readonly version: number
  readonly payingUnit: string
  readonly state: ListState
  readonly preparedBy: PersonId
}

/** One row of a list as it is drawn up: everything that decides who gets how much, why and how. */
export interface ListRow extends DueLine, Omit<Payee, 'warnings'> {
  readonly row: number
  readonly number: string
  readonly warnings: readonly string[]
}

/**
 * A due line of a confidential category has the code it shares with others, and names no point of the law that leads to it
 * (Decree 20/2021 Art 8.1.b): the form in which `lists.rows` shows every row of Article 5.
 */
function neutral(line: DueLine, categoryCode: string): DueLine {
  return {
    ...line,
    categoryCode,
    explanation: line.explanation.replaceAll(POINT_VI, 'Điều 6.1'),
    explanationEn: line.explanationEn.replaceAll(POINT_EN, 'Art. 6.1'),
    legalBasis: 'Điều 5, 6.1 Nghị định 20/2021/NĐ-CP',
  }
}

const POINT_VI = /Điều [56]\.[^ )]*/gu
const POINT_EN = /Art\. [56]\.[^ )]*/gu

/**
 * Puts what is owed and who receives it together, in the order of the lines: the rows of a list. `rowsBefore` is how many
 * rows earlier versions of the month have: numbers go on after them. `confidential` are category codes that are never shown.
 * Throws DomainError `payee-missing` when nobody receives for a line.
 */
export function rowsOf(list: {
  readonly month: Month
  readonly commune: string
  readonly rowsBefore: number
  readonly lines: readonly DueLine[]
  /** By `receiverKey`. */
  readonly payees: ReadonlyMap<string, Payee>
  /** Confidential categories, each with the code that stands on lists in its place. */
  readonly confidential: ReadonlyMap<string, string>
}): readonly ListRow[] {
  const { month, commune, rowsBefore } = list
  return list.lines.map((line, index) => {
    const payee = list.payees.get(receiverKey(line))
    if (payee === undefined) {
      throw new DomainError(
        'conflict',
        'payee-missing',
        `Đối tượng ${line.personId} (${line.payeeProgramme}) chưa có người nhận: hãy nhập người nhận trước khi lập danh sách`,
      )
    }
    const code = list.confidential.get(line.categoryCode)
    const shown = code === undefined ? line : neutral(line, code)
    const row = index + 1
    return rowOf(shown, payee, {
      row,
      number: entitlementNumber({ month, commune, row: rowsBefore + row }),
    })
  })
}

/** Named one by one: spreads that make an object of so many properties take thirty times as long. */
function rowOf(
  line: DueLine,
  payee: Payee,
  { row, number }: Pick<ListRow, 'row' | 'number'>,
): ListRow {
  return {
    row,
    number,
    personId: line.personId,
    communeId: line.communeId,
    enrolmentId: line.enrolmentId,
    programme: line.programme,
    payeeProgramme: line.payeeProgramme,
    component: line.component,
    period: line.period,
    categoryCode: line.categoryCode,
    amount: line.amount,
    explanation: line.explanation,
    explanationEn: line.explanationEn,
    legalBasis: line.legalBasis,
    payeeId: payee.payeeId,
    relation: payee.relation,
    representationId: payee.representationId,
    method: payee.method,
    channel: payee.channel,
    paymentAccountId: payee.paymentAccountId,
    hold: payee.hold,
    warnings: payee.warnings,
  }
}

/**
 * Checks that the set a person decides on is the set that is stored.
 * Throws DomainError `list-differs` naming both counts and sums when it is not: nothing is decided unseen.
 */
export function requireSameSet(seen: FrozenSet, stored: FrozenSet): void {
  if (
    seen.rowCount !== stored.rowCount ||
    seen.total !== stored.total ||
    seen.contentHash !== stored.contentHash
  ) {
    throw new DomainError(
      'conflict',
      'list-differs',
      `Danh sách đã khác: bạn xem ${seen.rowCount} dòng, ${seen.total} đồng; hiện có ${stored.rowCount} dòng, ${stored.total} đồng`,
    )
  }
}

/** The last day to hand over the list of a month: before the 25th of the month before (Decree 20/2021 Art 34). */
export function deadlineOf(month: Month): LocalDate {
  return addDays(addMonths(month, -1), 23)
}
