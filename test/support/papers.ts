import { buffer } from 'node:stream/consumers'
import { expect } from '@jest/globals'
import { documents } from '../../src/documents/documents.ts'
import type { DocumentFormat, DocumentRequest } from '../../src/documents/documents.ts'
import type { Act } from '../../src/lib/act.ts'
import { ledger } from '../../src/ledger/ledger.ts'
import { openSpool } from '../../src/lib/spool.ts'
import type { FreshDatabase } from './database.ts'
import type { ExportTown } from './export-town.ts'
import * as pdfs from './pdf.ts'
import { valueOf } from './sql.ts'
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

/**
 * The text of a paper as whoever sees the province has it: twice the same bytes, with a title, an author and tags, in Vietnamese
 * and NFC, inert, with its query, and looking as it did (`pdfs.look`; null: no picture of it is kept).
 */
export async function properText(
  database: FreshDatabase,
  request: DocumentRequest,
  name: string | null,
  by = leader,
): Promise<string> {
  const pdf = await viewed(database, by, request)
  expect((await viewed(database, by, request)).equals(pdf)).toBe(true)
  if (name !== null) pdfs.look(pdf, name)
  const objects = pdfs.objectsOf(pdf)
  expect(objects).not.toMatch(pdfs.ACTIVE)
  expect(objects).toContain('"/Lang": "u:vi-VN"')
  for (const tag of ['/Table', '/THead', '/TH', '/TD', '/H1']) expect(objects).toContain(`"${tag}"`)
  const text = pdfs.textOf(pdf)
  const { Title: title = '', Author: author = '', ...info } = pdfs.infoOf(pdf)
  expect(info).toMatchObject({ Tagged: 'yes', JavaScript: 'no' })
  expect(info['Page size']).toContain('(A4)')
  expect(text).toContain(title)
  expect(text).toContain(author)
  expect(author).not.toBe('')
  expect(text).toBe(text.normalize('NFC'))
  const version = request.kind === 'payout-list' ? 'v2' : 'v1'
  expect(text).toContain(`Truy vấn: ${request.kind}.${version}; tham số: `)
  return text
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

const UNSEALED = `
  select (select count(*) from journal_entry) - coalesce((select max(total_entries) from seal_block), 0)
       + (select count(*) from audit_event) - coalesce((select max(total_events) from audit_block), 0)`

/** Seals all that is there; other tests on the server may hold the horizon for a moment. */
export async function sealPosted({ app, admin }: FreshDatabase): Promise<void> {
  for (;;) {
    await ledger.seal(app, leader)
    if ((await valueOf(admin, UNSEALED)) === '0') return
    await new Promise((go) => setTimeout(go, 20))
  }
}
