import type { Act, PersonId } from '../../src/lib/act.ts'
import { month } from '../../src/lib/time.ts'
import type { LocalDate } from '../../src/lib/time.ts'
import { registry } from '../../src/registry/registry.ts'
import type { NewPerson } from '../../src/registry/registry.ts'
import type { FreshDatabase } from './database.ts'
import { leader, preparer } from './town.ts'
import { vault } from './vault.ts'

/** The id of the n-th person of a test. */
export const personNo = (n: number) =>
  `00000002-0000-7000-8000-${String(n).padStart(12, '0')}` as PersonId

/** A day, as a test writes it. */
export const day = (text: string) => text as LocalDate

/** A woman born in 1945, in the commune with id 1, unless told otherwise. */
export const someone = (n: number, of: Partial<NewPerson> = {}): NewPerson => ({
  ...{ id: personNo(n), communeId: 1, fullName: 'Nguyễn Thị Ánh Mẫu', sex: 'female' },
  birthDate: day('1945-03-07'),
  ...of,
})

/** Enters people through the register. */
export const enterPeople = ({ app }: FreshDatabase, people: readonly NewPerson[]) =>
  app.transact(preparer, (tx) =>
    registry.enter(
      tx,
      vault,
      preparer,
      { people, representations: [], accounts: [], enrolments: [] },
      leader.actor,
    ),
  )

/** An officer of some communes. */
export const officerOf = (...communes: readonly number[]): Act => ({
  ...preparer,
  scope: { communes },
})

/** The ids of the communes in force in a month, by code. */
export async function communeIds({ app }: FreshDatabase, inMonth = '2023-08') {
  const rows = await app.transact(preparer, (tx) => registry.communes.in(tx, month(inMonth)))
  return new Map(rows.map(({ code, id }) => [code, id]))
}
