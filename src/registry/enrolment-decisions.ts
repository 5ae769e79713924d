import { randomUUID } from 'node:crypto'
import type { Act, PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import { addMonths } from '../lib/time.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import { peopleById } from './due-store.ts'
import type { DuePerson } from './due-store.ts'
import { record, write } from './enrolment-acts.ts'
import * as store from './enrolments-store.ts'
import type { Decision, EnrolmentFacts, OpenEnrolment } from './enrolments-store.ts'
import { readLaw } from './law-store.ts'
import { readDossierNumber } from './plain-words.ts'
import type { LawPerson } from './rules-facts.ts'
import type { Law, LawCategory } from './rules-law.ts'
import { startMonth } from './rules-start.ts'

/** No facts: what most categories ask. */
export const NO_FACTS: EnrolmentFacts = {
  certificateMonth: null,
  requestedOn: null,
  studyingUntil: null,
  pregnantUntil: null,
  spouseId: null,
  poor: false,
  children: [],
}

/** A benefit to be granted by a decision. */
export interface Grant {
  readonly personId: PersonId
  readonly communeId: number
  /** A category, or a head. */
  readonly categoryCode: string
  readonly decision: Decision
  /** The business day on which it is entered. */
  readonly on: LocalDate
  readonly facts: EnrolmentFacts
  /** From when the other conditions hold, where that is later than what the start rule says. */
  readonly qualifiesFrom?: Month
  /** Mã hồ sơ; left out: not known. */
  readonly dossierNumber?: string | null | undefined
}

/** An enrolment that was granted, and its first month. */
export interface Granted {
  readonly id: string
  readonly start: Month
}

/**
 * Grants a benefit by a decision: owed from the month that the start rule of its category gives (Art 8.1.đ), which may lie
 * before the decision and then makes arrears. Returns the enrolment and its first month. Throws DomainError
 * `category-unknown`, `start-unknown` (a fact is missing), `category-ended`, `person-missing`, `person-dead`,
 * `enrolled-already`, `dossier-number`.
 */
export async function grant(tx: Tx, by: Act, of: Grant): Promise<Granted> {
  const [granted] = await grantAll(tx, by, [of])
  if (granted === undefined) throw new Error('a grant came back empty')
  return granted
}

/** Grants benefits as `grant` does, all or none: six statements however many. Returns them in the order given. */
export async function grantAll(
  tx: Tx,
  by: Act,
  grants: readonly Grant[],
): Promise<readonly Granted[]> {
  const law = await readLaw(tx)
  const ids = grants.map(({ personId }) => personId)
  const people = new Map((await peopleById(tx, ids)).map((one) => [one.personId, one]))
  const made = grants.map((of) => {
    const category = categoryNamed(law, of.categoryCode)
    const start = startOf(category, of, living(people.get(of.personId)))
    const { personId, communeId, categoryCode, decision, on, facts } = of
    return {
      ...{ id: randomUUID(), personId, communeId, programme: programmeOf(category) },
      ...{ categoryCode, start, decision, actedOn: on, replaces: null, ...facts },
      dossierNumber: dossierOf(of, null),
    }
  })
  await write(tx, by, 'grant', made)
  return made.map(({ id, start }) => ({ id, start }))
}

/**
 * The first month of a grant by the start rule of its category. Pure. Throws DomainError `start-unknown`, and
 * `category-ended` when the category is no longer in force then.
 */
export function startOf(
  category: LawCategory,
  of: Pick<Grant, 'decision' | 'facts' | 'qualifiesFrom'>,
  person: Pick<LawPerson, 'birthDate'>,
): Month {
  const start = startMonth(category, {
    birthDate: person.birthDate,
    decisionDate: of.decision.date,
    qualifiesFrom: of.qualifiesFrom ?? null,
    ...of.facts,
  })
  if (category.validTo === null || start <= category.validTo) return start
  const message = `Đối tượng ${category.code} đã hết hiệu lực từ ${category.validTo}: chọn đối tượng khác`
  throw new DomainError('conflict', 'category-ended', message)
}

/** The programme that pays a category. */
export const programmeOf = ({ head }: Pick<LawCategory, 'head'>): 'BTXH' | 'HTXH' =>
  head === 'HTXH' ? 'HTXH' : 'BTXH'

/**
 * Changes what an enrolment rests on from a month: another category of the person's head, or other facts. The version
 * before ends with the month before; months that lists carried lower make a difference, carried higher a receivable.
 * Returns the new version. Throws DomainError `not-enrolled`, `has-ended`, `enrolled-already`, `dossier-number`.
 */
export async function change(
  tx: Tx,
  by: Act,
  of: {
    readonly personId: PersonId
    readonly head: string
    readonly from: Month
    readonly facts: Partial<EnrolmentFacts>
    readonly decision: Decision
    readonly on: LocalDate
    /** Left out: as before. */
    readonly dossierNumber?: string | undefined
  },
): Promise<string> {
  const enrolment = await openOf(tx, of.personId, of.head, of.from)
  if (enrolment.last !== null) {
    const message = `Hồ sơ ${of.head} đã thôi hưởng từ sau tháng ${enrolment.last.slice(0, 7)}: quyết định hưởng lại`
    throw new DomainError('conflict', 'has-ended', message)
  }
  await store.endVersions(tx, [enrolment.id], {
    ...{ last: addMonths(of.from, -1), on: of.on, reason: null, decision: of.decision.number },
  })
  const id = randomUUID()
  const start = of.from > enrolment.start ? of.from : enrolment.start
  const version = {
    ...{ ...enrolment, ...of.facts, id, start },
    ...{ decision: of.decision, actedOn: of.on, replaces: enrolment.id },
    dossierNumber: dossierOf(of, enrolment.dossierNumber),
  }
  await write(tx, by, 'change', [version])
  return id
}

/**
 * Stops a benefit with a reason (TT 02/2021 Art 2.1): the month of the loss is still owed, the next one is not (Art 8.2).
 * `lost` is the month of the loss. Throws DomainError `not-enrolled`, `reason-unknown`.
 */
export async function stop(
  tx: Tx,
  by: Act,
  of: {
    readonly personId: PersonId
    readonly head: string
    readonly lost: Month
    readonly reason: string
    readonly decision: Decision
    readonly on: LocalDate
  },
): Promise<void> {
  if (!(await store.hasReason(tx, of.reason, 'stop'))) {
    const message = `Không có lý do thôi hưởng ${of.reason}: chọn trong stop_reasons.csv`
    throw new DomainError('invalid', 'reason-unknown', message)
  }
  const { id, communeId } = await openOf(tx, of.personId, of.head, of.lost)
  await store.endVersions(tx, [id], {
    ...{ last: of.lost, on: of.on, reason: of.reason, decision: of.decision.number },
  })
  await record(tx, by, 'stop', [{ id, communeId }], of)
}

/** The dossier’s number that is given, or that of before. */
const dossierOf = (
  { dossierNumber }: { readonly dossierNumber?: string | null | undefined },
  before: string | null,
): string | null => (dossierNumber ? readDossierNumber(dossierNumber) : before)

/** The version of a head that a month falls in, or that begins later. */
async function openOf(
  tx: Tx,
  personId: PersonId,
  head: string,
  month: Month,
): Promise<OpenEnrolment> {
  const open = await store.lockOpen(tx, personId, month)
  const found = open.find((enrolment) => enrolment.head === head)
  if (found !== undefined) return found
  const message = `Người này không hưởng ${head} trong tháng ${month.slice(0, 7)}: xem lại hồ sơ`
  throw new DomainError('not-found', 'not-enrolled', message)
}

function living(person: DuePerson | undefined): DuePerson {
  if (person === undefined) {
    throw new DomainError('not-found', 'person-missing', 'Không có người này: nhập hồ sơ trước')
  }
  if (person.diedOn !== null) {
    const message = `Người này đã chết ngày ${person.diedOn}: không quyết định hưởng mới`
    throw new DomainError('conflict', 'person-dead', message)
  }
  return person
}

/** The row of a category, or the first of a head, for its start rule. */
function categoryNamed(law: Law, code: string): LawCategory {
  const found = law.named(code)
  if (found !== undefined) return found
  const message = `Không có đối tượng ${code}: chọn mã trong benefit_categories.csv`
  throw new DomainError('invalid', 'category-unknown', message)
}
