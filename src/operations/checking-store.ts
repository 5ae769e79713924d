import type { Tx } from '../lib/db.ts'

/** Something that must never be (reliability.md, C2): which invariant, and of what. */
export interface Violation {
  readonly invariant: 'I1' | 'I2' | 'I3' | 'I5' | 'I6' | 'I7' | 'I8' | 'I9' | 'I10' | 'I11' | 'I14'
  readonly subject: string
}

/** A run of the checker as it is kept. */
export interface CheckRun {
  readonly depth: 'fast' | 'full'
  readonly violations: readonly Violation[]
  readonly durationMs: number
}

/** How far back a fast run looks: what moved last, so that it costs the same however long the history is. */
const ENTRIES = 2_000
/** Named at the most, an invariant. */
const NAMED_MAX = 20

/** Accounts that moved last whose balance is not what their postings say (I1), or is below its floor (I14). */
async function partedBalances(tx: Tx): Promise<readonly Violation[]> {
  return tx.$queryRaw<Violation[]>`
    with moved as (
      select distinct a.id, a.code, a.subject, a.sign, a.balance, a.floor, a.shared
        from (select id from journal_entry order by id desc limit ${ENTRIES}) e join posting p on p.entry_id = e.id
       cross join lateral (values (p.debit_account), (p.credit_account)) as side (id) join account a on a.id = side.id),
    told as (
      select m.*, case when m.shared then ledger_balance_as_of(m.id, 'infinity', null)
                       else m.sign * (coalesce((select sum(d.amount) from posting d where d.debit_account = m.id), 0)
                                    - coalesce((select sum(c.amount) from posting c where c.credit_account = m.id), 0)) end as told
        from moved m)
    (select 'I1' as invariant, code || ' ' || subject as subject from told where balance <> told order by 2 limit ${NAMED_MAX})
    union all
    (select 'I14', code || ' ' || subject from moved where balance < floor order by 2 limit ${NAMED_MAX})`
}

/** Instructions whose state is not the last that was recorded of them (I5): it was moved past the table of transitions. */
async function unrecordedStates(tx: Tx): Promise<readonly Violation[]> {
  return tx.$queryRaw<Violation[]>`
    with recent as (select distinct reference from (select reference from instruction_event order by id desc limit ${ENTRIES}) e)
    select 'I5' as invariant, 'instruction:' || i.reference as subject
      from recent r join instruction i on i.reference = r.reference
     where i.state is distinct from (
       select e.to_state from instruction_event e where e.reference = i.reference order by e.id desc limit 1)
     order by 2 limit ${NAMED_MAX}`
}

/** Entitlements with more than one instruction that stands (I7), and with more than one payment that was not returned (I2). */
async function doublePayments(tx: Tx): Promise<readonly Violation[]> {
  return tx.$queryRaw<Violation[]>`
    with recent as (
      select distinct i.entitlement_number
        from (select distinct reference from (select reference from instruction_event order by id desc limit ${ENTRIES}) e) r
        join instruction i on i.reference = r.reference),
    standing as (
      select i.entitlement_number, i.state from recent r join instruction i on i.entitlement_number = r.entitlement_number
       where i.state not in ('REJECTED', 'RETURNED', 'CANCELLED'))
    (select 'I7' as invariant, 'entitlement:' || entitlement_number as subject from standing
      group by entitlement_number having count(*) > 1 order by 2 limit ${NAMED_MAX})
    union all
    (select 'I2', 'entitlement:' || entitlement_number from standing where state = 'PAID'
      group by entitlement_number having count(*) > 1 order by 2 limit ${NAMED_MAX})`
}

/** What a fast run finds, of one snapshot. */
export async function findParted(tx: Tx): Promise<readonly Violation[]> {
  return [
    ...(await partedBalances(tx)),
    ...(await unrecordedStates(tx)),
    ...(await doublePayments(tx)),
  ]
}

/** Keeps a run, also one that found nothing: a checker that is silent is an alarm. */
export async function insertRun(
  tx: Tx,
  { depth, violations, durationMs }: CheckRun,
): Promise<void> {
  await tx.$executeRaw`
    insert into invariant_run (depth, violations, duration_ms)
    values (${depth}, ${JSON.stringify(violations)}::jsonb, ${Math.round(durationMs)}::integer)`
}

/** The last run of each depth. */
export async function lastRuns(
  tx: Tx,
): Promise<readonly (CheckRun & { readonly recordedAt: Date })[]> {
  return tx.$queryRaw<(CheckRun & { recordedAt: Date })[]>`
    select distinct on (depth) depth, violations, duration_ms as "durationMs", recorded_at as "recordedAt"
      from invariant_run order by depth, id desc`
}
