/**
 * A process of its own that parses one spreadsheet: the file comes in by stdin, the rows or the refusal go out by
 * stdout as JSON. Its memory is limited by whoever starts it (read-spreadsheet.ts); it has no settings and no secrets.
 *
 *   node --max-old-space-size=… spreadsheet-child.ts xlsx|csv
 */
import { DomainError } from './errors.ts'
import type { Sheet } from './spreadsheet.ts'
import { readCsvSheet } from './spreadsheet-csv.ts'
import { readXlsx } from './spreadsheet-xlsx.ts'

/** What the parser answers. */
export type ChildAnswer =
  | { readonly sheet: Sheet; readonly peakBytes: number }
  | {
      readonly refused: {
        readonly code: string
        readonly message: string
        readonly extra: Record<string, unknown>
      }
    }

async function answer(): Promise<ChildAnswer> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  const bytes = Buffer.concat(chunks)
  try {
    const sheet = process.argv[2] === 'csv' ? readCsvSheet(bytes) : await readXlsx(bytes)
    return { sheet, peakBytes: process.resourceUsage().maxRSS * 1024 }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return { refused: { code: error.code, message: error.message, extra: { ...error.extra } } }
  }
}

process.stdout.write(JSON.stringify(await answer()))
