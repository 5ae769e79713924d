/*
 * A process of its own that posts ten thousand entries in one call, to be killed while it does:
 * node --import tsx test/support/post-many.ts <url> <schema> <pause before COMMIT in ms>. Says
 * "posting", "posted", "committed", or the error.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '../../src/lib/db.ts'
import { ledger } from '../../src/ledger/ledger.ts'
import { act } from './act.ts'
import { manyEntries } from './many-entries.ts'

const [, , url = '', schema = '', pauseMs = '0'] = process.argv
const say = (line: string) => process.stdout.write(`${line}\n`)
const database = openDatabase({ url, schema, kind: 'batch', poolSize: 1 })
try {
  await database.transact(act, async (tx) => {
    say('posting')
    await ledger.post(tx, act, manyEntries)
    say('posted')
    await sleep(Number(pauseMs))
  })
  say('committed')
} catch (error) {
  say(String(error))
}
await database.close()
