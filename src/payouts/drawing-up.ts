import { randomUUID } from 'node:crypto'
import type { Act } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { invariant } from '../lib/errors.ts'
import { groupedBy } from '../lib/groups.ts'
import { sumVnd } from '../lib/money.ts'
import type { Month } from '../lib/time.ts'
import { registry } from '../registry/registry.ts'
import type { CommuneRow } from '../registry/registry.ts'
import { dueOn } from './due.ts'
import type { Due } from './due-line.ts'
import { rowsOf } from './list.ts'
import type { FrozenSet, ListRow, StoredList } from './list.ts'
import { insertRows } from './list-rows-store.ts'
import type { Draft } from './list-rows-store.ts'
import * as store from './list-store.ts'
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
  return only(await drawUpAll(tx, by, [commune], month))
}

/** Draws up the lists of some communes in a handful of statements, however many; in the order of the communes. */
async function drawUpAll(
  tx: Tx,
  by: Act,
  communes: readonly CommuneRow[],
  month: Month,
): Promise<readonly StoredList[]> {
  const ids = communes.map(({ id }) => id)
  const existing = await store.findLists(tx, ids, month)
  const there = new Set(existing.map(({ communeId }) => communeId))
  const missing = communes.filter(({ id }) => !there.has(id))
  if (missing.length === 0) return inOrder(communes, existing)
  const of = { communes: missing.map(({ id }) => id), month }
  await registry.communes.requireRehomed(tx, of)
  const due = await dueOn(tx, { ...of, on: month })
  const drafts = await writeDrafts(tx, by, { communes: missing, month, due })
  return inOrder(communes, [...existing, ...drafts])
}

function inOrder(communes: readonly CommuneRow[], lists: readonly StoredList[]) {
  const byCommune = new Map(lists.map((list) => [list.communeId, list]))
  return communes.flatMap(({ id }) => byCommune.get(id) ?? [])
}

function only(lists: readonly StoredList[]): StoredList {
  const [list] = lists
  invariant(list, 'a commune has a list when one was drawn up')
  return list
}

/** Writes drafts of what is owed: the lists, and their rows with the instructions of those paid into accounts. */
export async function writeDrafts(
  tx: Tx,
  by: Act,
  of: { readonly communes: readonly CommuneRow[]; readonly month: Month; readonly due: Due },
): Promise<readonly StoredList[]> {
  const drafts = await draftsOf(tx, by, of)
  const lists = drafts.map(({ list }) => list)
  await store.insertDrafts(tx, lists)
  await insertRows(tx, of.month, drafts, by.actor)
  return lists.map((list) => ({ ...list, state: 'DRAFT', contentHash: '' }))
}

async function draftsOf(
  tx: Tx,
  by: Act,
  of: { readonly communes: readonly CommuneRow[]; readonly month: Month; readonly due: Due },
): Promise<readonly Draft[]> {
  const { communes, month, due } = of
  const ids = communes.map(({ id }) => id)
  const before = new Map(
    (await store.versionsOf(tx, ids, month)).map((versions) => [versions.communeId, versions]),
  )
  const confidential = await store.confidentialCategories(tx)
  const lines = groupedBy(due.lines, ({ communeId }) => communeId)
  return communes.map((commune) => {
    const { versions, rows: rowsBefore } = before.get(commune.id) ?? { versions: 0, rows: 0 }
    const of = { month, commune: commune.code, rowsBefore, payees: due.payees, confidential }
    const rows = rowsOf({ ...of, lines: lines.get(commune.id) ?? [] })
    const version = versions + 1
    const list = {
      id: randomUUID(),
      number: listNumber(month, commune.code, version),
      ...{ communeId: commune.id, month, version, payingUnit: commune.payingUnit },
      preparedBy: by.actor,
      rowCount: rows.length,
      total: sumVnd(rows.map(({ amount }) => amount)),
    }
    const referenceOf = ({ channel, paymentAccountId, row }: ListRow) =>
      channel === null || paymentAccountId === null
        ? null
        : paymentReference({ month, commune: commune.code, row: rowsBefore + row, issue: 1 })
    return { list, rows: rows.map((row) => Object.assign(row, { reference: referenceOf(row) })) }
  })
}

/**
 * Draws up a commune's list unless there is one, freezes it and submits it; the database counts, sums and hashes its rows.
 * The person who acts is its preparer. A list that was submitted already is returned as it is. Throws as `drawUp`.
 */
export async function submit(
  tx: Tx,
  by: Act,
  commune: CommuneRow,
  month: Month,
): Promise<StoredList> {
  return only(await submitAll(tx, by, [commune], month))
}

/**
 * The same for some communes together, all or none, in the order of the communes: a handful of statements however many.
 * Their rows are held in memory, so name communes of some thousands of people, not a province.
 */
export async function submitAll(
  tx: Tx,
  by: Act,
  communes: readonly CommuneRow[],
  month: Month,
): Promise<readonly StoredList[]> {
  const lists = await drawUpAll(tx, by, communes, month)
  const drafts = lists.filter(({ state }) => state === 'DRAFT').map(({ id }) => id)
  if (drafts.length === 0) return lists
  await store.moveLists(tx, drafts, 'SUBMITTED', by.actor)
  const submitted = await store.lockLists(tx, drafts)
  await recordActs(
    tx,
    by,
    submitted.map((list) => actOn('list.submit', list, list)),
  )
  return inOrder(communes, [...lists, ...submitted])
}

/** Writes the audit event of an act on a list, with the set that it was about. */
export function recordList(
  tx: Tx,
  by: Act,
  act: string,
  list: StoredList,
  set: FrozenSet,
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  return recordActs(tx, by, [actOn(act, list, set, more)])
}

function actOn(
  act: string,
  { number, communeId }: StoredList,
  { rowCount, total, contentHash }: FrozenSet,
  more: Readonly<Record<string, unknown>> = {},
) {
  const detail = { rowCount, total: total.toString(), contentHash, ...more }
  return { act, subject: `list:${number}`, communeId, detail }
}
