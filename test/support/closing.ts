import { setTimeout as sleep } from 'node:timers/promises'
import { ledger } from '../../src/ledger/ledger.ts'
import type { Act } from '../../src/lib/act.ts'
import type { Database } from '../../src/lib/db.ts'
import type { Month } from '../../src/lib/time.ts'
import { refusalOf } from './outcome.ts'

const TRIES_MAX = 100

/** Closes a month. Other tests on the server hold sealing back for a moment; closing goes on where it stopped. */
export async function closeMonth(app: Database, by: Act, of: Month): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const said = await ledger.closePeriod(app, by, of).then(() => 'closed', refusalOf)
    if (said === 'closed') return
    if (said !== 'period-not-open' || tries === TRIES_MAX) throw new Error(`not closed: ${said}`)
    await sleep(50)
  }
}
