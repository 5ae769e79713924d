import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import type { LawChild } from './rules-ages.ts'

/** A commune in force on some day, with the unit that draws its money. */
export interface CommuneRow {
  readonly id: number
  readonly code: string
  readonly fullName: string
  readonly payingUnit: string
}

/** A person to be entered, with one enrolment and what pays it. Ids are UUIDs made by the caller. */
export interface NewPerson {
  readonly id: PersonId
  readonly communeId: number
  readonly fullName: string
  readonly sex: 'female' | 'male'
  readonly birthDate: LocalDate
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
  /** Of a single parent (5.4) or a disabled parent (20.2.a). */
  readonly children?: readonly LawChild[]
  readonly payeeId: PersonId
  readonly representationId: string | null
  readonly paymentAccountId: string | null
}

/** Communes in force on the first day of a month, by code. */
export async function communesIn(tx: Tx, month: Month): Promise<readonly CommuneRow[]> {
  return tx.$queryRaw<CommuneRow[]>`
    select id, code, full_name_vi as "fullName", paying_unit as "payingUnit" from commune
     where valid_from <= ${month}::date and (valid_to is null or valid_to >= ${month}::date) order by code`
}

/** Enters people. One statement however many. */
export async function insertPeople(tx: Tx, people: readonly NewPerson[]): Promise<void> {
  await tx.$executeRaw`
    insert into person (id, commune_id, full_name, sex, birth_date)
    select * from unnest(${people.map((p) => p.id)}::uuid[], ${people.map((p) => p.communeId)}::integer[],
      ${people.map((p) => p.fullName)}::text[], ${people.map((p) => p.sex)}::text[], ${people.map((p) => p.birthDate)}::date[])`
}

/** Enters payment accounts on the word of two people. */
export async function insertAccounts(
  tx: Tx,
  accounts: readonly NewAccount[],
  by: { readonly enteredBy: PersonId; readonly confirmedBy: PersonId },
): Promise<void> {
  await tx.$executeRaw`
    insert into payment_account (id, person_id, commune_id, kind, bank_code, number, holder_name, replaces, entered_by, confirmed_by)
    select a.id, a.person_id, a.commune_id, case when a.bank_code is null then 'wallet' else 'bank' end, a.bank_code, a.number,
           a.holder_name, a.replaces, ${by.enteredBy}::uuid, ${by.confirmedBy}::uuid
      from unnest(${accounts.map((a) => a.id)}::uuid[], ${accounts.map((a) => a.personId)}::uuid[],
        ${accounts.map((a) => a.communeId)}::integer[], ${accounts.map((a) => a.bankCode)}::text[],
        ${accounts.map((a) => a.number)}::text[], ${accounts.map((a) => a.holderName)}::text[],
        ${accounts.map((a) => a.replaces)}::uuid[]) as a (id, person_id, commune_id, bank_code, number, holder_name, replaces)`
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
