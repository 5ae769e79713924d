import type { Database } from '../../lib/db.ts'
import type { Logger } from '../../lib/log.ts'
import type { Vault } from '../../lib/vault.ts'
import type { Issuer } from './issuer.ts'
import type { AuthSettings } from './settings.ts'

/** What sign-in and sessions work with. */
export interface AuthDeps {
  readonly db: Database
  readonly vault: Vault
  readonly settings: AuthSettings
  readonly issuer: Issuer
  /** Milliseconds since 1970 (lib/time unixMs, or a test's clock). */
  readonly nowMs: () => number
  readonly log: Logger
  /** Told in a word why somebody, or a machine, was not let in. */
  readonly loginFailed: (reason: string) => void
}
