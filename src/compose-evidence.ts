import { readFile, rename, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { openEngine } from './compose.ts'
import { readConfig } from './config.ts'
import { evidenceOf, zipOf } from './documents/evidence.ts'
import { openSignedHead, signHead } from './ledger/signed-heads.ts'
import { exportHead, parseHead } from './ledger/verify.ts'
import type { OutsideHead } from './ledger/verify.ts'
import type { Act } from './lib/act.ts'
import { openDatabase } from './lib/db.ts'
import type { Tx } from './lib/db.ts'
import { DomainError } from './lib/errors.ts'

type Say = (line: string) => void

/** `evidence <reference> --out <file.zip>`: writes the evidence pack of a payment. Returns the exit code. */
export async function runEvidence(args: string[], by: Act, say: Say): Promise<number> {
  const options = { out: { type: 'string' } } as const
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  const [reference] = positionals
  const { out } = values
  if (reference === undefined || out === undefined) {
    const message = 'Cần: evidence <mã lệnh chi> --out <tệp.zip>'
    throw new DomainError('invalid', 'evidence-arguments', message)
  }
  const pack = await reading(by, say, (tx) => evidenceOf(tx, reference))
  await writeWhole(out, await zipOf(pack))
  say(`${out}: ${String(pack.size)} tệp`)
  return 0
}

/** `head --sign-with <private.pem> --out <head.json>`: signs the last sealed head, to be kept elsewhere. Returns the exit code. */
export async function runHead(args: string[], by: Act, say: Say): Promise<number> {
  const options = { out: { type: 'string' }, 'sign-with': { type: 'string' } } as const
  const { out, 'sign-with': keyFile } = parseArgs({ args, options }).values
  if (out === undefined || keyFile === undefined) {
    const message = 'Cần: head --sign-with <khóa.pem> --out <tệp.json>'
    throw new DomainError('invalid', 'head-arguments', message)
  }
  const key = await readFile(keyFile, 'utf8')
  const head = await reading(by, say, exportHead)
  if (head === null) throw new DomainError('conflict', 'nothing-sealed', 'Sổ chưa niêm phong gì')
  await writeWhole(out, Buffer.from(`${JSON.stringify(signHead(head, key), null, 2)}\n`))
  say(`${out}: khối ${String(head.block)}, ${String(head.totalEntries)} bút toán`)
  return 0
}

/** Reads heads that were kept outside: signed ones are checked against the trusted keys, all named by their files. */
export async function readAnchors(
  files: readonly string[],
  keyFiles: readonly string[],
): Promise<readonly OutsideHead[]> {
  const keys = await Promise.all(keyFiles.map((file) => readFile(file, 'utf8')))
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')))
  return texts.map((text) =>
    text.includes('"signature"') ? openSignedHead(text, keys) : parseHead(text),
  )
}

/** With the role that only reads. */
async function reading<T>(by: Act, say: Say, work: (tx: Tx) => Promise<T>): Promise<T> {
  const engine = await openEngine(readConfig(), say)
  const { report: url, schema } = engine.urls
  const db = openDatabase({ url, schema, kind: 'batch', poolSize: 1 })
  try {
    return await db.transact(by, work)
  } finally {
    await db.close()
    if (engine.embedded?.adopted === false) await engine.stop()
  }
}

/** A file is there whole or not at all. */
async function writeWhole(path: string, bytes: Buffer): Promise<void> {
  await writeFile(`${path}.part`, bytes)
  await rename(`${path}.part`, path)
}
