import type { Act, PersonId } from '../../src/lib/act.ts'
import type { Database } from '../../src/lib/db.ts'
import { ledger } from '../../src/ledger/ledger.ts'
import { month } from '../../src/lib/time.ts'
import type { LocalDate } from '../../src/lib/time.ts'
import type { Vault } from '../../src/lib/vault.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { registry } from '../../src/registry/registry.ts'
import type { CommuneRow, Intake } from '../../src/registry/registry.ts'

const person = (kind: number, n: number) =>
  `${String(kind).padStart(8, '0')}-0000-7000-8000-${String(n).padStart(12, '0')}` as PersonId
const officer = (n: number): Act => ({ actor: person(9, n), via: 'bench', scope: 'province' })

/** The officers of the bench and its month. */
export const [preparer, leader, treasurer] = [officer(1), officer(2), officer(3)] as const
export const august = month('2023-08')
export const payday = '2023-08-03' as LocalDate
/** What each unit gets, in đồng: enough for everybody. */
export const FUNDS = 100_000_000_000n

const PER_COMMUNE = 500
const BANKS = ['970405', '970436', '970422', '970415', '970407']

/** Enters so many people with bank accounts and brings their lists to release. Returns the paying units. */
export async function releaseTown(
  db: Database,
  vault: Vault,
  rows: number,
): Promise<readonly string[]> {
  const communes = await db.transact(preparer, async (tx) => {
    await ledger.openPeriod(tx, preparer, august)
    return (await registry.communesIn(tx, august)).slice(0, rows / PER_COMMUNE)
  })
  const units = [...new Set(communes.map(({ payingUnit }) => payingUnit))]
  await db.transact(treasurer, (tx) => ledger.post(tx, treasurer, units.flatMap(fundingOf)))
  for (const commune of communes) {
    await db.transact(preparer, (tx) =>
      registry.enter(tx, vault, preparer, peopleOf(commune), leader.actor),
    )
    const list = await db.transact(preparer, (tx) =>
      payouts.lists.submit(tx, preparer, commune, august),
    )
    await db.transact(leader, (tx) =>
      payouts.lists.approve(tx, leader, { listId: list.id, seen: list, on: payday }),
    )
    await db.transact(treasurer, (tx) =>
      payouts.lists.release(tx, treasurer, { listId: list.id, seen: list, on: payday }),
    )
  }
  return units
}

const fundingOf = (unit: string) =>
  (['estimate-assigned', 'draw', 'move-to-bank'] as const).map((what) =>
    ledger.entry(
      what,
      { unit, amount: FUNDS },
      { reference: `${what}:${unit}`, occurredOn: august },
    ),
  )

function peopleOf({ id: communeId }: CommuneRow): Intake {
  const rows = Array.from({ length: PER_COMMUNE }, (_, index) => {
    const n = communeId * 10_000 + index + 1
    return { n, id: person(2, n), account: person(5, n) }
  })
  const who = { communeId, fullName: 'Nguyễn Thị Ánh Mẫu', sex: 'female' } as const
  return {
    people: rows.map(({ id }) => ({ id, ...who, birthDate: '1940-01-01' as LocalDate })),
    representations: [],
    accounts: rows.map(({ n, id, account }) => ({
      ...{ id: account, personId: id, communeId, bankCode: BANKS[n % BANKS.length] ?? null },
      ...{ number: `999${String(n).padStart(9, '0')}`, holderName: 'NGUYEN THI ANH MAU' },
      replaces: null,
    })),
    enrolments: rows.map(({ n, id, account }) => ({
      ...{ id: person(6, n), personId: id, communeId, programme: 'BTXH', categoryCode: 'NCT_80' },
      ...{ validFrom: '2023-01-01' as LocalDate, payeeId: id, representationId: null },
      paymentAccountId: account,
    })),
  }
}
