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
export interface Answer extends Pick<NewVerification, 'accountId' | 'channel' | 'askedAt'> {
  /** The holder's name, or that there is no such account, or that no answer came. */
  readonly answer: { readonly name: string } | 'not-found' | 'no-answer'
}

/**
 * Keeps what a channel's enquiry answered about an account and compares the name with the owner's. Returns the verdict.
 * Throws DomainError `account-missing`.
 */
async function recordVerification(
  tx: Tx,
  by: Act,
  { answer, ...asked }: Answer,
): Promise<NewVerification['verdict']> {
  const owner = await store.ownerOf(tx, asked.accountId)
  if (owner === undefined) {
    throw new DomainError('not-found', 'account-missing', 'Không có tài khoản này')
  }
  const told =
    typeof answer === 'string'
      ? { nameAnswered: null, verdict: answer, score: null, reasons: [] }
      : { nameAnswered: answer.name, ...matchNames(owner.fullName, answer.name) }
  const { communeId } = owner
  await store.insertVerification(tx, { id: randomUUID(), communeId, ...asked, ...told }, by.actor)
  await recordActs(tx, by, [
    {
      act: 'registry.verify-account',
      subject: `payment-account:${asked.accountId}`,
      communeId,
      detail: { verdict: told.verdict, score: told.score },
    },
  ])
  return told.verdict
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
  history,
  asOf,
  markPaid: store.markPaid,
  recordVerification,
  declareRelatives,
  shared: sharedOn,
  ...accountChanges,
}
