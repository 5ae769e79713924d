/** The columns of some rows, each an array in the order of the rows; null when there is no row. */
export type Columns<Row> = { readonly [Name in keyof Row]: readonly Row[Name][] | null }

/**
 * The rows of a statement that answers with one JSON of columns:
 * ``columnRows(tx.$queryRaw`select json_build_object('id', json_agg(id), …) as columns from (…) f`)``. For statements about
 * thousands of rows: of columns and rows as they are the client looks at each value several times, and of a JSON of rows the
 * database writes every name for every row. Money is asked for as text, never as a JSON number (docs/adr/0001).
 */
export async function columnRows<Row extends object>(
  asked: PromiseLike<readonly { readonly columns: Columns<Row> }[]>,
): Promise<readonly Row[]> {
  const [answer] = await asked
  const columns = Object.entries<readonly unknown[] | null>(answer?.columns ?? {})
  const count = columns[0]?.[1]?.length ?? 0
  return Array.from({ length: count }, (_, at) => {
    const row: Record<string, unknown> = {}
    for (const [name, values] of columns) row[name] = values?.[at]
    return row as Row
  })
}
