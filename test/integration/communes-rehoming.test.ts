import { beforeAll, describe, expect, jest, test } from '@jest/globals'
import { localDate } from '../../src/lib/time.ts'
import { registry } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { refusalOf } from '../support/outcome.ts'
import { officerOf } from '../support/people.ts'
import { astray, carriedIn, drawUpAll, enrolledOn, rehome } from '../support/rehoming.ts'
import { rawApp, refusal, valueOf } from '../support/sql.ts'
import { enterTown, leader, preparer } from '../support/town.ts'

// Whole maps of lists, and a process of its own: long on a busy machine.
jest.setTimeout(180_000)

/** Two people in each of the 141 communes of 2023, of whom one is paid through an account. */
const EACH = { bank: 1, cash: 1 }
const PEOPLE = 2 * 141
/** A month at the standard of 2024, and later the social pension, in đồng. */
const AMOUNT = 500_000n

let database: FreshDatabase

const codeOf = (work: Promise<unknown>) => work.then(() => 'taken', refusalOf)
const month = (rows: number, arrears = 0) => ({
  ...{ people: String(PEOPLE), rows: String(rows), arrears: String(arrears), twice: '0' },
  total: String(BigInt(rows) * AMOUNT),
})
const count = async (sql: string) => Number(await valueOf(database.admin, sql))

beforeAll(async () => {
  database = await freshDatabase()
  await enterTown(
    database,
    Array.from({ length: 141 }, () => EACH),
  )
})

describe('141 communes become 133, and then 40', () => {
  test('a list over two maps is refused until the residents are brought over', async () => {
    expect(await drawUpAll(database, '2024-12')).toBe(141)
    expect(await carriedIn(database, '2024-12')).toEqual(month(PEOPLE))
    expect(await codeOf(drawUpAll(database, '2025-01'))).toBe('residents-not-rehomed')
  })

  test('everybody goes over once, and is on one list of January', async () => {
    const all = { pairs: 141, people: PEOPLE, enrolments: PEOPLE }
    expect(await rehome(database, '2025-01-01')).toEqual(all)
    expect(await astray(database, '2025-01-01')).toBe(0)
    expect(await drawUpAll(database, '2025-01')).toBe(133)
    expect(await carriedIn(database, '2025-01')).toEqual(month(PEOPLE))
  })

  test('a second run moves nobody and leaves no trace', async () => {
    await rehome(database, '2025-01-01')
    const traces = 'select count(*) from audit_event'
    const before = await count(traces)
    expect(await rehome(database, '2025-01-31')).toEqual({ pairs: 0, people: 0, enrolments: 0 })
    expect(await count(traces)).toBe(before)
  })

  test('the lists of June and July carry the same people, across the second change', async () => {
    expect(await drawUpAll(database, '2025-06')).toBe(133)
    expect(await carriedIn(database, '2025-06')).toEqual(month(5 * PEOPLE, 4 * PEOPLE))
    expect(await codeOf(drawUpAll(database, '2025-07'))).toBe('residents-not-rehomed')
    const all = { pairs: 133, people: PEOPLE, enrolments: PEOPLE }
    expect(await rehome(database, '2025-07-01')).toEqual(all)
    expect(await astray(database, '2025-07-01')).toBe(0)
    expect(await drawUpAll(database, '2025-07')).toBe(40)
    expect(await carriedIn(database, '2025-07')).toEqual(month(PEOPLE))
  })

  test('each person has each month once, as without any change', async () => {
    const wrong = `select count(*) from (select person_id from entitlement where live group by person_id
      having count(*) <> 8 or count(distinct month) <> 8 or sum(amount) <> ${String(8n * AMOUNT)}) wrong`
    expect(await count(wrong)).toBe(0)
    expect(await count('select count(distinct person_id) from entitlement')).toBe(PEOPLE)
    expect(await count('select count(*) from enrolment')).toBe(PEOPLE)
    expect(await count('select count(*) from enrolment_act')).toBe(0)
  })

  test('accounts and payees are of the communes of today, lists of those that drew them up', async () => {
    for (const table of ['person', 'enrolment', 'payment_account', 'payee']) {
      const old = `select count(*) from ${table} join commune c on c.id = commune_id where c.valid_to is not null`
      expect([table, await count(old)]).toEqual([table, 0])
    }
    const moved = `select count(*) from payout_list l join commune c on c.id = l.commune_id
      where l.month not between c.valid_from and coalesce(c.valid_to, 'infinity')`
    expect(await count(moved)).toBe(0)
  })
})

describe('a report of a month', () => {
  test.each([
    ['2024-12', 141],
    ['2025-01', 133],
    ['2025-06', 133],
    ['2025-07', 40],
  ])('of %s as it was and on the map of today has the same total', async (of, communes) => {
    const asItWas = await enrolledOn(database, of, `${of}-01`)
    const today = await enrolledOn(database, of, '2025-08-01')
    const total = (by: ReadonlyMap<string, number>) => [...by.values()].reduce((a, b) => a + b, 0)
    expect([asItWas.size, total(asItWas)]).toEqual([communes, PEOPLE])
    expect([today.size, total(today)]).toEqual([40, PEOPLE])
    const paid = `select coalesce(sum(e.amount * m.share), 0) from entitlement e join payout_list l on l.id = e.list_id
      join communes_on_map('2025-08-01') m on m.commune_id = l.commune_id where l.month = '${of}-01'`
    expect(String(await count(paid))).toBe((await carriedIn(database, of))?.['total'])
  })

  test('the list of a unit that is gone still finds whoever lived there, and nobody else', async () => {
    const late = await freshDatabase()
    await enterTown(late, [EACH, EACH, EACH])
    await rehome(late, '2025-07-01')
    expect(await drawUpAll(late, '2024-12')).toBe(141)
    expect(await carriedIn(late, '2024-12')).toMatchObject({ people: '6', rows: '6', twice: '0' })
    const each = `select string_agg(row_count::text, ' ' order by commune_id) from payout_list where row_count > 0`
    expect(await valueOf(late.admin, each)).toBe('2 2 2')
  })
})

describe('who brings residents over', () => {
  const run = (by = preparer, confirmedBy = leader.actor) =>
    database.app.transact(by, (tx) =>
      registry.communes.rehome(tx, by, { on: localDate('2025-07-01'), confirmedBy }),
    )

  test('sees the province, and is two people', async () => {
    expect(await codeOf(run(officerOf(1)))).toBe('rehome-scope')
    const raw = await rawApp(database)
    const row = `insert into commune_rehoming (old_commune_id, new_commune_id, effective_on, people, enrolments, others, entered_by,
      confirmed_by) values (1, 2, '2025-01-01', 0, 0, 0, $1, $1)`
    expect(await refusal(raw, row, [leader.actor])).toBe('42501')
    expect(await refusal(database.admin, row, [leader.actor])).toBe(
      '23514 commune_rehoming_two_people',
    )
    const other = await freshDatabase()
    await enterTown(other, [EACH])
    const alone = other.app.transact(preparer, (tx) =>
      registry.communes.rehome(tx, preparer, {
        ...{ on: localDate('2025-01-01'), confirmedBy: preparer.actor },
      }),
    )
    expect(await codeOf(alone)).toBe('same-person')
  })

  test('leaves one audit event a pair of communes', async () => {
    const events = `select count(*) from audit_event where act = 'commune.rehome'`
    expect(await count(events)).toBe(141 + 133)
  })
})
