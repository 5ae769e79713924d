import { z } from 'zod'
import { documents } from '../../documents/documents.ts'
import type { DocumentFormat, DocumentKind, StoredDocument } from '../../documents/documents.ts'
import { actAs } from '../../lib/db.ts'
import { DomainError } from '../../lib/errors.ts'
import { spooled } from '../file.ts'
import { cut, pageOf, pageQuery } from '../paging.ts'
import { Refusal } from '../problem.ts'
import { route } from '../route.ts'
import type { Call } from '../route.ts'
import { day, dong, sha256, uuid, words } from '../wire.ts'

const tag = 'Văn bản · Documents'
const params = z.strictObject({ documentId: uuid })
const asked = { document: documents.request }
const example = {
  document: { kind: 'payout-list', listId: '5b0f3d0e-54a5-4bd5-8f65-0d1f7f7c7c10' },
}

/** An issued document as it goes out; what it is about in numbers, nothing of a person. */
const issued = z.object({
  id: uuid,
  code: z.string(),
  kind: z.string(),
  communeId: z.int().nullable(),
  title: z.string(),
  number: z.int(),
  symbol: z.string(),
  issuedOn: day,
  headBlock: z.string().nullable(),
  head: sha256.nullable(),
  rowCount: z.int(),
  total: dong.nullable(),
  rowsHash: sha256,
  fileHash: sha256,
  fileBytes: z.int(),
  replaces: uuid.nullable(),
  replacedBy: uuid.nullable(),
})

const viewDocument = route({
  operation: 'viewDocument',
  method: 'POST',
  path: '/documents/view',
  permission: 'documents.read',
  ...{ asksOnly: true, givesFile: true, snapshot: true },
  tag,
  summary: {
    vi: 'Xem một văn bản chưa phát hành (PDF, XLSX, CSV); số được che, trừ khi có mục đích',
    en: 'A document that is not issued, as PDF, XLSX or CSV; numbers masked, or in clear for a purpose',
  },
  body: z.strictObject({
    ...asked,
    format: z.enum(['pdf', 'xlsx', 'csv']),
    purpose: words(200).nullable().default(null),
  }),
  answer: z.unknown(),
  examples: { body: { ...example, format: 'pdf', purpose: null } },
  handle: (call) => {
    const { document: request, format, purpose } = call.body
    return spooled(fileNameOf(request.kind, format), async (spool) => {
      const { tx, vault } = call
      const by = await actFor(call, request.kind, purpose !== null)
      const { answer: linesMax } = documents.linesMax
      const reveal = purpose === null ? undefined : { purpose }
      const of = { request, format, out: spool.out, linesMax, reveal }
      await naming(documents.view(tx, vault, by, of))
    })
  },
})

const issueDocument = route({
  operation: 'issueDocument',
  method: 'POST',
  path: '/documents',
  permission: 'documents.issue',
  snapshot: true,
  tag,
  summary: {
    vi: 'Phát hành một văn bản: có số, mã và tệp được lưu nguyên',
    en: 'Issue a document: numbered, and kept byte for byte',
  },
  body: z.strictObject(asked),
  answer: issued,
  status: 201,
  examples: { body: example },
  handle: async (call) => {
    const { document: request } = call.body
    const by = await actFor(call, request.kind)
    const { answer: linesMax } = documents.linesMax
    const signing = documents.signingOf(call.signer, call.nowMs())
    const of = { request, on: call.today(), checkUrl: call.publicUrl, linesMax, signing }
    return naming(documents.issue(call.tx, call.vault, by, of))
  },
})

const getDocuments = route({
  operation: 'getDocuments',
  method: 'GET',
  path: '/documents',
  permission: 'documents.read',
  tag,
  summary: { vi: 'Văn bản đã phát hành, mới trước', en: 'Issued documents, the newest first' },
  query: z.strictObject({ ...pageQuery, after: uuid.optional() }),
  answer: pageOf(issued),
  examples: {},
  handle: async ({ tx, may, query: { after = null, limit } }) => {
    const kinds = Object.entries(documents.actions).flatMap(([kind, action]) =>
      may(action) === null ? [] : [kind],
    )
    const rows = await documents.issued(tx, { kinds, after, limit: limit + 1 })
    return cut(rows, limit, ({ id }) => id)
  },
})

const getDocument = route({
  operation: 'getDocument',
  method: 'GET',
  path: '/documents/{documentId}',
  permission: 'documents.read',
  tag,
  summary: { vi: 'Một văn bản đã phát hành', en: 'An issued document' },
  params,
  answer: issued,
  examples: {},
  handle: async (call) => (await readable(call, call.params.documentId)).document,
})

const getDocumentFile = route({
  operation: 'getDocumentFile',
  method: 'GET',
  path: '/documents/{documentId}/file',
  permission: 'documents.read',
  ...{ givesFile: true, snapshot: true },
  tag,
  summary: {
    vi: 'Tệp của văn bản, như đã phát hành',
    en: 'The file of a document as it was issued',
  },
  params,
  answer: z.unknown(),
  examples: {},
  handle: async (call) => {
    const { document, by } = await readable(call, call.params.documentId)
    return spooled(fileNameOf(document.kind, 'pdf'), (spool) =>
      documents.fetch(call.tx, by, document, spool.out),
    )
  },
})

const fileNameOf = (kind: string, format: DocumentFormat) => documents.fileName(kind, format)

/**
 * From here on the transaction sees what the paper's own permission allows, and with numbers in clear what that to see them
 * does. Throws Refusal 403.
 */
async function actFor({ tx, permit }: Call, kind: DocumentKind, reveals = false) {
  const reads = permit(documents.actions[kind])
  const by = reveals ? permit('people.reveal') : reads
  await actAs(tx, by)
  return by
}

/** An issued document that both permissions reach: what one of them does not is not there. */
async function readable(call: Call, id: string) {
  const { kind }: StoredDocument = await documents.get(call.tx, id)
  const by = await actFor(call, kind as DocumentKind)
  return { by, document: await documents.get(call.tx, id) }
}

/** What a paper refuses of its request is said of the field that it is about. */
export async function naming<T>(writing: Promise<T>): Promise<T> {
  try {
    return await writing
  } catch (error) {
    if (!(error instanceof DomainError) || error.kind !== 'invalid') throw error
    const { field } = error.extra
    if (typeof field !== 'string') throw error
    const fault = { in: 'body', pointer: `/document/${field}`, detail: error.message } as const
    throw new Refusal(422, error.code, { errors: [fault] })
  }
}

/** Papers: asked for as views, issued, and fetched again as they were. */
export const documentPaperRoutes = [
  ...[viewDocument, issueDocument, getDocuments, getDocument, getDocumentFile],
]
