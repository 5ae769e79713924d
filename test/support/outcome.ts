import type { Database, Tx } from '../../src/lib/db.ts'
import { sqlState } from '../../src/lib/db-errors.ts'
import { DomainError } from '../../src/lib/errors.ts'
import { act } from './act.ts'

/** What came of a call: the code of the refusal, or what was answered and what was written. */
export type Outcome =
  { readonly refused: string } | { readonly answers: unknown; readonly rows: unknown }

class RollBack extends Error {
  readonly outcome: Outcome
  constructor(outcome: Outcome) {
    super('roll back')
    this.outcome = outcome
  }
}

/**
 * Does `work` in a transaction that is rolled back, and tells what came of it. Content hashes,
 * which name accounts by id, are told of entries whose accounts are all known (their ids are at
 * most `lastKnownAccount`).
 */
export async function tryOut(
  app: Database,
  lastKnownAccount: bigint,
  work: (tx: Tx) => Promise<readonly { entryId: bigint; replayed: boolean }[]>,
): Promise<Outcome> {
  try {
    return await app.transact(act, async (tx) => {
      const posted = await work(tx)
      throw new RollBack({
        answers: await answersOf(tx, posted),
        rows: await rowsOf(tx, lastKnownAccount),
      })
    })
  } catch (error) {
    if (error instanceof RollBack) return error.outcome
    return { refused: refusalOf(error) }
  }
}

/** The code of an expected refusal, or the SQLSTATE of another one. Throws what is neither. */
export function refusalOf(error: unknown): string {
  const code = error instanceof DomainError ? error.code : sqlState(error)
  if (code === undefined) throw error
  return code
}

/** Which entry each answer names, by reference, and whether it was there before. */
async function answersOf(tx: Tx, posted: readonly { entryId: bigint; replayed: boolean }[]) {
  const entries = await tx.$queryRaw<
    { id: bigint; reference: string }[]
  >`select id, reference from journal_entry`
  const references = new Map(entries.map(({ id, reference }) => [id, reference]))
  return posted.map(({ entryId, replayed }) => [references.get(entryId), replayed])
}

/** Everything that was written but ids, clock and database transaction. */
async function rowsOf(tx: Tx, lastKnownAccount: bigint): Promise<unknown> {
  return tx.$queryRaw`
    select e.reference, t.name, t.version, e.posting_date::text, e.occurred_on::text, e.actor,
           e.commune_id, e.memo, e.dimensions, e.reverses, e.canonical, p.lines::text,
           case when p.last_account <= ${lastKnownAccount} then encode(e.content_hash, 'hex') end
             as hash
      from journal_entry e join posting_template t on t.id = e.template_id
      cross join lateral (
        select json_agg(json_build_array(p.seq, d.code, d.subject, c.code, c.subject, p.amount,
                                         p.posting_date) order by p.seq) as lines,
               max(greatest(d.id, c.id)) as last_account
          from posting p
          join account d on d.id = p.debit_account join account c on c.id = p.credit_account
         where p.entry_id = e.id) p
     where e.reference not like 'prelude:%'
    union all
    select code, subject, sign, shared::text, floor::text, null, commune_id, balance::text,
           null, null, null, null, null
      from account
     order by 1, 2`
}
