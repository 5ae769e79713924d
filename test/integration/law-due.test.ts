import { beforeEach, describe, expect, test } from '@jest/globals'
import { addMonths, localDate, month } from '../../src/lib/time.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { NO_FACTS } from '../../src/registry/enrolment-decisions.ts'
import { registry } from '../../src/registry/registry.ts'
import type { EntitledBefore } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import { refusalOf } from '../support/outcome.ts'
import { by, openRegistry } from '../support/registry-town.ts'
import type { Registry } from '../support/registry-town.ts'
import { inRolledBack, rawApp, refusal, valueOf } from '../support/sql.ts'
import { preparer } from '../support/town.ts'

let town: Registry

beforeEach(async () => {
  town = await openRegistry(await freshDatabase())
})

const codeOf = (work: Promise<unknown>) => work.then(() => 'taken', refusalOf)

describe('a back-dated decision', () => {
  test('makes arrears of each month since the certificate, at the level of that month, once', async () => {
    const person = await town.person()
    const facts = { ...NO_FACTS, certificateMonth: month('2024-05') }
    expect(await town.grant(person, 'NKT_N', '2024-07-20', { facts })).toBe('2024-05-01')
    const owed = ['monthly 2024-05 540000', 'monthly 2024-06 540000', 'monthly 2024-07 750000']
    expect(await town.due('2024-07')).toEqual(owed)
    await town.list('2024-07')
    expect(await town.due('2024-07')).toEqual([])
    expect(await town.due('2024-08')).toEqual(['monthly 2024-08 750000'])
    await town.list('2024-08')
    expect(await town.due('2024-09')).toEqual(['monthly 2024-09 750000'])
  })

  test('a month without a list comes on the next one', async () => {
    await town.grant(await town.person(), 'HIV_NGHEO', '2023-06-01')
    await town.list('2023-06')
    expect(await town.due('2023-08')).toEqual(['monthly 2023-07 540000', 'monthly 2023-08 540000'])
  })

  test('more than a year after its start only the list’s own month is owed', async () => {
    await town.grant(await town.person(), 'HIV_NGHEO', '2022-06-01')
    for (let n = 0; n < 13; n += 1) await town.list(addMonths(month('2022-06'), n).slice(0, 7))
    expect(await town.due('2023-07')).toEqual(['monthly 2023-07 540000'])
  })

  test('what was taken over is owed from the first month that a list carries', async () => {
    const person = await town.person()
    await town.database.admin.query(
      `insert into enrolment (id, person_id, commune_id, programme, category_code, valid_from)
       values (gen_random_uuid(), $1, $2, 'BTXH', 'NKT_N', '2021-07-01')`,
      [person, town.communes[0]?.id],
    )
    expect(await town.due('2023-08')).toEqual(['monthly 2023-08 540000'])
    await town.list('2023-08')
    expect(await town.due('2023-10')).toEqual(['monthly 2023-09 540000', 'monthly 2023-10 540000'])
  })
})

describe('a change', () => {
  test('upwards pays the difference of months carried too low', async () => {
    const person = await town.person()
    const child = (birth: string) => ({ birthDate: localDate(birth), studyingUntil: null })
    const facts = { ...NO_FACTS, children: [child('2018-01-01')] }
    await town.grant(person, 'DTN_CON', '2023-05-04', { facts })
    for (const each of ['2023-05', '2023-06', '2023-07']) await town.list(each)
    const more = { children: [child('2018-01-01'), child('2022-03-01')] }
    const change = { personId: person, head: 'DTN_CON', from: month('2023-06'), facts: more }
    await town.as(preparer, (tx) =>
      registry.enrolments.change(tx, preparer, { ...change, ...by('2023-08-02') }),
    )
    expect(await town.due('2023-08')).toEqual([
      'children 2023-08 720000',
      'difference 2023-06 360000',
      'difference 2023-07 360000',
    ])
    const versions = `select string_agg(valid_from || ' ' || coalesce(valid_to::text, 'open'), ', ' order by valid_from) from enrolment`
    expect(await valueOf(town.database.admin, versions)).toBe(
      '2023-05-01 2023-05-31, 2023-06-01 open',
    )
  })

  test('a later better head pays up to it, not beside it', async () => {
    const person = await town.person({ birth: '1940-05-10' })
    await town.grant(person, 'NCT_80', '2023-05-04', { qualifiesFrom: month('2023-05') })
    await town.list('2023-05')
    const facts = { ...NO_FACTS, certificateMonth: month('2023-05') }
    await town.grant(person, 'NKT_N', '2023-06-10', { facts })
    expect(await town.due('2023-06')).toEqual([
      'difference 2023-05 360000',
      'monthly 2023-06 720000',
    ])
  })
})

