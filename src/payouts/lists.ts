import { randomUUID } from 'node:crypto'
import { ledger } from '../ledger/ledger.ts'
import type { Act } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { invariant } from '../lib/errors.ts'
import { monthOf } from '../lib/time.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import { registry } from '../registry/registry.ts'
import type { CommuneRow } from '../registry/registry.ts'
import { freeze, requireSameSet } from './list.ts'
import type { FrozenSet } from './list.ts'
import * as store from './payouts-store.ts'
import type { StoredList } from './payouts-store.ts'
import { entitlementNumber, listNumber, paymentReference } from './reference.ts'

/** The day under which a list is booked: its own month, even when it is approved in the month before. */
function bookedOn(month: Month, on: LocalDate): LocalDate {
  return monthOf(on) < month ? month : on
}

/** What is due on a commune's list and through what it is paid. */
async function dueWithPayees(tx: Tx, communeId: number, month: Month) {
  const due = await registry.dueIn(tx, { communeId, month, entitled: store.entitledBefore })
  const paid = await registry.paidThrough(
    tx,
    due.map(({ enrolmentId }) => enrolmentId),
  )
  return due.map((line) => {
    const through = paid.get(line.enrolmentId)
    invariant(through !== undefined, 'what is due comes of an enrolment or a funeral case')
    return { ...line, ...through }
  })
}

/**
 * Draws up a commune's list for a month from what the law owes, freezes and submits it (count, sum, hash). The person
 * who acts is its preparer. A list that is there already is returned as it is: one list a commune and month.
 */
async function submitList(tx: Tx, by: Act, commune: CommuneRow, month: Month): Promise<StoredList> {
  const existing = await store.findList(tx, commune.id, month)
  if (existing !== undefined) return existing
  const due = await dueWithPayees(tx, commune.id, month)
  const rows = due.map((line, index) => ({
    ...line,
    row: index + 1,
    number: entitlementNumber({ month, commune: commune.code, row: index + 1 }),
  }))
  const cash = rows.filter(({ method }) => method === 'cash')
  const number = listNumber(month, commune.code, 1)
  const list = {
    id: randomUUID(),
    number,
    communeId: commune.id,
    month,
    payingUnit: commune.payingUnit,
    preparedBy: by.actor,
  }
  await store.insertList(tx, {
    ...list,
    ...freeze(rows),
    rows,
    instructions: rows.flatMap(({ row, number: entitlement, amount, channel, paymentAccountId }) =>
      channel === null || paymentAccountId === null
        ? []
        : [
            {
              reference: paymentReference({ month, commune: commune.code, row, issue: 1 }),
              entitlementNumber: entitlement,
              channel,
              paymentAccountId,
              amount,
            },
          ],
    ),
    cash: cash.length === 0 ? null : { id: `${number}-TM`, ...freeze(cash) },
  })
  await store.moveList(tx, list.id, 'SUBMITTED', by.actor)
  const stored = await store.lockList(tx, list.id)
  await audit(tx, by, 'list.submit', stored)
  return stored
}

/**
 * Approves a submitted list as another person: holds the paying unit's funds, books what is owed, and marks its
 * instructions approved, all or nothing. `seen` is the set the approver saw; `on` the day of approval.
 * Throws DomainError: list-differs, below-floor (the unit lacks `missing` đồng), or the database's refusal of the preparer.
 */
async function approveList(
  tx: Tx,
  by: Act,
  decision: { readonly listId: string; readonly seen: FrozenSet; readonly on: LocalDate },
): Promise<void> {
  const list = await store.lockList(tx, decision.listId)
  requireSameSet(decision.seen, list)
  await store.moveList(tx, list.id, 'APPROVED', by.actor)
  const items = await store.entitlementsOf(tx, list.id)
  const head = {
    occurredOn: decision.on,
    postingDate: bookedOn(list.month, decision.on),
    communeId: list.communeId,
  }
  const { payingUnit: unit, number } = list
  const programmes = [...new Set(items.map(({ programme }) => programme))]
  if (items.length > 0) {
    await ledger.post(tx, by, [
      ledger.entry(
        'hold',
        { unit, list: number, amount: list.total },
        { ...head, reference: `hold:${number}` },
      ),
      ...programmes.map((programme) =>
        ledger.entry(
          'accrual',
          { unit, programme, items: items.filter((item) => item.programme === programme) },
          { ...head, reference: `accrual:${number}:${programme}` },
        ),
      ),
    ])
  }
  await store.approveInstructions(tx, list.id, by.actor)
  await audit(tx, by, 'list.approve', list)
}

/** Releases an approved list as a third person: its instructions may be sent from now on. */
async function releaseList(tx: Tx, by: Act, listId: string): Promise<void> {
  const list = await store.lockList(tx, listId)
  await store.moveList(tx, list.id, 'RELEASED', by.actor)
  await store.queueInstructions(tx, list.id)
  await audit(tx, by, 'list.release', list)
}

function audit(tx: Tx, by: Act, act: string, list: StoredList): Promise<void> {
  const { number, communeId, rowCount, total, contentHash } = list
  return recordActs(tx, by, [
    {
      act,
      subject: `list:${number}`,
      communeId,
      detail: { rowCount, total: total.toString(), contentHash },
    },
  ])
}

/** A commune's list from draft to release. */
export const lists = {
  submit: submitList,
  approve: approveList,
  release: releaseList,
  of: store.listsOf,
  due: dueWithPayees,
}
