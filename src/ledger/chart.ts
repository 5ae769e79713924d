/** What a subject of an account names: the part before the colon of "instruction:230819750000C412". */
export type SubjectKind =
  | 'unit'
  | 'list'
  | 'instruction'
  | 'cash-list'
  | 'person'
  | 'line'
  | 'entitlement'
  | 'contract'
  | 'programme'
  | 'book'

export type AccountType = 'asset' | 'liability' | 'income' | 'expense' | 'equity' | 'memo'

/** One line of the chart of accounts. Balances and floors hold per account AND subject. */
export interface ChartAccount {
  readonly nameVi: string
  readonly nameEn: string
  readonly type: AccountType
  /** The side on which it grows. */
  readonly grows: 'debit' | 'credit'
  readonly subject: SubjectKind
  /** Lowest balance allowed, in đồng; null: none (income, expense and result accounts may turn). */
  readonly floor: bigint | null
  /** Many entries meet on one subject: locked last when posting, rolled up when sealed. */
  readonly shared: boolean
  /** Its subjects belong to a commune (row-level security follows the commune of the entry). */
  readonly ofCommune: boolean
  /** When it must be back at zero, in words; null: never. */
  readonly mustReturnToZero: string | null
}

const asset = { type: 'asset', grows: 'debit', floor: 0n } as const
const liability = { type: 'liability', grows: 'credit', floor: 0n } as const
const expense = {
  type: 'expense',
  grows: 'debit',
  floor: null,
  subject: 'programme',
  shared: true,
  ofCommune: false,
} as const
const perUnit = { subject: 'unit', shared: true, ofCommune: false } as const
const perItem = { shared: false, ofCommune: true } as const
const yearEnd = {
  mustReturnToZero: 'cuối năm, qua 911 và 4211 / year end, through 911 and 4211',
} as const

/**
 * The chart of accounts as data (printed in docs/accounts.md). The database holds a copy, written by
 * ledger-setup.ts and compared on every start; a code's meaning never changes once it is used.
 */
