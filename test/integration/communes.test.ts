import { beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { month } from '../../src/lib/time.ts'
import { registry } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { communeIds, day } from '../support/people.ts'
import { preparer } from '../support/town.ts'

/** A day of each map and how many communes it has. */
const MAPS = [
  ['2023-08-01', 141],
  ['2025-03-01', 133],
  ['2025-08-01', 40],
] as const
const [IN_2023, IN_2025, TODAY] = [day('2023-08-01'), day('2025-03-01'), day('2025-08-01')]

let database: FreshDatabase

beforeAll(async () => {
  database = await freshDatabase()
})

const onMap = (of: Parameters<typeof registry.communes.onMap>[1]) =>
  database.app.transact(preparer, (tx) => registry.communes.onMap(tx, of))
const search = (name: string, on = TODAY) =>
  database.app.transact(preparer, (tx) => registry.communes.search(tx, { name, on }))
const idOf = async (code: string, inMonth: string) =>
  (await communeIds(database, inMonth)).get(code) ?? 0

describe('the map of a day', () => {
  test.each(MAPS)('of %s has its communes and no other', async (mapDay, count) => {
    const links = await onMap({ of: month('2023-08'), mapDay: day(mapDay) })
    expect(links).toHaveLength(141)
    expect(new Set(links.map((link) => link.onMap.id)).size).toBe(count)
    const wrong = links.filter(
      ({ onMap: to }) => to.validFrom > mapDay || (to.validTo !== null && to.validTo < mapDay),
    )
    expect(wrong).toEqual([])
  })

  test('tells what an old commune became and what a new one was made of', async () => {
    const old = await idOf('19753', '2023-08')
    const now = await idOf('19753', '2025-07')
    expect(await onMap({ of: [old], mapDay: TODAY })).toMatchObject([
      { communeId: old, relation: 'became', share: '1', onMap: { id: now, code: '19753' } },
    ])
    expect(await onMap({ of: [old], mapDay: IN_2023 })).toMatchObject([
      { relation: 'same', onMap: { id: old } },
    ])
    const back = await onMap({ of: [now], mapDay: IN_2023 })
    expect(back.map(({ onMap: to, relation }) => [to.code, relation])).toEqual(
      ['19750', '19753', '19756', '19759', '19762', '19768'].map((code) => [code, 'made-of']),
    )
  })

  test('tells apart the two communes of every code that was used again', async () => {
    const [before, after] = [await communeIds(database, '2023-08'), await communeIds(database)]
    const today = await communeIds(database, '2025-08')
    const reused = [...today.keys()].filter((code) => before.has(code))
    expect(reused).toHaveLength(40)
    expect(after).toEqual(before)
    for (const code of reused) {
      expect(before.get(code)).not.toBe(today.get(code))
      const back = await onMap({ of: [today.get(code) ?? 0], mapDay: IN_2023 })
      expect(back.map(({ onMap: to }) => to.id)).toContain(before.get(code))
    }
  })
})

/** Figures per commune of one map, summed on another by the SQL that a report would use. */
async function sumOn(figures: ReadonlyMap<number, bigint>, mapDay: string) {
  const { rows } = await database.admin.query<{ id: number; sum: string }>(
    `select m.map_commune_id as id, sum(f.amount * m.share)::bigint::text as sum
       from unnest($1::integer[], $2::bigint[]) as f (commune_id, amount)
       join communes_on_map($3::date) m using (commune_id) group by 1`,
    [[...figures.keys()], [...figures.values()].map(String), mapDay],
  )
  return new Map(rows.map(({ id, sum }) => [id, BigInt(sum)]))
}

const total = (figures: ReadonlyMap<number, bigint>) =>
  [...figures.values()].reduce((sum, amount) => sum + amount, 0n)

describe.each(MAPS)('figures of the map of %s', (from, count) => {
  test('count each commune once on every map', async () => {
    const ids = [...(await communeIds(database, from.slice(0, 7))).values()]
    for (const [mapDay] of MAPS) {
      const shown = await sumOn(new Map(ids.map((id) => [id, 1n])), mapDay)
      expect(total(shown)).toBe(BigInt(count))
    }
  })

  test('have the same total as they were and on every map, and stay where they were counted', async () => {
    const ids = [...(await communeIds(database, from.slice(0, 7))).values()]
    expect(ids).toHaveLength(count)
    const amounts = fc.array(fc.bigInt({ min: 0n, max: 10n ** 12n }), {
      ...{ minLength: count, maxLength: count },
    })
    await fc.assert(
      fc.asyncProperty(amounts, async (figures) => {
        const asItWas = new Map(ids.map((id, at) => [id, figures[at] ?? 0n]))
        for (const [mapDay] of MAPS) {
          const shown = await sumOn(asItWas, mapDay)
          expect(total(shown)).toBe(total(asItWas))
          if (mapDay <= from) expect(shown).toEqual(asItWas)
          else expect(shown.size).toBe(mapDay === TODAY ? 40 : 133)
        }
      }),
      { numRuns: 15 },
    )
  })
})

describe('a search by name', () => {
  test('finds a commune by the name that it lost, and says why', async () => {
    const found = await search('Thuận Lộc')
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({
      commune: { code: '19753', fullName: 'Phường Phú Xuân' },
      named: { code: '19753', fullName: 'Phường Thuận Lộc' },
    })
    expect(found[0]?.reason?.vi).toMatch(
      /^Phường Thuận Lộc \(đến 30\/06\/2025\) nay thuộc Phường Phú Xuân, theo .*1675\/NQ-UBTVQH15/,
    )
    expect(found[0]?.reason?.en).toMatch(/^Phường Thuận Lộc .* is now part of Phường Phú Xuân/)
  })

  test('finds it under its own name on the map of its day', async () => {
    for (const on of [IN_2023, IN_2025])
      expect(await search('thuan loc', on)).toMatchObject([
        { commune: { fullName: 'Phường Thuận Lộc' }, reason: null },
      ])
  })

  test('tells homonyms apart', async () => {
    const found = await search('huong phong', IN_2023)
    expect(found.map(({ commune }) => commune.code).toSorted()).toEqual(['20002', '20080'])
    const today = await search('huong phong')
    expect(today.map(({ commune }) => commune.fullName).toSorted()).toEqual([
      'Phường Hóa Châu',
      'Xã A Lưới 4',
    ])
  })

  test('finds nothing for a name of nowhere', async () => {
    expect(await search('khong co dau')).toEqual([])
  })
})
