/** A refusal: its status and message go to the caller as they are. */
export class HttpError extends Error {
  readonly status: number
  readonly field: string | undefined

  constructor(status: number, message: string, field?: string) {
    super(message)
    this.status = status
    this.field = field
  }
}

export type Body = Readonly<Record<string, unknown>>

const textCharsMax = 500
const amountPattern = /^[1-9][0-9]{0,17}$/
const datePattern = /^\d{4}-\d{2}-\d{2}$/

/** Takes fields out of a body and refuses, naming the field, what is not as it should be. */
export interface Reader {
  /** Text that may be empty. */
  readonly text: (field: string) => string
  readonly name: (field: string) => string
  readonly matching: (field: string, pattern: RegExp, must: string) => string
  readonly amount: (field: string) => bigint
  readonly count: (field: string) => number
  readonly date: (field: string) => string
  /** Texts; at least one. */
  readonly texts: (field: string) => readonly string[]
  /** Each row as `read` makes it out; at least one. */
  readonly rows: <T>(field: string, read: (row: Reader) => T) => readonly T[]
}

/** A reader of `body`, which stands at `place` in the request: `orders[3].` for one row of a file. */
export const reader = (body: Body, place = ''): Reader => {
  const take = <T>(field: string, fits: (value: unknown) => value is T, must: string): T => {
    const value = body[field]
    if (fits(value)) return value
    throw new HttpError(400, `${place}${field} must be ${must}`, `${place}${field}`)
  }
  const matching = (field: string, pattern: RegExp, must: string): string =>
    take(field, (value): value is string => isText(value) && pattern.test(value), must)
  return {
    text: (field) => take(field, isText, `text of at most ${String(textCharsMax)} characters`),
    name: (field) => matching(field, /\S/, 'given as text'),
    matching,
    amount: (field) => BigInt(matching(field, amountPattern, 'a positive whole number, as text')),
    count: (field) => take(field, isCount, 'a positive whole number'),
    date: (field) => take(field, isDate, 'a date, YYYY-MM-DD'),
    texts: (field) => take(field, isTexts, 'a list of texts'),
    rows: (field, read) =>
      take(field, isRows, 'a list of objects').map((row, index) =>
        read(reader(row, `${place}${field}[${String(index)}].`)),
      ),
  }
}

/** Refuses a list whose rows do not come to the count and the total that it states. */
export const checkTotals = (
  stated: { readonly count: number; readonly total: bigint },
  rows: readonly { readonly amount: bigint }[],
): void => {
  if (stated.count !== rows.length) {
    const found = `count is ${String(stated.count)} but there are ${String(rows.length)} rows`
    throw new HttpError(400, found, 'count')
  }
  const sum = rows.reduce((total, row) => total + row.amount, 0n)
  if (stated.total !== sum) {
    const found = `total is ${String(stated.total)} but the rows come to ${String(sum)}`
    throw new HttpError(400, found, 'total')
  }
}

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= textCharsMax

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length > 0 && value.every((one) => isText(one) && /\S/.test(one))

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) > 0

/** A JSON object and nothing else. */
export const isObject = (value: unknown): value is Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isRows = (value: unknown): value is readonly Body[] =>
  Array.isArray(value) && value.length > 0 && value.every(isObject)

/** A day of the calendar: 2023-02-30 is none. */
export const isDate = (value: unknown): value is string => {
  if (typeof value !== 'string' || !datePattern.test(value)) return false
  const time = Date.parse(`${value}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value)
}

/** The calendar day so many days after another. */
export const addDays = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
