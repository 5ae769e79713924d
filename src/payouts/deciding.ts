import type { Act } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { LocalDate } from '../lib/time.ts'
import { completeList } from './completing.ts'
import * as decisions from './decision-store.ts'
import type { NamedRows, RowSet } from './decision-store.ts'
import { recordList } from './drawing-up.ts'
import { requireSameSet } from './list.ts'
import type { FrozenSet, StoredList } from './list.ts'
import { unbookRows } from './list-money.ts'
import * as store from './list-store.ts'

/** What a person decides on: rows of a list, the set that the person saw, and the day. */
export interface RowDecision {
  readonly listId: string
  readonly set: RowSet
  readonly seen: FrozenSet
  readonly on: LocalDate
}

/** Why: a code of `decision_reason` for this kind of decision, and words. */
export interface Why {
  readonly reasonCode: string
  readonly reason: string
}

/** Rows named in a message at the most. */
const NAMED_MAX = 10

/** Freezes a set of rows for somebody to look at and then to decide on: places, count, sum in đồng, hash. */
export async function setOf(tx: Tx, listId: string, set: RowSet): Promise<NamedRows> {
  return decisions.nameRows(tx, listId, set)
}

/** Places of the rows of a list that a person must open before approving them, and has not opened. */
export async function toOpen(tx: Tx, by: Act, listId: string): Promise<readonly number[]> {
  const { rows } = await decisions.nameRows(tx, listId, 'undecided')
  return decisions.rowsToOpen(tx, listId, rows, by.actor)
}

/** Notes that the person who acts has opened rows of a submitted list; the clock is the database's. */
export async function openRows(
  tx: Tx,
  by: Act,
  opening: { readonly listId: string; readonly rows: readonly number[] },
): Promise<void> {
  const list = await store.lockList(tx, opening.listId)
  await decisions.insertOpenings(tx, list, opening.rows, by.actor)
}

/** Approves all rows of a submitted list in one act. `seen` is the whole list. The rest as `approveRows`. */
export async function approveList(
  tx: Tx,
  by: Act,
  decision: Omit<RowDecision, 'set'>,
): Promise<void> {
  await approveRows(tx, by, { ...decision, set: 'all' })
}

/**
 * Approves rows of a submitted list as another person than its preparer. When the last row is decided on, the list is
 * approved: the paying unit's funds are held and what is owed is booked, for the rows that stand. Returns the list's state.
 * Throws DomainError: list-differs, rows-not-opened (extra.rows: to be opened by this person first), same-person,
 * state-transition (decided before), below-floor (the unit lacks extra.missing đồng).
 */
export async function approveRows(
  tx: Tx,
  by: Act,
  decision: RowDecision,
): Promise<'SUBMITTED' | 'APPROVED'> {
  const { list, named } = await lockSet(tx, decision)
  const unopened = await decisions.rowsToOpen(tx, list.id, named.rows, by.actor)
  if (list.state === 'SUBMITTED' && list.preparedBy !== by.actor && unopened.length > 0) {
    throw notOpened(list, unopened)
  }
  await decisions.insertDecision(tx, list, { kind: 'approve', named, by: by.actor })
  await recordList(tx, by, 'list.approve-rows', list, named)
  return completeList(tx, by, list, decision.on)
}

/**
 * Refuses rows of a submitted list: they are struck off, their instructions cancelled, and the reason goes back to the
 * maker; nothing is held or owed for them, and the law puts them on a later list again. Returns the list's state.
 * Throws as `approveRows`, and reason-unknown.
 */
export async function refuseRows(
  tx: Tx,
  by: Act,
  decision: RowDecision & Why,
): Promise<'SUBMITTED' | 'APPROVED'> {
  const { list, named } = await lockSet(tx, decision)
  const { reasonCode, reason } = decision
  await decisions.insertDecision(tx, list, {
    ...{ kind: 'refuse-row', named, by: by.actor, reasonCode, reason },
  })
  await recordList(tx, by, 'list.refuse-rows', list, named, { reasonCode, reason })
  return completeList(tx, by, list, decision.on)
}

/**
 * Refuses a submitted or approved list as a person who neither prepared nor approved it. Its rows stand no more; what was
 * held and owed is taken back in the same transaction; the maker's next list is a new version.
 * Throws DomainError: list-differs, same-person, reason-unknown, state-transition.
 */
export async function refuseList(
  tx: Tx,
  by: Act,
  decision: { readonly listId: string; readonly seen: FrozenSet; readonly on: LocalDate } & Why,
): Promise<void> {
  await close(tx, by, 'REFUSED', decision)
}

/**
 * Withdraws a list until it is released: by who prepared it until it is approved, then by who approved it.
 * What was held and owed is taken back in the same transaction. Throws as `refuseList`, and not-theirs.
 */
export async function withdrawList(
  tx: Tx,
  by: Act,
  decision: { readonly listId: string; readonly seen: FrozenSet; readonly on: LocalDate } & Why,
): Promise<void> {
  await close(tx, by, 'WITHDRAWN', decision)
}

async function close(
  tx: Tx,
  by: Act,
  to: 'REFUSED' | 'WITHDRAWN',
  decision: { readonly listId: string; readonly seen: FrozenSet; readonly on: LocalDate } & Why,
): Promise<void> {
  const { seen, on, reasonCode, reason } = decision
  const list = await store.lockList(tx, decision.listId)
  requireSameSet(seen, list)
  const standing = list.state === 'APPROVED' ? await decisions.standingRows(tx, list.id) : []
  await store.closeList(tx, list.id, to, { actor: by.actor, reasonCode, reason })
  await unbookRows(tx, by, list, standing, { reference: list.number, on })
  const act = to === 'REFUSED' ? 'list.refuse' : 'list.withdraw'
  await recordList(tx, by, act, list, list, { reasonCode, reason, from: list.state })
}

async function lockSet(
  tx: Tx,
  { listId, set, seen }: Omit<RowDecision, 'on'>,
): Promise<{ readonly list: StoredList; readonly named: NamedRows }> {
  const list = await store.lockList(tx, listId)
  const named = await decisions.nameRows(tx, listId, set)
  requireSameSet(seen, named)
  return { list, named }
}

function notOpened(list: StoredList, rows: readonly number[]): DomainError {
  const named = rows.slice(0, NAMED_MAX).join(', ') + (rows.length > NAMED_MAX ? ' …' : '')
  return new DomainError(
    'conflict',
    'rows-not-opened',
    `Danh sách ${list.number}: ${rows.length} dòng có cảnh báo phải mở xem trước khi duyệt: ${named}`,
    { rows },
  )
}
