import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { readAnchors } from './compose-anchors.ts'
import type { AnchorFiles } from './compose-anchors.ts'
import { checkFile } from './compose-documents.ts'
import { verifyAll } from './compose-verify.ts'
import { openEngine } from './compose.ts'
import type { Engine } from './compose.ts'
import { readConfig } from './config.ts'
import { documents } from './documents/documents.ts'

type Say = (line: string) => void

const many = { type: 'string', multiple: true, default: [] as string[] } as const
const one = { type: 'string' } as const

const OPTIONS = {
  ...{ anchor: many, 'audit-anchor': many, heads: many, 'trusted-key': many },
  ...{ 'export-head': one, 'export-audit-head': one, head: one },
} as const

/**
 * `verify`: recomputes ledger and audit trail, against heads that were kept outside (`--heads`, `--anchor`, `--audit-anchor`).
 * `verify file.pdf`: says what the file is; with `--head`, an exported head with its papers, without a database. Returns the
 * exit code: 0 when all is as it was.
 */
export async function runVerify(args: string[], say: Say): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: OPTIONS })
  const [file] = positionals
  const { head } = values
  if (file !== undefined && head !== undefined) return checkOffline(file, head, values, say)
  return withEngine(say, async (engine) => {
    if (file === undefined) return (await verifyAll(engine, values, say)) ? 0 : 1
    return told(await checkFile(readConfig(), engine.urls, file), say)
  })
}

/** Needs the file, the exported head and the key that signed it: no database, and no setting. */
async function checkOffline(
  file: string,
  head: string,
  files: AnchorFiles,
  say: Say,
): Promise<number> {
  const keys = await Promise.all(files['trusted-key'].map((path) => readFile(path, 'utf8')))
  const register = documents.openRegister(await readFile(head, 'utf8'), keys)
  const { journal } = await readAnchors(files)
  const shown = documents.shownFile(await readFile(file))
  return told(documents.verifyOffline(shown, register, journal), say)
}

/** A paper under a head that the journal no longer has proves nothing. */
function told(verdict: ReturnType<typeof documents.verifyOffline>, say: Say): number {
  for (const line of documents.verdictWords(verdict)) say(line)
  return verdict.verdict === 'genuine' && verdict.headStands !== false ? 0 : 1
}

async function withEngine(say: Say, work: (engine: Engine) => Promise<number>): Promise<number> {
  const engine = await openEngine(readConfig(), say)
  try {
    return await work(engine)
  } finally {
    if (engine.embedded?.adopted === false) await engine.stop()
  }
}
