import { randomUUID } from 'node:crypto'
import type { Act } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { Vault } from '../lib/vault.ts'
import { JOB_KINDS } from './job-kinds.ts'
import type { JobKindName } from './job-kinds.ts'
import * as store from './long-jobs-store.ts'
import type { JobRow } from './long-jobs-store.ts'

export type { JobRow } from './long-jobs-store.ts'

/** Where the parts of a job are sealed. */
export const requestPlace = (id: string) => ({ table: 'job', column: 'request', row: id })
export const partPlace = (id: string, seq: number) => ({
  ...{ table: 'job_part', column: 'sealed', row: `${id}:${String(seq)}` },
})

/**
 * Keeps a piece of long work in the caller's transaction; a worker takes it from there, woken or not (docs/adr/0008).
 * Takes what is asked as the kind has it; returns the job.
 */
async function ask(
  tx: Tx,
  vault: Vault,
  by: Act,
  what: { readonly kind: JobKindName; readonly request: Readonly<Record<string, unknown>> },
): Promise<JobRow> {
  const { kind, request } = what
  JOB_KINDS[kind].request.parse(request)
  const id = randomUUID()
  const { requestId = null, source = null } = by.origin ?? {}
  const sealed = vault.seal(requestPlace(id), JSON.stringify(request))
  await store.insertJob(tx, { id, kind, request: sealed, askedBy: by.actor, requestId, source })
  // An officer of communes writes no event of the province: it stands with the first of theirs.
  const communeId = by.scope === 'province' ? undefined : by.scope.communes[0]
  await recordActs(tx, by, [{ act: 'job.ask', subject: `job:${id}`, communeId, detail: { kind } }])
  return get(tx, id)
}

/** A job of whoever acts. Throws DomainError `job-missing` when there is none, or it is somebody else's. */
async function get(tx: Tx, id: string): Promise<JobRow> {
  const row = await store.jobById(tx, id)
  if (row === undefined) throw new DomainError('not-found', 'job-missing', 'Không có việc này')
  return row
}

/** A finished job's file. */
export interface JobFile {
  readonly name: string
  readonly type: string
  readonly bytes: Buffer
}

/**
 * The file of a job of whoever acts, whose permission must reach as far today as the file does: `permit` gives the act of
 * the kind's action, or throws. Throws DomainError `job-missing`, `job-without-file` (not done, or none came of it),
 * `job-outside` (the reader's communes are fewer now).
 */
async function fileOf(
  tx: Tx,
  vault: Vault,
  id: string,
  permit: (action: (typeof JOB_KINDS)[JobKindName]['action']) => Act,
): Promise<JobFile> {
  const job = await get(tx, id)
  const { scope } = permit(JOB_KINDS[job.kind as JobKindName].action)
  const { name, type } = job.result ?? {}
  if (job.state !== 'DONE' || typeof name !== 'string' || typeof type !== 'string') {
    throw new DomainError('conflict', 'job-without-file', 'Việc này chưa có tệp kết quả')
  }
  const { communes, parts } = await store.fileOf(tx, id)
  const reaches =
    scope === 'province' || communes?.every((one) => scope.communes.includes(one)) === true
  if (!reaches) {
    throw new DomainError('forbidden', 'job-outside', 'Kết quả này nằm ngoài phạm vi hiện nay')
  }
  const pieces = parts.map(({ seq, sealed }) =>
    Buffer.from(vault.open(partPlace(id, seq), sealed), 'base64'),
  )
  return { name, type, bytes: Buffer.concat(pieces) }
}

/** Long work: asked for, watched, fetched. */
export const longJobs = { ask, get, latest: store.latestJobs, fileOf }
