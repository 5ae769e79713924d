import { createHash } from 'node:crypto'
import { expect } from '@jest/globals'
import { localDate, month } from '../../src/lib/time.ts'
import type { EntryDraft } from '../../src/ledger/journal.ts'
import { ledger } from '../../src/ledger/ledger.ts'
import { verifyLedger } from '../../src/ledger/verify.ts'
import { act } from './act.ts'
import { freshDatabase } from './database.ts'
import type { FreshDatabase } from './database.ts'
import { balances, balancesFromPostings, settled } from './ledger-state.ts'
import { refusalOf } from './outcome.ts'

// A ledger for many at once: two units with a million free each, and lists that hold of it.

export const MUCH = 1_000_000n
export const august = month('2023-08')
const on = { occurredOn: localDate('2023-08-05') }

const fund = (unit: string, amount: bigint) =>
  (['estimate-assigned', 'draw', 'move-to-bank'] as const).map((name) =>
    ledger.entry(name, { unit, amount }, { ...on, reference: `${name}:${unit}` }),
  )
export const hold = (reference: string, list: string, amount = 1n, unit = '1') =>
  ledger.entry('hold', { unit, list, amount }, { ...on, reference })
export const release = (reference: string, list: string, amount = 1n, unit = '1') =>
  ledger.entry('release', { unit, list, amount }, { ...on, reference })
export const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index))

/** What came of calls at once: how often each refusal, and "taken". */
export async function outcomes(
  calls: readonly Promise<unknown>[],
): Promise<Readonly<Record<string, number>>> {
  const said = await Promise.all(calls.map((call) => call.then(() => 'taken', refusalOf)))
  return Object.fromEntries(
    [...new Set(said)].map((code) => [code, said.filter((other) => other === code).length]),
  )
}

/** August and September are open; the six entries of `fund` are there. */
export async function stormyLedger(): Promise<FreshDatabase> {
  const database = await freshDatabase()
  await database.app.transact(act, async (tx) => {
    await ledger.openPeriod(tx, act, august)
    await ledger.openPeriod(tx, act, month('2023-09'))
    await ledger.post(tx, act, [...fund('1', MUCH), ...fund('2', MUCH)])
  })
  return database
}

export const postTo = ({ app }: FreshDatabase, entries: readonly EntryDraft[]) =>
  app.transact(act, (tx) => ledger.post(tx, act, entries))

/** After every storm: what is kept is what was posted, and an auditor finds nothing. */
export async function expectSound({ app, report, admin }: FreshDatabase): Promise<void> {
  expect(await balancesFromPostings(admin)).toEqual(await balances(admin))
  await settled(admin)
  await ledger.seal(app, act)
  const found = await verifyLedger(report, act)
  expect(found).toMatchObject({ ok: true, findings: [], unsealedEntries: 0 })
}

/** How often PostgreSQL broke a deadlock, whether a retry hid it or not. */
export async function deadlocksOf({ admin }: FreshDatabase): Promise<number> {
  const { rows } = await admin.query<{ deadlocks: string }>(
    `select deadlocks from pg_stat_database where datname = current_database()`,
  )
  return Number(rows[0]?.deadlocks)
}

/** The same items in another order for each number, always the same for the same. */
export function shuffled<T extends { readonly reference: string }>(
  items: readonly T[],
  by: number,
): T[] {
  const place = ({ reference }: T) =>
    createHash('md5')
      .update(`${String(by)} ${reference}`)
      .digest('hex')
  return items.toSorted((a, b) => (place(a) < place(b) ? -1 : 1))
}
