import { beforeAll, expect, test } from '@jest/globals'
import type { PersonId } from '../../src/lib/act.ts'
import { documentExample } from '../../src/api/routes/papers.ts'
import { invariant } from '../../src/lib/errors.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import { testApi, usersOfRoles } from '../support/api.ts'
import type { Answered, TestApi, TestUser } from '../support/api.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { ANH, csvFile, idNumber, PEOPLE, personRow } from '../support/import-files.ts'
import { enterTown, submit } from '../support/town.ts'

// What officers of two communes do leaves its trace there, reaches nothing elsewhere, and shows the second person everything.

let database: FreshDatabase
let api: TestApi
let communes: readonly CommuneRow[]
let users: ReadonlyMap<string, TestUser>

const user = (role: string): TestUser => {
  const found = users.get(role)
  invariant(found, `a user with the role ${role}`)
  return found
}
const sql = async (text: string, values: readonly unknown[] = []) =>
  (await database.admin.query(text, [...values])).rows as Record<string, unknown>[]
const post = (who: TestUser, path: string, body: unknown = {}) =>
  api.call(who, 'POST', path, { body })

beforeAll(async () => {
  database = await freshDatabase()
  api = await testApi(database)
  communes = await enterTown(database, [{ bank: 1 }, { bank: 1 }, { bank: 1 }])
  for (const commune of communes) await submit(database, commune)
  users = usersOfRoles(communes.slice(0, 2).map(({ id }) => id))
  for (const one of users.values()) await api.enter(one)
})

const give = async (who: TestUser, { bytes, name }: { bytes: Buffer; name: string }) => {
  const form = new FormData()
  form.set('file', new Blob([new Uint8Array(bytes)]), name)
  const given = await api.call(who, 'POST', '/files', { form })
  expect([given.status, given.body]).toEqual([201, expect.anything()])
  return (given.body as { readonly id: string }).id
}
const confirm = (asked: Answered, second: TestUser) => {
  expect([asked.status, asked.body]).toMatchObject([202, {}])
  const { proposal, contentHash } = asked.body as { proposal: string; contentHash: string }
  return post(second, `/proposals/${proposal}/confirmation`, { contentHash })
}
const placesOf = async (act: string) =>
  (await sql('select commune_id from audit_event where act = $1 order by 1', [act])).map(
    (row) => row['commune_id'],
  )
const codes = () => communes.slice(0, 2).map(({ code }) => code)

test('files of people, and of deaths, go through officers of two communes', async () => {
  const [officer, leader] = [user('commune-officer'), user('commune-leader')]
  const ours = communes.slice(0, 2).map(({ id }) => id)
  const rows = [1, 2, 3, 4].map((n) => personRow(n, codes()[n % 2]))
  const fileId = await give(officer, csvFile(PEOPLE, rows))
  expect(await placesOf('file.give')).toEqual([ours[0]])
  const seen = { count: 4, change: '0' }
  const asked = await post(officer, '/imports/people', { fileId, rows: 'all', seen })
  expect(await confirm(asked, leader)).toMatchObject({ status: 200 })
  expect(await placesOf('import.apply')).toEqual(ours)

  const columns = ['so_dinh_danh', 'ho_ten', 'ngay_chet', 'so_giay_chung_tu']
  const dead = [ANH, 'Lê Văn Khác', 'Trần Thị Khác', ANH].map((name, at) => [
    ...[idNumber(at + 1), name, '01/08/2023', `4${String(at)}/TLKT`],
  ])
  const feed = await give(officer, csvFile(columns, dead, 'khai-tu.csv'))
  expect(await post(officer, '/deaths/feed', { fileId: feed })).toMatchObject({
    status: 200,
    body: { proposed: 2, worklist: 2 },
  })
  expect(await placesOf('death.receive-feed')).toEqual(ours)
  expect(await placesOf('death.report')).toEqual(ours)

  const [placed, refused] = await sql(
    `select id, person_id, commune_id from death_report where state = 'WORKLIST' order by commune_id`,
  )
  const path = (report: typeof placed) => `/deaths/${String(report?.['id'])}`
  const body = { personId: placed?.['person_id'] }
  expect(await post(officer, `${path(placed)}/placement`, body)).toMatchObject({ status: 200 })
  expect(await post(leader, `${path(refused)}/rejection`)).toMatchObject({ status: 200 })
  expect(await placesOf('death.place')).toEqual([placed?.['commune_id']])
  expect(await placesOf('death.reject')).toEqual([refused?.['commune_id']])
})

