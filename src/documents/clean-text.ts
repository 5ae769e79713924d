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

/** The same as it is printed: at most 400 characters with “…” for the rest. */
export function printed(text: string): string {
  const clean = visible(text)
  if (clean.length <= PAPER_CHARS_MAX) return clean
  return `${clean.slice(0, PAPER_CHARS_MAX - 1).replace(/[\ud800-\udbff]$/, '')}…`
}
