import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { beforeAll, expect, test } from '@jest/globals'
import type { Database } from '../../src/lib/db.ts'
import { documents } from '../../src/documents/documents.ts'
import { invariant } from '../../src/lib/errors.ts'
import { openSpool } from '../../src/lib/spool.ts'
import { openPackage } from '../../src/lib/spreadsheet-zip.ts'
import { listPapersJob } from '../../src/operations/list-papers-job.ts'
import { act } from '../support/act.ts'
import { testApi, usersOfRoles } from '../support/api.ts'
import type { TestApi, TestUser } from '../support/api.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { longWork, UNSIGNED } from '../support/long-work.ts'
import { sealPosted } from '../support/papers.ts'
import { signaturesOf, textOf } from '../support/pdf.ts'
import { august, enterTown, leader, payday, releaseLists, treasurer } from '../support/town.ts'
import { vault } from '../support/vault.ts'

let database: FreshDatabase
let api: TestApi
let users: ReadonlyMap<string, TestUser>
let desk: ReturnType<typeof longWork>
let [own, foreign] = ['', '']

const user = (role: string): TestUser => {
  const found = users.get(role)
  invariant(found, role)
  return found
}

beforeAll(async () => {
  database = await freshDatabase()
  api = await testApi(database)
  desk = longWork(database, api)
  const communes = await enterTown(database, [{ bank: 2 }, { bank: 1 }])
  const [here, there] = await releaseLists(database, communes)
  invariant(here !== undefined && there !== undefined, 'two lists')
  ;[own, foreign] = [here.id, there.id]
  users = usersOfRoles([here.communeId])
  for (const one of users.values()) await api.enter(one)
  await sealPosted(database)
})

const paper = (listId: string) => ({
  ...{ document: { kind: 'payout-list', listId }, format: 'pdf' },
})

test('a paper as long work is the same as the one that is waited for, and kept', async () => {
  const officer = user('commune-officer')
  const id = await desk.ask(officer, 'papers', paper(own))
  expect(await desk.work()).toBe(1)
  expect(await desk.read(officer, id)).toMatchObject({ state: 'DONE', rowsDone: '2' })
  const answer = await desk.fileOf(officer, id)
  expect(answer.headers.get('content-type')).toBe('application/pdf')
  const pdf = Buffer.from(await answer.arrayBuffer())
  const viewed = await api.call(officer, 'POST', '/documents/view', { body: paper(own) })
  const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
  expect(sha256(pdf)).toBe(sha256(viewed.bytes))
  expect(textOf(pdf)).toContain('DANH SÁCH CHI TRẢ')
  const other = user('auditor')
  expect((await desk.fileOf(other, id)).status).toBe(404)
})

test('of another commune it is not there, and what is not allowed is not begun', async () => {
  const officer = user('commune-officer')
  const elsewhere = await api.call(officer, 'POST', '/jobs/papers', { body: paper(foreign) })
  expect(elsewhere).toMatchObject({ status: 404, body: { code: 'list-missing' } })
  const book = { kind: 'journal-book', from: '2023-08-01', to: '2023-08-31' }
  const body = { document: book, format: 'pdf' }
  expect(await api.call(officer, 'POST', '/jobs/papers', { body })).toMatchObject({ status: 403 })
})

test('a file that lost a piece is not given at all', async () => {
  const officer = user('commune-officer')
  const id = await desk.ask(officer, 'papers', paper(own))
  await desk.work()
  const whole = await (await desk.fileOf(officer, id)).arrayBuffer()
  expect(whole.byteLength).toBeGreaterThan(10_000)
  await desk.sql('delete from job_part where job_id = $1', [id])
  const answer = await desk.fileOf(officer, id)
  expect([answer.status, (await answer.text()).startsWith('%PDF')]).toEqual([500, false])
})

test('the lists of a month leave together, each as it is viewed, with an index', async () => {
  const officer = user('commune-officer')
  const of = async (who: TestUser) => {
    const id = await desk.ask(who, 'list-papers', { month: '2023-08-01', format: 'pdf' })
    await desk.work()
    const job = await desk.read(who, id)
    const answer = await desk.fileOf(who, id)
    expect(answer.headers.get('content-type')).toBe('application/zip')
    return { job, zip: await openPackage(Buffer.from(await answer.arrayBuffer())) }
  }
  const one = await of(officer)
  expect(one.job).toMatchObject({ state: 'DONE', rowsDone: '2' })
  expect(one.zip.names).toEqual([expect.stringMatching(/^\d{5}-2308.*\.pdf$/), 'muc-luc.csv'])
  const [name = ''] = one.zip.names
  const viewed = await api.call(officer, 'POST', '/documents/view', { body: paper(own) })
  expect((await buffer(await one.zip.stream(name))).equals(viewed.bytes)).toBe(true)
  expect(await one.zip.text('muc-luc.csv')).toContain(`,${name},2,`)
  const all = await of(user('auditor'))
  expect(all.job).toMatchObject({ rowsDone: '3', rowsTotal: '3' })
  expect(all.zip.names).toHaveLength(3)
  const none = await desk.ask(officer, 'list-papers', { month: '2023-09-01', format: 'csv' })
  await desk.work()
  expect(await desk.read(officer, none)).toMatchObject({ state: 'FAILED', problem: 'lists-none' })
})

