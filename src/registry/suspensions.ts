import { randomUUID } from 'node:crypto'
import type { Act, PersonId } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import { groupedBy } from '../lib/groups.ts'
import { addMonths } from '../lib/time.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import { hasReason } from './enrolments-store.ts'
import type { Decision } from './enrolments-store.ts'
import * as store from './suspensions-store.ts'
import type { SuspensionRow } from './suspensions-store.ts'

/** Not received for so many months on end or more: a reason to suspend (TT 02/2021 Art 2.3). */
export const UNPAID_MONTHS = 3

/** A month of a person that was on a list and that nobody received: payouts tells it. */
export interface UnpaidMonth {
  readonly personId: PersonId
  readonly month: Month
}

/**
 * Proposes to suspend, from `month`, what was not received in the three months before it or longer. Takes the unpaid
 * facts; proposes each head of a person once and nothing that is proposed or suspended already. Returns how many.
 */
export async function proposeSuspensions(
  tx: Tx,
  by: Act,
  of: { readonly month: Month; readonly on: LocalDate; readonly unpaid: readonly UnpaidMonth[] },
): Promise<number> {
  const people = unpaidOnEnd(of.unpaid, of.month)
  const found = await store.openHeads(tx, people, of.month)
  await propose(
    tx,
    by,
    found.map((head) => ({ ...head, from: of.month, reason: 'UNPAID_3M', on: of.on })),
  )
  return found.length
}

/** Proposes to suspend one head of a person. Throws DomainError `reason-unknown`, `not-enrolled`, `suspended-already`. */
export async function proposeSuspension(
  tx: Tx,
  by: Act,
  of: {
    readonly personId: PersonId
    readonly head: string
    readonly from: Month
    readonly reason: string
    readonly on: LocalDate
  },
): Promise<string> {
  if (!(await hasReason(tx, of.reason, 'suspend'))) {
    const message = `Không có lý do tạm dừng ${of.reason}: chọn trong stop_reasons.csv`
    throw new DomainError('invalid', 'reason-unknown', message)
  }
  const heads = await store.headsOf(tx, of.personId, of.from)
  const found = heads.find(({ head }) => head === of.head)
  if (found === undefined) {
    const message = `Người này không hưởng ${of.head} trong tháng ${of.from.slice(0, 7)}: xem lại hồ sơ`
    throw new DomainError('not-found', 'not-enrolled', message)
  }
  const [id = ''] = await propose(tx, by, [
    { ...found, from: of.from, reason: of.reason, on: of.on },
  ])
  return id
}

/**
 * Decides a proposed suspension as another person: nothing is owed from its first month until it is resumed.
 * Throws DomainError `suspension-not-proposed`, `same-person`.
 */
export async function decideSuspension(
  tx: Tx,
  by: Act,
  of: { readonly id: string; readonly decision: Decision; readonly on: LocalDate },
): Promise<void> {
  const decided = await store.decide(tx, { ...of, actor: by.actor, state: 'DECIDED' })
  await audited(tx, by, 'suspension.decide', decided, of.id, of.decision)
}

/** Rejects a proposed suspension as another person. Throws DomainError `suspension-not-proposed`, `same-person`. */
export async function rejectSuspension(
  tx: Tx,
  by: Act,
  of: { readonly id: string; readonly on: LocalDate },
): Promise<void> {
  const decided = await store.decide(tx, {
    ...of,
    decision: null,
    actor: by.actor,
    state: 'REJECTED',
  })
  await audited(tx, by, 'suspension.reject', decided, of.id, null)
}

/**
 * Resumes what is suspended, from a month; with arrears the suspended months are owed again and come on the next list
 * (Art 6.1.b TT 02/2021: "truy lĩnh (nếu có)"). Throws DomainError `suspension-not-in-force`.
 */
export async function resume(
  tx: Tx,
  by: Act,
  of: {
    readonly id: string
    readonly from: Month
    readonly withArrears: boolean
    readonly decision: Decision
    readonly on: LocalDate
  },
): Promise<void> {
  const last = addMonths(of.from, -1)
  const resumed = await store.endSuspension(tx, { ...of, last, actor: by.actor })
  if (resumed === undefined) {
    throw new DomainError('conflict', 'suspension-not-in-force', 'Không có quyết định tạm dừng này')
  }
  await audited(tx, by, 'suspension.resume', resumed, of.id, of.decision)
}

/** Who has nothing received in each of the three months before a month. */
function unpaidOnEnd(unpaid: readonly UnpaidMonth[], month: Month): readonly PersonId[] {
  const wanted = Array.from({ length: UNPAID_MONTHS }, (_, index) => addMonths(month, -1 - index))
  return [...groupedBy(unpaid, ({ personId }) => personId)].flatMap(([personId, rows]) => {
    const months = new Set(rows.map((row) => row.month))
    return wanted.every((one) => months.has(one)) ? [personId] : []
  })
}

async function propose(
  tx: Tx,
  by: Act,
  rows: readonly Omit<SuspensionRow, 'id'>[],
): Promise<readonly string[]> {
  const named = rows.map((row) => ({ ...row, id: randomUUID() }))
  await store.insertSuspensions(tx, named, by.actor)
  await recordActs(
    tx,
    by,
    named.map(({ id, communeId, reason, from, head }) => ({
      ...{ act: 'suspension.propose', subject: `suspension:${id}`, communeId },
      detail: { head, reason, from },
    })),
  )
  return named.map(({ id }) => id)
}

async function audited(
  tx: Tx,
  by: Act,
  act: string,
  row: { readonly communeId: number } | undefined,
  id: string,
  decision: Decision | null,
): Promise<void> {
  if (row === undefined) {
    const message = 'Không có đề nghị tạm dừng này, hoặc đã có người quyết định'
    throw new DomainError('conflict', 'suspension-not-proposed', message)
  }
  await recordActs(tx, by, [
    {
      ...{ act, subject: `suspension:${id}`, communeId: row.communeId },
      detail: { decision: decision?.number ?? null },
    },
  ])
}
