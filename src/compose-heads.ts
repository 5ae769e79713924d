import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from './config.ts'
import type { HeadSigner } from './documents/documents.ts'
import { signHead } from './ledger/signed-heads.ts'
import { exportAuditHead } from './ledger/verify-audit.ts'
import { exportHead } from './ledger/verify.ts'
import type { Act } from './lib/act.ts'
import type { Database } from './lib/db.ts'
import { DomainError } from './lib/errors.ts'
import { fileOnce } from './lib/file-once.ts'
import { openHttp } from './lib/http.ts'
import type { LocalDate } from './lib/time.ts'

/** Keeps the heads of a day; does nothing on a day without one. */
export type HeadKeeper = (db: Database, by: Act, on: LocalDate) => Promise<void>

/** Whoever keeps heads reads them. */
const READABLE = 0o644
const TIMEOUT_MS = 10_000

/** How kept heads are called: “head-2023-08-03.json” of the journal, “audit-head-2023-08-03.json” of the audit trail. */
export const KEPT_HEAD = /^(audit-)?head-\d{4}-\d{2}-\d{2}\.json$/

/**
 * Keeps the last sealed heads of each day, of the journal and of the audit trail, where the settings say, signed: in
 * HEAD_FOLDER, then in a second folder and with whoever takes them by POST. What is kept is never written again, so a rewritten
 * history cannot take its place; what the second place did not take is sent again next time. Throws DomainError `config` when
 * only half is set, `head-key`; the keeper throws `head-not-taken`.
 */
export function headKeeperOf(config: Config): HeadKeeper {
  const { HEAD_SIGN_KEY: keyFile, HEAD_FOLDER: folder } = config
  if (keyFile === undefined && folder === undefined) return () => Promise.resolve()
  if (keyFile === undefined || folder === undefined) {
    throw new DomainError('invalid', 'config', 'Cần cả HEAD_SIGN_KEY và HEAD_FOLDER')
  }
  const key = readFileSync(keyFile, 'utf8')
  return async (db, by, on) => {
    const [head, audit] = await db.transact(
      by,
      async (tx) => [await exportHead(tx), await exportAuditHead(tx)] as const,
      'RepeatableRead',
    )
    const kept = [
      { name: `head-${on}.json`, head },
      { name: `audit-head-${on}.json`, head: audit },
    ].flatMap(({ name, head: one }) => {
      if (one === null) return []
      const signed = () => `${JSON.stringify(signHead(one, key), null, 2)}\n`
      return [{ folder, name, text: fileOnce(join(folder, name), signed, READABLE) }]
    })
    for (const one of kept) await keepSecond(config, one)
  }
}

/**
 * The settings of a machine for development: heads are signed by a key made under DATA_DIR and kept in two folders there, so that a
 * newcomer sees what production keeps elsewhere. What is set stays as it is: with a key or a folder of one's own nothing is made. The public key lies beside the private one.
 */
export function withLocalHeads(config: Config): Config {
  const { HEAD_SIGN_KEY, HEAD_FOLDER, DATA_DIR } = config
  if (HEAD_SIGN_KEY !== undefined || HEAD_FOLDER !== undefined) return config
  const place = (name: string) => join(DATA_DIR, 'heads', name)
  const [folder, second] = [place('kept'), place('kept-again')]
  for (const one of [folder, second]) mkdirSync(one, { recursive: true })
  const key = place('head-signer.pem')
  const pem = fileOnce(key, () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  })
  const publicPem = () => createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString()
  fileOnce(place('head-signer-public.pem'), publicPem, READABLE)
  const HEAD_SECOND_FOLDER = config.HEAD_SECOND_FOLDER ?? second
  return { ...config, HEAD_SIGN_KEY: key, HEAD_FOLDER: folder, HEAD_SECOND_FOLDER }
}

/** Signs heads with the key of the settings, HEAD_SIGN_KEY; null without one. */
export function headSignerOf({ HEAD_SIGN_KEY: keyFile }: Config): HeadSigner {
  if (keyFile === undefined) return null
  const key = readFileSync(keyFile, 'utf8')
  return (head) => signHead(head, key)
}

async function keepSecond(
  { HEAD_SECOND_FOLDER: second, HEAD_SECOND_URL: url }: Config,
  of: { readonly folder: string; readonly name: string; readonly text: string },
): Promise<void> {
  const { folder, name, text } = of
  if (second !== undefined) fileOnce(join(second, name), () => text, READABLE)
  if (url === undefined) return
  const mark = join(folder, `${name}.sent`)
  if (existsSync(mark)) return
  await send(url, text)
  fileOnce(mark, () => url, READABLE)
}

async function send(url: string, text: string): Promise<void> {
  const http = openHttp({ baseUrl: url, timeoutMs: TIMEOUT_MS, connections: 1 })
  try {
    const content = { type: 'application/json', pieces: [text] }
    const result = await http.exchange('POST', url, content)
    if (result.kind === 'answer' && result.status >= 200 && result.status < 300) return
    const message = 'Nơi giữ thứ hai không nhận mã đầu chuỗi; sẽ gửi lại'
    throw new DomainError('conflict', 'head-not-taken', message)
  } finally {
    await http.close()
  }
}
