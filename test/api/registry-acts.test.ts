import { beforeAll, expect, test } from '@jest/globals'
import { documentExample } from '../../src/api/routes/papers.ts'
import { nobody, decision, account, openRegistryDesk } from '../support/registry-desk.ts'
import type { WithId, Items, RegistryDesk } from '../support/registry-desk.ts'

// What officers of a commune do about people, what they are entitled to and who receives it, by the interface alone.

let desk: RegistryDesk['desk']
let officer: RegistryDesk['officer']
let leader: RegistryDesk['leader']
let two: RegistryDesk['two']
let person: RegistryDesk['person']
let resident: RegistryDesk['resident']

beforeAll(async () => {
  ;({ desk, officer, leader, two, person, resident } = await openRegistryDesk())
})

test('a person is entered, corrected, granted a benefit and given a first account, by two', async () => {
  const path = await person(1)
  const grant = { categoryCode: 'NCT_80', ...decision('1'), facts: {} }
  const owed = await desk.post('commune-officer', `${path}/entitlement`, {
    ...{ month: '2023-09-01', grant },
  })
  expect(owed).toMatchObject({ lines: [{ programme: 'BTXH', categoryCode: 'NCT_80' }] })
  const { start } = await two<{ readonly start: string }>(`${path}/enrolments`, grant)
  expect(owed).toMatchObject({ start })
  expect(await desk.read('auditor', `${path}/enrolments`)).toMatchObject({ items: [{ start }] })

  const [first, again] = [
    await desk.ask(officer(), `${path}/accounts`, { ...account('999000000701'), ...nobody }),
    await desk.ask(officer(), `${path}/accounts`, { ...account('999000000702'), ...nobody }),
  ]
  const { items } = await desk.read<Items<WithId & { readonly summary: unknown }>>(
    'commune-leader',
    '/proposals',
  )
  expect(items.find(({ id }) => id === first.proposal)?.summary).toMatchObject({
    ...{ fullName: 'Trần Văn Mẫu', account: { number: '••••0701', bankCode: '970405' } },
  })
  const both = await Promise.all([desk.confirm(leader(), first), desk.confirm(leader(), again)])
  expect(both.map(({ code }) => code).toSorted()).toEqual(['account-there', null])
  const made = both.find(({ code }) => code === null)?.answer as WithId
  const payee = await desk.read('auditor', `${path}/payee?programme=BTXH&month=2023-09-01`)
  expect(payee).toMatchObject({ method: 'account', paymentAccountId: made.id, relation: 'self' })

  const correction = { reason: 'Sai tên đệm', document: null, fullName: 'Trần Văn Thử Mẫu' }
  await desk.change('commune-officer', path, '', { ...correction, ...nobody })
  expect(await desk.read('auditor', path)).toMatchObject({ fullName: 'Trần Văn Thử Mẫu' })
})

test('a benefit is changed and stopped by a decision of two', async () => {
  const path = await person(2)
  await two(`${path}/enrolments`, { categoryCode: 'NCT_80', ...decision('2'), facts: {} })
  const change = { head: 'NCT_80', from: '2023-10-01', ...decision('3'), facts: { poor: true } }
  await two(`${path}/enrolments/changes`, change)
  const stop = { head: 'NCT_80', lost: '2023-11-01', reason: 'INELIGIBLE', ...decision('4') }
  await two(`${path}/enrolments/stops`, stop)
  const { items } = await desk.read<Items<{ readonly stopReason: string | null }>>(
    'auditor',
    `${path}/enrolments`,
  )
  expect(items.map(({ stopReason }) => stopReason)).toContain('INELIGIBLE')
})

