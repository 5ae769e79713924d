import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import type { Vault } from '../lib/vault.ts'
import { readAccountNumber, sealNumber } from './account-number.ts'
import type { CategoryRule } from './rules.ts'

/** A commune in force on some day, with the unit that draws its money. */
export interface CommuneRow {
  readonly id: number
  readonly code: string
  readonly fullName: string
  readonly payingUnit: string
}

/** An account of a payee: bank code and number, or a wallet's phone number. */
export interface NewAccount {
  readonly id: string
  readonly personId: PersonId
  readonly communeId: number
  readonly bankCode: string | null
  readonly number: string
  /** Upper-case ASCII, as the bank's enquiry answers. */
  readonly holderName: string
  readonly replaces: string | null
}

export interface NewRepresentation {
  readonly id: string
  readonly personId: PersonId
  readonly representativeId: PersonId
  readonly communeId: number
  readonly kind: 'guardian' | 'authorised'
  readonly documentNumber: string
  readonly documentDate: LocalDate
  readonly validFrom: LocalDate
  readonly validTo: LocalDate
}

export interface NewEnrolment {
  readonly id: string
  readonly personId: PersonId
  readonly communeId: number
  readonly programme: string
  readonly categoryCode: string
  readonly validFrom: LocalDate
  readonly payeeId: PersonId
  readonly representationId: string | null
  readonly paymentAccountId: string | null
}

/** One open enrolment as the list builder reads it, with the law's inputs. */
export interface EnrolmentRow extends CategoryRule {
  readonly personId: PersonId
  readonly programme: string
  readonly method: 'account' | 'cash'
  readonly payeeId: PersonId
  readonly paymentAccountId: string | null
  readonly channel: 'bank' | 'hue-s' | null
}

/** Communes in force on the first day of a month, by code. */
export async function communesIn(tx: Tx, month: Month): Promise<readonly CommuneRow[]> {
  return tx.$queryRaw<CommuneRow[]>`
    select id, code, full_name_vi as "fullName", paying_unit as "payingUnit" from commune
     where valid_from <= ${month}::date and (valid_to is null or valid_to >= ${month}::date) order by code`
}

/** The national standard level in force in a month, in đồng; undefined when none is known. */
export async function standardIn(tx: Tx, month: Month): Promise<bigint | undefined> {
  const [row] = await tx.$queryRaw<{ amount: bigint }[]>`
    select amount from standard_level where scope = 'national' and valid_from <= ${month}::date
       and (valid_to is null or valid_to >= ${month}::date)`
  return row?.amount
}

/** Open enrolments of a commune in a month in a stable order (by person id), at most `limit` after `afterPerson`. */
export async function enrolmentsOf(
  tx: Tx,
  of: {
    readonly communeId: number
    readonly month: Month
    readonly afterPerson: PersonId | null
    readonly limit: number
  },
): Promise<readonly EnrolmentRow[]> {
  return tx.$queryRaw<EnrolmentRow[]>`
    select e.person_id as "personId", e.programme, e.method, e.payee_id as "payeeId", e.payment_account_id as "paymentAccountId",
           case a.kind when 'bank' then 'bank' when 'wallet' then 'hue-s' end as channel,
           c.code, c.article, c.clause, c.coefficient::text as coefficient, c.fixed_amount as "fixedAmount"
      from enrolment e
      join benefit_category c on c.code = e.category_code and c.valid_from <= ${of.month}::date
           and (c.valid_to is null or c.valid_to >= ${of.month}::date)
      left join payment_account a on a.id = e.payment_account_id
     where e.commune_id = ${of.communeId} and e.valid_from <= ${of.month}::date
       and (e.valid_to is null or e.valid_to >= ${of.month}::date)
       and (${of.afterPerson}::uuid is null or e.person_id > ${of.afterPerson}::uuid)
     order by e.person_id limit ${of.limit}`
}

