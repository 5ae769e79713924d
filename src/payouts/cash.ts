import { ledger } from '../ledger/ledger.ts'
import type { Act } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import { sumVnd } from '../lib/money.ts'
import type { LocalDate } from '../lib/time.ts'
import type { CashOutcome } from './channels/cash-service.ts'
import * as store from './cash-store.ts'
import type { StoredCashList } from './cash-store.ts'

/**
 * Books that a cash list is handed over to the service organisation with its money (Decree 20/2021 Art 34). `on` is the
 * day. The list must be released. Doing it again changes nothing. The caller moves the money and sends the list after
 * the commit, asking first whether that was done.
 */
export async function handOver(
  tx: Tx,
  by: Act,
  cashList: StoredCashList,
  on: LocalDate,
): Promise<void> {
  if (!(await store.markHandedOver(tx, cashList.id, on))) return
  const { id, communeId, listNumber, total } = cashList
  const head = { reference: `cash-handed-over:${id}`, occurredOn: on, communeId }
  await ledger.post(tx, by, [
    ledger.entry('cash-handed-over', { list: listNumber, cashList: id, amount: total }, head),
  ])
  await recordActs(tx, by, [
    {
      act: 'cash.hand-over',
      subject: `cash-list:${id}`,
      communeId,
      detail: { total: total.toString() },
    },
  ])
}

/**
 * Settles a cash list by the service's report: paid rows are paid, unpaid rows are carried to a later month and their
 * money comes back. Every row of the list must be in the report, once, with its amount; throws DomainError
 * `cash-report-differs` otherwise and changes nothing. Settling again changes nothing. Returns whether it was settled now.
 */
export async function settle(
  tx: Tx,
  by: Act,
  cashList: StoredCashList,
  report: readonly CashOutcome[],
  on: LocalDate,
): Promise<boolean> {
  const rows = await store.rowsOf(tx, cashList.id)
  const expected = new Map(rows.map((row) => [row.reference, row.amount]))
  const reported = new Map(report.map((row) => [row.reference, row]))
  const differs =
    report.length !== rows.length ||
    reported.size !== rows.length ||
    report.some(({ reference, amount }) => expected.get(reference) !== amount)
  if (differs) {
    throw new DomainError(
      'conflict',
      'cash-report-differs',
      `Báo cáo ${cashList.id}: ${report.length} dòng, danh sách ${rows.length} dòng`,
    )
  }
  if (!(await store.markSettled(tx, cashList.id, on))) return false
  await store.insertResults(tx, cashList.id, report)
  const head = { occurredOn: on, communeId: cashList.communeId }
  const { id, payingUnit: unit } = cashList
  const items = (paid: boolean) =>
    report
      .filter((row) => row.paid === paid)
      .map(({ reference, amount }) => ({ entitlement: reference, amount }))
  const [paid, unpaid] = [items(true), items(false)]
  await ledger.post(tx, by, [
    ...(paid.length > 0
      ? [
          ledger.entry(
            'cash-paid',
            { cashList: id, items: paid },
            { ...head, reference: `cash-paid:${id}` },
          ),
        ]
      : []),
    ...(unpaid.length > 0
      ? [
          ledger.entry(
            'cash-unpaid',
            { unit, cashList: id, items: unpaid },
            { ...head, reference: `cash-unpaid:${id}` },
          ),
        ]
      : []),
  ])
  const detail = {
    paid: sumVnd(paid.map((i) => i.amount)).toString(),
    unpaid: sumVnd(unpaid.map((i) => i.amount)).toString(),
  }
  await recordActs(tx, by, [
    { act: 'cash.settle', subject: `cash-list:${id}`, communeId: cashList.communeId, detail },
  ])
  return true
}
