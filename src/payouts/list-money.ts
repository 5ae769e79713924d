import { ledger } from '../ledger/ledger.ts'
import type { Act } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { asDomainError } from '../lib/db-errors.ts'
import { DomainError } from '../lib/errors.ts'
import { formatVnd, sumVnd } from '../lib/money.ts'
import { monthOf } from '../lib/time.ts'
import type { LocalDate } from '../lib/time.ts'
import type { StandingRow } from './decision-store.ts'
import type { StoredList } from './list.ts'

/** The day under which a list is booked: its own month, even when it is decided in the month before. */
function headOf(list: StoredList, on: LocalDate) {
  const { month, communeId } = list
  return { occurredOn: on, communeId, ...(monthOf(on) < month ? { postingDate: month } : {}) }
}

/**
 * Holds the paying unit's funds for the rows of a list and books what is owed. `on` is the day.
 * Throws DomainError `below-floor` naming the unit and what is missing, in đồng (extra: code, subject, missing).
 */
export async function bookApproval(
  tx: Tx,
  by: Act,
  list: StoredList,
  rows: readonly StandingRow[],
  on: LocalDate,
): Promise<void> {
  if (rows.length === 0) return
  const head = headOf(list, on)
  const { payingUnit: unit, number } = list
  const amount = sumVnd(rows.map((row) => row.amount))
  const programmes = [...new Set(rows.map(({ programme }) => programme))]
  const drafts = [
    ledger.entry('hold', { unit, list: number, amount }, { ...head, reference: `hold:${number}` }),
    ...programmes.map((programme) =>
      ledger.entry(
        'accrual',
        { unit, programme, items: rows.filter((row) => row.programme === programme) },
        { ...head, reference: `accrual:${number}:${programme}` },
      ),
    ),
  ]
  await naming(list, 'duyệt', () => ledger.post(tx, by, drafts))
}

/**
 * Owes rows that were left unpaid again and holds their money under the list that takes them over. `reference` names the
 * act, `on` is the day.
 * Throws DomainError `below-floor` as `bookApproval` does.
 */
export async function bookCarried(
  tx: Tx,
  by: Act,
  list: StoredList,
  carried: {
    readonly reference: string
    readonly rows: readonly StandingRow[]
    readonly on: LocalDate
  },
): Promise<void> {
  const { reference, rows: items, on } = carried
  const vars = { unit: list.payingUnit, list: list.number, items }
  const head = { ...headOf(list, on), reference: `cash-carried-over:${reference}` }
  await naming(list, 'chuyển', () =>
    ledger.post(tx, by, [ledger.entry('cash-carried-over', vars, head)]),
  )
}

/** Says of money that is not there which list and unit it is missing for, and what to do `again`. */
async function naming(
  list: StoredList,
  again: string,
  post: () => Promise<unknown>,
): Promise<void> {
  try {
    await post()
  } catch (error) {
    const refused = asDomainError(error)
    throw refused instanceof DomainError && refused.code === 'below-floor'
      ? missingFunds(list, again, refused)
      : error
  }
}

function missingFunds(list: StoredList, again: string, error: DomainError): DomainError {
  const missing = formatVnd(BigInt(String(error.extra['missing'])))
  return new DomainError(
    'conflict',
    'below-floor',
    `Danh sách ${list.number}: đơn vị chi trả ${list.payingUnit} còn thiếu ${missing} đồng; hãy rút thêm dự toán rồi ${again} lại`,
    error.extra,
  )
}

/**
 * Takes back what the approval of a list booked for some of its rows: each is owed no more, and their money is free again.
 * `reference` names the act. `on` is the day.
 */
export async function unbookRows(
  tx: Tx,
  by: Act,
  list: StoredList,
  rows: readonly StandingRow[],
  act: { readonly reference: string; readonly on: LocalDate },
): Promise<void> {
  if (rows.length === 0) return
  const head = headOf(list, act.on)
  const { payingUnit: unit, number } = list
  const amount = sumVnd(rows.map((row) => row.amount))
  await ledger.post(tx, by, [
    ...rows.map(({ entitlement, programme, amount: owed }) =>
      ledger.entry(
        'un-accrual',
        { unit, programme, entitlement, amount: owed },
        { ...head, reference: `un-accrual:${entitlement}` },
      ),
    ),
    ledger.entry(
      'release',
      { unit, list: number, amount },
      { ...head, reference: `release:${act.reference}` },
    ),
  ])
}

/**
 * Takes back rows that were left unpaid in cash: each is owed no more. Their money came back to the unit with the service's
 * report, and is not held by any list. `on` is the day.
 */
export async function unbookUnpaid(
  tx: Tx,
  by: Act,
  list: StoredList,
  rows: readonly StandingRow[],
  on: LocalDate,
): Promise<void> {
  const head = headOf(list, on)
  await ledger.post(
    tx,
    by,
    rows.map(({ entitlement, programme, amount }) =>
      ledger.entry(
        'unpaid-stopped',
        { unit: list.payingUnit, programme, entitlement, amount },
        { ...head, reference: `unpaid-stopped:${entitlement}` },
      ),
    ),
  )
}
