import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { documents } from '../documents/documents.ts'
import type { DocumentFormat } from '../documents/documents.ts'
import type { Act } from '../lib/act.ts'
import type { Database, Tx } from '../lib/db.ts'
import { openSpool } from '../lib/spool.ts'
import type { Vault } from '../lib/vault.ts'

const TYPES = {
  pdf: 'application/pdf',
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const

const request = z.strictObject({
  document: documents.request,
  format: z.enum(['pdf', 'xlsx', 'csv']),
})

type PaperRequest = z.output<typeof request>

interface Run {
  readonly db: Database
  readonly vault: Vault
  readonly by: Act
  readonly out: Writable
}

/** A paper that is too long to wait for, as `documents.view` writes it; written to a spool first, for pieces are slow. */
export const paperJob = {
  actions: ({ document }: PaperRequest) =>
    ['documents.read', documents.actions[document.kind]] as const,
  request,
  run: async ({ db, vault, by, out }: Run, { document, format }: PaperRequest) => {
    const spool = await openSpool()
    try {
      const { job: linesMax } = documents.linesMax
      const of = { request: document, format, out: spool.out, linesMax }
      const write = (tx: Tx) => documents.view(tx, vault, by, of)
      const { count: rows } = await db.transact(by, write, 'RepeatableRead')
      await pipeline(spool.read(), out)
      return { rows, file: { name: nameOf(document.kind, format), type: TYPES[format] } }
    } finally {
      await spool.close()
    }
  },
}

const nameOf = (kind: string, format: DocumentFormat) => documents.fileName(kind, format)
