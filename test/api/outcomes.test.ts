import { beforeAll, expect, test } from '@jest/globals'
import { openDesk, residentOf } from '../support/desk.ts'
import { plan, scripted, send } from '../support/sending.ts'
import { importOf, line, match, statementOf } from '../support/statements.ts'
import { AMOUNT, payday, releaseLists } from '../support/town.ts'

// What became of payments, and what is done about it, by the interface alone.

let desk: Awaited<ReturnType<typeof openDesk>>
/** The payments in the order of the people. */
let references: readonly string[]
let commune: number

const month = '2023-08-01'

beforeAll(async () => {
  desk = await openDesk([{ wallet: 4 }])
  await releaseLists(desk.database, desk.communes)
  const [one] = desk.communes
  commune = one?.id ?? 0
  const { rows } = await desk.database.admin.query<{ reference: string }>(
    `select i.reference from instruction i join entitlement e on e.number = i.entitlement_number order by e.person_id`,
  )
  references = rows.map(({ reference }) => reference)
  // Of four, the first is paid, the second refused by the wallet, the others wait.
  const answers = ['accepted', 'rejected'] as const
  let calls = 0
  for (const { orderId } of (await plan(desk.database, payday, 1)).slice(0, 2)) {
    const answer = answers[calls] ?? 'accepted'
    calls += 1
    const outcome = answer === 'rejected' ? { kind: answer, reason: 'AC01' } : { kind: answer }
    await send(
      desk.database,
      scripted(() => outcome),
      { id: orderId },
    )
  }
  const [paid = ''] = references
  const lines = [line({ reference: paid, amount: AMOUNT })]
  await importOf(desk.database, one?.payingUnit ?? '', statementOf(lines))
  await match(desk.database)
})

test('what was refused is corrected by two, and paid again by three', async () => {
  const states = await desk.read('auditor', `/instructions/states?month=${month}`)
  expect(states).toEqual({ states: { PAID: 1, REJECTED: 1, QUEUED: 2 } })
  const failed = await desk.read<{
    readonly items: readonly { readonly reference: string; readonly accountId: string }[]
  }>('auditor', `/instructions/failed?month=${month}`)
  expect(failed.items).toMatchObject([{ reference: references[1], reason: 'AC01' }])
  const [one] = failed.items
  const owner = residentOf(commune, 2)
  const corrected = (await desk.two(
    desk.user('commune-officer'),
    desk.user('commune-leader'),
    `/accounts/${one?.accountId ?? ''}/correction`,
    {
      ...{ personId: owner, failure: 'AC01', from: month, bankCode: null, number: '0901234567' },
      ...{ holderName: 'NGUYEN THI ANH MAU', forCitizen: null },
    },
  )) as { readonly id: string }
  const again = { month, of: [{ reference: one?.reference, accountId: corrected.id }] }
  const prepared = await desk.post<{ readonly references: readonly string[] }>(
    'commune-officer',
    '/reissues',
    again,
  )
  expect(prepared.references).toHaveLength(1)
  await desk.post('commune-leader', '/reissues/approvals', prepared)
  await desk.post('treasury-approver', '/reissues/releases', prepared)
  const of = `/instructions/${prepared.references[0] ?? ''}`
  expect(await desk.read('auditor', of)).toMatchObject({
    ...{ state: 'QUEUED', replaces: one?.reference, amount: '360000' },
  })
  const timeline = await desk.read<{ readonly items: readonly object[] }>(
    'auditor',
    `${of}/timeline`,
  )
  expect(timeline.items.length).toBeGreaterThan(2)
  const accounts = `/people/${owner}/accounts?programme=BTXH`
  expect(await desk.read('auditor', accounts)).toMatchObject({ items: expect.any(Array) })
})

test('who died before the month owes what was paid, and what was not sent is taken back', async () => {
  for (const n of [1, 4]) {
    const death = { diedOn: '2023-07-20', certificate: `TLKT ${String(n)}`, forCitizen: null }
    const report = await desk.post<{ readonly id: string }>(
      'commune-officer',
      `/people/${residentOf(commune, n)}/death`,
      death,
    )
    await desk.post('commune-leader', '/deaths/confirmations', { ids: [report.id] })
  }
  const looked = {
    ...{ people: [1, 4].map((n) => residentOf(commune, n)), since: '2023-07-01', until: month },
    reason: 'DEATH',
  }
  const two = (path: string) =>
    desk.two(desk.user('commune-officer'), desk.user('commune-leader'), path, looked)
  expect(await two('/overpayments')).toEqual({ entitlements: 1, total: '360000' })
  expect(await two('/overpayments/cancellations')).toEqual({ entitlements: 1, total: '360000' })
  const open = '/ledger/accounts/1388-RECOVER/open-balances'
  expect(await desk.read('treasury-preparer', open)).toMatchObject({
    ...{ total: '360000', items: [{ subject: `person:${residentOf(commune, 1)}` }] },
  })
})

