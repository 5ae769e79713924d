import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { NotOwed } from '../registry/registry.ts'

/** An entitlement of which more was carried than is owed. */
export interface TooMuch {
  readonly number: string
  readonly personId: PersonId
  readonly communeId: number
  readonly programme: string
  readonly payingUnit: string
  readonly list: string
  /** Of the entitlement, in đồng. */
  readonly amount: bigint
  /** Not owed, in đồng. */
  readonly excess: bigint
  /** Receivable already, in đồng, and in how many parts. */
  readonly booked: bigint
  readonly parts: number
  readonly paid: boolean
  /** Approved, not sent yet, and not cancelled: its reference. */
  readonly unsent: string | null
}

/** The entitlements that some excesses are of, with what became of each; in the order of their numbers, locked. */
export async function tooMuch(tx: Tx, excesses: readonly NotOwed[]): Promise<readonly TooMuch[]> {
  return tx.$queryRaw<TooMuch[]>`
    select e.number, e.person_id as "personId", e.commune_id as "communeId", e.programme, l.paying_unit as "payingUnit",
           l.number as list, e.amount, x.amount as excess,
           coalesce((select sum(o.amount) from overpayment o where o.entitlement_number = e.number), 0)::bigint as booked,
           (select count(*) from overpayment o where o.entitlement_number = e.number)::integer as parts,
           exists (select 1 from instruction i where i.entitlement_number = e.number and i.state = 'PAID')
             or exists (select 1 from cash_result c where c.entitlement_number = e.number and c.paid) as paid,
           (select i.reference from instruction i where i.entitlement_number = e.number
               and i.state in ('LISTED', 'APPROVED', 'QUEUED', 'HELD') and l.state in ('APPROVED', 'RELEASED')) as unsent
      from unnest(${excesses.map((x) => x.personId)}::uuid[], ${excesses.map((x) => x.programme)}::text[],
             ${excesses.map((x) => x.component)}::text[], ${excesses.map((x) => x.period)}::date[],
             ${excesses.map((x) => x.amount.toString())}::bigint[]) as x (person_id, programme, component, period, amount)
      join entitlement e on e.person_id = x.person_id and e.programme = x.programme and e.month = x.period and e.component = x.component and e.live
      join payout_list l on l.id = e.list_id
     order by e.number`
}

/** Writes receivables: the next part of each entitlement. */
export async function insertOverpayments(
  tx: Tx,
  rows: readonly {
    readonly number: string
    readonly part: number
    readonly communeId: number
    readonly personId: PersonId
    readonly amount: bigint
  }[],
  of: { readonly reason: string; readonly by: PersonId },
): Promise<void> {
  await tx.$executeRaw`
    insert into overpayment (entitlement_number, number, commune_id, person_id, amount, reason, recorded_by)
    select o.*, ${of.reason}, ${of.by}::uuid
      from unnest(${rows.map((r) => r.number)}::text[], ${rows.map((r) => r.part)}::smallint[], ${rows.map((r) => r.communeId)}::integer[],
        ${rows.map((r) => r.personId)}::uuid[], ${rows.map((r) => r.amount.toString())}::bigint[]) as o`
}

/**
 * Cancels instructions that were not sent; returns those that still could be, so that what was sent meanwhile is left: also
 * what is to be sent again, while its first sending may yet be found.
 */
export async function cancelInstructions(
  tx: Tx,
  references: readonly string[],
  reason: string,
): Promise<ReadonlySet<string>> {
  const rows = await tx.$queryRaw<{ reference: string }[]>`
    update instruction set state = 'CANCELLED', reason = ${reason}
     where reference = any(${[...references]}::text[]) and state in ('LISTED', 'APPROVED', 'QUEUED', 'HELD')
       and not may_be_found_paid(reference, attempt)
    returning reference`
  return new Set(rows.map(({ reference }) => reference))
}
