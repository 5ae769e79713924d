import type { Act } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { Sheet } from '../lib/spreadsheet.ts'
import { addressOf } from '../lib/spreadsheet.ts'
import type { LocalDate } from '../lib/time.ts'
import type { Vault } from '../lib/vault.ts'
import { readHeader, readRows } from './imports-columns.ts'
import type { Columns, Fault, Header, HeaderProblem, NumberedRow } from './imports-columns.ts'
import type { Approvers } from './word.ts'

/** The kinds of file that the registry takes. */
export type KindName = 'people' | 'enrolments' | 'accounts' | 'deaths'

/** What only the registry knows of a row: that it may be applied with what it found, holds already, or is refused. */
export type Verdict<Ready> =
  | {
      readonly is: 'good'
      readonly ready: Ready
      readonly communeId: number
      readonly change: bigint
    }
  | { readonly is: 'same' }
  | { readonly is: 'bad'; readonly field: string; readonly message: string }

/** The registry as of when a file is checked. */
export interface Asked {
  readonly tx: Tx
  readonly vault: Vault
  /** The business day: places, categories and levels are those in force then. */
  readonly on: LocalDate
}

/** On whose word rows are applied: of two people, or of three where one of them is a relative of somebody in the file. */
export interface Applying extends Asked {
  readonly by: Act
  readonly confirmedBy: Approvers
}

/** Puts rows into the registry; returns by row number what each became, e.g. `person:<id>`. */
export type Apply<Ready> = (
  applying: Applying,
  rows: readonly { readonly number: number; readonly ready: Ready }[],
) => Promise<ReadonlyMap<number, string>>

/** Declares a kind of file. A new kind is one file with one of these. */
export interface KindOf<Row, Ready> {
  readonly name: KindName
  /** As the officer reads it. */
  readonly title: string
  readonly columns: Columns<Row>
  /** Rows that differ must differ in this; two rows with the same are both refused. */
  readonly key: (row: Row) => string
  /** The field that a doubled row is shown at. */
  readonly keyField: keyof Row & string
  /** Whether good rows change what is paid each month. */
  readonly hasMoney: boolean
  /** Asks the registry about all rows in a few set queries; one verdict a row. */
  readonly judge: (
    asked: Asked,
    rows: readonly NumberedRow<Row>[],
  ) => Promise<ReadonlyMap<number, Verdict<Ready>>>
  readonly apply: Apply<Ready>
}

/** A file checked: what may be applied, what holds already, what is refused and why. */
export interface Checked {
  readonly header: Header
  readonly problem: HeaderProblem | null
  readonly total: number
  readonly good: readonly number[]
  readonly same: readonly number[]
  readonly faults: readonly Fault[]
  /** Of the rows given by number: the communes that they touch, and the change a month in đồng. */
  effectOf(rows: readonly number[]): {
    readonly communes: readonly number[]
    readonly change: bigint
  }
  /** Applies good rows by number. */
  apply(applying: Applying, rows: readonly number[]): Promise<ReadonlyMap<number, string>>
}

/** A kind of file, whatever its rows are. */
export interface Kind {
  readonly name: KindName
  readonly title: string
  readonly columns: Columns<Record<string, unknown>>
  readonly hasMoney: boolean
  check(asked: Asked, sheet: Sheet): Promise<Checked>
}

/** Makes a kind of its declaration. */
export function defineKind<Row, Ready>(kind: KindOf<Row, Ready>): Kind {
  const { name, title, hasMoney } = kind
  const columns = kind.columns as Columns<Record<string, unknown>>
  return { name, title, columns, hasMoney, check: (asked, sheet) => check(kind, asked, sheet) }
}

async function check<Row, Ready>(
  kind: KindOf<Row, Ready>,
  asked: Asked,
  sheet: Sheet,
): Promise<Checked> {
  const header = readHeader(sheet, kind.columns)
  const total = sheet.rows.filter(({ number }) => number > header.rowNumber).length
  if (header.problem !== null) return nothing(header, total)
  const read = readRows(sheet, kind.columns, header)
  const faults = [...read.faults]
  const fault = (row: number, field: keyof Row & string, message: string) => {
    const position = header.positions.get(field)
    const cell = position === undefined ? '' : addressOf(position, row)
    faults.push({ row, cell, column: kind.columns[field].header, message })
  }
  const single = withoutDoubles(kind, read.rows, fault)
  const verdicts = await kind.judge(asked, single)
  const ready = new Map<number, Extract<Verdict<Ready>, { is: 'good' }>>()
  const same: number[] = []
  for (const { number } of single) {
    const verdict = verdicts.get(number)
    if (verdict?.is === 'good') ready.set(number, verdict)
    if (verdict?.is === 'same') same.push(number)
    if (verdict?.is === 'bad') fault(number, verdict.field as keyof Row & string, verdict.message)
  }
  return {
    ...{ header, problem: null, total, good: [...ready.keys()], same },
    faults: faults.toSorted((a, b) => a.row - b.row),
    effectOf: (rows) => effectOf(rows.flatMap((row) => ready.get(row) ?? [])),
    apply: (applying, rows) => {
      const chosen = rows.flatMap((number) => {
        const good = ready.get(number)
        return good === undefined ? [] : [{ number, ready: good.ready }]
      })
      return kind.apply(applying, chosen)
    },
  }
}

const nothing = (header: Header, total: number): Checked => ({
  ...{ header, problem: header.problem, total, good: [], same: [], faults: [] },
  effectOf: () => effectOf([]),
  apply: () => Promise.resolve(new Map()),
})

/** Of rows with one key none is applied: the file does not say which of them is meant. */
function withoutDoubles<Row, Ready>(
  { key, keyField }: KindOf<Row, Ready>,
  rows: readonly NumberedRow<Row>[],
  fault: (row: number, field: keyof Row & string, message: string) => void,
): readonly NumberedRow<Row>[] {
  const byKey = new Map<string, number[]>()
  for (const { number, row } of rows) {
    const numbers = byKey.get(key(row))
    if (numbers === undefined) byKey.set(key(row), [number])
    else numbers.push(number)
  }
  for (const numbers of byKey.values()) {
    if (numbers.length === 1) continue
    for (const number of numbers) {
      const others = numbers.filter((other) => other !== number).slice(0, 3)
      fault(number, keyField, `Trùng với dòng ${others.join(', ')} của tệp này: giữ lại một dòng.`)
    }
  }
  return rows.filter(({ row }) => byKey.get(key(row))?.length === 1)
}

function effectOf(rows: readonly { readonly communeId: number; readonly change: bigint }[]) {
  return {
    communes: [...new Set(rows.map(({ communeId }) => communeId))].toSorted((a, b) => a - b),
    change: rows.reduce((sum, { change }) => sum + change, 0n),
  }
}