describe('moves', () => {
  const months = ['2023-06', '2023-07', '2023-08', '2023-09', '2023-10']

  async function paidEachMonth(...places: number[]) {
    const found = new Map<string, number>()
    for (const each of months) {
      for (const place of places) {
        const commune = town.communes[place]
        for (const line of await town.due(each, commune)) {
          const period = line.split(' ')[1] ?? ''
          found.set(period, (found.get(period) ?? 0) + 1)
        }
        await town.list(each, commune)
      }
    }
    return [...found].sort()
  }
  const onceEach = months.map((of) => [of, 1])

  test('inside the district: the new commune pays, without a gap or a month twice (Art 8.3)', async () => {
    const person = await town.person()
    await town.grant(person, 'HIV_NGHEO', '2023-06-05')
    const toCommuneId = town.communes[1]?.id ?? 0
    const move = { personId: person, toCommuneId, from: month('2023-08'), ...by('2023-08-03') }
    await town.as(preparer, (tx) => registry.enrolments.moveWithin(tx, preparer, move))
    expect(await town.due('2023-08')).toEqual([])
    expect(await town.due('2023-08', town.communes[1])).toHaveLength(3)
    expect(await paidEachMonth(0, 1)).toEqual(onceEach)
  })

  test('out of the district: the new place pays from the month after the stop (Art 8.4.d)', async () => {
    const person = await town.person()
    await town.grant(person, 'HIV_NGHEO', '2023-06-05')
    const far = town.communes.length - 1
    const toCommuneId = town.communes[far]?.id ?? 0
    const within = { personId: person, toCommuneId, from: month('2023-08'), ...by('2023-08-03') }
    const moveWithin = town.as(preparer, (tx) =>
      registry.enrolments.moveWithin(tx, preparer, within),
    )
    expect(await codeOf(moveWithin)).toBe('other-district')
    const moveIn = () =>
      town.as(preparer, (tx) =>
        registry.enrolments.moveIn(tx, preparer, {
          personId: person,
          toCommuneId,
          ...by('2023-10-09'),
        }),
      )
    expect(await codeOf(moveIn())).toBe('not-moved-out')
    const out = { personId: person, last: month('2023-07'), ...by('2023-07-20') }
    await town.as(preparer, (tx) => registry.enrolments.moveOut(tx, preparer, out))
    await moveIn()
    expect(await codeOf(moveIn())).toBe('not-moved-out')
    expect(await paidEachMonth(0, far)).toEqual(onceEach)
  })

  test('the list of a commune of today has the people of those it came from', async () => {
    const person = await town.person()
    await town.grant(person, 'HIV_NGHEO', '2025-06-05')
    const today = await town.as(preparer, (tx) => registry.communesIn(tx, month('2025-07')))
    const lines: string[] = []
    for (const commune of today) {
      const due = await town.due('2025-07', commune)
      if (due.length > 0) lines.push(`${commune.code}: ${due.join(', ')}`)
    }
    expect(lines).toEqual(['19753: monthly 2025-06 750000, monthly 2025-07 750000'])
  })
})

describe('raw SQL', () => {
  test('does not put two entitlements of one person, programme, period and component on lists', async () => {
    const person = await town.person()
    await town.grant(person, 'HIV_NGHEO', '2023-08-05')
    const [commune] = town.communes
    if (commune === undefined) throw new Error('a commune')
    await town.as(preparer, (tx) => payouts.lists.drawUp(tx, preparer, commune, month('2023-08')))
    // Even the owner of the tables cannot.
    const raw = await rawApp(town.database, town.database.urls.owner)
    const twice = `insert into entitlement
      select (jsonb_populate_record(e, jsonb_build_object('number', 'X', 'row', 99))).* from entitlement e`
    expect(await refusal(raw, twice)).toBe('23505 entitlement_once')
  })

  test('does not enrol a person in a head twice at one time, nor reopen what ended', async () => {
    const person = await town.person()
    await town.grant(person, 'HIV_NGHEO', '2023-08-05')
    const raw = await rawApp(town.database)
    const again = (from: string) =>
      refusal(
        raw,
        `insert into enrolment (id, person_id, commune_id, programme, category_code, valid_from)
         select gen_random_uuid(), person_id, commune_id, programme, 'HIV_NGHEO', $1 from enrolment`,
        [from],
      )
    expect(await again('2024-01-01')).toBe('23P01 enrolment_one_at_a_time')
    await inRolledBack(raw, async () => {
      await raw.query(`update enrolment set valid_to = '2023-12-31'`)
      expect(await refusal(raw, 'update enrolment set valid_to = null')).toBe('LB001')
    })
    expect(await refusal(raw, `update enrolment set valid_from = '2020-01-01'`)).toBe('42501')
    expect(await refusal(raw, 'delete from enrolment_act')).toBe('42501')
  })
})

test('a list reads a commune in a handful of questions, however many people and months', async () => {
  for (let n = 0; n < 3; n += 1) await town.grant(await town.person(), 'HIV_NGHEO', '2023-01-05')
  const asked: number[] = []
  const entitled = (_: unknown, people: readonly string[]): Promise<readonly EntitledBefore[]> => {
    asked.push(people.length)
    return Promise.resolve([])
  }
  const entitledMerged = () => Promise.reject(new Error('nobody was merged'))
  const [communes, of] = [[town.communes[0]?.id ?? 0], month('2023-08')]
  const lines = await town.as(preparer, (tx) =>
    registry.dueIn(tx, { communes, month: of, entitled, entitledMerged }),
  )
  expect(lines).toHaveLength(24)
  expect(asked).toEqual([3, 3])
  const sorted = lines.map((line) => `${line.personId} ${line.component} ${line.period}`)
  expect(sorted).toEqual(sorted.toSorted())
})
