import { createHash } from 'node:crypto'
import type { AccountRef } from '../ledger/journal.ts'
import { ledger } from '../ledger/ledger.ts'
import type { Act } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import { formatVnd } from '../lib/money.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import type { Vault } from '../lib/vault.ts'
import { auditExceptions } from './audit-lists.ts'
import { auditSample } from './audit-sample.ts'
import { coverageReport } from './coverage-report.ts'
import { accountBook, journalBook } from './ledger-books.ts'
import type { Paper } from './paper.ts'
import { payoutList } from './payout-list.ts'
import { personStatement } from './person-statement.ts'
import { reconciliationBatch } from './reconciliation-batch.ts'
import { reconciliationDay } from './reconciliation-day.ts'
import { settlementReport } from './settlement-report.ts'
import { linesOf } from './tally.ts'
import { trialBalance } from './trial-balance.ts'
import { requireVerifiable, verificationReport } from './verification-report.ts'

/** Posting dates, as known when a block was sealed; without `block`, the last one that was sealed by the time `at`. */
interface Range {
  readonly from: LocalDate
  readonly to: LocalDate
  /** Digits; null before anything was sealed. */
  readonly block?: string | null | undefined
  /** ISO 8601 with an offset; without it, now. */
  readonly at?: string | undefined
}

/** What is asked for: plain data, kept with a document, so that its rows can be read again. */
export type DocumentRequest =
  | {
      readonly kind: 'payout-list'
      readonly listId: string
      /** As of which sealed block its results are; left out: the last one, and in a paper of long ago none. */
      readonly block?: string | null | undefined
    }
  | { readonly kind: 'coverage-report'; readonly month: Month; readonly mapDay: LocalDate }
  | { readonly kind: 'reconciliation-day'; readonly statementId: string; readonly on: LocalDate }
  | { readonly kind: 'reconciliation-batch'; readonly orderId: string; readonly on: LocalDate }
  | {
      readonly kind: 'person-statement'
      readonly personId: string
      readonly from: Month
      readonly to: Month
    }
  | { readonly kind: 'settlement-report'; readonly month: Month; readonly communeId: number | null }
  | { readonly kind: 'verification'; readonly from: LocalDate; readonly to: LocalDate }
  | (Range & { readonly kind: 'journal-book' | 'trial-balance' | 'audit-exceptions' })
  | (Range & {
      readonly kind: 'audit-sample'
      readonly method: 'money-unit' | 'risk'
      /** Picks. */
      readonly size: number
      readonly seed: string
    })
  | (Range & { readonly kind: 'account-book'; readonly account: AccountRef })

/** The request with everything settled that time would change. Throws DomainError `block-missing`. */
export async function settled(tx: Tx, request: DocumentRequest): Promise<DocumentRequest> {
  if (request.kind === 'payout-list' && request.block === undefined) {
    return { ...request, block: await lastBlock(tx) }
  }
  if (!isBook(request)) return request
  if (request.block !== undefined) {
    await requireBlock(tx, request.block)
    return request
  }
  return { ...request, block: await lastBlock(tx, request.at) }
}

async function lastBlock(tx: Tx, at: string | null = null): Promise<string | null> {
  const block = await ledger.books.blockAt(tx, at)
  return block === null ? null : String(block)
}

/** A book as of a block that is still to come would be another one when it has come. */
async function requireBlock(tx: Tx, block: string | null): Promise<void> {
  if (block === null || (await ledger.sealedHead(tx, BigInt(block))) !== null) return
  const words = `Chưa có khối niêm phong ${block}`
  throw new DomainError('invalid', 'block-missing', words, { field: 'block' })
}

type Book = Extract<DocumentRequest, { readonly kind: (typeof BOOKS)[number] }>
/** What is read as of a sealed block. */
const BOOKS = [
  ...(['journal-book', 'trial-balance', 'account-book'] as const),
  ...(['audit-sample', 'audit-exceptions'] as const),
] as const
const isBook = (request: DocumentRequest): request is Book =>
  BOOKS.some((kind) => kind === request.kind)

/** Entries that are recomputed in the time in which a line is written. */
const ENTRIES_A_LINE = 20

/**
 * Declares the paper of a settled request: totals are read now, rows when it is written. Numbers of people are masked, or in
 * clear for a purpose (a list alone has them: `nothing-to-reveal`). Throws what the kind says, and `document-too-large` where
 * declaring alone would take too long.
 */
