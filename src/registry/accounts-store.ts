import type { Act, PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'

/** An account as the database has it: the number sealed. */
export interface AccountRow {
  readonly id: string
  readonly personId: PersonId
  readonly communeId: number
  readonly bankCode: string | null
  readonly sealed: string
  readonly holderName: string
}

/** Accounts by id, in the order of their ids; what the transaction may not see is left out. */
export async function accountsById(tx: Tx, ids: readonly string[]): Promise<readonly AccountRow[]> {
  return tx.$queryRaw<AccountRow[]>`
    select id, person_id as "personId", commune_id as "communeId", bank_code as "bankCode", number_sealed as sealed,
           holder_name as "holderName"
      from payment_account where id = any (${ids}::uuid[]) order by id`
}

/** A part of the history of how a person and programme were paid; the account's number is sealed. */
export interface PaidThrough {
  readonly payeeId: PersonId
  readonly since: LocalDate
  /** The day after the last; null while it lasts; `since` itself when it was replaced before it began. */
  readonly until: LocalDate | null
  readonly accountId: string | null
  readonly bankCode: string | null
  readonly sealed: string | null
  readonly enteredBy: PersonId
  readonly confirmedBy: PersonId
}

/** Everything that was ever assigned to a person and programme, in order. */
export async function historyOf(
  tx: Tx,
  of: { readonly personId: PersonId; readonly programme: string },
): Promise<readonly PaidThrough[]> {
  return tx.$queryRaw<PaidThrough[]>`
    select y.payee_id as "payeeId", y.since::text as since, case when isempty(y.period) then y.since else upper(y.period) end::text as until,
           a.id as "accountId", a.bank_code as "bankCode", a.number_sealed as sealed, y.entered_by as "enteredBy", y.confirmed_by as "confirmedBy"
      from payee y left join payment_account a on a.id = y.payment_account_id
     where y.person_id = ${of.personId}::uuid and y.programme = ${of.programme} order by y.since, y.recorded_at`
}

/** Marks accounts that money was paid into, the first time only. */
export async function markPaid(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.$executeRaw`
    update payment_account set first_paid_at = clock_timestamp() where id = any (${ids}::uuid[]) and first_paid_at is null`
}

/** The names of accounts' owners, with their communes, by account. */
export async function ownersOf(
  tx: Tx,
  accountIds: readonly string[],
): Promise<ReadonlyMap<string, { readonly fullName: string; readonly communeId: number }>> {
  const rows = await tx.$queryRaw<{ id: string; fullName: string; communeId: number }[]>`
    select a.id, p.full_name as "fullName", a.commune_id as "communeId" from payment_account a join person p on p.id = a.person_id
     where a.id = any (${accountIds}::uuid[])`
  return new Map(rows.map(({ id, ...owner }) => [id, owner]))
}

/** What an enquiry answered, as it is kept. */
export interface NewVerification {
  readonly id: string
  readonly accountId: string
  readonly communeId: number
  readonly channel: 'bank' | 'hue-s'
  readonly askedAt: string
  readonly nameAnswered: string | null
  readonly verdict: 'match' | 'warn' | 'block' | 'not-found' | 'no-answer'
  readonly score: number | null
  readonly reasons: readonly string[]
}

/** Keeps the answers of enquiries. */
export async function insertVerifications(
  tx: Tx,
  rows: readonly NewVerification[],
  by: PersonId,
): Promise<void> {
  await tx.$executeRaw`
    insert into account_verification (id, payment_account_id, commune_id, channel, asked_at, asked_by, name_answered, verdict, score, reasons)
    select v.id, v.account, v.commune, v.channel, v.asked_at, ${by}::uuid, v.name, v.verdict, v.score,
           array(select jsonb_array_elements_text(v.reasons))
      from unnest(${rows.map((r) => r.id)}::uuid[], ${rows.map((r) => r.accountId)}::uuid[], ${rows.map((r) => r.communeId)}::integer[],
        ${rows.map((r) => r.channel)}::text[], ${rows.map((r) => r.askedAt)}::timestamptz[], ${rows.map((r) => r.nameAnswered)}::text[],
        ${rows.map((r) => r.verdict)}::text[], ${rows.map((r) => r.score)}::smallint[], ${rows.map((r) => JSON.stringify(r.reasons))}::jsonb[])
        as v (id, account, commune, channel, asked_at, name, verdict, score, reasons)`
}

/** An account number through which unrelated people receive. */
export interface Shared {
  readonly payees: number
  readonly accountIds: readonly string[]
  readonly personIds: readonly PersonId[]
}

/** Account numbers that at least `threshold` people nobody represents to each other receive through on a day. */
export async function shared(
  tx: Tx,
  of: { readonly on: LocalDate; readonly threshold: number },
): Promise<readonly Shared[]> {
  return tx.$queryRaw<Shared[]>`
    with used as (
      select a.number_index, a.id, y.payee_id from payment_account a join payee y on y.payment_account_id = a.id
       where y.period @> ${of.on}::date),
    several as (
      select u.number_index, u.id, u.payee_id, s.sharing as payees from used u
        join sharing_payees((select array_agg(id) from used), (select array_agg(payee_id) from used), ${of.on}::date) s
          on s.account = u.id and s.payee = u.payee_id)
    select max(payees) as payees, array_agg(distinct id::text order by id::text) as "accountIds",
           array_agg(distinct payee_id::text order by payee_id::text) as "personIds"
      from several group by number_index having max(payees) >= ${of.threshold} order by 1 desc, 2`
}

/** A relative whom an officer declares. */
export interface Relative {
  readonly officerId: PersonId
  readonly relatedId: PersonId
  readonly communeId: number
  readonly relation: string
}

/** Writes declared relatives; one that is declared already stays. */
export async function insertRelatives(tx: Tx, by: Act, rows: readonly Relative[]): Promise<void> {
  await tx.$executeRaw`
    insert into officer_relation (officer_id, related_id, commune_id, relation, declared_by)
    select q.*, ${by.actor}::uuid from unnest(${rows.map((r) => r.officerId)}::uuid[], ${rows.map((r) => r.relatedId)}::uuid[],
      ${rows.map((r) => r.communeId)}::integer[], ${rows.map((r) => r.relation)}::text[]) as q
    on conflict do nothing`
}
