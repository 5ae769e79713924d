import { DomainError } from '../lib/errors.ts'
import { vnd } from '../lib/money.ts'
import type { Vnd } from '../lib/money.ts'
import type { Cell } from '../lib/spreadsheet.ts'
import { dayOfSerial } from '../lib/spreadsheet-dates.ts'
import { localDate } from '../lib/time.ts'
import type { LocalDate } from '../lib/time.ts'

const AS_TEXT = 'Định dạng cột là Văn bản (Text) rồi nhập lại số đầy đủ.'

/** A cell that cannot be read: what is wrong, and what to do. */
export const badCell = (message: string): DomainError => new DomainError('invalid', 'cell', message)

/** A formula, an error of Excel's or a truth value is no datum, whatever the column. */
function plainText({ kind, text }: Cell): string {
  if (kind === 'formula') throw badCell('Ô là công thức: dán lại dạng giá trị (Paste Values).')
  if (kind === 'error') throw badCell('Ô báo lỗi của Excel: nhập lại giá trị.')
  if (kind === 'boolean') throw badCell('Ô là TRUE/FALSE: nhập lại dạng chữ.')
  if (text.includes('\ufffd'))
    throw badCell('Ô có ký tự hỏng (mất dấu): nhập lại bằng bàn phím Unicode.')
  if (/[\p{Cc}\p{Cf}]/u.test(text))
    throw badCell('Ô có xuống dòng hoặc ký tự ẩn: xóa rồi nhập lại.')
  return text
}

/** Words. A number or a day there is taken as it is written. */
export const readWords = (cell: Cell): string => plainText(cell).replace(/ +/g, ' ')

/** Reads words with one of the registry's own readers. */
export const readBy =
  <T>(reader: (text: string) => T) =>
  (cell: Cell): T =>
    reader(readWords(cell))

/** One of a few words; other ways of writing them are folded to lower case. */
export const readChoice =
  <T extends string>(choices: Readonly<Record<string, T>>, expected: string) =>
  (cell: Cell): T => {
    const found = choices[readWords(cell).toLowerCase()]
    if (found === undefined) throw badCell(`Chỉ nhận: ${expected}.`)
    return found
  }

/** A short code of capitals, digits, _ and -; a number that is one is taken too, its length being checked. */
export const readCode =
  (pattern: RegExp, rule: string) =>
  (cell: Cell): string => {
    const code = readWords(cell).toUpperCase()
    if (!pattern.test(code)) throw badCell(rule)
    return code
  }

/**
 * Digits that name something: identity, account, phone. A spreadsheet damages them as soon as it takes them for a number
 * (reliability.md, finding 9), so a cell that is one is refused even when it looks right; so are the traces that the
 * damage leaves in text.
 */
export const readDigits =
  (reader: (text: string) => string, zeros: { readonly length: number | null }) =>
  (cell: Cell): string => {
    const text = plainText(cell)
    if (/^[0-9]([.,][0-9]+)?E\+?[0-9]+$/i.test(text)) {
      throw badCell(`Excel đã đổi số thành dạng khoa học (E+), các chữ số cuối đã mất. ${AS_TEXT}`)
    }
    const digits = text.replace(/[\s.-]/g, '')
    if (cell.kind === 'number' || cell.kind === 'date')
      throw badCell(numberDamage(digits, zeros.length))
    if (/^[0-9]{16,}$/.test(digits) && /^0+$/.test(digits.slice(15))) {
      throw badCell(`Excel chỉ giữ 15 chữ số, các chữ số sau đã thành 0. ${AS_TEXT}`)
    }
    if (zeros.length !== null && lostZeros(digits, zeros.length)) {
      throw badCell(
        `Mất số 0 ở đầu: có ${String(digits.length)} chữ số, phải có ${String(zeros.length)}. ${AS_TEXT}`,
      )
    }
    return reader(text)
  }

function numberDamage(digits: string, length: number | null): string {
  if (digits.length > 15)
    return `Ô kiểu Số: Excel chỉ giữ 15 chữ số, các chữ số sau đã mất. ${AS_TEXT}`
  const lost = length !== null && lostZeros(digits, length)
  return `Ô kiểu Số${lost ? ', đã mất số 0 ở đầu' : ': Excel bỏ số 0 ở đầu và làm tròn số dài'}. ${AS_TEXT}`
}

/** One to three digits short: as many zeros as a province's code can begin with, and no other kind of number. */
const lostZeros = (digits: string, length: number) =>
  /^[0-9]+$/.test(digits) && digits.length < length && digits.length >= length - 2

/** Five digits without more are Excel's own number of a day from 1927 on; fewer could be a year. */
const SERIAL = /^[1-9][0-9]{4}$/

/** A day: a date of Excel's, its number, or dd/mm/yyyy as text (also with - or . between, also d/m/yyyy). */
export function readDay(cell: Cell): LocalDate {
  const text = plainText(cell)
  const written = SERIAL.test(text) ? (dayOfSerial(text, 1900) ?? '') : text
  const [, day, month, year] = /^([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})$/.exec(written) ?? []
  if (day === undefined || month === undefined || year === undefined) throw badDay()
  try {
    return localDate(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`)
  } catch (error) {
    if (error instanceof DomainError) throw badDay()
    throw error
  }
}

/** A birth as files have it: a day, or a year alone where nobody knows more, which is its 1 January. */
export interface BirthRead {
  readonly date: LocalDate
  readonly yearOnly: boolean
}

/** A day of birth, or the year alone (“1945”), as the identity papers of many old people have it. */
export function readBirthDay(cell: Cell): BirthRead {
  const text = plainText(cell)
  if (/^(18|19|20)[0-9]{2}$/.test(text)) return { date: localDate(`${text}-01-01`), yearOnly: true }
  return { date: readDay(cell), yearOnly: false }
}

const badDay = () => badCell('Ngày phải là ngày/tháng/năm có thật, ví dụ 05/08/1945.')

/** Below this no allowance is: a 500 was a 500.000 that Excel took for a decimal number. */
const AMOUNT_MIN = 1_000n
/** Digits alone, or in groups of three with one and the same separator. */
const AMOUNT = /^(?:[1-9][0-9]{0,14}|[1-9][0-9]{0,2}(?:([., ])[0-9]{3})(?:\1[0-9]{3}){0,3})$/

/**
 * Whole đồng as officers write them: 500000, 500.000, 500,000, 500 000, also with đ, ₫, đồng or VND behind. Refuses
 * 500.00, 500,5, 5e5, 0x10 and what is below 1.000 đồng (ux.md A6).
 */
export function readAmount(cell: Cell): Vnd {
  const text = plainText(cell).replace(/ ?(đ|₫|đồng|vnd|vnđ)\.?$/i, '')
  if (!AMOUNT.test(text)) {
    throw badCell('Số tiền phải là đồng chẵn, ví dụ 500.000 hoặc 500000; không có phần lẻ.')
  }
  const amount = BigInt(text.replace(/[., ]/g, ''))
  if (amount < AMOUNT_MIN) {
    throw badCell(
      'Số tiền dưới 1.000 đồng: có thể Excel đã hiểu 500.000 là 500. Định dạng cột là Văn bản (Text).',
    )
  }
  return vnd(amount)
}
