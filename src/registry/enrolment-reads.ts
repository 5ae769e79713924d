import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { Month } from '../lib/time.ts'
import { enrolmentsOf, peopleById } from './due-store.ts'
import { startOf } from './enrolment-decisions.ts'
import type { Grant } from './enrolment-decisions.ts'
import { readLaw } from './law-store.ts'
import type { LawLine } from './rules-facts.ts'
import { entitlement } from './rules.ts'

/** What a decision would give, before anybody takes it. */
export interface Preview {
  /** The first month of the grant; null when none was asked about. */
  readonly start: Month | null
  /** What the law owes for the month with it, in đồng by line. */
  readonly lines: readonly LawLine[]
}

/** A grant that is only asked about. */
export type AskedGrant = Pick<Grant, 'categoryCode' | 'decision' | 'facts' | 'qualifiesFrom'>

/**
 * What the law owes a person for a month by what is decided, and with one more grant if it is asked about. Changes nothing.
 * Throws DomainError `person-missing`, `category-unknown`, `start-unknown`, `category-ended`, `standard-unknown`.
 */
export async function preview(
  tx: Tx,
  of: { readonly personId: PersonId; readonly month: Month; readonly grant: AskedGrant | null },
): Promise<Preview> {
  const { personId, month, grant } = of
  const [person] = await peopleById(tx, [personId])
  if (person === undefined) {
    throw new DomainError('not-found', 'person-missing', 'Không có người này: nhập hồ sơ trước')
  }
  const law = await readLaw(tx)
  law.inMonth(month)
  const enrolments = await enrolmentsOf(tx, [personId], month)
  if (grant === null) return { start: null, lines: entitlement(person, enrolments, month, law) }
  const category = law.named(grant.categoryCode)
  if (category === undefined) {
    const message = `Không có đối tượng ${grant.categoryCode}: chọn mã trong benefit_categories.csv`
    throw new DomainError('invalid', 'category-unknown', message)
  }
  const start = startOf(category, grant, person)
  const { studyingUntil, pregnantUntil, poor, children } = grant.facts
  const asked = {
    ...{ id: 'preview', head: category.head, start, last: null, spouseHas: null, suspensions: [] },
    ...{ studyingUntil, pregnantUntil, poor, children },
  }
  return { start, lines: entitlement(person, [...enrolments, asked], month, law) }
}
