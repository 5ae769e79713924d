import { createHmac } from 'node:crypto'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { walletKeys } from '../../scripts/simulators/wallet-signature.ts'
import type { FreshDatabase } from './database.ts'
import { built } from './programs.ts'

/** The callback listener in a process of its own, as the product starts it. */
export interface CallbackProcess {
  readonly url: string
  readonly ended: Promise<NodeJS.Signals | null>
  stop(): Promise<void>
}

/** Starts it on a port (0: any) with a fault barrier ("callback-before-commit:1") or none. */
export async function startCallbacks(
  { urls }: FreshDatabase,
  { port = 0, barrier = '' } = {},
): Promise<CallbackProcess> {
  const child = spawn(process.execPath, [built('src/main.ts'), 'callbacks'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: urls.owner,
      DATABASE_APP_URL: urls.app,
      DATABASE_REPORT_URL: urls.report,
      DATABASE_SCHEMA: urls.schema,
      HUES_CALLBACK_KEYS: walletKeys.callbacks,
      CALLBACK_PORT: String(port),
      LOG_LEVEL: 'silent',
      FAULT_BARRIER: barrier,
    },
  })
  const ended = new Promise<NodeJS.Signals | null>((resolve) =>
    child.once('exit', (_, signal) => resolve(signal)),
  )
  const lines = createInterface(child.stdout)
  const said: unknown[] = await once(lines, 'line')
  const found = /^listening (\d+)$/.exec(String(said[0]))?.[1]
  if (found === undefined) throw new Error(`the listener said ${String(said[0])}`)
  return {
    url: `http://127.0.0.1:${found}/callbacks/hue-s`,
    ended,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** A body with the headers that sign it; `at` in seconds, `secret` the wallet's unless somebody else signs. */
export function signed(body: string, at = Math.floor(Date.now() / 1000), secret?: Buffer) {
  const [id = '', text = ''] = walletKeys.callbacks.split(':')
  const key = secret ?? Buffer.from(text, 'base64url')
  const signature = createHmac('sha256', key).update(`${at}.${body}`).digest('hex')
  return {
    body,
    headers: { 'x-hues-key': id, 'x-hues-timestamp': String(at), 'x-hues-signature': signature },
  }
}

/** Posts a message; returns the status and what was answered. */
export async function postTo(
  url: string,
  { body, headers }: { readonly body: string; readonly headers: Readonly<Record<string, string>> },
) {
  const answer = await fetch(url, { method: 'POST', body, headers })
  return { status: answer.status, said: (await answer.json()) as Readonly<Record<string, string>> }
}
