import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'

/** A file as it is kept, sealed. */
export interface GivenFileRow {
  readonly id: string
  readonly sha256: string
  readonly sizeBytes: number
  readonly content: string
}

/** Keeps a file; only whoever gave it sees the row. */
export async function insertFile(tx: Tx, file: GivenFileRow, by: PersonId): Promise<void> {
  await tx.$executeRaw`
    insert into given_file (id, sha256, size_bytes, content, given_by)
    values (${file.id}::uuid, ${file.sha256}, ${file.sizeBytes}, ${file.content}, ${by}::uuid)`
}

/** A file of the person who acts; undefined when they gave none of that id. */
export async function fileById(tx: Tx, id: string): Promise<GivenFileRow | undefined> {
  const [row] = await tx.$queryRaw<GivenFileRow[]>`
    select id, sha256, size_bytes as "sizeBytes", content from given_file where id = ${id}::uuid`
  return row
}
