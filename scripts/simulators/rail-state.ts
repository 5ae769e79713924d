import type {
  Direction,
  ExecutedRecord,
  RailRecord,
  RejectedRecord,
  ReturnedRecord,
  TransferRecord,
} from './records.ts'

export interface StatementLine {
  readonly lineId: string
  readonly reference: string
  readonly direction: 'debit' | 'credit'
  readonly kind: 'payment' | 'return' | 'transfer'
  readonly amount: string
  readonly reason?: string
  readonly original?: string
}
interface Day {
  net: bigint
  readonly lines: StatementLine[]
}
interface Account {
  balance: bigint
  readonly days: Map<string, Day>
}
interface Payment {
  amount: string
  times: number
  returns: number
  rejectReason?: string
  returnReason?: string
}
interface Transfer {
  readonly reference: string
  readonly account: string
  readonly direction: Direction
  readonly amount: string
  readonly date: string
  readonly times: number
}

export type RailState = ReturnType<typeof createRailState>

/** What a rail knows; all of it comes out of the book by `applyRecord`. */
export const createRailState = () => ({
  clock: { date: null as string | null },
  lines: { count: 0 },
  accounts: new Map<string, Account>(),
  payments: new Map<string, Payment>(),
  transfers: new Map<string, Transfer>(),
  /** How often each reference has been received. */
  attempts: new Map<string, number>(),
  /** Executed payments whose money is still to come back, by line. */
  due: new Map<string, ExecutedRecord>(),
})

/** The one way in which a state changes, live and when a book is read back. */
export const applyRecord = (state: RailState, record: RailRecord): void => {
  switch (record.type) {
    case 'clock':
      state.clock.date = record.at
      return
    case 'executed':
      applyExecuted(state, record)
      return
    case 'rejected':
      applyRejected(state, record)
      return
    case 'lost':
      state.attempts.set(record.reference, record.attempt)
      return
    case 'returned':
      applyReturned(state, record)
      return
    case 'transfer':
      applyTransfer(state, record)
      return
    case 'call':
    case 'file':
    case 'holder':
    case 'callback':
      return
  }
}

const applyExecuted = (state: RailState, record: ExecutedRecord): void => {
  state.attempts.set(record.reference, record.attempt)
  const payment = paymentOf(state, record)
  payment.times += 1
  if (record.returnOn !== undefined) state.due.set(record.lineId, record)
  addLine(state, record, { direction: 'debit', kind: 'payment' })
}

const applyRejected = (state: RailState, record: RejectedRecord): void => {
  state.attempts.set(record.reference, record.attempt)
  paymentOf(state, record).rejectReason = record.reason
}

const applyReturned = (state: RailState, record: ReturnedRecord): void => {
  const payment = state.payments.get(record.reference)
  if (!payment) throw new Error(`line ${record.lineId} returns an unknown payment`)
  payment.returns += 1
  payment.returnReason = record.reason
  state.due.delete(record.original)
  const { reason, original } = record
  addLine(state, record, { direction: 'credit', kind: 'return', reason, original })
}

const applyTransfer = (state: RailState, record: TransferRecord): void => {
  const { reference, account, direction, amount, at: date } = record
  const times = (state.transfers.get(reference)?.times ?? 0) + 1
  state.transfers.set(reference, { reference, account, direction, amount, date, times })
  addLine(state, record, { direction: direction === 'in' ? 'credit' : 'debit', kind: 'transfer' })
}

const paymentOf = (state: RailState, record: ExecutedRecord | RejectedRecord): Payment => {
  const payment = state.payments.get(record.reference) ?? { amount: '', times: 0, returns: 0 }
  payment.amount = record.amount
  state.payments.set(record.reference, payment)
  return payment
}

const addLine = (
  state: RailState,
  record: ExecutedRecord | ReturnedRecord | TransferRecord,
  how: Omit<StatementLine, 'lineId' | 'reference' | 'amount'>,
): void => {
  const { lineId, reference, amount } = record
  const account: Account = state.accounts.get(record.account) ?? { balance: 0n, days: new Map() }
  const day: Day = account.days.get(record.at) ?? { net: 0n, lines: [] }
  const signed = how.direction === 'credit' ? BigInt(amount) : -BigInt(amount)
  account.balance += signed
  day.net += signed
  day.lines.push({ lineId, reference, amount, ...how })
  account.days.set(record.at, day)
  state.accounts.set(record.account, account)
  state.lines.count += 1
}

/** The answer to an enquiry: executed while any execution has not come back. */
export const paymentView = (state: RailState, reference: string) => {
  const payment = state.payments.get(reference)
  if (!payment) return undefined
  const { amount, times, returns, rejectReason, returnReason } = payment
  if (times > returns) return { reference, status: 'executed', amount, times }
  return times > 0
    ? { reference, status: 'returned', reason: returnReason, amount, times }
    : { reference, status: 'rejected', reason: rejectReason, amount, times }
}

/** One account's day; the opening balance is all the days before it, so days always join up. */
export const statementView = (state: RailState, name: string, date: string) => {
  const days = state.accounts.get(name)?.days ?? new Map<string, Day>()
  let opening = 0n
  for (const [earlier, day] of days) if (earlier < date) opening += day.net
  const today = days.get(date) ?? { net: 0n, lines: [] }
  return {
    account: name,
    date,
    opening: String(opening),
    closing: String(opening + today.net),
    lines: today.lines,
  }
}
