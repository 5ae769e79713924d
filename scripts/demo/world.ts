import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { z } from 'zod'
import { vaultKeysOf } from '../../src/compose.ts'
import type { Config } from '../../src/config.ts'
import { openHttp } from '../../src/lib/http.ts'
import type { HttpClient } from '../../src/lib/http.ts'
import type { DatabaseUrls } from '../../src/lib/provision.ts'
import { localDate, unixMs } from '../../src/lib/time.ts'
import { keysAsText } from '../../src/lib/vault-keys.ts'
import type { LocalDate } from '../../src/lib/time.ts'
import { createCashService } from '../../src/payouts/channels/cash-service.ts'
import type { CashService } from '../../src/payouts/channels/cash-service.ts'
import { hueSSeal, signatureKeys } from '../../src/payouts/channels/hue-s-signature.ts'
import { ensureTransfer } from '../../src/payouts/channels/transfers.ts'
import type { Transfer } from '../../src/payouts/channels/transfers.ts'
import type { ChannelName } from '../../src/payouts/channels/channel.ts'
import { launch } from '../simulators/launch.ts'
import { walletKeys } from '../simulators/wallet-signature.ts'
import type { NewAccount } from '../../src/registry/registry.ts'
import type { DemoOptions } from './options.ts'

/** Everything outside the system: the bank, the wallet and the service organisation, each in its own process. */
export interface World {
  readonly bankUrl: string
  readonly hueSUrl: string
  readonly hueSKeys: string
  readonly cash: CashService
  /** The latest business date that any of them has; null before the first. */
  today(): Promise<LocalDate | null>
  /** Moves the business date of all of them; books what falls due. */
  advance(day: LocalDate): Promise<void>
  transfer(channel: ChannelName, transfer: Transfer): Promise<void>
  /** Tells the bank and the wallet whose accounts there are, as they know it of their own customers. */
  tellHolders(accounts: readonly HeldAccount[]): Promise<void>
  close(): Promise<void>
}

/** An account as its bank knows it; a wallet has no bank. */
export type HeldAccount = Pick<NewAccount, 'bankCode' | 'number' | 'holderName'>

/** A call to a simulator may wait for its disk; this is the demo's patience, not the payouts'. */
const PATIENCE_MS = 30_000

/** Starts the simulators on their durable books in `folder`. They die with this process. */
export async function startWorld(
  options: DemoOptions,
  folder: string,
  built: string | undefined,
): Promise<World> {
  const settings = { folder, seed: options.seed, faults: options.faults, built }
  const [bank, hueS, cash] = await Promise.all([
    launch('bank', settings),
    launch('hue-s', settings),
    launch('cash-service', settings),
  ])
  const patience = { timeoutMs: PATIENCE_MS, connections: 4 }
  const http = (baseUrl: string) => openHttp({ baseUrl, ...patience })
  const seal = hueSSeal(signatureKeys(walletKeys.calls), unixMs)
  const wallet = openHttp({ baseUrl: hueS.url, ...patience, seal })
  const clients = { bank: http(bank.url), 'hue-s': wallet, cash: http(cash.url) }
  return {
    bankUrl: bank.url,
    hueSUrl: hueS.url,
    hueSKeys: walletKeys.calls,
    cash: createCashService(clients.cash),
    today: async () => {
      const dates = await Promise.all(Object.values(clients).map(readClock))
      return dates.reduce(
        (latest, date) => (latest === null || (date !== null && date > latest) ? date : latest),
        null,
      )
    },
    advance: async (day) => {
      for (const client of Object.values(clients)) await setClock(client, day)
    },
    transfer: (channel, transfer) => ensureTransfer(clients[channel], transfer),
    tellHolders: async (accounts) => {
      const isWallet = ({ bankCode }: HeldAccount) => bankCode === null
      await postHolders(clients['hue-s'], accounts.filter(isWallet))
      await postHolders(
        clients.bank,
        accounts.filter((account) => !isWallet(account)),
      )
    },
    close: async () => {
      for (const client of Object.values(clients)) await client.close()
      for (const { child, exited } of [bank, hueS, cash]) {
        child.stdin?.end()
        await exited
      }
    },
  }
}

