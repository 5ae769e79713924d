import { expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { month } from '../../src/lib/time.ts'
import { registry } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import { by, openRegistry } from '../support/registry-town.ts'
import { dueOnMap, rehome } from '../support/rehoming.ts'
import { preparer } from '../support/town.ts'

// Whole maps of lists, and a process of its own: long on a busy machine.
jest.setTimeout(180_000)

const BIRTHS = { HIV_NGHEO: '1990-01-01', NCT_80: '1940-01-01', TE_U3_DTTS: '2023-02-01' }
const MONTHS = ['2024-12', '2025-01', '2025-06', '2025-07']
const RUNS = 3

const residents = fc.array(
  fc.record({
    commune: fc.integer({ min: 0, max: 140 }),
    head: fc.constantFrom('HIV_NGHEO' as const, 'NCT_80' as const, 'TE_U3_DTTS' as const),
    day: fc.constantFrom('2023-03-05', '2024-07-05', '2024-12-05', '2025-01-05'),
    lost: fc.constantFrom(null, '2024-12', '2025-01', '2025-03'),
  }),
  { minLength: 2, maxLength: 8 },
)
type Resident = (typeof residents extends fc.Arbitrary<infer All> ? All : never)[number]

/** A town of residents, of whom some lost what they had. Returns its database and the communes. */
async function townOf(all: readonly Resident[]) {
  const database = await freshDatabase()
  const town = await openRegistry(database)
  const communes = all.map(({ commune }) => town.communes[commune]?.id ?? 0)
  for (const { commune: at, head, day, lost } of all) {
    const commune = town.communes[at]
    if (commune === undefined) throw new Error('a commune')
    const person = await town.person({ birth: BIRTHS[head], commune })
    await town.grant(person, head, day, { communeId: commune.id })
    if (lost === null || lost < day.slice(0, 7)) continue
    const stop = { personId: person, head, lost: month(lost), reason: 'INELIGIBLE' }
    await town.as(preparer, (tx) =>
      registry.enrolments.stop(tx, preparer, { ...stop, ...by('2025-03-20') }),
    )
  }
  return { database, communes }
}

test('whoever lives where: the months of every map are owed as before, in one run or two', async () => {
  await fc.assert(
    fc.asyncProperty(residents, fc.boolean(), async (all, inOneRun) => {
      const { database, communes } = await townOf(all)
      const owed = async () => {
        const sums = []
        for (const of of MONTHS) sums.push(await dueOnMap(database, of, communes))
        return sums
      }
      const before = await owed()
      for (const on of inOneRun ? ['2025-07-01'] : ['2025-01-01', '2025-07-01']) {
        await rehome(database, on)
        expect(await owed()).toEqual(before)
      }
      expect((await rehome(database, '2025-07-01')).pairs).toBe(0)
    }),
    { numRuns: RUNS },
  )
})
