import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import type { Term } from './payee-rules.ts'

/** What two people decide about in the registry, as one of them reads it. Each by its id, or a page of those in a state. */

/** Which rows: one by its id, or those after an id (keyset), of any state or of one. */
export type Asked =
  | { readonly id: string }
  | { readonly state: string | null; readonly after: string | null; readonly limit: number }

const partsOf = (asked: Asked) =>
  'id' in asked
    ? { id: asked.id, state: null, after: null, limit: 1 }
    : { id: null, state: asked.state, after: asked.after, limit: asked.limit }

/** A suspension as proposed, decided, rejected or resumed. */
export interface SuspensionState {
  readonly id: string
  readonly personId: PersonId
  readonly head: string
  readonly communeId: number
  readonly reason: string
  readonly from: Month
  readonly to: Month | null
  readonly state: 'PROPOSED' | 'DECIDED' | 'REJECTED' | 'RESUMED'
  readonly withArrears: boolean | null
  readonly proposedBy: PersonId
  readonly decidedBy: PersonId | null
  readonly decisionNumber: string | null
}

/** Suspensions that the transaction may see. */
export async function suspensions(tx: Tx, asked: Asked): Promise<readonly SuspensionState[]> {
  const { id, state, after, limit } = partsOf(asked)
  return tx.$queryRaw<SuspensionState[]>`
    select id, person_id as "personId", head, commune_id as "communeId", reason, from_month::text as "from", to_month::text as "to", state,
           with_arrears as "withArrears", proposed_by as "proposedBy", decided_by as "decidedBy", decision_number as "decisionNumber"
      from suspension
     where (${id}::uuid is null or id = ${id}::uuid) and (${state}::text is null or state = ${state})
       and (${after}::uuid is null or id > ${after}::uuid)
     order by id limit ${limit}`
}

/** A funeral case. */
export interface FuneralState {
  readonly id: string
  readonly personId: PersonId
  readonly communeId: number
  readonly organiserId: PersonId
  readonly diedOn: LocalDate
  readonly certificate: string
  readonly grounds: readonly string[]
  readonly state: 'PROPOSED' | 'DECIDED' | 'REJECTED'
  readonly openedBy: PersonId
  readonly decidedBy: PersonId | null
  readonly decisionNumber: string | null
}

/** Funeral cases that the transaction may see. */
export async function funerals(tx: Tx, asked: Asked): Promise<readonly FuneralState[]> {
  const { id, state, after, limit } = partsOf(asked)
  return tx.$queryRaw<FuneralState[]>`
    select id, person_id as "personId", commune_id as "communeId", organiser_id as "organiserId", died_on::text as "diedOn", certificate,
           grounds, state, opened_by as "openedBy", decided_by as "decidedBy", decision_number as "decisionNumber"
      from funeral_case
     where (${id}::uuid is null or id = ${id}::uuid) and (${state}::text is null or state = ${state})
       and (${after}::uuid is null or id > ${after}::uuid)
     order by id limit ${limit}`
}

/** A merge of two rows of one person. */
export interface MergeState {
  readonly id: string
  readonly loserId: PersonId
  readonly winnerId: PersonId
  readonly reason: string
  readonly state: 'proposed' | 'confirmed' | 'refused'
  readonly proposedBy: PersonId
  readonly decidedBy: PersonId | null
}

/** Merges that the transaction may see. */
export async function merges(tx: Tx, asked: Asked): Promise<readonly MergeState[]> {
  const { id, state, after, limit } = partsOf(asked)
  return tx.$queryRaw<MergeState[]>`
    select id, loser_id as "loserId", winner_id as "winnerId", reason, state, proposed_by as "proposedBy", decided_by as "decidedBy"
      from person_merge
     where (${id}::uuid is null or id = ${id}::uuid) and (${state}::text is null or state = ${state})
       and (${after}::uuid is null or id > ${after}::uuid)
     order by id limit ${limit}`
}

/** A change of an account; the number is not among it. */
export interface ChangeState {
  readonly id: string
  readonly personId: PersonId
  readonly programme: string
  readonly communeId: number
  readonly kind: 'change' | 'correction'
  readonly state: 'requested' | 'approved' | 'refused'
  readonly ownerId: PersonId
  readonly bankCode: string | null
  readonly holderName: string
  readonly requestedOn: LocalDate
  readonly effectiveMonth: Month
  readonly requestedBy: PersonId
  readonly approvedBy: PersonId | null
  readonly secondApprovedBy: PersonId | null
}

/** Changes of accounts that the transaction may see. */
export async function changes(tx: Tx, asked: Asked): Promise<readonly ChangeState[]> {
  const { id, state, after, limit } = partsOf(asked)
  return tx.$queryRaw<ChangeState[]>`
    select id, person_id as "personId", programme, commune_id as "communeId", kind, state, owner_id as "ownerId", bank_code as "bankCode",
           holder_name as "holderName", requested_on::text as "requestedOn", effective_month::text as "effectiveMonth",
           requested_by as "requestedBy", approved_by as "approvedBy", second_approved_by as "secondApprovedBy"
      from account_change
     where (${id}::uuid is null or id = ${id}::uuid) and (${state}::text is null or state = ${state})
       and (${after}::uuid is null or id > ${after}::uuid)
     order by id limit ${limit}`
}

/** A representation as it was entered, and whether it was revoked. */
export interface RepresentationState {
  readonly id: string
  readonly personId: PersonId
  readonly representativeId: PersonId
  readonly communeId: number
  readonly kind: Term['kind']
  readonly programmes: readonly string[]
  readonly validFrom: LocalDate | null
  readonly lastDay: LocalDate | null
  readonly documentKind: string
  readonly documentNumber: string
  readonly documentDate: LocalDate
  readonly documentIssuer: string
  readonly revokedOn: LocalDate | null
  readonly revokedReason: string | null
  readonly enteredBy: PersonId
  readonly confirmedBy: PersonId
}

/** One representation, or all of a person: for whom somebody receives, or who receives for others. */
export async function representations(
  tx: Tx,
  of: { readonly id: string } | { readonly personId: PersonId },
): Promise<readonly RepresentationState[]> {
  const [id, personId] = 'id' in of ? [of.id, null] : [null, of.personId]
  return tx.$queryRaw<RepresentationState[]>`
    select id, person_id as "personId", representative_id as "representativeId", commune_id as "communeId", kind, programmes,
           lower(validity)::text as "validFrom", (upper(validity) - 1)::text as "lastDay", document_kind as "documentKind",
           document_number as "documentNumber", document_date::text as "documentDate", document_issuer as "documentIssuer",
           revoked_on::text as "revokedOn", revoked_reason as "revokedReason", entered_by as "enteredBy", confirmed_by as "confirmedBy"
      from representation
     where id = ${id}::uuid or ${personId}::uuid in (person_id, representative_id)
     order by lower(validity), id limit 200`
}
