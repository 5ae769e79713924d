import { generateKeyPairSync } from 'node:crypto'
import { beforeAll, expect, test } from '@jest/globals'
import { openSignedHead, signHead } from '../../src/ledger/signed-heads.ts'
import { ledger } from '../../src/ledger/ledger.ts'
import { invariant } from '../../src/lib/errors.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import type { FreshDatabase } from '../support/database.ts'
import { openDesk, residentOf } from '../support/desk.ts'
import { pain002 } from '../support/iso-files.ts'
import { longWork } from '../support/long-work.ts'
import { sealPosted } from '../support/papers.ts'
import { limitsOf, plan, scripted, send, statesOf } from '../support/sending.ts'
import { payday, releaseLists, treasurer } from '../support/town.ts'

// What the modules can do is reached from outside: reference data, heads, verification, breaks explained, status files.

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
const treasury = () => [desk.user('treasury-preparer'), desk.user('treasury-approver')] as const

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

test('a line in suspense is explained by two with a paper, once, as what it can be', async () => {
  const [preparer, approver] = treasury()
  const unit = commune.payingUnit
  const person = residentOf(commune.id, 1)
  const { rows } = await database.admin.query<{ programme: string }>(
    `select substr(subject, 11) as programme from account where code = '611-BEN' limit 1`,
  )
  const programme = rows[0]?.programme ?? ''
  // Somebody was paid 1,000 too much.
  await database.app.transact(treasurer, (tx) =>
    ledger.post(tx, treasurer, [
      ledger.entry(
        'overpaid',
        { unit, programme, person, amount: 1_000n },
        { reference: 'overpaid:test', occurredOn: payday },
      ),
    ]),
  )
  const line = (id: string, direction: string, amount: string) => ({
    ...{ id, reference: `KHONG-RO-${id}`, direction, kind: 'transfer', amount, reason: null },
  })
  const lines = [
    ...[line('L1', 'credit', '700'), line('L2', 'credit', '1001'), line('L3', 'credit', '1000')],
    line('L4', 'debit', '300'),
  ]
  const body = {
    ...{ channel: 'bank', payingUnit: unit, id: 'ST-1', day: '2023-08-02' },
    ...{ opening: '0', closing: '2401', lines },
  }
  expect(await desk.api.call(preparer, 'POST', '/statements', { body })).toMatchObject({
    status: 201,
  })
  expect((await desk.api.call(preparer, 'POST', '/breaks')).body).toEqual({ opened: 4 })
  const ask = (id: string, what: object) =>
    desk.ask(preparer, `/breaks/${id}/explanation`, { what, document: 'GBC 12' })
  const code = async (id: string, what: object) =>
    (await desk.confirm(approver, await ask(id, what))).code
  expect(await code('L1', { kind: 'bank-fee', programme })).toBe('explanation-direction')
  expect(await code('L4', { kind: 'interest' })).toBe('explanation-direction')
  expect(await code('L2', { kind: 'recovered', personId: person })).toBe('below-floor')
  const twice = await ask('L1', { kind: 'interest' })
  expect(await code('L1', { kind: 'interest' })).toBeNull()
  expect((await desk.confirm(approver, twice)).code).toBe('line-not-suspended')
  expect(await code('L3', { kind: 'recovered', personId: person })).toBeNull()
  expect(await code('L4', { kind: 'bank-fee', programme })).toBeNull()
  const { items } = await read<{ items: { id: string; state: string; entryId: string }[] }>(
    'auditor',
    '/statements/ST-1/lines',
  )
  expect(items.map(({ id, state }) => `${id} ${state}`)).toEqual([
    ...['L1 MATCHED', 'L2 SUSPENSE', 'L3 MATCHED', 'L4 MATCHED'],
  ])
  expect(await read('auditor', `/ledger/entries/${items[0]?.entryId ?? ''}`)).toMatchObject({
    ...{ template: 'interest', document: 'GBC 12', confirmedBy: approver.id, total: '700' },
  })
  const { rows: left } = await database.admin.query(
    `select code, subject, balance::text from account where balance <> 0
       and (code in ('1388-SUSPENSE', '3388-SUSPENSE', '1388-RECOVER', '611-BANK')) order by code, subject`,
  )
  expect(left).toEqual([
    { code: '3388-SUSPENSE', subject: 'line:L2', balance: '1001' },
    { code: '611-BANK', subject: `programme:${programme}`, balance: '300' },
  ])
})

test('a status file that came by hand is used by two people, once, or set aside', async () => {
  const [preparer, approver] = treasury()
  const limits = { ...limitsOf(100), mode: 'bulk' as const }
  const bank = { ...scripted(() => ({ kind: 'submitted' })), name: 'bank' as const, limits }
  for (const { orderId } of await plan(database)) await send(database, bank, { id: orderId })
  const states = async () => [...new Set((await statesOf(database)).values())]
  expect(await states()).toEqual(['SUBMITTED'])
  const { rows } = await database.admin.query<{ id: string }>('select id from order_file')
  const give = async (file: string) => {
    const content = pain002({ file, group: 'ACSC' }).toString()
    const body = { name: 'tay.xml', content }
    expect(await desk.confirm(preparer, await desk.ask(preparer, '/status-files', body))).toEqual(
      expect.objectContaining({ code: 'not-permitted' }),
    )
    return desk.two(preparer, approver, '/status-files', body)
  }
  expect(await give('NOT-OURS')).toMatchObject({ kind: 'quarantined', changed: 0 })
  expect(await states()).toEqual(['SUBMITTED'])
  expect(await give(rows[0]?.id ?? '')).toMatchObject({ kind: 'applied', changed: 3 })
  expect(await states()).toEqual(['ACCEPTED'])
  expect(await give(rows[0]?.id ?? '')).toMatchObject({ kind: 'already', changed: 0 })
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
