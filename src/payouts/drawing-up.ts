import { randomUUID } from 'node:crypto'
import type { Act } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { sumVnd } from '../lib/money.ts'
import type { Month } from '../lib/time.ts'
import { registry } from '../registry/registry.ts'
import type { CommuneRow } from '../registry/registry.ts'
import { dueOn } from './due.ts'
import type { Due } from './due-line.ts'
import { rowsOf } from './list.ts'
import type { FrozenSet, StoredList } from './list.ts'
import * as store from './list-store.ts'
import { insertInstructions } from './payouts-store.ts'
import { listNumber, paymentReference } from './reference.ts'

/**
 * Draws up a commune's list for a month from what the law owes, as a draft of the person who acts. A list that counts
 * already is returned as it is: one a commune and month; after a refused or withdrawn one it is the next version.
 * Throws DomainError: list-there (somebody drew it up at the same time), payee-missing, same-person (who decided on an
 * earlier version does not prepare the next), residents-not-rehomed, and what the registry throws.
 */
export async function drawUp(
  tx: Tx,
  by: Act,
  commune: CommuneRow,
  month: Month,
): Promise<StoredList> {
  const existing = await store.findList(tx, commune.id, month)
  if (existing !== undefined) return existing
  await registry.communes.requireRehomed(tx, { communeId: commune.id, month })
  const due = await dueOn(tx, { communeId: commune.id, month, on: month })
  return writeDraft(tx, by, { commune, month, due })
}

/** Writes a draft of what is owed: the list, its rows and the instructions of its account rows, in six statements. */
export async function writeDraft(
  tx: Tx,
  by: Act,
  draft: { readonly commune: CommuneRow; readonly month: Month; readonly due: Due },
): Promise<StoredList> {
  const { commune, month, due } = draft
  const { version, rowsBefore } = await store.nextVersion(tx, commune.id, month)
  const confidential = await store.confidentialCategories(tx)
  const rows = rowsOf({ month, commune: commune.code, rowsBefore, ...due, confidential })
  const list = {
    id: randomUUID(),
    number: listNumber(month, commune.code, version),
    ...{ communeId: commune.id, month, version, payingUnit: commune.payingUnit },
    preparedBy: by.actor,
    rowCount: rows.length,
    total: sumVnd(rows.map(({ amount }) => amount)),
  }
  await store.insertDraft(tx, list)
  await store.insertRows(tx, list, rows)
  await insertInstructions(
    tx,
    rows.flatMap(({ row, number, amount, channel, paymentAccountId }) =>
      channel === null || paymentAccountId === null
        ? []
        : [
            {
              reference: paymentReference({
                ...{ month, commune: commune.code },
                ...{ row: rowsBefore + row, issue: 1 },
              }),
              ...{ entitlementNumber: number, channel, paymentAccountId, amount },
            },
          ],
    ),
    by.actor,
  )
  return { ...list, state: 'DRAFT', contentHash: '' }
}

/**
 * Draws up a commune's list unless there is one, freezes it and submits it; the database counts, sums and hashes its rows.
 * The person who acts is its preparer. A list that was submitted already is returned as it is.
 */
export async function submit(
  tx: Tx,
  by: Act,
  commune: CommuneRow,
  month: Month,
): Promise<StoredList> {
  const list = await drawUp(tx, by, commune, month)
  if (list.state !== 'DRAFT') return list
  await store.moveList(tx, list.id, 'SUBMITTED', by.actor)
  const stored = await store.lockList(tx, list.id)
  await recordList(tx, by, 'list.submit', stored, stored)
  return stored
}

/** Writes the audit event of an act on a list, with the set that it was about. */
export function recordList(
  tx: Tx,
  by: Act,
  act: string,
  list: StoredList,
  { rowCount, total, contentHash }: FrozenSet,
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const detail = { rowCount, total: total.toString(), contentHash, ...more }
  const { number, communeId } = list
  return recordActs(tx, by, [{ act, subject: `list:${number}`, communeId, detail }])
}
