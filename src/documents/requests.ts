import { createHash } from 'node:crypto'
import type { AccountRef } from '../ledger/journal.ts'
import { ledger } from '../ledger/ledger.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import type { Vault } from '../lib/vault.ts'
import { coverageReport } from './coverage-report.ts'
import { accountBook, journalBook } from './ledger-books.ts'
import type { Paper } from './paper.ts'
import { payoutList } from './payout-list.ts'
import { trialBalance } from './trial-balance.ts'

/** Posting dates, as known when a block was sealed; without `block`, the last sealed one. */
interface Range {
  readonly from: LocalDate
  readonly to: LocalDate
  /** Digits; null before anything was sealed. */
  readonly block?: string | null | undefined
}

/** What is asked for: plain data, kept with a document, so that its rows can be read again. */
export type DocumentRequest =
  | { readonly kind: 'payout-list'; readonly listId: string }
  | { readonly kind: 'coverage-report'; readonly month: Month; readonly mapDay: LocalDate }
  | (Range & { readonly kind: 'journal-book' | 'trial-balance' })
  | (Range & { readonly kind: 'account-book'; readonly account: AccountRef })

/** The request with everything settled that time would change. */
export async function settled(tx: Tx, request: DocumentRequest): Promise<DocumentRequest> {
  if (!('from' in request) || request.block !== undefined) return request
  const head = await ledger.sealedHead(tx)
  return { ...request, block: head === null ? null : String(head.block) }
}

/** Declares the paper of a settled request: totals are read now, rows when it is written. Throws what the kind says. */
export async function paperOf(tx: Tx, vault: Vault, request: DocumentRequest): Promise<Paper> {
  if (request.kind === 'payout-list') return payoutList(tx, vault, request)
  if (request.kind === 'coverage-report') return coverageReport(tx, request)
  const { block = null } = request
  const range = { ...request, block: block === null ? null : BigInt(block) }
  if (range.kind === 'account-book') return accountBook(tx, range)
  return range.kind === 'journal-book' ? journalBook(tx, range) : trialBalance(tx, range)
}

/** SHA-256 of a request, hex: the same however its keys are ordered. */
export function hashOfRequest(request: DocumentRequest): string {
  const entries = Object.entries(request).toSorted(([one], [other]) => (one < other ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(entries)).digest('hex')
}
