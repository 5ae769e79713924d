import type { Act, PersonId } from '../../src/lib/act.ts'
import type { Tx } from '../../src/lib/db.ts'
import { localDate, month } from '../../src/lib/time.ts'
import { NO_FACTS } from '../../src/registry/enrolment-decisions.ts'
import type { Grant } from '../../src/registry/enrolment-decisions.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { ID_NUMBER } from '../../src/registry/blind-fields.ts'
import { registry } from '../../src/registry/registry.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import type { FreshDatabase } from './database.ts'
import { leader, preparer } from './town.ts'
import { vault } from './vault.ts'

/** A registry in which tests grant, stop and move as officers do. */
export interface Registry {
  readonly database: FreshDatabase
  readonly communes: readonly CommuneRow[]
  as<T>(by: Act, work: (tx: Tx) => Promise<T>): Promise<T>
  /** Enters somebody; the n-th has an ID number of her own. */
  person(of?: { birth?: string; commune?: CommuneRow; name?: string }): Promise<PersonId>
  /** Grants a head by a decision of a day; returns its first month. */
  grant(person: PersonId, head: string, day: string, more?: Partial<Grant>): Promise<string>
  /** Draws up the list of a commune for a month; it is carried from then on. */
  list(of: string, commune?: CommuneRow): Promise<void>
  /** What is due in a month, as words: "monthly 2023-08 360000". */
  due(of: string, commune?: CommuneRow): Promise<readonly string[]>
}

const decisionOf = (day: string) => ({ number: `${day}/QĐ`, date: localDate(day) })

/** The ID number of the n-th person. */
export const idNumberOf = (n: number): string => `0461400${String(n).padStart(5, '0')}`

/** Opens a registry on a fresh database: people are entered one by one, as few as a test needs. */
export async function openRegistry(database: FreshDatabase): Promise<Registry> {
  const as = <T>(by: Act, work: (tx: Tx) => Promise<T>) => database.app.transact(by, work)
  const communes = await as(preparer, (tx) => registry.communesIn(tx, month('2023-08')))
  const [home] = communes
  if (home === undefined) throw new Error('a commune')
  let people = 0
  const dueIn = (of: string, { id } = home) =>
    as(preparer, (tx) => payouts.lists.due(tx, id, month(of)))
  return {
    database,
    communes,
    as,
    person: async ({ birth = '1990-05-10', commune = home, name = 'Trần Thị Bé Mẫu' } = {}) => {
      people += 1
      const id = `00000007-0000-7000-8000-${String(people).padStart(12, '0')}` as PersonId
      await database.admin.query(
        `insert into person (id, commune_id, full_name, sex, birth_date, given_name, name_key)
         values ($1, $2, $3, 'female', $4, 'Mẫu', 'tran thi be mau')`,
        [id, commune.id, name, birth],
      )
      await database.admin.query(
        `insert into person_identifier (id, person_id, kind, sealed, value_index, is_current, entered_by)
         values (gen_random_uuid(), $1, 'cccd', 'sealed', $2, true, $1)`,
        [id, vault.index(ID_NUMBER, idNumberOf(people))],
      )
      return id
    },
    grant: async (personId, categoryCode, day, more = {}) => {
      const communeId = home.id
      const given = { personId, communeId, categoryCode, decision: decisionOf(day) }
      const granted = await as(preparer, (tx) =>
        registry.enrolments.grant(tx, preparer, {
          ...given,
          on: localDate(day),
          facts: NO_FACTS,
          ...more,
        }),
      )
      return granted.start
    },
    list: async (of, commune = home) => {
      await as(preparer, (tx) => payouts.lists.submit(tx, preparer, commune, month(of)))
    },
    due: async (of, commune) =>
      (await dueIn(of, commune)).map(
        ({ component, period, amount }) => `${component} ${period.slice(0, 7)} ${String(amount)}`,
      ),
  }
}

/** A decision of a day, entered on that day. */
export const by = (day: string) => ({ decision: decisionOf(day), on: localDate(day) })

/** The second person of the tests. */
export const second = leader
