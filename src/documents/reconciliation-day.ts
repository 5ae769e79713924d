import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import { formatVnd } from '../lib/money.ts'
import { formatDate } from '../lib/time.ts'
import type { LocalDate } from '../lib/time.ts'
import { departmentOn } from './agencies.ts'
import type { Paper, PaperTable } from './paper.ts'
import {
  breaksTable,
  CHANNELS,
  LINE_KINDS,
  LINE_STATES,
  RECIPIENTS,
  SIGNERS,
  wordOf,
} from './recon-words.ts'
import * as store from './reconciliation-store.ts'
import { line, pagesOf } from './tally.ts'

const COLUMNS = [
  { header: 'STT', width: 10, align: 'right', sheetWidth: 6 },
  { header: 'Dòng sao kê', width: 38, sheetWidth: 28 },
  { header: 'Loại', width: 24 },
  { header: 'Tham chiếu', width: 38, sheetWidth: 24 },
  { header: 'Bút toán của sổ', width: 46, sheetWidth: 32 },
  { header: 'Sổ ghi (đồng)', width: 28, align: 'right' },
  { header: 'Sao kê Nợ (đồng)', width: 28, align: 'right' },
  { header: 'Sao kê Có (đồng)', width: 28, align: 'right' },
  { header: 'Chênh lệch (đồng)', width: 28, align: 'right' },
  { header: 'Kết quả', width: 24 },
] as const

/**
 * Bảng đối chiếu of a statement day: each line beside what the entry that explains it has booked, then what is not explained
 * on either side, with its age on the day `on` and its owner. Throws DomainError `statement-missing`.
 */
export async function reconciliationDay(
  tx: Tx,
  { statementId, on }: { readonly statementId: string; readonly on: LocalDate },
): Promise<Paper> {
  const head = await store.statementHead(tx, statementId)
  if (head === undefined) {
    throw new DomainError('not-found', 'statement-missing', 'Không có sao kê này')
  }
  const breaks = await store.dayBreaks(tx, head)
  return {
    ...{ kind: 'reconciliation-day', agency: departmentOn(head.day), symbol: 'BĐC' },
    title: 'BẢNG ĐỐI CHIẾU SAO KÊ',
    subtitle: [
      `${wordOf(CHANNELS, head.channel)}, đơn vị chi ${head.payingUnit}, ngày ${formatDate(head.day)}`,
    ],
    ...{ layout: 'landscape', communeId: null, info: [], total: head.closing },
    query: { id: 'reconciliation-day.v1', parameters: { statement: statementId, on } },
    blocks: [
      {
        kind: 'facts',
        items: [
          ['Số dư đầu ngày theo sao kê', `${formatVnd(head.opening)} đồng`],
          ['Số dư cuối ngày theo sao kê', `${formatVnd(head.closing)} đồng`],
        ],
      },
      { kind: 'table', table: await linesTable(tx, statementId) },
      { kind: 'table', table: breaksTable(breaks, on) },
    ],
    ...{ signatures: SIGNERS, recipients: RECIPIENTS },
  }
}

async function linesTable(tx: Tx, statementId: string): Promise<PaperTable> {
  const sums = await store.daySums(tx, statementId)
  return {
    ...{ name: 'Đối chiếu từng dòng', caption: 'Đối chiếu từng dòng' },
    ...{ columns: COLUMNS, count: sums.count },
    rows: () =>
      pagesOf<store.DayLine>(
        (after, limit) => store.dayLines(tx, { statementId, after: after?.id ?? '', limit }),
        (one, place) =>
          line([
            ...[String(place), one.id, wordOf(LINE_KINDS, one.kind), one.reference],
            ...[one.entry ?? '', one.ours, one.debit, one.credit, one.difference],
            wordOf(LINE_STATES, one.state),
          ]),
      ),
    sums: [
      ...[null, null, null, null, null],
      ...[sums.ours, sums.debit, sums.credit, sums.difference, null],
    ],
    ...{ sumLabel: 'Cộng', empty: 'Sao kê ngày này không có dòng nào.' },
  }
}
