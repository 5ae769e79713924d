import { randomUUID } from 'node:crypto'
import type { Act } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'
import { offeredAmong } from './carrying-store.ts'
import * as decisions from './decision-store.ts'
import type { RowSet, StandingRow } from './decision-store.ts'
import type { Why } from './deciding.ts'
import { recordList } from './drawing-up.ts'
import { holdsAt } from './holds.ts'
import * as holds from './hold-store.ts'
import type { HoldSubject, WaitingRow } from './hold-store.ts'
import { requireSameSet } from './list.ts'
import type { FrozenSet } from './list.ts'
import { unbookRows, unbookUnpaid } from './list-money.ts'
import * as store from './list-store.ts'

/**
 * Releases an approved list as a third person. Every row that stands is asked again whether it must wait: those are HELD
 * with the reason, the others may be sent from now on; cash rows that need not wait make the cash list. `seen` is the set
 * that stands (`standing`); `on` the day. Returns how many rows wait.
 * Throws DomainError: list-differs, same-person, state-transition.
 */
export async function releaseList(
  tx: Tx,
  by: Act,
  release: { readonly listId: string; readonly seen: FrozenSet; readonly on: LocalDate },
): Promise<number> {
  const list = await store.lockList(tx, release.listId)
  const rows = await decisions.standingRows(tx, list.id)
  const stored = await decisions.nameRows(tx, list.id, placesOf(rows))
  requireSameSet(release.seen, stored)
  await store.moveLists(tx, [list.id], 'RELEASED', by.actor)
  const held = await holdsAt(tx, questions(rows), release.on)
  await holds.queueInstructions(tx, list.id, held)
  const cash = rows.filter(({ method, entitlement }) => method === 'cash' && !held.has(entitlement))
  if (cash.length > 0) await holds.insertCashList(tx, list, placesOf(cash))
  await recordList(tx, by, 'list.release', list, stored, { held: held.size })
  return held.size
}

/** The set of a list's rows that stand: what is released. */
export async function standing(tx: Tx, listId: string): Promise<FrozenSet> {
  return decisions.nameRows(tx, listId, placesOf(await decisions.standingRows(tx, listId)))
}

/**
 * Places an officer's hold on a person (everything still to be sent for them, also on later lists) or on one entitlement,
 * from a day on. What is queued and not claimed yet is HELD at once; what was claimed is on its way and stays so; what is
 * not released yet is held at release. Returns the hold and the references that it took out of the queue.
 * Throws DomainError `reason-unknown`.
 */
export async function hold(
  tx: Tx,
  by: Act,
  order: {
    readonly subject: HoldSubject
    readonly communeId: number
    readonly from: LocalDate
    readonly on: LocalDate
  } & Why,
): Promise<{ readonly id: string; readonly held: readonly string[] }> {
  const { subject, communeId, from, on, reasonCode, reason } = order
  await holds.lockListsOf(tx, subject)
  const id = randomUUID()
  await holds.insertHold(tx, {
    ...{ id, communeId, on: subject, reasonCode, reason, from, placedBy: by.actor },
  })
  const held = from <= on ? await holds.holdQueued(tx, subject) : []
  await recordActs(tx, by, [
    {
      act: 'hold.place',
      subject: `hold:${id}`,
      communeId,
      detail: { ...subject, reasonCode, held },
    },
  ])
  return { id, held }
}

/**
 * Lifts a hold as another person than placed it. What nothing else holds is queued again; cash rows make a further cash
 * list. Who prepared or approved an instruction does not let it go (the database says so). Returns how many rows were let go.
 * Throws DomainError: hold-missing, same-person.
 */
export async function lift(
  tx: Tx,
  by: Act,
  order: { readonly holdId: string; readonly reason: string; readonly on: LocalDate },
): Promise<number> {
  const subject = await holds.subjectOf(tx, order.holdId)
  await holds.lockListsOf(tx, subject)
  const { communeId } = await holds.liftHold(tx, order.holdId, {
    ...{ actor: by.actor, reason: order.reason },
  })
  const freed = await letGo(tx, await holds.waitingRows(tx, subject), order.on)
  const detail = { reason: order.reason, freed }
  await recordActs(tx, by, [
    { act: 'hold.lift', subject: `hold:${order.holdId}`, communeId, detail },
  ])
  return freed
}

/**
 * Asks again about all that waits of a released list, and lets go what need not wait any more; what was sent before and is
 * known by now does not wait either, for it is recorded and not sent. Returns how many rows.
 */
export async function recheck(
  tx: Tx,
  by: Act,
  order: { readonly listId: string; readonly on: LocalDate },
): Promise<number> {
  const list = await store.lockList(tx, order.listId)
  const freed = await letGo(tx, await holds.waitingRows(tx, { listId: list.id }), order.on)
  await recordList(tx, by, 'list.recheck', list, list, { freed })
  return freed
}

async function letGo(tx: Tx, rows: readonly WaitingRow[], on: LocalDate): Promise<number> {
  const held = await holdsAt(tx, questions(rows), on)
  const known = await holds.cameToLight(tx, [...held.keys()])
  const free = rows.filter(({ entitlement: one }) => !held.has(one) || known.has(one))
  await holds.queueHeld(
    tx,
    free.map(({ entitlement }) => entitlement),
  )
  const cash = free.filter(({ method }) => method === 'cash')
  for (const [id, number] of new Map(cash.map((row) => [row.listId, row.listNumber]))) {
    const rows = placesOf(cash.filter(({ listId }) => listId === id))
    await holds.insertCashList(tx, { id, number }, rows)
  }
  return free.length
}

/**
 * Stops rows of an approved or released list for good, as another person than prepared it: what is not on its way is
 * cancelled, owed no more, and its money is free again, in one transaction; so is cash that came back unpaid, such as a dead
 * person's, which the law then owes to whoever receives by now. Names the set as every decision.
 * Throws DomainError: list-differs, same-person, reason-unknown, state-transition (sent, paid, stopped or not approved).
 */
export async function stop(
  tx: Tx,
  by: Act,
  order: {
    readonly listId: string
    readonly set: RowSet
    readonly seen: FrozenSet
    readonly on: LocalDate
  } & Why,
): Promise<void> {
  const { seen, on, reasonCode, reason } = order
  const list = await store.lockList(tx, order.listId)
  const named = await decisions.nameRows(tx, list.id, order.set)
  requireSameSet(seen, named)
  const rows = await decisions.standingRows(tx, list.id, named.rows)
  await decisions.insertDecision(tx, list, {
    ...{ kind: 'stop', named, by: by.actor, reasonCode, reason },
  })
  const reference = `${list.number}:${String(named.rows[0] ?? 0)}`
  const numbers = rows.map(({ entitlement }) => entitlement)
  const offered = await offeredAmong(tx, numbers)
  const back = rows.filter(({ entitlement }) => offered.has(entitlement))
  const held = rows.filter(({ entitlement }) => !offered.has(entitlement))
  if (back.length > 0) await unbookUnpaid(tx, by, list, back, on)
  await unbookRows(tx, by, list, held, { reference, on })
  await recordList(tx, by, 'list.stop', list, named, { reasonCode, reason })
}

const placesOf = (rows: readonly { readonly row: number }[]) => rows.map(({ row }) => row)

const questions = (rows: readonly StandingRow[]) =>
  rows.map(({ entitlement: key, ...row }) => ({ key, ...row }))
