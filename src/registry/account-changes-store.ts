import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import type { SealedNumber } from './account-number.ts'
import type { LegalDocument } from './legal-document.ts'
import type { Word } from './word.ts'

/** The assignment that a change of account is asked for. */
export interface Assigned {
  readonly id: string
  readonly communeId: number
  readonly payeeId: PersonId
  readonly representationId: string | null
  readonly accountId: string | null
}

/** The payee of a person and programme on a day, locked. */
export async function assignedOn(
  tx: Tx,
  of: { readonly personId: PersonId; readonly programme: string; readonly on: LocalDate },
): Promise<Assigned | undefined> {
  const [row] = await tx.$queryRaw<Assigned[]>`
    select id, commune_id as "communeId", payee_id as "payeeId", representation_id as "representationId", payment_account_id as "accountId"
      from payee where person_id = ${of.personId}::uuid and programme = ${of.programme} and period @> ${of.on}::date for update`
  return row
}

/** A change as it is written. */
export interface NewChange {
  readonly id: string
  readonly personId: PersonId
  readonly programme: string
  readonly communeId: number
  readonly ownerId: PersonId
  readonly oldAccountId: string | null
  readonly newAccountId: string
  readonly bankCode: string | null
  readonly number: SealedNumber
  readonly holderName: string
  readonly document: LegalDocument
  readonly requestedOn: LocalDate
  readonly nextList: Month
  readonly effectiveMonth: Month
}

/** Writes a request. */
export async function insertChange(tx: Tx, change: NewChange, by: PersonId): Promise<void> {
  const { document, number } = change
  await tx.$executeRaw`
    insert into account_change (id, person_id, programme, commune_id, kind, state, owner_id, old_account_id, new_account_id, bank_code,
                                number_sealed, number_index, tail_index, holder_name, document_kind, document_number, document_date,
                                document_issuer, document_sha256, requested_on, next_list, effective_month, requested_by)
    values (${change.id}::uuid, ${change.personId}::uuid, ${change.programme}, ${change.communeId}, 'change', 'requested',
            ${change.ownerId}::uuid, ${change.oldAccountId}::uuid, ${change.newAccountId}::uuid, ${change.bankCode}, ${number.sealed},
            decode(${number.index.toString('hex')}, 'hex'), decode(${number.tail.toString('hex')}, 'hex'), ${change.holderName},
            ${document.kind}, ${document.number}, ${document.date}::date, ${document.issuer}, decode(${document.sha256}, 'hex'),
            ${change.requestedOn}::date, ${change.nextList}::date, ${change.effectiveMonth}::date, ${by}::uuid)`
}

/** A change that waits for a decision. */
export interface OpenChange {
  readonly id: string
  readonly personId: PersonId
  readonly programme: string
  readonly communeId: number
  readonly newAccountId: string
  readonly effectiveMonth: Month
  readonly requestedBy: PersonId
  readonly approvedBy: PersonId | null
  /** Whether the requester is the owner, the beneficiary or a relative: a second approver is needed. */
  readonly involved: boolean
}

/** Locks a change that was requested and not decided on. */
export async function lockChange(tx: Tx, id: string): Promise<OpenChange | undefined> {
  const [row] = await tx.$queryRaw<OpenChange[]>`
    select id, person_id as "personId", programme, commune_id as "communeId", new_account_id as "newAccountId",
           effective_month::text as "effectiveMonth", requested_by as "requestedBy", approved_by as "approvedBy",
           is_involved(requested_by, owner_id) or is_involved(requested_by, person_id) as involved
      from account_change where id = ${id}::uuid and state = 'requested' for update`
  return row
}

/** Writes what was decided. The database refuses one person as two, and a relative as approver. */
export async function decide(
  tx: Tx,
  of: {
    readonly id: string
    readonly state: 'requested' | 'approved' | 'refused'
    readonly approvedBy: PersonId | null
    readonly secondApprovedBy: PersonId | null
    readonly reason: string | null
  },
): Promise<void> {
  await tx.$executeRaw`
    update account_change set state = ${of.state}, approved_by = ${of.approvedBy}::uuid, second_approved_by = ${of.secondApprovedBy}::uuid,
           decided_reason = ${of.reason} where id = ${of.id}::uuid`
}