/** Enters payment accounts on the word of two people; their numbers are sealed here. Throws `account-number`. */
export async function insertAccounts(
  tx: Tx,
  vault: Vault,
  accounts: readonly NewAccount[],
  by: { readonly enteredBy: PersonId; readonly confirmedBy: PersonId },
): Promise<void> {
  const numbers = accounts.map(({ id, bankCode, number }) =>
    sealNumber(vault, id, { bankCode, number: readAccountNumber({ bankCode, number }) }),
  )
  await tx.$executeRaw`
    insert into payment_account (id, person_id, commune_id, kind, bank_code, number_sealed, number_index, tail_index, holder_name,
                                 replaces, entered_by, confirmed_by)
    select a.id, a.person_id, a.commune_id, case when a.bank_code is null then 'wallet' else 'bank' end, a.bank_code, a.sealed,
           decode(a.number_index, 'hex'), decode(a.tail_index, 'hex'), a.holder_name, a.replaces, ${by.enteredBy}::uuid, ${by.confirmedBy}::uuid
      from unnest(${accounts.map((a) => a.id)}::uuid[], ${accounts.map((a) => a.personId)}::uuid[],
        ${accounts.map((a) => a.communeId)}::integer[], ${accounts.map((a) => a.bankCode)}::text[],
        ${numbers.map((n) => n.sealed)}::text[], ${numbers.map((n) => n.index.toString('hex'))}::text[],
        ${numbers.map((n) => n.tail.toString('hex'))}::text[],
        ${accounts.map((a) => a.holderName)}::text[], ${accounts.map((a) => a.replaces)}::uuid[])
        as a (id, person_id, commune_id, bank_code, sealed, number_index, tail_index, holder_name, replaces)`
}

/** Enters representations (guardians and authorised persons). */
export async function insertRepresentations(
  tx: Tx,
  rows: readonly NewRepresentation[],
): Promise<void> {
  await tx.$executeRaw`
    insert into representation (id, person_id, representative_id, commune_id, kind, document_number, document_date, valid_from, valid_to)
    select * from unnest(${rows.map((r) => r.id)}::uuid[], ${rows.map((r) => r.personId)}::uuid[],
      ${rows.map((r) => r.representativeId)}::uuid[], ${rows.map((r) => r.communeId)}::integer[], ${rows.map((r) => r.kind)}::text[],
      ${rows.map((r) => r.documentNumber)}::text[], ${rows.map((r) => r.documentDate)}::date[],
      ${rows.map((r) => r.validFrom)}::date[], ${rows.map((r) => r.validTo)}::date[])`
}

/** Enters enrolments; one with a payment account is paid through it, one without in cash. */
export async function insertEnrolments(tx: Tx, rows: readonly NewEnrolment[]): Promise<void> {
  await tx.$executeRaw`
    insert into enrolment (id, person_id, commune_id, programme, category_code, valid_from, method, payee_id, representation_id, payment_account_id)
    select e.id, e.person_id, e.commune_id, e.programme, e.category, e.valid_from,
           case when e.account is null then 'cash' else 'account' end, e.payee, e.representation, e.account
      from unnest(${rows.map((r) => r.id)}::uuid[], ${rows.map((r) => r.personId)}::uuid[], ${rows.map((r) => r.communeId)}::integer[],
        ${rows.map((r) => r.programme)}::text[], ${rows.map((r) => r.categoryCode)}::text[], ${rows.map((r) => r.validFrom)}::date[],
        ${rows.map((r) => r.payeeId)}::uuid[], ${rows.map((r) => r.representationId)}::uuid[], ${rows.map((r) => r.paymentAccountId)}::uuid[])
        as e (id, person_id, commune_id, programme, category, valid_from, payee, representation, account)`
}

/** Points the enrolments that used a replaced account at its successor. */
export async function repointEnrolments(tx: Tx, accounts: readonly NewAccount[]): Promise<void> {
  await tx.$executeRaw`
    update enrolment e set payment_account_id = a.id
      from unnest(${accounts.map((a) => a.id)}::uuid[], ${accounts.map((a) => a.replaces)}::uuid[]) as a (id, replaces)
     where e.payment_account_id = a.replaces and e.valid_to is null`
}

/** How many people are entered, and how many enrolments are open in a month. */
export async function countRegistry(
  tx: Tx,
  month: Month,
): Promise<{ readonly people: number; readonly cases: number }> {
  const [row] = await tx.$queryRaw<{ people: number; cases: number }[]>`
    select (select count(*) from person)::integer as people,
           (select count(*) from enrolment where valid_from <= ${month}::date and (valid_to is null or valid_to >= ${month}::date))::integer as cases`
  return row ?? { people: 0, cases: 0 }
}
