import { DomainError } from '../lib/errors.ts'
import { monthOf } from '../lib/time.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import { monthOfBirthday } from './rules-ages.ts'
import type { LawCategory } from './rules-law.ts'

/** What the start of a benefit depends on (Art 8.1.đ). */
export interface StartFacts {
  readonly birthDate: LocalDate
  readonly decisionDate: LocalDate
  /** Of the certificate of disability. */
  readonly certificateMonth: Month | null
  /** Of the written request for the social pension. */
  readonly requestedOn: LocalDate | null
  /** From when the other conditions hold (poor household, commune …), where that is later than the birthday. */
  readonly qualifiesFrom: Month | null
  readonly poor: boolean
}

/**
 * The first month that is owed, by the start rule of the category: the month in which the decision is signed, of the
 * certificate, of the 75th or 80th birthday (5.5.b, 5.5.c), or in which a social pensioner who asked in writing
 * qualifies; never before the category exists. Throws DomainError `start-unknown` naming the fact that is missing.
 */
export function startMonth(
  category: Pick<LawCategory, 'code' | 'startRule' | 'validFrom'>,
  facts: StartFacts,
): Month {
  const start = byRule(category, facts)
  const qualified = later(start, facts.qualifiesFrom ?? start)
  return later(qualified, monthOf(category.validFrom))
}

function byRule(
  { code, startRule }: Pick<LawCategory, 'code' | 'startRule'>,
  facts: StartFacts,
): Month {
  const { birthDate, decisionDate, certificateMonth, requestedOn, poor } = facts
  switch (startRule) {
    case 'certificate_month':
      return certificateMonth ?? missing(code, 'tháng của giấy xác nhận mức độ khuyết tật')
    case 'month_of_75th_birthday':
      return monthOfBirthday(birthDate, 75)
    case 'month_of_80th_birthday':
      return monthOfBirthday(birthDate, 80)
    case 'eligibility_month':
      if (requestedOn === null) return missing(code, 'ngày của văn bản đề nghị')
      return monthOfBirthday(birthDate, poor ? 70 : 75)
    default:
      return monthOf(decisionDate)
  }
}

function missing(code: string, fact: string): never {
  const message = `Đối tượng ${code}: thiếu ${fact}. Nhập thêm rồi quyết định lại`
  throw new DomainError('invalid', 'start-unknown', message, { code })
}

const later = (a: Month, b: Month): Month => (a > b ? a : b)
