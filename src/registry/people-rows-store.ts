import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'
import type { StoredPerson } from './people-store.ts'

/** A person as the database has them. */
export interface PersonRow {
  readonly id: PersonId
  readonly communeId: number
  readonly commune: string
  readonly fullName: string
  readonly sex: 'female' | 'male'
  readonly birthDate: LocalDate
  readonly birthPrecision: 'day' | 'year'
  readonly phoneSealed: string | null
  readonly diedOn: LocalDate | null
  readonly mergedInto: PersonId | null
}

/** An identity number as the database has it. */
export interface IdentifierRow {
  readonly id: string
  readonly personId: PersonId
  readonly kind: 'cccd' | 'cmnd'
  readonly sealed: string
  readonly isCurrent: boolean
  readonly validFrom: LocalDate | null
  readonly validTo: LocalDate | null
}

/** A stretch of time that a person lived in a commune; `to` is the day on which it was over. */
export interface Residence {
  readonly communeId: number
  readonly commune: string
  /** Thôn, tổ dân phố; null: not known. */
  readonly village: string | null
  readonly from: LocalDate | null
  readonly to: LocalDate | null
  readonly document: string | null
}

/** One corrected datum. Numbers are masked. */
export interface Change {
  readonly field: 'full_name' | 'sex' | 'birth' | 'id_number' | 'phone' | 'village'
  readonly before: string | null
  readonly after: string | null
  readonly reason: string
  readonly document: string | null
  readonly actor: PersonId
}

/**
 * People by id in Vietnamese order; what the transaction may not see is left out. A commune that a person has left sees
 * the row without the phone number, as it does without the identity numbers.
 */
export async function peopleById(tx: Tx, ids: readonly PersonId[]): Promise<readonly PersonRow[]> {
  return tx.$queryRaw<PersonRow[]>`
    select p.id, p.commune_id as "communeId", c.full_name_vi as commune, p.full_name as "fullName", p.sex,
           p.birth_date::text as "birthDate", p.birth_precision as "birthPrecision",
           case when scope_is_province() or p.commune_id = any (scope_communes()) then p.phone_sealed end as "phoneSealed",
           p.died_on::text as "diedOn", p.merged_into as "mergedInto"
      from person p join commune c on c.id = p.commune_id where p.id = any (${ids}::uuid[])
     order by p.given_name, p.full_name, p.id`
}

/** Locks people against other corrections and merges, in the order of their ids; returns those that can be seen. */
export async function lockPeople(tx: Tx, ids: readonly PersonId[]): Promise<readonly PersonId[]> {
  const rows = await tx.$queryRaw<{ id: PersonId }[]>`
    select id from person where id = any (${ids}::uuid[]) order by id for update`
  return rows.map(({ id }) => id)
}

/** The identity numbers of people: current ones first, then by kind and time. */
export async function identifiersOf(
  tx: Tx,
  ids: readonly PersonId[],
): Promise<readonly IdentifierRow[]> {
  return tx.$queryRaw<IdentifierRow[]>`
    select id, person_id as "personId", kind, sealed, is_current as "isCurrent", valid_from::text as "validFrom", valid_to::text as "validTo"
      from person_identifier where person_id = any (${ids}::uuid[])
     order by person_id, is_current desc, kind, recorded_at desc, id`
}

/** Where a person lived and what was corrected, the latest first each, and which rows were merged into theirs: in one statement. */
export interface PersonHistory {
  readonly residences: readonly Residence[]
  readonly changes: readonly Change[]
  readonly merged: readonly PersonId[]
}

