import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'

/** A request that was answered. */
export interface Answered {
  readonly operation: string
  readonly contentHash: string
  readonly status: number
  /** The answer, sealed. */
  readonly answer: string
}

/** Whose key it is. */
export interface KeyOf {
  readonly user: PersonId
  readonly key: string
}

/** Takes a key for this transaction; false while another transaction has it. */
export async function lockKey(tx: Tx, { user, key }: KeyOf): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ taken: boolean }[]>`
    select pg_try_advisory_xact_lock(hashtextextended(${`idempotency ${user} ${key}`}, 0)) as taken`
  return row?.taken === true
}

/** What a key was answered with; undefined when it is new. */
export async function answeredOf(tx: Tx, { user, key }: KeyOf): Promise<Answered | undefined> {
  const [row] = await tx.$queryRaw<Answered[]>`
    select operation, content_hash as "contentHash", status::integer as status, answer
      from idempotency_key where user_id = ${user}::uuid and key = ${key}`
  return row
}

/** Keeps an answer for ever, in the transaction of what it answers. */
export async function keepAnswer(tx: Tx, of: KeyOf, answered: Answered): Promise<void> {
  await tx.$executeRaw`
    insert into idempotency_key (user_id, key, operation, content_hash, status, answer)
    values (${of.user}::uuid, ${of.key}, ${answered.operation}, ${answered.contentHash}, ${answered.status}, ${answered.answer})`
}
