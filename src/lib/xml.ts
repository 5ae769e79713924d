import { SaxesParser } from 'saxes'
import { DomainError } from './errors.ts'

/** Limits of a foreign XML file (reliability.md D3 row 11). */
export const XML_BYTES_MAX = 20 * 1024 * 1024
const DEPTH_MAX = 50
const VALUE_CHARS_MAX = 1_000
const CHUNK_BYTES = 64 * 1024

/** What a reader of a format wants to know, in the order of the file. Paths are local names joined by `/`. */
export interface XmlHandlers {
  /** An element begins. `namespace` is what its own prefix is bound to, if it is the root and says so. */
  open(path: string, namespace: string | null): void
  /** An element ends; `text` is its own text, trimmed, empty when it has elements. */
  close(path: string, text: string): void
}

/**
 * Reads a foreign XML file piece by piece: UTF-8 only, at most 20 MB, 50 levels, 1,000 characters a value; a document
 * type and entities beyond the five are refused before anything is read. Values are text and stay text; prefixes are
 * dropped. Throws DomainError `xml` that says what is wrong, also when the file ends too early.
 */
export function readXml(bytes: Uint8Array, handlers: XmlHandlers): void {
  if (bytes.length > XML_BYTES_MAX) throw refusal('lớn hơn 20 MB')
  refuseDocumentType(bytes)
  const parser = new SaxesParser({ xmlns: false })
  const levels: Level[] = []
  parser.on('error', (error) => {
    throw refusal(`không đúng cú pháp (${error.message})`)
  })
  parser.on('doctype', () => {
    throw refusal('có DOCTYPE')
  })
  parser.on('xmldecl', ({ encoding }) => {
    if (encoding !== undefined && !/^utf-?8$/i.test(encoding)) throw refusal('không phải UTF-8')
  })
  parser.on('opentag', ({ name, attributes }) => openLevel(levels, { name, attributes }, handlers))
  parser.on('text', (text) => addText(levels, text))
  parser.on('cdata', (text) => addText(levels, text))
  parser.on('closetag', () => {
    const level = levels.pop()
    if (level !== undefined) handlers.close(level.path, level.text.trim())
  })
  feed(parser, bytes)
}

interface Level {
  readonly path: string
  text: string
  leaf: boolean
}

function openLevel(
  levels: Level[],
  tag: { readonly name: string; readonly attributes: Readonly<Record<string, string>> },
  handlers: XmlHandlers,
): void {
  const above = levels.at(-1)
  if (levels.length >= DEPTH_MAX) throw refusal(`sâu hơn ${DEPTH_MAX} tầng`)
  const colon = tag.name.indexOf(':')
  const local = tag.name.slice(colon + 1)
  if (above !== undefined) {
    above.leaf = false
    above.text = ''
  }
  const path = above === undefined ? local : `${above.path}/${local}`
  levels.push({ path, text: '', leaf: true })
  const binding = colon < 0 ? 'xmlns' : `xmlns:${tag.name.slice(0, colon)}`
  handlers.open(path, above === undefined ? (tag.attributes[binding] ?? null) : null)
}

function addText(levels: readonly Level[], text: string): void {
  const level = levels.at(-1)
  if (level?.leaf !== true) return
  level.text += text
  if (level.text.length > VALUE_CHARS_MAX) throw refusal(`có giá trị quá dài ở ${level.path}`)
}

function feed(parser: SaxesParser, bytes: Uint8Array): void {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    const piece = bytes.subarray(at, at + CHUNK_BYTES)
    parser.write(decoded(decoder, piece, at + CHUNK_BYTES < bytes.length))
  }
  parser.close()
}

function decoded(
  decoder: InstanceType<typeof TextDecoder>,
  piece: Uint8Array,
  more: boolean,
): string {
  try {
    return decoder.decode(piece, { stream: more })
  } catch {
    throw refusal('không phải UTF-8')
  }
}

/** Anywhere in the file, even where it would mean nothing: no honest status file has one. */
function refuseDocumentType(bytes: Uint8Array): void {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (const word of ['<!DOCTYPE', '<!doctype', '<!ENTITY']) {
    if (text.includes(word)) throw refusal('có DOCTYPE')
  }
}

const refusal = (what: string): DomainError =>
  new DomainError('invalid', 'xml', `Tệp XML ${what}: không đọc gì trong tệp`)
