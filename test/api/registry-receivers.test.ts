import { beforeAll, expect, test } from '@jest/globals'
import { documentExample } from '../../src/api/routes/papers.ts'
import { nobody, decision, account, openRegistryDesk } from '../support/registry-desk.ts'
import type { WithId, Items, RegistryDesk } from '../support/registry-desk.ts'

// What officers of a commune do about people, what they are entitled to and who receives it, by the interface alone.

let desk: RegistryDesk['desk']
let next: RegistryDesk['next']
let officer: RegistryDesk['officer']
let leader: RegistryDesk['leader']
let two: RegistryDesk['two']
let person: RegistryDesk['person']
let resident: RegistryDesk['resident']

beforeAll(async () => {
  ;({ desk, next, officer, leader, two, person, resident } = await openRegistryDesk())
})

test('who receives for somebody is entered by two, seen to end, and revoked', async () => {
  const paper = {
    ...{ representativeId: resident(7), kind: 'authorised', programmes: [] },
    ...{ document: documentExample, validFrom: '2023-08-01', validTo: '2023-08-31' },
    ownAccountEvidence: null,
  }
  const path = `/people/${resident(8)}`
  const { id } = await two<WithId>(`${path}/representations`, paper)
  expect(await desk.read('auditor', `${path}/representations`)).toMatchObject({ items: [{ id }] })
  await two(`${path}/payee`, {
    ...{ programme: 'BTXH', from: '2023-08-01', payeeId: resident(7), representationId: id },
    paymentAccountId: null,
  })
  expect(await desk.read('auditor', '/representations/expiring?within=60')).toMatchObject({
    items: [{ representationId: id, lastDay: '2023-08-31', representativeId: resident(7) }],
  })
  expect(await desk.read('auditor', '/representations/over-cap')).toEqual({ items: [] })
  const revocation = { on: '2023-08-03', reason: 'Người hưởng tự nhận', ...nobody }
  await desk.change('commune-officer', `/representations/${id}`, '/revocation', revocation)
  const ended = await desk.read<{ readonly revokedOn?: string }>(
    'auditor',
    `/representations/${id}`,
  )
  expect(ended).toMatchObject({ id, revokedOn: '2023-08-03' })
})

test('an officer’s relative is declared, and who shares an account is seen', async () => {
  const relation = { officerId: officer().id, relatedId: resident(7), relation: 'mẹ' }
  await desk.post('commune-leader', '/relatives', relation)
  const asked = await desk.ask(officer(), `/people/${resident(7)}/accounts`, {
    ...{ ...account('999000000707'), holderName: 'NGUYEN THI ANH MAU', ...nobody },
  })
  expect(await desk.confirm(leader(), asked)).toMatchObject({ code: 'relative-needs-second' })
  const shared = await desk.read<Items<unknown>>('auditor', '/accounts/shared')
  expect(shared.items).toEqual([])
})

test('two rows of one person are found, and merged on another’s word', async () => {
  const [loser, winner] = [await person(3), await person(4)].map((path) => path.split('/').at(-1))
  const pairs = await desk.read<Items<object>>('auditor', '/people/duplicates')
  expect(pairs.items.length).toBeGreaterThan(0)
  const rows = { loserId: loser, winnerId: winner, reason: 'Nhập hai lần' }
  const { id } = await desk.post<WithId>('commune-officer', '/merges', rows)
  expect(await desk.read('commune-leader', '/merges?state=proposed')).toMatchObject({
    items: [{ id, loserId: loser, winnerId: winner }],
  })
  await desk.change('commune-leader', `/merges/${id}`, '/decision', { confirm: true })
  expect(await desk.read('auditor', `/merges/${id}`)).toMatchObject({ state: 'confirmed' })
  expect(await desk.read('auditor', `/people/${String(loser)}`)).toMatchObject({
    mergedInto: winner,
  })
})

test('whoever moves takes the benefit along, or stops here and begins there', async () => {
  const move = { toCommuneId: next, on: '2023-08-03', document: 'CT07 12', ...nobody }
  const path = `/people/${resident(3)}`
  await two(`${path}/moves`, move)
  expect(await desk.read('auditor', path)).toMatchObject({ communeId: next })
  const within = { toCommuneId: next, from: '2023-09-01', ...decision('8') }
  expect(await two(`${path}/enrolments/moves-within`, within)).toEqual({ enrolments: 1 })
  const out = `/people/${resident(4)}`
  const last = { last: '2023-08-01', ...decision('9') }
  expect(await two(`${out}/enrolments/moves-out`, last)).toEqual({ enrolments: 1 })
  await two(`${out}/moves`, move)
  const to = { toCommuneId: next, ...decision('10') }
  expect(await two(`${out}/enrolments/moves-in`, to)).toEqual({ enrolments: 1 })
})
