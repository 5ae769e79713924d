import type { Tx } from '../lib/db.ts'
import type { Violation } from './checking-store.ts'

/** How far back a fast run looks, and what it names at the most (as checking-store). */
const ENTRIES = 2_000
const NAMED_MAX = 20

/**
 * Instructions that are cancelled and were sent (I6): cancelled while they were out, or gone on since, or in a bank's
 * statement as paid. A resend that was held and cancelled came back to the queue first.
 */
export async function cancelledAndSent(tx: Tx): Promise<readonly Violation[]> {
  return tx.$queryRaw<Violation[]>`
    with recent as (select distinct reference from (select reference from instruction_event order by id desc limit ${ENTRIES}) e)
    select distinct 'I6' as invariant, 'instruction:' || r.reference as subject
      from recent r join instruction_event e on e.reference = r.reference
     where e.from_state = 'CANCELLED'
        or (e.to_state = 'CANCELLED' and (
              e.from_state in ('SUBMITTING', 'SUBMITTED', 'ACCEPTED', 'UNKNOWN', 'PAID', 'RETURNED')
              or exists (select from statement_line l
                          where l.reference = r.reference and l.kind = 'payment' and l.direction = 'debit')))
     order by 2 limit ${NAMED_MAX}`
}

/**
 * Instructions that nobody looks after (I9): unknown with no enquiry to come, or out for longer than any call may take while
 * workers have lived that would have given them up.
 */
export async function lookedAfterByNobody(tx: Tx): Promise<readonly Violation[]> {
  return tx.$queryRaw<Violation[]>`
    (select 'I9' as invariant, 'instruction:' || reference as subject
       from instruction where state = 'UNKNOWN' and enquire_at is null order by reference limit ${NAMED_MAX})
    union all
    (select 'I9', 'instruction:' || reference from instruction
      where state = 'SUBMITTING' and claimed_at < clock_timestamp() - interval '15 minutes'
        and exists (select from invariant_run
                     where recorded_at between clock_timestamp() - interval '10 minutes' and clock_timestamp() - interval '2 minutes')
      order by reference limit ${NAMED_MAX})`
}

/** Tables whose rows are of communes, and show whoever asks all of them (I11). */
export async function openTables(tx: Tx): Promise<readonly Violation[]> {
  return tx.$queryRaw<Violation[]>`
    select distinct 'I11' as invariant, 'table:' || c.relname as subject
      from pg_policy p join pg_class c on c.oid = p.polrelid
     where c.relnamespace = current_schema()::regnamespace and not c.relrowsecurity
     order by 2 limit ${NAMED_MAX}`
}

/** What a user of no commune is shown (I11): of the tables that matter most, anything is too much. Asked as such a user. */
export async function shownToNobody(tx: Tx): Promise<readonly Violation[]> {
  return tx.$queryRaw<Violation[]>`
    select 'I11' as invariant, 'rows:' || name as subject
      from (select 'person' as name, exists (select from person) as shown
            union all select 'payment_account', exists (select from payment_account)
            union all select 'enrolment', exists (select from enrolment)
            union all select 'payout_list', exists (select from payout_list)
            union all select 'entitlement', exists (select from entitlement)
            union all select 'instruction', exists (select from instruction)
            union all select 'statement_line', exists (select from statement_line)
            union all select 'journal_entry', exists (select from journal_entry)
            union all select 'audit_event', exists (select from audit_event)) as seen
     where shown order by 2`
}

/**
 * Statements that do not add up (I8): opening and lines against closing and count, closing against the next opening; and
 * lines said to be explained by an entry that is not there. All of them, from zero.
 */
export async function partedStatements(tx: Tx): Promise<readonly Violation[]> {
  return tx.$queryRaw<Violation[]>`
    with sums as (
      select statement_id, count(*) as lines, sum(case direction when 'credit' then amount else -amount end) as moved
        from statement_line group by statement_id),
    told as (
      select s.id, s.opening, s.closing, s.line_count, coalesce(m.lines, 0) as lines, coalesce(m.moved, 0) as moved,
             lag(s.closing) over (partition by s.channel, s.paying_unit order by s.day) as before
        from statement s left join sums m on m.statement_id = s.id)
    (select 'I8' as invariant, 'statement:' || id as subject from told
      where opening + moved <> closing or lines <> line_count or before <> opening order by 2 limit ${NAMED_MAX})
    union all
    (select 'I8', 'statement-line:' || l.id from statement_line l
      where l.entry_id is not null and not exists (select from journal_entry e where e.id = l.entry_id)
      order by 2 limit ${NAMED_MAX})`
}
