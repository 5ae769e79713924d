/** Why a browser is not signed in, as the person before it reads it. */
const FAULTS = {
  stale: [400, 'Lần đăng nhập này đã cũ hoặc đã dùng rồi. Hãy đăng nhập lại.'],
  declined: [400, 'Nơi cấp định danh không xác nhận lần đăng nhập này. Hãy đăng nhập lại.'],
  unreachable: [503, 'Không liên lạc được với nơi cấp định danh. Hãy thử lại sau ít phút.'],
  unknown: [403, 'Tài khoản định danh này chưa là người dùng của hệ thống. Hãy liên hệ quản trị.'],
  disabled: [403, 'Người dùng này đã bị khóa. Hãy liên hệ quản trị.'],
  'other-person': [403, 'Số định danh không khớp với người dùng này. Hãy liên hệ quản trị.'],
} as const

export type SignInFault = keyof typeof FAULTS

/** The page that says so: plain HTML without script or style. `name` is what the issuer calls the person, if it said. */
export function signInFaultPage(
  fault: SignInFault,
  name: string | null,
): { readonly status: number; readonly html: string } {
  const [status, text] = FAULTS[fault]
  const who = name === null ? '' : `<p>Đang dùng tài khoản của: ${escaped(name)}</p>`
  const html = `<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><title>Không đăng nhập được</title></head>
<body><main><h1>Không đăng nhập được</h1><p>${text}</p>${who}
<p><a href="/auth/login?fresh=1">Đăng nhập lại</a></p></main></body></html>`
  return { status, html }
}

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
