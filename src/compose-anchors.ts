import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { KEPT_HEAD } from './compose-heads.ts'
import { openSignedAuditHead, openSignedHead } from './ledger/signed-heads.ts'
import { parseAuditHead } from './ledger/verify-audit.ts'
import type { AuditHead } from './ledger/verify-audit.ts'
import { parseHead } from './ledger/verify.ts'
import type { OutsideHead } from './ledger/verify.ts'
import { DomainError } from './lib/errors.ts'

/** Files of heads that were kept outside the database. */
export interface AnchorFiles {
  readonly anchor: readonly string[]
  readonly 'audit-anchor': readonly string[]
  /** Folders in which a worker kept the heads of each day, or copies of them. */
  readonly heads: readonly string[]
  /** Public keys of whoever signs heads, PEM. */
  readonly 'trusted-key': readonly string[]
}

export interface Anchors {
  readonly journal: readonly OutsideHead[]
  readonly audit: readonly AuditHead[]
}

/**
 * Reads heads that were kept outside, of the journal and of the audit trail: signed ones, and all of a folder, are checked
 * against the trusted keys. Throws DomainError: outside-head, head-signature, head-key, heads-missing (a folder without one: to
 * check against nothing would say that all is well).
 */
export async function readAnchors(files: AnchorFiles): Promise<Anchors> {
  const keys = await textsOf(files['trusted-key'])
  const [journal, audit] = [await textsOf(files.anchor), await textsOf(files['audit-anchor'])]
  const kept = (await Promise.all(files.heads.map(keptIn))).flat()
  const keptTexts = async (ofAudit: boolean) =>
    textsOf(kept.filter(({ isAudit }) => isAudit === ofAudit).map(({ path }) => path))
  const isSigned = (text: string) => text.includes('"signature"')
  return {
    journal: [
      ...journal.map((text) => (isSigned(text) ? openSignedHead(text, keys) : parseHead(text))),
      ...(await keptTexts(false)).map((text) => openSignedHead(text, keys)),
    ],
    audit: [
      ...audit.map((text) =>
        isSigned(text) ? openSignedAuditHead(text, keys) : parseAuditHead(text),
      ),
      ...(await keptTexts(true)).map((text) => openSignedAuditHead(text, keys)),
    ],
  }
}

const textsOf = (paths: readonly string[]): Promise<string[]> =>
  Promise.all(paths.map((path) => readFile(path, 'utf8')))

async function keptIn(folder: string) {
  const names = (await readdir(folder)).filter((name) => KEPT_HEAD.test(name)).toSorted()
  if (names.length === 0) {
    const message = `Thư mục ${folder} không có mã đầu chuỗi nào / no kept head in this folder`
    throw new DomainError('invalid', 'heads-missing', message)
  }
  return names.map((name) => ({ path: join(folder, name), isAudit: name.startsWith('audit-') }))
}
