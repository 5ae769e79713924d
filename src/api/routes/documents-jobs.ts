import { z } from 'zod'
import { documents } from '../../documents/documents.ts'
import type { DocumentRequest } from '../../documents/documents.ts'
import { actAs } from '../../lib/db.ts'
import { route } from '../route.ts'
import type { Call } from '../route.ts'
import { monthIn, words } from '../wire.ts'
import { naming } from './documents.ts'
import { asked, job, jobExample } from './jobs.ts'

const tag = 'Việc dài · Long work'
const format = z.enum(['pdf', 'xlsx', 'csv'])
const example = {
  document: { kind: 'payout-list', listId: '5b0f3d0e-54a5-4bd5-8f65-0d1f7f7c7c10' },
}

/** Who may not read what a paper is made of, and what would be too long even for long work, is told now. */
async function requireFitting(
  call: Call,
  request: DocumentRequest,
  purpose: string | null = null,
): Promise<void> {
  const { tx, vault, permit } = call
  const by = permit(documents.actions[request.kind])
  await actAs(tx, by)
  const of = {
    request,
    linesMax: documents.linesMax.job,
    ...(purpose !== null && { reveal: { purpose } }),
  }
  await naming(documents.requireFitting(tx, vault, by, of))
}

const makePaper = route({
  operation: 'startPaper',
  method: 'POST',
  path: '/jobs/papers',
  permission: 'documents.read',
  tag,
  summary: {
    vi: 'Lập một văn bản rất dài; tệp được giữ 30 ngày; số đầy đủ cần mục đích',
    en: 'A paper that is too long to wait for; its file is kept 30 days; numbers in clear for a purpose',
  },
  body: z.strictObject({
    document: documents.request,
    format,
    purpose: words(200).nullable().default(null),
  }),
  answer: job,
  status: 202,
  examples: {
    body: { ...example, format: 'pdf', purpose: null },
    answer: { ...jobExample, kind: 'paper' },
  },
  handle: async (call) => {
    await requireFitting(call, call.body.document, call.body.purpose)
    return asked(call, 'paper', call.body)
  },
})

const issuePaper = route({
  operation: 'startIssue',
  method: 'POST',
  path: '/jobs/issued-papers',
  permission: 'documents.issue',
  tag,
  summary: {
    vi: 'Phát hành một văn bản rất dài; kết quả cho biết số và mã của văn bản',
    en: 'Issue a document that is too long to wait for; the result names it',
  },
  body: z.strictObject({ document: documents.request }),
  answer: job,
  status: 202,
  examples: { body: example, answer: { ...jobExample, kind: 'paper-issue' } },
  handle: async (call) => {
    await requireFitting(call, call.body.document)
    return asked(call, 'paper-issue', call.body)
  },
})

const makeListPapers = route({
  operation: 'startListPapers',
  method: 'POST',
  path: '/jobs/list-papers',
  permission: 'documents.read',
  tag,
  summary: {
    vi: 'Danh sách chi trả của mọi xã trong phạm vi cho một tháng, mỗi xã một tệp, trong một tệp ZIP; phát hành (chỉ PDF) nếu yêu cầu',
    en: 'The lists of a month of all one’s communes as papers, in one ZIP; issued (PDF alone) when asked',
  },
  body: z
    .strictObject({ month: monthIn, format, issue: z.boolean().default(false) })
    .refine(({ format: as, issue }) => !issue || as === 'pdf', {
      ...{ path: ['format'], message: 'only PDF is issued' },
    }),
  answer: job,
  status: 202,
  examples: {
    body: { month: '2023-08-01', format: 'pdf', issue: false },
    answer: { ...jobExample, kind: 'list-papers' },
  },
  handle: (call) => asked(call, 'list-papers', call.body),
})

/** Papers as long work. */
export const documentJobRoutes = [makePaper, issuePaper, makeListPapers]
