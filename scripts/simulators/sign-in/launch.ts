import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { accountsOf, type Account, type IssuerSettings } from './accounts.ts'

export type { Account, IssuerSettings } from './accounts.ts'

/** The issuer in a process of its own; it dies with the process that launched it. */
export interface Issuer {
  readonly url: string
  /** Adds accounts, or changes them by subject. */
  readonly enter: (accounts: readonly Account[]) => Promise<void>
  readonly stop: () => Promise<void>
}

/** Starts the issuer and resolves once it takes calls. */
export const launchIssuer = async (settings: IssuerSettings): Promise<Issuer> => {
  const child = spawn(process.execPath, ['--import', 'tsx', 'sign-in.ts'], {
    cwd: fileURLToPath(new URL('.', import.meta.url)), // tsx is found from here, wherever we are
    stdio: ['pipe', 'pipe', 'ignore'], // the library warns of HTTP, which is all there is on one machine
  })
  child.stdin.write(`${JSON.stringify(settings)}\n`)
  const exited = once(child, 'exit')
  const url = `http://127.0.0.1:${await portOf(child.stdout, exited)}`
  return {
    url,
    stop: async () => {
      child.kill()
      await exited
    },
    enter: async (accounts) => {
      const headers = { 'content-type': 'application/json' }
      const body = JSON.stringify(accounts)
      const answer = await fetch(`${url}/console/accounts`, { method: 'POST', headers, body })
      if (!answer.ok) throw new Error(await answer.text())
    },
  }
}

const portOf = async (output: NodeJS.ReadableStream, ended: Promise<unknown>): Promise<string> => {
  const lines = createInterface(output)
  const found = new Promise<string>((resolve) => {
    lines.on('line', (line) => {
      const port = /^listening (\d+)$/.exec(line)?.[1]
      if (port !== undefined) resolve(port)
    })
  })
  const port = await Promise.race([found, ended.then(() => null)])
  if (port === null) throw new Error('the issuer ended before it took calls')
  return port
}

/** A person for each role, of nobody real. */
export const demoAccounts = async (): Promise<readonly Account[]> => {
  const text = await readFile(new URL('demo-accounts.json', import.meta.url), 'utf8')
  return accountsOf(JSON.parse(text))
}
