import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'

/** A person ready to be stored: read, checked, numbers sealed. */
export interface StoredPerson {
  readonly id: PersonId
  readonly communeId: number
  readonly fullName: string
  readonly givenName: string
  readonly nameKey: string
  readonly givenKey: string
  readonly sex: 'female' | 'male'
  readonly birthDate: LocalDate
  readonly birthPrecision: 'day' | 'year'
  readonly phone: { readonly sealed: string; readonly index: Buffer } | null
  readonly residentSince: LocalDate | null
  readonly village: string | null
}

/** An identity number ready to be stored. */
export interface StoredIdentifier {
  readonly id: string
  readonly personId: PersonId
  readonly kind: 'cccd' | 'cmnd'
  readonly sealed: string
  readonly index: Buffer
  readonly isCurrent: boolean
  readonly validFrom: LocalDate | null
}

/** Enters people with their residence, and the words of their names for searching. A few statements however many. */
export async function insertPeople(
  tx: Tx,
  people: readonly StoredPerson[],
  enteredBy: PersonId,
): Promise<void> {
  const ids = people.map((p) => p.id)
  const communes = people.map((p) => p.communeId)
  await tx.$executeRaw`
    insert into person (id, commune_id, full_name, sex, birth_date, birth_precision, given_name, name_key, phone_sealed, phone_index)
    select p.id, p.commune_id, p.full_name, p.sex, p.birth_date, p.birth_precision, p.given_name, p.name_key, p.phone, decode(p.phone_index, 'hex')
      from unnest(${ids}::uuid[], ${communes}::integer[], ${people.map((p) => p.fullName)}::text[], ${people.map((p) => p.sex)}::text[],
        ${people.map((p) => p.birthDate)}::date[], ${people.map((p) => p.birthPrecision)}::text[], ${people.map((p) => p.givenName)}::text[],
        ${people.map((p) => p.nameKey)}::text[], ${people.map((p) => p.phone?.sealed ?? null)}::text[],
        ${people.map((p) => p.phone?.index.toString('hex') ?? null)}::text[])
        as p (id, commune_id, full_name, sex, birth_date, birth_precision, given_name, name_key, phone, phone_index)`
  await tx.$executeRaw`
    insert into person_residence (person_id, commune_id, village, period, entered_by)
    select r.person_id, r.commune_id, r.village, daterange(r.since, null), ${enteredBy}::uuid
      from unnest(${ids}::uuid[], ${communes}::integer[], ${people.map((p) => p.village)}::text[], ${people.map((p) => p.residentSince)}::date[])
        as r (person_id, commune_id, village, since)`
  await insertNames(tx, people)
}

/** The words of names for searching, each once and in order, so that two entries never wait for each other crosswise. */
export async function insertNames(
  tx: Tx,
  names: readonly Pick<StoredPerson, 'givenName' | 'givenKey' | 'nameKey'>[],
): Promise<void> {
  const words = new Set(names.flatMap(({ nameKey }) => nameKey.split(' ').slice(0, -1)))
  const given = new Map(names.map(({ givenName, givenKey }) => [givenName, givenKey]))
  await tx.$executeRaw`
    insert into name_word (word) select w from unnest(${[...words]}::text[]) w
     where not exists (select 1 from name_word n where n.word = w) order by w on conflict do nothing`
  await tx.$executeRaw`
    insert into given_name (name, key)
    select g.name, g.key from unnest(${[...given.keys()]}::text[], ${[...given.values()]}::text[]) as g (name, key)
     where not exists (select 1 from given_name n where n.name = g.name) order by g.name on conflict do nothing`
}

/** Enters identity numbers. */
export async function insertIdentifiers(
  tx: Tx,
  rows: readonly StoredIdentifier[],
  enteredBy: PersonId,
): Promise<void> {
  if (rows.length === 0) return
  await tx.$executeRaw`
    insert into person_identifier (id, person_id, kind, sealed, value_index, is_current, valid_from, entered_by)
    select i.id, i.person_id, i.kind, i.sealed, decode(i.value_index, 'hex'), i.is_current, i.valid_from, ${enteredBy}::uuid
      from unnest(${rows.map((r) => r.id)}::uuid[], ${rows.map((r) => r.personId)}::uuid[], ${rows.map((r) => r.kind)}::text[],
        ${rows.map((r) => r.sealed)}::text[], ${rows.map((r) => r.index.toString('hex'))}::text[],
        ${rows.map((r) => r.isCurrent)}::boolean[], ${rows.map((r) => r.validFrom)}::date[])
        as i (id, person_id, kind, sealed, value_index, is_current, valid_from)`
}

