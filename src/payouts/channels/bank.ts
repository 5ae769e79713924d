import { DomainError } from '../../lib/errors.ts'
import type { HttpClient } from '../../lib/http.ts'
import type { Channel, ChannelLimits } from './channel.ts'
import { pain001Parts, unwritable, writePain001 } from './iso20022/pain001.ts'
import type { PainVersion } from './iso20022/pain001.ts'
import { readPain002 } from './iso20022/pain002.ts'
import type { FileTransport } from './iso20022/transport.ts'
import { enquireRail, fetchStatement, silentAbout, verifyManyRail, verifyRail } from './rail.ts'

/** What a bank has of its own. */
export interface BankSetting {
  readonly transport: FileTransport
  /** For enquiries and statements; null: there are none, and status files and imported statements decide alone. */
  readonly http: HttpClient | null
  readonly version: PainVersion
  /** The BIN of the bank that holds the paying units' accounts. */
  readonly debtorBin: string
  /** Payments of one order file at the most. */
  readonly rowsMax: number
  /** When files are taken, "HH:MM" of Vietnam; null: day and night. */
  readonly hours: ChannelLimits['hours']
  /** Whether holders are asked for before the first payment; without enquiries nobody can be asked. */
  readonly verifiesFirst: boolean
  /** Accounts of one name enquiry; 1 where the bank has none for many. */
  readonly accountsAtOnce: number
}

/** NAPAS 247 takes less than 500 million đồng a transfer (domain.md §4). */
export const TRANSFER_MAX = 499_999_999n
const DAY_MS = 86_400_000

/** The bank by ISO 20022: order files (pain.001) with control totals out, status files (pain.002) back (docs/adr/0013). */
export function createBank(setting: BankSetting): Channel {
  const { transport, http, version, debtorBin } = setting
  return {
    name: 'bank',
    limits: limitsOf(setting),
    refusal: unwritable,
    contents: (order) => pain001Parts(order, { version, debtorBin }),
    send: async (order) => {
      const pieces = writePain001(order, { version, debtorBin })
      const outcome = await transport.deliver({
        id: order.id,
        count: order.payments.length,
        pieces,
        isFresh: order.isFresh ?? (() => true),
      })
      return new Map(order.payments.map(({ reference }) => [reference, outcome]))
    },
    ...(transport.takeBack === undefined ? {} : { takeBack: transport.takeBack }),
    statusFiles: (fileIds) => transport.statusFiles(fileIds),
    readStatus: readPain002,
    enquire: (reference, amount) =>
      http === null
        ? Promise.resolve({ kind: 'no-answer', reason: 'the bank takes no enquiries' })
        : enquireRail(http, reference, amount),
    verifyAccount: (account) =>
      http === null
        ? Promise.resolve({ kind: 'no-answer', reason: 'the bank takes no enquiries' })
        : verifyRail(http, account),
    verifyMany: (accounts) =>
      http === null
        ? Promise.resolve(silentAbout(accounts, 'the bank takes no enquiries'))
        : verifyManyRail(http, accounts),
    ready: () => Promise.resolve(true),
    statement: (payingUnit, day) =>
      http === null
        ? Promise.reject(noStatement(payingUnit, day))
        : fetchStatement(http, payingUnit, day),
  }
}

function limitsOf({ rowsMax, hours, ...setting }: BankSetting): ChannelLimits {
  return {
    mode: 'bulk',
    rowsMax,
    amountMax: TRANSFER_MAX,
    callsPerSecond: null,
    callsAtOnce: 8,
    hours,
    verifiesFirst: setting.verifiesFirst && setting.http !== null,
    accountsAtOnce: setting.accountsAtOnce,
    enquires: setting.http !== null,
    idempotent: false,
    outcomeWithinMs: DAY_MS,
  }
}

const noStatement = (payingUnit: string, day: string): DomainError =>
  new DomainError(
    'conflict',
    'statement-missing',
    `Chưa có sao kê ngày ${day} của ${payingUnit}: hãy nhập tệp sao kê của ngân hàng`,
  )
