import { createHash } from 'node:crypto'
import { Writable } from 'node:stream'

/** What a file came to. */
export interface FileSummary {
  readonly bytes: number
  readonly sha256: string
}

/** Bytes of a piece: small enough to be one row, large enough to be few. */
const PIECE_BYTES = 256 * 1024

/**
 * A stream that hands on what is written to it in pieces of 256 KB, one after the other: memory does not grow with the
 * file, and whoever writes waits for the database. `summary` is of all that was written when the stream has ended.
 */
export function piecesTo(keep: (seq: number, bytes: Buffer) => Promise<void>): {
  readonly out: Writable
  readonly summary: () => FileSummary
} {
  const hash = createHash('sha256')
  let [seq, bytes] = [0, 0]
  let waiting: Buffer[] = []
  let held = 0
  const flush = async () => {
    if (held === 0) return
    const piece = Buffer.concat(waiting)
    waiting = []
    held = 0
    await keep((seq += 1), piece)
  }
  const out = new Writable({
    write: (chunk: Buffer, _, done) => {
      hash.update(chunk)
      bytes += chunk.length
      held += chunk.length
      waiting.push(chunk)
      if (held < PIECE_BYTES) done()
      else flush().then(() => done(), done)
    },
    final: (done) => {
      flush().then(() => done(), done)
    },
  })
  return { out, summary: () => ({ bytes, sha256: hash.digest('hex') }) }
}
