import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { forNobody } from '../../src/api/routes/papers.ts'
import { invariant } from '../../src/lib/errors.ts'
import { createLog } from '../../src/lib/log.ts'
import { testApi, usersOfRoles } from '../support/api.ts'
import type { TestApi, TestUser } from '../support/api.ts'
import { filesWith, sightings, talkativeServer } from '../support/canary.ts'
import type { CanaryAct, Sighting } from '../support/canary.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { csvFile } from '../support/import-files.ts'
import { communeIds } from '../support/people.ts'
import type { RunningServer } from '../support/server.ts'

/**
 * Marked numbers come in by the interface: in bodies that are kept as proposals or answered again from what was kept, in files,
 * in addresses where they do not belong, on a server that logs every statement. Who adds a route that takes one adds it here.
 */
const [ID, NEXT_ID, WRONG] = ['046145987654', '046145987653', '046045987654']
const [OLD_ID, PHONE, ACCOUNT] = ['198765432', '0398765432', '998765432109']
const MARKS = [ID, NEXT_ID, WRONG, OLD_ID, PHONE, ACCOUNT]

let server: RunningServer
let database: FreshDatabase
let api: TestApi
let officer: TestUser
let leader: TestUser
let communeId = 0
let person = ''
let seen: readonly Sighting[]
const log: string[] = []

beforeAll(async () => {
  server = await talkativeServer()
  database = await freshDatabase(server)
  communeId = (await communeIds(database)).get('19750') ?? 0
  api = await testApi(database, { log: createLog('trace', { write: (line) => log.push(line) }) })
  const users = usersOfRoles([communeId])
  const [one, other] = ['commune-officer', 'commune-leader'].map((role) => users.get(role))
  invariant(one && other, 'both roles')
  ;[officer, leader] = [one, other]
  for (const user of [officer, leader]) await api.enter(user)
  seen = await sightings(acts, MARKS)
}, 120_000)

// After the database, which freshDatabase drops.
afterAll(() => server.stop())

const told = async (asked: ReturnType<TestApi['call']>) => {
  const { status, body, headers } = await asked
  return { status, body, headers: [...headers] }
}
const post = (who: () => TestUser, path: () => string, body: () => unknown, key?: string) => () =>
  told(
    api.call(who(), 'POST', path(), {
      ...{ body: body(), ...(key !== undefined && { headers: { 'idempotency-key': key } }) },
    }),
  )
const byOfficer = () => officer
const confirming = async (asked: ReturnType<TestApi['call']>) => {
  const { proposal, contentHash } = (await asked).body as Record<string, string>
  const path = `/proposals/${proposal ?? ''}/confirmation`
  return told(api.call(leader, 'POST', path, { body: { contentHash } }))
}
const entered = (of: object) => ({
  ...{ communeId, fullName: 'Nguyễn Thị Ánh Mẫu', sex: 'female', birthDate: '1945-03-07' },
  ...{ ...of, ...forNobody },
})
const whole = { idNumber: ID, oldIdNumber: OLD_ID, phone: PHONE }
const enter = (of: object) => api.call(officer, 'POST', '/people', { body: entered(of) })

const entering: readonly CanaryAct[] = [
  { name: 'propose', run: () => told(enter(whole)) },
  { name: 'read proposals', run: () => told(api.call(leader, 'GET', '/proposals')) },
  { name: 'enter a number that is none', run: () => confirming(enter({ idNumber: WRONG })) },
  {
    name: 'enter no number at all',
    run: () => told(enter({ idNumber: `${ID}9`, phone: `${PHONE}99` })),
  },
  {
    name: 'enter',
    run: async () => {
      const answer = await confirming(enter(whole))
      person = (answer.body as { readonly answer: { readonly id: string } }).answer.id
      return answer
    },
  },
  { name: 'enter again', run: () => confirming(enter(whole)) },
]
const reading: readonly CanaryAct[] = [
  ...[...MARKS, ACCOUNT.slice(-6)].map((text) => ({
    name: 'search',
    run: post(
      byOfficer,
      () => '/people/search',
      () => ({ text }),
    ),
  })),
  { name: 'read', run: () => told(api.call(officer, 'GET', `/people/${person}`)) },
  { name: 'an address', run: () => told(api.call(officer, 'GET', `/people/${PHONE}?text=${ID}`)) },
  ...[1, 2].map((time) => ({
    name: `reveal, asked ${String(time)} times with one key`,
    answersClear: true as const,
    run: post(
      byOfficer,
      () => '/people/reveal',
      () => ({ ids: [person], purpose: 'Thử' }),
      'canary-key-1',
    ),
  })),
]
const correct: CanaryAct = {
  name: 'correct',
  run: async () => {
    const { headers } = await api.call(officer, 'GET', `/people/${person}`)
    const body = { reason: 'Ghi nhầm', document: null, idNumber: NEXT_ID, ...forNobody }
    const asked = { body, headers: { 'if-match': headers.get('etag') ?? '' } }
    return told(api.call(officer, 'PUT', `/people/${person}`, asked))
  },
}
const filing: readonly CanaryAct[] = [
  {
    name: 'a file of accounts',
    run: async () => {
      const head = ['Số định danh', 'BIN', 'STK', 'Chủ tài khoản']
      const row = [NEXT_ID, '970405', ACCOUNT, 'NGUYEN THI ANH MAU']
      const { bytes } = csvFile(head, [row, [WRONG, ...row.slice(1)]])
      const form = new FormData()
      form.set('file', new Blob([new Uint8Array(bytes)]), `${ID}.csv`)
      const given = await api.call(officer, 'POST', '/files', { form })
      const { id: fileId } = given.body as { readonly id: string }
      const checked = await api.call(officer, 'POST', '/imports/accounts/check', {
        body: { fileId },
      })
      const body = { fileId, rows: [2], seen: { count: 1, change: '0' } }
      const applied = await confirming(api.call(officer, 'POST', '/imports/accounts', { body }))
      expect(applied).toMatchObject({ status: 200 })
      return [given.body, checked.body, applied]
    },
  },
  {
    name: 'accounts',
    run: () => told(api.call(officer, 'GET', `/people/${person}/accounts?programme=BTXH`)),
  },
]
const acts = [...entering, ...reading, correct, ...filing]

test('no number comes out in clear, in an answer, an error or the log', async () => {
  expect(seen).toEqual([])
  // What fails unforeseen is written down, without what was asked.
  await database.admin.query('alter table person_identifier rename to put_away')
  const search = { body: { text: NEXT_ID } }
  expect(await api.call(officer, 'POST', '/people/search', search)).toMatchObject({ status: 500 })
  await database.admin.query('alter table put_away rename to person_identifier')
  expect(log.join('')).toContain('request.failed')
  expect(MARKS.filter((mark) => log.join('').includes(mark))).toEqual([])
  const numbers = 'select count(*)::integer as count from person_identifier'
  expect((await database.admin.query(numbers)).rows).toEqual([{ count: 3 }])
})

test('no number is in a file of the database or of its log in clear: proposals, kept answers, files, audit', async () => {
  expect(await filesWith(database.admin, MARKS)).toEqual([])
})
