import type { Texts } from './route.ts'

/** Titles of refusals by code, and by status for a code without its own: what happened and what to do, in both languages. */
export const problemTexts: Readonly<Record<string, Texts>> = {
  // By status: what is said when a code has no words of its own.
  'status-400': { vi: 'Yêu cầu chưa đúng', en: 'The request is not well formed' },
  'status-403': { vi: 'Không được phép', en: 'Not allowed' },
  'status-404': { vi: 'Không tìm thấy', en: 'Not found' },
  'status-409': {
    vi: 'Không làm được ở trạng thái hiện tại',
    en: 'Not possible in the present state',
  },
  'status-422': { vi: 'Nội dung không nhận được', en: 'The content cannot be taken' },
  // The interface itself.
  unauthenticated: { vi: 'Hãy đăng nhập', en: 'Sign in first' },
  'not-permitted': {
    vi: 'Vai trò của bạn không được làm việc này',
    en: 'Your roles do not allow this',
  },
  'assurance-needed': {
    vi: 'Việc này cần đăng nhập mức 2',
    en: 'This needs a sign-in of assurance level 2',
  },
  'fresh-sign-in-needed': {
    vi: 'Hãy đăng nhập lại rồi làm tiếp: việc này cần xác nhận danh tính vừa mới',
    en: 'Sign in again and go on: this needs a fresh proof of identity',
  },
  contract: {
    vi: 'Yêu cầu sai ở những chỗ được nêu: sửa rồi gửi lại',
    en: 'The request is wrong where it says: correct it and send it again',
  },
  'route-missing': { vi: 'Không có địa chỉ này', en: 'There is no such address' },
  'method-not-allowed': {
    vi: 'Địa chỉ này không nhận phương thức ấy',
    en: 'This address does not take that method',
  },
  'media-type': {
    vi: 'Chỉ nhận application/json, hoặc multipart/form-data nơi nhận tệp',
    en: 'Only application/json is taken, or multipart/form-data where a file is',
  },
  'one-file': {
    vi: 'Gửi đúng một tệp, trong trường “file”',
    en: 'Send exactly one file, in the field “file”',
  },
  'body-too-large': { vi: 'Nội dung quá dài', en: 'The content is too long' },
  'body-not-json': { vi: 'Nội dung không phải JSON', en: 'The content is not JSON' },
  'idempotency-key-missing': {
    vi: 'Thiếu tiêu đề Idempotency-Key (8 đến 128 ký tự)',
    en: 'The header Idempotency-Key is missing (8 to 128 characters)',
  },
  'idempotency-key-reused': {
    vi: 'Khóa này đã dùng cho một yêu cầu khác: dùng khóa mới',
    en: 'This key was used for another request: use a new one',
  },
  'idempotency-key-running': {
    vi: 'Yêu cầu cùng khóa đang chạy: đợi rồi gửi lại',
    en: 'A request with this key is running: wait and send it again',
  },
  'precondition-missing': {
    vi: 'Thiếu tiêu đề If-Match: đọc lại rồi gửi kèm ETag',
    en: 'The header If-Match is missing: read again and send its ETag',
  },
  'precondition-failed': {
    vi: 'Dữ liệu đã được người khác sửa: đọc lại rồi sửa tiếp',
    en: 'Somebody has changed it meanwhile: read again, then change',
  },
  'rate-limited': { vi: 'Quá nhiều yêu cầu: đợi một lát', en: 'Too many requests: wait a while' },
  'cross-site': { vi: 'Yêu cầu không đến từ trang này', en: 'The request is not from this site' },
  'csrf-token': {
    vi: 'Thiếu mã X-CSRF-Token của phiên',
    en: 'The session’s X-CSRF-Token is missing',
  },
  'session-missing': { vi: 'Không có phiên này', en: 'There is no such session' },
  'content-refused': {
    vi: 'Nội dung không ghi được, chưa có gì thay đổi: xem lại các giá trị',
    en: 'The content cannot be stored and nothing has changed: look at the values again',
  },
  busy: {
    vi: 'Hệ thống đang bận, chưa có gì thay đổi: gửi lại sau ít giây',
    en: 'The system is busy and nothing has changed: send it again in some seconds',
  },
  internal: {
    vi: 'Lỗi của hệ thống. Báo mã yêu cầu cho quản trị',
    en: 'A fault of the system. Tell its administrators the request id',
  },
  // Acts of two people.
  'proposal-missing': { vi: 'Không có đề nghị này', en: 'There is no such proposal' },
  'proposal-decided': { vi: 'Đề nghị này đã được quyết định', en: 'This proposal is decided' },
  'proposal-of-two': {
    vi: 'Đề nghị này chỉ cần một người xác nhận',
    en: 'This proposal takes one person to confirm',
  },
  'proposal-endorsed': {
    vi: 'Đề nghị này đã có người duyệt trước',
    en: 'Somebody has approved this proposal already',
  },
  'proposal-differs': {
    vi: 'Nội dung đề nghị khác với nội dung đã xem: xem lại',
    en: 'The proposal is not what you saw: read it again',
  },
  'same-person': {
    vi: 'Một người không làm cả hai việc này: cần người khác',
    en: 'One person may not do both: somebody else must',
  },
  'duties-apart': {
    vi: 'Bạn đã làm một việc khác với hồ sơ này nên không làm việc này được',
    en: 'You have done another act on this, which keeps you from this one',
  },
  'holder-name': {
    vi: 'Tên chủ tài khoản không phải tên người có tài khoản: xem lại',
    en: 'The account holder’s name is not the owner’s: look again',
  },
  'move-scope': {
    vi: 'Chuyển giữa hai xã: người xác nhận phải phụ trách cả hai, như Sở phụ trách trợ giúp xã hội',
    en: 'A move between two communes is confirmed by somebody who sees both, such as the welfare department',
  },
  'relative-needs-second': {
    vi: 'Của cán bộ nhập, duyệt hoặc người thân: một người khác duyệt trước, rồi người thứ ba xác nhận',
    en: 'Of an officer who enters or approves, or a relative: another endorses it, then a third confirms',
  },
  // Lists and money.
  'list-differs': {
    vi: 'Số dòng, số tiền hoặc mã băm không khớp với danh sách: tải lại',
    en: 'Count, sum or hash differ from the list: load it again',
  },
  'list-there': { vi: 'Tháng này đã có danh sách', en: 'There is a list of this month' },
  'list-missing': { vi: 'Không có danh sách này', en: 'There is no such list' },
  'rows-not-opened': {
    vi: 'Có dòng phải mở xem trước khi duyệt',
    en: 'Rows must be opened before they are approved',
  },
  'second-approver-needed': {
    vi: 'Danh sách này cần người duyệt thứ hai',
    en: 'This list takes a second approver',
  },
  'not-theirs': { vi: 'Chỉ người đã làm mới rút lại được', en: 'Only who did it may take it back' },
  'below-floor': {
    vi: 'Không đủ tiền: xem số còn thiếu',
    en: 'Not enough money: see what is missing',
  },
  'state-transition': {
    vi: 'Không chuyển được từ trạng thái hiện tại',
    en: 'This step is not possible from the present state',
  },
  'still-open': { vi: 'Lệnh chi trước chưa có kết quả', en: 'The earlier one has no outcome yet' },
  'channel-stopped': { vi: 'Kênh chi trả đang dừng', en: 'The channel is stopped' },
  'line-not-suspended': { vi: 'Dòng này không chờ xử lý', en: 'The line is not in suspense' },
  'line-of-payment': { vi: 'Dòng này thuộc một lệnh chi', en: 'The line belongs to a payment' },
  'programme-unknown': { vi: 'Sổ không có chương trình này', en: 'No such programme is booked' },
  'explanation-direction': {
    vi: 'Tiền vào không phải là phí, tiền ra không phải là lãi hay tiền thu hồi',
    en: 'Money that came in is no fee; money that went out is not interest and not recovered',
  },
  'paper-missing': {
    vi: 'Bút toán đảo phải có chứng từ của hai người',
    en: 'A reversal takes a paper of two people',
  },
  'not-by-hand': {
    vi: 'Bút toán này không đảo riêng được: sửa bằng việc đã sinh ra nó',
    en: 'This entry is not reversed alone: put right what booked it',
  },
  'entry-matched': {
    vi: 'Sao kê đã khớp với bút toán này: tiền đã chuyển',
    en: 'A statement shows this entry: the money has moved',
  },
  'entry-there': { vi: 'Chứng từ này đã được ghi sổ', en: 'This voucher is booked already' },
  'account-there': {
    vi: 'Người này đã có tài khoản: đổi bằng đề nghị đổi tài khoản',
    en: 'This person has an account: ask for a change of it',
  },
  'period-not-open': { vi: 'Kỳ kế toán không mở', en: 'The period is not open' },
  'reason-missing': { vi: 'Thiếu lý do', en: 'A reason is missing' },
  'reason-unknown': { vi: 'Mã lý do không có', en: 'There is no such reason code' },
  'document-missing': { vi: 'Không có văn bản này', en: 'There is no such document' },
  'paper-unsigned': {
    vi: 'Chưa phát hành được: hệ thống chưa có khóa ký văn bản',
    en: 'Nothing is issued: the service has no key to sign papers',
  },
  'sample-too-large': {
    vi: 'Cỡ mẫu lớn hơn số khoản chi: chọn nhỏ hơn',
    en: 'There are fewer payments than the sample asks for: ask for fewer',
  },
  'document-too-large': {
    vi: 'Văn bản quá dài: chọn khoảng ngắn hơn, hoặc giao thành việc dài',
    en: 'The document would be too long: ask for less, or as long work',
  },
  'nothing-to-reveal': {
    vi: 'Văn bản này không có số để hiện đầy đủ',
    en: 'This document has no numbers to show in clear',
  },
  'block-missing': { vi: 'Chưa có khối niêm phong này', en: 'No such block was sealed yet' },
  'lists-none': { vi: 'Tháng này chưa có danh sách nào', en: 'The month has no list yet' },
  'document-province': {
    vi: 'Văn bản này nói về toàn tỉnh',
    en: 'This document is about the whole province',
  },
  'document-changed': {
    vi: 'Dữ liệu đổi trong khi lập văn bản: lập lại',
    en: 'What the document is about changed meanwhile: ask again',
  },
  range: { vi: 'Ngày kết thúc trước ngày bắt đầu', en: 'It ends before it begins' },
  purpose: { vi: 'Thiếu mục đích xem', en: 'The purpose is missing' },
  'person-unknown': { vi: 'Không có người này', en: 'There is no such person' },
}
