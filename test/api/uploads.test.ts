import { beforeAll, expect, test } from '@jest/globals'
import { createHash } from 'node:crypto'
import type { PersonId } from '../../src/lib/act.ts'
import { invariant } from '../../src/lib/errors.ts'
import { testApi, usersOfRoles } from '../support/api.ts'
import type { TestApi, TestUser } from '../support/api.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { csvFile, PEOPLE, personRow } from '../support/import-files.ts'

// A spreadsheet through the interface: given once, checked, given back with its errors, applied by two people.

let database: FreshDatabase
let api: TestApi
let users: ReadonlyMap<string, TestUser>

const user = (role: string): TestUser => {
  const found = users.get(role)
  invariant(found, `a user with the role ${role}`)
  return found
}

beforeAll(async () => {
  database = await freshDatabase()
  api = await testApi(database)
  users = usersOfRoles([1])
  for (const one of users.values()) await api.enter(one)
})

const form = (bytes: Buffer, name: string): FormData => {
  const made = new FormData()
  made.set('file', new Blob([new Uint8Array(bytes)]), name)
  return made
}
const give = (who: TestUser, bytes: Buffer, name = 'nguoi.csv') =>
  api.call(who, 'POST', '/files', { form: form(bytes, name) })

test('a file goes from an officer through its errors to the register on the word of two', async () => {
  const dept = user('welfare-department')
  const other = { ...dept, id: '0000000b-0000-7000-8000-000000000031' as PersonId }
  await api.enter(other)
  const { bytes } = csvFile(PEOPLE, [personRow(1), personRow(2), personRow(3).with(1, '')])
  const given = await give(dept, bytes)
  expect(given.status).toBe(201)
  const { id: fileId, sha256 } = given.body as { readonly id: string; readonly sha256: string }
  expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
  const check = await api.call(dept, 'POST', '/imports/people/check', { body: { fileId } })
  expect(check).toMatchObject({ status: 200, body: { rows: { total: 3, good: 2, bad: 1 } } })
  const back = await api.call(dept, 'POST', '/imports/people/errors', { body: { fileId } })
  expect(back.headers.get('content-disposition')).toContain('attachment')
  const digest = createHash('sha256').update(back.bytes).digest('base64')
  expect(back.headers.get('content-digest')).toBe(`sha-256=:${digest}:`)
  expect(back.bytes.toString('utf8')).toContain('Lỗi')
  const seen = { count: 2, change: '0' }
  const { goodRows } = check.body as { readonly goodRows: readonly number[] }
  const ask = { body: { fileId, rows: goodRows, seen } }
  const asked = await api.call(dept, 'POST', '/imports/people', ask)
  expect(asked.status).toBe(202)
  const { proposal, contentHash } = asked.body as { proposal: string; contentHash: string }
  const path = `/proposals/${proposal}/confirmation`
  expect(await api.call(dept, 'POST', path, { body: { contentHash } })).toMatchObject({
    status: 403,
  })
  const done = await api.call(other, 'POST', path, { body: { contentHash } })
  expect(done).toMatchObject({ status: 200, body: { answer: { is: 'applied', rows: 2 } } })
  const { rows } = await database.admin.query('select confirmed_by from import_file')
  expect(rows).toEqual([{ confirmed_by: other.id }])
})

test('a file is of whoever gave it alone, and nothing of it is in clear', async () => {
  const dept = user('welfare-department')
  const { bytes } = csvFile(PEOPLE, [personRow(9)])
  const { body } = await give(dept, bytes)
  const { id: fileId } = body as { readonly id: string }
  const officer = user('commune-officer')
  const check = await api.call(officer, 'POST', '/imports/people/check', { body: { fileId } })
  expect(check).toMatchObject({ status: 404, body: { code: 'file-missing' } })
  const { rows } = await database.admin.query('select content from given_file')
  for (const { content } of rows as { content: string }[]) {
    for (const text of ['nguoi.csv', bytes.toString('base64').slice(40, 80)])
      expect(content).not.toContain(text)
  }
})

test('what is no spreadsheet, several, or none is refused before anything is kept', async () => {
  const dept = user('welfare-department')
  expect(await give(dept, Buffer.from('PK\u0003\u0004'), 'a.csv')).toMatchObject({
    status: 422,
    body: { code: 'spreadsheet-type' },
  })
  const two = form(Buffer.from('a'), 'a.csv')
  two.append('file', new Blob(['b']), 'b.csv')
  const wrong = [two, new FormData()]
  for (const one of wrong) {
    const answer = await api.call(dept, 'POST', '/files', { form: one })
    expect([answer.status, (answer.body as { code: string }).code]).toEqual([400, 'one-file'])
  }
  const big = await give(dept, Buffer.alloc(11 * 1024 * 1024, 0x61))
  expect(big).toMatchObject({ status: 413, body: { code: 'body-too-large' } })
})
