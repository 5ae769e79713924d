import { readFile, rename, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { headSignerOf } from './compose-heads.ts'
import { openEngine } from './compose.ts'
import { readConfig } from './config.ts'
import { documents } from './documents/documents.ts'
import { signHead } from './ledger/signed-heads.ts'
import { exportHead } from './ledger/verify.ts'
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
  const signHead = headSignerOf(readConfig())
  const { evidence } = documents
  const pack = await reading(by, say, (tx) => evidence.of(tx, by, { reference, signHead }))
  await writeWhole(out, await evidence.zip(pack))
  say(`${out}: ${String(pack.size)} tệp`)
  return 0
}

/**
 * `head --sign-with <private.pem> --out <head.json>`: signs the last sealed head, to be kept elsewhere; `--with-papers`: with every
 * paper that was issued, for `verify file.pdf --head`. Returns the exit code.
 */
export async function runHead(args: string[], by: Act, say: Say): Promise<number> {
  const text = { type: 'string' } as const
  const papers = { type: 'boolean', default: false } as const
  const options = { out: text, 'sign-with': text, 'with-papers': papers } as const
  const { out, 'sign-with': keyFile, 'with-papers': whole } = parseArgs({ args, options }).values
  if (out === undefined || keyFile === undefined) {
    const message = 'Cần: head --sign-with <khóa.pem> --out <tệp.json>'
    throw new DomainError('invalid', 'head-arguments', message)
  }
  const key = await readFile(keyFile, 'utf8')
  const signed = await reading(by, say, async (tx) =>
    whole ? await documents.register(tx, key) : await signedHeadOf(tx, key),
  )
  const { block } = signed.head
  await writeWhole(out, Buffer.from(`${JSON.stringify(signed, null, 2)}\n`))
  say(`${out}: khối ${String(block)}`)
  return 0
}

async function signedHeadOf(tx: Tx, key: string) {
  const head = await exportHead(tx)
  if (head === null) throw new DomainError('conflict', 'nothing-sealed', 'Sổ chưa niêm phong gì')
  return signHead(head, key)
}

/** With the role that only reads. */
async function reading<T>(by: Act, say: Say, work: (tx: Tx) => Promise<T>): Promise<T> {
  const engine = await openEngine(readConfig(), say)
  const { report: url, schema } = engine.urls
  const db = openDatabase({ url, schema, kind: 'batch', poolSize: 1 })
  try {
    return await db.transact(by, work, 'RepeatableRead')
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
