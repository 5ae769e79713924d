import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'

export type JobState = 'QUEUED' | 'RUNNING' | 'DONE' | 'FAILED' | 'EXPIRED'

/** Long work as whoever asked for it sees it. */
export interface JobRow {
  readonly id: string
  readonly kind: string
  readonly state: JobState
  readonly rowsDone: bigint
  readonly rowsTotal: bigint | null
  readonly problem: string | null
  readonly result: Readonly<Record<string, unknown>> | null
  readonly createdAt: Date
  readonly finishedAt: Date | null
  /** When its file is removed. */
  readonly keptUntil: Date | null
}

/** What a run works on. */
export interface ClaimedJob {
  readonly id: string
  readonly kind: string
  /** Sealed. */
  readonly request: string
  readonly askedBy: PersonId
  readonly requestId: string | null
  readonly source: string | null
  readonly attempt: number
  readonly fence: string
  /** Whether a run of it died before. */
  readonly died: boolean
}

/** A run that said nothing for as long has died. */
const SILENT_SECONDS = 60
/** How long a result is kept. */
const KEPT_DAYS = 30

/** Keeps what is asked for, in the transaction of the request: the row is what will be done (docs/adr/0008). */
export async function insertJob(
  tx: Tx,
  job: Pick<ClaimedJob, 'id' | 'kind' | 'request' | 'askedBy' | 'requestId' | 'source'>,
): Promise<void> {
  await tx.$executeRaw`
    insert into job (id, kind, request, asked_by, request_id, source)
    values (${job.id}::uuid, ${job.kind}, ${job.request}, ${job.askedBy}::uuid, ${job.requestId}, ${job.source})`
}

/** A job of whoever acts; undefined when it is not there, or not theirs. */
export async function jobById(tx: Tx, id: string): Promise<JobRow | undefined> {
  const [row] = await tx.$queryRaw<JobRow[]>`
    select id, kind, state, rows_done as "rowsDone", rows_total as "rowsTotal", problem, result, created_at as "createdAt",
           finished_at as "finishedAt", finished_at + ${KEPT_DAYS} * interval '1 day' as "keptUntil"
      from job where id = ${id}::uuid`
  return row
}

/** The jobs of whoever acts, the newest first. */
export async function latestJobs(tx: Tx, limit: number): Promise<readonly JobRow[]> {
  return tx.$queryRaw<JobRow[]>`
    select id, kind, state, rows_done as "rowsDone", rows_total as "rowsTotal", problem, result, created_at as "createdAt",
           finished_at as "finishedAt", finished_at + ${KEPT_DAYS} * interval '1 day' as "keptUntil"
      from job order by created_at desc, id limit ${limit}`
}

/** Takes the oldest job that waits, or whose run has died; what an earlier run wrote is removed. Undefined: nothing to do. */
export async function claimJob(tx: Tx): Promise<ClaimedJob | undefined> {
  const [row] = await tx.$queryRaw<ClaimedJob[]>`
    with next as (select id, state = 'RUNNING' as died from job
                   where state = 'QUEUED' or (state = 'RUNNING' and beat_at < clock_timestamp() - ${SILENT_SECONDS} * interval '1 second')
                   order by created_at limit 1 for update skip locked)
    update job j set state = 'RUNNING', attempt = j.attempt + 1, fence = gen_random_uuid(), rows_done = 0, rows_total = null,
                     beat_at = clock_timestamp()
      from next n where j.id = n.id
    returning j.id, j.kind, j.request, j.asked_by as "askedBy", j.request_id as "requestId", j.source,
              j.attempt::integer as attempt, j.fence, n.died`
  if (row !== undefined) await tx.$executeRaw`delete from job_part where job_id = ${row.id}::uuid`
  return row
}

type Fenced = Pick<ClaimedJob, 'id' | 'fence'>

/** Says how far a run is, and that it lives. False when another has taken its place. */
export async function beat(
  tx: Tx,
  { id, fence }: Fenced,
  rows: { readonly done: number; readonly total: number | null },
): Promise<boolean> {
  const count = await tx.$executeRaw`
    update job set rows_done = ${rows.done}::bigint, rows_total = ${rows.total}::bigint, beat_at = clock_timestamp()
     where id = ${id}::uuid and state = 'RUNNING' and fence = ${fence}::uuid`
  return count === 1
}

/** Adds a piece of the file, if the run still has the fence. */
export async function addPart(
  tx: Tx,
  { id, fence }: Fenced,
  part: { readonly seq: number; readonly sealed: string },
): Promise<void> {
  await tx.$executeRaw`
    insert into job_part (job_id, seq, sealed)
    select id, ${part.seq}::integer, ${part.sealed} from job
     where id = ${id}::uuid and state = 'RUNNING' and fence = ${fence}::uuid`
}

/** Ends a run; a run without the fence changes nothing. Returns whether it did. */
export async function endJob(
  tx: Tx,
  { id, fence }: Fenced,
  end:
    | {
        readonly state: 'DONE'
        readonly result: Readonly<Record<string, unknown>>
        readonly communes: readonly number[] | null
        readonly rows: number
      }
    | { readonly state: 'FAILED'; readonly problem: string }
    | { readonly state: 'QUEUED' },
): Promise<boolean> {
  const done = end.state === 'DONE' ? end : null
  const problem = end.state === 'FAILED' ? end.problem : null
  const communes = done?.communes ?? null
  const count = await tx.$executeRaw`
    update job set state = ${end.state}, problem = ${problem}, result = ${done && JSON.stringify(done.result)}::jsonb,
                   communes = ${communes && [...communes]}::integer[],
                   rows_done = coalesce(${done?.rows ?? null}::bigint, rows_done),
                   rows_total = coalesce(${done?.rows ?? null}::bigint, rows_total),
                   finished_at = case when ${end.state} <> 'QUEUED' then clock_timestamp() end
     where id = ${id}::uuid and state = 'RUNNING' and fence = ${fence}::uuid`
  return count === 1
}

/** Gives a run back that the end of its process cut short: it does not count as one, and whoever looks next begins it anew. */
export async function giveBack(tx: Tx, { id, fence }: Fenced): Promise<void> {
  await tx.$executeRaw`
    update job set state = 'QUEUED', attempt = attempt - 1, fence = null
     where id = ${id}::uuid and state = 'RUNNING' and fence = ${fence}::uuid`
}

/** What was asked (sealed), and the communes that the result is about (null: the province). */
export async function askedOf(
  tx: Tx,
  id: string,
): Promise<{ readonly communes: readonly number[] | null; readonly request: string }> {
  const [row] = await tx.$queryRaw<{ communes: number[] | null; request: string }[]>`
    select communes, request from job where id = ${id}::uuid`
  return row ?? { communes: null, request: '' }
}

/** Pieces of a job's file as they were sealed, after one by number; at most `limit`. */
export async function partsAfter(
  tx: Tx,
  id: string,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly { readonly seq: number; readonly sealed: string }[]> {
  return tx.$queryRaw`
    select seq, sealed from job_part where job_id = ${id}::uuid and seq > ${after}::integer order by seq limit ${limit}`
}

/** Removes the files that were kept for their time. Returns of how many jobs. */
export async function expireJobs(tx: Tx): Promise<number> {
  await tx.$executeRaw`
    delete from job_part p using job j where j.id = p.job_id and j.state = 'DONE'
       and j.finished_at < clock_timestamp() - ${KEPT_DAYS} * interval '1 day'`
  return tx.$executeRaw`
    update job set state = 'EXPIRED'
     where state = 'DONE' and finished_at < clock_timestamp() - ${KEPT_DAYS} * interval '1 day'`
}
