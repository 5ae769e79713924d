import { addDays } from '../lib/time.ts'
import type { LocalDate } from '../lib/time.ts'
import { sameName } from './name-match.ts'

/** On what ground somebody receives a person's money; `self` needs no paper. */
export type PayeeRelation =
  | 'self'
  | 'legal_representative'
  | 'guardian'
  | 'authorised'
  | 'caregiver'
  | 'institution'
  | 'funeral_organiser'

/** Why money waits instead of being sent. */
export type HoldReason =
  | 'representation-expired'
  | 'representation-revoked'
  | 'beneficiary-dead'
  | 'payee-dead'
  | 'account-cooling-off'
  | 'suspended'
  | 'officer-hold'

/** What an approver should look at before he approves a row. */
export type PayeeWarning =
  | 'account-changed'
  | 'shared-account'
  | 'guardian-of-many'
  | 'new-payee'
  | 'name-differs'
  | 'expires-soon'

/** A representation as it stands: from its first day until the day after its last, null without an end. */
export interface Term {
  readonly kind: Exclude<PayeeRelation, 'self'>
  readonly from: LocalDate
  readonly until: LocalDate | null
  readonly revokedOn: LocalDate | null
}

/** What decides whether a payee may be credited. */
export interface HoldFacts {
  readonly bornOn: LocalDate | null
  readonly beneficiaryDied: LocalDate | null
  readonly payeeDied: LocalDate | null
  /** Whether the payee is somebody else than the beneficiary. */
  readonly represented: boolean
  readonly term: Term | null
  /** The first day on which a changed account may be released for; null when it did not change. */
  readonly coolsUntil: LocalDate | null
}

const FULL_AGE = 18

/** The birthday on which somebody born on a day reaches an age; who was born on 29 February reaches it on the 28th. */
export function birthdayOn(bornOn: LocalDate, age: number): LocalDate {
  const year = String(Number(bornOn.slice(0, 4)) + age).padStart(4, '0')
  const leap = Number(year) % 4 === 0 && (Number(year) % 100 !== 0 || Number(year) % 400 === 0)
  const rest = bornOn.slice(5)
  return `${year}-${rest === '02-29' && !leap ? '02-28' : rest}` as LocalDate
}

/**
 * The first day on which a representation no longer holds, or null: the end of its term, and for whoever represents a
 * minor by law the ward's 18th birthday (Civil Code Art 62, 136), whichever comes first.
 */
export function termEnd(term: Pick<Term, 'kind' | 'from' | 'until'>, bornOn: LocalDate | null) {
  const byLaw = term.kind === 'guardian' || term.kind === 'legal_representative'
  const majority = byLaw && bornOn !== null ? birthdayOn(bornOn, FULL_AGE) : null
  if (majority === null || term.from >= majority) return term.until
  return term.until === null || majority < term.until ? majority : term.until
}

/**
 * Why a person's money is not credited on a day, or null when it may be. After the beneficiary's death nobody is
 * credited but the organiser of the funeral, not even for the month of death (Civil Code Art 63, 140.3: it goes to the
 * heirs). Whoever receives for another without a paper that holds on the day is not credited either.
 */
export function holdOf(facts: HoldFacts, day: LocalDate): HoldReason | null {
  const { term } = facts
  if (past(facts.beneficiaryDied, day) && term?.kind !== 'funeral_organiser')
    return 'beneficiary-dead'
  if (past(facts.payeeDied, day) && facts.represented) return 'payee-dead'
  if (facts.represented) {
    if (term === null) return 'representation-expired'
    if (past(term.revokedOn, day)) return 'representation-revoked'
    if (past(termEnd(term, facts.bornOn), day)) return 'representation-expired'
  }
  return facts.coolsUntil !== null && day < facts.coolsUntil ? 'account-cooling-off' : null
}

const past = (at: LocalDate | null, day: LocalDate): boolean => at !== null && at <= day

/** What the warnings of a payee are drawn from. */
export interface WarningFacts extends Pick<HoldFacts, 'bornOn' | 'term'> {
  /** The receiver and the account that the person and programme had before this assignment; null: there was none. */
  readonly before: { readonly payeeId: string; readonly accountId: string | null } | null
  readonly payeeId: string
  readonly accountId: string | null
  readonly everPaid: boolean
  /** Unrelated people who receive through the account's number, the payee among them. */
  readonly sharing: number
  readonly wards: number
  readonly holderName: string | null
  readonly ownerName: string | null
  /** The latest answer of the channel about the account's holder. */
  readonly verdict: string | null
}

/** The figures of table payee_setting. */
export interface PayeeSettings {
  readonly authorisationMonths: number
  readonly wardsMax: number
  readonly sharedAccountPayees: number
  readonly expiryNoticeDays: number
}

/** What an approver should look at, in a fixed order (ux.md A3.3). */
export function warningsOf(
  facts: WarningFacts,
  settings: PayeeSettings,
  day: LocalDate,
): readonly PayeeWarning[] {
  const { before, accountId, term } = facts
  const warnings: PayeeWarning[] = []
  if (before !== null && !facts.everPaid) {
    if (accountId !== null && before.accountId !== accountId) warnings.push('account-changed')
    if (before.payeeId !== facts.payeeId) warnings.push('new-payee')
  }
  if (accountId !== null && facts.sharing >= settings.sharedAccountPayees)
    warnings.push('shared-account')
  if (term !== null && facts.wards > settings.wardsMax) warnings.push('guardian-of-many')
  if (differs(facts)) warnings.push('name-differs')
  if (term !== null && expiresSoon(termEnd(term, facts.bornOn), day, settings))
    warnings.push('expires-soon')
  return warnings.sort(byPlace)
}

const byPlace = (a: PayeeWarning, b: PayeeWarning): number => PLACE.indexOf(a) - PLACE.indexOf(b)
const PLACE: readonly PayeeWarning[] = [
  'account-changed',
  'shared-account',
  'guardian-of-many',
  'new-payee',
  'name-differs',
  'expires-soon',
]

const expiresSoon = (end: LocalDate | null, day: LocalDate, settings: PayeeSettings): boolean =>
  end !== null && end > day && end <= addDays(day, settings.expiryNoticeDays)

/** What the bank said of the holder weighs more than what was written down. */
function differs({ verdict, holderName, ownerName }: WarningFacts): boolean {
  if (verdict !== null) return verdict !== 'match' && verdict !== 'no-answer'
  return holderName !== null && ownerName !== null && !sameName(ownerName, holderName)
}
