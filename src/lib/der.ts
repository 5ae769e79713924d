/*
 * As much of DER (ITU-T X.690) as certificates and signatures take: Node signs and reads certificates, but writes neither
 * certificates nor CMS.
 */

/** A value with its tag and length. */
export function tlv(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(contents)
  return Buffer.concat([Buffer.of(tag), lengthOf(body.length), body])
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length)
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return Buffer.of(0x80 | bytes.length, ...bytes)
}

export const sequence = (...contents: readonly Uint8Array[]): Buffer => tlv(0x30, ...contents)
/** A set: DER sorts what is in it by its bytes (X.690 §11.6). */
export const set = (...contents: readonly Buffer[]): Buffer =>
  tlv(0x31, ...contents.toSorted((one, other) => Buffer.compare(one, other)))
export const octets = (bytes: Uint8Array): Buffer => tlv(0x04, bytes)
export const bits = (bytes: Uint8Array, unused = 0): Buffer => tlv(0x03, Buffer.of(unused), bytes)
/** A number from 0 to 127. */
export const small = (value: number): Buffer => tlv(0x02, Buffer.of(value))
export const utf8 = (text: string): Buffer => tlv(0x0c, Buffer.from(text))
export const nothing = Buffer.of(0x05, 0x00)

/** An object identifier: “1.2.840.113549.1.7.2”. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return tlv(0x06, Buffer.from([first * 40 + second, ...rest].flatMap(base128)))
}

/** Seven bits a byte, the highest bit set in all but the last. */
function base128(value: number): readonly number[] {
  const bytes = [value % 128]
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128))
    bytes.unshift((rest % 128) + 128)
  return bytes
}

/** A value as it lies in `bytes`: its tag, its content, and all of it. */
export interface Value {
  readonly tag: number
  readonly content: Buffer
  readonly whole: Buffer
}

/** The values that lie in `bytes` one after the other. What is read is a certificate that Node has parsed already. */
export function valuesIn(bytes: Buffer): readonly Value[] {
  const values: Value[] = []
  for (let at = 0; at < bytes.length;) {
    const short = bytes.readUInt8(at + 1)
    const width = short < 0x80 ? 0 : short - 0x80
    const length = width === 0 ? short : bytes.readUIntBE(at + 2, width)
    const start = at + 2 + width
    const content = bytes.subarray(start, start + length)
    values.push({
      tag: bytes.readUInt8(at),
      content,
      whole: bytes.subarray(at, start + length),
    })
    at = start + length
  }
  return values
}
