import type { Act, PersonId } from '../../src/lib/act.ts'
import type { Tx } from '../../src/lib/db.ts'
import { vnd } from '../../src/lib/money.ts'
import type { Month } from '../../src/lib/time.ts'
import type { Due, DueLine, Payee } from '../../src/payouts/due-line.ts'
import { writeDrafts } from '../../src/payouts/drawing-up.ts'
import { findLists, lockList, moveLists } from '../../src/payouts/list-store.ts'
import type { FrozenSet, StoredList } from '../../src/payouts/list.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import type { FreshDatabase } from './database.ts'
import { AMOUNT, august, leader, payday, preparer } from './town.ts'

/** The leader's words when he refuses, and everybody else's. */
export const why = { reasonCode: 'wrong-amount', reason: 'Mức hưởng chưa đúng' }
const redraw = { reasonCode: 'redraw', reason: 'Lập lại' }

const uuid = (kind: number, n: number) =>
  `${String(kind).padStart(8, '0')}-0000-7000-8000-${String(n).padStart(12, '0')}`

/** What a test says of one line of a town's n-th person (test/support/town.ts). */
export interface Owed {
  readonly n: number
  readonly amount?: bigint
  readonly component?: string
  readonly period?: Month
  readonly account?: number | null
  readonly payee?: number
  readonly hold?: string | null
  readonly warnings?: readonly string[]
}

/** Lines and payees of people of a town's commune, as the registry would answer for a month. */
export function dueOf(commune: CommuneRow, month: Month, owed: readonly Owed[]): Due {
  const id = (kind: number, n: number) => uuid(kind, commune.id * 10_000 + n)
  const line = ({ n, amount = AMOUNT, component = 'monthly', period = month }: Owed): DueLine => ({
    ...{ communeId: commune.id, personId: id(2, n) as PersonId, enrolmentId: id(6, n) },
    ...{ programme: 'BTXH', payeeProgramme: 'BTXH', component },
    ...{ period, categoryCode: 'NCT_80', amount: vnd(amount), legalBasis: 'Điều 5' },
    ...{ explanation: '360.000 × 1,0', explanationEn: '360,000 × 1.0' },
  })
  const payee = ({
    n,
    account = null,
    payee: of = n,
    hold = null,
    warnings = [],
  }: Owed): Payee => ({
    ...{ payeeId: id(2, of) as PersonId, relation: of === n ? 'self' : 'guardian' },
    ...{ representationId: null, hold, warnings },
    ...(account === null
      ? { method: 'cash', channel: null, paymentAccountId: null }
      : { method: 'account', channel: 'bank', paymentAccountId: id(5, account) }),
  })
  return {
    lines: owed.map(line),
    payees: new Map(owed.map((one) => [`${id(2, one.n)}:BTXH`, payee(one)])),
  }
}

/** Submits a list of what a test says is owed. */
export function submitOwed(
  { app }: FreshDatabase,
  commune: CommuneRow,
  month: Month,
  owed: readonly Owed[],
): Promise<StoredList> {
  return app.transact(preparer, async (tx) => {
    const due = dueOf(commune, month, owed)
    const drafts = await writeDrafts(tx, preparer, { communes: [commune], month, due })
    const ids = drafts.map(({ id }) => id)
    await moveLists(tx, ids, 'SUBMITTED', preparer.actor)
    return lockList(tx, ids[0] ?? '')
  })
}

/** Does something as somebody in a transaction of its own. */
export const as = <T>({ app }: FreshDatabase, by: Act, work: (tx: Tx) => Promise<T>): Promise<T> =>
  app.transact(by, work)

/** What stands in the way of a list: nothing but its number in the given state. */
export const refuse = (database: FreshDatabase, list: StoredList, by = leader) =>
  as(database, by, (tx) =>
    payouts.lists.refuse(tx, by, { listId: list.id, seen: list, on: payday, ...why }),
  )

export const withdraw = (database: FreshDatabase, list: StoredList, by: Act = preparer) =>
  as(database, by, (tx) =>
    payouts.lists.withdraw(tx, by, { listId: list.id, seen: list, on: payday, ...redraw }),
  )

/** The set of rows as it is, to be named in a decision. */
export const named = (
  database: FreshDatabase,
  list: StoredList,
  set: Parameters<typeof payouts.lists.setOf>[2],
): Promise<FrozenSet> => as(database, leader, (tx) => payouts.lists.setOf(tx, list.id, set))

/** Approves or refuses rows as somebody, naming them as they are. */
export async function decideRows(
  database: FreshDatabase,
  list: StoredList,
  kind: 'approve' | 'refuse',
  set: Parameters<typeof payouts.lists.setOf>[2],
  by = leader,
): Promise<string> {
  const decision = { listId: list.id, set, seen: await named(database, list, set), on: payday }
  return as(database, by, (tx) =>
    kind === 'approve'
      ? payouts.lists.approveRows(tx, by, decision)
      : payouts.lists.refuseRows(tx, by, { ...decision, ...why }),
  )
}

/** The list of a commune that counts. */
export const current = (database: FreshDatabase, commune: CommuneRow, month = august) =>
  as(database, leader, async (tx) => (await findLists(tx, [commune.id], month))[0])
