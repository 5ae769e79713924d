import { fileURLToPath } from 'node:url'

/** What node is given to run the parser of spreadsheets (spreadsheet-child.ts). */
let program: readonly string[] = besideUs()

/** The program as node's arguments: the loader that reads TypeScript, when we run from sources, and the file. */
export const parserProgram = (): readonly string[] => program

/** Runs another build of the parser from now on: the file of it. */
export function parseWith(built: string): void {
  program = [built]
}

function besideUs(): readonly string[] {
  const here = fileURLToPath(import.meta.url)
  const child = here.replace(/spreadsheet-program\.([jt]s)$/, 'spreadsheet-child.$1')
  return here.endsWith('.ts') ? ['--import', 'tsx', child] : [child]
}
