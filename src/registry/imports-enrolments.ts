import { DomainError } from '../lib/errors.ts'
import { formatVnd } from '../lib/money.ts'
import { monthOf } from '../lib/time.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import { NO_FACTS, programmeOf, startOf } from './enrolment-decisions.ts'
import type { Grant } from './enrolment-decisions.ts'
import { enterEnrolments } from './imports-apply.ts'
import type { NumberedRow } from './imports-columns.ts'
import { enrolmentColumns } from './imports-enrolment-columns.ts'
import type { EnrolmentRow } from './imports-enrolment-columns.ts'
import { defineKind } from './imports-kind.ts'
import type { Asked, Verdict } from './imports-kind.ts'
import { asGranted, monthlySum, ownEnrolments } from './imports-money.ts'
import { peopleByIdNumber } from './imports-store.ts'
import type { KnownPerson } from './imports-store.ts'
import { readLaw } from './law-store.ts'
import type { LawEnrolment } from './rules-facts.ts'
import type { Law, LawCategory } from './rules-law.ts'

/**
 * Decisions to grant a monthly allowance, one a person and file: the law's start rule gives the first month, and what
 * the file says must agree with it. The preview is what the law owes after less what it owes before.
 */
export const enrolmentsImport = defineKind<EnrolmentRow, Grant>({
  name: 'enrolments',
  title: 'Quyết định hưởng',
  columns: enrolmentColumns,
  key: ({ idNumber }) => idNumber,
  keyField: 'idNumber',
  hasMoney: true,
  judge,
  apply: enterEnrolments,
})

interface Found {
  readonly person: KnownPerson
  readonly own: readonly LawEnrolment[]
  readonly category: LawCategory
  readonly law: Law
  readonly on: LocalDate
}

async function judge(
  { tx, vault, on }: Asked,
  rows: readonly NumberedRow<EnrolmentRow>[],
): Promise<ReadonlyMap<number, Verdict<Grant>>> {
  const people = await peopleByIdNumber(
    tx,
    vault,
    rows.map(({ row }) => row.idNumber),
  )
  const law = await readLaw(tx)
  const enrolments = await ownEnrolments(tx, people.values())
  return new Map(
    rows.map(({ number, row }) => {
      const person = people.get(row.idNumber)
      const own = person === undefined ? [] : (enrolments.get(person.id) ?? [])
      const category = law.named(row.categoryCode)
      return [number, verdictOn(row, { person, own, category, law, on })]
    }),
  )
}

/** Heads whose amount is of the children, whom a row cannot name. */
const OF_CHILDREN = new Set(['DTN_CON', 'CS_NKT_MT'])

function verdictOn(
  row: EnrolmentRow,
  found: Omit<Found, 'person' | 'category'> & {
    readonly person: KnownPerson | undefined
    readonly category: LawCategory | undefined
  },
): Verdict<Grant> {
  const { person, category, on } = found
  if (person === undefined) return bad('idNumber', UNKNOWN_PERSON)
  if (person.diedOn !== null) return bad('idNumber', 'Người này đã mất: không thể hưởng mới.')
  if (category === undefined) {
    return bad('categoryCode', 'Mã đối tượng không có trong danh mục của nghị định.')
  }
  if (OF_CHILDREN.has(category.head)) {
    const words = 'Đối tượng này hưởng theo con: quyết định trên hồ sơ từng người, không qua tệp.'
    return bad('categoryCode', words)
  }
  if (row.programme !== null && row.programme !== programmeOf(category)) {
    return bad('programme', `Mã đối tượng này thuộc chương trình ${programmeOf(category)}.`)
  }
  if (row.decisionDate > on) return bad('decisionDate', 'Ngày quyết định ở sau ngày nhập.')
  const from = monthOf(row.validFrom)
  const other = found.own.find(
    ({ head, last }) => head === category.head && (last === null || last >= from),
  )
  if (other === undefined) return grantOf(row, { ...found, person, category })
  if (other.start === from && other.last === null) return { is: 'same' }
  const words =
    'Người này đang hưởng đối tượng này theo quyết định khác: thay đổi bằng quyết định điều chỉnh.'
  return bad('idNumber', words)
}

/** Rules by which other conditions may hold later than the birthday: the decision says from when. */
const LATER = new Set(['month_of_75th_birthday', 'month_of_80th_birthday', 'eligibility_month'])

function grantOf(row: EnrolmentRow, { person, own, category, law, on }: Found): Verdict<Grant> {
  const from = monthOf(row.validFrom)
  const qualifies = LATER.has(category.startRule) ? { qualifiesFrom: from } : {}
  const { certificateMonth, requestedOn, studyingUntil, poor, dossierNumber } = row
  const facts = { ...NO_FACTS, certificateMonth, requestedOn, studyingUntil, poor: poor ?? false }
  const { id: personId, communeId } = person
  const decision = { number: row.decisionNumber, date: row.decisionDate }
  const ready: Grant = {
    ...{ personId, communeId, categoryCode: row.categoryCode, decision, on, facts, dossierNumber },
    ...qualifies,
  }
  const start = startOrRefusal(category, ready, person)
  if (start instanceof DomainError) return bad('categoryCode', `${start.message}.`)
  if (start !== from) return bad('validFrom', `Theo luật được hưởng từ tháng ${inWords(start)}.`)
  const month = start > monthOf(on) ? start : monthOf(on)
  const granted = asGranted(category.head, start, facts)
  const alone = monthlySum(person, [granted], month, law)
  if (alone === 0n) {
    const words = `Theo luật người này không được hưởng đối tượng này trong tháng ${inWords(month)}: xem lại ngày sinh và điều kiện.`
    return bad('categoryCode', words)
  }
  if (row.amount !== null && row.amount !== alone) {
    return bad('amount', `Mức hưởng theo luật là ${formatVnd(alone)} đồng mỗi tháng.`)
  }
  const change =
    monthlySum(person, [...own, granted], month, law) - monthlySum(person, own, month, law)
  return { is: 'good', ready, communeId, change }
}

function startOrRefusal(category: LawCategory, of: Grant, person: KnownPerson) {
  try {
    return startOf(category, of, person)
  } catch (error) {
    if (error instanceof DomainError) return error
    throw error
  }
}

const inWords = (month: Month) => `${month.slice(5, 7)}/${month.slice(0, 4)}`

/** Why a row names nobody: also when he is there, but not in the officer's communes. */
export const UNKNOWN_PERSON =
  'Không có người mang số này trong phạm vi của đơn vị: nhập người trước, hoặc xem lại số.'

const bad = (field: keyof EnrolmentRow, message: string) => ({ is: 'bad', field, message }) as const
