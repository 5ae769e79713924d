import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { DomainError, invariant } from './errors.ts'
import type { GivenFile, Sheet } from './spreadsheet.ts'
import type { ChildAnswer } from './spreadsheet-child.ts'
import { guardFile } from './spreadsheet-guard.ts'
import { parserProgram } from './spreadsheet-program.ts'
import { refusal } from './spreadsheet-refusal.ts'

/** What the parsing process may take. */
export interface ParserLimits {
  /** Of its heap: a file at every limit needs about half of the default. */
  readonly heapMb: number
  readonly parseMsMax: number
}

const DEFAULTS: ParserLimits = { heapMb: 128, parseMsMax: 20_000 }
/** Of the parser's answer: ten times what a file at every limit comes to. */
const ANSWER_BYTES_MAX = 256 * 1024 * 1024

/**
 * Reads a spreadsheet that somebody gave: guards it first (spreadsheet-guard.ts), then parses it in a process of its own
 * with little memory, no settings and a time limit, so that a file that is built to break a parser breaks nothing else.
 * Throws the refusals of spreadsheet-refusal.ts.
 */
export async function readSpreadsheet(
  file: GivenFile,
  limits: Partial<ParserLimits> = {},
): Promise<Sheet> {
  const { sheet } = await readMeasured(file, limits)
  return sheet
}

/** The same, with the peak memory of the parsing process in bytes, for the bench. */
export async function readMeasured(
  file: GivenFile,
  limits: Partial<ParserLimits> = {},
): Promise<{ readonly sheet: Sheet; readonly peakBytes: number }> {
  const kind = await guardFile(file)
  const answer = await parseApart(kind, file.bytes, { ...DEFAULTS, ...limits })
  if ('sheet' in answer) return answer
  const { code, message, extra } = answer.refused
  throw new DomainError('invalid', code, message, extra)
}

function startParser(
  kind: 'xlsx' | 'csv',
  heapMb: number,
): ChildProcessByStdio<Writable, Readable, null> {
  const args = [`--max-old-space-size=${String(heapMb)}`, ...parserProgram(), kind]
  return spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'ignore'], env: {} })
}

async function parseApart(
  kind: 'xlsx' | 'csv',
  bytes: Buffer,
  { heapMb, parseMsMax }: ParserLimits,
): Promise<ChildAnswer> {
  const child = startParser(kind, heapMb)
  const timer = setTimeout(() => child.kill('SIGKILL'), parseMsMax)
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('close', resolve)
    child.once('error', reject)
  })
  // A parser that died no longer reads: its exit says so.
  child.stdin.on('error', () => undefined)
  child.stdin.end(bytes)
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of child.stdout) {
    size += (chunk as Buffer).length
    if (size > ANSWER_BYTES_MAX) child.kill('SIGKILL')
    else chunks.push(chunk as Buffer)
  }
  const code = await ended
  clearTimeout(timer)
  if (code !== 0) {
    throw refusal(
      'spreadsheet-time',
      'Tệp cần quá nhiều bộ nhớ hoặc thời gian để đọc. Chép riêng các dòng có dữ liệu sang tệp mới rồi gửi lại.',
    )
  }
  const answer = JSON.parse(Buffer.concat(chunks).toString('utf8')) as ChildAnswer
  invariant('sheet' in answer || 'refused' in answer, 'the parser answers with rows or a refusal')
  return answer
}
