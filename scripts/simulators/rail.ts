import { join } from 'node:path'
import { openBook } from './book.ts'
import { createFaults, type Fate, type Faults } from './faults.ts'
import { addDays, HttpError } from './input.ts'
import { applyRecord, createRailState, statementView, type RailState } from './rail-state.ts'
import type { Direction, Order, RailRecord } from './records.ts'
import type { ProgramOptions } from './serve.ts'

/** What became of an order, and whether its payer is told; to be told only once `saved`. */
export interface Outcome {
  readonly result: 'executed' | 'rejected' | 'lost'
  readonly reason?: string
  readonly silence?: 'drop' | 'hang' | undefined
  readonly saved: Promise<void>
}
interface Transfer {
  readonly reference: string
  readonly account: string
  readonly direction: Direction
  readonly amount: bigint
  readonly counterparty: string
  readonly purpose: string
}
interface RailSetup {
  readonly options: ProgramOptions
  /** Names the book's file, and begins every line's number. */
  readonly name: string
  readonly reasons: readonly string[]
  /** Sees every record, those read back from the book first. */
  readonly watch?: (record: RailRecord) => void
}

const noFunds = 'AM04'

export interface Rail {
  readonly name: string
  readonly state: RailState
  readonly faults: Faults
  /** Takes a record into the state at once and into the book soon; resolves when it is safe there. */
  readonly write: (record: RailRecord) => Promise<void>
  readonly close: () => Promise<void>
}

/** Opens a bank or a wallet where its book left it. */
export const openRail = async ({ options, name, reasons, watch }: RailSetup): Promise<Rail> => {
  const state = createRailState()
  const take = (record: RailRecord): void => {
    applyRecord(state, record)
    watch?.(record)
  }
  const book = await openBook<RailRecord>(join(options.book, `${name}.jsonl`), take)
  const write = (record: RailRecord): Promise<void> => {
    take(record)
    return book.append(record)
  }
  const faults = createFaults({ seed: options.seed, level: options.faults, reasons })
  return { name, state, faults, write, close: book.close }
}

/** The business date; nothing can be booked before there is one. */
export const today = ({ state }: Rail): string => {
  if (state.clock.date === null) throw new HttpError(409, 'no business date yet: POST /clock')
  return state.clock.date
}

/**
 * Executes an order, however often it has come before, unless a fault or the balance forbids it. The dice decide the
 * fault unless somebody has asked for one.
 */
export const pay = (rail: Rail, order: Order, asked?: Fate): Outcome => {
  const head = received(rail, order)
  const fate = asked ?? rail.faults.payment(head.reference, head.attempt)
  const answered = fate.kind !== 'silent'
  const silence = answered ? undefined : fate.hang ? 'hang' : 'drop'
  if (!answered && !fate.executed) return { ...lose(rail, order), silence }
  const funded = balance(rail, order.account) >= order.amount
  const reason = fate.kind === 'reject' ? fate.reason : funded ? undefined : noFunds
  if (reason !== undefined) {
    const saved = rail.write({ type: 'rejected', ...head, reason, answered })
    return { result: 'rejected', reason, silence, saved }
  }
  const comesBack = fate.kind === 'return' && {
    returnOn: addDays(head.at, fate.afterDays),
    returnReason: fate.reason,
  }
  const line = { type: 'executed', lineId: nextLine(rail), ...head } as const
  return { result: 'executed', silence, saved: rail.write({ ...line, answered, ...comesBack }) }
}

/** Refuses an order and says so. */
export const reject = (rail: Rail, order: Order, reason: string): Outcome => {
  const record = { type: 'rejected', ...received(rail, order), reason, answered: true } as const
  return { result: 'rejected', reason, saved: rail.write(record) }
}

/** Receives an order and forgets it. */
export const lose = (rail: Rail, order: Order): Outcome => ({
  result: 'lost',
  saved: rail.write({ type: 'lost', ...received(rail, order) }),
})

/** What every record of an order has, now that it is received once more. */
const received = (rail: Rail, { amount, ...order }: Order) => {
  const attempt = (rail.state.attempts.get(order.reference) ?? 0) + 1
  return { at: today(rail), ...order, amount: String(amount), attempt }
}

/** Books money into or out of an account, again when it is asked again. */
export const transfer = (rail: Rail, { amount, ...order }: Transfer): Promise<void> => {
  const at = today(rail)
  if (order.direction === 'out' && amount > balance(rail, order.account)) {
    throw new HttpError(422, `account ${order.account} does not hold so much`, 'amount')
  }
  const line = { type: 'transfer', lineId: nextLine(rail), at } as const
  return rail.write({ ...line, ...order, amount: String(amount) })
}

/**
 * Moves the business date forward and books what comes back on the days passed, in their order.
 * The date itself is written last: a crash on the way leaves the rest to the next move.
 */
export const moveClock = async (rail: Rail, date: string): Promise<void> => {
  const { clock, due } = rail.state
  if (clock.date !== null && date <= clock.date) return
  const fallingDue = [...due.values()]
    .flatMap(({ returnOn: at, ...payment }) =>
      at !== undefined && at <= date ? [{ ...payment, at }] : [],
    )
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  for (const { at, reference, account, amount, lineId: original, returnReason } of fallingDue) {
    const line = { at, lineId: nextLine(rail), reference, account, amount, original }
    void rail.write({ type: 'returned', ...line, reason: returnReason ?? 'NARR' })
  }
  await rail.write({ type: 'clock', at: date })
}

/** The statement of a day that is over, and so can never change again. */
export const statement = (rail: Rail, account: string, date: string) => {
  const now = rail.state.clock.date
  if (now === null || date >= now) throw new HttpError(409, `${date} is not over yet`, 'date')
  const statementId = `${rail.name}-${account}-${date}`
  return { statementId, ...statementView(rail.state, account, date) }
}

const nextLine = ({ name, state }: Rail): string =>
  `${name}-${String(state.lines.count + 1).padStart(9, '0')}`

const balance = ({ state }: Rail, account: string): bigint =>
  state.accounts.get(account)?.balance ?? 0n
