import type { FreshDatabase } from './database.ts'
import * as p from './payees.ts'

/**
 * Six wards with carers whom raw SQL is tried on: an ordinary one that is represented and assigned, an ordinary one, carers
 * of 16 and 13, wards of 11 and 17. Returns their commune.
 */
export async function enterAbused(database: FreshDatabase): Promise<number> {
  const communeId = (await p.firstCommune(database)).id
  await p.enterPairs(database, communeId, [
    ...[{ n: 1 }, { n: 2 }, { n: 3, carerBorn: '2007-01-01' }, { n: 4, carerBorn: '2010-01-01' }],
    ...[
      { n: 5, wardBorn: '2012-06-01' },
      { n: 6, wardBorn: '2006-08-10' },
    ],
  ])
  await p.represent(database, [p.representationOf(1, communeId)])
  await p.assign(database, 1, communeId)
  return communeId
}
