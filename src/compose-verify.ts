import { writeFile } from 'node:fs/promises'
import { readAnchors } from './compose-anchors.ts'
import type { AnchorFiles, Anchors } from './compose-anchors.ts'
import type { Engine } from './compose.ts'
import { exportAuditHead, verifyAudit } from './ledger/verify-audit.ts'
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
export interface VerifyFiles extends AnchorFiles {
  readonly 'export-head'?: string | undefined
  readonly 'export-audit-head'?: string | undefined
}

/**
 * Recomputes the ledger and the audit trail as the reports' role, says what was found, and writes the last heads where asked.
 * Returns whether both are as they were. Throws what `readAnchors` throws.
 */
export async function verifyAll(
  { urls }: Pick<Engine, 'urls'>,
  files: VerifyFiles,
  say: (line: string) => void,
): Promise<boolean> {
  const { report: url, schema } = urls
  const db = openDatabase({ url, schema, kind: 'batch', poolSize: 1 })
  try {
    const anchors = await readAnchors(files)
    const ledger = await verifyBooks(db, { files, anchors: anchors.journal }, say)
    const audit = await verifyTrail(db, { files, anchors: anchors.audit }, say)
    const count = anchors.journal.length + anchors.audit.length
    if (count > 0) say(`  đối chiếu với ${String(count)} mã đầu chuỗi giữ ở ngoài`)
    return ledger && audit
  } finally {
    await db.close()
  }
}

async function verifyBooks(
  db: Database,
  { files, anchors }: { readonly files: VerifyFiles; readonly anchors: Anchors['journal'] },
  say: (line: string) => void,
) {
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

async function verifyTrail(
  db: Database,
  { files, anchors }: { readonly files: VerifyFiles; readonly anchors: Anchors['audit'] },
  say: (line: string) => void,
) {
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
