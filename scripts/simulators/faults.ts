import { createHash } from 'node:crypto'

export const faultLevels = ['none', 'default', 'heavy'] as const
export type FaultLevel = (typeof faultLevels)[number]

/** What becomes of one payment order. `hang` matters to the wallet only, which holds a connection. */
export type Fate =
  | { readonly kind: 'execute' }
  | { readonly kind: 'reject'; readonly reason: string }
  | { readonly kind: 'silent'; readonly executed: boolean; readonly hang: boolean }
  | { readonly kind: 'return'; readonly afterDays: number; readonly reason: string }

/** What becomes of one order file as a whole: a lost one dies before any row, a dropped one after all. */
export type FileFate = 'answer' | 'lose' | 'drop'

/** Chances of a fault; what is left over is executed and answered. */
export const rates = {
  none: { reject: 0, silent: 0, return: 0 },
  default: { reject: 0.01, silent: 0.005, return: 0.003 },
  heavy: { reject: 0.08, silent: 0.04, return: 0.03 },
} satisfies Record<FaultLevel, unknown>

const cashPaidChance = 0.985
const returnReasons = ['AC04', 'AC06'] as const
const returnDaysMin = 2
const returnDaysChoices = 3
const hangOneIn = 10

export type Faults = ReturnType<typeof createFaults>

/**
 * Decides by hash and by nothing else, so that two runs with one seed meet the same trouble.
 * The attempt counts how often the simulator itself has received the thing.
 */
export const createFaults = (options: {
  readonly seed: string
  readonly level: FaultLevel
  readonly reasons: readonly string[]
}) => {
  const { seed, level, reasons } = options
  const rate = rates[level]

  const payment = (reference: string, attempt: number): Fate => {
    const dice = roll(`${seed}|${reference}|${String(attempt)}`)
    if (dice.chance < rate.reject) return { kind: 'reject', reason: dice.pick(reasons) }
    if (dice.chance < rate.reject + rate.silent) {
      return { kind: 'silent', executed: dice.half, hang: dice.choice % hangOneIn === 0 }
    }
    if (dice.chance < rate.reject + rate.silent + rate.return) {
      const afterDays = returnDaysMin + (dice.choice % returnDaysChoices)
      return { kind: 'return', afterDays, reason: returnReasons[dice.half ? 0 : 1] }
    }
    return { kind: 'execute' }
  }

  const file = (fileId: string, attempt: number): FileFate => {
    const dice = roll(`${seed}|file:${fileId}|${String(attempt)}`)
    if (dice.chance >= rate.silent) return 'answer'
    return dice.half ? 'drop' : 'lose'
  }

  const cashIsPaid = (reference: string): boolean =>
    level === 'none' || roll(`${seed}|cash:${reference}`).chance < cashPaidChance

  return { payment, file, cashIsPaid }
}

/** Independent draws out of one hash: different bytes for each question. */
const roll = (text: string) => {
  const bytes = createHash('sha256').update(text).digest()
  const choice = bytes.readUInt32BE(8)
  return {
    chance: bytes.readUIntBE(0, 6) / 2 ** 48,
    half: bytes.readUInt8(6) < 128,
    choice,
    pick: (from: readonly string[]) => from[choice % from.length] ?? 'NARR',
  }
}
