import { expect } from '@jest/globals'
import { addDays } from '../../src/lib/time.ts'
import { freshDatabase } from './database.ts'
import type { FreshDatabase } from './database.ts'
import { workDay } from './office.ts'
import { startRails } from './rails.ts'
import { enterTown, FUNDS, holdersOf, payday, releaseLists } from './town.ts'

const CASES = { bank: 3 }

/** Three payments through the bank from their list to their statement lines; the reference of the first. Nothing is sealed. */
export async function paidThroughBank(): Promise<{
  readonly database: FreshDatabase
  readonly reference: string
}> {
  const database = await freshDatabase()
  const communes = await enterTown(database, [CASES])
  await releaseLists(database, communes)
  const unit = communes[0]?.payingUnit ?? ''
  const rails = await startRails({ seed: 'evidence', faults: 'none' })
  await rails.advance(payday)
  await rails.fund(unit, FUNDS)
  await rails.tellHolders(holdersOf(communes, [CASES]))
  for (const later of [1, 2, 3]) {
    await workDay({ database, rails, unit }, addDays(payday, later))
  }
  const { rows } = await database.admin.query<{ reference: string }>(
    `select reference from instruction where state = 'PAID' order by 1`,
  )
  expect(rows).toHaveLength(CASES.bank)
  return { database, reference: rows[0]?.reference ?? '' }
}
