import { z } from 'zod'
import { code, date, dong, orBlank, period, status, text, yesNo } from './reference-cells.ts'
import type { OneOffProgramme, StopReason } from './reference-law-schemas.ts'

/**
 * The columns of each file of prisma/reference; the README there says what they mean and where they
 * come from.
 */

const unitCode = z.string().regex(/^\d{5}$/, 'must be a GSO code of 5 digits')
const districtCode = z.string().regex(/^\d{3}$/, 'must be a GSO code of 3 digits')

export const communeSchema = z.strictObject({
  code: unitCode,
  ...period,
  nameVi: text,
  kind: z.enum(['phuong', 'xa', 'thi_tran']),
  fullNameVi: text,
  nameAscii: text.regex(/^[ -~]+$/, 'must be without diacritics'),
  districtCode: orBlank(districtCode),
  districtNameVi: orBlank(text),
  payingUnit: z.union([unitCode, districtCode], 'must be the code of a district or a commune'),
  status,
})

export const successionSchema = z.strictObject({
  effectiveDate: date,
  oldCode: unitCode,
  oldValidFrom: date,
  newCode: unitCode,
  newValidFrom: date,
  change: z
    .string()
    .regex(
      /^(none|(merge|rename|kind|district)(\+(merge|rename|kind|district))*)$/,
      'must be none, or merge, rename, kind, district joined by +',
    ),
  share: z.string().regex(/^[01]\.\d$/, 'must be a decimal with one place such as 1.0'),
  legalBasis: text,
  status,
  note: orBlank(text),
})

export const bankSchema = z.strictObject({
  code,
  bin: orBlank(z.string().regex(/^\d{6}$/, 'must be 6 digits')),
  shortName: text,
  nameVi: text,
  swift: orBlank(z.string().regex(/^[A-Z]{6}[A-Z0-9]{2}$/, 'must be a BIC of 8 characters')),
  citadBankCode: orBlank(z.string().regex(/^\d{3}$/, 'must be 3 digits')),
  vietqrCode: orBlank(text),
  kind: z.enum([
    'bank',
    'digital_bank_brand',
    'policy_bank',
    'finance_company',
    'wallet',
    'treasury',
    'central_bank',
  ]),
  transferSupported: yesNo,
  status,
  note: orBlank(text),
  source: text,
})

export const categorySchema = z.strictObject({
  code,
  ...period,
  /** The family of categories that age leads through; an enrolment may name it instead of one of them. */
  head: code,
  /** The head that takes its people over when the last row of its own head has ended. */
  movesTo: orBlank(code),
  article: text,
  clause: text,
  /** The point that sets the amount, as an explanation names it. */
  point: text,
  legalBasis: text,
  descriptionVi: text,
  descriptionEn: text,
  benefitType: z.enum(['monthly', 'care_monthly', 'institution_monthly', 'one_off', 'daily']),
  unit: text,
  coefficient: orBlank(
    z.string().regex(/^([1-9]\d|\d)\.\d$/, 'must be a decimal with one place such as 1.5'),
  ),
  amountAt360000: orBlank(dong),
  amountAt500000: orBlank(dong),
  fixedAmountVnd: orBlank(dong),
  ageRule: orBlank(
    text.regex(
      /^[[(]\d+,\d*[\])]( or [[(]\d+,\d*[\])])*$/,
      'must be intervals such as [4,16) joined by or',
    ),
  ),
  defaultPayee: z.enum([
    'beneficiary',
    'guardian',
    'caregiver',
    'institution',
    'funeral_organiser',
    'household',
    'household_or_organiser',
  ]),
  startRule: z.enum([
    'decision_month',
    'certificate_month',
    'month_of_75th_birthday',
    'month_of_80th_birthday',
    'eligibility_month',
    'event',
  ]),
  confidential: yesNo,
  /** What a paper that others may see prints instead of the code, on every row alike. */
  neutralCode: orBlank(code),
  status,
  note: orBlank(text),
  source: text,
})

export const subcaseSchema = z.strictObject({
  article: text,
  clause: text,
  point: text,
  descriptionVi: text,
  descriptionEn: text,
  status,
  source: text,
})

export const levelSchema = z.strictObject({
  ...period,
  scope: z.enum(['national', 'hue'], 'must be national, or hue for a level of the city council'),
  standardVnd: dong,
  legalBasis: text,
  status,
  note: orBlank(text),
})

const stages = z.array(
  z.enum(['validate', 'inquiry', 'funding', 'credit', 'reconcile'], {
    error: 'must be validate, inquiry, funding, credit or reconcile, or some joined by /',
  }),
)

const afterwards = [
  'yes_after_inquiry',
  'yes_after_funding',
  'once_next_cycle',
  'next_month',
] as const
const retry = z.enum(['no', 'yes', ...afterwards])

export const failureSchema = z.strictObject({
  code,
  isoReason: orBlank(z.string().regex(/^[A-Z0-9]{4}$/, 'must be an ISO 20022 code such as AC04')),
  stage: z
    .string()
    .transform((cell) => cell.split('/'))
    .pipe(stages)
    .readonly(),
  retry,
  action: text,
  descriptionVi: text,
  descriptionEn: text,
  status,
  source: text,
})

export const accountMapSchema = z.strictObject({
  accountCode: z.string().regex(/^\d{3,4}(-[A-Z]+)?$/, 'must be an account such as 3388-BEN'),
  regime: text,
  regimeCode: orBlank(z.string().regex(/^\d{3,4}$/, 'must be an account of 3 or 4 digits')),
  ...period,
  titleVi: text,
  titleEn: text,
  status,
  note: orBlank(text),
  source: text,
})

export const idPlaceSchema = z.strictObject({
  code: z.string().regex(/^\d{3}$/, 'must be a code of 3 digits'),
  nameVi: text,
  status,
  source: text,
})
export const holidaySchema = z.strictObject({ day: date, nameVi: text, status, source: text })

export type Commune = Readonly<z.output<typeof communeSchema>>
export type CommuneSuccession = Readonly<z.output<typeof successionSchema>>
export type Bank = Readonly<z.output<typeof bankSchema>>
export type BenefitCategory = Readonly<z.output<typeof categorySchema>>
export type BenefitSubcase = Readonly<z.output<typeof subcaseSchema>>
export type StandardLevel = Readonly<z.output<typeof levelSchema>>
export type FailureReason = Readonly<z.output<typeof failureSchema>>
export type AccountMapping = Readonly<z.output<typeof accountMapSchema>>
export type IdPlace = Readonly<z.output<typeof idPlaceSchema>>

export type Holiday = Readonly<z.output<typeof holidaySchema>>

/** The rows of every file, validated one by one but not yet against each other. */
export interface ReferenceTables {
  readonly communes: readonly Commune[]
  readonly succession: readonly CommuneSuccession[]
  readonly banks: readonly Bank[]
  readonly categories: readonly BenefitCategory[]
  readonly subcases: readonly BenefitSubcase[]
  readonly levels: readonly StandardLevel[]
  readonly oneOffs: readonly OneOffProgramme[]
  readonly stopReasons: readonly StopReason[]
  readonly failureReasons: readonly FailureReason[]
  readonly accountMap: readonly AccountMapping[]
  readonly idPlaces: readonly IdPlace[]
  readonly holidays: readonly Holiday[]
}
