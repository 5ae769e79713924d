import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { Provider, type Configuration } from 'oidc-provider'
import type { Account, IssuerSettings } from './accounts.ts'
import { faultPage, signOutPage } from './page.ts'

const TOKEN_SECONDS = 300

/** What the issuer of this process knows beyond its settings. */
export interface IssuerState {
  /** By subject. */
  readonly accounts: Map<string, Account>
  /** The nonce of styles in answers. */
  readonly nonce: string
}

/** A key that is of use while this process runs. */
const freshKey = () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const kid = randomBytes(8).toString('hex')
  return { ...privateKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' }
}

/** An OpenID provider for people (authorization code, PKCE) and machines (client credentials, JWT). */
export function createProvider(
  issuer: string,
  settings: IssuerSettings,
  state: IssuerState,
): Provider {
  const provider = new Provider(issuer, {
    ...{ clients: clientsOf(settings), jwks: { keys: [freshKey()] } },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    ...identity(settings, state),
    features: featuresOf(settings, state),
    pkce: { required: () => true },
    responseTypes: ['code'],
    scopes: ['openid', 'vneid'],
    ttl: {
      ...{ AccessToken: TOKEN_SECONDS, AuthorizationCode: 60, ClientCredentials: TOKEN_SECONDS },
      ...{ Grant: 3_600, IdToken: TOKEN_SECONDS, Interaction: 600, Session: 8 * 3_600 },
    },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    renderError: (ctx, out) => {
      ctx.type = 'html'
      ctx.body = faultPage(state.nonce, `${out.error}: ${out.error_description ?? ''}`)
    },
    loadExistingGrant,
  })
  return provider
}

/** Who asked is believed: both ends are ours, so nobody is asked for consent. */
const loadExistingGrant: Configuration['loadExistingGrant'] = async (ctx) => {
  const { client, session, provider } = ctx.oidc
  if (client === undefined || session?.accountId === undefined) return undefined
  const { clientId } = client
  const grant = new provider.Grant({ clientId, accountId: session.accountId })
  grant.addOIDCScope('openid vneid')
  await grant.save()
  return grant
}

const clientsOf = ({ web, machines }: IssuerSettings): Configuration['clients'] => [
  ...web.map(({ id, secret, redirectUris, afterSignOut }) => ({
    ...{ client_id: id, client_secret: secret, require_auth_time: true },
    ...{ grant_types: ['authorization_code'], response_types: ['code' as const] },
    redirect_uris: [...redirectUris],
    post_logout_redirect_uris: [...afterSignOut],
  })),
  ...machines.map(({ id, secret }) => ({
    ...{ client_id: id, client_secret: secret, redirect_uris: [], response_types: [] },
    grant_types: ['client_credentials'],
  })),
]

const identity = ({ claims }: IssuerSettings, { accounts }: IssuerState): Configuration => ({
  claims: { openid: ['sub'], vneid: [claims.idNumber, claims.name, claims.assurance] },
  findAccount: (_, subject) => {
    const account = accounts.get(subject)
    if (account === undefined) return undefined
    const said = {
      [claims.idNumber]: account.idNumber,
      [claims.name]: account.name,
      [claims.assurance]: account.assurance,
    }
    return { accountId: subject, claims: () => ({ sub: subject, ...said }) }
  },
})

const featuresOf = (
  { audiences }: IssuerSettings,
  { nonce }: IssuerState,
): Configuration['features'] => ({
  devInteractions: { enabled: false },
  clientCredentials: { enabled: true },
  rpInitiatedLogout: {
    enabled: true,
    logoutSource: (ctx, form) => {
      ctx.type = 'html'
      ctx.body = signOutPage(nonce, form)
    },
  },
  resourceIndicators: {
    enabled: true,
    defaultResource: (ctx) =>
      ctx.oidc.client?.grantTypeAllowed('client_credentials') === true ? (audiences[0] ?? []) : [],
    getResourceServerInfo: (_, resource) => {
      if (!audiences.includes(resource)) throw new Error(`no audience ${resource}`)
      return {
        ...{ audience: resource, scope: '', accessTokenFormat: 'jwt' as const },
        ...{ accessTokenTTL: TOKEN_SECONDS, jwt: { sign: { alg: 'RS256' as const } } },
      }
    },
  },
})
