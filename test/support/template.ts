import { setUpAccess } from '../../src/access/access.ts'
import { openDatabase } from '../../src/lib/db.ts'
import { migrate } from '../../src/lib/migrations.ts'
import type { DatabaseUrls } from '../../src/lib/provision.ts'
import { setUpLedger } from '../../src/ledger/ledger-setup.ts'
import { setUpDecisions } from '../../src/payouts/list-store.ts'
import { setUpTransitions } from '../../src/payouts/payouts-store.ts'
import { readReference } from '../../src/registry/reference.ts'
import { loadReference } from '../../src/registry/reference-store.ts'
import { act } from './act.ts'

/**
 * Makes what the database of every test begins with. Reference data that all need is added here.
 */
export async function prepareTemplate(urls: DatabaseUrls): Promise<void> {
  await migrate(urls)
  const { owner: url, schema } = urls
  const owner = openDatabase({ url, schema, kind: 'batch', poolSize: 1 })
  try {
    await owner.transact(act, setUpLedger)
    await owner.transact(act, setUpTransitions)
    await owner.transact(act, setUpDecisions)
    await owner.transact(act, (tx) => setUpAccess(tx, 'prisma/access'))
    await owner.transact(act, (tx) => loadReference(tx, readReference('prisma/reference')))
  } finally {
    await owner.close()
  }
}
