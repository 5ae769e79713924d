import type { Readable } from 'node:stream'
import { fromBufferPromise } from 'yauzl'
import type { Entry, ZipFile } from 'yauzl'
import { DomainError } from './errors.ts'
import { LIMITS } from './spreadsheet.ts'
import { broken, refusal } from './spreadsheet-refusal.ts'

/** The parts of a workbook by name, none of them unpacked yet. */
export interface Package {
  readonly names: readonly string[]
  /** Unpacks a part piece by piece; ends with an error when it is larger than it said. */
  stream(name: string): Promise<Readable>
  /** Unpacks a small part. Throws `spreadsheet-broken` when there is none. */
  text(name: string): Promise<string>
}

/** Unix mode of a symbolic link, in the high half of an entry's attributes. */
const LINK = 0o120000
const MODE = 0o170000

/**
 * Opens a workbook's package and reads its directory only. Throws `spreadsheet-bomb` for more parts or bytes than any
 * list needs, `spreadsheet-locked` for a password, `spreadsheet-broken` for what two readers could read differently:
 * bytes before the first part or after the directory, two parts of one name, links.
 */
export async function openPackage(bytes: Buffer): Promise<Package> {
  const { zip, parts } = await directoryOf(bytes)
  const stream = async (name: string) => {
    const entry = parts.get(name)
    if (entry === undefined) throw broken()
    return zip.openReadStreamPromise(entry)
  }
  const text = async (name: string) => {
    const chunks: Buffer[] = []
    for await (const chunk of await stream(name)) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks).toString('utf8')
  }
  return { names: [...parts.keys()], stream, text }
}

async function directoryOf(bytes: Buffer): Promise<{ zip: ZipFile; parts: Map<string, Entry> }> {
  const parts = new Map<string, Entry>()
  try {
    const zip = await fromBufferPromise(bytes, { lazyEntries: true, autoClose: false })
    if (zip.comment !== '') throw broken()
    refuseCount(zip.entryCount)
    for await (const entry of zip.eachEntry()) {
      refuseEntry(entry)
      if (parts.has(entry.fileName)) throw broken()
      parts.set(entry.fileName, entry)
    }
    refuseSize([...parts.values()])
    return { zip, parts }
  } catch (error) {
    throw asRefusal(error)
  }
}

function refuseCount(count: number): void {
  if (count <= LIMITS.partsMax) return
  throw refusal(
    'spreadsheet-bomb',
    `Tệp có ${String(count)} phần bên trong, nhiều hơn ${String(LIMITS.partsMax)}: chép dữ liệu sang tệp mới rồi gửi lại.`,
  )
}

function refuseEntry(entry: Entry): void {
  if (entry.isEncrypted()) throw locked()
  if (((entry.externalFileAttributes >>> 16) & MODE) === LINK) throw broken()
  if (!entry.canDecodeFileData()) throw broken()
  const { compressedSize, uncompressedSize } = entry
  const tight = uncompressedSize > compressedSize * LIMITS.ratioMax
  if (uncompressedSize > LIMITS.partBytesMax) throw tooLarge(uncompressedSize)
  if (uncompressedSize > LIMITS.ratioFromBytes && tight) throw tooLarge(uncompressedSize)
}

function refuseSize(parts: readonly Entry[]): void {
  const total = parts.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0)
  if (total > LIMITS.unpackedBytesMax) throw tooLarge(total)
  // The first part begins the file: nothing stands before it that another reader might take for the file.
  const begins = parts.some(({ relativeOffsetOfLocalHeader: at }) => at === 0)
  if (!begins) throw broken()
}

/** A workbook that a password protects. */
export const locked = () =>
  refusal(
    'spreadsheet-locked',
    'Tệp có mật khẩu. Bỏ mật khẩu (Tệp > Thông tin > Bảo vệ sổ làm việc) rồi gửi lại.',
  )

const tooLarge = (unpacked: number) =>
  refusal(
    'spreadsheet-bomb',
    `Tệp phình ra ${String(Math.ceil(unpacked / 1_048_576))} MB khi giải nén, quá lớn cho một danh sách. ` +
      'Chép riêng các dòng có dữ liệu sang tệp mới rồi gửi lại.',
  )

/** What yauzl says of a bad package is for programmers; a part that bursts its own size is a bomb. */
export function asRefusal(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DomainError) return error
  if (error.message.startsWith('too many bytes in the stream')) return tooLarge(LIMITS.partBytesMax)
  return broken()
}
