import { generateKeyPairSync } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { headKeeperOf, withLocalHeads } from '../../src/compose-heads.ts'
import { startOperations } from '../../src/compose-operations.ts'
import { verifyAll } from '../../src/compose-verify.ts'
import { readConfig } from '../../src/config.ts'
import { ledger } from '../../src/ledger/ledger.ts'
import { openSignedHead } from '../../src/ledger/signed-heads.ts'
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
const auditName = (day: string) => `audit-head-${day}.json`
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

test('nothing is kept before anything is sealed; then the heads of each day, in both places, for ever', async () => {
  await keep()
  expect(receiver.told).toEqual([])
  await book(10_000_000n)
  receiver.answerWith(503)
  expect(await keep().catch(refusalOf)).toBe('head-not-taken')
  receiver.answerWith(204)
  await keep()
  const [first, audit] = [text(kept, name(payday)), text(kept, auditName(payday))]
  expect([text(second, name(payday)), text(second, auditName(payday))]).toEqual([first, audit])
  expect(receiver.told.map(({ body }) => body)).toEqual([first, first, audit])
  await book(20_000_000n)
  await keep()
  expect([text(kept, name(payday)), text(kept, auditName(payday))]).toEqual([first, audit])
  expect(receiver.told).toHaveLength(3)
  await keep(addDays(payday, 1))
  expect(receiver.told).toHaveLength(5)
  const next = [name, auditName].map((of) => text(kept, of(addDays(payday, 1))))
  expect(receiver.told.slice(3).map(({ body }) => body)).toEqual(next)
  expect(next).not.toContain(first)
})

describe('a history that was rewritten from the first entry on, with every hash made anew', () => {
  const verified = async (more: Partial<Parameters<typeof verifyAll>[1]>) => {
    const said: string[] = []
    const none = { anchor: [], 'audit-anchor': [], heads: [], 'trusted-key': [publicFile] }
    const ok = await verifyAll(database, { ...none, ...more }, (line) => said.push(line))
    return { ok, said: said.join('\n') }
  }
  const rewritten = `set session_replication_role = replica;
    update posting set amount = amount + 5 where entry_id in (select id from journal_entry where reference like '%:U10000000');
    update account a set balance = a.sign * coalesce((
      select sum(case when p.debit_account = a.id then p.amount else -p.amount end) from posting p
       where a.id in (p.debit_account, p.credit_account)), 0);
    update journal_entry e set content_hash = ledger_content_hash(e.reference, e.template_id, e.occurred_on, e.commune_id,
      e.reverses, e.memo, e.dimensions::text, (select string_agg(concat_ws('~', seq, debit_account, credit_account, amount), ';'
                                                 order by seq) from posting where entry_id = e.id));
    delete from audit_block; delete from sealed_movement; delete from seal_block;
    set session_replication_role = origin`

  test('stands while it is not', async () => {
    expect(await verified({ heads: [kept] })).toMatchObject({ ok: true })
    expect((await verified({ heads: [second] })).said).toContain('4 mã đầu chuỗi giữ ở ngoài')
  })

  test('is seen by the heads that were kept, and in no book', async () => {
    await database.admin.query(rewritten)
    await sealPosted(database)
    // Of the books alone nothing is to be seen: all adds up.
    const alone = await verified({})
    expect([alone.ok, alone.said]).toEqual([true, expect.stringMatching(/^✓ 6 bút toán/)])
    const found = await verified({ heads: [second] })
    expect(found.ok).toBe(false)
    expect(found.said).toContain('✗ anchor: Khối 1')
    const byFile = await verified({ anchor: [join(second, name(payday))] })
    expect(byFile).toMatchObject({ ok: false, said: expect.stringContaining('✗ anchor') })
  })

  test('of the audit trail likewise', async () => {
    const audited = join(folder, 'audited')
    const own = readConfig({ HEAD_SIGN_KEY: privateFile, HEAD_FOLDER: audited })
    await headKeeperOf(own)(database.app, act, payday)
    expect(await verified({ heads: [audited] })).toMatchObject({ ok: true })
    await database.admin.query(`set session_replication_role = replica;
      update audit_event set actor = gen_random_uuid() where id = (select min(id) from audit_event);
      delete from audit_block; set session_replication_role = origin`)
    await sealPosted(database)
    expect(await verified({})).toMatchObject({ ok: true })
    const found = await verified({ heads: [audited] })
    expect(found.ok).toBe(false)
    expect(found.said.match(/✗ .*/g)).toEqual([
      expect.stringContaining('✗ anchor'),
      expect.stringContaining('sự kiện nhật ký'),
    ])
  })

  test('against no head, or one that somebody else signed, nothing is said to be well', async () => {
    const empty = join(folder, 'empty')
    mkdirSync(empty)
    expect(await verified({ heads: [empty] }).catch(refusalOf)).toBe('heads-missing')
    const untrusted = verified({ heads: [second], 'trusted-key': [] })
    expect(await untrusted.catch(refusalOf)).toBe('head-signature')
    const swapped = join(folder, 'swapped')
    mkdirSync(swapped)
    cpSync(join(second, auditName(payday)), join(swapped, name(payday)))
    expect(await verified({ heads: [swapped] }).catch(refusalOf)).toBe('outside-head')
  })
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

test('a machine for development has a key and two places of its own; what is set stays', async () => {
  const data = join(folder, 'development')
  const local = withLocalHeads(readConfig({ DATA_DIR: data }))
  expect(local.HEAD_SECOND_FOLDER).not.toBe(local.HEAD_FOLDER)
  await book(40_000_000n)
  await headKeeperOf(local)(database.app, act, payday)
  const [one, other] = ['kept', 'kept-again'].map((of) => text(data, 'heads', of, name(payday)))
  expect(one).toBe(other)
  const publicKey = text(data, 'heads', 'head-signer-public.pem')
  expect(openSignedHead(one ?? '', [publicKey]).block).toBeGreaterThan(0)
  expect(withLocalHeads(readConfig({ DATA_DIR: data }))).toEqual(local)
  expect(text(data, 'heads', 'head-signer-public.pem')).toBe(publicKey)
  const own = readConfig(settings)
  expect(withLocalHeads(own)).toEqual(own)
  const elsewhere = readConfig({ DATA_DIR: data, HEAD_SECOND_FOLDER: second })
  expect(withLocalHeads(elsewhere)).toEqual({ ...local, HEAD_SECOND_FOLDER: second })
})