test('a channel is stopped by one and started by two others', async () => {
  const reason = { reason: 'Ngân hàng báo sự cố' }
  const stopped = await desk.post('treasury-preparer', '/channels/bank/stop', reason)
  expect(stopped).toEqual({ stopped: true })
  expect(await desk.read('auditor', '/channels')).toMatchObject({
    items: [{ channel: 'bank', sending: false, ...reason }],
  })
  const approver = desk.user('treasury-approver')
  const other = { ...approver, id: '0000000b-0000-7000-8000-000000000021' as never }
  await desk.api.enter(other)
  await desk.two(approver, other, '/channels/bank/start', { reason: 'Đã khắc phục' })
  expect(await desk.read('auditor', '/channels')).toMatchObject({ items: [{ sending: true }] })
})

test('the books, coverage and statements of the month are there', async () => {
  const read = (path: string) => desk.read<{ readonly items: readonly object[] }>('auditor', path)
  const journal = await read('/ledger/journal?limit=2')
  expect(journal.items).toMatchObject([{ template: 'estimate-assigned' }, { template: 'draw' }])
  expect((await read(`/ledger/trial-balance?month=${month}`)).items).toContainEqual(
    expect.objectContaining({ code: '1388-RECOVER', closing: '360000' }),
  )
  const unit = desk.communes[0]?.payingUnit ?? ''
  const of = `/ledger/accounts/1120/unit:${unit}`
  expect(await desk.read('auditor', `${of}/statement?from=2023-08-01&to=2023-08-31`)).toMatchObject(
    {
      ...{ opening: '0', complete: true },
      lines: [{ counterCode: '3371' }, { counterCode: '1121-FREE', balance: '0' }],
    },
  )
  expect(await desk.read('auditor', `${of}/balance`)).toEqual({ balance: '0' })
  expect(await desk.read('auditor', `/coverage?month=${month}`)).toMatchObject({
    ...{ cases: expect.any(Number), casesPaid: 1 },
  })
  expect(await desk.read('auditor', '/statements/covered-days?channel=hue-s')).toEqual({
    days: { [unit]: payday },
  })
  const { items } = await read(`/statements?from=${month}&to=2023-08-31`)
  expect(items).toMatchObject([{ channel: 'hue-s', lineCount: 1, open: 0 }])
  const [statement] = items as readonly { readonly id: string }[]
  expect((await read(`/statements/${statement?.id ?? ''}/lines`)).items).toMatchObject([
    { reference: references[0], state: 'MATCHED', entryId: expect.any(String) },
  ])
})

type Figures = Readonly<Record<string, string | number>>
type Coverage = Figures & { readonly communes: readonly Figures[] }

test('coverage on any later map has the totals of every figure as they were', async () => {
  const on = (map: string) => desk.read<Coverage>('auditor', `/coverage?month=${month}${map}`)
  const figures = ['cases', 'casesPaid', 'returned', 'casesCash', 'entitled', 'paid', 'owed']
  const amounts = ['returnedAmount', 'held', 'cash', 'carried', 'inFlight', 'unexplained']
  const totals = ({ communes }: Coverage) =>
    [...figures, ...amounts].map((figure) =>
      communes.reduce((sum, one) => sum + BigInt(one[figure] ?? 'none'), 0n),
    )
  const was = await on('')
  expect(was.communes).toHaveLength(141)
  expect(totals(was)[4]).toBeGreaterThan(0n)
  for (const [map, units] of [
    ['2023-08-01', 141],
    ['2025-01-01', 133],
    ['2025-07-01', 40],
  ]) {
    const { communes, ...whole } = await on(`&map=${String(map)}`)
    expect(communes).toHaveLength(Number(units))
    expect(totals({ ...whole, communes } as Coverage)).toEqual(totals(was))
    expect(whole).toMatchObject({ cases: was['cases'], unexplained: was['unexplained'] })
    expect(whole['communesPaid']).toBe(
      communes.filter((one) => Number(one['casesPaid']) > 0).length,
    )
  }
  const earlier = await desk.api.call(
    desk.user('auditor'),
    'GET',
    `/coverage?month=${month}&map=2023-07-31`,
  )
  expect(earlier).toMatchObject({ status: 422, body: { code: 'map-earlier' } })
})
