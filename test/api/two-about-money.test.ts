import { beforeAll, expect, test } from '@jest/globals'
import { ledger } from '../../src/ledger/ledger.ts'
import { invariant } from '../../src/lib/errors.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import type { FreshDatabase } from '../support/database.ts'
import { openDesk, residentOf } from '../support/desk.ts'
import { pain002 } from '../support/iso-files.ts'
import { limitsOf, plan, scripted, send, statesOf } from '../support/sending.ts'
import { payday, releaseLists, treasurer } from '../support/town.ts'

// What two people of the treasury say of money that machines did not make out: breaks explained, status files by hand.

let desk: Awaited<ReturnType<typeof openDesk>>
let database: FreshDatabase
let commune: CommuneRow

beforeAll(async () => {
  desk = await openDesk([{ bank: 3 }])
  database = desk.database
  const [first] = desk.communes
  invariant(first, 'a commune')
  commune = first
  await releaseLists(database, desk.communes)
})

const read = <T>(role: string, path: string): Promise<T> => desk.read<T>(role, path)
const treasury = () => [desk.user('treasury-preparer'), desk.user('treasury-approver')] as const

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
  const { rows: payments } = await database.admin.query<{ reference: string }>(
    'select reference from instruction order by reference limit 1',
  )
  const payment = payments[0]?.reference ?? ''
  const line = (id: string, direction: string, amount: string) => ({
    ...{ id, reference: `KHONG-RO-${id}`, direction, kind: 'transfer', amount, reason: null },
  })
  const lines = [
    ...[line('L1', 'credit', '700'), line('L2', 'credit', '1001'), line('L3', 'credit', '1000')],
    line('L4', 'debit', '300'),
    { ...line('L5', 'credit', '1'), kind: 'return', reference: payment },
  ]
  const body = {
    ...{ channel: 'bank', payingUnit: unit, id: 'ST-1', day: '2023-08-02' },
    ...{ opening: '0', closing: '2402', lines },
  }
  expect(await desk.api.call(preparer, 'POST', '/statements', { body })).toMatchObject({
    status: 201,
  })
  expect((await desk.api.call(preparer, 'POST', '/breaks')).body).toEqual({ opened: 5 })
  const ask = (id: string, what: object) =>
    desk.ask(preparer, `/breaks/${id}/explanation`, { what, document: 'GBC 12' })
  const code = async (id: string, what: object) =>
    (await desk.confirm(approver, await ask(id, what))).code
  const refused = async (id: string, what: object) =>
    (
      await desk.api.call(preparer, 'POST', `/breaks/${id}/explanation`, {
        body: { what, document: 'GBC 12' },
      })
    ).body
  // What names a payment is settled about the payment, and counted there.
  expect(await refused('L5', { kind: 'interest' })).toMatchObject({ code: 'line-of-payment' })
  expect(await refused('L4', { kind: 'bank-fee', programme: 'KHONG-CO' })).toMatchObject({
    ...{ code: 'programme-unknown', extra: { field: 'what.programme' } },
  })
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
    ...['L1 MATCHED', 'L2 SUSPENSE', 'L3 MATCHED', 'L4 MATCHED', 'L5 SUSPENSE'],
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
    { code: '3388-SUSPENSE', subject: 'line:L5', balance: '1' },
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
  const shown = async (file: string, group: string) => {
    const body = { name: 'tay.xml', content: pain002({ file, group }).toString() }
    const { proposal } = await desk.ask(preparer, '/status-files', body)
    const { items } = await read<{ readonly items: readonly { readonly id: string }[] }>(
      'treasury-approver',
      '/proposals?limit=100',
    )
    return items.find(({ id }) => id === proposal)
  }
  const references = [...(await statesOf(database)).keys()].toSorted()
  const sum = await database.admin.query<{ total: string }>(
    'select sum(amount)::text as total from instruction',
  )
  // Whoever confirms sees what it says.
  expect(await shown(rows[0]?.id ?? '', 'RJCT')).toMatchObject({
    summary: {
      ...{ orderFileId: rows[0]?.id, fault: null, total: sum.rows[0]?.total },
      rows: { accepted: 0, settled: 0, pending: 0, rejected: 3 },
      rejected: references,
    },
  })
  expect(await shown('NOT-OURS', 'ACSC')).toMatchObject({
    summary: { fault: expect.stringContaining('NOT-OURS'), rejected: [] },
  })
  expect(await give('NOT-OURS')).toMatchObject({ kind: 'quarantined', changed: 0 })
  expect(await states()).toEqual(['SUBMITTED'])
  expect(await give(rows[0]?.id ?? '')).toMatchObject({ kind: 'applied', changed: 3 })
  expect(await states()).toEqual(['ACCEPTED'])
  const applied = await database.admin.query<{ second: string }>(
    `select detail::jsonb ->> 'confirmedBy' as second from audit_event where act = 'status-file.apply'`,
  )
  expect(applied.rows).toEqual([{ second: approver.id }])
  expect(await give(rows[0]?.id ?? '')).toMatchObject({ kind: 'already', changed: 0 })
})
