import { randomUUID } from 'node:crypto'
import type { Act, PersonId } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import { monthOf } from '../lib/time.ts'
import type { LocalDate } from '../lib/time.ts'
import type { Vault } from '../lib/vault.ts'
import { accountsWithoutPayee, currentAccounts } from './imports-store.ts'
import { payees } from './payees.ts'
import { personUnknown } from './people-enter.ts'
import { lockPeople, peopleById } from './people-rows-store.ts'
import { insertAccounts } from './registry-store.ts'
import type { NewAccount } from './registry-store.ts'
import { wordOf } from './word.ts'
import type { Approvers } from './word.ts'

/**
 * Enters the account of a person who has none, on the word of two people, of three where it is one of them or a relative;
 * where an enrolment is open and nobody was ever assigned, he receives through it from the month on. Returns its id. Throws
 * DomainError `person-unknown`, `person-dead`, `account-there` (another account takes a request with a document:
 * `accounts.requestChange`), `account-number`, `bank-takes-no-transfers`, `relative-needs-second`.
 */
export async function enterFirstAccount(
  tx: Tx,
  vault: Vault,
  by: Act,
  first: Omit<NewAccount, 'id' | 'communeId' | 'replaces'> & { readonly on: LocalDate },
  approvers: Approvers,
): Promise<string> {
  const { on, ...account } = first
  const { personId } = account
  const communeId = await homeWithoutAccount(tx, personId)
  const id = randomUUID()
  const row = { id, communeId, ...account, replaces: null }
  await insertAccounts(tx, vault, [row], wordOf(by.actor, approvers))
  const subject = `payment-account:${id}`
  await recordActs(tx, by, [
    { act: 'registry.enter-account', subject, communeId, detail: { personId } },
  ])
  await assignFirst(tx, by, { people: [personId], on }, approvers)
  return id
}

/** The commune of a living person without an account. Throws DomainError as `enterFirstAccount`. */
async function homeWithoutAccount(tx: Tx, personId: PersonId): Promise<number> {
  // Two officers at two counters: the second waits, and finds what the first has entered.
  await lockPeople(tx, [personId])
  const [person] = await peopleById(tx, [personId])
  if (person?.mergedInto !== null) throw personUnknown(personId)
  if (person.diedOn !== null) {
    throw new DomainError('conflict', 'person-dead', 'Người này đã mất: không nhập tài khoản')
  }
  if ((await currentAccounts(tx, [personId])).length > 0) {
    const message = 'Người này đã có tài khoản: đổi bằng đề nghị đổi tài khoản, có giấy tờ'
    throw new DomainError('conflict', 'account-there', message)
  }
  return person.communeId
}

/**
 * Whoever has an open enrolment, an account and never a payee receives through that account himself from the month on.
 * Who receives already, himself or through somebody, stays as he is.
 */
export async function assignFirst(
  tx: Tx,
  by: Act,
  of: { readonly people: readonly PersonId[]; readonly on: LocalDate },
  approvers: Approvers,
): Promise<void> {
  const found = await accountsWithoutPayee(tx, of.people, of.on)
  const from = monthOf(of.on)
  const rows = found.map((row) => ({
    ...{ ...row, id: randomUUID(), from, payeeId: row.personId, representationId: null },
  }))
  if (rows.length > 0) await payees.assign(tx, by, rows, approvers)
}
