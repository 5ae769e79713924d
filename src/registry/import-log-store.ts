import type { Act, PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { KindName } from './imports-kind.ts'

/** A file that was taken: what it was and what it did. */
export interface FileTaken {
  readonly id: string
  readonly kind: KindName | 'death-feed'
  readonly fileName: string
  /** Of the bytes, in hex. */
  readonly sha256: string
  readonly sizeBytes: number
  readonly format: 'xlsx' | 'csv'
  readonly rows: {
    readonly total: number
    readonly applied: number
    readonly same: number
    /** Refused, or not chosen. */
    readonly left: number
  }
  /** Of the rows that were applied: who sees them all sees the file. Null: only who sees the province. */
  readonly communes: readonly number[] | null
  /** Of what is paid a month, in đồng; null of a feed, which changes nothing until somebody confirms. */
  readonly change: bigint | null
}

/** Records a file. A second one with the same bytes is refused by `import_file_once`. */
export async function insertImportFile(
  tx: Tx,
  by: Act,
  file: FileTaken,
  confirmedBy: PersonId | null,
): Promise<void> {
  const { rows, communes } = file
  await tx.$executeRaw`
    insert into import_file (id, kind, file_name, sha256, size_bytes, format, rows_total, rows_applied, rows_same,
                             rows_left, communes, change, entered_by, confirmed_by)
    values (${file.id}::uuid, ${file.kind}, ${file.fileName}, decode(${file.sha256}, 'hex'), ${file.sizeBytes},
            ${file.format}, ${rows.total}, ${rows.applied}, ${rows.same}, ${rows.left},
            ${communes === null ? null : [...communes]}::integer[], ${file.change}, ${by.actor}::uuid, ${confirmedBy}::uuid)`
}

/** Waits until nobody else takes the same bytes; held to the end of the transaction. */
export async function lockBytes(tx: Tx, sha256: string): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${'import:' + sha256}, 0))`
}

/** When the same bytes were taken, in the province's time, and how many rows of them; undefined when nobody did. */
export async function takenBefore(
  tx: Tx,
  sha256: string,
): Promise<{ readonly at: string; readonly applied: number } | undefined> {
  const [row] = await tx.$queryRaw<{ at: string; applied: number }[]>`
    select to_char(at at time zone 'Asia/Ho_Chi_Minh', 'HH24:MI "ngày" DD/MM/YYYY') as at, applied
      from import_taken(decode(${sha256}, 'hex'))`
  return row
}

/** Records what each row of a file became, by Excel's number. */
export async function insertImportRows(
  tx: Tx,
  fileId: string,
  subjects: ReadonlyMap<number, string>,
): Promise<void> {
  await tx.$executeRaw`
    insert into import_row (file_id, row_number, subject)
    select ${fileId}::uuid, r.row_number, r.subject
      from unnest(${[...subjects.keys()]}::integer[], ${[...subjects.values()]}::text[]) as r (row_number, subject)`
}
