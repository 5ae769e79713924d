import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { XML_BYTES_MAX } from '../../../lib/xml.ts'
import type { IncomingFile, PaymentOutcome } from '../channel.ts'
import type { FileTransport } from './transport.ts'

/**
 * A watched folder that the bank's own program carries: `outbox/` to the bank, `inbox/` from it; what was taken waits in
 * `working/` and ends in `processed/` or `quarantine/`; what the bank did not fetch and is taken back ends in `withdrawn/`.
 * A file is there whole or not at all: it is written under another
 * name, flushed, and renamed; the rename is the moment of sending. Whoever puts files into `inbox/` does the same. `outbox/`
 * is made by whoever sets the folder up, never here: where it is missing, the disk is not there.
 */
export function openFolder(root: string): FileTransport {
  return {
    deliver: (file) => deliver(root, file),
    takeBack: async (id) => {
      const name = `${id}.xml`
      // An outbox that is not there does not say that anything was fetched from it.
      await stat(join(root, 'outbox'))
      await mkdir(join(root, 'withdrawn'), { recursive: true })
      const back = await moved(join(root, 'outbox', name), join(root, 'withdrawn', name))
      if (back) await flush(join(root, 'outbox'))
      return back
    },
    statusFiles: async function* () {
      // What an earlier taker left half done comes first; taking it again changes nothing (status_file).
      yield* files(root, await xmlNames(join(root, 'working')))
      for (const name of await xmlNames(join(root, 'inbox'))) {
        if (await taken(root, name)) yield* files(root, [name])
      }
    },
  }
}

async function deliver(
  root: string,
  { id, pieces, isFresh }: Parameters<FileTransport['deliver']>[0],
): Promise<PaymentOutcome> {
  const outbox = join(root, 'outbox')
  const [draft, final] = [join(outbox, `.${id}.writing`), join(outbox, `${id}.xml`)]
  try {
    await stat(outbox)
    if (await exists(final)) return { kind: 'unknown', reason: 'a file of this name is there' }
    await writeFlushed(draft, pieces)
    if (!isFresh()) throw new Error('the claim grew old')
  } catch {
    // Nothing stands under a name that the bank takes: it has surely not left.
    await rm(draft, { force: true }).catch(() => undefined)
    return { kind: 'refused' }
  }
  try {
    await rename(draft, final)
    await flush(outbox)
    return { kind: 'submitted' }
  } catch (error) {
    return { kind: 'unknown', reason: `rename: ${codeOf(error)}` }
  }
}

async function writeFlushed(path: string, pieces: Iterable<string>): Promise<void> {
  const file = await open(path, 'w', 0o640)
  try {
    for (const piece of pieces) await file.writeFile(piece)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function flush(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function xmlNames(folder: string): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true })
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name)
  return names.filter((name) => /^[^.].*\.xml$/i.test(name)).toSorted()
}

/** Takes a file out of the inbox by renaming it; false when another taker was quicker. */
async function taken(root: string, name: string): Promise<boolean> {
  return moved(join(root, 'inbox', name), join(root, 'working', name))
}

async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

async function* files(root: string, names: readonly string[]): AsyncGenerator<IncomingFile> {
  for (const name of names) {
    const path = join(root, 'working', name)
    const bytes = await readBounded(path)
    if (bytes === null) continue
    const done = async (outcome: 'processed' | 'quarantined') => {
      const folder = join(root, outcome === 'processed' ? 'processed' : 'quarantine')
      await mkdir(folder, { recursive: true })
      await moved(path, await freeName(folder, name))
    }
    yield { name, bytes, done }
  }
}

/** A file's bytes, of one too large only so many that the reader refuses it; null when another taker has put it away. */
async function readBounded(path: string): Promise<Uint8Array | null> {
  try {
    const { size } = await stat(path)
    if (size <= XML_BYTES_MAX) return await readFile(path)
    const file = await open(path, 'r')
    try {
      return (await file.read(Buffer.alloc(XML_BYTES_MAX + 1), 0, XML_BYTES_MAX + 1, 0)).buffer
    } finally {
      await file.close()
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

/** A name that is free in a folder: a later file of the same name does not cover an earlier one. */
async function freeName(folder: string, name: string): Promise<string> {
  for (let n = 1; ; n += 1) {
    const path = join(folder, n === 1 ? name : `${name.slice(0, -4)}.${n}.xml`)
    if (!(await exists(path))) return path
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
}
