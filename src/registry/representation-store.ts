import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'
import type { LegalDocument } from './legal-document.ts'
import type { Term } from './payee-rules.ts'

/** A representation to be entered. */
export interface NewRepresentation {
  readonly id: string
  readonly personId: PersonId
  readonly representativeId: PersonId
  readonly communeId: number
  readonly kind: Term['kind']
  /** Which programmes it is for; none: all. */
  readonly programmes: readonly string[]
  readonly document: LegalDocument
  readonly validFrom: LocalDate
  /** The last day; null when the paper names none. */
  readonly validTo: LocalDate | null
  /** The paper that lets the money go into the representative's own account; null: into the ward's only. */
  readonly ownAccountEvidence: string | null
  readonly kinship: 'parent' | 'grandparent' | null
  /** The representation of the other parent or grandparent, entered before. */
  readonly jointWith: string | null
}

/**
 * Enters representations, on the word of two people. A term that the paper does not name is filled in: an authorisation
 * ends the province's number of months after its date (Civil Code Art 563: 12); whoever represents a minor by law stops
 * at the 18th birthday, whatever the paper says. The database refuses what the law does.
 */
export async function insertRepresentations(
  tx: Tx,
  rows: readonly NewRepresentation[],
  by: { readonly enteredBy: PersonId; readonly confirmedBy: PersonId },
): Promise<void> {
  await tx.$executeRaw`
    insert into representation (id, person_id, representative_id, commune_id, kind, programmes, validity, document_kind, document_number,
                                document_date, document_issuer, document_sha256, own_account_evidence, kinship, joint_with, couple,
                                entered_by, confirmed_by)
    select r.id, r.person_id, r.representative_id, r.commune_id, r.kind, string_to_array(r.programmes, chr(31)),
           daterange(r.valid_from, least(
             coalesce(r.valid_to + 1, case when r.kind = 'authorised' then (r.document_date + make_interval(months => s.value))::date end),
             case when r.kind in ('guardian', 'legal_representative') and r.valid_from < (w.birth_date + interval '18 years')::date
                  then (w.birth_date + interval '18 years')::date end)),
           r.document_kind, r.document_number, r.document_date, r.document_issuer, decode(r.sha256, 'hex'), r.evidence, r.kinship,
           r.joint_with, coalesce(r.joint_with, r.id), ${by.enteredBy}::uuid, ${by.confirmedBy}::uuid
      from unnest(${rows.map((r) => r.id)}::uuid[], ${rows.map((r) => r.personId)}::uuid[], ${rows.map((r) => r.representativeId)}::uuid[],
        ${rows.map((r) => r.communeId)}::integer[], ${rows.map((r) => r.kind)}::text[],
        ${rows.map((r) => r.programmes.join('\u001f'))}::text[], ${rows.map((r) => r.validFrom)}::date[],
        ${rows.map((r) => r.validTo)}::date[], ${rows.map((r) => r.document.kind)}::text[],
        ${rows.map((r) => r.document.number)}::text[], ${rows.map((r) => r.document.date)}::date[],
        ${rows.map((r) => r.document.issuer)}::text[], ${rows.map((r) => r.document.sha256)}::text[],
        ${rows.map((r) => r.ownAccountEvidence)}::text[], ${rows.map((r) => r.kinship)}::text[], ${rows.map((r) => r.jointWith)}::uuid[])
        as r (id, person_id, representative_id, commune_id, kind, programmes, valid_from, valid_to, document_kind, document_number,
              document_date, document_issuer, sha256, evidence, kinship, joint_with)
      join person w on w.id = r.person_id
      join payee_setting s on s.name = 'authorisation_months'`
}

/** Revokes a representation from a day on. Returns its commune, or undefined when there is none or it was revoked. */
export async function revoke(
  tx: Tx,
  of: {
    readonly id: string
    readonly on: LocalDate
    readonly reason: string
    readonly by: PersonId
  },
): Promise<{ readonly communeId: number } | undefined> {
  const [row] = await tx.$queryRaw<{ communeId: number }[]>`
    update representation set revoked_on = ${of.on}::date, revoked_reason = ${of.reason}, revoked_by = ${of.by}::uuid
     where id = ${of.id}::uuid and revoked_on is null returning commune_id as "communeId"`
  return row
}

/** A representation that somebody is paid through, and its last day. */
export interface Expiring {
  readonly representationId: string
  readonly communeId: number
  readonly personId: PersonId
  readonly representativeId: PersonId
  readonly kind: Term['kind']
  readonly lastDay: LocalDate
  readonly programmes: readonly string[]
}

/** Representations in use whose last day lies within `days` days from a day on, the first to end first. */
export async function expiring(
  tx: Tx,
  of: { readonly on: LocalDate; readonly days: number },
): Promise<readonly Expiring[]> {
  return tx.$queryRaw<Expiring[]>`
    select r.id as "representationId", r.commune_id as "communeId", r.person_id as "personId", r.representative_id as "representativeId",
           r.kind, (upper(r.validity) - 1)::text as "lastDay", array_agg(distinct y.programme order by y.programme) as programmes
      from representation r join payee y on y.representation_id = r.id and y.period && daterange(${of.on}::date, null)
     where r.revoked_on is null and upper(r.validity) > ${of.on}::date and upper(r.validity) <= ${of.on}::date + ${of.days}::integer
     group by r.id order by upper(r.validity), r.id`
}

/** Somebody who represents more people than the cap, and how many. */
export interface OfMany {
  readonly representativeId: PersonId
  readonly wards: number
}

/** Who represents more people on a day than the cap allows, most first. Institutions are meant to. */
export async function ofMany(
  tx: Tx,
  of: { readonly on: LocalDate; readonly cap: number },
): Promise<readonly OfMany[]> {
  return tx.$queryRaw<OfMany[]>`
    select representative_id as "representativeId", count(distinct person_id)::integer as wards from representation
     where validity @> ${of.on}::date and kind <> 'institution'
     group by representative_id having count(distinct person_id) > ${of.cap} order by 2 desc, 1`
}
