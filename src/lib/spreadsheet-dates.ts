/** Number formats that Excel knows without writing them down and that show a day (ECMA-376 18.8.30). */
const BUILT_IN_DATES = new Set([
  14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 34, 35, 36, 50, 51, 52, 53, 54, 57, 58,
])

/** Whether a number format shows a day. Takes its id and its code, if the workbook writes one down. */
export function isDateFormat(id: number, code: string | undefined): boolean {
  if (code === undefined) return BUILT_IN_DATES.has(id)
  const bare = code.replace(/"[^"]*"|\\.|\[[^\]]*\]/g, '')
  return /[dy]/i.test(bare) && !/general/i.test(bare)
}

const DAY_MS = 86_400_000
/** 31 December 1899 is day 0 of the 1900 calendar, 1 January 1904 of the other. */
const EPOCHS = { 1900: Date.UTC(1899, 11, 31), 1904: Date.UTC(1904, 0, 1) } as const
/** Excel's 29 February 1900, which never was. */
const NO_DAY = 60
/** 31 December 9999. */
const SERIAL_MAX = 2_958_465

/**
 * The day of a serial number as dd/mm/yyyy. Takes the digits as the file has them and the workbook's calendar; returns
 * undefined for what is no day: a fraction (a time of day), a number out of range, 29 February 1900.
 */
export function dayOfSerial(text: string, calendar: 1900 | 1904): string | undefined {
  if (!/^[0-9]{1,7}$/.test(text)) return undefined
  const serial = Number(text)
  if (serial > SERIAL_MAX) return undefined
  if (calendar === 1900 && (serial === NO_DAY || serial === 0)) return undefined
  const days = calendar === 1900 && serial > NO_DAY ? serial - 1 : serial
  const [year = '', month = '', day = ''] = new Date(EPOCHS[calendar] + days * DAY_MS)
    .toISOString()
    .slice(0, 10)
    .split('-')
  return `${day}/${month}/${year}`
}

/** The serial number of a day dd/mm/yyyy after 1900-02-29 in the 1900 calendar. */
export function serialOfDay(day: string): number {
  const [date = '', month = '', year = ''] = day.split('/')
  return (Date.parse(`${year}-${month}-${date}T00:00:00Z`) - EPOCHS[1900]) / DAY_MS + 1
}
