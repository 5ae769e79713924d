import { rowWarnings } from './list-data.ts'
import type { Change } from './change-store.ts'
import type { ListState } from './list.ts'

/** What the codes of a list are on paper; a code without words stands as it is. */
export const LIST_STATES: Readonly<Record<ListState, string>> = {
  DRAFT: 'Bản nháp',
  SUBMITTED: 'Đã trình duyệt',
  APPROVED: 'Đã duyệt',
  RELEASED: 'Đã cho chi',
  REFUSED: 'Bị trả lại',
  WITHDRAWN: 'Đã rút lại',
}

const COMPONENTS: ReadonlyMap<string, string> = new Map([
  ['monthly', 'Trợ cấp hằng tháng'],
  ['children', 'Trợ cấp nuôi con'],
  ['care', 'Kinh phí chăm sóc'],
  ['care-child', 'Kinh phí chăm sóc con'],
  ['institution', 'Nuôi dưỡng tại cơ sở'],
  ['difference', 'Bù chênh lệch'],
  ['one-off', 'Chi một lần'],
  ['funeral', 'Mai táng'],
])

const RELATIONS: ReadonlyMap<string, string> = new Map([
  ['legal_representative', 'Người đại diện theo pháp luật'],
  ['guardian', 'Người giám hộ'],
  ['authorised', 'Người được ủy quyền'],
  ['caregiver', 'Người chăm sóc, nuôi dưỡng'],
  ['institution', 'Cơ sở trợ giúp xã hội'],
  ['funeral_organiser', 'Người tổ chức mai táng'],
])

const HOLDS: ReadonlyMap<string, string> = new Map([
  ['representation-expired', 'giấy tờ đại diện hết hạn'],
  ['representation-revoked', 'giấy tờ đại diện bị hủy'],
  ['beneficiary-dead', 'người hưởng đã mất'],
  ['payee-dead', 'người nhận thay đã mất'],
  ['account-cooling-off', 'tài khoản mới đổi, chưa đến hạn'],
  ['suspended', 'đang tạm dừng hưởng'],
  ['officer-hold', 'cán bộ tạm giữ'],
])

const CHANGES: Readonly<Record<Change, string>> = {
  unchanged: 'không đổi',
  new: 'mới',
  gone: 'không còn',
  amount: 'đổi số tiền',
  account: 'đổi tài khoản',
  payee: 'đổi người nhận',
  hold: 'đổi tạm giữ',
}

const WARNINGS = new Map(rowWarnings.map(({ code, labelVi }) => [code, labelVi]))

const wordOf =
  (words: ReadonlyMap<string, string>) =>
  (code: string): string =>
    words.get(code) ?? code

/** A second difference of a month is `difference-2`. */
export const componentWords = (code: string): string =>
  wordOf(COMPONENTS)(code.replace(/-\d+$/, ''))
export const relationWords = wordOf(RELATIONS)
export const holdWords = (code: string): string => `Tạm giữ: ${wordOf(HOLDS)(code)}`
export const changeWords = (change: Change): string => CHANGES[change]
export const warningWords = (codes: readonly string[]): string =>
  codes.map(wordOf(WARNINGS)).join('; ')
