import { buffer } from 'node:stream/consumers'
import { documents } from '../../src/documents/documents.ts'
import type { DocumentFormat, DocumentRequest } from '../../src/documents/documents.ts'
import type { Act } from '../../src/lib/act.ts'
import { ledger } from '../../src/ledger/ledger.ts'
import { openSpool } from '../../src/lib/spool.ts'
import type { FreshDatabase } from './database.ts'
import type { ExportTown } from './export-town.ts'
import { august, fund, leader, payday } from './town.ts'
import { vault } from './vault.ts'

const { job: LINES_MAX } = documents.linesMax

/** What a request is as a view. */
export async function viewed(
  { app }: FreshDatabase,
  by: Act,
  request: DocumentRequest,
  format: DocumentFormat = 'pdf',
): Promise<Buffer> {
  const spool = await openSpool()
  try {
    await app.transact(
      by,
      (tx) =>
        documents.view(tx, vault, by, { request, format, out: spool.out, linesMax: LINES_MAX }),
      'RepeatableRead',
    )
    return await buffer(spool.read())
  } finally {
    await spool.close()
  }
}

/** Issues a document and reads its file back. */
export async function issued(
  { app }: FreshDatabase,
  by: Act,
  request: DocumentRequest,
  on = payday,
  signing: Parameters<typeof documents.issue>[3]['signing'] = null,
) {
  return app.transact(
    by,
    async (tx) => {
      const document = await documents.issue(tx, vault, by, {
        ...{ request, on, checkUrl: null, linesMax: LINES_MAX, signing },
      })
      const parts: Uint8Array[] = []
      for await (const part of documents.file(tx, document)) parts.push(part)
      return { document, pdf: Buffer.concat(parts) }
    },
    'RepeatableRead',
  )
}

/** Books something in a town and seals it: papers have a head then. */
export async function sealSomething({ database, here }: ExportTown): Promise<void> {
  await database.app.transact(leader, (tx) => ledger.openPeriod(tx, leader, august))
  await fund(database, here.payingUnit, 10_000_000n)
  await sealPosted(database)
}

/** Seals what is there; other tests on the server may hold the horizon for a moment. */
export async function sealPosted({ app }: ExportTown['database']): Promise<void> {
  while ((await ledger.seal(app, leader)) === 0) await new Promise((go) => setTimeout(go, 20))
}
