import type { Readable } from 'node:stream'
import { TextDecoder } from 'node:util'
import { SaxesParser } from 'saxes'
import { broken } from './spreadsheet-refusal.ts'

/** What a reader of one part of a workbook wants to hear, by the local name of the element. */
export interface XmlEars {
  open?(name: string, attributes: Readonly<Record<string, string>>): void
  close?(name: string): void
  text?(text: string): void
}

const DEPTH_MAX = 50

/**
 * Reads a part as it is unpacked. No document type, so no entities but XML's own five; at most 50 elements deep. Throws
 * `spreadsheet-broken` for what is not well-formed UTF-8 XML, and whatever the ears throw.
 */
export async function hear(part: Readable, ears: XmlEars): Promise<void> {
  const parser = new SaxesParser({ position: false, xmlns: false })
  let depth = 0
  parser.on('doctype', () => {
    throw broken()
  })
  parser.on('error', () => {
    throw broken()
  })
  parser.on('opentag', ({ name, attributes }) => {
    depth += 1
    if (depth > DEPTH_MAX) throw broken()
    ears.open?.(local(name), attributes)
  })
  parser.on('closetag', ({ name }) => {
    depth -= 1
    ears.close?.(local(name))
  })
  parser.on('text', (text) => ears.text?.(text))
  parser.on('cdata', (text) => ears.text?.(text))
  const decoder = new TextDecoder('utf-8', { fatal: true })
  for await (const chunk of part) parser.write(decode(decoder, chunk as Buffer))
  parser.write(decode(decoder)).close()
}

function decode(decoder: TextDecoder, chunk?: Buffer): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true })
  } catch {
    throw broken()
  }
}

/** Some programs write every element with a prefix. */
const local = (name: string) => name.slice(name.indexOf(':') + 1)

/** Control characters but tab and line feed, non-characters, and half surrogates. */
const UNWRITABLE =
  /[^\t\n\u0020-\ufffd]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** What a text must be to stand between tags or in an attribute; XML has no way to write most control characters. */
export function escapeXml(text: string): string {
  return text
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(UNWRITABLE, hex)
}

const hex = (char: string) => `_x${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`

/** Excel's own way of writing what XML cannot: `_x000D_` is a carriage return. */
export function unescapeCell(text: string): string {
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
}
