import { expect } from '@jest/globals'
import { addDays } from '../../src/lib/time.ts'
import { createBank } from '../../src/payouts/channels/bank.ts'
import { createHttpsTransport } from '../../src/payouts/channels/iso20022/https.ts'
import { openHttp } from '../../src/lib/http.ts'
import { freshDatabase } from './database.ts'
import type { FreshDatabase } from './database.ts'
import { workDay } from './office.ts'
import { startRails } from './rails.ts'
import { enterTown, FUNDS, holdersOf, payday, releaseLists } from './town.ts'

const CASES = { bank: 3 }

/**
 * Three payments through the bank from their list to their statement lines; the reference of the first, and the order files as
 * they went out. Nothing is sealed.
 */
export async function paidThroughBank(): Promise<{
  readonly database: FreshDatabase
  readonly reference: string
  readonly sent: readonly string[]
}> {
  const database = await freshDatabase()
  const communes = await enterTown(database, [CASES])
  await releaseLists(database, communes)
  const unit = communes[0]?.payingUnit ?? ''
  const rails = await startRails({ seed: 'evidence', faults: 'none' })
  await rails.advance(payday)
  await rails.fund(unit, FUNDS)
  await rails.tellHolders(holdersOf(communes, [CASES]))
  const sent: string[] = []
  const channels = { ...rails.channels, bank: tapped(rails.urls.bank, sent) }
  for (const later of [1, 2, 3]) {
    const office = { database, rails: { ...rails, channels }, unit }
    await workDay(office, addDays(payday, later))
  }
  const { rows } = await database.admin.query<{ reference: string }>(
    `select reference from instruction where state = 'PAID' order by 1`,
  )
  expect(rows).toHaveLength(CASES.bank)
  return { database, reference: rows[0]?.reference ?? '', sent }
}

/** The bank over HTTP, and what goes out to it. */
function tapped(baseUrl: string, sent: string[]) {
  const http = openHttp({ baseUrl, timeoutMs: 2_000, connections: 5 })
  const transport = createHttpsTransport(http)
  return createBank({
    ...{ http, version: '001.03', debtorBin: '970405', rowsMax: 500, hours: null },
    ...{ verifiesFirst: false, accountsAtOnce: 1 },
    transport: {
      ...transport,
      deliver: (file) => {
        const pieces = [...file.pieces]
        sent.push(pieces.join(''))
        return transport.deliver({ ...file, pieces })
      },
    },
  })
}
