import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import { formatDate } from '../lib/time.ts'
import type { LocalDate } from '../lib/time.ts'
import { departmentOn } from './agencies.ts'
import type { Paper, PaperTable } from './paper.ts'
import { breaksTable, CHANNELS, RECIPIENTS, SIGNERS, STATES, wordOf } from './recon-words.ts'
import * as store from './reconciliation-store.ts'
import { line, pagesOf } from './tally.ts'

const COLUMNS = [
  { header: 'STT', width: 10, align: 'right', sheetWidth: 6 },
  { header: 'Mã lệnh chi', width: 42, sheetWidth: 22 },
  { header: 'Trạng thái theo sổ', width: 44, sheetWidth: 26 },
  { header: 'Số tiền lệnh (đồng)', width: 30, align: 'right' },
  { header: 'Sổ ghi đã đi (đồng)', width: 30, align: 'right' },
  { header: 'Sao kê chi (đồng)', width: 30, align: 'right' },
  { header: 'Sao kê hoàn (đồng)', width: 30, align: 'right' },
  { header: 'Chênh lệch (đồng)', width: 30, align: 'right' },
] as const

/**
 * Bảng đối chiếu of a batch: each payment of an order beside what statements say of it, then those that differ, with their
 * age on the day `on` and whoever ordered them. Throws DomainError `order-missing`.
 */
export async function reconciliationBatch(
  tx: Tx,
  { orderId, on }: { readonly orderId: string; readonly on: LocalDate },
): Promise<Paper> {
  const head = await store.orderHead(tx, orderId)
  if (head === undefined) {
    throw new DomainError('not-found', 'order-missing', 'Không có lệnh chuyển này')
  }
  const { channel, payingUnit, plannedOn, orderedBy } = head
  const sums = await store.batchSums(tx, orderId)
  const breaks = await breaksOf(tx, { orderId, plannedOn, owner: orderedBy })
  return {
    ...{ kind: 'reconciliation-batch', agency: departmentOn(plannedOn), symbol: 'BĐC' },
    title: 'BẢNG ĐỐI CHIẾU LỆNH CHUYỂN',
    subtitle: [
      `Lệnh ${orderId}, ${wordOf(CHANNELS, channel)}, đơn vị chi ${payingUnit}, ngày ${formatDate(plannedOn)}`,
    ],
    ...{ layout: 'landscape', communeId: null, info: [], total: sums.amount },
    query: { id: 'reconciliation-batch.v1', parameters: { order: orderId, on } },
    blocks: [
      { kind: 'table', table: linesTable(tx, orderId, sums) },
      { kind: 'table', table: breaksTable(breaks, on) },
    ],
    ...{ signatures: SIGNERS, recipients: RECIPIENTS },
  }
}

function linesTable(
  tx: Tx,
  orderId: string,
  sums: Awaited<ReturnType<typeof store.batchSums>>,
): PaperTable {
  return {
    ...{ name: 'Đối chiếu từng lệnh', caption: 'Đối chiếu từng lệnh', columns: COLUMNS },
    count: sums.count,
    rows: () =>
      pagesOf<store.BatchLine>(
        (after, limit) => store.batchLines(tx, { orderId, after: after?.reference ?? '', limit }),
        (one, place) =>
          line([
            ...[String(place), one.reference, wordOf(STATES, one.state), one.amount],
            ...[one.ours, one.debit, one.credit, one.difference],
          ]),
      ),
    sums: [
      ...[null, null, null],
      ...[sums.amount, sums.ours, sums.debit, sums.credit, sums.difference],
    ],
    ...{ sumLabel: 'Cộng', empty: 'Lệnh này không có khoản chi nào.' },
  }
}

/** Payments of the batch on which both sides differ, in the order of their references. */
async function breaksOf(
  tx: Tx,
  of: { readonly orderId: string; readonly plannedOn: LocalDate; readonly owner: string | null },
): Promise<readonly store.Break[]> {
  const found: store.Break[] = []
  for (let after = ''; ;) {
    const lines = await store.batchLines(tx, { orderId: of.orderId, after, limit: PAGE })
    for (const one of lines) {
      if (one.difference === 0n) continue
      const { reference, state, difference: amount, reason, since } = one
      const key = `instruction:${reference}`
      const from = since ?? of.plannedOn
      found.push({ key, what: state, reference, since: from, amount, reason, owner: of.owner })
    }
    after = lines.at(-1)?.reference ?? ''
    if (lines.length < PAGE) return found
  }
}

const PAGE = 500
