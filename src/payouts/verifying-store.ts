import type { Tx } from '../lib/db.ts'

/** An account that money is about to go into for the first time and whose holder no channel has named yet. */
export interface UnverifiedAccount {
  readonly accountId: string
  readonly bankCode: string | null
  readonly sealed: string
  /** By the database's clock. */
  readonly askedAt: string
}

/** The accounts of an order's queued payments that were never paid into and never verified. */
export async function unverifiedAccounts(
  tx: Tx,
  orderId: string,
): Promise<readonly UnverifiedAccount[]> {
  return tx.$queryRaw<UnverifiedAccount[]>`
    select a.id as "accountId", a.bank_code as "bankCode", a.number_sealed as sealed, clock_timestamp()::text as "askedAt"
      from payment_account a
     where a.first_paid_at is null
       and a.id in (select payment_account_id from instruction where order_id = ${orderId} and state = 'QUEUED')
       and not exists (select 1 from account_verification v where v.payment_account_id = a.id and v.verdict <> 'no-answer')
     order by a.id`
}
