import { randomUUID } from 'node:crypto'
import type { Act, PersonId } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import { addMonths, formatDate, monthOf } from '../lib/time.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import type { Vault } from '../lib/vault.ts'
import { readAccountNumber, sealNumber } from './account-number.ts'
import * as store from './account-changes-store.ts'
import { requireOwnName } from './holder-match.ts'
import type { LegalDocument } from './legal-document.ts'
import type { NameMatch } from './name-match.ts'
import { endPayees, insertPayees } from './payees-assign-store.ts'
import { insertAccounts } from './registry-store.ts'
import type { NewAccount } from './registry-store.ts'
import { wordOf } from './word.ts'
import type { Approvers, Word } from './word.ts'

/** What a person asks for: another account for the same receiver. */
export interface ChangeRequest {
  readonly personId: PersonId
  readonly programme: string
  /** Whose account it is: the beneficiary's, or the representative's own. */
  readonly ownerId: PersonId
  readonly bankCode: string | null
  readonly number: string
  readonly holderName: string
  readonly document: LegalDocument
  /** The business day of the request. */
  readonly on: LocalDate
  /** The first month whose list of the commune is not submitted yet, as payouts knows it. */
  readonly nextList: Month
}

/** A request that was taken: the month from whose list on the new account is paid, once it is approved. */
export interface Requested {
  readonly id: string
  readonly effectiveMonth: Month
  /** The holder's name beside the owner's, where it may be compared. */
  readonly holderMatch: NameMatch | null
}

/**
 * Requests another account for whoever receives a person's programme, with a document. The next list (of `nextList`, or
 * of the current month when that is later) is still paid into the old account; the new one holds from the month after
 * it, if another person has approved. The previous contact's notice is recorded at once. Throws DomainError
 * `account-number`, `holder-name`, `no-payee`, `change-open` when one waits already.
 */
async function requestChange(
  tx: Tx,
  vault: Vault,
  by: Act,
  request: ChangeRequest,
): Promise<Requested> {
  const { personId, programme, bankCode, on } = request
  const number = readAccountNumber(request)
  const holderMatch = await requireOwnName(tx, request)
  const nextList = request.nextList > monthOf(on) ? request.nextList : monthOf(on)
  const effectiveMonth = addMonths(nextList, 1)
  const assigned = await store.assignedOn(tx, { personId, programme, on })
  if (assigned === undefined) {
    throw new DomainError(
      'not-found',
      'no-payee',
      `Chương trình ${programme}: người này chưa có người nhận nào để đổi tài khoản`,
    )
  }
  const [id, newAccountId] = [randomUUID(), randomUUID()]
  const { communeId, accountId: oldAccountId } = assigned
  const change = {
    ...request,
    ...{ id, newAccountId, communeId, oldAccountId, nextList, effectiveMonth, requestedOn: on },
    number: sealNumber(vault, newAccountId, { bankCode, number }),
  }
  await store.insertChange(tx, change, by.actor)
  const content = `Tài khoản nhận trợ cấp ${programme} được đề nghị đổi ngày ${formatDate(on)}, chi từ tháng ${effectiveMonth.slice(5, 7)}/${effectiveMonth.slice(0, 4)}. Nếu không phải ông (bà) đề nghị, hãy báo ngay cho xã, phường.`
  await store.insertNotice(tx, { id: randomUUID(), changeId: id, content })
  await audit(tx, by, 'registry.request-account-change', {
    id,
    communeId,
    personId,
    effectiveMonth,
  })
  return { id, effectiveMonth, holderMatch }
}

/**
 * Approves a change as another person. When the requester is the owner, the beneficiary or a declared relative, it waits
 * for a second approver; a relative approves nothing. Returns whether it is done. Throws DomainError `change-missing`,
 * `same-person`, `relative-needs-second`, `change-late`.
 */
async function approveChange(tx: Tx, by: Act, id: string, on: LocalDate): Promise<boolean> {
  const change = await lock(tx, id)
  const { approvedBy, communeId, personId, effectiveMonth } = change
  const first = approvedBy ?? by.actor
  const second = approvedBy === null ? null : by.actor
  const state = change.involved && second === null ? 'requested' : 'approved'
  const decision = { id, approvedBy: first, secondApprovedBy: second, reason: null }
  if (state === 'approved' && monthOf(on) > effectiveMonth) {
    throw new DomainError(
      'conflict',
      'change-late',
      `Đề nghị đổi tài khoản lẽ ra có hiệu lực từ ${formatDate(effectiveMonth)}: hãy từ chối và đề nghị lại`,
    )
  }
  await store.decide(tx, { ...decision, state })
  if (state === 'approved') await takeEffect(tx, change, decision)
  await audit(tx, by, 'registry.approve-account-change', { id, communeId, personId, state })
  return state === 'approved'
}

