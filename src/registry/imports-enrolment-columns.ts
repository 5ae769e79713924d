import type { Vnd } from '../lib/money.ts'
import { monthOf } from '../lib/time.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import {
  badCell,
  readAmount,
  readBy,
  readChoice,
  readCode,
  readDay,
  readWords,
} from './imports-cells.ts'
import type { Columns } from './imports-columns.ts'
import { readDossierNumber } from './plain-words.ts'
import { idNumberColumn } from './imports-people.ts'

/** An enrolment as a file has it. */
export interface EnrolmentRow {
  readonly idNumber: string
  readonly categoryCode: string
  readonly validFrom: LocalDate
  readonly decisionNumber: string
  readonly decisionDate: LocalDate
  readonly programme: string | null
  readonly amount: Vnd | null
  readonly certificateMonth: Month | null
  readonly requestedOn: LocalDate | null
  readonly studyingUntil: LocalDate | null
  readonly poor: boolean | null
  readonly dossierNumber: string | null
}

const PROGRAMMES = {
  btxh: 'BTXH',
  'trợ giúp xã hội': 'BTXH',
  htxh: 'HTXH',
  'hưu trí xã hội': 'HTXH',
} as const

const yesOrNo = readChoice(
  { có: 'yes', co: 'yes', x: 'yes', không: 'no', khong: 'no' },
  'Có hoặc Không',
)
const readYes = (cell: Parameters<typeof yesOrNo>[0]) => yesOrNo(cell) === 'yes'

/** The columns of a file of decisions. */
export const enrolmentColumns: Columns<EnrolmentRow> = {
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
      rule: 'BTXH (trợ giúp xã hội) hoặc HTXH (hưu trí xã hội), để đối chiếu với mã đối tượng.',
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
  certificateMonth: {
    ...{
      header: 'Ngày giấy xác nhận khuyết tật',
      aliases: ['Ngày xác nhận khuyết tật', 'Tháng xác nhận khuyết tật'],
      required: false,
    },
    read: (cell) => monthOf(readDay(cell)),
    ...{ rule: 'Bắt buộc với người khuyết tật (Điều 5.6).', example: '12/07/2023' },
  },
  requestedOn: {
    ...{ header: 'Ngày đề nghị', aliases: ['Ngày văn bản đề nghị'], required: false },
    read: readDay,
    ...{ rule: 'Bắt buộc với hưu trí xã hội.', example: '01/07/2025' },
  },
  studyingUntil: {
    ...{ header: 'Học đến ngày', aliases: ['Ngày kết thúc học'], required: false },
    read: readDay,
    ...{ rule: 'Với người từ 16 đến 22 tuổi còn học.', example: '31/05/2024' },
  },
  poor: {
    ...{ header: 'Hộ nghèo', aliases: ['Hộ nghèo, cận nghèo', 'Nghèo'], required: false },
    read: readYes,
    ...{ rule: 'Có hoặc Không; để trống là Không.', example: 'Có' },
  },
  dossierNumber: {
    ...{ header: 'Mã hồ sơ', aliases: ['Số hồ sơ', 'Mã HS'], required: false },
    read: readBy(readDossierNumber),
    ...{ rule: 'Như trên bìa hồ sơ; để trống nếu chưa có.', example: 'HS-0123/2023' },
  },
}
