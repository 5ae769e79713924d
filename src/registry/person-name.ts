import { DomainError } from '../lib/errors.ts'

const NAME_MAX = 100
const WORDS_MAX = 12
/** The fewest letters that a search by name may have: a single one would list half the province. */
const LETTERS_MIN = 2

/** Letters that Unicode does not decompose into a letter and its mark. */
const UNDECOMPOSED: Readonly<Record<string, string>> = {
  ...{ đ: 'd', ð: 'd', ø: 'o', ł: 'l', ß: 'ss', æ: 'ae', œ: 'oe', ı: 'i' },
}
const CONTROL_OR_BIDI = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/u
const NAME = /^[\p{Script=Latin}\p{M}' ’.-]+$/u

/** A name with what finds it and puts it in order. */
export interface PersonName {
  readonly fullName: string
  readonly givenName: string
  readonly nameKey: string
  /** The last word of the key. */
  readonly givenKey: string
}

/**
 * A name as an officer writes it: brought to NFC, with single blanks. Throws DomainError `person-name` that says what is
 * wrong with it (control or direction characters, digits, letters that are not Latin, too long) without repeating it.
 */
export function readName(text: string): PersonName {
  const fullName = text.normalize('NFC').trim().replace(/ +/g, ' ')
  if (CONTROL_OR_BIDI.test(fullName)) throw badName('có ký tự điều khiển không nhìn thấy')
  if (/\p{N}/u.test(fullName)) throw badName('có chữ số')
  if (!NAME.test(fullName))
    throw badName('chỉ được có chữ cái Latinh, dấu cách, gạch nối, dấu nháy')
  if (fullName.length < 2 || fullName.length > NAME_MAX || fullName.split(' ').length > WORDS_MAX)
    throw badName(`phải dài từ 2 đến ${String(NAME_MAX)} ký tự, nhiều nhất ${String(WORDS_MAX)} từ`)
  const nameKey = foldText(fullName)
  if (!/^[a-z]+( [a-z]+)*$/.test(nameKey)) throw badName('có chữ cái không dùng trong họ tên')
  const [givenName = fullName] = fullName.split(' ').slice(-1)
  return { fullName, givenName, nameKey, givenKey: lastWord(nameKey) }
}

/**
 * Folds a text for searching: lower case, without diacritics (so hoà = hòa), đ as d, y as i (Mỹ = Mĩ), apostrophes
 * dropped, hyphens and dots as blanks. "Nguyễn Thuý Đào" → "nguien thui dao". Source: ux.md A6.
 */
export function foldText(text: string): string {
  return text
    .normalize('NFD')
    .toLowerCase()
    .replace(/[\p{M}'’]/gu, '')
    .replace(/[^a-z0-9\s.-]/g, (letter) => UNDECOMPOSED[letter] ?? letter)
    .replace(/y/g, 'i')
    .replace(/[\s.-]+/g, ' ')
    .trim()
}

/**
 * The words of a search by name, each once: a person is found when each begins a word of his name, in any order. Throws
 * DomainError `search-too-short` below two letters, `search-letters` when something else than a letter is left.
 */
export function searchWords(text: string): readonly string[] {
  const folded = foldText(text)
  if (!/^[a-z ]*$/.test(folded)) {
    const words = 'Tìm theo tên chỉ dùng chữ cái: bỏ ký tự lạ, hoặc tìm theo số'
    throw new DomainError('invalid', 'search-letters', words)
  }
  if (folded.replace(/ /g, '').length < LETTERS_MIN) {
    const words = 'Nhập ít nhất hai chữ cái của họ tên để tìm'
    throw new DomainError('invalid', 'search-too-short', words)
  }
  return [...new Set(folded.split(' '))].slice(0, WORDS_MAX)
}

const vietnamese = new Intl.Collator('vi')

/** Vietnamese order of people: the given name first, then the whole name. SQL has it as `given_name, full_name`. */
export function compareNames(one: string, other: string): number {
  return vietnamese.compare(lastWord(one), lastWord(other)) || vietnamese.compare(one, other)
}

const lastWord = (words: string): string => words.slice(words.lastIndexOf(' ') + 1)

const badName = (why: string) =>
  new DomainError('invalid', 'person-name', `Họ tên ${why}: sửa lại họ tên`)
