import type { Act, PersonId } from '../../src/lib/act.ts'
import { month } from '../../src/lib/time.ts'
import type { LocalDate } from '../../src/lib/time.ts'
import { ledger } from '../../src/ledger/ledger.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import type { StoredList } from '../../src/payouts/payouts-store.ts'
import { registry } from '../../src/registry/registry.ts'
import type { CommuneRow, Intake } from '../../src/registry/registry.ts'
import type { FreshDatabase } from './database.ts'
import { vault } from './vault.ts'

/** A few communes with people who are owed something for August 2023, and the officers who see to it. */
export const august = month('2023-08')
/** The day on which the tests approve and send. */
export const payday = '2023-08-03' as LocalDate
/** What each person is owed: category NCT_80 at the standard of 2023, in đồng. */
export const AMOUNT = 360_000n

const person = (kind: number, n: number) =>
  `${String(kind).padStart(8, '0')}-0000-7000-8000-${String(n).padStart(12, '0')}` as PersonId
const officerAct = (n: number): Act => ({ actor: person(9, n), via: 'test', scope: 'province' })

/** Who prepares, approves, releases and reconciles: four people. */
export const preparer = officerAct(1)
export const leader = officerAct(2)
export const treasurer = officerAct(3)
export const accountant = officerAct(4)

/** How many people of a commune are paid how. */
export interface Cases {
  readonly bank?: number
  readonly wallet?: number
  readonly cash?: number
}

/**
 * Enters people into as many communes as there are elements, from the n-th of the province on; opens the month.
 * Returns the communes. People get ids in the order: bank, wallet, cash.
 */
export async function enterTown(
  { app }: Pick<FreshDatabase, 'app'>,
  cases: readonly Cases[],
  from = 0,
): Promise<readonly CommuneRow[]> {
  return app.transact(preparer, async (tx) => {
    const all = await registry.communesIn(tx, august)
    const communes = all.slice(from, from + cases.length)
    await ledger.openPeriod(tx, preparer, august)
    const intake = communes.map(({ id }, at) => peopleOf(id, cases[at] ?? {}))
    await registry.enter(tx, vault, preparer, joined(intake), leader.actor)
    return communes
  })
}

const joined = (intakes: readonly Intake[]): Intake => ({
  people: intakes.flatMap(({ people }) => people),
  representations: [],
  accounts: intakes.flatMap(({ accounts }) => accounts),
  enrolments: intakes.flatMap(({ enrolments }) => enrolments),
})

function peopleOf(communeId: number, { bank = 0, wallet = 0, cash = 0 }: Cases): Intake {
  const rows = Array.from({ length: bank + wallet + cash }, (_, index) => {
    const n = communeId * 10_000 + index + 1
    const id = person(2, n)
    const account = index < bank + wallet ? person(5, n) : null
    const number =
      index < bank ? `999${String(n).padStart(9, '0')}` : `090${String(n).padStart(7, '0')}`
    return { id, n, account, number, bankCode: index < bank ? '970405' : null }
  })
  const whole = { communeId, fullName: 'Nguyễn Thị Ánh Mẫu', sex: 'female' } as const
  return {
    people: rows.map(({ id }) => ({ id, ...whole, birthDate: '1940-01-01' as LocalDate })),
    representations: [],
    accounts: rows.flatMap(({ id, account, number, bankCode }) =>
      account === null
        ? []
        : [
            {
              ...{ id: account, personId: id, communeId, bankCode, number },
              ...{ holderName: 'NGUYEN THI ANH MAU', replaces: null },
            },
          ],
    ),
    enrolments: rows.map(({ id, n, account }) => ({
      ...{ id: person(6, n), personId: id, communeId, programme: 'BTXH' },
      ...{ categoryCode: 'NCT_80', validFrom: '2023-01-01' as LocalDate, payeeId: id },
      ...{ representationId: null, paymentAccountId: account },
    })),
  }
}

/** Whose the accounts of a town's communes are, as its bank and its wallet know it. */
export function holdersOf(communes: readonly CommuneRow[], cases: readonly Cases[]) {
  const accounts = communes.flatMap(({ id }, at) => peopleOf(id, cases[at] ?? {}).accounts)
  const rowsOf = (bank: boolean) =>
    accounts
      .filter(({ bankCode }) => (bankCode !== null) === bank)
      .map(({ bankCode, number, holderName: name }) => ({
        ...{
          account: bankCode === null ? number : `${bankCode}:${number}`,
          name,
          status: 'active',
        },
      }))
  return { bank: rowsOf(true), 'hue-s': rowsOf(false) }
}

/** Assigns, draws and moves an amount to a paying unit's disbursement account. */
export async function fund(
  { app }: Pick<FreshDatabase, 'app'>,
  unit: string,
  amount: bigint,
): Promise<void> {
  const head = (what: string) => ({ reference: `${what}:${unit}`, occurredOn: august })
  await app.transact(treasurer, (tx) =>
    ledger.post(tx, treasurer, [
      ledger.entry('estimate-assigned', { unit, amount }, head('estimate')),
      ledger.entry('draw', { unit, amount }, head('draw')),
      ledger.entry('move-to-bank', { unit, amount }, head('move')),
    ]),
  )
}

/** Draws up a commune's list as the preparer. */
export function submit(
  { app }: Pick<FreshDatabase, 'app'>,
  commune: CommuneRow,
): Promise<StoredList> {
  return app.transact(preparer, (tx) => payouts.lists.submit(tx, preparer, commune, august))
}

/** Approves a list as the leader, as it is stored. */
export async function approve(
  { app }: Pick<FreshDatabase, 'app'>,
  list: StoredList,
  by = leader,
): Promise<void> {
  const decision = { listId: list.id, seen: list, on: payday }
  await app.transact(by, (tx) => payouts.lists.approve(tx, by, decision))
}

/** Releases an approved list as the treasurer. */
export async function release(
  { app }: Pick<FreshDatabase, 'app'>,
  list: StoredList,
  by = treasurer,
) {
  const release = { listId: list.id, seen: list, on: payday }
  await app.transact(by, (tx) => payouts.lists.release(tx, by, release))
}

/** Funds the units of communes amply and brings their lists to release. Returns the lists. */
export async function releaseLists(
  database: Pick<FreshDatabase, 'app'>,
  communes: readonly CommuneRow[],
): Promise<readonly StoredList[]> {
  for (const unit of new Set(communes.map(({ payingUnit }) => payingUnit))) {
    await fund(database, unit, FUNDS)
  }
  const lists: StoredList[] = []
  for (const commune of communes) {
    const list = await submit(database, commune)
    await approve(database, list)
    await release(database, list)
    lists.push(list)
  }
  return lists
}

/** What `releaseLists` gives each unit, in đồng. */
export const FUNDS = 1_000_000_000n
