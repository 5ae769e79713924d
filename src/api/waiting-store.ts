import type { PersonId } from '../lib/act.ts'
import { Prisma } from '../generated/prisma/client.ts'
import type { Tx } from '../lib/db.ts'

/** Something that waits for a decision. */
export interface WaitingRow {
  /** What is decided on: the id in its address. */
  readonly id: string
  /** As the audit trail names it. */
  readonly subject: string
  readonly communeId: number | null
  /** Who made it, so that somebody else decides. */
  readonly madeBy: PersonId
}

/** For whom is asked: the person who acts and whom they stand in for. */
export interface Asker {
  readonly actor: PersonId
  readonly persons: readonly PersonId[]
  readonly limit: number
}

/** What waits, by kind: its rows as one subquery of id, subject, commune_id, made_by, without what the actor may not decide. */
const WAITS = {
  'list-approval': (actor: PersonId) => Prisma.sql`
    select l.id::text as id, 'list:' || l.number as subject, l.commune_id, l.prepared_by as made_by from payout_list l
     where l.state = 'SUBMITTED'
       and l.row_count > (select coalesce(sum(cardinality(d.rows)), 0) from list_decision d where d.list_id = l.id and d.decision <> 'stop')
       and not exists (select from payout_list o where (o.commune_id, o.month) = (l.commune_id, l.month) and o.prepared_by = ${actor}::uuid)`,
  'list-second-approval': (actor: PersonId) => Prisma.sql`
    select l.id::text as id, 'list:' || l.number as subject, l.commune_id, l.prepared_by as made_by from payout_list l
     where l.state = 'SUBMITTED'
       and l.row_count = (select coalesce(sum(cardinality(d.rows)), 0) from list_decision d where d.list_id = l.id and d.decision <> 'stop')
       and not exists (select from payout_list o where (o.commune_id, o.month) = (l.commune_id, l.month) and o.prepared_by = ${actor}::uuid)
       and not exists (select from list_decision d where d.list_id = l.id and d.decided_by = ${actor}::uuid)`,
  'list-release': (actor: PersonId) => Prisma.sql`
    select l.id::text as id, 'list:' || l.number as subject, l.commune_id, l.prepared_by as made_by from payout_list l
     where l.state = 'APPROVED' and not exists (
       select from payout_list o where (o.commune_id, o.month) = (l.commune_id, l.month)
          and (${actor}::uuid in (o.prepared_by, o.approved_by) or o.state = 'REFUSED' and o.closed_by = ${actor}::uuid
               or exists (select from list_decision d where d.list_id = o.id and d.decision <> 'stop' and d.decided_by = ${actor}::uuid)))`,
  'reissue-approval': (actor: PersonId) => Prisma.sql`
    select i.reference as id, 'instruction:' || i.reference as subject, i.commune_id, i.prepared_by as made_by from instruction i
     where i.state = 'LISTED' and i.replaces is not null and i.prepared_by <> ${actor}::uuid`,
  'reissue-release': (actor: PersonId) => Prisma.sql`
    select i.reference as id, 'instruction:' || i.reference as subject, i.commune_id, i.prepared_by as made_by from instruction i
     where i.state = 'APPROVED' and i.replaces is not null and ${actor}::uuid not in (i.prepared_by, i.approved_by)`,
  'account-change': (actor: PersonId) => Prisma.sql`
    select c.id::text as id, 'account-change:' || c.id as subject, c.commune_id, c.requested_by as made_by from account_change c
     where c.state = 'requested' and c.requested_by <> ${actor}::uuid and c.approved_by is distinct from ${actor}::uuid
       and not is_involved(${actor}::uuid, c.owner_id) and not is_involved(${actor}::uuid, c.person_id)`,
  death: (actor: PersonId) => Prisma.sql`
    select r.id::text as id, 'death-report:' || r.id as subject, r.commune_id, r.proposed_by as made_by from death_report r
     where r.state = 'PROPOSED' and r.proposed_by <> ${actor}::uuid`,
  suspension: (actor: PersonId) => Prisma.sql`
    select s.id::text as id, 'suspension:' || s.id as subject, s.commune_id, s.proposed_by as made_by from suspension s
     where s.state = 'PROPOSED' and s.proposed_by <> ${actor}::uuid`,
  funeral: (actor: PersonId) => Prisma.sql`
    select f.id::text as id, 'funeral:' || f.id as subject, f.commune_id, f.opened_by as made_by from funeral_case f
     where f.state = 'PROPOSED' and f.opened_by <> ${actor}::uuid`,
  merge: (actor: PersonId) => Prisma.sql`
    select m.id::text as id, 'person:' || m.loser_id as subject, p.commune_id, m.proposed_by as made_by
      from person_merge m join person p on p.id = m.loser_id where m.state = 'proposed' and m.proposed_by <> ${actor}::uuid`,
}

/** A kind of decision that waits for somebody. */
export type WaitingKind = keyof typeof WAITS

/**
 * What of a kind waits for a person in what the transaction may see: without what they, or whom they stand in for, did to
 * the same thing that keeps them from `act`. At most `limit`, by id.
 */
export async function waitingFor(
  tx: Tx,
  kind: WaitingKind,
  act: string,
  { actor, persons, limit }: Asker,
): Promise<readonly WaitingRow[]> {
  return tx.$queryRaw<WaitingRow[]>`
    select w.id, w.subject, w.commune_id as "communeId", w.made_by as "madeBy" from (${WAITS[kind](actor)}) w
     where not exists (select from duties_against(${[...persons]}::uuid[], ${act}, w.subject))
     order by w.id limit ${limit}`
}
