import { beforeEach, describe, expect, jest, test } from '@jest/globals'
import { localDate, month } from '../../src/lib/time.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { NO_FACTS } from '../../src/registry/enrolment-decisions.ts'
import { registry } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { officerOf } from '../support/people.ts'
import { by, openRegistry } from '../support/registry-town.ts'
import type { Registry } from '../support/registry-town.ts'
import { dueOnMap, idOf, rehome, rehomeCommand } from '../support/rehoming.ts'
import { valueOf } from '../support/sql.ts'
import { leader, preparer } from '../support/town.ts'

// Whole maps of lists, and a process of its own: long on a busy machine.
jest.setTimeout(180_000)

let database: FreshDatabase
let town: Registry
let [old, next]: [number, number] = [0, 0]

beforeEach(async () => {
  database = await freshDatabase()
  town = await openRegistry(database)
  old = town.communes[0]?.id ?? 0
  next = await idOf(database, town.communes[0]?.code ?? '', '2025-01')
})

/** Where the rows of a table are, in the order of their state. */
const communesOf = (table: string, order: string) =>
  valueOf(database.admin, `select array_agg(commune_id order by ${order}) from ${table}`)

describe('what is open goes over, what happened stays', () => {
  test('suspensions', async () => {
    const insert = `insert into suspension (id, person_id, head, commune_id, reason, from_month, acted_on, proposed_by, state,
      decided_by, decision_number, decision_date, to_month, with_arrears, resumed_by)
      select gen_random_uuid(), $1, $2, $3, 'UNPAID_3M', '2024-10-01', '2024-09-28', $4, $5, case when $5 <> 'PROPOSED' then $6::uuid end,
        'x', '2024-09-30', case when $5 = 'RESUMED' then date '2024-11-01' end, case when $5 = 'RESUMED' then true end,
        case when $5 = 'RESUMED' then $6::uuid end`
    const person = await town.person()
    for (const state of ['DECIDED', 'PROPOSED', 'RESUMED']) {
      const people = [preparer.actor, state, leader.actor]
      await database.admin.query(insert, [person, state, old, ...people])
    }
    await rehome(database, '2025-01-01')
    expect(await communesOf('suspension', 'state')).toEqual([next, next, old])
  })

  test('reports of deaths and funerals', async () => {
    const insert = `insert into death_report (id, person_id, commune_id, full_name, died_on, certificate_number, state, proposed_by, decided_by)
      values (gen_random_uuid(), $1, $2, 'Mẫu', '2024-12-01', '1', $3, $4, $5)`
    const funeral = `insert into funeral_case (id, person_id, commune_id, organiser_id, died_on, certificate, grounds, opened_by, state, decided_by,
      decision_number, decision_date) values (gen_random_uuid(), $1, $2, $3, '2024-12-01', '1', '{MTP}', $4, $5, $6, '1', '2024-12-02')`
    for (const [state, decides] of [
      ['CONFIRMED', leader.actor],
      ['PROPOSED', null],
    ] as const) {
      const [person, organiser] = [await town.person(), await town.person()]
      await database.admin.query(insert, [person, old, state, preparer.actor, decides])
      const decided = decides === null ? 'PROPOSED' : 'DECIDED'
      const values = [person, old, organiser, preparer.actor, decided, decides]
      await database.admin.query(funeral, values)
    }
    await rehome(database, '2025-01-01')
    expect(await communesOf('death_report', 'state')).toEqual([old, next])
    expect(await communesOf('funeral_case', 'state')).toEqual([old, next])
  })

  test('holds, papers that were revoked, and relatives of officers', async () => {
    const [person, carer] = [await town.person(), await town.person()]
    const hold = `insert into payout_hold (id, commune_id, person_id, reason_code, reason, from_on, placed_by) values (gen_random_uuid(), $1, $2,
      (select min(code) from decision_reason where decision = 'hold'), 'chờ', '2024-12-01', $3)`
    for (let n = 0; n < 2; n += 1) await database.admin.query(hold, [old, person, preparer.actor])
    const lift = `update payout_hold set lifted_by = $1, lifted_at = now(), lift_reason = 'xong'
      where id = (select min(id::text)::uuid from payout_hold)`
    await database.admin.query(lift, [leader.actor])
    await town.as(preparer, async (tx) => {
      const document = {
        ...{ kind: 'giấy', number: '1', date: localDate('2024-01-01') },
        ...{ issuer: 'UBND', sha256: '0'.repeat(64) },
      }
      const rows = [
        {
          ...{ id: '00000041-0000-7000-8000-000000000001', personId: person, communeId: old },
          ...{ representativeId: carer, kind: 'caregiver' as const, programmes: [], document },
          ...{ validFrom: localDate('2024-01-01'), validTo: null, ownAccountEvidence: null },
          ...{ kinship: null, jointWith: null },
        },
      ]
      await registry.representation.enter(tx, preparer, rows, leader.actor)
      const relation = { officerId: preparer.actor, relatedId: carer, relation: 'con' }
      await registry.accounts.declareRelatives(tx, preparer, [{ ...relation, communeId: old }])
    })
    const revoke = `update representation set revoked_on = '2024-11-01', revoked_by = $1, revoked_reason = 'thôi'`
    await database.admin.query(revoke, [leader.actor])
    await rehome(database, '2025-01-01')
    expect(await communesOf('payout_hold', 'lifted_by nulls first')).toEqual([next, old])
    expect(await communesOf('representation', 'id')).toEqual([next])
    expect(await communesOf('officer_relation', 'officer_id')).toEqual([next])
  })

  test('an enrolment that ended before; one that ends on the day goes over', async () => {
    const [gone, going] = [await town.person(), await town.person()]
    for (const [person, lost] of [
      [gone, '2024-12'],
      [going, '2025-01'],
    ] as const) {
      await town.grant(person, 'HIV_NGHEO', '2024-05-05')
      const stop = { personId: person, head: 'HIV_NGHEO', lost: month(lost) }
      await town.as(preparer, (tx) =>
        registry.enrolments.stop(tx, preparer, {
          ...stop,
          reason: 'INELIGIBLE',
          ...by('2024-12-20'),
        }),
      )
    }
    await rehome(database, '2025-01-01')
    expect(await communesOf('enrolment', 'valid_to')).toEqual([old, next])
    expect(await communesOf('enrolment_place', 'until')).toEqual([old])
  })
})

