import type { Act } from '../../src/lib/act.ts'
import { month } from '../../src/lib/time.ts'
import type { Channel, PaymentOutcome } from '../../src/payouts/channels/channel.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import type { FreshDatabase } from './database.ts'
import { submitOwed } from './lists.ts'
import { plan, scripted, send } from './sending.ts'
import { accountant, approve, payday, release, treasurer } from './town.ts'

/** How a month ends for somebody: through an account, or in cash. */
export type Fate =
  | 'paid'
  | 'returned'
  | 'rejected'
  | 'bank-failed'
  | 'unknown'
  | 'held'
  | 'cash-paid'
  | 'cash-unpaid'
  | 'cash-open'

const OUTCOMES: Partial<Record<Fate, PaymentOutcome>> = {
  rejected: { kind: 'rejected', reason: 'AC04' },
  'bank-failed': { kind: 'rejected', reason: 'AB05' },
  unknown: { kind: 'unknown', reason: 'timeout' },
}

/** The n-th people of a town, and how each of some months ends for them. */
export type Fates = Readonly<Record<number, readonly Fate[]>>

/** Draws up, approves, releases, sends and settles the list of a month so that it ends for everybody as is said. */
export async function liveMonth(
  database: FreshDatabase,
  commune: CommuneRow,
  of: { readonly month: string; readonly at: number; readonly fates: Fates },
): Promise<void> {
  const fateOf = (n: number): Fate => of.fates[n]?.[of.at] ?? 'paid'
  const people = Object.keys(of.fates).map(Number)
  const owed = people.map((n) => ({ n, ...(isCash(fateOf(n)) ? {} : { account: n }) }))
  const list = await submitOwed(database, commune, month(of.month), owed)
  await approve(database, list)
  const held = await holdAll(
    database,
    commune,
    people.filter((n) => fateOf(n) === 'held'),
  )
  await release(database, list)
  const fates = await fatesByReference(database, list.id, fateOf)
  const channel: Channel = { ...scripted(() => ({ kind: 'accepted' })), name: 'bank' }
  const answering: Channel = {
    ...channel,
    send: ({ payments }) =>
      Promise.resolve(
        new Map(
          payments.map(({ reference }) => [
            reference,
            OUTCOMES[fates.get(reference) ?? 'paid'] ?? { kind: 'accepted' },
          ]),
        ),
      ),
  }
  for (const { orderId: id } of await plan(database)) await send(database, answering, { id })
  await settle(database, fates)
  await settleCash(database, of.month, fateOf)
  await liftAll(database, held)
}

const isCash = (fate: Fate) => fate.startsWith('cash')

const personOf = (commune: CommuneRow, n: number) =>
  `00000002-0000-7000-8000-${String(commune.id * 10_000 + n).padStart(12, '0')}`

async function fatesByReference(
  { admin }: FreshDatabase,
  listId: string,
  fateOf: (n: number) => Fate,
): Promise<ReadonlyMap<string, Fate>> {
  const { rows } = await admin.query<{ reference: string; n: number }>(
    `select i.reference, right(e.person_id::text, 4)::integer as n from instruction i join entitlement e on e.number = i.entitlement_number
      where i.list_id = $1`,
    [listId],
  )
  return new Map(rows.map(({ reference, n }) => [reference, fateOf(n)]))
}

async function settle({ app }: FreshDatabase, fates: ReadonlyMap<string, Fate>): Promise<void> {
  const lines = (kind: 'payment' | 'return', wanted: readonly Fate[]) => ({
    ...{ kind, day: payday },
    rows: [...fates].flatMap(([reference, fate]) =>
      wanted.includes(fate)
        ? [
            {
              lineId: reference,
              channel: 'bank' as const,
              reference,
              amount: 360_000n,
              reason: 'AC04',
            },
          ]
        : [],
    ),
  })
  const book = (what: ReturnType<typeof lines>, by: Act = accountant) =>
    app.transact(by, (tx) => payouts.settleLines(tx, by, what))
  await book(lines('payment', ['paid', 'returned']))
  await book(lines('return', ['returned']))
}

async function settleCash(
  { app }: FreshDatabase,
  of: string,
  fateOf: (n: number) => Fate,
): Promise<void> {
  const lists = await app.transact(treasurer, (tx) => payouts.cash.of(tx, month(of)))
  for (const cashList of lists) {
    const report = await app.transact(treasurer, async (tx) => {
      await payouts.cash.handOver(tx, treasurer, cashList, payday)
      const rows = await payouts.cash.rowsOf(tx, cashList.id)
      const people = await tx.$queryRaw<{ number: string; n: number }[]>`
        select number, right(person_id::text, 4)::integer as n from entitlement where number = any (${rows.map((r) => r.reference)}::text[])`
      const fates = new Map(people.map(({ number, n }) => [number, fateOf(n)]))
      if ([...fates.values()].includes('cash-open')) return null
      return rows.map(({ reference, amount }) => {
        const paid = fates.get(reference) === 'cash-paid'
        return { reference, amount, paid, reason: paid ? null : 'absent' }
      })
    })
    if (report === null) continue
    // Whoever hands a cash list over does not settle it.
    await app.transact(accountant, (tx) =>
      payouts.cash.settle(tx, accountant, cashList, report, payday),
    )
  }
}

async function holdAll({ app }: FreshDatabase, commune: CommuneRow, people: readonly number[]) {
  const [reason] = await app.transact(
    treasurer,
    (tx) =>
      tx.$queryRaw<
        { code: string }[]
      >`select code from decision_reason where decision = 'hold' order by 1`,
  )
  const ids: string[] = []
  for (const n of people) {
    const hold = {
      ...{ subject: { personId: personOf(commune, n) as Act['actor'] }, communeId: commune.id },
      ...{ from: payday, on: payday, reasonCode: reason?.code ?? '', reason: 'chờ xác minh' },
    }
    const placed = await app.transact(treasurer, (tx) => payouts.holds.place(tx, treasurer, hold))
    ids.push(placed.id)
  }
  return ids
}

/** The hold of a month does not hold the next one; what it held stays as it was. */
async function liftAll({ admin }: FreshDatabase, ids: readonly string[]): Promise<void> {
  await admin.query(
    `update payout_hold set lifted_by = $2, lifted_at = now(), lift_reason = 'xong' where id = any ($1)`,
    [ids, accountant.actor],
  )
}
