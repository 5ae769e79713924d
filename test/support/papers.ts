import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { documents } from '../../src/documents/documents.ts'
import type { DocumentFormat, DocumentRequest } from '../../src/documents/documents.ts'
import type { Act } from '../../src/lib/act.ts'
import { ledger } from '../../src/ledger/ledger.ts'
import { openSpool } from '../../src/lib/spool.ts'
import type { FreshDatabase } from './database.ts'
import type { ExportTown } from './export-town.ts'
import { august, fund, leader, payday } from './town.ts'
import { vault } from './vault.ts'

const folder = mkdtempSync(join(tmpdir(), 'papers-'))
let files = 0
const saved = (pdf: Buffer): string => {
  const path = join(folder, `${String((files += 1))}.pdf`)
  writeFileSync(path, pdf)
  return path
}

const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ').trim()

/** What pdftotext reads out of a PDF in the order in which it was drawn, blanks as one space. */
export const textOf = (pdf: Buffer): string =>
  oneLine(
    execFileSync('pdftotext', ['-raw', '-enc', 'UTF-8', saved(pdf), '-'], { encoding: 'utf8' }),
  )

/** The same, page by page. */
export const pagesOf = (pdf: Buffer): readonly string[] =>
  execFileSync('pdftotext', ['-raw', saved(pdf), '-'], { encoding: 'utf8' })
    .split('\f')
    .slice(0, -1)
    .map(oneLine)

/** What pdfinfo says, by its labels. */
export const infoOf = (pdf: Buffer): Readonly<Record<string, string>> =>
  Object.fromEntries(
    execFileSync('pdfinfo', [saved(pdf)], { encoding: 'utf8' })
      .split('\n')
      .map((line) => line.split(/:\s+/, 2) as [string, string]),
  )

/** Every object of a PDF as qpdf has it, after its own check. */
export function objectsOf(pdf: Buffer): string {
  const path = saved(pdf)
  execFileSync('qpdf', ['--check', path])
  return execFileSync('qpdf', ['--json', path], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
}

/** What no paper of ours has: scripts, links, attachments, forms. */
export const ACTIVE =
  /"\/(JS|JavaScript|URI|EmbeddedFiles?|Filespec|AA|OpenAction|Annots|AcroForm|Launch)"/

/** What a request is as a view. */
export async function viewed(
  { app }: FreshDatabase,
  by: Act,
  request: DocumentRequest,
  format: DocumentFormat = 'pdf',
): Promise<Buffer> {
  const spool = await openSpool()
  try {
    await app.transact(
      by,
      (tx) => documents.view(tx, vault, by, { request, format, out: spool.out }),
      'RepeatableRead',
    )
    return await buffer(spool.read())
  } finally {
    await spool.close()
  }
}

/** Issues a document and reads its file back. */
export async function issued(
  { app }: FreshDatabase,
  by: Act,
  request: DocumentRequest,
  on = payday,
) {
  return app.transact(
    by,
    async (tx) => {
      const document = await documents.issue(tx, vault, by, { request, on, checkUrl: null })
      const parts: Uint8Array[] = []
      for await (const part of documents.file(tx, document)) parts.push(part)
      return { document, pdf: Buffer.concat(parts) }
    },
    'RepeatableRead',
  )
}

/** Keeps the first and the last page as pictures for whoever looks at them (PAPERS_LOOK names the folder). */
export function look(pdf: Buffer, name: string): void {
  const to = process.env['PAPERS_LOOK']
  if (to === undefined) return
  const pages = infoOf(pdf)['Pages'] ?? '1'
  writeFileSync(join(to, `${name}.pdf`), pdf)
  for (const page of new Set(['1', pages])) {
    const out = join(to, `${name}-${page}`)
    execFileSync('pdftoppm', [
      '-png',
      '-r',
      '70',
      '-f',
      page,
      '-l',
      page,
      '-singlefile',
      saved(pdf),
      out,
    ])
  }
}

/** Books something in a town and seals it: papers have a head then. */
export async function sealSomething({ database, here }: ExportTown): Promise<void> {
  await database.app.transact(leader, (tx) => ledger.openPeriod(tx, leader, august))
  await fund(database, here.payingUnit, 10_000_000n)
  await ledger.seal(database.app, leader)
}
