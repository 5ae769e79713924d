/** A browser without scripts: keeps cookies by origin, and follows redirects when it is told to. */
export interface Browser {
  get(url: string, headers?: Readonly<Record<string, string>>): Promise<Response>
  post(
    url: string,
    body: string | URLSearchParams | null,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Response>
  /** Follows redirects until a page; returns it with its address and all on the way. */
  follow(url: string): Promise<Page>
  /** Signs in as an account of the issuer: login, the page of the issuer, and back. */
  signIn(app: string, subject: string, query?: string): Promise<Page>
  /** The value of a cookie of an origin. */
  cookie(origin: string, name: string): string | undefined
  setCookie(origin: string, name: string, value: string): void
}

/** Where a browser ended, and over which addresses. */
export interface Page {
  readonly url: string
  readonly status: number
  readonly text: string
  readonly trail: readonly string[]
  /** The Set-Cookie headers on the way. */
  readonly set: readonly string[]
}

const HOPS_MAX = 12

export function openBrowser(agent = 'Mozilla/5.0 (Windows NT 10.0) Chrome/140.0'): Browser {
  const jar = new Map<string, string>()
  const key = (origin: string, name: string) => `${new URL(origin).origin} ${name}`
  const ask = async (url: string, init: RequestInit): Promise<Response> => {
    const { origin } = new URL(url)
    const cookie = [...jar]
      .filter(([at]) => at.startsWith(`${origin} `))
      .map(([at, value]) => `${at.slice(origin.length + 1)}=${value}`)
      .join('; ')
    const headers = new Headers(init.headers)
    headers.set('user-agent', agent)
    if (cookie !== '') headers.set('cookie', cookie)
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const set of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
      if (value === '' || /max-age=0|expires=Thu, 01 Jan 1970/i.test(set))
        jar.delete(key(origin, name))
      else jar.set(key(origin, name), value)
    }
    return answer
  }
  const walk = async (first: string, begin: RequestInit): Promise<Page> => {
    const [trail, set]: [string[], string[]] = [[], []]
    let [url, init] = [first, begin]
    for (let hop = 0; hop < HOPS_MAX; hop += 1) {
      trail.push(url)
      const answer = await ask(url, init)
      set.push(...answer.headers.getSetCookie())
      const to = answer.headers.get('location')
      const text = await answer.text()
      if (to === null) return { url, status: answer.status, text, trail, set }
      ;[url, init] = [new URL(to, url).href, {}]
    }
    throw new Error(`too many redirects: ${trail.join(' → ')}`)
  }
  const browser: Browser = {
    get: (url, headers = {}) => ask(url, { headers }),
    post: (url, body, headers = {}) => ask(url, { method: 'POST', body, headers }),
    follow: (url) => walk(url, {}),
    signIn: async (app, subject, query = '') => {
      const page = await walk(`${app}/auth/login${query}`, {})
      if (!page.url.includes('/interaction/')) return page
      const chosen = await walk(page.url, {
        method: 'POST',
        body: new URLSearchParams({ subject }),
      })
      const [trail, set] = [
        [...page.trail, ...chosen.trail],
        [...page.set, ...chosen.set],
      ]
      return { ...chosen, trail, set }
    },
    cookie: (origin, name) => jar.get(key(origin, name)),
    setCookie: (origin, name, value) => void jar.set(key(origin, name), value),
  }
  return browser
}