/** Ends current identity numbers of people on a day; the rows stay as history. */
export async function endIdentifiers(
  tx: Tx,
  people: readonly PersonId[],
  on: LocalDate,
): Promise<void> {
  await tx.$executeRaw`
    update person_identifier set is_current = false, valid_to = greatest(valid_from, ${on}::date)
     where person_id = any (${people}::uuid[]) and is_current`
}

/** Which of these blind indexes are the current number of somebody, in whatever commune, in hex. */
export async function takenIndexes(tx: Tx, indexes: readonly Buffer[]): Promise<readonly string[]> {
  const rows = await tx.$queryRaw<{ index: string }[]>`
    select encode(taken, 'hex') as index
      from id_numbers_taken(array(select decode(h, 'hex') from unnest(${indexes.map((i) => i.toString('hex'))}::text[]) h)) taken`
  return rows.map(({ index }) => index)
}

/** The codes that an identity number may begin with. */
export async function idPlaces(tx: Tx): Promise<ReadonlySet<string>> {
  const rows = await tx.$queryRaw<{ code: string }[]>`select code from id_place`
  return new Set(rows.map(({ code }) => code))
}

/** What moves whom to which commune, from which day. */
export interface Move {
  readonly personId: PersonId
  readonly toCommuneId: number
  readonly on: LocalDate
  readonly document: string
  /** Thôn, tổ dân phố of the new home; null: not known. */
  readonly village: string | null
}

/** Where each of these people lives, locked in the order of their ids; since when and in which village, null: nobody knows. */
export async function lockResidences(tx: Tx, ids: readonly PersonId[]) {
  return tx.$queryRaw<
    {
      id: PersonId
      communeId: number
      merged: boolean
      since: LocalDate | null
      village: string | null
    }[]
  >`
    select p.id, p.commune_id as "communeId", p.merged_into is not null as merged, lower(r.period)::text as since, r.village
      from person p join person_residence r on r.person_id = p.id and upper_inf(r.period)
     where p.id = any (${ids}::uuid[]) order by p.id for update of p`
}

/** Which of these communes are in force on the days of the moves: pairs as "commune day". */
export async function communesInForce(
  tx: Tx,
  moves: readonly Move[],
): Promise<ReadonlySet<string>> {
  const rows = await tx.$queryRaw<{ pair: string }[]>`
    select distinct m.commune || ' ' || m.day as pair
      from unnest(${moves.map((m) => m.toCommuneId)}::integer[], ${moves.map((m) => m.on)}::date[]) as m (commune, day)
      join commune c on c.id = m.commune and c.valid_from <= m.day and (c.valid_to is null or c.valid_to >= m.day)`
  return new Set(rows.map(({ pair }) => pair))
}

/** Ends the open residences on the days of the moves and begins the next ones. */
export async function storeMoves(
  tx: Tx,
  moves: readonly Move[],
  enteredBy: PersonId,
): Promise<void> {
  const [ids, days] = [moves.map((m) => m.personId), moves.map((m) => m.on)]
  const communes = moves.map((m) => m.toCommuneId)
  await tx.$executeRaw`
    update person_residence r set period = daterange(lower(r.period), m.day)
      from unnest(${ids}::uuid[], ${days}::date[]) as m (person_id, day) where r.person_id = m.person_id and upper_inf(r.period)`
  await tx.$executeRaw`
    insert into person_residence (person_id, commune_id, village, period, document, entered_by)
    select m.person_id, m.commune_id, m.village, daterange(m.day, null), m.document, ${enteredBy}::uuid
      from unnest(${ids}::uuid[], ${communes}::integer[], ${moves.map((m) => m.village)}::text[], ${days}::date[],
        ${moves.map((m) => m.document)}::text[]) as m (person_id, commune_id, village, day, document)`
  await tx.$executeRaw`
    update person p set commune_id = m.commune_id
      from unnest(${ids}::uuid[], ${communes}::integer[]) as m (person_id, commune_id) where p.id = m.person_id`
}
