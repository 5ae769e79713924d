import { beforeAll, expect, test } from '@jest/globals'
import type { LocalDate, Month } from '../../src/lib/time.ts'
import { monthOf } from '../../src/lib/time.ts'
import { registry } from '../../src/registry/registry.ts'
import type { NewRepresentation } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import {
  asPreparer,
  assign,
  enterPairs,
  firstCommune,
  holdOn,
  payeeOf,
  represent,
  representationOf,
} from '../support/payees.ts'
import { preparer } from '../support/town.ts'

/**
 * Guardian timelines: who is paid on which day. A case has a ward's birthday, the paper (kind, first and last day, "-"
 * for none), what happened, and days with what becomes of the money: "carer" when the representative may be credited,
 * else the reason of the hold.
 */
const TIMELINES = `
1 | authorised a year without a term   | 1950-01-01 | authorised 2023-03-10 - | |
  2023-03-10 carer; 2024-03-09 carer; 2024-03-10 representation-expired
2 | authorised three months            | 1950-01-01 | authorised 2023-07-01 2023-09-30 | |
  2023-08-01 carer; 2023-09-30 carer; 2023-10-01 representation-expired
3 | guardian of a minor                | 2006-08-10 | guardian 2020-01-01 - | |
  2024-08-09 carer; 2024-08-10 representation-expired; 2025-01-01 representation-expired
4 | guardian of a minor, long paper    | 2006-08-10 | guardian 2020-01-01 2030-12-31 | |
  2024-08-09 carer; 2024-08-10 representation-expired
5 | parent of a minor                  | 2010-02-28 | legal_representative 2010-02-28 - | |
  2023-08-01 carer; 2028-02-27 carer; 2028-02-28 representation-expired
6 | guardian of a grown-up             | 1990-08-10 | guardian 2020-01-01 - | |
  2023-08-01 carer; 2043-08-01 carer
7 | revoked                            | 1950-01-01 | authorised 2023-01-01 2023-12-31 | revoked 2023-08-15 |
  2023-08-14 carer; 2023-08-15 representation-revoked; 2024-02-01 representation-revoked
8 | the ward dies                      | 1950-01-01 | authorised 2023-01-01 2023-12-31 | ward died 2023-08-05 |
  2023-08-04 carer; 2023-08-05 beneficiary-dead; 2023-08-31 beneficiary-dead; 2023-09-01 beneficiary-dead
9 | the guardian dies                  | 2010-01-01 | guardian 2020-01-01 - | carer died 2023-08-05 |
  2023-08-04 carer; 2023-08-05 payee-dead; 2024-01-01 payee-dead
10 | dies after the paper ended        | 1950-01-01 | authorised 2023-01-01 2023-06-30 | ward died 2023-08-05 |
  2023-07-01 representation-expired; 2023-08-05 beneficiary-dead
11 | revoked before it began           | 1950-01-01 | authorised 2023-01-01 2023-12-31 | revoked 2022-12-01 |
  2023-08-01 representation-revoked
12 | a caregiver without an end        | 2019-01-01 | caregiver 2023-01-01 - | |
  2023-08-01 carer; 2033-08-01 carer
13 | an institution                    | 2015-01-01 | institution 2023-01-01 2025-12-31 | |
  2025-12-31 carer; 2026-01-01 representation-expired
14 | the organiser of the funeral      | 1940-01-01 | funeral_organiser 2023-08-06 2023-12-31 | ward died 2023-08-05 |
  2023-08-07 carer; 2024-01-01 representation-expired
`
  .trim()
  .split(/\n(?=\d)/)
  .map((text) => {
    const [n = '', what = '', born = '', paper = '', event = '', days = ''] = text
      .split('|')
      .map((cell) => cell.trim())
    return { n: Number(n), what, born, paper, event, days }
  })

let database: FreshDatabase

beforeAll(async () => {
  database = await freshDatabase()
  const { id: communeId } = await firstCommune(database)
  await enterPairs(
    database,
    communeId,
    TIMELINES.map(({ n, born }) => ({ n, wardBorn: born })),
  )
  for (const { n, paper, event } of TIMELINES) {
    const [kind, from, to] = paper.split(' ')
    const of = {
      ...{ kind: kind as NewRepresentation['kind'], validFrom: from as LocalDate },
      validTo: to === '-' ? null : (to as LocalDate),
    }
    await represent(database, [representationOf(n, communeId, of)])
    await assign(database, n, communeId, { from: from as LocalDate })
    await happen(n, event)
  }
})

async function happen(n: number, event: string): Promise<void> {
  const { id, representativeId, personId } = representationOf(n, 0)
  const on = event.split(' ').at(-1) as LocalDate
  if (event.startsWith('revoked')) {
    await asPreparer(database, (tx) =>
      registry.representation.revoke(tx, preparer, { id, on, reason: 'người hưởng rút lại' }),
    )
  }
  const died = event.startsWith('ward died')
    ? personId
    : event.startsWith('carer died')
      ? representativeId
      : null
  if (died !== null) {
    await database.admin.query('update person set died_on = $2 where id = $1', [died, on])
  }
}

test.each(TIMELINES)('$n. $what: $days', async ({ n, days }) => {
  for (const cell of days.split(';')) {
    const [on = '', wanted = ''] = cell.trim().split(' ')
    const hold = wanted === 'carer' ? null : wanted
    const listed = await payeeOf(database, n, { month: monthOf(on as LocalDate), on })
    expect([on, listed.hold]).toEqual([on, hold])
    expect([on, await holdOn(database, n, on, listed)]).toEqual([on, hold])
    expect(listed.payeeId).toBe(representationOf(n, 0).representativeId)
  }
})

test('a month is looked at as of its first day when its list is drawn up before', async () => {
  const { hold } = await payeeOf(database, 2, { month: '2023-10-01' as Month, on: '2023-09-20' })
  expect(hold).toBe('representation-expired')
})
