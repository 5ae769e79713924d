import { spawn } from 'node:child_process'
import type { DatabaseUrls } from '../../src/lib/provision.ts'
import { vaultEnvironment } from '../../test/support/vault.ts'
import { walletKeys } from '../simulators/wallet-signature.ts'

/** Starts workers that only send to a wallet, each a process of its own that ends when its stdin does. */
export function startWorkers(
  { urls, walletUrl }: { readonly urls: DatabaseUrls; readonly walletUrl: string },
  many: { readonly count: number; readonly atOnce: number; readonly jobs: string },
) {
  return Array.from({ length: many.count }, () => {
    // Started as `npm run worker` starts them.
    const node = ['--max-semi-space-size=64', '--import', 'tsx']
    const args = [...node, 'src/main.ts', 'worker', '--send-only', '--with-parent']
    const child = spawn(process.execPath, args, {
      stdio: ['pipe', 'inherit', 'inherit'],
      env: {
        PATH: '/usr/bin:/bin',
        DATABASE_URL: urls.owner,
        DATABASE_APP_URL: urls.app,
        DATABASE_REPORT_URL: urls.report,
        DATABASE_SCHEMA: urls.schema,
        ...vaultEnvironment,
        BANK_URL: walletUrl,
        HUES_URL: walletUrl,
        HUES_KEYS: walletKeys.calls,
        VERIFY_ACCOUNTS: 'false',
        HUES_CALLS_AT_ONCE: String(many.atOnce),
        WORKER_CONCURRENCY: many.jobs,
        LOG_LEVEL: 'error',
      },
    })
    const exited = new Promise((resolve) => child.once('exit', resolve))
    return { child, exited }
  })
}
