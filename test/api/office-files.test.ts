import { beforeAll, expect, test } from '@jest/globals'
import type { PersonId } from '../../src/lib/act.ts'
import { operations } from '../../src/operations/operations.ts'
import { residentOf } from '../support/desk.ts'
import { longWork } from '../support/long-work.ts'
import { openOfficeDesk } from '../support/office-desk.ts'
import type { OfficeDesk } from '../support/office-desk.ts'
import { treasurer } from '../support/town.ts'

// Users and who stands in for them, the trail, what others are told, files and long work, by the interface alone.

let desk: OfficeDesk['desk']
let commune: OfficeDesk['commune']

interface Items<T = { readonly id: string }> {
  readonly items: readonly T[]
}

beforeAll(async () => {
  ;({ desk, commune } = await openOfficeDesk())
})

test('files go out with the count that was shown, and a template to fill in', async () => {
  const counted = await desk.read<{ readonly count: number }>(
    'commune-officer',
    '/exports/people/count?on=2023-08-03',
  )
  expect(counted).toEqual({ count: 3, sum: null })
  const asked = { format: 'csv', communeId: null, on: '2023-08-03', reveal: null }
  const file = await desk.api.call(desk.user('commune-officer'), 'POST', '/exports/people', {
    body: { ...asked, shown: { count: counted.count } },
  })
  expect([file.status, file.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8'])
  expect(file.bytes.toString('utf8')).toContain('Nguyễn Thị Ánh Mẫu')
  const path = '/imports/people/template'
  const template = await desk.api.call(desk.user('commune-officer'), 'GET', path)
  expect([template.status, template.bytes.subarray(0, 2).toString()]).toEqual([200, 'PK'])
  const accounts = `/people/${residentOf(commune, 1)}/accounts?programme=BTXH`
  expect(await desk.read('auditor', accounts)).toMatchObject({
    items: [{ number: expect.stringMatching(/^••••\d{4}$/) }],
  })
  const map = await desk.read<Items>('service-client', '/communes?month=2023-08-01')
  expect(map.items).toHaveLength(141)
})

test('what takes longer is asked for and fetched', async () => {
  const work = longWork(desk.database, desk.api)
  const auditor = desk.user('auditor')
  const [trail, month] = [
    await work.ask(auditor, 'audit-exports'),
    await work.ask(desk.user('commune-officer'), 'month-lists', { month: '2023-08-01' }),
  ]
  expect(await work.work()).toBe(2)
  expect(await work.read(auditor, trail)).toMatchObject({ state: 'DONE' })
  expect((await work.fileOf(auditor, trail)).status).toBe(200)
  expect(await work.read(desk.user('commune-officer'), month)).toMatchObject({
    ...{ state: 'DONE', rowsDone: '1' },
  })
})

test('what the checker found last is there for whoever audits', async () => {
  expect(await desk.read('auditor', '/checks')).toEqual({ items: [] })
  await operations.checkFast(desk.database.app, treasurer)
  expect(await desk.read('auditor', '/checks')).toMatchObject({
    items: [{ depth: 'fast', violations: [] }],
  })
})

test('a rule of approval is made, read and ended by two of the department', async () => {
  const one = desk.user('welfare-department')
  const other = { ...one, id: '0000000b-0000-7000-8000-000000000032' as PersonId }
  await desk.api.enter(other)
  const rule = { listTotal: '500000000', rowAmount: null, warning: null, document: 'QĐ 12' }
  const { id } = (await desk.two(one, other, '/approval-rules', rule)) as { readonly id: string }
  const rules = () => desk.read<Items<object>>('auditor', '/approval-rules')
  expect((await rules()).items).toMatchObject([{ id, listTotal: '500000000', endedAt: null }])
  await desk.two(one, other, `/approval-rules/${id}/end`)
  expect((await rules()).items).toMatchObject([{ id, endedAt: expect.any(String) }])
})

test('places and people are found, and numbers shown for a purpose', async () => {
  const places = await desk.read<Items<{ readonly reason: unknown }>>(
    'service-client',
    `/communes/search?name=${encodeURIComponent('thuan loc')}&on=2025-07-02`,
  )
  expect(places.items).toMatchObject([
    { commune: { fullName: 'Phường Phú Xuân' }, reason: { vi: expect.any(String) } },
  ])
  const text = { text: 'nguyen thi anh mau' }
  const found = await desk.post<{ readonly people: readonly object[] }>(
    'commune-officer',
    '/people/search',
    text,
  )
  expect(found.people).toHaveLength(3)
  const person = residentOf(commune, 1)
  const purpose = 'Đối chiếu giấy tờ tại quầy'
  const people = { ids: [person], purpose }
  expect(await desk.post('commune-officer', '/people/reveal', people)).toMatchObject({
    people: [{ personId: person }],
  })
  const account = person.replace('00000002', '00000005')
  const accounts = { ids: [account], purpose }
  expect(await desk.post('commune-officer', '/accounts/reveal', accounts)).toMatchObject({
    accounts: [{ id: account, number: expect.stringMatching(/^999\d{9}$/) }],
  })
  const acts = await desk.read<Items<{ readonly act: string }>>(
    'commune-officer',
    `/people/${person}/timeline`,
  )
  expect(acts.items.map(({ act }) => act)).toContain('person.reveal')
})
