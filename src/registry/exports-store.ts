import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'
import type { SealedAccount, SealedIdNumber } from './exports-cells.ts'

/** Which rows: of one commune, or of all that the transaction may see, as of a day. */
export interface Asked {
  readonly communeId: number | null
  readonly on: LocalDate
}

/** A person as an export has him: the number sealed. */
export interface PersonLine extends SealedIdNumber {
  readonly key: string
  readonly fullName: string
  readonly birthDate: LocalDate
  readonly birthPrecision: 'day' | 'year'
  readonly sex: 'female' | 'male'
  readonly communeCode: string
  readonly commune: string
}

/** A person with the village of where he lives. */
export interface ResidentLine extends PersonLine {
  readonly village: string | null
}

/** An open enrolment with what its category is worth a month on the day, in đồng. */
export interface EnrolmentLine extends PersonLine {
  readonly programme: string
  /** Of Article 5 the neutral code. */
  readonly categoryCode: string
  readonly validFrom: LocalDate
  readonly amount: bigint
  readonly dossierNumber: string | null
}

/** A payment account that is not replaced: the number sealed. */
export interface AccountLine extends PersonLine, SealedAccount {
  readonly bankCode: string | null
  readonly holderName: string
}

/** A death that is reported of a person in the registry. */
export interface DeathLine extends PersonLine {
  readonly diedOn: LocalDate
  readonly certificate: string
  readonly confirmed: boolean
}

/** Asks for the lines after one, in the order of their keys. */
export interface Page extends Asked {
  readonly after: string | null
  readonly limit: number
}

/** People, merged ones left out. */
export async function personLines(tx: Tx, page: Page): Promise<readonly ResidentLine[]> {
  return tx.$queryRaw<ResidentLine[]>`
    select p.id as key, p.full_name as "fullName", p.birth_date::text as "birthDate", p.birth_precision as "birthPrecision", p.sex, c.code as "communeCode",
           c.full_name_vi as commune, i.id as "identifierId", i.sealed,
           (select r.village from person_residence r where r.person_id = p.id and upper_inf(r.period)) as village
      from person p join commune c on c.id = p.commune_id
      left join person_identifier i on i.person_id = p.id and i.is_current
     where p.merged_into is null and (${page.communeId}::integer is null or p.commune_id = ${page.communeId}::integer)
       and (${page.after}::uuid is null or p.id > ${page.after}::uuid)
     order by p.id limit ${page.limit}`
}

/**
 * Enrolments open on the day. Every category of Article 5 has its neutral code, or those that must would stand out (Decree
 * 20/2021 Art 8.1.b); also on a day on which the category is not in force, and its amount 0.
 */
export async function enrolmentLines(tx: Tx, page: Page): Promise<readonly EnrolmentLine[]> {
  return tx.$queryRaw<EnrolmentLine[]>`
    select e.id as key, p.full_name as "fullName", p.birth_date::text as "birthDate", p.birth_precision as "birthPrecision", p.sex,
           c.code as "communeCode", c.full_name_vi as commune, i.id as "identifierId", i.sealed, e.programme, e.dossier_number as "dossierNumber",
           coalesce(n.neutral_code, e.category_code) as "categoryCode", e.valid_from::text as "validFrom",
           coalesce(b.fixed_amount, trunc(b.coefficient * s.amount)::bigint, 0) as amount
      from enrolment e join person p on p.id = e.person_id join commune c on c.id = e.commune_id
      left join person_identifier i on i.person_id = p.id and i.is_current
      left join benefit_category b on b.code = e.category_code and b.valid_from <= ${page.on}::date
           and (b.valid_to is null or b.valid_to >= ${page.on}::date)
      left join lateral (
        select c.neutral_code from benefit_category c where c.code = e.category_code
         order by c.valid_from <= ${page.on}::date desc, c.valid_from desc limit 1) n on true
      left join standard_level s on s.scope = 'national' and s.valid_from <= ${page.on}::date
           and (s.valid_to is null or s.valid_to >= ${page.on}::date)
     where not e.void and e.valid_from <= ${page.on}::date and (e.valid_to is null or e.valid_to >= ${page.on}::date)
       and (${page.communeId}::integer is null or e.commune_id = ${page.communeId}::integer)
       and (${page.after}::uuid is null or e.id > ${page.after}::uuid)
     order by e.id limit ${page.limit}`
}

/** Accounts that no other replaces. */
export async function accountLines(tx: Tx, page: Page): Promise<readonly AccountLine[]> {
  return tx.$queryRaw<AccountLine[]>`
    select a.id as key, a.id as "accountId", p.full_name as "fullName", p.birth_date::text as "birthDate", p.birth_precision as "birthPrecision", p.sex,
           c.code as "communeCode", c.full_name_vi as commune, i.id as "identifierId", i.sealed, a.bank_code as "bankCode",
           a.number_sealed as "numberSealed", a.holder_name as "holderName"
      from payment_account a join person p on p.id = a.person_id join commune c on c.id = a.commune_id
      left join person_identifier i on i.person_id = p.id and i.is_current
     where not exists (select 1 from payment_account b where b.replaces = a.id)
       and (${page.communeId}::integer is null or a.commune_id = ${page.communeId}::integer)
       and (${page.after}::uuid is null or a.id > ${page.after}::uuid)
     order by a.id limit ${page.limit}`
}

/** Deaths that wait for their second person or are confirmed; what nobody could place has no person yet. */
export async function deathLines(tx: Tx, page: Page): Promise<readonly DeathLine[]> {
  return tx.$queryRaw<DeathLine[]>`
    select d.id as key, p.full_name as "fullName", p.birth_date::text as "birthDate", p.birth_precision as "birthPrecision", p.sex,
           c.code as "communeCode", c.full_name_vi as commune, i.id as "identifierId", i.sealed, d.died_on::text as "diedOn",
           d.certificate_number as certificate, d.state = 'CONFIRMED' as confirmed
      from death_report d join person p on p.id = d.person_id join commune c on c.id = d.commune_id
      left join person_identifier i on i.person_id = p.id and i.is_current
     where d.state in ('PROPOSED', 'CONFIRMED') and d.died_on <= ${page.on}::date
       and (${page.communeId}::integer is null or d.commune_id = ${page.communeId}::integer)
       and (${page.after}::uuid is null or d.id > ${page.after}::uuid)
     order by d.id limit ${page.limit}`
}

/** Who exports, when by the database's clock in the province's time, and what commune, if it is one. */
export async function stampOf(
  tx: Tx,
  of: { readonly actor: PersonId; readonly communeId: number | null },
): Promise<{ readonly at: string; readonly name: string; readonly commune: string | null }> {
  const [row] = await tx.$queryRaw<{ at: string; name: string; commune: string | null }[]>`
    select to_char(clock_timestamp() at time zone 'Asia/Ho_Chi_Minh', 'HH24:MI DD/MM/YYYY') as at,
           coalesce((select full_name from person where id = ${of.actor}::uuid), ${of.actor}) as name,
           (select full_name_vi || ' (' || code || ')' from commune where id = ${of.communeId}::integer) as commune`
  return row ?? { at: '', name: of.actor, commune: null }
}
