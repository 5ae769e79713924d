import { mkdir, open, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setImmediate } from 'node:timers/promises'

const newline = 10
const readBytesMax = 1 << 20

/** A simulator's memory that outlives it: one JSON object a line, only ever appended to. */
export interface Book<R> {
  /** Resolves when the record is on disk. Records keep the order in which they were appended. */
  readonly append: (record: R) => Promise<void>
  /** Resolves when everything appended is on disk; nothing may be appended afterwards. */
  readonly close: () => Promise<void>
}

/**
 * Opens the book at `path`, making it when there is none, and gives every record in it to `onRecord`.
 * A last line without its end was cut off by a crash and never acknowledged: it is dropped.
 */
export const openBook = async <R>(
  path: string,
  onRecord: (record: R) => void,
): Promise<Book<R>> => {
  await mkdir(dirname(path), { recursive: true })
  const file = await open(path, 'a+')
  const wholeBytes = await readBack(file, (line, number) => {
    onRecord(parse(line, `${path}, line ${String(number)}`) as R)
  })
  await file.truncate(wholeBytes)
  await file.sync()
  await syncFolder(dirname(path))
  return groupCommit(file)
}

/** Reads line by line in bounded memory; answers how many bytes the whole lines take. */
const readBack = async (
  file: FileHandle,
  onLine: (line: string, number: number) => void,
): Promise<number> => {
  const chunk = Buffer.alloc(readBytesMax)
  let rest = Buffer.alloc(0)
  let [position, lines] = [0, 0]
  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length, position)
    if (bytesRead === 0) return position - rest.length
    position += bytesRead
    rest = Buffer.concat([rest, chunk.subarray(0, bytesRead)])
    let start = 0
    for (let end = rest.indexOf(newline); end >= 0; end = rest.indexOf(newline, start)) {
      lines += 1
      onLine(rest.toString('utf8', start, end), lines)
      start = end + 1
    }
    rest = rest.subarray(start)
  }
}

/** A whole line was acknowledged: one that cannot be read is damage, and is never passed over. */
const parse = (line: string, place: string): unknown => {
  try {
    return JSON.parse(line)
  } catch (cause) {
    throw new Error(`the book is damaged at ${place}`, { cause })
  }
}

/** Without this the name of a new file may be lost with the power, and the file with it. */
const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(path)
  await folder.sync()
  await folder.close()
}

const newBatch = () => {
  const lines: string[] = []
  let resolve = (): void => undefined
  const saved = new Promise<void>((done) => {
    resolve = done
  })
  return { lines, saved, resolve }
}

/**
 * While one batch is being written and synced the next one gathers, so that a hundred callers at once
 * cost one fsync and not a hundred.
 */
const groupCommit = <R>(file: FileHandle): Book<R> => {
  let batch = newBatch()
  let writing: Promise<void> | undefined

  const writeAll = async (): Promise<void> => {
    await setImmediate() // lets the other requests of this turn of the event loop join the batch
    while (batch.lines.length > 0) {
      const full = batch
      batch = newBatch()
      await file.appendFile(full.lines.join(''))
      await file.datasync()
      full.resolve()
    }
    writing = undefined
  }

  return {
    append: (record) => {
      batch.lines.push(`${JSON.stringify(record)}\n`)
      const { saved } = batch
      // Not caught on purpose: a book that cannot be written must end the process (fsync cannot be
      // tried again), and an unhandled rejection does that with its stack on stderr.
      writing ??= writeAll()
      return saved
    },
    close: async () => {
      await writing
      await file.close()
    },
  }
}
