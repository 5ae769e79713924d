import { createHash } from 'node:crypto'
import { readdirSync, readlinkSync } from 'node:fs'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { ledger } from '../../src/ledger/ledger.ts'
import { invariant } from '../../src/lib/errors.ts'
import { testApi, usersOfRoles } from '../support/api.ts'
import type { TestApi, TestUser } from '../support/api.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { sealPosted } from '../support/papers.ts'
import { pagesOf, textOf } from '../support/pdf.ts'
import { enterTown, leader, payday, releaseLists } from '../support/town.ts'

let database: FreshDatabase
let api: TestApi
let users: ReadonlyMap<string, TestUser>
let own: string
let foreign: string

beforeAll(async () => {
  database = await freshDatabase()
  api = await testApi(database, { publicUrl: 'https://ansinh.example' })
  const communes = await enterTown(database, [{ bank: 2, cash: 1 }, { bank: 3 }])
  const [here, there] = await releaseLists(database, communes)
  invariant(here !== undefined && there !== undefined, 'two lists')
  ;[own, foreign] = [here.id, there.id]
  users = usersOfRoles([here.communeId])
  for (const one of users.values()) await api.enter(one)
  await sealPosted(database)
})

const user = (role: string): TestUser => {
  const found = users.get(role)
  invariant(found, role)
  return found
}
const list = (listId: string) => ({ kind: 'payout-list', listId })
const august = { kind: 'journal-book', from: '2023-08-01', to: '2023-08-31' }
const view = (who: TestUser, document: object, format = 'pdf') =>
  api.call(who, 'POST', '/documents/view', { body: { document, format } })
interface Issued {
  readonly id: string
  readonly code: string
  readonly number: number
  readonly rowsHash: string
  readonly fileHash: string
}
const issue = async (who: TestUser, document: object) => {
  const { status, body } = await api.call(who, 'POST', '/documents', { body: { document } })
  expect({ status, body }).toMatchObject({ status: 201 })
  return body as Issued
}
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest()
const sql = async (text: string, values: readonly unknown[] = []) =>
  (await database.admin.query(text, [...values])).rows as Record<string, unknown>[]

describe('a view', () => {
  test('is a file whose length and hash are said, and leaves a trace', async () => {
    const officer = user('commune-officer')
    const { status, headers, bytes } = await view(officer, list(own))
    expect(status).toBe(200)
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'application/pdf',
      'content-length': String(bytes.length),
      'content-digest': `sha-256=:${sha256(bytes).toString('base64')}:`,
      'content-disposition': "attachment; filename*=UTF-8''danh-sach-chi-tra.pdf",
    })
    expect(textOf(bytes)).toContain('DANH SÁCH CHI TRẢ TRỢ CẤP XÃ HỘI')
    const [event] = await sql(
      `select actor, role, commune_id, detail->>'format' as format from audit_event where act = 'document.view' order by id desc`,
    )
    const [commune] = officer.communes ?? []
    const by = { actor: officer.id, role: 'commune-officer', commune_id: commune, format: 'pdf' }
    expect(event).toEqual(by)
  })

  test.each(['xlsx', 'csv'])('is given as %s', async (format) => {
    const { status, bytes } = await view(user('welfare-department'), list(foreign), format)
    expect(status).toBe(200)
    expect(bytes.subarray(0, 2).toString('latin1')).toBe(format === 'xlsx' ? 'PK' : 'ï»')
  })

  test('of a list of another commune is not there', async () => {
    const officer = user('commune-officer')
    const nothing = await view(officer, list('5b0f3d0e-54a5-4bd5-8f65-0d1f7f7c7c10'))
    const elsewhere = await view(officer, list(foreign))
    expect([elsewhere.status, nothing.status]).toEqual([404, 404])
    expect(elsewhere.body).toMatchObject({ code: 'list-missing' })
  })

  test('takes the permission of what it is made of, and the province whole where it is about it', async () => {
    const officer = user('commune-officer')
    expect(await view(officer, august)).toMatchObject({ status: 403 })
    const coverage = { kind: 'coverage-report', month: '2023-08-01', mapDay: '2023-08-01' }
    const refused = { status: 403, body: { code: 'document-province' } }
    expect(await view(officer, coverage)).toMatchObject(refused)
    expect(await view(user('auditor'), august)).toMatchObject({ status: 200 })
  })

  test('that ends before it begins names the field', async () => {
    const back = { ...august, from: '2023-09-01' }
    expect(await view(user('auditor'), back)).toMatchObject({
      status: 422,
      body: { code: 'range', errors: [{ in: 'body', pointer: '/document/to' }] },
    })
  })

  test('that would be too long says so before a row is read, and names the field', async () => {
    await database.app.transact(leader, (tx) =>
      ledger.post(
        tx,
        leader,
        Array.from({ length: 5_001 }, (_, at) =>
          ledger.entry(
            'estimate-assigned',
            { unit: 'long', amount: 1n },
            { reference: `long:${String(at)}`, occurredOn: payday },
          ),
        ),
      ),
    )
    await sealPosted(database)
    expect(await view(user('auditor'), august)).toMatchObject({
      status: 422,
      body: { code: 'document-too-large', errors: [{ in: 'body', pointer: '/document/to' }] },
    })
  })
})

