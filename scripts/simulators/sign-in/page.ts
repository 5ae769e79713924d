import type { Account } from './accounts.ts'

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => `&#${String(sign.charCodeAt(0))};`)

const STYLE = `
  body { font: 16px/1.5 system-ui, sans-serif; margin: 0; background: #f2f5f9; color: #14213d }
  main { max-width: 32rem; margin: 3rem auto; padding: 1.5rem; background: #fff; border-radius: 8px }
  h1 { font-size: 1.3rem; margin: 0 0 .5rem }
  button { display: block; width: 100%; margin: .5rem 0; padding: .7rem 1rem; text-align: left; font: inherit;
    border: 1px solid #9db2ce; border-radius: 6px; background: #fff; cursor: pointer }
  button:hover, button:focus { border-color: #0b5cad; background: #eaf3fc }
  small { display: block; color: #4a5a70 }`

const layout = (nonce: string, title: string, content: string): string =>
  `<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width"><style nonce="${nonce}">${STYLE}</style></head>
<body><main><h1>${title}</h1>${content}</main></body></html>`

/** The page where one chooses who signs in. No script: each account is a button of a form. */
export function signInPage(options: {
  readonly nonce: string
  readonly action: string
  readonly accounts: readonly Account[]
}): string {
  const buttons = options.accounts.map(
    ({ subject, name, duty, assurance }) =>
      `<button name="subject" value="${escaped(subject)}">${escaped(name)}<small>${escaped(duty)} · định danh mức ${String(assurance)}</small></button>`,
  )
  const form = `<p>Đăng nhập thử: chọn một người dùng mẫu. Không có mật khẩu; không dùng trong vận hành thật.</p>
<form method="post" action="${escaped(options.action)}">${buttons.join('\n')}</form>`
  return layout(options.nonce, 'Định danh điện tử (mô phỏng)', form)
}

/** The page that asks whether to sign out here too; `form` comes from the library, without a button. */
export function signOutPage(nonce: string, form: string): string {
  const button =
    '<button type="submit" form="op.logoutForm" name="logout" value="yes">Đăng xuất</button>'
  return layout(nonce, 'Đăng xuất khỏi nơi cấp định danh?', `${form}${button}`)
}

/** A page that says what went wrong. */
export function faultPage(nonce: string, message: string): string {
  return layout(nonce, 'Không đăng nhập được', `<p>${escaped(message)}</p>`)
}
