const SPECIAL = /["\\]/
const EACH_SPECIAL = /["\\]/g

/**
 * Values as the text of a PostgreSQL array (`{"a","b",NULL}`), to be cast in the statement: `${sqlArray(ids)}::uuid[]`. For
 * statements about thousands of rows: of an array given as it is, the client looks at each element several times.
 */
export function sqlArray(values: readonly (string | number | bigint | null)[]): string {
  let text = ''
  for (const value of values) {
    if (text !== '') text += ','
    if (value === null) text += 'NULL'
    else if (typeof value !== 'string') text += String(value)
    else text += SPECIAL.test(value) ? `"${value.replace(EACH_SPECIAL, '\\$&')}"` : `"${value}"`
  }
  return `{${text}}`
}