test('of two spouses the same one keeps the share of Art 20.2.a, and nothing is owed again', async () => {
  const second = await town.person()
  const first = await town.person()
  const children = [{ birthDate: localDate('2023-06-01'), studyingUntil: null }]
  for (const [person, spouse, day] of [
    [first, second, '2024-02-05'],
    [second, first, '2024-06-05'],
  ] as const) {
    const facts = { ...NO_FACTS, spouseId: spouse, children }
    await town.grant(person, 'CS_NKT_MT', day, { facts })
  }
  await town.list('2024-12')
  const ofFebruary = () => dueOnMap(database, '2025-02', [old])
  const before = await ofFebruary()
  expect(before.lines).toBeGreaterThan(0)
  const whose = () =>
    town.as(preparer, async (tx) => {
      const due = await payouts.lists.due(tx, next, month('2025-02'))
      return [...new Set(due.map(({ personId }) => personId))]
    })
  expect(await whose()).toEqual([first])
  await rehome(database, '2025-01-01')
  expect(await ofFebruary()).toEqual(before)
  expect(await whose()).toEqual([first])
})

test('who is entered for a unit that is gone is brought over by the next run', async () => {
  await rehome(database, '2025-07-01')
  const late = await town.person()
  await town.grant(late, 'HIV_NGHEO', '2024-11-05')
  expect(await rehome(database, '2025-07-01')).toEqual({ pairs: 2, people: 2, enrolments: 2 })
  const today = await idOf(database, '19753', '2025-07')
  expect(await communesOf('enrolment', 'id')).toEqual([today])
  expect(await communesOf('enrolment_place', 'until')).toEqual([old, next])
})

test('the command brings residents over on the word of two people', async () => {
  const person = await town.person()
  await town.grant(person, 'HIV_NGHEO', '2024-05-05')
  const run = (...people: readonly string[]) =>
    rehomeCommand(database, ['--on', '2025-07-01', '--by', preparer.actor, ...people])
  expect(await run()).toBe('Cần --by và --confirmed-by: mã của hai người')
  const second = ['--confirmed-by', leader.actor]
  expect(await run(...second)).toBe('Đã chuyển 2 lượt người, 2 lượt hồ sơ qua 2 cặp đơn vị')
  expect(await run(...second)).toBe('Mọi cư dân đã ở đơn vị của bản đồ này')
})

test('an officer of the new commune sees what happened in those it was made of; the old one not what came', async () => {
  const person = await town.person()
  await town.grant(person, 'HIV_NGHEO', '2024-05-05')
  await town.list('2024-12')
  await rehome(database, '2025-01-01')
  const seen = (communeId: number, table: string) =>
    town.as(officerOf(communeId), async (tx) => {
      const [row] = await tx.$queryRawUnsafe<{ count: number }[]>(
        `select count(*)::integer as count from ${table}`,
      )
      return row?.count
    })
  expect(await seen(next, 'payout_list')).toBe(1)
  expect(await seen(next, 'enrolment')).toBe(1)
  expect(await seen(old, 'enrolment')).toBe(0)
})
