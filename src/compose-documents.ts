import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openApp, vaultOf } from './compose.ts'
import type { Config } from './config.ts'
import { documents } from './documents/documents.ts'
import type { SigningMeans } from './documents/documents.ts'
import type { Act, PersonId } from './lib/act.ts'
import { DomainError } from './lib/errors.ts'
import { fileOnce } from './lib/file-once.ts'
import type { Logger } from './lib/log.ts'
import type { DatabaseUrls } from './lib/provision.ts'
import { unixMs } from './lib/time.ts'

const CHECKER: Act = {
  actor: '00000000-0000-7000-8000-000000000000' as PersonId,
  via: 'verify',
  scope: 'province',
}

/** Checks a PDF against the documents that were issued. */
export async function checkFile(
  config: Config,
  urls: DatabaseUrls,
  path: string,
): ReturnType<typeof documents.verify> {
  const shown = documents.shownFile(await readFile(path))
  const db = openApp(urls, 'batch', 1)
  try {
    return await db.transact(
      CHECKER,
      (tx) => documents.verify(tx, vaultOf(config), CHECKER, shown),
      'RepeatableRead',
    )
  } finally {
    await db.close()
  }
}

/**
 * Who signs issued papers: the key and certificates that the settings name. Beside the embedded database, a test authority
 * made under DATA_DIR. With a database elsewhere and no key nobody does (null), and nothing is issued, unless the settings allow
 * papers without a signature ('unsigned'). Throws DomainError `paper-signer`.
 */
export function signerOf(config: Config): SigningMeans {
  const { PAPER_SIGN_KEY: key, PAPER_SIGN_CERTIFICATES: chain, DATABASE_URL, DATA_DIR } = config
  if (key !== undefined && chain !== undefined) {
    const passphrase = config.PAPER_SIGN_PASSPHRASE
    const [keyText, certificates] = [readFileSync(key, 'utf8'), readFileSync(chain, 'utf8')]
    return documents.openSigner({ key: keyText, certificates, passphrase })
  }
  if (key !== undefined || chain !== undefined) {
    const message = 'Cần cả PAPER_SIGN_KEY và PAPER_SIGN_CERTIFICATES'
    throw new DomainError('invalid', 'paper-signer', message)
  }
  if (config.PAPER_UNSIGNED) return 'unsigned'
  if (DATABASE_URL !== undefined) return null
  const text = fileOnce(join(DATA_DIR, 'paper-signer.pem'), () =>
    documents.makeTestSigner(unixMs()),
  )
  return documents.openSigner({ key: text, certificates: text })
}

/** Whoever runs it hears at the start that papers are not signed, not from an auditor. */
export function warnUnsigned(signer: ReturnType<typeof signerOf>, log: Logger): void {
  const how = 'set PAPER_SIGN_KEY and PAPER_SIGN_CERTIFICATES'
  if (signer === null) {
    log.error({ event: 'papers.not-issued', why: 'nobody signs papers', how })
  } else if (signer === 'unsigned') {
    log.warn({ event: 'papers.unsigned', why: 'PAPER_UNSIGNED allows it', how })
  }
}
