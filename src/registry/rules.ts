import { monthOf } from '../lib/time.ts'
import type { Month } from '../lib/time.ts'
import { childrenIn } from './rules-ages.ts'
import { amountIn, english } from './rules-amount.ts'
import type { Explained } from './rules-amount.ts'
import { categoryIn } from './rules-category.ts'
import type { LawEnrolment, LawLine, LawPerson } from './rules-facts.ts'
import type { CategoryInForce, Gift, Law } from './rules-law.ts'
import { formatVnd, vnd } from '../lib/money.ts'

const SINGLE_PARENT = 'DTN_CON'
const PENSION = 'HTXH'
/** Art 20.2.a: care money of a disabled parent, beside any other. */
const PARENT_CARE = 'CS_NKT_MT'
/** Art 6.2: with one of these clauses of Article 5 a poor single parent keeps both. */
const BESIDE_SINGLE_PARENT = /^[568]([. ]|$)/

interface Candidate {
  readonly enrolment: LawEnrolment
  readonly category: CategoryInForce
  readonly said: Explained
}

/**
 * What the law owes a person for a month (Decree 20/2021 Art 5, 6, 8, 20, 25; Decree 176/2025): the highest single head,
 * for a poor single parent together with one of 5.5, 5.6, 5.8 (Art 6.2); care money on top (Art 20); in an institution
 * that alone (Art 25.5); gifts of the month. Amounts in đồng, in the order of programme and component; the order of the
 * enrolments does not matter. Pure. Throws DomainError `standard-unknown`.
 */
export function entitlement(
  person: LawPerson,
  enrolments: readonly LawEnrolment[],
  month: Month,
  law: Law,
): readonly LawLine[] {
  if (person.diedOn !== null && month > monthOf(person.diedOn)) return []
  const candidates = enrolments
    .filter((enrolment) => isOwed(enrolment, month))
    .flatMap((enrolment) => candidateOf(person, enrolment, month, law))
    .sort(byAmount)
  const [only, another] = candidates
  if (only === undefined) return []
  // Nearly everybody has one enrolment: there is nothing to choose from.
  const paid = (another === undefined ? [only] : paidOf(candidates)).map((candidate) =>
    lineOf(candidate, month),
  )
  return [...paid, ...giftsTo(paid, law.inMonth(month).gifts)].sort(byComponent)
}

/** Which of several candidates are paid, the highest amount first. */
function paidOf(candidates: readonly Candidate[]): readonly Candidate[] {
  const institution = candidates.filter(is('institution_monthly')).slice(0, 1)
  const parentCare = candidates.filter(({ category }) => category.head === PARENT_CARE).slice(0, 1)
  const care = candidates
    .filter(is('care_monthly'))
    .filter(({ category }) => category.head !== PARENT_CARE)
    .slice(0, 1)
  const benefits = bestOf(candidates.filter(is('monthly')))
  return [...(institution.length > 0 ? institution : [...benefits, ...care]), ...parentCare]
}

/** The pair of a single parent, or the highest: what adds up to more; of equal sums the lowest clause. */
function bestOf(monthly: readonly Candidate[]): readonly Candidate[] {
  const [highest] = monthly
  if (highest === undefined) return []
  const parent = monthly.find(({ category }) => category.head === SINGLE_PARENT)
  const beside = monthly.find(
    ({ category }) => category.article === '5' && BESIDE_SINGLE_PARENT.test(category.clause),
  )
  if (parent === undefined || beside === undefined) return [highest]
  return parent.said.amount + beside.said.amount > highest.said.amount
    ? [parent, beside]
    : [highest]
}

const is =
  (type: string) =>
  ({ category }: Candidate): boolean =>
    category.benefitType === type

/** From the first to the last month, but not while it is suspended or the spouse has the one share of Art 20.2.a. */
function isOwed(enrolment: LawEnrolment, month: Month): boolean {
  const { start, last, suspensions, spouseHas } = enrolment
  return (
    start <= month &&
    (last === null || month <= last) &&
    !suspensions.some((suspension) => !suspension.withArrears && lies(suspension, month)) &&
    !(spouseHas !== null && lies(spouseHas, month))
  )
}

const lies = (
  { from, to }: { readonly from: Month; readonly to: Month | null },
  month: Month,
): boolean => from <= month && (to === null || month <= to)

function candidateOf(
  person: LawPerson,
  enrolment: LawEnrolment,
  month: Month,
  law: Law,
): readonly Candidate[] {
  const category = categoryIn(person, enrolment, month, law)
  if (!category?.benefitType.endsWith('monthly')) return []
  const ofMonth = law.inMonth(month)
  if (category.head !== SINGLE_PARENT) {
    return [{ enrolment, category, said: amountIn(ofMonth, category) }]
  }
  const children = childrenIn(enrolment.children, month)
  return children === 0
    ? []
    : [{ enrolment, category, said: amountIn(ofMonth, category, children) }]
}

function byAmount(a: Candidate, b: Candidate): number {
  if (a.said.amount !== b.said.amount) return a.said.amount > b.said.amount ? -1 : 1
  if (a.category.rank !== b.category.rank) return a.category.rank - b.category.rank
  return a.enrolment.id < b.enrolment.id ? -1 : 1
}

const lineOf = ({ enrolment, category, said }: Candidate, period: Month): LawLine => ({
  enrolmentId: enrolment.id,
  programme: category.head === PENSION ? PENSION : 'BTXH',
  component: componentOf(category),
  period,
  categoryCode: category.code,
  amount: said.amount,
  explanation: said.explanation,
  explanationEn: said.explanationEn,
  legalBasis: said.legalBasis,
})

function componentOf({ head, benefitType }: CategoryInForce): string {
  if (head === SINGLE_PARENT) return 'children'
  if (head === PARENT_CARE) return 'care-child'
  if (benefitType === 'care_monthly') return 'care'
  return benefitType === 'institution_monthly' ? 'institution' : 'monthly'
}

/** Each gift once a person, on the first benefit that it goes with. */
const giftsTo = (paid: readonly LawLine[], gifts: readonly Gift[]): readonly LawLine[] =>
  gifts.flatMap(({ code, nameVi, nameEn, amount, categories, legalBasis }) =>
    paid
      .filter(({ categoryCode }) => categories.includes('*') || categories.includes(categoryCode))
      .slice(0, 1)
      .map(({ enrolmentId, period, categoryCode }) => ({
        ...{ enrolmentId, programme: code, component: 'one-off', period, categoryCode },
        amount: vnd(amount),
        explanation: `${formatVnd(amount)}, ${nameVi}`,
        explanationEn: `${english(amount)}, ${nameEn}`,
        legalBasis,
      })),
  )

const byComponent = (a: LawLine, b: LawLine): number =>
  `${a.programme} ${a.component}` < `${b.programme} ${b.component}` ? -1 : 1
