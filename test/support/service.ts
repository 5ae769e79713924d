import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { walletKeys } from '../../scripts/simulators/wallet-signature.ts'
import type { FreshDatabase } from './database.ts'
import { built } from './programs.ts'
import { vaultEnvironment } from './vault.ts'

/** A process of the product, as an operator starts it. */
export interface Service {
  readonly child: ChildProcess
  /** What it said so far, on both streams. */
  said(): string
  /** Resolves when it is gone, with its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>
}

const INTERFACE = {
  ...{ API_PORT: '0', PUBLIC_URL: 'http://127.0.0.1:8080', OIDC_ISSUER: 'http://127.0.0.1:8081' },
  ...{ OIDC_CLIENT_ID: 'an-sinh', OIDC_CLIENT_SECRET: 'x'.repeat(40) },
}

/** Channels that nobody answers at. */
const NOWHERE = {
  BANK_URL: 'http://127.0.0.1:9',
  HUES_URL: 'http://127.0.0.1:9',
  HUES_KEYS: walletKeys.calls,
}

/** Starts a command of src/main.ts on a test's database; nobody signs in, and no payment has anywhere to go. */
export function startService(
  { urls }: FreshDatabase,
  command: 'api' | 'worker' | 'callbacks' | 'worker --send-only',
  settings: Readonly<Record<string, string>> = {},
): Service {
  const child = spawn(process.execPath, [built('src/main.ts'), ...command.split(' ')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      ...{ DATABASE_URL: urls.owner, DATABASE_SCHEMA: urls.schema },
      ...{ DATABASE_APP_URL: urls.app, DATABASE_REPORT_URL: urls.report },
      ...{ ...vaultEnvironment, ...INTERFACE, ...NOWHERE, LOG_LEVEL: 'silent', ...settings },
    },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text))
  return {
    child,
    said: () => said,
    ended: new Promise((resolve) => {
      child.once('close', (code, signal) => resolve(signal ?? code))
    }),
  }
}
