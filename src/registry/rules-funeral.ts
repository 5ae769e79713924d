import { DomainError } from '../lib/errors.ts'
import { monthOf } from '../lib/time.ts'
import type { LocalDate } from '../lib/time.ts'
import { amountOf } from './rules-amount.ts'
import type { LawLine } from './rules-facts.ts'
import type { Law } from './rules-law.ts'

/** Why a funeral is supported, and the category whose amount that is (Art 11, 14, 25.3; Decree 176/2025 Art 5). */
export const FUNERAL_GROUNDS = {
  community: 'MTP_CD',
  'child-of-single-parent': 'MTP_CD',
  'aged-80-on-survivor-allowance': 'MTP_CD',
  'social-pension': 'MTP_HTXH',
  'social-pension-applicant': 'MTP_HTXH',
  institution: 'MTP_CSTG',
  emergency: 'MTP_KC',
} as const

export type FuneralGround = keyof typeof FUNERAL_GROUNDS

/**
 * The support for a funeral: the highest of what the grounds give, at the standard level of the month of death; of equal
 * ones the lowest clause. Takes the id of the case, the day of death and its grounds. Throws DomainError
 * `funeral-no-ground` when none of them is in force.
 */
export function funeralSupport(
  caseId: string,
  diedOn: LocalDate,
  grounds: readonly FuneralGround[],
  law: Law,
): LawLine {
  const { heads, standard } = law.inMonth(monthOf(diedOn))
  const codes = new Set<string>(grounds.map((ground) => FUNERAL_GROUNDS[ground]))
  const [best] = [...codes]
    .flatMap((code) => heads.get(code) ?? [])
    .map((category) => ({ category, said: amountOf(category, standard) }))
    .sort((a, b) =>
      a.said.amount === b.said.amount
        ? a.category.rank - b.category.rank
        : Number(b.said.amount - a.said.amount),
    )
  if (best === undefined) {
    const message = 'Không có căn cứ hỗ trợ mai táng: chọn căn cứ đúng với người chết'
    throw new DomainError('invalid', 'funeral-no-ground', message)
  }
  return {
    enrolmentId: caseId,
    programme: best.category.code === 'MTP_HTXH' ? 'HTXH' : 'BTXH',
    component: 'funeral',
    period: monthOf(diedOn),
    categoryCode: best.category.code,
    ...best.said,
  }
}
