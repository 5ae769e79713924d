import { DomainError } from '../lib/errors.ts'
import { formatDate } from '../lib/time.ts'
import type { LocalDate } from '../lib/time.ts'
import { departmentOn } from './agencies.ts'

/** Posting dates and as of which sealed block; 0: nothing was sealed yet. */
export interface RangeRequest {
  readonly from: LocalDate
  readonly to: LocalDate
  readonly block: bigint
  /** The time that the block was asked for by; left out when it was asked for by its number, or is the last. */
  readonly at?: string | undefined
}

/** What every book has. */
export const bookOf = (range: RangeRequest, symbol: string) => ({
  ...{ agency: departmentOn(range.to), symbol, communeId: null, info: [] },
  recipients: ['Lưu: VT, KT'],
  signatures: [
    { position: ['NGƯỜI GHI SỔ'], name: null },
    { position: ['KẾ TOÁN TRƯỞNG'], name: null },
    { position: ['THỦ TRƯỞNG ĐƠN VỊ'], name: null },
  ],
})

export const periodOf = ({ from, to }: RangeRequest): string =>
  `Từ ngày ${formatDate(from)} đến ngày ${formatDate(to)}`

export const parametersOf = ({ from, to, block, at }: RangeRequest) => ({
  ...{ from, to, block: block === 0n ? 'none' : String(block) },
  ...(at !== undefined && { at }),
})

/** Throws DomainError `range` when a range ends before it begins. */
export function requireRange({ from, to }: Pick<RangeRequest, 'from' | 'to'>): void {
  if (from <= to) return
  throw new DomainError('invalid', 'range', 'Ngày kết thúc trước ngày bắt đầu', { field: 'to' })
}

const SUBJECTS: Readonly<Record<string, string>> = {
  ...{ unit: 'đơn vị', list: 'danh sách', instruction: 'lệnh chi', person: 'người' },
  ...{ 'cash-list': 'danh sách tiền mặt', line: 'dòng sao kê', entitlement: 'khoản' },
  ...{ contract: 'hợp đồng', programme: 'chương trình', book: 'sổ' },
}

/** What an account is about, in Vietnamese: “unit:474.20210701” is “đơn vị 474.20210701”. */
export function subjectWords(subject: string): string {
  const [kind = '', ...rest] = subject.split(':')
  const words = SUBJECTS[kind]
  return words === undefined ? subject : `${words} ${rest.join(':')}`
}

/** One side of a posting. */
export const side = (code: string, subject: string): string => `${code} (${subjectWords(subject)})`
