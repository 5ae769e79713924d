/** What comparing two names says: equal, to be looked at, or another person; 100 is equal; reasons in Vietnamese. */
export interface NameMatch {
  readonly verdict: 'match' | 'warn' | 'block'
  readonly score: number
  readonly reasons: readonly string[]
}

/** "Nguyễn Thị Ánh Mẫu" → "NGUYEN THI ANH MAU", as banks write an account's holder: upper-case ASCII, single spaces. */
export function foldName(name: string): string {
  return FOLDED.test(name) ? name : folded(name)
}

const FOLDED = /^[A-Z]+(?: [A-Z]+)*$/

/** Whether a person's name and an account's holder are the same when folded: what `matchNames` calls a match. */
export function sameName(ours: string, theirs: string): boolean {
  const one = foldName(ours)
  return one !== '' && one === foldName(theirs)
}

/** Names of a province are made of some thousand short words: each is folded once, until there are too many. */
const foldedWords = new Map<string, string>()
const WORDS_MAX = 20_000
const WORD_LENGTH_MAX = 16

function folded(name: string): string {
  const words = name.split(' ').map(remembered)
  return words.filter((word) => word !== '').join(' ')
}

function remembered(word: string): string {
  const known = foldedWords.get(word)
  if (known !== undefined) return known
  const made = foldedWord(word)
  if (word.length > WORD_LENGTH_MAX) return made
  if (foldedWords.size >= WORDS_MAX) foldedWords.clear()
  foldedWords.set(word, made)
  return made
}

function foldedWord(word: string): string {
  return word
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[đĐ]/g, 'D')
    .toUpperCase()
    .replace(/['’`]/g, '')
    .replace(/[^A-Z]+/g, ' ')
    .trim()
}

/** What is taken off the score for each difference that only warns. */
const SPELLING = 10
const ORDER = 20

/**
 * Compares a person's name with an account's holder. Both are folded: equal is a match; I for Y (domain.md §4: Mỹ, Mĩ),
 * joined or split words and another order of the same words warn; anything else blocks, its score being the share of
 * letters that are the same (edit distance). Empty names block.
 */
export function matchNames(ours: string, theirs: string): NameMatch {
  const [one, other] = [foldName(ours), foldName(theirs)]
  if (one === '' || other === '') return blocked(0, ['thiếu tên để so sánh'])
  if (one === other) return { verdict: 'match', score: 100, reasons: [] }
  const reasons = mildReasons(one, other)
  if (reasons.length > 0) {
    const off = reasons.reduce((sum, { cost }) => sum + cost, 0)
    return { verdict: 'warn', score: 100 - off, reasons: reasons.map(({ text }) => text) }
  }
  return blocked(similarity(one, other), blockReasons(one, other))
}

interface Mild {
  readonly text: string
  readonly cost: number
}

/** The differences that explain away two folded names; none when something else differs. */
function mildReasons(one: string, other: string): readonly Mild[] {
  const spelling = { text: 'khác nhau i và y', cost: SPELLING }
  const spacing = { text: 'khác nhau cách viết liền, viết rời', cost: SPELLING }
  const order = { text: 'cùng các chữ nhưng khác thứ tự', cost: ORDER }
  const [plain, plainOther] = [oneI(one), oneI(other)]
  const spelled = plain === one && plainOther === other ? [] : [spelling]
  if (plain === plainOther) return [spelling]
  if (joined(one) === joined(other)) return [spacing]
  if (joined(plain) === joined(plainOther)) return [spelling, spacing]
  if (sorted(one) === sorted(other)) return [order]
  return sorted(plain) === sorted(plainOther) ? [...spelled, order] : []
}

const oneI = (name: string) => name.replaceAll('Y', 'I')
const joined = (name: string) => name.replaceAll(' ', '')
const sorted = (name: string) => name.split(' ').sort().join(' ')

function blocked(score: number, reasons: readonly string[]): NameMatch {
  return { verdict: 'block', score, reasons }
}

function blockReasons(one: string, other: string): readonly string[] {
  const [mine, theirs] = [new Set(one.split(' ')), new Set(other.split(' '))]
  const missing = [...mine].filter((word) => !theirs.has(word))
  const added = [...theirs].filter((word) => !mine.has(word))
  const parts = [
    ...(missing.length > 0 ? [`tài khoản thiếu: ${missing.join(', ')}`] : []),
    ...(added.length > 0 ? [`tài khoản thừa: ${added.join(', ')}`] : []),
  ]
  return parts.length > 0 ? parts : ['số lần lặp lại của một chữ khác nhau']
}

/** The share in whole percent of letters that stay when one name is turned into the other (Levenshtein), at most 79. */
function similarity(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= other.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1)
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  const longest = Math.max(one.length, other.length)
  return Math.min(79, Math.floor((100 * (longest - (row.at(-1) ?? 0))) / longest))
}
