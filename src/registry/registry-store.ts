import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import type { Vault } from '../lib/vault.ts'
import { readAccountNumber, sealNumber } from './account-number.ts'
import { readDossierNumber } from './plain-words.ts'
import type { LawChild } from './rules-ages.ts'
import type { Word } from './word.ts'

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

/** An enrolment, and who receives it from its first day on. */
export interface NewEnrolment {
  readonly id: string
  readonly personId: PersonId
  readonly communeId: number
  readonly programme: string
  readonly categoryCode: string
  readonly validFrom: LocalDate
  /** Of a single parent (5.4) or a disabled parent (20.2.a). */
  readonly children?: readonly LawChild[]
  readonly payeeId: PersonId
  readonly representationId: string | null
  readonly paymentAccountId: string | null
  /** Mã hồ sơ; left out: not known. */
  readonly dossierNumber?: string | null
}

/** Communes in force on the first day of a month, by code. */
export async function communesIn(tx: Tx, month: Month): Promise<readonly CommuneRow[]> {
  return tx.$queryRaw<CommuneRow[]>`
    select id, code, full_name_vi as "fullName", paying_unit as "payingUnit" from commune
     where valid_from <= ${month}::date and (valid_to is null or valid_to >= ${month}::date) order by code`
}

/** A commune in force on the first day of a month, if the transaction may see it. */
export async function visibleCommune(
  tx: Tx,
  of: { readonly id: number; readonly month: Month },
): Promise<CommuneRow | undefined> {
  const [row] = await tx.$queryRaw<CommuneRow[]>`
    select id, code, full_name_vi as "fullName", paying_unit as "payingUnit" from commune
     where id = ${of.id} and valid_from <= ${of.month}::date and (valid_to is null or valid_to >= ${of.month}::date)
       and (scope_is_province() or id = any (scope_communes()))`
  return row
}

/** Enters payment accounts on the word of two people, or three for a relative of one; their numbers are sealed here. Throws `account-number`. */
export async function insertAccounts(
  tx: Tx,
  vault: Vault,
  accounts: readonly NewAccount[],
  by: Word,
): Promise<void> {
  const numbers = accounts.map(({ id, bankCode, number }) =>
    sealNumber(vault, id, { bankCode, number: readAccountNumber({ bankCode, number }) }),
  )
  await tx.$executeRaw`
    insert into payment_account (id, person_id, commune_id, kind, bank_code, number_sealed, number_index, tail_index, holder_name,
                                 replaces, entered_by, confirmed_by, second_confirmed_by)
    select a.id, a.person_id, a.commune_id, case when a.bank_code is null then 'wallet' else 'bank' end, a.bank_code, a.sealed,
           decode(a.number_index, 'hex'), decode(a.tail_index, 'hex'), a.holder_name, a.replaces, ${by.enteredBy}::uuid, ${by.confirmedBy}::uuid,
           ${by.secondConfirmedBy ?? null}::uuid
      from unnest(${accounts.map((a) => a.id)}::uuid[], ${accounts.map((a) => a.personId)}::uuid[],
        ${accounts.map((a) => a.communeId)}::integer[], ${accounts.map((a) => a.bankCode)}::text[],
        ${numbers.map((n) => n.sealed)}::text[], ${numbers.map((n) => n.index.toString('hex'))}::text[],
        ${numbers.map((n) => n.tail.toString('hex'))}::text[],
        ${accounts.map((a) => a.holderName)}::text[], ${accounts.map((a) => a.replaces)}::uuid[])
        as a (id, person_id, commune_id, bank_code, sealed, number_index, tail_index, holder_name, replaces)`
}

/** Enters enrolments without their payees. Throws DomainError `dossier-number`. */
export async function insertEnrolments(tx: Tx, rows: readonly NewEnrolment[]): Promise<void> {
  await tx.$executeRaw`
    insert into enrolment (id, person_id, commune_id, programme, category_code, valid_from, dossier_number)
    select * from unnest(${rows.map((r) => r.id)}::uuid[], ${rows.map((r) => r.personId)}::uuid[], ${rows.map((r) => r.communeId)}::integer[],
        ${rows.map((r) => r.programme)}::text[], ${rows.map((r) => r.categoryCode)}::text[], ${rows.map((r) => r.validFrom)}::date[],
        ${rows.map((r) => (r.dossierNumber ? readDossierNumber(r.dossierNumber) : null))}::text[])`
  await insertChildren(tx, rows)
}

/** Enters the children of enrolments, numbered in their order. */
export async function insertChildren(
  tx: Tx,
  rows: readonly Pick<NewEnrolment, 'id' | 'communeId' | 'children'>[],
): Promise<void> {
  const children = rows.flatMap(({ id, communeId, children: own }) =>
    (own ?? []).map((child, index) => ({ ...child, id, communeId, number: index + 1 })),
  )
  if (children.length === 0) return
  await tx.$executeRaw`
    insert into enrolment_child (enrolment_id, number, commune_id, person_id, birth_date, studying_until)
    select * from unnest(${children.map((c) => c.id)}::uuid[], ${children.map((c) => c.number)}::smallint[],
      ${children.map((c) => c.communeId)}::integer[], ${children.map((c) => c.personId ?? null)}::uuid[], ${children.map((c) => c.birthDate)}::date[],
      ${children.map((c) => c.studyingUntil)}::date[])`
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
