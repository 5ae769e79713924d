import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from '@jest/globals'
import { z } from 'zod'
import { buildFolder } from './programs.ts'
import { createFaults } from '../../scripts/simulators/faults.ts'
import type { Fate, FaultLevel, FileFate } from '../../scripts/simulators/faults.ts'
import { launch } from '../../scripts/simulators/launch.ts'
import type { Simulator } from '../../scripts/simulators/launch.ts'
import { walletKeys } from '../../scripts/simulators/wallet-signature.ts'
import { openHttp } from '../../src/lib/http.ts'
import type { HttpClient, MessageSeal } from '../../src/lib/http.ts'
import { createBank } from '../../src/payouts/channels/bank.ts'
import type { Channel, ChannelName } from '../../src/payouts/channels/channel.ts'
import { createBreaker } from '../../src/payouts/channels/breaker.ts'
import { createHueS } from '../../src/payouts/channels/hue-s.ts'
import { hueSSeal, signatureKeys } from '../../src/payouts/channels/hue-s-signature.ts'
import { createLimiter } from '../../src/payouts/channels/limiter.ts'
import { createHttpsTransport } from '../../src/payouts/channels/iso20022/https.ts'
import type { PainVersion } from '../../src/payouts/channels/iso20022/pain001.ts'

/** The real simulators of the bank and the wallet, each in a process of its own, and our channels to them. */
export interface Rails {
  readonly folder: string
  readonly channels: Readonly<Record<ChannelName, Channel>>
  readonly urls: Readonly<Record<ChannelName, string>>
  /** The wallet's own client, signed, for channels of another setting. */
  readonly walletHttp: HttpClient
  /** Moves the business date of both. */
  advance(day: string): Promise<void>
  /** Puts money into a paying unit's account on both. */
  fund(unit: string, amount: bigint): Promise<void>
  /** Tells them whose accounts there are, before whoever sends asks for the holders. */
  tellHolders(holders: Readonly<Record<ChannelName, readonly object[]>>): Promise<void>
  /** Posts to one of them, as its own operator would. */
  post(name: ChannelName, path: string, body: object): Promise<void>
  /** Kills one with -9: a connection to it is refused from then on. */
  kill(name: ChannelName): Promise<void>
  close(): Promise<void>
}

/** A hung simulator is not waited for longer than this. */
const CALL_TIMEOUT_MS = 1_500
/** What a test asks of a simulator's console is no call of ours: on a busy machine it takes its time. */
const PATIENCE_MS = 20_000
const NAMES = ['bank', 'hue-s'] as const

const open = new Set<Rails>()
afterAll(async () => {
  for (const rails of open) await rails.close()
})

/** Starts the simulators on books in a new folder, or in the one of an earlier start. */
export async function startRails(options: {
  readonly seed: string
  readonly faults: FaultLevel
  readonly folder?: string | undefined
  /** The folder that the bank watches. */
  readonly watched?: string
}): Promise<Rails> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'ansinh-rails-')))
  const [bank, hueS] = await Promise.all(
    NAMES.map((name) => launch(name, { ...options, folder, built: buildFolder() })),
  )
  if (bank === undefined || hueS === undefined) throw new Error('both simulators')
  const simulators = { bank, 'hue-s': hueS }
  const seal = hueSSeal(signatureKeys(walletKeys.calls), Date.now)
  const http = { bank: clientOf(bank), 'hue-s': clientOf(hueS, seal) }
  const consoles = {
    bank: clientOf(bank, undefined, PATIENCE_MS),
    'hue-s': clientOf(hueS, seal, PATIENCE_MS),
  }
  const post = async (name: ChannelName, path: string, body: object) => {
    const answer = await consoles[name].call('POST', path, z.unknown(), body)
    if (answer.kind !== 'answer' || answer.status !== 200) throw new Error(JSON.stringify(answer))
  }
  const close = async () => {
    open.delete(rails)
    for (const name of NAMES) {
      await http[name].close()
      await consoles[name].close()
    }
    for (const name of NAMES) await end(simulators[name])
    await rm(folder, { recursive: true, force: true })
  }
  const rails: Rails = {
    folder,
    channels: { bank: bankOver(http.bank), 'hue-s': walletOver(http['hue-s']) },
    urls: { bank: bank.url, 'hue-s': hueS.url },
    walletHttp: http['hue-s'],
    advance: async (date) => {
      for (const name of NAMES) await post(name, '/clock', { date })
    },
    fund: async (account, amount) => {
      const order = { reference: `fund:${account}`, account, direction: 'in', counterparty: 'KBNN' }
      const body = { ...order, amount: amount.toString(), purpose: '' }
      for (const name of NAMES) await post(name, '/transfers', body)
    },
    tellHolders: async (holders) => {
      for (const name of NAMES) {
        if (holders[name].length > 0) await post(name, '/holders', { rows: holders[name] })
      }
    },
    post,
    kill: (name) => end(simulators[name]),
    close,
  }
  open.add(rails)
  return rails
}

/** The bank over HTTP as the tests call it: 500 payments a file. */
export const bankOver = (
  http: HttpClient,
  version: PainVersion = '001.03',
  verifiesFirst = false,
  accountsAtOnce = 1,
): Channel =>
  createBank({
    ...{ transport: createHttpsTransport(http), http, version },
    ...{ debtorBin: '970405', rowsMax: 500 },
    ...{ hours: null, verifiesFirst, accountsAtOnce },
  })

/** The wallet over HTTP as the tests call it; its breaker opens after so many calls without an answer. */
export const walletOver = (
  http: HttpClient,
  {
    failuresToOpen = 1_000,
    openForMs = 100,
    callsAtOnce = 20,
    perSecond = null as number | null,
    verifiesFirst = false,
    accountsAtOnce = 1,
    nowMs = Date.now,
  } = {},
): Channel =>
  createHueS({
    ...{ http, timeoutMs: CALL_TIMEOUT_MS, callsAtOnce, callsPerSecond: perSecond },
    ...{ verifiesFirst, accountsAtOnce },
    breaker: createBreaker({ failuresToOpen, openForMs }, nowMs),
    limiter: createLimiter({ perSecond, atOnce: callsAtOnce }, Date.now),
  })

const clientOf = (
  { url }: Simulator,
  seal?: MessageSeal,
  timeoutMs: number = CALL_TIMEOUT_MS,
): HttpClient => openHttp({ baseUrl: url, timeoutMs, connections: 20, ...(seal && { seal }) })

async function end({ child, exited }: Simulator): Promise<void> {
  child.kill('SIGKILL')
  await exited
}

/** What a seed makes of payments and files at the `heavy` level: asked of the simulators' own dice. */
export function diceOf(seed: string) {
  const faults = (reasons: readonly string[]) => createFaults({ seed, level: 'heavy', reasons })
  const [bank, hueS] = [faults(['AC01', 'AC04', 'AC06', 'BE01']), faults(['AG01', 'AC01', 'AM14'])]
  return {
    payment: (channel: ChannelName, reference: string, attempt = 1): Fate =>
      (channel === 'bank' ? bank : hueS).payment(reference, attempt),
    file: (id: string, attempt = 1): FileFate => bank.file(id, attempt),
  }
}

/** The first of the seeds s0, s1 … whose dice fit. */
export function seedWhere(fits: (dice: ReturnType<typeof diceOf>) => boolean): string {
  for (let n = 0; n < 200_000; n += 1) if (fits(diceOf(`s${String(n)}`))) return `s${String(n)}`
  throw new Error('No seed fits')
}
