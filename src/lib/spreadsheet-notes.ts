/** What is written beside the rows of a file: a column with a header, and a text by row number. */
export interface Notes {
  /** The column that they stand in; what stood there before is replaced. */
  readonly column: number
  readonly headerRow: number
  readonly header: string
  readonly byRow: ReadonlyMap<number, string>
}

/** What stands in the column of notes in a row. */
export const noteOf = ({ headerRow, header, byRow }: Notes, row: number): string =>
  row === headerRow ? header : (byRow.get(row) ?? '')
