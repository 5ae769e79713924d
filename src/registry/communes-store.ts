import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate, Month } from '../lib/time.ts'

/** A commune with its validity. */
export interface CommunePeriod {
  readonly id: number
  readonly code: string
  readonly fullName: string
  readonly nameVi: string
  readonly validFrom: LocalDate
  readonly validTo: LocalDate | null
}

/** What a commune is on the map of a day; `share` of it as a decimal, "1" when whole. */
export interface OnMap {
  readonly communeId: number
  readonly onMap: CommunePeriod
  readonly share: string
  /** The commune itself; what it has become; or, on an earlier map, what it was made of. */
  readonly relation: 'same' | 'became' | 'made-of'
}

/** All communes of all maps, by code and day: a few hundred. */
export async function allCommunes(tx: Tx): Promise<readonly CommunePeriod[]> {
  return tx.$queryRaw<CommunePeriod[]>`
    select id, code, full_name_vi as "fullName", name_vi as "nameVi", valid_from::text as "validFrom", valid_to::text as "validTo"
      from commune order by code, valid_from`
}

/** How communes stand to the communes in force on a day, forwards and backwards. One statement. */
export async function communesOnMap(
  tx: Tx,
  ids: readonly number[],
  mapDay: LocalDate,
): Promise<readonly OnMap[]> {
  const rows = await tx.$queryRaw<
    (CommunePeriod & Pick<OnMap, 'communeId' | 'share' | 'relation'>)[]
  >`
    with asked as (select c.* from commune c where c.id = any (${ids}::integer[])),
         forwards as (
           select a.id as commune_id, m.map_commune_id, m.share, case when m.map_commune_id = a.id then 'same' else 'became' end as relation
             from asked a join communes_on_map(${mapDay}::date) m on m.commune_id = a.id where a.valid_from <= ${mapDay}::date),
         backwards as (
           select a.id, m.commune_id, m.share, 'made-of'
             from (select distinct valid_from from asked where valid_from > ${mapDay}::date) d
             cross join lateral communes_on_map(d.valid_from) m join asked a on a.id = m.map_commune_id and a.valid_from = d.valid_from
             join commune c on c.id = m.commune_id and c.valid_from <= ${mapDay}::date and (c.valid_to is null or c.valid_to >= ${mapDay}::date))
    select x.commune_id as "communeId", x.share::text as share, x.relation, c.id, c.code, c.full_name_vi as "fullName", c.name_vi as "nameVi",
           c.valid_from::text as "validFrom", c.valid_to::text as "validTo"
      from (select * from forwards union all select * from backwards) x join commune c on c.id = x.map_commune_id
     order by x.commune_id, c.code`
  return rows.map(({ communeId, share, relation, ...onMap }) => ({
    ...{ communeId, relation, onMap },
    share: share.replace(/\.?0+$/, ''),
  }))
}

/** Who draws the money of communes. */
export interface PayingUnit {
  readonly id: string
  readonly code: string
  readonly name: string
  readonly validFrom: LocalDate
}

/** All paying units of all maps, by id. */
export async function payingUnits(tx: Tx): Promise<readonly PayingUnit[]> {
  return tx.$queryRaw<PayingUnit[]>`
    select id, code, name_vi as name, valid_from::text as "validFrom" from paying_unit order by id`
}

/** What went over from one commune to another. */
export interface Rehomed {
  readonly oldCommuneId: number
  readonly newCommuneId: number
  readonly effectiveOn: LocalDate
  readonly people: number
  readonly enrolments: number
  /** Accounts, papers, payees and open things. */
  readonly others: number
}

/** Carries the succession out until a day, for the whole province. Nothing that is done already is done again. */
export async function rehome(
  tx: Tx,
  of: { readonly on: LocalDate; readonly enteredBy: PersonId; readonly confirmedBy: PersonId },
): Promise<readonly Rehomed[]> {
  return tx.$queryRaw<Rehomed[]>`
    select old_commune_id as "oldCommuneId", new_commune_id as "newCommuneId", effective_on::text as "effectiveOn", people, enrolments, others
      from rehome_communes(${of.on}::date, ${of.enteredBy}::uuid, ${of.confirmedBy}::uuid) order by effective_on, old_commune_id`
}

/** How many enrolments of a month's list still stand at a commune of an earlier map. */
export async function leftBehind(
  tx: Tx,
  communes: readonly number[],
  month: Month,
): Promise<number> {
  const [row] = await tx.$queryRaw<
    { count: number }[]
  >`select left_behind(${[...communes]}::integer[], ${month}::date) as count`
  return row?.count ?? 0
}

/** The last change that ended each commune: its legal basis, by commune. */
export async function legalBasisOf(
  tx: Tx,
  ids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const rows = await tx.$queryRaw<{ id: number; basis: string }[]>`
    with recursive path (id, at, basis, on_day) as (
      select old_commune_id, new_commune_id, legal_basis, effective_on from commune_succession where old_commune_id = any (${ids}::integer[])
      union all
      select p.id, s.new_commune_id, s.legal_basis, s.effective_on from path p join commune_succession s on s.old_commune_id = p.at
       where s.change <> 'none')
    select distinct on (id) id, basis from path order by id, on_day desc`
  return new Map(rows.map(({ id, basis }) => [id, basis]))
}
