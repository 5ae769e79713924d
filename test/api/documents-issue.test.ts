import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, jest, test } from '@jest/globals'
import { documents } from '../../src/documents/documents.ts'
import type { DocumentRequest } from '../../src/documents/documents.ts'
import { ledger } from '../../src/ledger/ledger.ts'
import { invariant } from '../../src/lib/errors.ts'
import { localDate } from '../../src/lib/time.ts'
import type { LocalDate } from '../../src/lib/time.ts'
import { testApi, usersOfRoles } from '../support/api.ts'
import type { TestApi, TestUser } from '../support/api.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { longWork } from '../support/long-work.ts'
import { issued, sealPosted } from '../support/papers.ts'
import { infoOf, signaturesOf, textOf } from '../support/pdf.ts'
import { enterTown, leader, payday, releaseLists } from '../support/town.ts'
import { vault } from '../support/vault.ts'

// Papers that are too long to be issued while somebody waits.

// Papers of thousands of lines are written, in several tests of one file.
jest.setTimeout(120_000)

let database: FreshDatabase
let api: TestApi
let desk: ReturnType<typeof longWork>
let preparer: TestUser
let officer: TestUser
let list: string

const ENTRIES = 5_001
const days = { from: '2023-08-01', to: '2023-08-31' }
const august = { document: { kind: 'journal-book', ...days } }
/** A day with enough entries for a few pages. */
const later = localDate('2023-08-20')
const LATER = 600
const range = { from: later, to: later }

beforeAll(async () => {
  database = await freshDatabase()
  api = await testApi(database)
  const made = documents.makeTestSigner(Date.now())
  const signer = documents.openSigner({ key: made, certificates: made })
  const papers = { signer, checkUrl: 'https://ansinh.example', nowMs: () => Date.now() }
  desk = longWork(database, api, papers)
  const communes = await enterTown(database, [{ bank: 1 }])
  const [first] = await releaseLists(database, communes)
  invariant(first !== undefined, 'a list')
  list = first.id
  const users = usersOfRoles([first.communeId])
  for (const one of users.values()) await api.enter(one)
  const user = (role: string) => {
    const found = users.get(role)
    invariant(found, role)
    return found
  }
  preparer = user('treasury-preparer')
  officer = user('commune-officer')
  const entries = (count: number, name: string, occurredOn: LocalDate) =>
    Array.from({ length: count }, (_, at) =>
      ledger.entry(
        'estimate-assigned',
        { unit: 'long', amount: 1n },
        { reference: `${name}:${String(at)}`, occurredOn },
      ),
    )
  await database.app.transact(leader, async (tx) => {
    await ledger.post(tx, leader, entries(ENTRIES, 'long', payday))
    await ledger.post(tx, leader, entries(LATER, 'later', later))
  })
  await sealPosted(database)
})

const documentsOf = () => desk.sql('select id, number from document order by number')