/** The history of a person, as far as the transaction may see it. */
export async function historyOf(tx: Tx, id: PersonId): Promise<PersonHistory> {
  const [history] = await tx.$queryRaw<PersonHistory[]>`
    select (select coalesce(json_agg(r), '[]') from (
              select r.commune_id as "communeId", c.full_name_vi as commune, r.village, lower(r.period) as from, upper(r.period) as to, r.document
                from person_residence r join commune c on c.id = r.commune_id where r.person_id = ${id}::uuid order by r.period desc) r) as residences,
           (select coalesce(json_agg(h), '[]') from (
              select field, before, after, reason, document, actor from person_change where person_id = ${id}::uuid order by id desc) h) as changes,
           (select coalesce(json_agg(p.id order by p.id), '[]') from person p where p.merged_into = ${id}::uuid) as merged`
  return history ?? { residences: [], changes: [], merged: [] }
}

/** Stores the corrected data of a person, all columns that may be corrected. */
export async function updatePerson(
  tx: Tx,
  p: Omit<StoredPerson, 'communeId' | 'residentSince' | 'village' | 'phone'>,
): Promise<void> {
  await tx.$executeRaw`
    update person set full_name = ${p.fullName}, given_name = ${p.givenName}, name_key = ${p.nameKey}, sex = ${p.sex},
           birth_date = ${p.birthDate}::date, birth_precision = ${p.birthPrecision} where id = ${p.id}::uuid`
}

/** Stores another phone number of a person, or none. */
export async function updatePhone(
  tx: Tx,
  id: PersonId,
  phone: StoredPerson['phone'],
): Promise<void> {
  await tx.$executeRaw`
    update person set phone_sealed = ${phone?.sealed ?? null}, phone_index = decode(${phone?.index.toString('hex') ?? null}::text, 'hex')
     where id = ${id}::uuid`
}

/** The village in which a person lives now; null: not known. */
export async function villageOf(tx: Tx, id: PersonId): Promise<string | null> {
  const [row] = await tx.$queryRaw<{ village: string | null }[]>`
    select village from person_residence where person_id = ${id}::uuid and upper_inf(period)`
  return row?.village ?? null
}

/** Stores another village of where a person lives now, or none. */
export async function updateVillage(tx: Tx, id: PersonId, village: string | null): Promise<void> {
  await tx.$executeRaw`
    update person_residence set village = ${village} where person_id = ${id}::uuid and upper_inf(period)`
}

/** Records what was corrected. Append-only. */
export async function insertChanges(
  tx: Tx,
  personId: PersonId,
  changes: readonly Change[],
): Promise<void> {
  await tx.$executeRaw`
    insert into person_change (person_id, field, before, after, reason, document, actor)
    select ${personId}::uuid, c.* from unnest(${changes.map((c) => c.field)}::text[], ${changes.map((c) => c.before)}::text[],
      ${changes.map((c) => c.after)}::text[], ${changes.map((c) => c.reason)}::text[], ${changes.map((c) => c.document)}::text[],
      ${changes.map((c) => c.actor)}::uuid[]) as c`
}

/** Who has an identity number, now or before, by blind index: the person, or whom they were merged into. */
export async function ownersOf(tx: Tx, indexes: readonly Buffer[]): Promise<readonly PersonId[]> {
  const rows = await tx.$queryRaw<{ id: PersonId }[]>`
    with recursive chain (at) as (
      select person_id from person_identifier
       where value_index in (select decode(h, 'hex') from unnest(${indexes.map((i) => i.toString('hex'))}::text[]) h)
      union
      select p.merged_into from chain c join person p on p.id = c.at where p.merged_into is not null)
    select p.id from person p join chain c on c.at = p.id where p.merged_into is null
     order by p.given_name, p.full_name, p.id`
  return rows.map(({ id }) => id)
}

/** Whose phone number this is, by blind index; merged rows are left out. */
export async function phoneOwners(tx: Tx, index: Buffer): Promise<readonly PersonId[]> {
  const rows = await tx.$queryRaw<{ id: PersonId }[]>`
    select id from person where phone_index = decode(${index.toString('hex')}, 'hex') and merged_into is null
     order by given_name, full_name, id`
  return rows.map(({ id }) => id)
}
