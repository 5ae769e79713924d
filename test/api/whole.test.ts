import { randomBytes } from 'node:crypto'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { beforeAll, expect, test } from '@jest/globals'
import { launchIssuer } from '../../scripts/simulators/sign-in/launch.ts'
import type { Issuer } from '../../scripts/simulators/sign-in/launch.ts'
import { access } from '../../src/access/access.ts'
import type { Act, PersonId } from '../../src/lib/act.ts'
import { openInterface } from '../../src/compose-api.ts'
import type { Listener } from '../../src/lib/listener.ts'
import { readConfig } from '../../src/config.ts'
import { createLog } from '../../src/lib/log.ts'
import { localDate } from '../../src/lib/time.ts'
import { newKey } from '../support/api.ts'
import { openBrowser } from '../support/browser.ts'
import { freshDatabase } from '../support/database.ts'
import { enterUser } from '../support/users.ts'
import { vaultEnvironment } from '../support/vault.ts'

// The interface as it runs: sign-in at the issuer, session, defence against other sites, roles, routes.

let url: string
let issuer: Issuer
let api: Listener

const founder: Act = {
  actor: '00000001-0000-7000-8000-0000000000aa' as PersonId,
  via: 'test',
  scope: 'province',
}

beforeAll(async () => {
  const database = await freshDatabase()
  const port = await freePort()
  url = `http://127.0.0.1:${String(port)}`
  const web = { id: 'an-sinh', secret: randomBytes(32).toString('base64url') }
  const claims = { idNumber: 'so_dinh_danh', name: 'ho_ten', assurance: 'muc_do' }
  const who = { name: 'Đặng Thị Quản', duty: 'Quản trị', idNumber: '999000000007' }
  issuer = await launchIssuer({
    ...{ port: 0, audiences: [`${url}/api/v1`], machines: [], claims },
    accounts: [{ subject: 'quan-tri', assurance: 2, ...who }],
    web: [{ ...web, redirectUris: [`${url}/auth/callback`], afterSignOut: [`${url}/`] }],
  })
  const admin = await enterUser(database, { name: who.name, idNumber: who.idNumber })
  await database.app.transact(founder, (tx) =>
    access.grant(tx, founder, {
      ...{ userId: admin, role: 'administrator', communes: null, document: 'QĐ 1' },
      ...{ since: localDate('2020-01-01'), until: null },
      confirmedBy: '00000001-0000-7000-8000-0000000000bb' as PersonId,
    }),
  )
  const config = readConfig({
    ...vaultEnvironment,
    ...{ PUBLIC_URL: url, API_PORT: String(port), OIDC_ISSUER: issuer.url },
    ...{ OIDC_CLIENT_ID: web.id, OIDC_CLIENT_SECRET: web.secret },
    ...{ OIDC_CLAIM_ID_NUMBER: claims.idNumber, OIDC_CLAIM_NAME: claims.name },
    OIDC_CLAIM_ASSURANCE: claims.assurance,
  })
  api = await openInterface(config, database.urls, createLog('silent'))
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

test('an officer signs in, works under the session’s token, and is out at once when a role ends', async () => {
  const browser = openBrowser()
  expect((await browser.get(`${url}/api/v1/me`)).status).toBe(401)
  await browser.signIn(url, 'quan-tri', '?return=/api/docs')
  const me = (await (await browser.get(`${url}/api/v1/me`)).json()) as {
    readonly csrf: string
    readonly user: string
    readonly roles: readonly { readonly role: string }[]
  }
  expect(me.roles.map(({ role }) => role)).toEqual(['administrator'])
  const json = { 'content-type': 'application/json' }
  const somebody = JSON.stringify({ idNumber: '046090000001', fullName: 'Lê Văn Mẫu' })
  const change = (path: string, body: string | null, headers: Readonly<Record<string, string>>) =>
    browser.post(`${url}/api/v1${path}`, body, {
      ...{ ...(body !== null && json), 'idempotency-key': newKey(), origin: url },
      ...headers,
    })
  const enter = (headers: Readonly<Record<string, string>>) => change('/users', somebody, headers)
  expect(await codeOf(await enter({}))).toBe('csrf-token')
  const token = { 'x-csrf-token': me.csrf }
  expect(await codeOf(await enter({ ...token, origin: 'http://127.0.0.1:1' }))).toBe('cross-site')
  expect((await enter(token)).status).toBe(201)
  const grants = (await (await browser.get(`${url}/api/v1/users/${me.user}/grants`)).json()) as {
    readonly items: readonly { readonly id: string }[]
  }
  const end = await change(`/grants/${grants.items[0]?.id ?? ''}/end`, null, token)
  expect(end.status).toBe(200)
  expect((await browser.get(`${url}/api/v1/me`)).status).toBe(401)
  // Before the database is dropped.
  await api.close()
  await issuer.stop()
})

const codeOf = async (answer: Response) => ((await answer.json()) as { readonly code: string }).code