describe('a broken download', () => {
  /** Spools that are open in this process: their names are gone, their descriptors are not. */
  const spools = () =>
    readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).includes('/ansinh-')
      } catch {
        return false
      }
    }).length

  test('leaves no spool open, nor does a whole one, nor a refused one', async () => {
    await view(user('auditor'), list(foreign))
    await view(user('commune-officer'), list(foreign))
    const aborted = new AbortController()
    const answer = await fetch(`${api.url}/api/v1/documents/view`, {
      method: 'POST',
      headers: {
        ...{ authorization: `Test ${user('auditor').id}`, 'idempotency-key': 'broken-0001' },
        'content-type': 'application/json',
      },
      body: JSON.stringify({ document: list(foreign), format: 'pdf' }),
      signal: aborted.signal,
    })
    expect(Number(answer.headers.get('content-length'))).toBeGreaterThan(20_000)
    aborted.abort()
    await answer.arrayBuffer().catch(() => undefined)
    for (let tries = 0; tries < 100 && spools() > 0; tries += 1) {
      await new Promise((go) => setTimeout(go, 20))
    }
    expect(spools()).toBe(0)
  })
})

describe('an issued document', () => {
  test('is numbered, kept, and given again byte for byte', async () => {
    const officer = user('commune-officer')
    const first = await issue(officer, list(own))
    expect(first).toMatchObject({ number: 1, kind: 'payout-list', replaces: null })
    const path = `/documents/${first.id}`
    const fetched = await api.call(officer, 'GET', `${path}/file`)
    expect(sha256(fetched.bytes).toString('hex')).toBe(first.fileHash)
    expect(pagesOf(fetched.bytes)[0]).toContain('Số: 01/DSCT-UBND')
    const again = await api.call(officer, 'GET', `${path}/file`)
    expect(again.bytes.equals(fetched.bytes)).toBe(true)
    const events = await sql(
      `select act from audit_event where subject = $1 and act = 'document.fetch'`,
      [`document:${first.code}`],
    )
    expect(events).toHaveLength(2)
    const { body } = await api.call(officer, 'GET', '/documents')
    expect(body).toMatchObject({ items: [{ id: first.id }], next: null })
    const second = await issue(officer, list(own))
    expect(second).toMatchObject({ number: 2, replaces: first.id })
    expect((await api.call(officer, 'GET', path)).body).toMatchObject({ replacedBy: second.id })
  })

  test('of another commune, or with more eyes than the reader’s, is not there', async () => {
    const officer = user('commune-officer')
    for (const listId of [foreign, own]) {
      const { id } = await issue(user('welfare-department'), list(listId))
      for (const path of [`/documents/${id}`, `/documents/${id}/file`]) {
        const answer = await api.call(officer, 'GET', path)
        expect([answer.status, answer.body]).toMatchObject([404, { code: 'document-missing' }])
      }
      expect((await api.call(user('auditor'), 'GET', `/documents/${id}`)).status).toBe(200)
    }
    const { body } = await api.call(officer, 'GET', '/documents')
    const { items } = body as { readonly items: readonly { readonly communeId: number }[] }
    expect(new Set(items.map(({ communeId }) => communeId))).toEqual(new Set(officer.communes))
  })
})