export async function paperOf(
  tx: Tx,
  vault: Vault,
  request: DocumentRequest,
  linesMax: number,
  reveal?: Reveal,
): Promise<Paper> {
  if (reveal !== undefined && request.kind !== 'payout-list') {
    const words = 'Văn bản này không có số để hiện đầy đủ'
    throw new DomainError('invalid', 'nothing-to-reveal', words, { field: 'kind' })
  }
  if (isBook(request)) return bookPaper(tx, request)
  switch (request.kind) {
    case 'payout-list':
      return payoutList(tx, vault, { ...request, reveal })
    case 'coverage-report':
      return coverageReport(tx, request)
    case 'reconciliation-day':
      return reconciliationDay(tx, request)
    case 'reconciliation-batch':
      return reconciliationBatch(tx, request)
    case 'person-statement':
      return personStatement(tx, vault, request)
    case 'settlement-report':
      return settlementReport(tx, request)
    case 'verification':
      return verificationReport(tx, request, linesMax * ENTRIES_A_LINE)
  }
}

function bookPaper(tx: Tx, request: Book): Promise<Paper> {
  const { block = null } = request
  const range = { ...request, block: BigInt(block ?? 0) }
  switch (range.kind) {
    case 'account-book':
      return accountBook(tx, range)
    case 'journal-book':
      return journalBook(tx, range)
    case 'trial-balance':
      return trialBalance(tx, range)
    case 'audit-sample':
      return auditSample(tx, range)
    case 'audit-exceptions':
      return auditExceptions(tx, range)
  }
}

/** Why numbers of people are wanted in clear. */
export interface Reveal {
  readonly purpose: string
}

/**
 * Throws DomainError before any work what the paper of a request would be refused for: what its kind says, `document-too-large`,
 * `document-province`. Whether a ledger is as it was sealed is not looked at, only how long that would take.
 */
export async function requireFitting(
  tx: Tx,
  vault: Vault,
  by: Act,
  of: {
    readonly request: DocumentRequest
    readonly linesMax: number
    readonly reveal?: Reveal | undefined
  },
): Promise<void> {
  const { request, linesMax, reveal } = of
  if (request.kind === 'verification') {
    await requireVerifiable(tx, request, linesMax * ENTRIES_A_LINE)
    return
  }
  const paper = await paperOf(tx, vault, await settled(tx, request), linesMax, reveal)
  requireWhole(paper, by)
  requireShort(paper, linesMax)
}

/** Which part of a request is to be made smaller when the paper would be too long. */
const FIELDS: Readonly<Record<Paper['kind'], string>> = {
  ...{ 'payout-list': 'listId', 'coverage-report': 'month' },
  ...{ 'account-book': 'to', 'journal-book': 'to', 'trial-balance': 'to' },
  ...{ 'reconciliation-day': 'statementId', 'reconciliation-batch': 'orderId' },
  ...{ 'person-statement': 'to', 'settlement-report': 'month', verification: 'to' },
  ...{ 'audit-sample': 'size', 'audit-exceptions': 'to', 'evidence-index': 'reference' },
}

/** Lines that are written while somebody waits, and in long work; a journal of a month has 200,000. */
export const LINES_MAX = { answer: 5_000, job: 500_000 } as const

/** Throws DomainError `document-too-large`, which names the field, before any row is read. */
export function requireShort(paper: Paper, linesMax: number): void {
  const count = linesOf(paper)
  if (count <= linesMax) return
  const [lines, most] = [formatVnd(BigInt(count)), formatVnd(BigInt(linesMax))]
  const way =
    count <= LINES_MAX.job
      ? 'giao thành việc dài, hoặc chọn khoảng ngắn hơn'
      : 'chọn khoảng ngắn hơn'
  const words = `Văn bản này có ${lines} dòng, nhiều hơn ${most}: ${way}.`
  const extra = { count, most: linesMax, field: FIELDS[paper.kind] }
  throw new DomainError('invalid', 'document-too-large', words, extra)
}

/** A paper about the whole province is for who sees it whole. Throws DomainError `document-province`. */
export function requireWhole({ communeId }: Paper, { scope }: Act): void {
  if (communeId !== null || scope === 'province') return
  const words = 'Văn bản này nói về toàn tỉnh, ngoài phạm vi của bạn'
  throw new DomainError('forbidden', 'document-province', words)
}

/**
 * SHA-256 of a request and of how far whoever asks sees, hex, the same however keys are ordered: what others issued with
 * more eyes is not theirs to replace.
 */
export function hashOfRequest(request: DocumentRequest, { scope }: Act): string {
  const entries = Object.entries(request).toSorted(([one], [other]) => (one < other ? -1 : 1))
  const seen = scope === 'province' ? scope : scope.communes.toSorted((one, other) => one - other)
  return createHash('sha256')
    .update(JSON.stringify([entries, seen]))
    .digest('hex')
}
