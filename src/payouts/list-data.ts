/** What a reason may be given for. */
export type Decision = 'refuse-list' | 'refuse-row' | 'withdraw' | 'hold' | 'stop'

/** Why one may decide so: data, copied into the database at set-up. */
export const decisionReasons: readonly {
  readonly code: string
  readonly decisions: readonly Decision[]
  readonly labelVi: string
  readonly labelEn: string
}[] = [
  {
    code: 'wrong-amount',
    decisions: ['refuse-list', 'refuse-row', 'withdraw', 'hold', 'stop'],
    labelVi: 'Sai mức hưởng',
    labelEn: 'Wrong amount',
  },
  {
    code: 'wrong-payee',
    decisions: ['refuse-list', 'refuse-row', 'withdraw', 'hold', 'stop'],
    labelVi: 'Sai người nhận hoặc tài khoản nhận',
    labelEn: 'Wrong payee or account',
  },
  {
    code: 'missing-document',
    decisions: ['refuse-list', 'refuse-row', 'withdraw', 'hold'],
    labelVi: 'Thiếu hồ sơ, giấy tờ',
    labelEn: 'A document is missing',
  },
  {
    code: 'not-entitled',
    decisions: ['refuse-list', 'refuse-row', 'withdraw', 'hold', 'stop'],
    labelVi: 'Không thuộc diện hưởng',
    labelEn: 'Not entitled',
  },
  {
    code: 'death',
    decisions: ['refuse-row', 'withdraw', 'hold', 'stop'],
    labelVi: 'Đối tượng hoặc người nhận đã chết',
    labelEn: 'Beneficiary or payee has died',
  },
  {
    code: 'moved',
    decisions: ['refuse-row', 'withdraw', 'hold', 'stop'],
    labelVi: 'Đã chuyển nơi cư trú',
    labelEn: 'Moved elsewhere',
  },
  {
    code: 'doubt',
    decisions: ['refuse-list', 'refuse-row', 'withdraw', 'hold'],
    labelVi: 'Cần xác minh',
    labelEn: 'To be verified',
  },
  {
    code: 'funds',
    decisions: ['refuse-list', 'withdraw'],
    labelVi: 'Chưa đủ kinh phí',
    labelEn: 'Not enough funds',
  },
  {
    code: 'redraw',
    decisions: ['refuse-list', 'withdraw'],
    labelVi: 'Lập lại danh sách',
    labelEn: 'The list is to be drawn up again',
  },
]

/** What is remarkable about a row (ux A3.3), whether it must be opened, and what the rule compares with: data. */
export const rowWarnings: readonly {
  readonly code: string
  readonly mustOpen: boolean
  readonly threshold: number | null
  readonly labelVi: string
  readonly labelEn: string
}[] = [
  {
    code: 'account-changed',
    mustOpen: true,
    threshold: null,
    labelVi: 'Tài khoản đổi từ lần chi thành công gần nhất',
    labelEn: 'Account changed since the last success',
  },
  {
    code: 'shared-account',
    mustOpen: true,
    threshold: null,
    labelVi: 'Tài khoản dùng chung cho nhiều người nhận',
    labelEn: 'Account shared by several payees',
  },
  {
    code: 'guardian-of-many',
    mustOpen: true,
    threshold: 5,
    labelVi: 'Một người nhận thay cho nhiều đối tượng',
    labelEn: 'One person receives for many',
  },
  {
    code: 'new-payee',
    mustOpen: true,
    threshold: null,
    labelVi: 'Người nhận thay mới, chưa nhận thành công lần nào',
    labelEn: 'New payee, never paid yet',
  },
  {
    code: 'amount-outlier',
    mustOpen: true,
    threshold: 3,
    labelVi: 'Số tiền cao bất thường',
    labelEn: 'Unusually high amount',
  },
  {
    code: 'name-differs',
    mustOpen: true,
    threshold: null,
    labelVi: 'Tên chủ tài khoản khác tên người nhận',
    labelEn: 'Name on the account differs',
  },
  {
    code: 'expires-soon',
    mustOpen: false,
    threshold: null,
    labelVi: 'Giấy tờ đại diện sắp hết hạn',
    labelEn: 'Representation expires soon',
  },
  {
    code: 'arrears',
    mustOpen: false,
    threshold: null,
    labelVi: 'Truy lĩnh tháng trước',
    labelEn: 'Arrears of an earlier month',
  },
]
