import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'

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
