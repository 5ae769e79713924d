import type { Act } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import type { Vault } from '../lib/vault.ts'
import { openNumber } from './account-number.ts'
import { accountsById } from './accounts-store.ts'
import type { AccountRow } from './accounts-store.ts'

/** An account with its number in clear: for whoever sends or corrects, never for a log, a job or a message. */
export interface ClearAccount extends Omit<AccountRow, 'sealed'> {
  readonly number: string
}

/**
 * Opens the numbers of accounts for a person who must see them. Takes ids and the purpose in a few words; returns what
 * the transaction may see, by id, and leaves an audit event an account, without the number.
 */
async function reveal(
  tx: Tx,
  vault: Vault,
  by: Act,
  what: { readonly ids: readonly string[]; readonly purpose: string },
): Promise<ReadonlyMap<string, ClearAccount>> {
  const rows = await accountsById(tx, what.ids)
  await recordActs(
    tx,
    by,
    rows.map(({ id, communeId }) => ({
      act: 'registry.reveal-account',
      subject: `payment-account:${id}`,
      communeId,
      detail: { purpose: what.purpose },
    })),
  )
  return new Map(
    rows.map(({ sealed, ...row }) => [
      row.id,
      { ...row, number: openNumber(vault, row.id, sealed) },
    ]),
  )
}

/** Payment accounts: what they are, who may see their numbers, and how they change. */
export const accounts = {
  open: openNumber,
  reveal,
}
