import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'
import type { Vault } from '../lib/vault.ts'
import { indexOfNumber } from './account-number.ts'
import type { AccountNumber } from './account-number.ts'
import { ID_NUMBER } from './blind-fields.ts'

/** A person as an import asks after him. */
export interface KnownPerson {
  readonly id: PersonId
  readonly communeId: number
  readonly fullName: string
  readonly sex: 'female' | 'male'
  readonly birthDate: LocalDate
  readonly diedOn: LocalDate | null
}

/**
 * People by their identity numbers, whom the transaction may see; a number of a row that was merged leads to the person. Found
 * by blind index; one query however many.
 */
export async function peopleByIdNumber(
  tx: Tx,
  vault: Vault,
  numbers: readonly string[],
): Promise<ReadonlyMap<string, KnownPerson>> {
  const byIndex = new Map(
    numbers.map((number) => [vault.index(ID_NUMBER, number).toString('hex'), number]),
  )
  const rows = await tx.$queryRaw<(KnownPerson & { index: string })[]>`
    select encode(i.value_index, 'hex') as index, p.id, p.commune_id as "communeId", p.full_name as "fullName", p.sex,
           p.birth_date::text as "birthDate", p.died_on::text as "diedOn"
      from unnest(${[...byIndex.keys()]}::text[]) as asked (hex)
      join person_identifier i on i.value_index = decode(asked.hex, 'hex')
      join person o on o.id = i.person_id and (i.is_current or o.merged_into is not null)
      join person p on p.id = case when o.merged_into is null then o.id else stands_for(o.id) end
     order by i.is_current`
  return new Map(rows.map(({ index, ...person }) => [byIndex.get(index) ?? '', person]))
}

/** Communes in force on a day, by code. */
export async function communesOn(tx: Tx, day: LocalDate): Promise<ReadonlyMap<string, number>> {
  const rows = await tx.$queryRaw<{ code: string; id: number }[]>`
    select code, id from commune where valid_from <= ${day}::date and (valid_to is null or valid_to >= ${day}::date)`
  return new Map(rows.map(({ code, id }) => [code, id]))
}

/** Codes that the first three digits of an identity number may have. */
export async function idPlaces(tx: Tx): Promise<ReadonlySet<string>> {
  const rows = await tx.$queryRaw<{ code: string }[]>`select code from id_place`
  return new Set(rows.map(({ code }) => code))
}

/** Banks that take transfers, by BIN, with the code that accounts carry. */
export async function banksByBin(tx: Tx): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.$queryRaw<{ code: string; bin: string }[]>`
    select code, bin from bank where bin is not null and transfer_supported`
  return new Map(rows.map(({ code, bin }) => [bin, code]))
}

/** The current account of each of some people with an enrolment open on a day whom nobody was ever assigned to. */
export async function accountsWithoutPayee(
  tx: Tx,
  people: readonly PersonId[],
  day: LocalDate,
): Promise<
  readonly {
    readonly personId: PersonId
    readonly programme: string
    readonly communeId: number
    readonly paymentAccountId: string
  }[]
> {
  return tx.$queryRaw`
    select distinct on (e.person_id, e.programme) e.person_id as "personId", e.programme, e.commune_id as "communeId",
           a.id as "paymentAccountId"
      from enrolment e
      join payment_account a on a.person_id = e.person_id and not exists (select 1 from payment_account b where b.replaces = a.id)
     where e.person_id = any (${people}::uuid[]) and not e.void and (e.valid_to is null or e.valid_to >= ${day}::date)
       and not exists (select 1 from payee y where y.person_id = e.person_id and y.programme = e.programme)
     order by e.person_id, e.programme, e.valid_from desc, a.recorded_at desc, a.id`
}

/** Deaths of some people that are proposed or confirmed, by person. */
export async function reportedDeaths(
  tx: Tx,
  people: readonly PersonId[],
): Promise<ReadonlyMap<PersonId, LocalDate>> {
  const rows = await tx.$queryRaw<{ personId: PersonId; diedOn: LocalDate }[]>`
    select person_id as "personId", died_on::text as "diedOn" from death_report
     where person_id = any (${people}::uuid[]) and state in ('PROPOSED', 'CONFIRMED')`
  return new Map(rows.map(({ personId, diedOn }) => [personId, diedOn]))
}

/** The account that a person has now: none of his replaces it. */
export interface CurrentAccount {
  readonly id: string
  readonly personId: PersonId
  /** Hex of the blind index of its number. */
  readonly index: string
}

/** The current accounts of people. */
export async function currentAccounts(
  tx: Tx,
  people: readonly PersonId[],
): Promise<readonly CurrentAccount[]> {
  return tx.$queryRaw<CurrentAccount[]>`
    select a.id, a.person_id as "personId", encode(a.number_index, 'hex') as index
      from payment_account a
     where a.person_id = any (${people}::uuid[]) and not exists (select 1 from payment_account b where b.replaces = a.id)
     order by a.recorded_at, a.id`
}

/** The blind index of an account's number as `currentAccounts` has it. */
export const accountIndex = (vault: Vault, account: AccountNumber): string =>
  indexOfNumber(vault, account).toString('hex')
