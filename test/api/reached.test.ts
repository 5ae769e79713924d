import { generateKeyPairSync } from 'node:crypto'
import { beforeAll, expect, test } from '@jest/globals'
import { openSignedHead, signHead } from '../../src/ledger/signed-heads.ts'
import { invariant } from '../../src/lib/errors.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import type { FreshDatabase } from '../support/database.ts'
import { openDesk, residentOf } from '../support/desk.ts'
import { longWork } from '../support/long-work.ts'
import { sealPosted } from '../support/papers.ts'
import { releaseLists } from '../support/town.ts'

// What the modules can do is reached from outside: reference data, heads, verification.

const key = generateKeyPairSync('ed25519')
const pem = String(key.privateKey.export({ type: 'pkcs8', format: 'pem' }))
let desk: Awaited<ReturnType<typeof openDesk>>
let database: FreshDatabase
let commune: CommuneRow

beforeAll(async () => {
  desk = await openDesk([{ bank: 3 }], { signHead: (head) => signHead(head, pem) })
  database = desk.database
  const [first] = desk.communes
  invariant(first, 'a commune')
  commune = first
  await releaseLists(database, desk.communes)
})

const read = <T>(role: string, path: string): Promise<T> => desk.read<T>(role, path)

test.each([
  ['banks', { code: '422589', name: expect.stringContaining('CIMB'), transferSupported: true }],
  ['stop-reasons', { code: 'DEATH', kind: 'stop', vi: 'Chết' }],
  ['failure-reasons', { code: 'ACC_NAME_MISMATCH', isoReason: 'BE01', retry: 'no' }],
  ['decision-reasons', { code: 'wrong-amount', decision: 'withdraw' }],
  ['categories?month=2023-08-01', { code: 'NCT_80', coefficient: '1.0', fixedAmount: null }],
  ['standards', { scope: 'national', validFrom: '2021-07-01', amount: '360000' }],
  ['programmes', { code: 'TET_2026', month: '2026-02-01', amount: '400000' }],
])('what forms choose from is read by anybody who signs in: %s', async (path, row) => {
  for (const role of ['commune-officer', 'service-client']) {
    const { items } = await read<{ readonly items: readonly unknown[] }>(role, `/reference/${path}`)
    expect(items).toContainEqual(expect.objectContaining(row))
  }
})

test('a category that ended before a month is not one of it', async () => {
  const codes = async (month: string) =>
    (
      await read<{ readonly items: readonly { readonly code: string }[] }>(
        'auditor',
        `/reference/categories?month=${month}`,
      )
    ).items.map(({ code }) => code)
  expect(await codes('2025-06-01')).toContain('NCT_80')
  expect(await codes('2025-07-01')).not.toContain('NCT_80')
})

test('the newest heads are those of the last blocks, signed with the key of the settings', async () => {
  await sealPosted(database)
  const { journal, audit } = await read<Record<'journal' | 'audit', Record<string, unknown>>>(
    'auditor',
    '/ledger/heads/last',
  )
  const { rows } = await database.admin.query<{ block: string; head: string }>(
    `select number::text as block, encode(head, 'hex') as head from seal_block order by number desc limit 1`,
  )
  expect(journal).toMatchObject({ block: Number(rows[0]?.block), head: rows[0]?.head })
  expect(audit).toMatchObject({ head: expect.stringMatching(/^[0-9a-f]{64}$/) })
  const { signed, ...head } = journal
  const text = JSON.stringify({ format: 'an-sinh-signed-head.v1', head, ...(signed as object) })
  const own = key.publicKey.export({ type: 'spki', format: 'pem' })
  expect(openSignedHead(text, [String(own)])).toEqual(head)
})

test('ledger and trail are recomputed as long work, and what is wrong stands in the file', async () => {
  const auditor = desk.user('auditor')
  const work = longWork(database, desk.api)
  const verified = async () => {
    const id = await work.ask(auditor, 'verifications')
    await work.work()
    const { state, result } = await work.read(auditor, id)
    return { state, result, file: await (await work.fileOf(auditor, id)).json() }
  }
  expect(await verified()).toMatchObject({
    ...{ state: 'DONE', result: { ok: true, findings: 0 } },
    file: { journal: { ok: true }, trail: { ok: true } },
  })
  const spoil = (by: number) =>
    database.admin.query(`set session_replication_role = replica;
      update account set balance = balance + ${String(by)} where id = (select min(id) from account where code = '1121-FREE');
      set session_replication_role = default`)
  await spoil(1)
  expect(await verified()).toMatchObject({
    result: { ok: false },
    file: { journal: { ok: false, findings: [expect.objectContaining({ check: 'balance' })] } },
  })
  await spoil(-1)
})

test('whoever received nothing in a month is shown with it', async () => {
  const { admin } = database
  const set = (state: string, reason: string | null) =>
    admin.query(`set session_replication_role = replica;
      update instruction set state = '${state}', reason = ${reason === null ? 'null' : `'${reason}'`};
      set session_replication_role = default`)
  const path = '/suspensions/unpaid-months?before=2023-09-01&months=1'
  const before = await admin.query<{ state: string }>('select distinct state from instruction')
  await set('RETURNED', 'AC04')
  const { items } = await read<{ readonly items: readonly object[] }>('auditor', path)
  expect(items).toEqual(
    [1, 2, 3].map((n) => ({ personId: residentOf(commune.id, n), month: '2023-08-01' })),
  )
  await set(before.rows[0]?.state ?? 'QUEUED', null)
})
