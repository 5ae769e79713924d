import type { AccountRef } from '../ledger/journal.ts'
import { ledger } from '../ledger/ledger.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import { bookOf, parametersOf, periodOf, requireRange, side, subjectWords } from './book-range.ts'
import type { RangeRequest } from './book-range.ts'
import type { Paper, PaperRow, PaperTable } from './paper.ts'
import { line, pagesOf } from './tally.ts'

const JOURNAL_COLUMNS = [
  { header: 'Ngày ghi sổ', width: 20, align: 'center' },
  { header: 'Bút toán', width: 20, align: 'center' },
  { header: 'Diễn giải', width: 58, sheetWidth: 48 },
  { header: 'Tham chiếu', width: 48, sheetWidth: 36 },
  { header: 'Tài khoản Nợ', width: 38, sheetWidth: 34 },
  { header: 'Tài khoản Có', width: 38, sheetWidth: 34 },
  { header: 'Số tiền (đồng)', width: 28, align: 'right' },
] as const

/** Sổ nhật ký chung of a range. Throws DomainError `range`. */
export async function journalBook(tx: Tx, range: RangeRequest): Promise<Paper> {
  requireRange(range)
  const sums = await ledger.books.journalSums(tx, range)
  const table: PaperTable = {
    ...{ name: 'Sổ nhật ký chung', columns: JOURNAL_COLUMNS, count: sums.count },
    rows: () =>
      pagesOf<Awaited<ReturnType<typeof ledger.books.journalLines>>[number]>(
        (after, limit) => ledger.books.journalLines(tx, { ...range, after, limit }),
        (one) =>
          line([
            { day: one.postingDate },
            String(one.entryId),
            ledger.templateWords(one.template),
            one.reference,
            side(one.debitCode, one.debitSubject),
            side(one.creditCode, one.creditSubject),
            one.amount,
          ]),
      ),
    sums: [null, null, null, null, null, null, sums.amount],
    ...{ sumLabel: 'Cộng phát sinh', empty: 'Không có bút toán nào trong khoảng này.' },
  }
  return {
    ...bookOf(range, 'SNKC'),
    ...{ kind: 'journal-book', title: 'SỔ NHẬT KÝ CHUNG', subtitle: [periodOf(range)] },
    ...{ layout: 'landscape', total: sums.amount },
    query: { id: 'journal-book.v1', parameters: parametersOf(range) },
    blocks: [{ kind: 'table', table }],
  }
}

const ACCOUNT_COLUMNS = [
  { header: 'Ngày ghi sổ', width: 20, align: 'center' },
  { header: 'Bút toán', width: 18, align: 'center' },
  { header: 'Diễn giải', width: 52, sheetWidth: 48 },
  { header: 'Tham chiếu', width: 44, sheetWidth: 36 },
  { header: 'Tài khoản đối ứng', width: 36, sheetWidth: 34 },
  { header: 'Nợ (đồng)', width: 27, align: 'right' },
  { header: 'Có (đồng)', width: 27, align: 'right' },
  { header: 'Số dư (đồng)', width: 27, align: 'right' },
] as const

/**
 * Sổ chi tiết of an account for a range, with opening, running and closing balance in the account’s own direction. Throws
 * DomainError: range, unknown-account.
 */
export async function accountBook(
  tx: Tx,
  request: RangeRequest & { readonly account: AccountRef },
): Promise<Paper> {
  requireRange(request)
  const { account } = request
  const sums = await ledger.books.accountSums(tx, account, request)
  const { name, grows } = ledger.books.accountName(account.code)
  const note = (text: string, balance: bigint) => [
    ...[null, null, text, null, null, null, null],
    balance,
  ]
  const table: PaperTable = {
    ...{ name: 'Sổ chi tiết', columns: ACCOUNT_COLUMNS, count: sums.count },
    rows: async function* () {
      yield { kind: 'note', cells: note('Số dư đầu kỳ', sums.opening) }
      const closing = yield* accountRows(tx, request, { opening: sums.opening, grows })
      if (closing !== sums.closing) {
        throw new DomainError('conflict', 'document-changed', 'Số dư cuối kỳ khác tổng các dòng')
      }
    },
    sums: [null, null, null, null, null, sums.debit, sums.credit, null],
    closing: note('Số dư cuối kỳ', sums.closing),
    ...{ sumLabel: 'Cộng phát sinh', empty: 'Không có phát sinh trong khoảng này.' },
  }
  return {
    ...bookOf(request, 'SCT'),
    ...{ kind: 'account-book', title: 'SỔ CHI TIẾT TÀI KHOẢN' },
    subtitle: [
      `${account.code} – ${name}`,
      `Đối tượng: ${subjectWords(account.subject)}`,
      periodOf(request),
    ],
    ...{ layout: 'landscape', total: null },
    query: {
      id: 'account-book.v1',
      parameters: { account: `${account.code}/${account.subject}`, ...parametersOf(request) },
    },
    blocks: [
      { kind: 'table', table },
      {
        kind: 'text',
        text: `Số dư tính bên ${grows === 'debit' ? 'Nợ' : 'Có'}.`,
        style: 'italic',
      },
    ],
  }
}

async function* accountRows(
  tx: Tx,
  request: RangeRequest & { readonly account: AccountRef },
  { opening, grows }: { readonly opening: bigint; readonly grows: 'debit' | 'credit' },
): AsyncGenerator<PaperRow, bigint> {
  let balance = opening
  type Line = Awaited<ReturnType<typeof ledger.books.accountLines>>[number]
  yield* pagesOf<Line>(
    (after, limit) => ledger.books.accountLines(tx, request.account, { ...request, after, limit }),
    (one) => {
      balance += grows === 'debit' ? one.debit - one.credit : one.credit - one.debit
      const counter = side(one.counterCode, one.counterSubject)
      return line([
        ...[{ day: one.postingDate }, String(one.entryId), ledger.templateWords(one.template)],
        ...[one.reference, counter, one.debit || null, one.credit || null, balance],
      ])
    },
  )
  return balance
}
