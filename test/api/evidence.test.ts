import { spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { beforeAll, expect, test } from '@jest/globals'
import { fromBuffer } from 'yauzl'
import type { Entry, ZipFile } from 'yauzl'
import { signHead } from '../../src/ledger/signed-heads.ts'
import { invariant } from '../../src/lib/errors.ts'
import { testApi, usersOfRoles } from '../support/api.ts'
import type { TestApi, TestUser } from '../support/api.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { sealPosted } from '../support/papers.ts'
import { enterTown, releaseLists } from '../support/town.ts'

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

let database: FreshDatabase
let api: TestApi
let users: ReadonlyMap<string, TestUser>
let reference: string

beforeAll(async () => {
  database = await freshDatabase()
  api = await testApi(database, { signHead: (head) => signHead(head, pem) })
  const communes = await enterTown(database, [{ bank: 2 }])
  const [here] = await releaseLists(database, communes)
  invariant(here, 'a list')
  users = usersOfRoles([here.communeId])
  for (const one of users.values()) await api.enter(one)
  const { rows } = await database.admin.query<{ reference: string }>(
    'select reference from instruction order by 1',
  )
  reference = rows[0]?.reference ?? ''
})

const user = (role: string): TestUser => {
  const found = users.get(role)
  invariant(found, role)
  return found
}
const ask = (role: string, of = reference) => api.call(user(role), 'POST', `/evidence/${of}`)

/** The files of a ZIP, by name. */
async function unpacked(zip: Buffer): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>()
  const open = await new Promise<ZipFile>((done, failed) =>
    fromBuffer(zip, { lazyEntries: true, autoClose: false }, (error, file) =>
      error === null ? done(file) : failed(error),
    ),
  )
  const ended = new Promise((done, failed) => open.once('end', done).once('error', failed))
  open.on('entry', (entry: Entry) => {
    open.openReadStream(entry, (_error, stream) => {
      void buffer(stream).then((bytes) => {
        files.set(entry.fileName, bytes)
        open.readEntry()
      })
    })
  })
  open.readEntry()
  await ended
  return files
}

test('a payment that is not sealed has no pack yet, and nothing is traced', async () => {
  expect(await ask('auditor')).toMatchObject({ status: 409, body: { code: 'entry-unsealed' } })
})

test('an auditor takes a pack that verifies in an empty folder with Node alone, and leaves a trace', async () => {
  await sealPosted(database)
  const { status, headers, bytes } = await ask('auditor')
  expect(status).toBe(200)
  expect(headers.get('content-type')).toBe('application/zip')
  expect(headers.get('content-disposition')).toContain(`bang-chung-${reference}.zip`)
  const folder = mkdtempSync(join(tmpdir(), 'evidence-api-'))
  for (const [name, content] of await unpacked(bytes)) writeFileSync(join(folder, name), content)
  writeFileSync(join(folder, 'key.pem'), publicKey.export({ type: 'spki', format: 'pem' }))
  const checked = spawnSync(process.execPath, ['kiem-tra.mjs', '--key', 'key.pem'], {
    ...{ cwd: folder, env: {}, encoding: 'utf8' },
  })
  expect([checked.status, checked.stderr]).toEqual([0, ''])
  expect(checked.stdout).toContain('ĐÚNG / GENUINE')
  const { rows } = await database.admin.query(
    `select actor, subject, role, detail->>'sha256' as sha256 from audit_event where act = 'evidence.take'`,
  )
  const digest = (headers.get('content-digest') ?? '').replace(/^sha-256=:|:$/g, '')
  expect(rows).toEqual([
    {
      ...{ actor: user('auditor').id, subject: `instruction:${reference}`, role: 'auditor' },
      sha256: Buffer.from(digest, 'base64').toString('hex'),
    },
  ])
})

test('what was done since the last head is counted, and stands in the next pack once it is sealed', async () => {
  await sealPosted(database)
  const taken = async () => {
    const files = await unpacked((await ask('auditor')).bytes)
    const of = (name: string) => JSON.parse(String(files.get(name))) as unknown
    const { unsealed } = of('trail.json') as { readonly unsealed: number }
    return { unsealed, acts: JSON.stringify(of('timeline.json')).split('evidence.take').length - 1 }
  }
  const first = await taken()
  expect(first.unsealed).toBe(0)
  expect(await taken()).toEqual({ unsealed: 1, acts: first.acts })
  await sealPosted(database)
  expect(await taken()).toEqual({ unsealed: 0, acts: first.acts + 2 })
})

test('nobody else takes one, and of a payment that is not there nobody does', async () => {
  for (const role of users.keys()) {
    if (role === 'auditor') continue
    expect([role, (await ask(role)).status]).toEqual([role, 403])
  }
  expect(await ask('auditor', 'AAAAAAAAAAAAAAAA')).toMatchObject({
    ...{ status: 404, body: { code: 'payment-missing' } },
  })
  expect((await ask('auditor', 'x')).status).toBe(400)
})

test('samples and exception lists are the auditor’s, as PDF, XLSX and CSV', async () => {
  const range = { from: '2023-08-01', to: '2023-08-31' }
  const sample = { kind: 'audit-sample', method: 'risk', size: 1, seed: 'hat-giong', ...range }
  const exceptions = { kind: 'audit-exceptions', ...range }
  const asked = async (role: string, document: object, format: string) =>
    (await api.call(user(role), 'POST', '/documents/view', { body: { document, format } })).status
  expect(await asked('auditor', exceptions, 'pdf')).toBe(200)
  expect(await asked('auditor', exceptions, 'csv')).toBe(200)
  expect(await asked('auditor', sample, 'xlsx')).toBe(200)
  for (const role of ['commune-officer', 'commune-leader', 'treasury-approver']) {
    expect([role, await asked(role, exceptions, 'csv')]).toEqual([role, 403])
    expect([role, await asked(role, sample, 'csv')]).toEqual([role, 403])
  }
  expect(await asked('auditor', { ...sample, size: 1_001 }, 'csv')).toBe(400)
})
