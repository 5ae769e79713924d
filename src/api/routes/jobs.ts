import { z } from 'zod'
import { operations } from '../../operations/operations.ts'
import type { JobRow } from '../../operations/long-jobs.ts'
import { registry } from '../../registry/registry.ts'
import { route } from '../route.ts'
import type { Call } from '../route.ts'
import { dayIn, monthIn, time, uuid, words } from '../wire.ts'

const tag = 'Việc dài · Long work'
const params = z.strictObject({ jobId: uuid })
const rows = z.string().regex(/^\d+$/)

/** Long work as it goes out: how far it is by rows, and what came of it. */
export const job = z.object({
  id: uuid,
  kind: z.enum([
    'registry-export',
    'audit-export',
    'month-lists',
    'period-closing',
    'matching',
    'verification',
    'rehoming',
    'paper',
    'paper-issue',
    'list-papers',
  ]),
  state: z.enum(['QUEUED', 'RUNNING', 'DONE', 'FAILED', 'EXPIRED']),
  rowsDone: rows,
  rowsTotal: rows.nullable(),
  problem: z.string().nullable(),
  result: z.record(z.string(), z.unknown()).nullable(),
  createdAt: time,
  finishedAt: time.nullable(),
  keptUntil: time.nullable(),
})
/** Long work as it is answered at first. */
export const jobExample = {
  ...{ id: '5b0f3d0e-54a5-4bd5-8f65-0d1f7f7c7c11', kind: 'registry-export', state: 'QUEUED' },
  ...{ rowsDone: '0', rowsTotal: null, problem: null, result: null },
  ...{ createdAt: '2023-08-03T01:02:03.456Z', finishedAt: null, keptUntil: null },
}

/** Keeps the work in the transaction of the request, as who may have all of it, and wakes a worker after the commit. */
export async function asked(
  call: Call,
  kind: z.output<typeof job>['kind'],
  request: Readonly<Record<string, unknown>>,
): Promise<JobRow> {
  const { tx, vault, permit, wake, afterCommit } = call
  const made = await operations.jobs.ask(tx, vault, permit, { kind, request })
  afterCommit(() => wake(made.id))
  return made
}

const exportRegistry = route({
  operation: 'startRegistryExport',
  method: 'POST',
  path: '/jobs/registry-exports',
  permission: 'exports.use',
  tag,
  summary: {
    vi: 'Xuất tệp của sổ đăng ký: số dòng như màn hình đã hiện; số đầy đủ cần mục đích',
    en: 'A file of the registry: the count that the screen showed; numbers in clear for a purpose',
  },
  body: z.strictObject({
    what: z.enum(['people', 'enrolments', 'accounts', 'deaths']),
    format: z.enum(['csv', 'xlsx']),
    communeId: z.int().min(1).nullable(),
    on: dayIn,
    count: z.int().min(0),
    purpose: words(200).nullable(),
  }),
  answer: job,
  status: 202,
  examples: {
    body: {
      ...{ what: 'people', format: 'xlsx', communeId: null, on: '2023-08-03' },
      ...{ count: 436, purpose: null },
    },
    answer: jobExample,
  },
  handle: (call) => {
    // What would be refused then is refused now.
    const { purpose, communeId } = call.body
    const { scope } = purpose === null ? call.by : call.permit('people.reveal')
    registry.exports.communesOf(scope, communeId)
    return asked(call, 'registry-export', call.body)
  },
})

const exportAudit = route({
  operation: 'exportAudit',
  method: 'POST',
  path: '/jobs/audit-exports',
  permission: 'audit.read',
  tag,
  summary: {
    vi: 'Xuất toàn bộ nhật ký, mỗi sự kiện một dòng JSON',
    en: 'The whole audit trail as JSON Lines',
  },
  answer: job,
  status: 202,
  examples: { answer: { ...jobExample, kind: 'audit-export' } },
  handle: (call) => asked(call, 'audit-export', {}),
})

const verify = route({
  operation: 'startVerification',
  method: 'POST',
  path: '/jobs/verifications',
  permission: 'audit.read',
  tag,
  summary: {
    vi: 'Tính lại toàn bộ sổ và nhật ký từ đầu; sai lệch nêu trong tệp',
    en: 'Recompute ledger and audit trail from zero; what is wrong stands in the file',
  },
  answer: job,
  status: 202,
  examples: { answer: { ...jobExample, kind: 'verification' } },
  handle: (call) => asked(call, 'verification', {}),
})

const drawUpMonth = route({
  operation: 'drawUpMonth',
  method: 'POST',
  path: '/jobs/month-lists',
  permission: 'lists.prepare',
  tag,
  summary: {
    vi: 'Lập và trình danh sách của mọi xã mình phụ trách cho một tháng',
    en: 'Draw up and submit a month’s lists of all one’s communes',
  },
  body: z.strictObject({ month: monthIn }),
  answer: job,
  status: 202,
  examples: { body: { month: '2023-08-01' }, answer: { ...jobExample, kind: 'month-lists' } },
  handle: (call) => asked(call, 'month-lists', call.body),
})

const getJobs = route({
  operation: 'getJobs',
  method: 'GET',
  path: '/jobs',
  permission: 'jobs.read',
  tag,
  summary: { vi: 'Những việc dài mình đã giao', en: 'One’s own long work, the newest first' },
  answer: z.object({ items: z.array(job) }),
  examples: { answer: { items: [jobExample] } },
  handle: async ({ tx }) => ({ items: await operations.jobs.latest(tx, 50) }),
})

const getJob = route({
  operation: 'getJob',
  method: 'GET',
  path: '/jobs/{jobId}',
  permission: 'jobs.read',
  tag,
  summary: {
    vi: 'Một việc dài đi đến đâu; Accept: text/event-stream để theo dõi',
    en: 'How far long work is; Accept: text/event-stream to watch it',
  },
  params,
  answer: job,
  watch: (answer) => !/^(QUEUED|RUNNING)$/.test((answer as { readonly state: string }).state),
  examples: { answer: jobExample },
  handle: ({ tx, params: { jobId } }) => operations.jobs.get(tx, jobId),
})

const getJobResult = route({
  operation: 'getJobResult',
  method: 'GET',
  path: '/jobs/{jobId}/result',
  permission: 'jobs.read',
  tag,
  summary: {
    vi: 'Tệp kết quả, giữ 30 ngày; chỉ người đã giao việc, và còn trong phạm vi',
    en: 'The file that came of it, kept 30 days: for who asked, while still allowed',
  },
  params,
  answer: z.object({}),
  givesFile: true,
  examples: {},
  handle: ({ tx, vault, permit, params: { jobId } }) =>
    operations.jobs.fileOf(tx, vault, jobId, permit),
})

/** What takes longer than a request may. */
export const jobRoutes = [
  ...[exportRegistry, exportAudit, verify, drawUpMonth],
  ...[getJobs, getJob, getJobResult],
]