/** Makes the account of an approved change; it takes over the sealed number, which was sealed for it. */
export async function insertChanged(tx: Tx, changeId: string): Promise<void> {
  await tx.$executeRaw`
    insert into payment_account (id, person_id, commune_id, kind, bank_code, number_sealed, number_index, tail_index, holder_name,
                                 replaces, entered_by, confirmed_by, second_confirmed_by)
    select new_account_id, owner_id, commune_id, case when bank_code is null then 'wallet' else 'bank' end, bank_code, number_sealed,
           number_index, tail_index, holder_name, null, requested_by, approved_by, second_approved_by
      from account_change where id = ${changeId}::uuid`
}

/** Records that the previous contact is to be told, in words without personal numbers. */
export async function insertNotice(
  tx: Tx,
  of: { readonly id: string; readonly changeId: string; readonly content: string },
): Promise<void> {
  await tx.$executeRaw`
    insert into account_notice (id, change_id, commune_id, person_id, content, channel)
    select ${of.id}::uuid, c.id, c.commune_id, coalesce(a.person_id, c.person_id), ${of.content},
           case a.kind when 'wallet' then 'hue-s' else 'letter' end
      from account_change c left join payment_account a on a.id = c.old_account_id where c.id = ${of.changeId}::uuid`
}

/** A correction: the account that replaces a dead one, from the month whose payment failed. */
export interface Correction {
  readonly id: string
  readonly replaces: string
  readonly failure: string
  readonly from: Month
}

/** An assignment that uses a dead account at or after the failed month, and what will pay it. */
export interface Dead {
  readonly payeeRow: string
  readonly personId: PersonId
  readonly programme: string
  readonly communeId: number
  readonly payeeId: PersonId
  readonly representationId: string | null
  readonly newAccountId: string
  readonly from: LocalDate
  readonly until: LocalDate | null
}

/** Every assignment that a correction reaches: also one that a change already lets end later. */
export async function deadAssignments(
  tx: Tx,
  rows: readonly Correction[],
): Promise<readonly Dead[]> {
  return tx.$queryRaw<Dead[]>`
    select y.id as "payeeRow", y.person_id as "personId", y.programme, y.commune_id as "communeId", y.payee_id as "payeeId",
           y.representation_id as "representationId", q.id as "newAccountId", greatest(q.since, y.since)::text as "from",
           upper(y.period)::text as until
      from unnest(${rows.map((r) => r.id)}::uuid[], ${rows.map((r) => r.replaces)}::uuid[], ${rows.map((r) => r.from)}::date[])
           as q (id, replaces, since)
      join payee y on y.payment_account_id = q.replaces and y.period && daterange(q.since, null)
     order by y.id for update of y`
}

/** Writes corrections of assignments as approved changes, under the given ids. The accounts are there already. */
export async function insertCorrections(
  tx: Tx,
  rows: readonly (Dead & { readonly changeId: string; readonly correction: Correction })[],
  by: Word,
): Promise<void> {
  await tx.$executeRaw`
    insert into account_change (id, person_id, programme, commune_id, kind, state, owner_id, old_account_id, new_account_id, bank_code,
                                number_sealed, number_index, tail_index, holder_name, failure, requested_on, effective_month,
                                requested_by, approved_by, second_approved_by)
    select q.id, q.person_id, q.programme, q.commune_id, 'correction', 'approved', a.person_id, q.replaces, a.id, a.bank_code,
           a.number_sealed, a.number_index, a.tail_index, a.holder_name, q.failure, q.since, q.since, ${by.enteredBy}::uuid,
           ${by.confirmedBy}::uuid, ${by.secondConfirmedBy ?? null}::uuid
      from unnest(${rows.map((r) => r.changeId)}::uuid[], ${rows.map((r) => r.personId)}::uuid[], ${rows.map((r) => r.programme)}::text[],
        ${rows.map((r) => r.communeId)}::integer[], ${rows.map((r) => r.correction.replaces)}::uuid[],
        ${rows.map((r) => r.newAccountId)}::uuid[], ${rows.map((r) => r.correction.failure)}::text[],
        ${rows.map((r) => r.correction.from)}::date[])
        as q (id, person_id, programme, commune_id, replaces, account, failure, since)
      join payment_account a on a.id = q.account`
}

/** Ends single assignments on a day. */
export async function cutPayees(tx: Tx, rows: readonly Dead[]): Promise<void> {
  await tx.$executeRaw`
    update payee y set period = y.period * daterange(null, q.day)
      from unnest(${rows.map((r) => r.payeeRow)}::uuid[], ${rows.map((r) => r.from)}::date[]) as q (id, day) where y.id = q.id`
}
