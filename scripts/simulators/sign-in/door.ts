import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Provider } from 'oidc-provider'
import { accountsOf, type IssuerSettings } from './accounts.ts'
import { faultPage, signInPage } from './page.ts'
import type { IssuerState } from './provider.ts'

const bodyBytesMax = 64 * 1024

interface House {
  readonly provider: Provider
  readonly issuer: string
  readonly settings: IssuerSettings
  readonly state: IssuerState
}

/** Everything that comes in: our page of sign-in, the console, and the rest to the library. */
export function createDoor(house: House): RequestListener {
  const rest = house.provider.callback()
  const policy = policyOf(house)
  return (request, response) => {
    response.setHeader('content-security-policy', policy)
    response.setHeader('x-content-type-options', 'nosniff')
    // A page elsewhere whose name was made to lead here (DNS rebinding) names itself.
    if (request.headers.host !== new URL(house.issuer).host) {
      reply(response, 421, 'text/plain', 'wrong host')
      return
    }
    const [path = ''] = (request.url ?? '').split('?', 1)
    if (path.startsWith('/interaction/')) {
      interact(house, request, response).catch((error: unknown) => {
        reply(response, 400, 'text/html', faultPage(house.state.nonce, messageOf(error)))
      })
    } else if (path === '/console/accounts' && request.method === 'POST') {
      changeAccounts(house, request, response).catch((error: unknown) => {
        reply(response, 400, 'text/plain', messageOf(error))
      })
    } else {
      void rest(request, response)
    }
  }
}

/** Chrome holds what a form leads to against form-action, redirects too: the addresses of our clients are in it. */
const policyOf = ({ settings, state }: House): string => {
  const targets = settings.web.flatMap(({ redirectUris, afterSignOut }) =>
    [...redirectUris, ...afterSignOut].map((uri) => new URL(uri).origin),
  )
  return [
    `default-src 'none'; style-src 'nonce-${state.nonce}'; frame-ancestors 'none'; base-uri 'none'`,
    `form-action 'self' ${[...new Set(targets)].join(' ')}`,
  ].join('; ')
}

const interact = async (
  { provider, state }: House,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const interaction = await provider.interactionDetails(request, response)
  const { uid, prompt } = interaction
  if (prompt.name !== 'login') throw new Error(`no page for ${prompt.name}`)
  if (request.method !== 'POST') {
    const accounts = [...state.accounts.values()]
    const page = signInPage({ nonce: state.nonce, action: `/interaction/${uid}`, accounts })
    reply(response, 200, 'text/html', page)
    return
  }
  const accountId = new URLSearchParams(await bodyOf(request)).get('subject') ?? ''
  if (!state.accounts.has(accountId)) throw new Error('Không có người dùng này')
  if (interaction.session !== undefined && interaction.session.accountId !== accountId) {
    await forget(provider, interaction)
  }
  await provider.interactionFinished(request, response, { login: { accountId, remember: false } })
}

/** Somebody else signs in: the library would sign the first out by a page with a script, which our policy forbids. */
const forget = async (
  provider: Provider,
  interaction: Awaited<ReturnType<Provider['interactionDetails']>>,
): Promise<void> => {
  const before = await provider.Session.find(interaction.session?.cookie ?? '')
  await before?.destroy()
  delete interaction.session
  await interaction.save(interaction.exp - Math.floor(Date.now() / 1_000))
}

/** Adds accounts or changes them. JSON only: a page elsewhere cannot send it without being asked first. */
const changeAccounts = async (
  { state }: House,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  if (request.headers['content-type'] !== 'application/json') throw new Error('JSON only')
  for (const account of accountsOf(JSON.parse(await bodyOf(request)))) {
    state.accounts.set(account.subject, account)
  }
  reply(response, 200, 'application/json', '{}')
}

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > bodyBytesMax) throw new Error('the body is above 64 KB')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const reply = (response: ServerResponse, status: number, type: string, text: string): void => {
  const headers = { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store' }
  response.writeHead(status, headers).end(text)
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)
