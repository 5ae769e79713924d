import { z } from 'zod'
import { documents } from '../../documents/documents.ts'
import { route } from '../route.ts'
import { asked, job, jobExample } from './jobs.ts'

const makePaper = route({
  operation: 'startPaper',
  method: 'POST',
  path: '/jobs/papers',
  permission: 'documents.read',
  tag: 'Việc dài · Long work',
  summary: {
    vi: 'Lập một văn bản rất dài; tệp được giữ 30 ngày',
    en: 'A paper that is too long to wait for; its file is kept 30 days',
  },
  body: z.strictObject({ document: documents.request, format: z.enum(['pdf', 'xlsx', 'csv']) }),
  answer: job,
  status: 202,
  examples: {
    body: {
      document: { kind: 'payout-list', listId: '5b0f3d0e-54a5-4bd5-8f65-0d1f7f7c7c10' },
      format: 'pdf',
    },
    answer: { ...jobExample, kind: 'paper' },
  },
  handle: (call) => {
    // Who may not read what it is made of is told now.
    call.permit(documents.actions[call.body.document.kind])
    return asked(call, 'paper', call.body)
  },
})

/** Papers as long work. */
export const documentJobRoutes = [makePaper]
