import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { documents } from '../documents/documents.ts'
import type { DocumentFormat } from '../documents/documents.ts'
import type { Tx } from '../lib/db.ts'
import { openSpool } from '../lib/spool.ts'
import type { JobRun } from './job-kind.ts'

const TYPES = {
  pdf: 'application/pdf',
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const

const request = z.strictObject({
  document: documents.request,
  format: z.enum(['pdf', 'xlsx', 'csv']),
  /** Numbers in clear, for this. */
  purpose: z.string().nullable().default(null),
})

type PaperRequest = z.output<typeof request>

const linesMax = documents.linesMax.job

/** A paper that is too long to wait for, as `documents.view` writes it; written to a spool first, for pieces are slow. */
export const paperJob = {
  actions: ({ document, purpose }: PaperRequest) =>
    purpose === null
      ? (['documents.read', documents.actions[document.kind]] as const)
      : (['documents.read', documents.actions[document.kind], 'people.reveal'] as const),
  request,
  run: async ({ db, vault, by, out, progress }: JobRun, asked: PaperRequest) => {
    const { document, format, purpose } = asked
    const spool = await openSpool()
    try {
      const of = {
        ...{ request: document, format, out: spool.out, linesMax, onLines: progress },
        ...(purpose !== null && { reveal: { purpose } }),
      }
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

const issueRequest = z.strictObject({ document: documents.request })
type IssueRequest = z.output<typeof issueRequest>

/**
 * Issues a paper that is too long to wait for. It has the id of the work: a run that is begun anew after it was issued
 * issues it no second time. Its number is taken last, so that short ones of the agency need not wait, and first when it
 * was lost to one of them.
 */
export const paperIssueJob = {
  actions: ({ document }: IssueRequest) =>
    ['documents.issue', documents.actions[document.kind]] as const,
  request: issueRequest,
  run: async (run: JobRun, { document: request }: IssueRequest) => {
    const { id, db, vault, by, today, papers, progress: onLines } = run
    const { checkUrl } = papers
    let numbered: 'last' | 'first' = 'last'
    const write = (tx: Tx) => {
      const signing = documents.signingOf(papers.signer, papers.nowMs())
      const of = { id, request, on: today(), checkUrl, linesMax, signing, numbered, onLines }
      numbered = 'first'
      return documents.issue(tx, vault, by, of)
    }
    const issued = await db.transact(by, write, 'RepeatableRead')
    const detail = { documentId: issued.id, number: documents.numberWords(issued) }
    return { rows: issued.rowCount, file: null, detail }
  },
}
