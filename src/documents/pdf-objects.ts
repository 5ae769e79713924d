import { invariant } from '../lib/errors.ts'

/** A file of which pieces are read. */
export interface Pieces {
  readonly written: () => { readonly bytes: number }
  readonly piece: (start: number, length: number) => Promise<Buffer>
}

/** A run of objects in a cross-reference table: lines of 20 bytes from `at`. */
interface Run {
  readonly first: number
  readonly count: number
  readonly at: number
}

/** What is needed to add to a PDF with cross-reference tables: ours, whatever was added to it. */
export interface PdfObjects {
  /** Where the last cross-reference table lies. */
  readonly xref: number
  /** What stands between << and >> in the last trailer. */
  readonly trailer: string
  /** The text of an object between “obj” and “endobj”, as it was last written. */
  readonly read: (number: number) => Promise<string>
}

const LINE_BYTES = 20
const OBJECT_BYTES_MAX = 4 * 1024 * 1024

/** Reads where the objects of a PDF lie; none of them yet. */
export async function openObjects(file: Pieces): Promise<PdfObjects> {
  const { bytes } = file.written()
  const end = await textAt(file, Math.max(0, bytes - 64), 64)
  const xref = Number(/startxref\s+(\d+)\s+%%EOF\s*$/.exec(end)?.[1])
  invariant(Number.isSafeInteger(xref), 'a PDF of ours ends with startxref')
  const runs: Run[] = []
  let trailer = ''
  for (let at = xref; Number.isSafeInteger(at);) {
    const section = await sectionAt(file, at)
    runs.push(...section.runs)
    trailer ||= section.trailer
    at = Number(/\/Prev (\d+)/.exec(section.trailer)?.[1] ?? Number.NaN)
  }
  return { xref, trailer, read: (number) => readObject(file, runs, number) }
}

const textAt = async (file: Pieces, start: number, length: number): Promise<string> =>
  (await file.piece(start, length)).toString('latin1')

async function sectionAt(file: Pieces, start: number) {
  const runs: Run[] = []
  let at = start + 'xref\n'.length
  for (;;) {
    const head = await textAt(file, at, 4_096)
    const [line, first, count] = /^(\d+) (\d+) ?\n/.exec(head) ?? []
    if (line === undefined) {
      const trailer = /^trailer\s*<<\s*([^]*?)\s*>>\s*startxref/.exec(head)?.[1]
      invariant(trailer !== undefined, 'a cross-reference table ends with its trailer')
      return { runs, trailer }
    }
    at += line.length
    runs.push({ first: Number(first), count: Number(count), at })
    at += Number(count) * LINE_BYTES
  }
}

async function readObject(file: Pieces, runs: readonly Run[], number: number): Promise<string> {
  const run = runs.find(({ first, count }) => number >= first && number < first + count)
  invariant(run !== undefined, 'an object of a PDF lies somewhere')
  const line = await textAt(file, run.at + (number - run.first) * LINE_BYTES, LINE_BYTES)
  const start = Number(line.slice(0, 10))
  for (let length = 4_096; length <= OBJECT_BYTES_MAX; length *= 4) {
    const text = await textAt(file, start, length)
    const found = /^\d+ 0 obj\s*([^]*?)\s*endobj/.exec(text)?.[1]
    if (found !== undefined) return found
  }
  throw new Error(`object ${String(number)} of a PDF has no end`)
}
