import type { Act } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'

/** The queued payments of an order that the next claim would look at, in its order; `askFirst` as `lockQueued` has it. */
export async function nextOf(
  tx: Tx,
  order: { readonly id: string; readonly size: number; readonly askFirst: boolean },
): Promise<readonly string[]> {
  const rows = await tx.$queryRaw<{ reference: string }[]>`
    select reference from instruction
     where order_id = ${order.id} and state = 'QUEUED'
       and (attempt = 0 or not ${order.askFirst} or (select w.word from word_before_sending(reference) w) <> 'unasked')
     order by reference limit ${order.size}`
  return rows.map(({ reference }) => reference)
}

/** Takes all queued payments but some out of an order: for a trial that is undone. */
export async function leaveOnly(
  tx: Tx,
  orderId: string,
  references: readonly string[],
): Promise<void> {
  await tx.$executeRaw`
    update instruction set order_id = null
     where order_id = ${orderId} and state = 'QUEUED' and reference <> all (${references}::text[])`
}

/** Writes down that payments could not be prepared, each with the kind of error. */
export async function insertFailures(
  tx: Tx,
  by: Act,
  failures: ReadonlyMap<string, string>,
): Promise<void> {
  await tx.$executeRaw`
    insert into claim_failure (reference, commune_id, error, via)
    select i.reference, i.commune_id, f.error, ${by.via}
      from unnest(${[...failures.keys()]}::text[], ${[...failures.values()]}::text[]) as f (reference, error)
      join instruction i on i.reference = f.reference`
}

/**
 * Takes failed payments out of their order. What has failed `max` times since it was queued is HELD; the others wait for the
 * next order. Returns those held.
 */
export async function parkFailed(
  tx: Tx,
  references: readonly string[],
  max: number,
): Promise<readonly { readonly reference: string; readonly communeId: number }[]> {
  await tx.$executeRaw`
    update instruction set order_id = null where reference = any (${references}::text[]) and state = 'QUEUED'`
  return tx.$queryRaw<{ reference: string; communeId: number }[]>`
    update instruction i set state = 'HELD', reason = 'technical-failure'
     where i.reference = any (${references}::text[]) and i.state = 'QUEUED'
       and (select count(*) from claim_failure f where f.reference = i.reference and f.recorded_at >= i.moved_at) >= ${max}
    returning i.reference, i.commune_id as "communeId"`
}