test('a file of accounts takes who may enter accounts, and who may confirm them', async () => {
  const [officer, welfare] = [user('commune-officer'), user('welfare-department')]
  const columns = ['Số định danh', 'Mã ngân hàng', 'Số tài khoản', 'Tên chủ tài khoản']
  const rows = [[idNumber(2), '970405', '999000000777', 'NGUYEN THI ANH MAU']]
  const seen = { count: 1, change: '0' }
  const ask = async (who: TestUser) => {
    const fileId = await give(who, csvFile(columns, rows, `tai-khoan-${who.role}.csv`))
    return post(who, '/imports/accounts', { fileId, rows: 'all', seen })
  }
  expect(await ask(welfare)).toMatchObject({ status: 403, body: { code: 'not-permitted' } })
  const asked = await ask(officer)
  expect(await confirm(asked, welfare)).toMatchObject({
    ...{ status: 403, body: { code: 'not-permitted' } },
  })
  // Who confirms people alone is not told of it as waiting: they would be refused.
  const { proposal } = asked.body as { readonly proposal: string }
  const shown = async (who: TestUser, path: string) => {
    const { body } = await api.call(who, 'GET', path)
    return (body as { items: readonly { id: string }[] }).items.some(({ id }) => id === proposal)
  }
  for (const path of ['/waiting', '/proposals']) {
    expect([await shown(welfare, path), await shown(user('commune-leader'), path)]).toEqual([
      ...[false, true],
    ])
  }
})

test('a hold reaches no payment and no resident of another commune', async () => {
  const [here, , there] = communes
  invariant(here && there, 'communes')
  const [elsewhere] = await sql('select number, person_id from entitlement where commune_id = $1', [
    there.id,
  ])
  const why = { from: '2023-08-03', reasonCode: 'doubt', reason: 'nghi', forCitizen: null }
  const [own] = await sql('select person_id from entitlement where commune_id = $1', [here.id])
  const hold = (subject: object) =>
    post(user('commune-officer'), '/holds', { communeId: here.id, subject, ...why })
  expect(await hold({ entitlement: elsewhere?.['number'] })).toMatchObject({
    ...{ status: 404, body: { code: 'hold-elsewhere' } },
  })
  // Who lived here once is still known here, and is held where they live now.
  await sql('alter table person disable trigger user')
  await sql('update person set commune_id = $1 where id = $2', [there.id, own?.['person_id']])
  await sql('alter table person enable trigger user')
  expect((await hold({ personId: own?.['person_id'] })).status).toBe(404)
  expect(await sql('select from payout_hold')).toEqual([])
  await sql('alter table person disable trigger user')
  await sql('update person set commune_id = $1 where id = $2', [here.id, own?.['person_id']])
  await sql('alter table person enable trigger user')
  expect((await hold({ personId: own?.['person_id'] })).status).toBe(201)
})

test('whoever confirms sees the account, its number masked', async () => {
  const officer = user('commune-officer')
  const [row] = await sql(
    'select id, person_id from payment_account where commune_id = $1 limit 1',
    [communes[0]?.id],
  )
  const [accountId, personId] = [String(row?.['id']), row?.['person_id'] as PersonId]
  const account = { bankCode: '970405', number: '999000004321', holderName: 'NGUYEN THI ANH MAU' }
  const shown = { ...account, number: '••••4321' }
  const summaryOf = async (asked: Answered) => {
    expect([asked.status, asked.body]).toMatchObject([202, {}])
    const { proposal } = asked.body as { readonly proposal: string }
    const { body } = await api.call(user('commune-leader'), 'GET', '/proposals')
    const { items } = body as { items: readonly { id: string; summary: unknown }[] }
    expect(JSON.stringify(items)).not.toContain('999000004321')
    return items.find(({ id }) => id === proposal)?.summary
  }
  const corrected = await post(officer, `/accounts/${accountId}/correction`, {
    ...{ personId, failure: 'AC01', from: '2023-08-01', ...account, forCitizen: null },
  })
  expect(await summaryOf(corrected)).toMatchObject({
    ...{
      accountId,
      after: shown,
      before: { id: accountId, number: expect.stringMatching(/^••••\d{4}$/) },
    },
  })
  const assigned = await post(officer, `/people/${personId}/payee`, {
    ...{ programme: 'BTXH', from: '2023-09-01', payeeId: personId, representationId: null },
    ...{ paymentAccountId: accountId, forCitizen: null },
  })
  expect(await summaryOf(assigned)).toMatchObject({
    ...{ paymentAccountId: accountId, representationId: null },
    account: { bankCode: '970405', holderName: 'NGUYEN THI ANH MAU' },
  })
  const document = documentExample
  const paper = {
    ...{ representativeId: personId, kind: 'authorised', programmes: ['BTXH'], document },
    ...{ validFrom: '2023-08-01', validTo: null, ownAccountEvidence: 'Biên bản 3' },
  }
  const entered = await post(officer, `/people/${personId}/representations`, {
    ...{ ...paper, forCitizen: null },
  })
  expect(await summaryOf(entered)).toMatchObject(paper)
})
