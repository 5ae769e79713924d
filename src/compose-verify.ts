import { readFile, writeFile } from 'node:fs/promises'
import { readAnchors } from './compose-evidence.ts'
import type { Engine } from './compose.ts'
import { exportAuditHead, parseAuditHead, verifyAudit } from './ledger/verify-audit.ts'
import { exportHead, verifyLedger } from './ledger/verify.ts'
import type { Act, PersonId } from './lib/act.ts'
import { openDatabase } from './lib/db.ts'
import type { Database } from './lib/db.ts'

/** Who only reads, at the command line. */
export const AUDITOR: Act = {
  actor: '00000000-0000-7000-8000-000000000000' as PersonId,
  via: 'verify',
  scope: 'province',
}

/** Files of heads that are kept outside the database, and where to write the last ones. */
export interface VerifyFiles {
  readonly anchor: readonly string[]
  readonly 'audit-anchor': readonly string[]
  readonly 'trusted-key': readonly string[]
  readonly 'export-head'?: string | undefined
  readonly 'export-audit-head'?: string | undefined
}

/**
 * Recomputes the ledger and the audit trail as the reports' role, says what was found, and writes the last heads where asked.
 * Returns whether both are as they were. Throws DomainError `outside-head` when a file holds no head.
 */
export async function verifyAll(
  { urls }: Pick<Engine, 'urls'>,
  files: VerifyFiles,
  say: (line: string) => void,
): Promise<boolean> {
  const { report: url, schema } = urls
  const db = openDatabase({ url, schema, kind: 'batch', poolSize: 1 })
  try {
    const ledger = await verifyBooks(db, files, say)
    const audit = await verifyTrail(db, files, say)
    return ledger && audit
  } finally {
    await db.close()
  }
}

const readAll = <T>(paths: readonly string[], parse: (text: string) => T): Promise<T[]> =>
  Promise.all(paths.map(async (path) => parse(await readFile(path, 'utf8'))))

async function verifyBooks(db: Database, files: VerifyFiles, say: (line: string) => void) {
  const anchors = await readAnchors(files.anchor, files['trusted-key'])
  const result = await verifyLedger(db, AUDITOR, { anchors })
  for (const { check, message } of result.findings) say(`✗ ${check}: ${message}`)
  say(
    `${result.ok ? '✓' : '✗'} ${result.sealedEntries} bút toán đã niêm phong trong ${result.blocks} khối, ${result.unsealedEntries} chưa niêm phong`,
  )
  const path = files['export-head']
  if (path !== undefined) {
    await writeFile(path, JSON.stringify(await db.transact(AUDITOR, exportHead), null, 2))
  }
  return result.ok
}

async function verifyTrail(db: Database, files: VerifyFiles, say: (line: string) => void) {
  const anchors = await readAll(files['audit-anchor'], parseAuditHead)
  const result = await verifyAudit(db, AUDITOR, { anchors })
  for (const { check, message } of result.findings) say(`✗ ${check}: ${message}`)
  say(
    `${result.ok ? '✓' : '✗'} ${result.sealedEvents} sự kiện nhật ký đã niêm phong trong ${result.blocks} khối, ${result.unsealedEvents} chưa niêm phong`,
  )
  const path = files['export-audit-head']
  if (path !== undefined) {
    await writeFile(path, JSON.stringify(await db.transact(AUDITOR, exportAuditHead), null, 2))
  }
  return result.ok
}
