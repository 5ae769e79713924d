import type { Config } from '../../config.ts'
import { DomainError } from '../../lib/errors.ts'
import { openHttp } from '../../lib/http.ts'
import type { HttpClient } from '../../lib/http.ts'
import { unixMs } from '../../lib/time.ts'
import type { OrderLimits } from '../payouts-store.ts'
import type { Turns } from '../turns-store.ts'
import { createBank, TRANSFER_MAX } from './bank.ts'
import { createBreaker } from './breaker.ts'
import type { Channel, ChannelLimits, ChannelName } from './channel.ts'
import { guarded } from './guarded.ts'
import { createHueS, walletRowsMax } from './hue-s.ts'
import { hueSSeal, signatureKeys } from './hue-s-signature.ts'
import { openFolder } from './iso20022/folder.ts'
import { createHttpsTransport } from './iso20022/https.ts'
import type { FileTransport } from './iso20022/transport.ts'
import { createLimiter } from './limiter.ts'
import type { TakeTurns } from './limiter.ts'

/** Takes turns at a channel among those of all processes. */
type TurnsOfChannel = (of: Turns) => Promise<number>

/** The channels by name and how to close their connections. */
export interface Channels {
  readonly byName: Readonly<Record<ChannelName, Channel>>
  close(): Promise<void>
}

/**
 * Opens the channels. With `takeTurns` calls a second are counted over all processes. Throws DomainError `config` when HUES_URL is missing, or what the bank's transport needs: BANK_URL
 * for https, BANK_FOLDER for a folder.
 */
export function openChannels(config: Config, takeTurns?: TurnsOfChannel): Channels {
  const { BANK_URL, HUES_URL, CHANNEL_TIMEOUT_MS: timeoutMs } = config
  if (HUES_URL === undefined) {
    throw new DomainError('invalid', 'config', 'Cần HUES_URL để gửi lệnh chi')
  }
  const http =
    BANK_URL === undefined ? null : openHttp({ baseUrl: BANK_URL, timeoutMs, connections: 8 })
  const hueS = openWalletHttp(config, { baseUrl: HUES_URL, timeoutMs })
  const bank = createBank({
    transport: bankTransport(config, http),
    http,
    version: config.BANK_PAIN_VERSION,
    debtorBin: config.BANK_BIN,
    rowsMax: config.BANK_FILE_ROWS_MAX,
    hours: hoursOf(config),
    verifiesFirst: config.VERIFY_ACCOUNTS,
    accountsAtOnce: config.VERIFY_AT_ONCE,
  })
  const breaker = () => createBreaker(breakerRules(config), unixMs)
  return {
    byName: {
      // A bank that takes no enquiries could not be tried again.
      bank: http === null ? bank : guarded(bank, breaker()),
      'hue-s': createHueS({
        ...walletLimits(config, takeTurns),
        http: hueS,
        breaker: breaker(),
        timeoutMs,
        verifiesFirst: config.VERIFY_ACCOUNTS,
        accountsAtOnce: config.VERIFY_AT_ONCE,
      }),
    },
    close: async () => {
      await http?.close()
      await hueS.close()
    },
  }
}

/** What planning must know of the channels, for a process that opens none. */
export const orderLimitsOf = (config: Config): OrderLimits => ({
  bank: { rowsMax: config.BANK_FILE_ROWS_MAX, amountMax: TRANSFER_MAX },
  'hue-s': {
    rowsMax: walletRowsMax(config.HUES_CALLS_PER_SECOND ?? null),
    amountMax: TRANSFER_MAX,
  },
})

function hoursOf({ BANK_HOURS }: Config): ChannelLimits['hours'] {
  const [from, until] = BANK_HOURS?.split('-') ?? []
  return from === undefined || until === undefined ? null : { from, until }
}

function breakerRules({ CHANNEL_FAILURES_MAX, CHANNEL_PAUSE_MS }: Config) {
  return { failuresToOpen: CHANNEL_FAILURES_MAX, openForMs: CHANNEL_PAUSE_MS }
}

function walletLimits(config: Config, takeTurns: TurnsOfChannel | undefined) {
  const [callsAtOnce, callsPerSecond] = [
    config.HUES_CALLS_AT_ONCE,
    config.HUES_CALLS_PER_SECOND ?? null,
  ]
  const shared: TakeTurns | undefined =
    takeTurns === undefined || callsPerSecond === null
      ? undefined
      : (calls) => takeTurns({ channel: 'hue-s', calls, perSecond: callsPerSecond })
  const limits = { perSecond: callsPerSecond, atOnce: callsAtOnce, takeTurns: shared }
  const limiter = createLimiter(limits, unixMs)
  return { callsAtOnce, callsPerSecond, limiter }
}

/** A payment's answer is small and a page of a report has at most 1,000 lines. */
const WALLET_ANSWER_BYTES_MAX = 1024 * 1024

/** A client of the wallet that signs and checks. Throws DomainError `config` without HUES_KEYS. */
function openWalletHttp(
  config: Config,
  service: { readonly baseUrl: string; readonly timeoutMs: number },
): HttpClient {
  const { HUES_KEYS, HUES_CALLS_AT_ONCE: connections } = config
  if (HUES_KEYS === undefined)
    throw new DomainError('invalid', 'config', 'Cần HUES_KEYS để gọi ví Hue-S')
  const seal = hueSSeal(signatureKeys(HUES_KEYS), unixMs)
  return openHttp({ ...service, connections, seal, responseBytesMax: WALLET_ANSWER_BYTES_MAX })
}

function bankTransport(config: Config, http: HttpClient | null): FileTransport {
  if (config.BANK_TRANSPORT === 'folder') {
    if (config.BANK_FOLDER !== undefined) return openFolder(config.BANK_FOLDER)
    throw new DomainError('invalid', 'config', 'Cần BANK_FOLDER khi BANK_TRANSPORT=folder')
  }
  if (http !== null) return createHttpsTransport(http)
  throw new DomainError('invalid', 'config', 'Cần BANK_URL để gửi lệnh chi qua ngân hàng')
}