test('the lists of a month are issued together: numbered, signed, kept, and none twice', async () => {
  const signer = documents.openSigner(
    ((text) => ({ key: text, certificates: text }))(documents.makeTestSigner(Date.now())),
  )
  const signing = longWork(database, api, { signer, checkUrl: null, nowMs: () => Date.now() })
  const officer = user('commune-officer')
  const asked = { month: '2023-08-01', format: 'pdf', issue: true }
  const id = await signing.ask(officer, 'list-papers', asked)
  await signing.work()
  const zipOf = async () =>
    openPackage(Buffer.from(await (await signing.fileOf(officer, id)).arrayBuffer()))
  const zip = await zipOf()
  const [name = ''] = zip.names
  const pdf = await buffer(await zip.stream(name))
  expect(signaturesOf(pdf)).toEqual({ valid: 1, whole: 1 })
  const sql = `select number, symbol, encode(file_hash, 'hex') as hash, (select string_agg(bytes, '' order by part)
                 from document_part p where p.document_id = d.id) as kept from document d where kind = 'payout-list'`
  const documentsOf = () => signing.sql(sql)
  const [one, ...more] = await documentsOf()
  expect([more, pdf.equals(one?.['kept'] as Buffer)]).toEqual([[], true])
  const words = `${String(one?.['number']).padStart(2, '0')}/${String(one?.['symbol'])}`
  expect(await zip.text('muc-luc.csv')).toContain(`,${words}`)
  expect(textOf(pdf)).toContain(words)
  // Begun anew after it was issued, as when the worker ended before its file was kept.
  await signing.sql(`delete from job_part where job_id = $1`, [id])
  const again = `update job set state = 'RUNNING', finished_at = null, result = null, beat_at = '2020-01-01' where id = $1`
  await signing.sql(again, [id])
  await signing.work()
  expect((await buffer(await (await zipOf()).stream(name))).equals(pdf)).toBe(true)
  expect(await documentsOf()).toHaveLength(1)
  // Asked for once more it is found: whoever asks again after a failure takes no second number.
  const anew = await signing.ask(officer, 'list-papers', asked)
  await signing.work()
  expect(await signing.read(officer, anew)).toMatchObject({ state: 'DONE', rowsDone: '2' })
  expect(await documentsOf()).toHaveLength(1)
  const refused = await api.call(officer, 'POST', '/jobs/list-papers', {
    body: { ...asked, format: 'csv' },
  })
  expect(refused.status).toBe(400)
  // Who only reads does not issue.
  const reader = await api.call(user('auditor'), 'POST', '/jobs/list-papers', { body: asked })
  expect(reader.status).toBe(403)
})

test('approved lists alone are issued, anew when their rows changed; one closed meanwhile is passed over', async () => {
  const sql = (text: string) =>
    database.admin.query(`set session_replication_role = replica; ${text};
      set session_replication_role = default`)
  const set = (state: 'SUBMITTED' | 'RELEASED' | 'WITHDRAWN') => {
    const [open, closed] = [state === 'SUBMITTED', state === 'WITHDRAWN']
    const text = (value: string | null) => (value === null ? 'null' : `'${value}'`)
    return sql(`update payout_list set state = '${state}', approved_by = ${text(open ? null : leader.actor)},
      released_by = ${text(state === 'RELEASED' ? treasurer.actor : null)}, closed_by = ${text(closed ? treasurer.actor : null)},
      reason_code = ${text(closed ? 'wrong-amount' : null)}, reason = ${text(closed ? 'Sai số tiền' : null)} where id = '${foreign}'`)
  }
  const issued = async (closing: boolean) => {
    let begun = 0
    // The first reads which lists there are, then one follows for each.
    const transact: Database['transact'] = async (...of) => {
      begun += 1
      if (closing && begun === 3) await set('WITHDRAWN')
      return database.app.transact(...of)
    }
    const { out, read, close } = await openSpool()
    try {
      const progress = () => undefined
      const means = { vault, by: act, out, today: () => payday, papers: UNSIGNED, progress }
      const run = { id: 'tests', db: { ...database.app, transact }, ...means }
      await listPapersJob.run(run, { month: august, format: 'pdf', issue: true })
      const zip = await openPackage(await buffer(read()))
      const [name = ''] = zip.names
      const index = await zip.text('muc-luc.csv')
      return { names: zip.names, pdf: await buffer(await zip.stream(name)), index }
    } finally {
      await close()
    }
  }
  await set('SUBMITTED')
  const alone = await issued(false)
  expect(alone.names).toEqual([expect.stringMatching(/\.pdf$/), 'muc-luc.csv'])
  await set('RELEASED')
  const closed = await issued(true)
  expect([closed.names, closed.pdf.equals(alone.pdf)]).toEqual([alone.names, true])
  expect(closed.index).toContain('Danh sách đã bị trả lại hoặc rút lại')
  await sql(`update entitlement set live = false where list_id = '${own}' and row = 1`)
  const fewer = await issued(false)
  await sql(`update entitlement set live = true where list_id = '${own}' and row = 1`)
  await set('RELEASED')
  expect(fewer.pdf.equals(alone.pdf)).toBe(false)
  expect(textOf(fewer.pdf)).toContain('Thay thế văn bản số')
})

test('what it is made of must still be allowed when it runs', async () => {
  const preparer = user('treasury-preparer')
  const book = { kind: 'journal-book', from: '2023-08-01', to: '2023-08-31' }
  const id = await desk.ask(preparer, 'papers', { document: book, format: 'csv' })
  await desk.sql(
    `delete from role_action where role = 'treasury-preparer' and action = 'ledger.read'`,
  )
  await desk.work()
  expect(await desk.read(preparer, id)).toMatchObject({ state: 'FAILED', problem: 'not-permitted' })
})