describe('a journal of more than 5,000 lines', () => {
  test('is refused while somebody waits, with the way to go', async () => {
    const { status, body } = await api.call(preparer, 'POST', '/documents', { body: august })
    expect(status).toBe(422)
    expect(JSON.stringify(body)).toContain('nhiều hơn 5.000: giao thành việc dài')
  })

  test('is issued as long work: numbered, signed, kept whole, and fetched', async () => {
    const id = await desk.ask(preparer, 'issued-papers', august)
    await desk.work()
    const job = await desk.read(preparer, id)
    const [{ count } = { count: '' }] = await desk.sql('select count(*)::text from posting')
    expect(job).toMatchObject({ state: 'DONE', rowsDone: count, rowsTotal: count })
    const result = { documentId: id, number: '01/SNKC' }
    expect(job.result).toMatchObject(result)
    const { body } = await api.call(preparer, 'GET', `/documents/${id}`)
    const { bytes } = await api.call(preparer, 'GET', `/documents/${id}/file`)
    expect(body).toMatchObject({
      ...{ kind: 'journal-book', number: 1, rowCount: Number(count), fileBytes: bytes.length },
      fileHash: createHash('sha256').update(bytes).digest('hex'),
    })
    expect(signaturesOf(bytes)).toEqual({ valid: 1, whole: 1 })
    expect(Number(infoOf(bytes)['Pages'])).toBeGreaterThan(150)
    const text = textOf(bytes)
    expect(text).toContain('Số: 01/SNKC')
    expect(text).toContain(`Số dòng: ${String(count)}.`)
    for (const at of [0, 2_500, ENTRIES - 1]) expect(text).toContain(`long:${String(at)} `)
  })

  test('is issued once, also when the run died after it and is begun anew', async () => {
    const [before = {}] = await documentsOf()
    const again = `update job set state = 'RUNNING', finished_at = null, result = null, beat_at = '2020-01-01' where id = $1`
    await desk.sql(again, [before['id']])
    await desk.work()
    expect(await documentsOf()).toEqual([before])
    const job = await desk.read(preparer, String(before['id']))
    expect(job).toMatchObject({ state: 'DONE', result: { documentId: before['id'] } })
  })

  test('says that it replaces the one before, and that no line differs', async () => {
    const document = { kind: 'journal-book', from: later, to: later }
    const issue = async () => {
      const id = await desk.ask(preparer, 'issued-papers', { document })
      await desk.work()
      return textOf((await api.call(preparer, 'GET', `/documents/${id}/file`)).bytes)
    }
    expect(await issue()).not.toContain('Thay thế')
    const words = 'Thay thế văn bản số 02/SNKC ngày 03/08/2023 (đã thay thế): các dòng không đổi.'
    expect(await issue()).toContain(words)
  })
})

describe('the number of a long paper', () => {
  const journal: DocumentRequest = { kind: 'journal-book', ...range }
  const trial: DocumentRequest = { kind: 'trial-balance', ...range }
  const asked = { request: journal, on: payday, checkUrl: null, signing: null, linesMax: 10_000 }

  test('is taken when it is written: others of the agency do not wait', async () => {
    await issued(database, leader, trial)
    const counter = 'select last from document_counter for update nowait'
    const free: Promise<boolean>[] = []
    await database.app.transact(
      leader,
      (tx) =>
        documents.issue(tx, vault, leader, {
          ...{ ...asked, numbered: 'last' },
          onLines: ({ done }) => {
            if (done !== 500) return
            const look = desk.sql(counter)
            free.push(
              look.then(
                () => true,
                () => false,
              ),
            )
          },
        }),
      'RepeatableRead',
    )
    expect(await Promise.all(free)).toEqual([true])
  })

  test('that another had meanwhile is not given twice, and none is left out', async () => {
    let tries = 0
    const { number } = await database.app.transact(
      leader,
      async (tx) => {
        tries += 1
        if (tries === 1) await issued(database, leader, trial)
        const numbered = tries === 1 ? 'last' : 'first'
        return documents.issue(tx, vault, leader, { ...asked, numbered })
      },
      'RepeatableRead',
    )
    expect(tries).toBe(2)
    const numbers = (await documentsOf()).map((row) => row['number'])
    expect(numbers).toEqual(numbers.map((_, at) => at + 1))
    expect(number).toBe(numbers.length)
  })
})

test('who may not read the books issues none, and a list of elsewhere is not there', async () => {
  const refused = await api.call(officer, 'POST', '/jobs/issued-papers', { body: august })
  expect(refused).toMatchObject({ status: 403 })
  const nowhere = { kind: 'payout-list', listId: '5b0f3d0e-54a5-4bd5-8f65-0d1f7f7c7c10' }
  const none = await api.call(officer, 'POST', '/jobs/issued-papers', {
    body: { document: nowhere },
  })
  expect(none).toMatchObject({ status: 404, body: { code: 'list-missing' } })
  const id = await desk.ask(officer, 'issued-papers', {
    document: { kind: 'payout-list', listId: list },
  })
  await desk.work()
  expect(await desk.read(officer, id)).toMatchObject({ state: 'DONE', rowsDone: '1' })
})

test('a range that is too large even for long work says so before work starts', async () => {
  const { job } = documents.linesMax
  const read = (linesMax: number) =>
    database.app.transact(leader, (tx) =>
      documents.requireFitting(tx, vault, leader, {
        request: { kind: 'journal-book', ...range },
        linesMax,
      }),
    )
  await expect(read(job)).resolves.toBeUndefined()
  await expect(read(LATER - 1)).rejects.toMatchObject({ code: 'document-too-large' })
})