export const chart = {
  '1120': {
    nameVi: 'Tiền gửi Kho bạc Nhà nước',
    nameEn: 'Deposit at the State Treasury',
    ...asset,
    ...perUnit,
    mustReturnToZero: 'cuối năm / year end',
  },
  '1121-FREE': {
    nameVi: 'Tiền gửi ngân hàng chuyên chi trả, chưa giữ',
    nameEn: 'Disbursement account, free',
    ...asset,
    ...perUnit,
    mustReturnToZero: null,
  },
  '1121-HELD': {
    nameVi: 'Tiền gửi ngân hàng, đã giữ cho danh sách',
    nameEn: 'Disbursement account, held for an approved list',
    ...asset,
    subject: 'list',
    shared: true,
    ofCommune: true,
    mustReturnToZero: 'khi danh sách xong / when the list is done',
  },
  '1130-TRANSIT': {
    nameVi: 'Tiền đang chuyển',
    nameEn: 'Sent, outcome open (also while UNKNOWN)',
    ...asset,
    subject: 'instruction',
    ...perItem,
    mustReturnToZero: 'khi có kết quả / at the outcome',
  },
  '1388-SVC': {
    nameVi: 'Phải thu tổ chức dịch vụ chi trả',
    nameEn: 'With the service organisation (cash lists)',
    ...asset,
    subject: 'cash-list',
    shared: true,
    ofCommune: true,
    mustReturnToZero: 'khi quyết toán danh sách tiền mặt / at its settlement',
  },
  '1388-RECOVER': {
    nameVi: 'Phải thu hồi chi sai, chi thừa',
    nameEn: 'Overpaid, to recover',
    ...asset,
    subject: 'person',
    ...perItem,
    mustReturnToZero: 'khi thu hồi hoặc xử lý / at recovery or write-off',
  },
  '1388-SUSPENSE': {
    nameVi: 'Khoản ghi nợ chưa rõ nguyên nhân',
    nameEn: 'Unexplained debit lines',
    ...asset,
    subject: 'line',
    shared: false,
    ofCommune: false,
    mustReturnToZero: 'khi giải trình được / when explained',
  },
  '3388-SUSPENSE': {
    nameVi: 'Khoản ghi có chưa rõ nguyên nhân',
    nameEn: 'Unexplained credit lines',
    ...liability,
    subject: 'line',
    shared: false,
    ofCommune: false,
    mustReturnToZero: 'khi giải trình được / when explained',
  },
  '3371': {
    nameVi: 'Tạm thu kinh phí đã rút',
    nameEn: 'Funds drawn, not yet recognised',
    ...liability,
    ...perUnit,
    mustReturnToZero: 'quyết toán tháng / month settlement',
  },
  '3388-BEN': {
    nameVi: 'Phải trả đối tượng bảo trợ xã hội',
    nameEn: 'Owed to a beneficiary',
    ...liability,
    subject: 'entitlement',
    ...perItem,
    mustReturnToZero: 'khi đã chi, chuyển kỳ hoặc hủy / paid, carried or cancelled',
  },
  '3388-UNPAID': {
    nameVi: 'Phải trả chưa chi, chuyển tháng sau',
    nameEn: 'Carried to a later month',
    ...liability,
    subject: 'entitlement',
    ...perItem,
    mustReturnToZero: 'khi đã chi hoặc hết hạn / paid or lapsed',
  },
  '3388-RETURN': {
    nameVi: 'Phải nộp trả ngân sách',
    nameEn: 'Owed back to the budget',
    ...liability,
    ...perUnit,
    mustReturnToZero: 'khi nộp trả / at return',
  },
  '3388-FEE': {
    nameVi: 'Phải trả phí dịch vụ chi trả',
    nameEn: 'Service fee owed',
    ...liability,
    subject: 'contract',
    shared: true,
    ofCommune: false,
    mustReturnToZero: 'khi thanh toán / at payment',
  },
  '511': {
    nameVi: 'Thu hoạt động do NSNN cấp',
    nameEn: 'Funding recognised',
    type: 'income',
    grows: 'credit',
    floor: null,
    subject: 'programme',
    shared: true,
    ofCommune: false,
    ...yearEnd,
  },
  '611-BEN': {
    nameVi: 'Chi phí trợ cấp xã hội',
    nameEn: 'Expense: social benefits',
    ...expense,
    ...yearEnd,
  },
  '611-FEE': {
    nameVi: 'Chi phí dịch vụ chi trả',
    nameEn: 'Expense: payment-service fee',
    ...expense,
    ...yearEnd,
  },
  '611-BANK': { nameVi: 'Chi phí ngân hàng', nameEn: 'Expense: bank fees', ...expense, ...yearEnd },
  '611-LOSS': {
    nameVi: 'Chi phí tổn thất đã xử lý',
    nameEn: 'Expense: losses written off',
    ...expense,
    ...yearEnd,
  },
  '911': {
    nameVi: 'Xác định kết quả',
    nameEn: 'Determination of result',
    type: 'equity',
    grows: 'credit',
    floor: null,
    subject: 'book',
    shared: true,
    ofCommune: false,
    mustReturnToZero: 'cuối năm / year end',
  },
  '4211': {
    nameVi: 'Thặng dư, thâm hụt lũy kế',
    nameEn: 'Accumulated result',
    type: 'equity',
    grows: 'credit',
    floor: null,
    subject: 'book',
    shared: true,
    ofCommune: false,
    mustReturnToZero: null,
  },
  '4211-OPENING': {
    nameVi: 'Số dư đầu kỳ khi chuyển đổi',
    nameEn: 'Opening balances at go-live',
    type: 'equity',
    grows: 'credit',
    floor: null,
    subject: 'book',
    shared: true,
    ofCommune: false,
    mustReturnToZero: 'khi chuyển đổi xong / when go-live is complete',
  },
  '008': {
    nameVi: 'Dự toán chi hoạt động',
    nameEn: 'Budget estimate',
    type: 'memo',
    grows: 'debit',
    floor: 0n,
    ...perUnit,
    mustReturnToZero: 'cuối năm / year end',
  },
  '008-CONTRA': {
    nameVi: 'Đối ứng dự toán',
    nameEn: 'Contra of the estimate',
    type: 'memo',
    grows: 'credit',
    floor: 0n,
    ...perUnit,
    mustReturnToZero: 'cuối năm / year end',
  },
  '012': {
    nameVi: 'Lệnh chi tiền thực chi',
    nameEn: 'Direct payment orders received',
    type: 'memo',
    grows: 'debit',
    floor: 0n,
    ...perUnit,
    mustReturnToZero: 'cuối năm / year end',
  },
  '012-CONTRA': {
    nameVi: 'Đối ứng lệnh chi tiền thực chi',
    nameEn: 'Contra of direct payment orders',
    type: 'memo',
    grows: 'credit',
    floor: 0n,
    ...perUnit,
    mustReturnToZero: 'cuối năm / year end',
  },
  '013': {
    nameVi: 'Lệnh chi tiền tạm ứng',
    nameEn: 'Advance payment orders received',
    type: 'memo',
    grows: 'debit',
    floor: 0n,
    ...perUnit,
    mustReturnToZero: 'cuối năm / year end',
  },
  '013-CONTRA': {
    nameVi: 'Đối ứng lệnh chi tiền tạm ứng',
    nameEn: 'Contra of advance payment orders',
    type: 'memo',
    grows: 'credit',
    floor: 0n,
    ...perUnit,
    mustReturnToZero: 'cuối năm / year end',
  },
} as const satisfies Readonly<Record<string, ChartAccount>>

/** A code of the chart. */
export type AccountCode = keyof typeof chart

/** The chart as a list of [code, line], for set-up, printing and tests. */
export const chartLines = Object.entries(chart) as readonly (readonly [AccountCode, ChartAccount])[]
