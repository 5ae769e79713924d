import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import { differing, pictureOf, pngOf, readPng } from './picture.ts'

const folder = mkdtempSync(join(tmpdir(), 'papers-'))
let files = 0
const saved = (pdf: Buffer): string => {
  const path = join(folder, `${String((files += 1))}.pdf`)
  writeFileSync(path, pdf)
  return path
}

const run = (tool: string, args: readonly string[]): string =>
  execFileSync(tool, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ').trim()

/** What pdftotext reads out of a PDF page by page, in the order in which it was drawn, blanks as one space. */
export const pagesOf = (pdf: Buffer): readonly string[] =>
  run('pdftotext', ['-raw', '-enc', 'UTF-8', saved(pdf), '-'])
    .split('\f')
    .slice(0, -1)
    .map(oneLine)

/** The same of all pages. */
export const textOf = (pdf: Buffer): string => pagesOf(pdf).join(' ')

/** What pdfinfo says, by its labels. */
export const infoOf = (pdf: Buffer): Readonly<Record<string, string>> =>
  Object.fromEntries(
    run('pdfinfo', [saved(pdf)])
      .split('\n')
      .map((said) => said.split(/:\s+/, 2) as [string, string]),
  )

/** Every object of a PDF as qpdf has it, after its own check. */
export function objectsOf(pdf: Buffer): string {
  const path = saved(pdf)
  run('qpdf', ['--check', path])
  return run('qpdf', ['--json', path])
}

/** What poppler says of the signatures of a PDF: how many hold, and how many of these cover all of it. */
export function signaturesOf(pdf: Buffer): { readonly valid: number; readonly whole: number } {
  // It ends with an error where there is no signature.
  const { stdout: said } = spawnSync('pdfsig', ['-nocert', saved(pdf)], { encoding: 'utf8' })
  const count = (what: RegExp) => said.match(what)?.length ?? 0
  return {
    valid: count(/Signature Validation: Signature is Valid/g),
    whole: count(/Total document signed/g),
  }
}

/** What no paper of ours has: scripts, links, attachments, forms. */
export const ACTIVE =
  /"\/(JS|JavaScript|URI|EmbeddedFiles?|Filespec|AA|OpenAction|Annots|AcroForm|Launch)"/

const REFERENCES = 'test/references/papers'
/** How much of a page may look different: names, numbers and hashes change from run to run, the layout does not. */
const DIFFERING_MAX = 0.02

/**
 * The first and the last page of a PDF look as they did when somebody looked at them (test/references/papers). PAPERS_KEEP=1
 * keeps how they look now; PAPERS_LOOK names a folder for the PDF and larger pictures, to look at.
 */
export function look(pdf: Buffer, name: string): void {
  const [path, last] = [saved(pdf), infoOf(pdf)['Pages'] ?? '1']
  const to = process.env['PAPERS_LOOK']
  if (to !== undefined) writeFileSync(join(to, `${name}.pdf`), pdf)
  for (const [place, page] of new Map([
    ...(last === '1' ? [] : [['last', last] as const]),
    ['first', '1'],
  ])) {
    if (to !== undefined) {
      const larger = ['-png', '-r', '70', '-f', page, '-l', page, '-singlefile']
      run('pdftoppm', [...larger, path, join(to, `${name}-${place}`)])
    }
    const picture = pictureOf(path, page)
    const reference = join(REFERENCES, `${name}-${place}.png`)
    if (process.env['PAPERS_KEEP'] === '1') writeFileSync(reference, pngOf(picture))
    const share = differing(picture, readPng(readFileSync(reference)))
    const seen = share > DIFFERING_MAX ? `${(100 * share).toFixed(1)} % differs` : 'as kept'
    expect(`${name}-${place}: ${seen}`).toBe(`${name}-${place}: as kept`)
  }
}
