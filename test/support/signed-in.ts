import { signIn } from '../../src/api/auth/signing-in.ts'
import type { PersonId } from '../../src/lib/act.ts'
import type { AuthApp } from './auth-app.ts'
import type { FreshDatabase } from './database.ts'
import { enterUser } from './users.ts'

/** An officer with an account at the issuer. */
export interface Officer {
  readonly user: PersonId
  readonly login: { readonly issuer: string; readonly subject: string }
}

let serial = 0

/** Enters one more officer, of whom the issuer need not know. */
export async function enterOfficer(
  database: Pick<FreshDatabase, 'admin'>,
  app: AuthApp,
): Promise<Officer> {
  serial += 1
  const login = { issuer: app.issuer.url, subject: `user-${String(serial)}` }
  const user = await enterUser(database, {
    ...{ name: `Cán bộ ${String(serial)}`, login },
    idNumber: `9991000${String(serial).padStart(5, '0')}`,
  })
  return { user, login }
}

/** Begins a session of an officer as a callback of the issuer would; returns its secret. Throws the reason of a refusal. */
export async function beginSession(
  app: AuthApp,
  { login }: Officer,
  visitor: Partial<Parameters<typeof signIn>[2]> = {},
): Promise<string> {
  const proof = { login, assurance: 2, provenAt: new Date(), idNumber: null } as const
  const from = { agent: undefined, address: undefined, previous: null, ...visitor }
  const result = await signIn(app.deps, proof, from)
  if (result.kind === 'refused') throw new Error(result.reason)
  return result.secret
}

/** The Cookie header of a session. */
export const cookieOf = (secret: string) => `__Host-sid=${secret}`
