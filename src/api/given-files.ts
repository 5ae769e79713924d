import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Act } from '../lib/act.ts'
import { homeOf, recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { Sheet } from '../lib/spreadsheet.ts'
import type { Vault } from '../lib/vault.ts'
import type { SheetFile } from './file.ts'
import * as store from './given-files-store.ts'

const cell = z.object({
  column: z.int(),
  kind: z.enum(['text', 'number', 'date', 'boolean', 'error', 'formula']),
  text: z.string(),
})
/** A file as it is kept: what was parsed stands beside the bytes that it was parsed from. */
const kept = z.object({
  name: z.string(),
  bytes: z.string(),
  sheet: z.object({
    format: z.enum(['xlsx', 'csv']),
    delimiter: z.enum([',', ';', '\t']).nullable(),
    rows: z.array(z.object({ number: z.int(), cells: z.array(cell) })),
  }) satisfies z.ZodType<Sheet>,
})

const placeOf = (id: string) => ({ table: 'given_file', column: 'content', row: id })

/** Keeps a guarded and parsed file for whoever gave it, sealed. Returns its id; the audit event has its hash alone. */
export async function keepFile(tx: Tx, vault: Vault, by: Act, file: SheetFile): Promise<string> {
  const id = randomUUID()
  const { name, bytes, sheet, sha256 } = file
  const text = JSON.stringify({ name, bytes: bytes.toString('base64'), sheet })
  const row = { id, sha256, sizeBytes: bytes.length, content: vault.seal(placeOf(id), text) }
  await store.insertFile(tx, row, by.actor)
  const event = { act: 'file.give', subject: `given-file:${id}`, detail: { sha256 } }
  await recordActs(tx, by, [{ ...event, communeId: homeOf(by) }])
  return id
}

/** A file that the person who acts gave before. Throws DomainError `file-missing`: another’s is as little there. */
export async function keptFile(tx: Tx, vault: Vault, id: string): Promise<SheetFile> {
  const row = await store.fileById(tx, id)
  if (row === undefined) {
    throw new DomainError('not-found', 'file-missing', 'Không có tệp này: gửi tệp lên trước')
  }
  const { name, bytes, sheet } = kept.parse(JSON.parse(vault.open(placeOf(id), row.content)))
  return { name, bytes: Buffer.from(bytes, 'base64'), sheet, sha256: row.sha256 }
}
