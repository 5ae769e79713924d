import { spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, test } from '@jest/globals'
import { runVerify } from '../../src/compose-check.ts'
import { documents } from '../../src/documents/documents.ts'
import type { DocumentRequest } from '../../src/documents/documents.ts'
import { signHead } from '../../src/ledger/signed-heads.ts'
import { exportHead } from '../../src/ledger/verify.ts'
import { exportedList } from '../support/export-list.ts'
import { exportTown } from '../support/export-town.ts'
import type { ExportTown } from '../support/export-town.ts'
import { refusalOf } from '../support/outcome.ts'
import { issued, sealPosted, sealSomething } from '../support/papers.ts'
import { built } from '../support/programs.ts'
import { fund, leader } from '../support/town.ts'

// What an auditor has who has no database: the paper, an exported head with its papers, and the public key.

const folder = mkdtempSync(join(tmpdir(), 'offline-'))
const path = (name: string) => join(folder, name)
const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const signingKey = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const signer = (() => {
  const text = documents.makeTestSigner(Date.now())
  return { signer: documents.openSigner({ key: text, certificates: text }), atMs: Date.now() }
})()

let town: ExportTown
let request: DocumentRequest

const register = () =>
  town.database.app.transact(leader, (tx) => documents.register(tx, signingKey), 'RepeatableRead')
const keep = (name: string, content: unknown) =>
  writeFileSync(path(name), JSON.stringify(content, null, 2))

beforeAll(async () => {
  town = await exportTown()
  const { id: listId } = await exportedList(town)
  request = { kind: 'payout-list', listId }
  await sealSomething(town)
  const first = await issued(town.database, leader, request, undefined, signer)
  writeFileSync(path('first.pdf'), first.pdf)
  await fund(town.database, 'LATER', 5_000_000n)
  await sealPosted(town.database)
  writeFileSync(path('second.pdf'), (await issued(town.database, leader, request)).pdf)
  keep('head.json', await register())
  writeFileSync(path('key.pem'), publicKey.export({ type: 'spki', format: 'pem' }))
  writeFileSync(path('late.pdf'), (await issued(town.database, leader, request)).pdf)
})

/** What the command says, in this process. */
async function said(file: string, ...more: readonly string[]) {
  const lines: string[] = []
  const args = [path(file), '--head', path('head.json'), '--trusted-key', path('key.pem'), ...more]
  const code = await runVerify(args, (line) => lines.push(line))
  return { code, text: lines.join('\n') }
}

test('a paper is genuine under which head, without any database', () => {
  const { status, stdout } = spawnSync(
    process.execPath,
    [
      ...[built('src/main.ts'), 'verify', path('second.pdf'), '--head', path('head.json')],
      ...['--trusted-key', path('key.pem')],
    ],
    // Nobody answers there: whoever asked for a database would fail.
    { env: { DATABASE_URL: 'postgresql://nobody:x@127.0.0.1:1/none' }, encoding: 'utf8' },
  )
  expect(stdout).toContain('✓ Đúng là văn bản đã phát hành, không bị sửa')
  expect(stdout).toMatch(/✓ Lập theo khối niêm phong 2, mã đầu chuỗi [0-9a-f]{64}: có trong chuỗi/)
  expect(stdout).toContain('- Chưa đọc lại các dòng')
  expect(stdout).toContain('! Văn bản phát hành không có chữ ký số của hệ thống')
  expect(status).toBe(0)
})

test('what took its place is said, and a signed paper has no word about a missing signature', async () => {
  const { code, text } = await said('first.pdf')
  expect(code).toBe(0)
  expect(text).toMatch(/Lập theo khối niêm phong 1, mã đầu chuỗi [0-9a-f]{64}: có trong chuỗi/)
  expect(text).toContain('! Đã thay thế bằng văn bản số 02/DSCT-UBND')
  expect(text).not.toContain('không có chữ ký số')
})

test('one changed byte is altered; what was issued later, or by nobody, is unknown', async () => {
  const bytes = readFileSync(path('second.pdf'))
  const middle = bytes.length >> 1
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle)
  writeFileSync(path('changed.pdf'), bytes)
  expect(await said('changed.pdf')).toMatchObject({
    ...{ code: 1, text: expect.stringContaining('ĐÃ BỊ SỬA') },
  })
  const late = await said('late.pdf')
  expect([late.code, late.text]).toEqual([1, expect.stringContaining('✗ Không có văn bản')])
  expect(late.text).toContain('tính đến khối 2')
  writeFileSync(path('none.pdf'), '%PDF-1.7\n')
  expect((await said('none.pdf')).text).toContain('✗ Không có văn bản')
})

test('a register that was changed, or signed by another, is none', async () => {
  const text = readFileSync(path('head.json'), 'utf8')
  const other = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' })
  writeFileSync(path('other.pem'), other)
  const asked = (head: string, key: string) =>
    runVerify(
      [path('second.pdf'), '--head', path(head), '--trusted-key', path(key)],
      () => undefined,
    ).catch(refusalOf)
  expect(await asked('head.json', 'other.pem')).toBe('head-signature')
  writeFileSync(path('forged.json'), text.replace('"title": "D', '"title": "Đ'))
  expect(await asked('forged.json', 'key.pem')).toBe('head-signature')
  expect(await asked('key.pem', 'key.pem')).toBe('outside-head')
})

test('the register must lead to the heads that were kept', async () => {
  const head = await town.database.app.transact(leader, exportHead)
  if (head === null) throw new Error('a head')
  keep('kept.json', signHead(head, signingKey))
  expect(await said('first.pdf', '--anchor', path('kept.json'))).toMatchObject({ code: 0 })
  keep('other.json', signHead({ ...head, head: 'f'.repeat(64) }, signingKey))
  const rewritten = said('first.pdf', '--anchor', path('other.json'))
  expect(await rewritten.catch(refusalOf)).toBe('history-rewritten')
})

test('a paper whose head is in no chain is not genuine, and a chain with a gap is none', async () => {
  const whole = await register()
  const shown = documents.shownFile(readFileSync(path('first.pdf')))
  const papers = whole.papers.map((one) => ({ ...one, head: 'e'.repeat(64) }))
  const verdict = documents.verifyOffline(shown, { ...whole, papers }, [])
  expect(verdict).toMatchObject({ verdict: 'genuine', headStands: false })
  expect(documents.verdictWords(verdict).join()).toContain('KHÔNG CÓ trong chuỗi')
  const [first = '', second = ''] = whole.heads
  for (const heads of [[first], [second, first], [first.replace('|1|', '|9|'), second], []]) {
    expect(() => documents.verifyOffline(shown, { ...whole, heads }, [])).toThrow(
      expect.objectContaining({ code: 'outside-head' }),
    )
  }
})
