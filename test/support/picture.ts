import { execFileSync } from 'node:child_process'
import { crc32, deflateSync, inflateSync } from 'node:zlib'

/** A picture in shades of grey, a byte a point, row by row. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly grey: Buffer
}

const DPI = '40'

/** What a page of a PDF looks like, small. */
export function pictureOf(path: string, page: string): Picture {
  const args = ['-gray', '-r', DPI, '-f', page, '-l', page, '-singlefile', path]
  const pgm = execFileSync('pdftoppm', args, { maxBuffer: 16 * 1024 * 1024 })
  const head = /^P5\s(\d+)\s(\d+)\s255\s/.exec(pgm.subarray(0, 64).toString('latin1'))
  if (head === null) throw new Error('pdftoppm writes a grey picture')
  const [all, width, height] = head
  return { width: Number(width), height: Number(height), grey: pgm.subarray(all.length) }
}

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')

/** A picture as PNG, in sixteen shades: for whoever looks at it. */
export function pngOf({ width, height, grey }: Picture): Buffer {
  const lines = Buffer.alloc((width + 1) * height)
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const shade = grey.readUInt8(row * width + column)
      lines.writeUInt8(Math.round(shade / 17) * 17, row * (width + 1) + 1 + column)
    }
  }
  const size = Buffer.alloc(13)
  size.writeUInt32BE(width, 0)
  size.writeUInt32BE(height, 4)
  size.writeUInt8(8, 8)
  const parts = [chunk('IHDR', size), chunk('IDAT', deflateSync(lines, { level: 9 }))]
  return Buffer.concat([SIGNATURE, ...parts, chunk('IEND', Buffer.alloc(0))])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

/** Reads what `pngOf` wrote: one part of data, no filters. */
export function readPng(png: Buffer): Picture {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)]
  const at = png.indexOf('IDAT', 0, 'latin1')
  const lines = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)))
  const rows = Array.from({ length: height }, (_, row) =>
    lines.subarray(row * (width + 1) + 1, (row + 1) * (width + 1)),
  )
  return { width, height, grey: Buffer.concat(rows) }
}

/** Points of a block, about 5 mm: letters and digits within it weigh about the same whichever they are. */
const BLOCK = 8
/** How much lighter or darker on the whole a block may be, of 255. */
const SHADE = 40

/** The share of blocks that are lighter or darker in one picture than in the other; 1 when their sizes differ. */
export function differing(one: Picture, other: Picture): number {
  if (one.width !== other.width || one.height !== other.height) return 1
  const [first, second] = [blocksOf(one), blocksOf(other)]
  const off = first.filter((shade, at) => Math.abs(shade - (second[at] ?? 0)) > SHADE)
  return off.length / first.length
}

function blocksOf({ width, height, grey }: Picture): readonly number[] {
  const across = Math.ceil(width / BLOCK)
  const sums = Array.from({ length: across * Math.ceil(height / BLOCK) }, () => [0, 0])
  for (const [at, shade] of grey.entries()) {
    const place = Math.floor(Math.floor(at / width) / BLOCK) * across
    const block = sums[place + Math.floor((at % width) / BLOCK)]
    if (block === undefined) continue
    block[0] = (block[0] ?? 0) + shade
    block[1] = (block[1] ?? 0) + 1
  }
  return sums.map(([sum = 0, count = 1]) => sum / count)
}
