import type { ChannelName } from './channels/channel.ts'
import { failureReasonOf } from './failure-reasons.ts'

/** Who has to act: the commune's officer, the paying unit, or the treasury. */
export type TroubleOwner = 'commune' | 'paying-unit' | 'treasury'

/** What is done about a payment that is stuck: one next step, in Vietnamese, and whose it is. */
export interface NextStep {
  readonly next: string
  readonly owner: TroubleOwner
}

const by = (owner: TroubleOwner, next: string): NextStep => ({ owner, next })

/** After a refusal or a return, by the code of failure_reasons.csv, whose `action` says the same in English. */
const AFTER_FAILURE: Readonly<Record<string, NextStep>> = {
  ACC_NAME_MISMATCH: by('commune', 'Đối chiếu tên với giấy tờ, sửa tài khoản rồi lập lại lệnh'),
  ACC_NOT_FOUND: by('commune', 'Hỏi lại số tài khoản, sửa rồi lập lại lệnh'),
  ACC_CLOSED: by('commune', 'Xin tài khoản khác hoặc chuyển sang chi tiền mặt'),
  ACC_BLOCKED: by('commune', 'Báo người nhận mở khóa tài khoản, hoặc xin tài khoản khác'),
  BANK_UNAVAILABLE: by('paying-unit', 'Lập lại lệnh vào tài khoản cũ khi ngân hàng đã hoạt động'),
  BANK_NOT_SUPPORTED: by('commune', 'Xin tài khoản ở ngân hàng khác'),
  LIMIT_EXCEEDED: by('treasury', 'Chuyển bằng kênh liên ngân hàng'),
  INSUFFICIENT_FUNDS: by('paying-unit', 'Nạp đủ tiền vào tài khoản chi rồi lập lại lệnh'),
  DUPLICATE: by('treasury', 'Đối chiếu hai lệnh; không lập lại'),
  PAYEE_DECEASED: by('commune', 'Xác minh việc chết, dừng chi và mở hồ sơ mai táng'),
  WALLET_NOT_LINKED: by('commune', 'Hướng dẫn người nhận liên kết ví với ngân hàng'),
  WALLET_LIMIT: by('commune', 'Đổi sang tài khoản ngân hàng'),
}
const ASK = by('paying-unit', 'Hỏi ngân hàng hoặc ví về lý do này rồi quyết định')

/** Why a payment is held, in Vietnamese, and what is done about it. */
const WHILE_HELD: Readonly<Record<string, NextStep & { readonly reason: string }>> = {
  'officer-hold': held('Cán bộ tạm giữ', 'commune', 'Một người khác xem xét và gỡ tạm giữ'),
  suspended: held('Đang tạm dừng trợ cấp', 'commune', 'Chờ quyết định tiếp tục hoặc thôi hưởng'),
  'representation-expired': held('Giấy tờ đại diện hết hạn', 'commune', 'Lập giấy tờ mới'),
  'representation-revoked': held('Giấy tờ đại diện bị thu hồi', 'commune', 'Lập giấy tờ mới'),
  'beneficiary-dead': held('Người hưởng đã chết', 'commune', 'Dừng chi, giải quyết với thân nhân'),
  'payee-dead': held('Người nhận thay đã chết', 'commune', 'Cử người nhận thay khác'),
  'account-cooling-off': held(
    'Tài khoản vừa đổi',
    'commune',
    'Chờ hết thời gian chờ đổi tài khoản',
  ),
  'account-unreadable': held(
    'Số tài khoản không mở được',
    'treasury',
    'Báo quản trị kiểm tra khóa mã hóa, rồi kiểm tra lại danh sách',
  ),
  'account-name-differs': held(
    'Chủ tài khoản không phải người nhận, hoặc tài khoản không nhận được tiền',
    'commune',
    'Đối chiếu giấy tờ, đề nghị đổi tài khoản, rồi chuyển dòng này sang tài khoản mới',
  ),
  'account-not-found': held(
    'Không có tài khoản này',
    'commune',
    'Hỏi lại số tài khoản, đề nghị đổi tài khoản, rồi chuyển dòng này sang tài khoản mới',
  ),
  'account-unverified': held(
    'Chưa xác minh được chủ tài khoản',
    'paying-unit',
    'Kiểm tra lại danh sách để truy vấn lần nữa',
  ),
  'technical-failure': held(
    'Không chuẩn bị gửi được, lỗi kỹ thuật nhiều lần',
    'treasury',
    'Báo quản trị xem lỗi của lệnh này, rồi kiểm tra lại danh sách để gửi tiếp',
  ),
  'stop-requested': held(
    'Đã có yêu cầu dừng khi lệnh đang trên đường',
    'treasury',
    'Hai người xác nhận lệnh chưa được thực hiện theo sao kê mới, rồi dừng dòng này',
  ),
  LIMIT_EXCEEDED: held('Vượt hạn mức của kênh', 'treasury', 'Chuyển bằng kênh liên ngân hàng'),
}

function held(reason: string, owner: TroubleOwner, next: string) {
  return { reason, owner, next }
}

const UNKNOWN = {
  reason: 'Chưa rõ kết quả',
  ...by('paying-unit', 'Chờ truy vấn và sao kê của ngày gửi; không gửi lại trước đó'),
}

/** A state in which a payment waits for somebody. */
export type StuckState = 'HELD' | 'REJECTED' | 'RETURNED' | 'UNKNOWN'

/**
 * What to tell of a stuck payment. `code` is the failure reason whose text the reference data has; `reason` is the text when it
 * is ours, and of a code that nobody has a text for says that, with the code for whoever asks the channel.
 */
export function troubleOf(of: {
  readonly state: StuckState
  readonly channel: ChannelName
  readonly reason: string | null
}): NextStep & { readonly reason: string; readonly code: string | null } {
  const { state, channel, reason } = of
  if (state === 'UNKNOWN') return { ...UNKNOWN, code: null }
  if (state === 'HELD') {
    const why = WHILE_HELD[reason ?? '']
    return why === undefined
      ? { ...ASK, reason: noText(reason), code: null }
      : { ...why, code: null }
  }
  const code = failureReasonOf(channel, reason ?? '')
  return { ...(AFTER_FAILURE[code ?? ''] ?? ASK), reason: noText(reason), code }
}

const noText = (reason: string | null): string =>
  reason === null ? 'Không nêu lý do' : `Lý do chưa có trong danh mục (mã ${reason})`
