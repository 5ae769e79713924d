/** The longest text of a cell on paper: a row is never cut, so it must fit a page. Files have the whole text. */
const PAPER_CHARS_MAX = 400

/** Direction marks, zero-width and other invisible signs: on paper they could only deceive (D3 row 13). */
const INVISIBLE = /[\p{Cf}\p{Co}\p{Cn}\p{Cs}]/gu
const BLANKS = /[\p{Cc}\p{Z}]+/gu

/**
 * A text as it is seen: in NFC (decomposed letters cannot be read out of a PDF), without control, direction and invisible
 * characters, each run of blanks one space.
 */
export const visible = (text: string): string =>
  text.normalize('NFC').replace(BLANKS, ' ').replace(INVISIBLE, '').trim()

/** Letters and signs as wide as Chinese ones: the font has none, and what it lacks cannot be read out of a PDF. */
const FULL_WIDTH = /[\uff01-\uff5e]/g

/** The same as it is printed: in the font’s letters, at most 400 characters with “…” for the rest. */
export function printed(text: string): string {
  const clean = visible(text).replace(FULL_WIDTH, (letter) => letter.normalize('NFKC'))
  if (clean.length <= PAPER_CHARS_MAX) return clean
  return `${clean.slice(0, PAPER_CHARS_MAX - 1).replace(/[\ud800-\udbff]$/, '')}…`
}
