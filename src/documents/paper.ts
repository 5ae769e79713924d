import type { Value } from '../lib/spreadsheet-table.ts'
import type { LocalDate } from '../lib/time.ts'

/** The documents that there are. */
export type DocumentKind =
  | 'payout-list'
  | 'account-book'
  | 'journal-book'
  | 'trial-balance'
  | 'coverage-report'
  | 'reconciliation-day'
  | 'reconciliation-batch'
  | 'person-statement'
  | 'settlement-report'
  | 'verification'
  | 'audit-sample'
  | 'audit-exceptions'

/** Who issues a paper (Decree 30/2020 Art 8): the office above, null for a people’s committee, itself, and its place; in lines. */
export interface Agency {
  readonly superior: string | null
  readonly name: string
  readonly place: string
}

/** A column: its header, its share of the width in mm on paper, and how its cells stand. */
export interface PaperColumn {
  readonly header: string
  readonly width: number
  readonly align?: 'left' | 'center' | 'right'
  /** In characters, in a workbook. */
  readonly sheetWidth?: number
}

/** What stands in a table: a line that counts, a heading over lines, or a note in bold that does not count. */
export type PaperRow =
  | { readonly kind: 'line' | 'note'; readonly cells: readonly Value[] }
  | { readonly kind: 'group'; readonly text: string }

/** A table whose rows are read while they are written. */
export interface PaperTable {
  /** Its name as a sheet, unique in the paper. */
  readonly name: string
  /** Over the table on paper; left out where the paper’s title says it. */
  readonly caption?: string
  readonly columns: readonly PaperColumn[]
  readonly rows: () => AsyncIterable<PaperRow>
  /** How many lines there are, by the database. */
  readonly count: number
  /** By column, sums of the lines in đồng by the database’s own queries; null where nothing is summed. */
  readonly sums: readonly (bigint | null)[]
  readonly sumLabel: string
  /** A row in bold below the sums, such as a closing balance. */
  readonly closing?: readonly Value[]
  /** What stands in place of rows when there are none. */
  readonly empty: string
}

/** A bar of a chart: `part` of `whole`. */
export interface Bar {
  readonly label: string
  readonly part: number
  readonly whole: number
  readonly text: string
}

export type Block =
  | { readonly kind: 'text'; readonly text: string; readonly style: 'plain' | 'bold' | 'italic' }
  | { readonly kind: 'facts'; readonly items: readonly (readonly [string, string])[] }
  | { readonly kind: 'bars'; readonly caption: string; readonly bars: readonly Bar[] }
  | { readonly kind: 'table'; readonly table: PaperTable }

/** Who signs: the position, and the name where it is known. */
export interface Signature {
  readonly position: readonly string[]
  readonly name: string | null
}

/** A document as it is declared, whatever it is written as. */
export interface Paper {
  /** The index of an evidence pack is asked for with its pack alone. */
  readonly kind: DocumentKind | 'evidence-index'
  readonly agency: Agency
  /** After the number: “DSCT-UBND”. */
  readonly symbol: string
  readonly title: string
  readonly subtitle: readonly string[]
  readonly layout: 'portrait' | 'landscape'
  /** The queries that its rows and totals come from, and what they were asked. */
  readonly query: { readonly id: string; readonly parameters: Parameters }
  /** The sum that the paper is about, in đồng; null without money. */
  readonly total: bigint | null
  /** The commune that it is about; null for the province. */
  readonly communeId: number | null
  /** What the sheet “Thông tin” says beside filters, count, sum, time and user. */
  readonly info: readonly (readonly [string, Value])[]
  readonly blocks: readonly Block[]
  readonly signatures: readonly Signature[]
  /** Nơi nhận (Decree 30/2020 App. I): who is sent it, whoever files it last. */
  readonly recipients: readonly string[]
}

export type Parameters = Readonly<Record<string, string>>

/** The sealed head under which a paper was made; null when nothing was sealed yet. */
export interface SealedHead {
  readonly block: bigint
  readonly head: string
  /** The database’s time, ISO 8601 in UTC. */
  readonly sealedAt: string
}

/** What an issued paper is known by. */
export interface Issue {
  /** 128 random bits, as the QR has them. */
  readonly code: string
  readonly number: number
  readonly on: LocalDate
  /** Says which paper this one takes the place of, and what differs; null when it replaces none. */
  readonly replaces: ((now: Written) => string) | null
  /** Where the QR leads: an address, or what the command reads. */
  readonly address: (rowsHash: string) => string
}

/** Under what a paper is made. */
export interface Stamp {
  readonly head: SealedHead | null
  readonly madeBy: string
  /** Null for a view of what is not issued. */
  readonly issue: Issue | null
}

/** What came of writing a paper. */
export interface Written {
  /** Lines of the first table, which is what the paper is. */
  readonly count: number
  /** SHA-256 over every cell of every table in order, hex. */
  readonly rowsHash: string
}