test('another account is asked for with a document, and approved or refused by another', async () => {
  const ask = async (n: number) => {
    const path = `/people/${resident(n)}`
    const { fullName } = await desk.read<{ readonly fullName: string }>('auditor', path)
    const holderName = fullName.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/giu, 'D')
    return desk.post<WithId>('commune-officer', `${path}/account-changes`, {
      ...{ programme: 'BTXH', ownerId: resident(n), ...account(`99900000080${String(n)}`) },
      ...{
        holderName: holderName.toUpperCase(),
        nextList: '2023-09-01',
        document: documentExample,
        ...nobody,
      },
    })
  }
  const [taken, refused] = [await ask(1), await ask(2)]
  const open = await desk.read<Items>('commune-leader', '/account-changes?state=requested')
  expect(open.items.map(({ id }) => id).toSorted()).toEqual([taken.id, refused.id].toSorted())
  await desk.change('commune-leader', `/account-changes/${taken.id}`, '/approval')
  const reason = { reason: 'Giấy tờ không khớp' }
  await desk.change('commune-leader', `/account-changes/${refused.id}`, '/refusal', reason)
  const states = await Promise.all(
    [taken, refused].map(({ id }) => desk.read('auditor', `/account-changes/${id}`)),
  )
  expect(states).toMatchObject([{ state: 'approved' }, { state: 'refused' }])
})

test('a death is confirmed by another, and its funeral decided or not', async () => {
  const dies = async (n: number) => {
    const death = { diedOn: '2023-08-02', certificate: `TLKT ${String(n)}`, ...nobody }
    await desk.post('commune-officer', `/people/${resident(n)}/death`, death)
  }
  await dies(5)
  await dies(6)
  const waiting = await desk.read<Items<WithId & { readonly personId: string }>>(
    'commune-leader',
    '/deaths',
  )
  expect(waiting.items).toHaveLength(2)
  const ids = waiting.items.map(({ id }) => id)
  const { people } = await desk.post<{ readonly people: readonly string[] }>(
    'commune-leader',
    '/deaths/confirmations',
    { ids },
  )
  expect(people.toSorted()).toEqual([resident(5), resident(6)])
  const funeral = (n: number) =>
    desk.post<WithId & { readonly amount: string }>('commune-officer', '/funerals', {
      ...{ personId: resident(n), organiserId: resident(7), certificate: `TLKT ${String(n)}` },
      ...{ stated: [], ...nobody },
    })
  const [paid, not] = [await funeral(5), await funeral(6)]
  expect(paid.amount).toBe('7200000')
  await desk.change('commune-leader', `/funerals/${paid.id}`, '/decision', decision('5'))
  await desk.change('commune-leader', `/funerals/${not.id}`, '/rejection')
  const { items } = await desk.read<Items<{ readonly state: string }>>('auditor', '/funerals')
  expect(items.map(({ state }) => state).toSorted()).toEqual(['DECIDED', 'REJECTED'])
  expect(await desk.read('auditor', `/funerals/${paid.id}`)).toMatchObject({
    ...{ state: 'DECIDED', decisionNumber: '5/QĐ', organiserId: resident(7) },
  })
})

test('a suspension is decided or rejected by another, and resumed by two', async () => {
  const propose = (n: number) =>
    desk.post<WithId>('commune-officer', '/suspensions', {
      ...{ personId: resident(n), head: 'NCT_80', from: '2023-09-01', reason: 'UNPAID_3M' },
      ...nobody,
    })
  const [one, other] = [await propose(3), await propose(4)]
  const open = await desk.read<Items>('commune-leader', '/suspensions?state=PROPOSED')
  expect(open.items).toHaveLength(2)
  await desk.change('commune-leader', `/suspensions/${other.id}`, '/rejection')
  await desk.change('commune-leader', `/suspensions/${one.id}`, '/decision', decision('6'))
  const path = `/suspensions/${one.id}`
  const { headers } = await desk.api.call(officer(), 'GET', path)
  const asked = await desk.ask(
    officer(),
    `${path}/resumption`,
    { from: '2023-11-01', withArrears: true, ...decision('7'), ...nobody },
    { 'if-match': headers.get('etag') ?? '' },
  )
  expect(await desk.confirm(leader(), asked)).toMatchObject({ code: null })
  expect(await desk.read('auditor', path)).toMatchObject({ state: 'RESUMED', withArrears: true })
  const unpaid = '/suspensions/unpaid-months?before=2023-09-01&months=3'
  expect(await desk.read('auditor', unpaid)).toEqual({ items: [] })
  const none = await desk.post('commune-officer', '/suspensions/unpaid', { month: '2023-09-01' })
  expect(none).toEqual({ proposed: 0 })
})
