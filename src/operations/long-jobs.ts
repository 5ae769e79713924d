import { randomUUID } from 'node:crypto'
import type { Action } from '../access/access.ts'
import type { Act } from '../lib/act.ts'
import { homeOf, inCommunes, recordActs } from '../lib/audit.ts'
import { actAs } from '../lib/db.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError, invariant } from '../lib/errors.ts'
import { openSpool } from '../lib/spool.ts'
import type { Spool } from '../lib/spool.ts'
import type { Vault } from '../lib/vault.ts'
import { actionsOf, permitAll } from './job-kinds.ts'
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
 * Takes what is asked as the kind has it; `permit` gives the act of one of its actions, or throws. Returns the job.
 */
async function ask(
  tx: Tx,
  vault: Vault,
  permit: (action: Action) => Act,
  what: { readonly kind: JobKindName; readonly request: Readonly<Record<string, unknown>> },
): Promise<JobRow> {
  const { kind, request } = what
  const by = permitAll(actionsOf(kind, request), permit)
  await actAs(tx, by)
  const id = randomUUID()
  const { requestId = null, source = null } = by.origin ?? {}
  const sealed = vault.seal(requestPlace(id), JSON.stringify(request))
  await store.insertJob(tx, { id, kind, request: sealed, askedBy: by.actor, requestId, source })
  const event = { act: 'job.ask', subject: `job:${id}`, detail: { kind } }
  await recordActs(tx, by, [{ ...event, communeId: homeOf(by) }])
  return get(tx, id)
}

/** A job of whoever acts. Throws DomainError `job-missing` when there is none, or it is somebody else's. */
async function get(tx: Tx, id: string): Promise<JobRow> {
  const row = await store.jobById(tx, id)
  if (row === undefined) throw new DomainError('not-found', 'job-missing', 'Không có việc này')
  return row
}

/** A finished job's file, which whoever has it closes. */
export interface JobFile {
  readonly name: string
  readonly length: number
  /** Of the whole file, hex. */
  readonly sha256: string
  readonly read: Spool['read']
  readonly close: Spool['close']
}

/**
 * The file of a job of whoever acts, whose permissions must reach as far today as the file does: `permit` gives the act of
 * one of the request's actions, or throws. Leaves an audit event, one a commune of an officer of communes. Throws DomainError `job-missing`, `job-without-file` (not done, or none came of it),
 * `job-outside` (the reader's communes are fewer now).
 */
async function fileOf(
  tx: Tx,
  vault: Vault,
  id: string,
  permit: (action: Action) => Act,
): Promise<JobFile> {
  const job = await get(tx, id)
  const { communes, request } = await store.askedOf(tx, id)
  const asked: unknown = JSON.parse(vault.open(requestPlace(id), request))
  const reader = permitAll(actionsOf(job.kind as JobKindName, asked), permit)
  const { scope } = reader
  const { name, sha256: made } = job.result ?? {}
  if (job.state !== 'DONE' || typeof name !== 'string') {
    throw new DomainError('conflict', 'job-without-file', 'Việc này chưa có tệp kết quả')
  }
  const reaches =
    scope === 'province' || communes?.every((one) => scope.communes.includes(one)) === true
  if (!reaches) {
    throw new DomainError('forbidden', 'job-outside', 'Kết quả này nằm ngoài phạm vi hiện nay')
  }
  await recordFetch(tx, reader, job, communes)
  const { written, read, close } = await spoolOf(tx, vault, id)
  const { bytes: length, sha256 } = written()
  invariant(sha256 === made, 'the pieces of a file are the file')
  return { name, length, sha256, read, close }
}

/** Pieces that are opened at a time: memory does not grow with the file. */
const PIECES = 16

async function spoolOf(tx: Tx, vault: Vault, id: string): Promise<Spool> {
  const spool = await openSpool()
  try {
    for (let after = 0; ;) {
      const parts = await store.partsAfter(tx, id, { after, limit: PIECES })
      for (const { seq, sealed } of parts) {
        after = seq
        await spool.append(Buffer.from(vault.open(partPlace(id, seq), sealed), 'base64'))
      }
      if (parts.length < PIECES) return spool
    }
  } catch (error) {
    await spool.close()
    throw error
  }
}

/** Whoever takes a file away leaves a trace, as whoever had it made did. */
async function recordFetch(
  tx: Tx,
  by: Act,
  { id, kind, result }: JobRow,
  communes: readonly number[] | null,
): Promise<void> {
  await actAs(tx, by)
  const detail = { kind, sha256: result?.['sha256'] ?? null }
  const event = { act: 'job.fetch', subject: `job:${id}`, detail }
  await recordActs(tx, by, inCommunes(by, communes ?? [], event))
}

/** Long work: asked for, watched, fetched. */
export const longJobs = { ask, get, latest: store.latestJobs, fileOf }
