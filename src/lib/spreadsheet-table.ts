import { formatVnd } from './money.ts'
import { formatDate } from './time.ts'
import type { LocalDate } from './time.ts'

/** What stands in a cell that we write: text, đồng, a day, or nothing. */
export type Value = string | bigint | { readonly day: LocalDate } | null

/** A column that we write: its header, and how wide it is in characters. */
export interface WrittenColumn {
  readonly header: string
  readonly width?: number
}

/** A table that is written as it is read: nothing holds all its rows at once. */
export interface Table {
  readonly name: string
  readonly columns: readonly WrittenColumn[]
  readonly rows: Iterable<readonly Value[]> | AsyncIterable<readonly Value[]>
}

/** A value as Vietnamese papers write it: 500.000, 05/08/2023. */
export function asText(value: Value): string {
  if (value === null) return ''
  if (typeof value === 'string') return value
  return typeof value === 'bigint' ? signed(value) : formatDate(value.day)
}

const signed = (amount: bigint) => (amount < 0n ? `-${formatVnd(-amount)}` : formatVnd(amount))
