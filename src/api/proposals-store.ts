import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'

/** An act that waits for, or had, its second person. */
export interface ProposalRow {
  readonly id: string
  readonly operation: string
  readonly communeId: number | null
  /** What was asked for, sealed. */
  readonly content: string
  readonly contentHash: string
  readonly summary: unknown
  readonly proposedBy: PersonId
  readonly proposedAt: Date
  readonly state: 'OPEN' | 'CONFIRMED' | 'REFUSED' | 'WITHDRAWN'
  readonly decidedBy: PersonId | null
  readonly reason: string | null
  /** Who approved before somebody else confirms: an account of an officer's relative takes both. */
  readonly endorsedBy: PersonId | null
}

/** Keeps what the first person asked for. */
export async function insertProposal(
  tx: Tx,
  row: Pick<
    ProposalRow,
    'id' | 'operation' | 'communeId' | 'content' | 'contentHash' | 'summary' | 'proposedBy'
  > & {
    /** What confirming takes besides what its operation does. */
    readonly besides: string | null
  },
): Promise<void> {
  await tx.$executeRaw`
    insert into proposal (id, operation, commune_id, content, content_hash, summary, proposed_by, besides)
    values (${row.id}::uuid, ${row.operation}, ${row.communeId}, ${row.content}, ${row.contentHash},
            ${JSON.stringify(row.summary)}::jsonb, ${row.proposedBy}::uuid, ${row.besides})`
}

/** Locks a proposal to decide on it; undefined when it is not there, or not for who asks. */
export async function lockProposal(tx: Tx, id: string): Promise<ProposalRow | undefined> {
  const [row] = await tx.$queryRaw<ProposalRow[]>`
    select id, operation, commune_id as "communeId", content, content_hash as "contentHash", summary, proposed_by as "proposedBy",
           proposed_at as "proposedAt", state, decided_by as "decidedBy", reason, endorsed_by as "endorsedBy"
      from proposal where id = ${id}::uuid for update`
  return row
}

/** Open proposals after an id (keyset) of some operations that somebody else made and approved, the oldest first. */
export async function proposalsFor(
  tx: Tx,
  query: {
    readonly operations: readonly string[]
    /** What they may besides, of all that a content may take besides its operation. */
    readonly besides: readonly string[]
    /** Who asks, and whom they stand in for: none of them made it, and it gives none of them anything. */
    readonly users: readonly PersonId[]
    readonly after: string | null
    readonly limit: number
  },
): Promise<readonly ProposalRow[]> {
  return tx.$queryRaw<ProposalRow[]>`
    select id, operation, commune_id as "communeId", content, content_hash as "contentHash", summary, proposed_by as "proposedBy",
           proposed_at as "proposedAt", state, decided_by as "decidedBy", reason, endorsed_by as "endorsedBy"
      from proposal
     where state = 'OPEN' and operation = any (${[...query.operations]}::text[])
       and (besides is null or besides = any (${[...query.besides]}::text[])) and proposed_by <> all (${[...query.users]}::uuid[])
       and (endorsed_by is null or endorsed_by <> all (${[...query.users]}::uuid[]))
       and not (array[summary ->> 'userId', summary ->> 'fromUser', summary ->> 'toUser'] && ${[...query.users]}::text[])
       and (${query.after}::uuid is null or id > ${query.after}::uuid)
     order by id limit ${query.limit}`
}

/** Approves an open proposal before another confirms it, once. */
export async function endorseProposal(tx: Tx, id: string, by: PersonId): Promise<void> {
  await tx.$executeRaw`
    update proposal set endorsed_by = ${by}::uuid, endorsed_at = clock_timestamp() where id = ${id}::uuid`
}

/** Decides on a proposal, once. */
export async function decideProposal(
  tx: Tx,
  id: string,
  decision: {
    readonly state: 'CONFIRMED' | 'REFUSED' | 'WITHDRAWN'
    readonly by: PersonId
    readonly reason: string | null
  },
): Promise<void> {
  await tx.$executeRaw`
    update proposal set state = ${decision.state}, decided_by = ${decision.by}::uuid, decided_at = clock_timestamp(), reason = ${decision.reason}
     where id = ${id}::uuid`
}
