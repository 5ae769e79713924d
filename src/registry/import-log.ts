import type { Act, PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { maskNumbersIn } from './id-number.ts'
import * as store from './import-log-store.ts'
import type { FileTaken } from './import-log-store.ts'

/** A file whose bytes were taken before: it has no effect again, and the message says when it had. */
export interface Already {
  readonly is: 'already'
  readonly message: string
}

/**
 * Takes a file unless its bytes (SHA-256 in hex) were taken before, as whatever kind, under whatever name, by whomever.
 * Who comes while somebody takes the same bytes waits until that transaction has ended. Officers' spreadsheets and the
 * civil-status feed both go through here; `import_file_once` is behind it.
 */
export async function takeOnce<T>(
  tx: Tx,
  sha256: string,
  take: () => Promise<T>,
): Promise<T | Already> {
  await store.lockBytes(tx, sha256)
  const message = await alreadyTaken(tx, sha256)
  return message === null ? take() : { is: 'already', message }
}

/** "Tệp này đã nhận lúc …" of bytes that were taken before, null of others. */
export async function alreadyTaken(tx: Tx, sha256: string): Promise<string | null> {
  const before = await store.takenBefore(tx, sha256)
  if (before === undefined) return null
  return `Tệp này đã nhận lúc ${before.at} (${String(before.applied)} dòng): không có gì thay đổi.`
}

/** Writes down a file that was taken, without the numbers in its name, and what each of its rows became. */
export async function recordTaken(
  tx: Tx,
  by: Act,
  file: FileTaken,
  of: { readonly confirmedBy: PersonId | null; readonly subjects: ReadonlyMap<number, string> },
): Promise<void> {
  const masked = { ...file, fileName: maskNumbersIn(file.fileName) }
  await store.insertImportFile(tx, by, masked, of.confirmedBy)
  await store.insertImportRows(tx, file.id, of.subjects)
}
