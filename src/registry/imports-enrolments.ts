import { formatVnd, timesCoefficient } from '../lib/money.ts'
import type { Vnd } from '../lib/money.ts'
import type { LocalDate } from '../lib/time.ts'
import { enterEnrolments } from './imports-apply.ts'
import type { ReadyEnrolment } from './imports-apply.ts'
import { badCell, readAmount, readChoice, readCode, readDay, readWords } from './imports-cells.ts'
import type { NumberedRow } from './imports-columns.ts'
import { defineKind } from './imports-kind.ts'
import type { Asked, Verdict } from './imports-kind.ts'
import { idNumberColumn } from './imports-people.ts'
import { categoriesOn, openEnrolments, peopleByIdNumber } from './imports-store.ts'
import type { KnownCategory, KnownPerson, OpenEnrolment } from './imports-store.ts'

/** An enrolment as a file has it. */
interface Row {
  readonly idNumber: string
  readonly categoryCode: string
  readonly validFrom: LocalDate
  readonly decisionNumber: string
  readonly decisionDate: LocalDate
  readonly programme: string | null
  readonly amount: Vnd | null
}

const PROGRAMMES = {
  btxh: 'BTXH',
  'trợ giúp xã hội': 'BTXH',
  htxh: 'HTXH',
  'hưu trí xã hội': 'HTXH',
} as const

/** Decisions to grant a monthly allowance. */
export const enrolmentsImport = defineKind<Row, ReadyEnrolment>({
  name: 'enrolments',
  title: 'Quyết định hưởng',
  columns: {
    idNumber: idNumberColumn,
    categoryCode: {
      ...{
        header: 'Mã đối tượng',
        aliases: ['Đối tượng', 'Mã nhóm đối tượng', 'Loại đối tượng'],
        required: true,
      },
      read: readCode(/^[A-Z0-9_]{2,30}$/, 'Mã đối tượng chỉ gồm chữ in hoa, số và gạch dưới.'),
      ...{ rule: 'Mã trong danh mục Nghị định 20/2021/NĐ-CP.', example: 'NCT_80' },
    },
    validFrom: {
      ...{
        header: 'Hưởng từ ngày',
        aliases: ['Từ ngày', 'Hưởng từ', 'Ngày hưởng'],
        required: true,
      },
      read: readDay,
      ...{ rule: 'Ngày/tháng/năm.', example: '01/08/2023' },
    },
    decisionNumber: {
      ...{ header: 'Số quyết định', aliases: ['Quyết định số', 'Số QĐ'], required: true },
      read: (cell) => {
        const words = readWords(cell)
        if (words.length > 60) throw badCell('Số quyết định dài quá 60 ký tự.')
        return words
      },
      ...{ rule: 'Như trên quyết định.', example: '123/QĐ-UBND' },
    },
    decisionDate: {
      ...{ header: 'Ngày quyết định', aliases: ['Ngày QĐ', 'Ngày ký quyết định'], required: true },
      read: readDay,
      ...{ rule: 'Ngày/tháng/năm.', example: '20/07/2023' },
    },
    programme: {
      ...{ header: 'Chương trình', aliases: ['Chính sách'], required: false },
      read: readChoice(PROGRAMMES, 'BTXH hoặc HTXH'),
      ...{
        rule: 'BTXH (trợ giúp xã hội) hoặc HTXH (hưu trí xã hội); để trống là BTXH.',
        example: 'BTXH',
      },
    },
    amount: {
      ...{ header: 'Mức hưởng', aliases: ['Mức trợ cấp', 'Số tiền', 'Mức/tháng'], required: false },
      read: readAmount,
      ...{
        rule: 'Đồng mỗi tháng, để đối chiếu với mức tính theo luật; để trống nếu không đối chiếu.',
        example: '360.000',
      },
    },
  },
  key: ({ idNumber, programme }) => `${idNumber} ${programme ?? 'BTXH'}`,
  keyField: 'idNumber',
  hasMoney: true,
  judge,
  apply: enterEnrolments,
})

async function judge(
  { tx, vault, on }: Asked,
  rows: readonly NumberedRow<Row>[],
): Promise<ReadonlyMap<number, Verdict<ReadyEnrolment>>> {
  const people = await peopleByIdNumber(
    tx,
    vault,
    rows.map(({ row }) => row.idNumber),
  )
  const ids = [...people.values()].map(({ id }) => id)
  const enrolments = await openEnrolments(tx, ids)
  const open = new Map(enrolments.map((one) => [`${one.personId} ${one.programme}`, one]))
  const categories = await categoriesOn(tx, on)
  return new Map(
    rows.map(({ number, row }) => {
      const person = people.get(row.idNumber)
      const current = open.get(`${person?.id ?? ''} ${row.programme ?? 'BTXH'}`)
      return [
        number,
        verdictOn(row, { person, current, category: categories.get(row.categoryCode), on }),
      ]
    }),
  )
}

function verdictOn(
  row: Row,
  found: {
    readonly person: KnownPerson | undefined
    readonly current: OpenEnrolment | undefined
    readonly category: KnownCategory | undefined
    readonly on: LocalDate
  },
): Verdict<ReadyEnrolment> {
  const { person, current, category, on } = found
  const programme = row.programme ?? 'BTXH'
  if (person === undefined) return bad('idNumber', UNKNOWN_PERSON)
  if (person.diedOn !== null) return bad('idNumber', 'Người này đã mất: không thể hưởng mới.')
  if (category === undefined) {
    return bad('categoryCode', 'Mã đối tượng không có trong danh mục đang hiệu lực.')
  }
  if (row.decisionDate > on) return bad('decisionDate', 'Ngày quyết định ở sau ngày nhập.')
  if (row.validFrom < person.birthDate) return bad('validFrom', 'Ngày hưởng ở trước ngày sinh.')
  if (current !== undefined) {
    const same = current.categoryCode === row.categoryCode && current.validFrom === row.validFrom
    if (same) return { is: 'same' }
    const words =
      'Người này đang hưởng chương trình này theo quyết định khác: thay đổi bằng quyết định điều chỉnh.'
    return bad('idNumber', words)
  }
  const change = monthly(category)
  if (change === undefined) return bad('categoryCode', 'Chưa có mức chuẩn cho ngày nhập.')
  if (row.amount !== null && row.amount !== change) {
    return bad('amount', `Mức hưởng theo luật là ${formatVnd(change)} đồng mỗi tháng.`)
  }
  const { categoryCode, validFrom, decisionNumber, decisionDate } = row
  const whose = { personId: person.id, communeId: person.communeId, programme }
  const ready = { ...whose, categoryCode, validFrom, decisionNumber, decisionDate }
  return { is: 'good', ready, communeId: person.communeId, change }
}

/** Why a row names nobody: also when he is there, but not in the officer's communes. */
export const UNKNOWN_PERSON =
  'Không có người mang số này trong phạm vi của đơn vị: nhập người trước, hoặc xem lại số.'

/** What a category is worth a month at the standard of the day asked for, in đồng; undefined when none is known. */
export function monthly({ coefficient, fixedAmount, standard }: KnownCategory): bigint | undefined {
  if (coefficient === null) return fixedAmount ?? undefined
  return standard === null ? undefined : timesCoefficient(standard, coefficient)
}

const bad = (field: keyof Row, message: string) => ({ is: 'bad', field, message }) as const
