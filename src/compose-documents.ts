import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { openApp, vaultOf } from './compose.ts'
import type { Config } from './config.ts'
import { documents } from './documents/documents.ts'
import type { Act, PersonId } from './lib/act.ts'
import type { DatabaseUrls } from './lib/provision.ts'

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
  const file = await readFile(path)
  const shown = {
    fileHash: createHash('sha256').update(file).digest('hex'),
    code: documents.codeIn(file),
  }
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
