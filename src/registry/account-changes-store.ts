import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import type { SealedNumber } from './account-number.ts'
import type { LegalDocument } from './legal-document.ts'

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
  /** Whether requester or approver is the owner, the beneficiary or a relative: a second approver is needed. */
  readonly involved: boolean
}

/** Locks a change that was requested and not decided on; `approver` is who decides now. */
export async function lockChange(
  tx: Tx,
  id: string,
  approver: PersonId,
): Promise<OpenChange | undefined> {
  const [row] = await tx.$queryRaw<OpenChange[]>`
    select id, person_id as "personId", programme, commune_id as "communeId", new_account_id as "newAccountId",
           effective_month::text as "effectiveMonth", requested_by as "requestedBy", approved_by as "approvedBy",
           is_involved(requested_by, owner_id) or is_involved(requested_by, person_id)
           or is_involved(coalesce(approved_by, ${approver}::uuid), owner_id)
           or is_involved(coalesce(approved_by, ${approver}::uuid), person_id) as involved
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
           number_index, tail_index, holder_name, old_account_id, requested_by, approved_by, second_approved_by
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

/**
 * Writes corrections as approved changes of every assignment that uses the dead accounts, and assigns the new ones from
 * the failed month on, in three statements. The accounts are there already. An assignment that began later is replaced
 * whole.
 */
export async function correct(
  tx: Tx,
  rows: readonly Correction[],
  by: { readonly enteredBy: PersonId; readonly confirmedBy: PersonId },
): Promise<void> {
  await tx.$executeRaw`
    insert into account_change (id, person_id, programme, commune_id, kind, state, owner_id, old_account_id, new_account_id, bank_code,
                                number_sealed, number_index, tail_index, holder_name, failure, requested_on, effective_month,
                                requested_by, approved_by)
    select gen_random_uuid(), y.person_id, y.programme, y.commune_id, 'correction', 'approved', a.person_id, q.replaces, a.id, a.bank_code,
           a.number_sealed, a.number_index, a.tail_index, a.holder_name, q.failure, q.since, q.since, ${by.enteredBy}::uuid,
           ${by.confirmedBy}::uuid
      from unnest(${rows.map((r) => r.id)}::uuid[], ${rows.map((r) => r.replaces)}::uuid[], ${rows.map((r) => r.failure)}::text[],
        ${rows.map((r) => r.from)}::date[]) as q (id, replaces, failure, since)
      join payment_account a on a.id = q.id
      join payee y on y.payment_account_id = q.replaces and upper_inf(y.period) and not isempty(y.period)`
  const ids = rows.map(({ id }) => id)
  await tx.$executeRaw`
    update payee y set period = y.period * daterange(null, greatest(c.effective_month, y.since))
      from account_change c where c.new_account_id = any (${ids}::uuid[]) and c.kind = 'correction'
       and y.person_id = c.person_id and y.programme = c.programme and y.payment_account_id = c.old_account_id
       and upper_inf(y.period) and not isempty(y.period)`
  await tx.$executeRaw`
    insert into payee (id, person_id, programme, commune_id, period, since, payee_id, representation_id, method, payment_account_id,
                       change_id, entered_by, confirmed_by)
    select gen_random_uuid(), y.person_id, y.programme, y.commune_id, daterange(greatest(c.effective_month, y.since), null),
           greatest(c.effective_month, y.since), y.payee_id, y.representation_id, 'account', c.new_account_id, c.id,
           ${by.enteredBy}::uuid, ${by.confirmedBy}::uuid
      from account_change c
      cross join lateral (select * from payee y where y.person_id = c.person_id and y.programme = c.programme
                             and y.payment_account_id = c.old_account_id order by y.since desc, y.recorded_at desc limit 1) y
     where c.new_account_id = any (${ids}::uuid[]) and c.kind = 'correction'`
}
