import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { Vnd } from '../lib/money.ts'

/** A held payment of a list, with whose assignment says where it goes. */
export interface HeldPayment {
  readonly reference: string
  readonly entitlementNumber: string
  readonly amount: Vnd
  readonly communeId: number
  readonly accountId: string
  readonly personId: PersonId
  /** Of the enrolment: whose receiver it is paid to. */
  readonly programme: string
  readonly payeeId: PersonId
}

/**
 * Locks the held payments of a list, in the order of references. What two people decided to send again keeps its
 * reference, by which alone the channel can tell it from the first, unless two people took that back.
 */
export async function lockHeld(tx: Tx, listId: string): Promise<readonly HeldPayment[]> {
  return tx.$queryRaw<HeldPayment[]>`
    select i.reference, i.entitlement_number as "entitlementNumber", i.amount, i.commune_id as "communeId", i.payment_account_id as "accountId",
           e.person_id as "personId", n.programme, e.payee_id as "payeeId"
      from instruction i join entitlement e on e.number = i.entitlement_number join enrolment n on n.id = e.enrolment_id
     where i.list_id = ${listId}::uuid and i.state = 'HELD' and e.live
       and not may_be_found_paid(i.reference, i.attempt)
     order by i.reference for no key update of i`
}

/** Cancels held payments that another one replaces; what they pay is owed as before. */
export async function cancelReplaced(tx: Tx, references: readonly string[]): Promise<void> {
  await tx.$executeRaw`
    update instruction set state = 'CANCELLED', reason = 'account-changed'
     where reference = any (${references}::text[]) and state = 'HELD'`
}
