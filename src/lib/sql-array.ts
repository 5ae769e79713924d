/** What needs no quotes in the text of an array; but `NULL`, in whatever letters, does. */
const PLAIN = /^(?!null$)[\w.:-]+$/i
const EACH_SPECIAL = /["\\]/g

/**
 * Values as the text of a PostgreSQL array (`{a,"b c",NULL}`), to be cast in the statement: `${sqlArray(ids)}::uuid[]`. For
 * statements about thousands of rows: of an array given as it is, the client looks at each element several times, and it
 * writes and reads every quote twice.
 */
export function sqlArray(values: readonly (string | number | bigint | null)[]): string {
  let text = ''
  for (const value of values) {
    if (text !== '') text += ','
    if (value === null) text += 'NULL'
    else if (typeof value !== 'string') text += String(value)
    else text += PLAIN.test(value) ? value : `"${value.replace(EACH_SPECIAL, '\\$&')}"`
  }
  return `{${text}}`
}
