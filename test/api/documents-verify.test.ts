import { buffer } from 'node:stream/consumers'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { documents } from '../../src/documents/documents.ts'
import { signPdf } from '../../src/documents/pdf-signing.ts'
import { invariant } from '../../src/lib/errors.ts'
import { openSpool } from '../../src/lib/spool.ts'
import { testApi, usersOfRoles } from '../support/api.ts'
import type { TestApi, TestUser } from '../support/api.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { sealPosted } from '../support/papers.ts'
import { signaturesOf } from '../support/pdf.ts'
import { enterTown, releaseLists } from '../support/town.ts'

let database: FreshDatabase
let api: TestApi
let users: ReadonlyMap<string, TestUser>
let own: string

const newSigner = () => {
  const text = documents.makeTestSigner(Date.now())
  return documents.openSigner({ key: text, certificates: text })
}
const signer = newSigner()

beforeAll(async () => {
  database = await freshDatabase()
  api = await testApi(database, { publicUrl: 'https://ansinh.example', signer })
  const communes = await enterTown(database, [{ bank: 2, cash: 1 }])
  const [here] = await releaseLists(database, communes)
  invariant(here, 'a list')
  own = here.id
  users = usersOfRoles([here.communeId])
  for (const one of users.values()) await api.enter(one)
  await sealPosted(database)
})

const user = (role: string): TestUser => {
  const found = users.get(role)
  invariant(found, role)
  return found
}
const identityOf = ({ id }: TestUser) => {
  const found = api.identities.get(`Test ${id}`)
  invariant(found, id)
  return found
}
const list = (listId: string) => ({ kind: 'payout-list', listId })
interface Issued {
  readonly id: string
  readonly code: string
  readonly number: number
  readonly rowsHash: string
}
const issue = async (who: TestUser, document: object) => {
  const { status, body } = await api.call(who, 'POST', '/documents', { body: { document } })
  expect({ status, body }).toMatchObject({ status: 201 })
  return body as Issued
}

/** The file as an officer signs it with tools of their own. */
async function signedAfter(bytes: Buffer): Promise<Buffer> {
  const spool = await openSpool()
  try {
    await spool.append(bytes)
    await signPdf(spool, newSigner(), Date.now())
    return await buffer(spool.read())
  } finally {
    await spool.close()
  }
}

describe('the public page', () => {
  const send = async (bytes: Buffer, name = 'van-ban.pdf') => {
    const form = new FormData()
    form.set('file', new Blob([new Uint8Array(bytes)], { type: 'application/pdf' }), name)
    const answer = await fetch(`${api.url}/verify`, { method: 'POST', body: form })
    return { status: answer.status, text: await answer.text() }
  }

  test('asks nobody who they are, and needs no script', async () => {
    const answer = await fetch(`${api.url}/verify`)
    expect(answer.status).toBe(200)
    const policy = answer.headers.get('content-security-policy') ?? ''
    expect(policy).toMatch(/^default-src 'none'; style-src 'nonce-[^']+'; base-uri 'none'/)
    const text = await answer.text()
    expect(text).toContain('<form method="post" action="/verify"')
    expect(text).not.toMatch(/<script|role="status"/)
  })

  test('knows a paper that is signed by the service, and one that an officer signed after it', async () => {
    const officer = user('commune-officer')
    const { id } = await issue(officer, list(own))
    const { bytes } = await api.call(officer, 'GET', `/documents/${id}/file`)
    expect(signaturesOf(bytes)).toEqual({ valid: 1, whole: 1 })
    expect((await send(bytes)).text).toContain('✓ Đúng là văn bản đã phát hành')
    const signed = await signedAfter(bytes)
    expect(signaturesOf(signed)).toEqual({ valid: 2, whole: 1 })
    expect((await send(signed)).text).toContain('! Bản đã phát hành nằm nguyên vẹn trong tệp')
    signed.writeUInt8(signed.readUInt8(5_000) ^ 1, 5_000)
    expect(signaturesOf(signed).valid).toBe(0)
    expect((await send(signed)).text).toContain('ĐÃ BỊ SỬA')
  })

  test('says of a paper that nobody signed that nobody did; without a key and word none is issued', async () => {
    const officer = user('commune-officer')
    const signed = await issue(officer, list(own))
    const file = async (id: string) =>
      (await api.call(officer, 'GET', `/documents/${id}/file`)).bytes
    const missing = 'không có chữ ký số của hệ thống'
    expect((await send(await file(signed.id))).text).not.toContain(missing)
    const entered = (signer: 'unsigned' | null) =>
      testApi(database, { signer, authenticate: () => Promise.resolve(identityOf(officer)) })
    const ask = { body: { document: list(own) } }
    const refused = await (await entered(null)).call(officer, 'POST', '/documents', ask)
    expect(refused).toMatchObject({ status: 409, body: { code: 'paper-unsigned' } })
    const { status, body } = await (
      await entered('unsigned')
    ).call(officer, 'POST', '/documents', ask)
    expect(status).toBe(201)
    expect((await send(await file((body as Issued).id))).text).toContain(
      `! Văn bản phát hành ${missing}`,
    )
  })

  test('says genuine, altered or unknown of a file, under which head, and what replaced it', async () => {
    const officer = user('commune-officer')
    const one = await issue(officer, list(own))
    const { bytes } = await api.call(officer, 'GET', `/documents/${one.id}/file`)
    const genuine = await send(bytes)
    expect(genuine.text).toContain('✓ Đúng là văn bản đã phát hành')
    expect(genuine.text).toMatch(/Lập theo khối niêm phong \d+, mã đầu chuỗi [0-9a-f]{64}: sổ vẫn/)
    expect(genuine.text).toContain('✓ Các dòng của văn bản vẫn đúng với sổ hiện nay')
    const altered = Buffer.from(bytes)
    const middle = Math.floor(bytes.length / 2)
    altered.writeUInt8(altered.readUInt8(middle) ^ 1, middle)
    expect((await send(altered)).text).toContain('ĐÃ BỊ SỬA')
    expect((await send(Buffer.from('%PDF-1.7'))).text).toContain('✗ Không có văn bản nào như vậy')
    const next = await issue(officer, list(own))
    const late = await send(bytes)
    expect(late.text).toContain(`Đã thay thế bằng văn bản số 0${String(next.number)}/DSCT-UBND`)
    // Nothing of a person.
    expect(late.text).not.toMatch(/Nguyễn|Lê Văn Mẫu|\*{3}|•{3}/)
    expect((await fetch(`${api.url}/verify`, { method: 'POST' })).status).toBe(400)
  })

  test('says the same of a QR, and repeats nothing of what it was asked as markup', async () => {
    const { code, rowsHash } = await issue(user('commune-officer'), list(own))
    const asked = async (c: string, r: string) =>
      (await fetch(`${api.url}/verify?${new URLSearchParams({ c, r }).toString()}`)).text()
    expect(await asked(code, rowsHash.slice(0, 32))).toContain('✓ Đúng là văn bản đã phát hành')
    expect(await asked(code, '0'.repeat(32))).toContain('ĐÃ BỊ SỬA')
    const hostile = await asked('<script>alert(1)</script>', '"><b>')
    expect(hostile).toContain('✗ Không có văn bản nào như vậy')
    expect(hostile).not.toMatch(/<script|<b>/)
  })
})
