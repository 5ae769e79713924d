import { randomUUID } from 'node:crypto'
import type { Act, PersonId } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { LocalDate } from '../lib/time.ts'
import type { Vault } from '../lib/vault.ts'
import { accountChanges } from './account-changes.ts'
import { maskNumber, openNumber } from './account-number.ts'
import * as store from './accounts-store.ts'
import type {
  AccountRow,
  NewVerification,
  PaidThrough,
  Relative,
  Shared,
} from './accounts-store.ts'
import { matchNames } from './name-match.ts'
import { settings } from './payees-store.ts'
import { requirePurpose } from './purpose.ts'

/** An account with its number in clear: for whoever sends or corrects, never for a log, a job or a message. */
export interface ClearAccount extends Omit<AccountRow, 'sealed'> {
  readonly number: string
}

/**
 * Opens the numbers of accounts for a person who must see them. Takes ids and the purpose in a few words; returns what
 * the transaction may see, by id, and leaves an audit event an account, without the number. Throws DomainError `purpose`
 * when none is given.
 */
async function reveal(
  tx: Tx,
  vault: Vault,
  by: Act,
  what: { readonly ids: readonly string[]; readonly purpose: string },
): Promise<ReadonlyMap<string, ClearAccount>> {
  requirePurpose(what.purpose)
  const rows = await store.accountsById(tx, what.ids)
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

/** How a person and programme are paid from a day until another, the account's number masked. */
export interface PaidThroughMasked extends Omit<PaidThrough, 'sealed'> {
  readonly number: string | null
}

/** An account as whoever decides about it sees it, its number masked; null when it is not there, or not for who asks. */
async function masked(
  tx: Tx,
  vault: Vault,
  id: string,
): Promise<
  (Readonly<Record<'id' | 'holderName' | 'number', string>> & { bankCode: string | null }) | null
> {
  const [row] = await store.accountsById(tx, [id])
  if (row === undefined) return null
  const { bankCode, holderName, sealed } = row
  return { id, bankCode, holderName, number: maskNumber(openNumber(vault, id, sealed)) }
}

/** Everything that was ever assigned to a person and programme, in order; numbers are masked. */
async function history(
  tx: Tx,
  vault: Vault,
  of: { readonly personId: PersonId; readonly programme: string },
): Promise<readonly PaidThroughMasked[]> {
  const rows = await store.historyOf(tx, of)
  return rows.map(({ sealed, ...row }) => {
    const { accountId } = row
    const known =
      accountId === null || sealed === null ? null : openNumber(vault, accountId, sealed)
    return { ...row, number: known === null ? null : maskNumber(known) }
  })
}

/** How a person and programme were paid on a day, as it is known now; undefined without an assignment. */
async function asOf(
  tx: Tx,
  vault: Vault,
  of: { readonly personId: PersonId; readonly programme: string; readonly on: LocalDate },
): Promise<PaidThroughMasked | undefined> {
  const rows = await history(tx, vault, of)
  return rows.find(({ since, until }) => since <= of.on && (until === null || of.on < until))
}

/** What the channel answered when it was asked whose account it is. */
export interface VerificationAnswer extends Pick<
  NewVerification,
  'accountId' | 'channel' | 'askedAt'
> {
  /** The holder's name and what may be done with the account, or that there is none, or that no answer came. */
  readonly answer: { readonly name: string; readonly status: string } | 'not-found' | 'no-answer'
}

/**
 * Keeps what a channel's enquiries answered about accounts and compares the names with the owners': an account that takes
 * no money (`status` other than `active`) blocks whatever its name. Returns the verdicts by account.
 * Throws DomainError `account-missing`. Two statements, and an audit event each.
 */
async function recordVerifications(
  tx: Tx,
  by: Act,
  answers: readonly VerificationAnswer[],
): Promise<ReadonlyMap<string, NewVerification['verdict']>> {
  const owners = await store.ownersOf(
    tx,
    answers.map(({ accountId }) => accountId),
  )
  const rows = answers.map(({ answer, ...asked }) => {
    const owner = owners.get(asked.accountId)
    if (owner === undefined) {
      throw new DomainError('not-found', 'account-missing', 'Không có tài khoản này')
    }
    const { communeId, fullName } = owner
    return { id: randomUUID(), communeId, ...asked, ...verdictOf(fullName, answer) }
  })
  await store.insertVerifications(tx, rows, by.actor)
  await recordActs(
    tx,
    by,
    rows.map(({ accountId, communeId, verdict, score }) => ({
      act: 'registry.verify-account',
      subject: `payment-account:${accountId}`,
      communeId,
      detail: { verdict, score },
    })),
  )
  return new Map(rows.map(({ accountId, verdict }) => [accountId, verdict]))
}

function verdictOf(
  fullName: string,
  answer: VerificationAnswer['answer'],
): Pick<NewVerification, 'nameAnswered' | 'verdict' | 'score' | 'reasons'> {
  if (typeof answer === 'string') {
    return { nameAnswered: null, verdict: answer, score: null, reasons: [] }
  }
  const named = { nameAnswered: answer.name, ...matchNames(fullName, answer.name) }
  if (answer.status === 'active') return named
  const reasons = [...named.reasons, `tài khoản không nhận được tiền (${answer.status})`]
  return { ...named, verdict: 'block', reasons }
}

/**
 * Declares relatives of officers: whatever an officer enters or approves for one of them needs two approvers besides
 * him. One audit event each.
 */
async function declareRelatives(tx: Tx, by: Act, rows: readonly Relative[]): Promise<void> {
  await store.insertRelatives(tx, by, rows)
  await recordActs(
    tx,
    by,
    rows.map(({ officerId, relatedId, communeId, relation }) => ({
      act: 'registry.declare-relative',
      subject: `person:${officerId}`,
      communeId,
      detail: { relatedId, relation },
    })),
  )
}

/** The worklist of account numbers that several unrelated people receive through on a day, by the province's threshold. */
async function sharedOn(tx: Tx, on: LocalDate): Promise<readonly Shared[]> {
  return store.shared(tx, { on, threshold: (await settings(tx)).sharedAccountPayees })
}

/** Payment accounts: what they are, who may see their numbers, and how they change. */
export const accounts = {
  open: openNumber,
  reveal,
  mask: maskNumber,
  masked,
  history,
  asOf,
  markPaid: store.markPaid,
  recordVerifications,
  declareRelatives,
  shared: sharedOn,
  ...accountChanges,
}
