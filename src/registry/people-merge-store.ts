import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'

/** Why two rows may be one person. */
export type DuplicateReason = 'same-id' | 'same-old-id' | 'same-name-birth-commune'

/** Two rows that may be one person, `one` < `other` by id. */
export interface DuplicatePair {
  readonly one: PersonId
  readonly other: PersonId
  readonly reasons: readonly DuplicateReason[]
}

/** A proposed or decided merge. */
export interface MergeRow {
  readonly id: string
  readonly loserId: PersonId
  readonly winnerId: PersonId
  readonly communeId: number
  readonly state: 'proposed' | 'confirmed' | 'refused'
  readonly proposedBy: PersonId
}

/** Pairs in the order of their ids, after a pair, at most `limit`; what was proposed or decided already is left out. */
export async function duplicatePairs(
  tx: Tx,
  of: {
    readonly communes: readonly number[] | null
    readonly after: Pick<DuplicatePair, 'one' | 'other'> | null
    readonly limit: number
  },
): Promise<readonly DuplicatePair[]> {
  const { communes, after, limit } = of
  return tx.$queryRaw<DuplicatePair[]>`
    with here as (
           select id, commune_id, name_key, birth_date, birth_precision from person
            where merged_into is null and (${communes}::integer[] is null or commune_id = any (${communes}::integer[]))),
         pair (one, other, reason) as (
           select least(x.a, x.b), greatest(x.a, x.b), x.reason from (
             select stands_for(a.person_id) as a, stands_for(b.person_id) as b, case a.kind when 'cccd' then 'same-id' else 'same-old-id' end as reason
               from person_identifier a join person_identifier b on b.value_index = a.value_index and a.person_id < b.person_id) x
            where x.a <> x.b
           union
           select a.id, b.id, 'same-name-birth-commune'
             from here a join here b on b.commune_id = a.commune_id and b.name_key = a.name_key and a.id < b.id
              and extract(year from b.birth_date) = extract(year from a.birth_date)
              and (b.birth_date = a.birth_date or 'year' in (a.birth_precision, b.birth_precision)))
    select p.one, p.other, array_agg(p.reason order by p.reason) as reasons
      from pair p join person o on o.id = p.one and o.merged_into is null join person q on q.id = p.other and q.merged_into is null
     where (${communes}::integer[] is null or o.commune_id = any (${communes}::integer[]) or q.commune_id = any (${communes}::integer[]))
       and not exists (select 1 from person_merge m where (m.loser_id, m.winner_id) in ((p.one, p.other), (p.other, p.one)))
       and (${after?.one ?? null}::uuid is null or (p.one, p.other) > (${after?.one ?? null}::uuid, ${after?.other ?? null}::uuid))
     group by p.one, p.other order by p.one, p.other limit ${limit}::bigint`
}

/** Stores a proposal. */
export async function insertMerge(
  tx: Tx,
  merge: Pick<MergeRow, 'id' | 'loserId' | 'winnerId' | 'proposedBy'> & { readonly reason: string },
): Promise<void> {
  await tx.$executeRaw`
    insert into person_merge (id, loser_id, winner_id, reason, proposed_by)
    values (${merge.id}::uuid, ${merge.loserId}::uuid, ${merge.winnerId}::uuid, ${merge.reason}, ${merge.proposedBy}::uuid)`
}

/** A merge, locked against a second decision; undefined when there is none or it cannot be seen. */
export async function lockMerge(tx: Tx, id: string): Promise<MergeRow | undefined> {
  const [row] = await tx.$queryRaw<MergeRow[]>`
    select m.id, m.loser_id as "loserId", m.winner_id as "winnerId", p.commune_id as "communeId", m.state, m.proposed_by as "proposedBy"
      from person_merge m join person p on p.id = m.loser_id where m.id = ${id}::uuid for update of m`
  return row
}

/** What keeps a row from being merged away: its open enrolments, and whom it still receives for. */
export async function openTiesOf(
  tx: Tx,
  id: PersonId,
  on: LocalDate,
): Promise<readonly { readonly what: 'enrolment' | 'representation'; readonly name: string }[]> {
  return tx.$queryRaw<{ what: 'enrolment' | 'representation'; name: string }[]>`
    select 'enrolment' as what, programme || ' (' || id || ')' as name from enrolment
     where person_id = ${id}::uuid and not void and (valid_to is null or valid_to >= ${on}::date)
    union all
    select 'representation', id::text from representation
     where representative_id = ${id}::uuid and (revoked_on is null or revoked_on > ${on}::date)
       and validity && daterange(${on}::date, null) order by 1, 2`
}

/** Stores the decision on a proposal. */
export async function storeDecision(
  tx: Tx,
  id: string,
  decision: { readonly state: 'confirmed' | 'refused'; readonly by: PersonId },
): Promise<void> {
  await tx.$executeRaw`
    update person_merge set state = ${decision.state}, decided_by = ${decision.by}::uuid, decided_at = clock_timestamp()
     where id = ${id}::uuid`
}

/** Points a row at the one that it was merged into. */
export async function pointAt(tx: Tx, loser: PersonId, winner: PersonId): Promise<void> {
  await tx.$executeRaw`update person set merged_into = ${winner}::uuid where id = ${loser}::uuid`
}