async function readClock(client: HttpClient): Promise<LocalDate | null> {
  const answer = await client.call('GET', '/clock', z.object({ date: z.string().nullable() }))
  if (answer.kind !== 'answer') throw new Error('A simulator does not tell its date')
  return answer.body.date === null ? null : localDate(answer.body.date)
}

async function setClock(client: HttpClient, date: LocalDate): Promise<void> {
  const answer = await client.call('POST', '/clock', z.object({ date: z.string() }), { date })
  if (answer.kind !== 'answer') throw new Error(`A simulator does not take the date ${date}`)
}

/** Holders told in one call. */
const HOLDERS_AT_ONCE = 5_000

async function postHolders(client: HttpClient, accounts: readonly HeldAccount[]): Promise<void> {
  for (let from = 0; from < accounts.length; from += HOLDERS_AT_ONCE) {
    const rows = accounts.slice(from, from + HOLDERS_AT_ONCE).map((account) => ({
      account: account.bankCode === null ? account.number : `${account.bankCode}:${account.number}`,
      name: account.holderName,
      status: 'active',
    }))
    const answer = await client.call('POST', '/holders', z.object({ known: z.number() }), { rows })
    if (answer.kind !== 'answer') throw new Error('A simulator is not told its customers')
  }
}

/** Payout workers in their own processes; one that dies is started again, as a supervisor would. */
export interface Workers {
  close(): Promise<void>
}

/** How long a payout call may take in the demo, where everything is on one machine. */
const CALL_TIMEOUT_MS = 1_500

/** Starts `count` workers that send through the world's channels. The first run of the first may have a fault barrier. */
export function startWorkers(
  count: number,
  setting: { readonly config: Config; readonly urls: DatabaseUrls; readonly world: World },
): Workers {
  let closing = false
  const children = new Set<ChildProcess>()
  const start = (barrier: string): void => {
    const child = spawn(
      process.execPath,
      [...mainOf(setting.config), 'worker', '--send-only', '--with-parent'],
      {
        stdio: ['pipe', 'ignore', 'inherit'],
        env: { ...environment(setting), FAULT_BARRIER: barrier },
      },
    )
    children.add(child)
    child.once('exit', () => {
      children.delete(child)
      if (!closing) start('')
    })
  }
  for (let i = 0; i < count; i += 1) start(i === 0 ? (setting.config.FAULT_BARRIER ?? '') : '')
  return {
    close: async () => {
      closing = true
      await Promise.all(
        [...children].map(
          (child) =>
            new Promise((resolve) => {
              child.once('exit', resolve)
              child.stdin?.end()
            }),
        ),
      )
    },
  }
}

const mainOf = ({ BUILD_DIR: built }: Config): readonly string[] =>
  built === undefined
    ? ['--import', 'tsx', join('src', 'main.ts')]
    : [join(built, 'src', 'main.js')]

function environment({
  config,
  urls,
  world,
}: {
  readonly config: Config
  readonly urls: DatabaseUrls
  readonly world: World
}) {
  return {
    PATH: '/usr/bin:/bin',
    DATABASE_URL: urls.owner,
    DATABASE_APP_URL: urls.app,
    DATABASE_REPORT_URL: urls.report,
    DATABASE_SCHEMA: urls.schema,
    ...(config.REDIS_URL === undefined ? {} : { REDIS_URL: config.REDIS_URL }),
    ...keysAsText(vaultKeysOf(config)),
    BANK_URL: world.bankUrl,
    HUES_URL: world.hueSUrl,
    HUES_KEYS: world.hueSKeys,
    VERIFY_AT_ONCE: '500',
    CHANNEL_TIMEOUT_MS: String(CALL_TIMEOUT_MS),
    LOG_LEVEL: 'silent',
  }
}
