import { DomainError } from '../lib/errors.ts'
import type { LocalDate } from '../lib/time.ts'

/** What an identity number must agree with. */
export interface Born {
  readonly sex: 'female' | 'male'
  readonly birthDate: LocalDate
}

/** Codes that are no province of ours but another country's (TT 07/2016/TT-BCA Appendix 2, whose list is not at hand). */
const ABROAD_FROM = 100
/** The fourth digit: two a century from the 20th on, male even, female odd (TT 07/2016/TT-BCA Art 7). */
const FIRST_CENTURY = 1900

/**
 * A personal identity number of 12 digits as an officer writes it, without blanks and dots, checked against the person:
 * place of the registration of birth (`places`: the codes of id_place; 046 is not required), century and sex, year.
 * There is no check digit. Throws DomainError `id-number` that says which digits are wrong, and never repeats them.
 * Source: TT 07/2016/TT-BCA Art 7, Appendix 1.
 */
export function readIdNumber(text: string, born: Born, places: ReadonlySet<string>): string {
  const number = plain(text)
  if (!/^\d{12}$/.test(number)) {
    const nine = /^\d{9}$/.test(number) ? '; 9 số là chứng minh nhân dân cũ: ghi vào ô số cũ' : ''
    throw badId(`phải có đúng 12 chữ số, giữ cả số 0 ở đầu${nine}`)
  }
  const place = number.slice(0, 3)
  if (!places.has(place) && Number(place) < ABROAD_FROM)
    throw badId('có 3 số đầu không phải mã tỉnh hay mã nước nơi đăng ký khai sinh')
  const digit = Number(number[3])
  const wanted = (digit % 2 === 0) === (born.sex === 'male')
  if (!wanted) throw badId('có số thứ 4 không khớp giới tính: xem lại số hoặc giới tính')
  const century = FIRST_CENTURY + Math.floor(digit / 2) * 100
  if (century + Number(number.slice(4, 6)) !== Number(born.birthDate.slice(0, 4)))
    throw badId('có số thứ 4 đến 6 không khớp năm sinh: xem lại số hoặc năm sinh')
  return number
}

/** An old identity card's number of 9 digits, kept as history. Throws DomainError `old-id-number` when it is none. */
export function readOldIdNumber(text: string): string {
  const number = plain(text)
  if (/^\d{9}$/.test(number)) return number
  const words = 'Số chứng minh nhân dân cũ phải có đúng 9 chữ số, giữ cả số 0 ở đầu'
  throw new DomainError('invalid', 'old-id-number', words)
}

/** A phone number with +84 as 0 and without blanks, dots and dashes. Throws DomainError `phone` when it is none. */
export function readPhone(text: string): string {
  const number = plain(text).replace(/^(\+84|0084)/, '0')
  if (/^0[1-9]\d{8,9}$/.test(number)) return number
  const words = 'Số điện thoại phải bắt đầu bằng 0 (hoặc +84) và có 10 hoặc 11 chữ số'
  throw new DomainError('invalid', 'phone', words)
}

/** An identity or phone number as screens, papers and the audit trail show it: `046*****1234`. */
export function maskDigits(number: string): string {
  const tail = number.length >= 12 ? 4 : 3
  return `${number.slice(0, 3)}${'*'.repeat(number.length - 3 - tail)}${number.slice(-tail)}`
}

/** What somebody chose as the name of a file or the header of a column: a number in it, which may be a person's, is masked. */
export function maskNumbersIn(text: string): string {
  return text.replace(/\d{8,}/g, maskDigits)
}

const plain = (text: string): string => text.normalize('NFKC').replace(/[\s.-]/g, '')

const badId = (why: string) => new DomainError('invalid', 'id-number', `Số định danh ${why}`)
