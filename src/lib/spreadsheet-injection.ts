/**
 * What a spreadsheet would run as a formula when it opens a CSV file: = + - @ and their full-width forms, a tab or a
 * carriage return, also behind blanks and behind apostrophes of ours (ASVS 5.0 1.2.10).
 */
const RUNS = /^'*\s*[=+\-@\t\r＝＋－＠]/u
const PROTECTED = /^''*\s*[=+\-@\t\r＝＋－＠]/u

/** The text of a CSV cell that no spreadsheet runs: an apostrophe before what it would. */
export function protect(text: string): string {
  return RUNS.test(text) ? `'${text}` : text
}

/** Takes back what `protect` did; any other text comes back as it is. */
export function unprotect(text: string): string {
  return PROTECTED.test(text) ? text.slice(1) : text
}