async function takeEffect(
  tx: Tx,
  change: store.OpenChange,
  by: { readonly approvedBy: PersonId; readonly secondApprovedBy: PersonId | null },
): Promise<void> {
  const { id, personId, programme, effectiveMonth, newAccountId, requestedBy } = change
  await store.insertChanged(tx, id)
  const last = await store.assignedOn(tx, { personId, programme, on: effectiveMonth })
  if (last === undefined) {
    throw new DomainError('conflict', 'no-payee', 'Người nhận đã thôi nhận trước khi đổi tài khoản')
  }
  await endPayees(tx, [{ personId, programme, from: effectiveMonth }])
  const { communeId, payeeId, representationId } = last
  await insertPayees(
    tx,
    [
      {
        ...{ id: randomUUID(), personId, programme, communeId, from: effectiveMonth, payeeId },
        ...{ representationId, paymentAccountId: newAccountId, changeId: id },
      },
    ],
    {
      enteredBy: requestedBy,
      confirmedBy: by.approvedBy,
      secondConfirmedBy: by.secondApprovedBy,
    },
  )
}

/** Refuses a change with a reason; the old account stays. Throws DomainError `change-missing`, `reason-missing`. */
async function refuseChange(tx: Tx, by: Act, id: string, reason: string): Promise<void> {
  if (reason.trim() === '') {
    throw new DomainError('invalid', 'reason-missing', 'Hãy ghi lý do từ chối đổi tài khoản')
  }
  const { communeId, personId, approvedBy } = await lock(tx, id)
  await store.decide(tx, { id, state: 'refused', approvedBy, secondApprovedBy: null, reason })
  await audit(tx, by, 'registry.refuse-account-change', { id, communeId, personId, reason })
}

async function lock(tx: Tx, id: string): Promise<store.OpenChange> {
  const change = await store.lockChange(tx, id)
  if (change !== undefined) return change
  throw new DomainError(
    'not-found',
    'change-missing',
    'Không có đề nghị đổi tài khoản này, hoặc đã được quyết định',
  )
}

function audit(
  tx: Tx,
  by: Act,
  act: string,
  of: { readonly id: string; readonly communeId: number; readonly [detail: string]: unknown },
): Promise<void> {
  const { id, communeId, ...detail } = of
  return recordActs(tx, by, [{ act, subject: `account-change:${id}`, communeId, detail }])
}

/** An account that replaces one whose payment failed. */
export interface CorrectedAccount extends NewAccount {
  readonly replaces: string
  /** The ISO reason with which the channel refused or returned the payment. */
  readonly failure: string
  /** The month whose payment failed: it is re-issued to the new account, and later lists follow. */
  readonly from: Month
}

/** Reasons that prove an account, not the payment, to be wrong; the database knows the same (failure_reason's actions). */
const DEAD = new Set(['AC01', 'AC04', 'AC06', 'AG01', 'AM14', 'BE01'])

/**
 * Replaces accounts that the channel has proved wrong, at once and without cooling-off: there is no list to wait for, the
 * money of this one came back. New rows that name what they replace, entered by `by` and confirmed by another person (the
 * database refuses the same one), and the assignments follow. Throws DomainError `account-alive` for a failure that does
 * not speak of the account, `relative-needs-second`. One audit event an account.
 */
export async function replaceAccounts(
  tx: Tx,
  vault: Vault,
  by: Act,
  replacing: readonly CorrectedAccount[],
  confirmedBy: Approvers,
): Promise<void> {
  const alive = replacing.find(({ failure }) => !DEAD.has(failure))
  if (alive !== undefined) {
    throw new DomainError(
      'conflict',
      'account-alive',
      `Lý do ${alive.failure} không phải do tài khoản: không sửa ngay được, hãy đề nghị đổi tài khoản`,
    )
  }
  const people = wordOf(by.actor, confirmedBy)
  await insertAccounts(tx, vault, replacing, people)
  await followCorrections(tx, replacing, people)
  await recordActs(
    tx,
    by,
    replacing.map(({ id, communeId, replaces, failure }) => ({
      act: 'registry.replace-account',
      subject: `payment-account:${id}`,
      communeId,
      detail: { replaces, failure },
    })),
  )
}

async function followCorrections(
  tx: Tx,
  replacing: readonly CorrectedAccount[],
  people: Word,
): Promise<void> {
  const byAccount = new Map(replacing.map((row) => [row.id, row]))
  const dead = (await store.deadAssignments(tx, replacing)).flatMap((row) => {
    const correction = byAccount.get(row.newAccountId)
    return correction === undefined ? [] : [{ ...row, correction, changeId: randomUUID() }]
  })
  await store.insertCorrections(tx, dead, people)
  await store.cutPayees(tx, dead)
  const made = dead.map((row) => ({
    ...row,
    id: randomUUID(),
    paymentAccountId: row.newAccountId,
  }))
  await insertPayees(tx, made, people)
}

/** How an account changes by request. */
export const accountChanges = { requestChange, approveChange, refuseChange }
