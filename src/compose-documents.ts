import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openApp, vaultOf } from './compose.ts'
import type { Config } from './config.ts'
import { documents } from './documents/documents.ts'
import type { PaperSigner } from './documents/documents.ts'
import type { Act, PersonId } from './lib/act.ts'
import { DomainError } from './lib/errors.ts'
import type { DatabaseUrls } from './lib/provision.ts'
import { fileOnce } from './lib/file-once.ts'
import { unixMs } from './lib/time.ts'

const CHECKER: Act = {
  actor: '00000000-0000-7000-8000-000000000000' as PersonId,
  via: 'verify',
  scope: 'province',
}

/** Checks a PDF against the documents that were issued: what it is in Vietnamese, and whether it is genuine. */
export async function checkFile(
  config: Config,
  urls: DatabaseUrls,
  path: string,
): Promise<{ readonly genuine: boolean; readonly lines: readonly string[] }> {
  const shown = documents.shownFile(await readFile(path))
  const db = openApp(urls, 'batch', 1)
  try {
    const verdict = await db.transact(
      CHECKER,
      (tx) => documents.verify(tx, vaultOf(config), CHECKER, shown),
      'RepeatableRead',
    )
    return { genuine: verdict.verdict === 'genuine', lines: documents.verdictWords(verdict) }
  } finally {
    await db.close()
  }
}

/**
 * Who signs issued papers: the key and certificates that the settings name. Beside the embedded database, a test authority
 * made under DATA_DIR; with a database elsewhere and no key, nobody (null). Throws DomainError `paper-signer`.
 */
export function signerOf(config: Config): PaperSigner | null {
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
  if (DATABASE_URL !== undefined) return null
  const text = fileOnce(join(DATA_DIR, 'paper-signer.pem'), () =>
    documents.makeTestSigner(unixMs()),
  )
  return documents.openSigner({ key: text, certificates: text })
}
