import { createHash } from 'node:crypto'
import { DomainError } from '../lib/errors.ts'
import { asText } from '../lib/spreadsheet-table.ts'
import type { Value } from '../lib/spreadsheet-table.ts'
import type { Block, Paper, PaperRow, PaperTable, Written } from './paper.ts'

/** The tables of a paper in order. */
export const tablesOf = ({ blocks }: Pick<Paper, 'blocks'>): readonly PaperTable[] =>
  blocks.flatMap((block: Block) => (block.kind === 'table' ? [block.table] : []))

/** Lines of all tables of a paper, by the database. */
export const linesOf = (paper: Pick<Paper, 'blocks'>): number =>
  tablesOf(paper).reduce((sum, { count }) => sum + count, 0)

/** Is told how many lines of a paper were read so far, and of how many. */
export type OnLines = (lines: { readonly done: number; readonly total: number }) => void

/** The same paper, which says now and then how far it is. */
export function watched(paper: Paper, onLines: OnLines | undefined): Paper {
  if (onLines === undefined) return paper
  const total = linesOf(paper)
  let done = 0
  const watch = (table: PaperTable): PaperTable => ({
    ...table,
    rows: async function* () {
      for await (const row of table.rows()) {
        if (row.kind === 'line' && (done += 1) % PAGE_LINES === 0) onLines({ done, total })
        yield row
      }
      onLines({ done, total })
    },
  })
  return {
    ...paper,
    blocks: paper.blocks.map((block) =>
      block.kind === 'table' ? { ...block, table: watch(block.table) } : block,
    ),
  }
}

/** Counts and hashes the rows of a paper while they are written. */
export interface Tally {
  /** The rows of a table, counted and hashed as they pass. Throws `document-changed` when they are not the declared ones. */
  readonly passing: (table: PaperTable) => AsyncGenerator<PaperRow>
  readonly written: () => Written
}

/**
 * Opens a tally. The hash covers name and header of each table, kind and text of each row: one changed character of one
 * cell is another hash. Sums of lines are compared with what the database summed: a paper that lacks a row is refused.
 */
export function openTally(): Tally {
  const hash = createHash('sha256')
  const say = (what: readonly string[]) => hash.update(`${JSON.stringify(what)}\n`)
  let count: number | null = null
  const passing = async function* (table: PaperTable) {
    say(['table', table.name, ...table.columns.map(({ header }) => header)])
    const sums = sumsOf(table)
    for await (const row of table.rows()) {
      say(row.kind === 'group' ? ['group', row.text] : [row.kind, ...row.cells.map(asText)])
      if (row.kind === 'line') sums.add(row.cells)
      yield row
    }
    if (table.closing !== undefined) say(['closing', ...table.closing.map(asText)])
    const lines = sums.requireDeclared()
    count ??= lines
  }
  return { passing, written: () => ({ count: count ?? 0, rowsHash: hash.copy().digest('hex') }) }
}

/** The hash of a paper's rows as they are now, in hex; nothing is written. Throws as `passing`. */
export async function rowsHashOf(paper: Paper): Promise<string> {
  const tally = openTally()
  for (const table of tablesOf(paper)) {
    const rows = tally.passing(table)
    while ((await rows.next()).done !== true);
  }
  return tally.written().rowsHash
}

/** Sums the columns of a table that are summed. */
export function sumsOf({ name, sums, count }: PaperTable) {
  let lines = 0
  const found: (bigint | null)[] = sums.map((sum) => (sum === null ? null : 0n))
  return {
    add: (cells: readonly Value[]): void => {
      lines += 1
      for (const [at, sum] of found.entries()) {
        const cell = cells[at]
        if (sum !== null && typeof cell === 'bigint') found[at] = sum + cell
      }
    },
    found: (): readonly (bigint | null)[] => [...found],
    /** How many lines passed. Throws DomainError `document-changed`. */
    requireDeclared: (): number => {
      if (lines === count && found.every((sum, at) => sum === sums[at])) return lines
      const words = `${name}: có ${String(lines)} dòng thay vì ${String(count)}, hoặc tổng khác: lập lại.`
      throw new DomainError('conflict', 'document-changed', words)
    },
  }
}

/** A row that counts. */
export const line = (cells: readonly Value[]): PaperRow => ({ kind: 'line', cells })

/** Reads lines a page at a time, each as a row of a table with its place from 1. */
export async function* pagesOf<Line>(
  page: (after: Line | null, limit: number) => Promise<readonly Line[]>,
  row: (line: Line, place: number) => PaperRow,
): AsyncGenerator<PaperRow> {
  let place = 0
  for (let after: Line | null = null; ;) {
    const lines: readonly Line[] = await page(after, PAGE_LINES)
    for (const one of lines) yield row(one, (place += 1))
    after = lines.at(-1) ?? null
    if (lines.length < PAGE_LINES) return
  }
}

/** Lines read at a time: drawing them must take less than a transaction may lie idle (lib/db.ts). */
const PAGE_LINES = 500

/** Rows that were read together: a few, such as one an account or one a commune. */
// eslint-disable-next-line @typescript-eslint/require-await -- a table takes rows that are still to be read
export async function* rowsOf(rows: readonly (readonly Value[])[]): AsyncGenerator<PaperRow> {
  for (const row of rows) yield line(row)
}
