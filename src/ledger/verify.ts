import type { Act } from '../lib/act.ts'
import type { Database, Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import { asker } from './verify-ask.ts'
import { checkAccounts } from './verify-accounts.ts'
import { checkBooks, readBooks } from './verify-books.ts'
import { collectFindings } from './verify-findings.ts'
import type { Finding } from './verify-findings.ts'
import { checkAnchors, lastHead } from './verify-heads.ts'
import type { OutsideHead } from './verify-heads.ts'
import { checkPeriods } from './verify-periods.ts'
import { checkRows } from './verify-rows.ts'
import { walkEntries } from './verify-walk.ts'
import type { Run } from './verify-walk.ts'

export { exportHead, parseHead } from './verify-heads.ts'
export type { OutsideHead } from './verify-heads.ts'
export type { Finding } from './verify-findings.ts'

/** What the ledger is found to be. */
export interface Verification {
  /** True when nothing was found. */
  readonly ok: boolean
  /** Entries that a sealed block covers; a change of one of them shows. */
  readonly sealedEntries: number
  /** Entries that no block covers yet; they add up, but a consistent change of them does not show. */
  readonly unsealedEntries: number
  readonly blocks: number
  /** The last head, to be kept outside; null when nothing is sealed. */
  readonly head: OutsideHead | null
  /** What is not as it must be, the first bad row first; at most 20. */
  readonly findings: readonly Finding[]
  /** True when there was more to find than is listed. */
  readonly truncated: boolean
}

export interface VerifyOptions {
  /** Heads that were exported earlier and kept outside the database. */
  readonly anchors?: readonly OutsideHead[] | undefined
  /** Told now and then how many entries have been read. */
  readonly onProgress?: ((entries: number) => void) | undefined
}

/**
 * The auditor's check of the whole ledger (docs/adr/0005): reads every row of one snapshot and recomputes hashes,
 * blocks, roll-ups, balances and closed periods in this process, sharing neither code nor SQL with posting and sealing
 * (the chart and the templates are compared as data). Memory stays bounded whatever the size.
 * Takes a database (the report role is enough; class batch), who asks, and outside heads. Without such a head a
 * truncated or consistently rewritten history cannot be told from an honest one.
 * Throws DomainError `verify-scope` unless `by` sees the whole province. What is wrong is returned, not thrown.
 */
export async function verifyLedger(
  db: Database,
  by: Act,
  options: VerifyOptions = {},
): Promise<Verification> {
  if (by.scope !== 'province') {
    const message = 'Kiểm tra sổ cần thấy toàn tỉnh / verification must see the whole province'
    throw new DomainError('forbidden', 'verify-scope', message)
  }
  const readOnly = async (tx: Tx) => {
    await tx.$executeRaw`set transaction read only`
    return verifyWithin(tx, options)
  }
  return db.transact(by, readOnly, 'RepeatableRead')
}

/** The same in a transaction of the caller, which must be repeatable read and see the province: for a paper that says it. */
export async function verifyWithin(
  tx: Tx,
  { anchors = [], onProgress }: VerifyOptions = {},
): Promise<Verification> {
  const ask = asker(tx)
  const { report, result } = collectFindings()
  const books = await readBooks(ask)
  const run: Run = { ask, books, report, onProgress: onProgress ?? (() => undefined) }
  checkBooks(books, report)
  const walked = await walkEntries(run)
  await checkAnchors(ask, anchors, report)
  const turnover = await checkAccounts(run)
  await checkPeriods(run, turnover)
  await checkRows(run)
  const { findings, truncated } = result()
  const head = await lastHead(ask)
  return { ok: findings.length === 0, ...walked, head, findings, truncated }
}
