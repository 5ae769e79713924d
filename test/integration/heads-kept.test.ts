import { generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, test } from '@jest/globals'
import { headKeeperOf } from '../../src/compose-heads.ts'
import { startOperations } from '../../src/compose-operations.ts'
import { verifyAll } from '../../src/compose-verify.ts'
import { readConfig } from '../../src/config.ts'
import { ledger } from '../../src/ledger/ledger.ts'
import { createLog } from '../../src/lib/log.ts'
import { openMetrics } from '../../src/lib/metrics.ts'
import { addDays } from '../../src/lib/time.ts'
import { act } from '../support/act.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { refusalOf } from '../support/outcome.ts'
import { sealPosted } from '../support/papers.ts'
import { startReceiver } from '../support/receiver.ts'
import type { Receiver } from '../support/receiver.ts'
import { august, fund, leader, payday } from '../support/town.ts'
import { vault } from '../support/vault.ts'
import { setUpWorkers } from '../support/worker.ts'

const folder = mkdtempSync(join(tmpdir(), 'heads-'))
const [kept, second] = [join(folder, 'kept'), join(folder, 'second')]
const [privateFile, publicFile] = [join(folder, 'heads.key'), join(folder, 'heads.pub')]
const name = (day: string) => `head-${day}.json`
const text = (...path: readonly string[]) => readFileSync(join(...path), 'utf8')

let database: FreshDatabase
let receiver: Receiver
let settings: Readonly<Record<string, string>>

beforeAll(async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  writeFileSync(privateFile, privateKey.export({ type: 'pkcs8', format: 'pem' }))
  writeFileSync(publicFile, publicKey.export({ type: 'spki', format: 'pem' }))
  database = await freshDatabase()
  receiver = await startReceiver()
  settings = {
    ...{ HEAD_SIGN_KEY: privateFile, HEAD_FOLDER: kept },
    ...{ HEAD_SECOND_FOLDER: second, HEAD_SECOND_URL: receiver.url },
  }
  await database.app.transact(leader, (tx) => ledger.openPeriod(tx, leader, august))
})

const keep = (day = payday) => headKeeperOf(readConfig(settings))(database.app, act, day)
const book = async (amount: bigint) => {
  await fund(database, `U${String(amount)}`, amount)
  await sealPosted(database)
}

test('nothing is kept before anything is sealed; then one head a day, in both places, for ever', async () => {
  await keep()
  expect(receiver.told).toEqual([])
  await book(10_000_000n)
  receiver.answerWith(503)
  expect(await keep().catch(refusalOf)).toBe('head-not-taken')
  receiver.answerWith(204)
  await keep()
  const first = text(kept, name(payday))
  expect(text(second, name(payday))).toBe(first)
  expect(receiver.told.map(({ body }) => body)).toEqual([first, first])
  await book(20_000_000n)
  await keep()
  expect(text(kept, name(payday))).toBe(first)
  expect(receiver.told).toHaveLength(2)
  await keep(addDays(payday, 1))
  expect(receiver.told).toHaveLength(3)
  expect(receiver.told[2]?.body).toBe(text(kept, name(addDays(payday, 1))))
  expect(receiver.told[2]?.body).not.toBe(first)
})

test('a history that was rewritten to the block is seen by what was kept, and in no book', async () => {
  const anchor = [payday, addDays(payday, 1)].map((day) => join(second, name(day)))
  const verified = async (files: readonly string[]) => {
    const said: string[] = []
    const of = { anchor: files, 'audit-anchor': [], 'trusted-key': [publicFile] }
    return { ok: await verifyAll(database, of, (line) => said.push(line)), said: said.join('\n') }
  }
  expect(await verified(anchor)).toMatchObject({ ok: true })
  await database.admin.query(`set session_replication_role = replica;
    delete from sealed_movement; delete from seal_block; set session_replication_role = origin`)
  await book(30_000_000n)
  // Of the books alone nothing is to be seen.
  expect((await verified([])).said).toMatch(/^✓ 9 bút toán/)
  const found = await verified(anchor)
  expect(found.ok).toBe(false)
  expect(found.said).toContain('✗ anchor: Khối 1')
})

test('a worker keeps it by the clock', async () => {
  await setUpWorkers(database)
  const own = join(folder, 'worker')
  const config = readConfig({
    ...{ DATABASE_URL: database.urls.owner, UPKEEP_EVERY_MS: '100' },
    ...{ HEAD_SIGN_KEY: privateFile, HEAD_SECOND_FOLDER: own, HEAD_FOLDER: join(folder, 'first') },
  })
  const stop = await startOperations(config, {
    ...{ urls: database.urls, vault, log: createLog('silent'), metrics: openMetrics('worker') },
    onFailed: () => undefined,
    until: new AbortController().signal,
  })
  try {
    for (let waited = 0; !existsSync(own); waited += 1) {
      expect(waited).toBeLessThan(300)
      await new Promise((go) => setTimeout(go, 100))
    }
  } finally {
    await stop()
  }
})

test('half a setting, or a key that signs no head, is refused', async () => {
  expect(() => headKeeperOf(readConfig({ HEAD_FOLDER: kept }))).toThrow('HEAD_SIGN_KEY')
  settings = { ...settings, HEAD_SIGN_KEY: publicFile }
  expect(await keep(addDays(payday, 2)).catch(refusalOf)).toBe('head-key')
})
