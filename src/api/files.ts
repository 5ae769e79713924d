import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { readSpreadsheet } from '../lib/read-spreadsheet.ts'
import { LIMITS } from '../lib/spreadsheet.ts'
import type { GivenFile } from '../lib/spreadsheet.ts'
import type { FileOut, FileStream, SheetFile } from './file.ts'
import { Refusal } from './problem.ts'

/** The largest multipart body: a file at its limit, and the lines around it. */
export const MULTIPART_MAX = LIMITS.fileBytesMax + 64 * 1024

/** A body of multipart/form-data as it came. */
export interface Multipart {
  readonly contentType: string
  readonly bytes: Buffer
}

/**
 * Reads the one spreadsheet of a multipart body, in a process of its own. Throws Refusal 400 `one-file` unless it is exactly
 * one part named `file`, and the refusals of lib/spreadsheet-refusal.ts.
 */
export async function readUpload(body: Multipart): Promise<SheetFile> {
  const { name, bytes } = onlyFile(body)
  const sheet = await readSpreadsheet({ name, bytes })
  return { name, bytes, sheet, sha256: createHash('sha256').update(bytes).digest('hex') }
}

const DISPOSITION = /^content-disposition: *form-data; *name="file"; *filename="([^"\r\n]+)"$/im

/**
 * The one file of a body, read by hand for it has one part: its boundary, head, bytes and end (RFC 7578). Throws Refusal 400
 * `one-file`.
 */
export function onlyFile({ contentType, bytes }: Multipart): GivenFile {
  const boundary = /;\s*boundary="?([\w'()+,./:=?-]{1,70})"?\s*$/i.exec(contentType)?.[1] ?? ''
  const [first, next] = [`--${boundary}\r\n`, `\r\n--${boundary}`]
  const headEnd = bytes.indexOf('\r\n\r\n')
  const head = bytes.subarray(first.length, Math.max(headEnd, 0)).toString('utf8')
  const end = bytes.indexOf(next, Math.max(headEnd, 0))
  const tail = bytes
    .subarray(end + next.length)
    .toString('latin1')
    .trim()
  const given = DISPOSITION.exec(head)?.[1]
  const begins = bytes.subarray(0, first.length).equals(Buffer.from(first))
  if (boundary === '' || !begins || headEnd < 0 || end < 0 || tail !== '--' || given === undefined)
    throw new Refusal(400, 'one-file')
  const name = basename(given.normalize('NFC').replaceAll('\\', '/'))
  return { name, bytes: bytes.subarray(headEnd + 4, end) }
}

const TYPES: Readonly<Record<string, string>> = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv; charset=utf-8',
  jsonl: 'application/x-ndjson',
  pdf: 'application/pdf',
  zip: 'application/zip',
}

/** The media types of files that go out, without parameters: what the contract (OpenAPI) declares of routes with a file. */
export const FILE_TYPES: readonly string[] = Object.values(TYPES).map((type) =>
  type.replace(/;.*/, ''),
)

/** The headers with which a file goes out: saved, never shown by the browser, with the hash of its bytes (RFC 9530). */
export function fileHeaders(file: FileOut | FileStream): Readonly<Record<string, string>> {
  const { name } = file
  const hash =
    'bytes' in file
      ? createHash('sha256').update(file.bytes).digest()
      : Buffer.from(file.sha256, 'hex')
  const digest = hash.toString('base64')
  return {
    ...('bytes' in file ? {} : { 'Content-Length': String(file.length) }),
    'Content-Type': TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
    'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
    'Content-Digest': `sha-256=:${digest}:`,
  }
}
