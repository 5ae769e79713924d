import { spawnSync } from 'node:child_process'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, beforeEach, expect, test } from '@jest/globals'
import { evidenceOf, zipOf } from '../../src/documents/evidence.ts'
import type { EvidencePack } from '../../src/documents/evidence.ts'
import { openSignedHead, signHead } from '../../src/ledger/signed-heads.ts'
import { exportHead, verifyLedger } from '../../src/ledger/verify.ts'
import { openPackage } from '../../src/lib/spreadsheet-zip.ts'
import { act } from '../support/act.ts'
import type { FreshDatabase } from '../support/database.ts'
import { refusalOf } from '../support/outcome.ts'
import { sealPosted } from '../support/papers.ts'
import { paidThroughBank } from '../support/paid-bank.ts'
import { textOf } from '../support/pdf.ts'

/** A payment through the bank from its list to its statement line, sealed; its pack lies in a folder of its own. */
const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const signingKey = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const pemOf = (key: typeof publicKey) => key.export({ type: 'spki', format: 'pem' }).toString()
const [trustedKey, otherKey] = [publicKey, generateKeyPairSync('ed25519').publicKey].map(pemOf) as [
  string,
  string,
]

let database: FreshDatabase
let reference: string
let pack: EvidencePack
let folder: string

const packOf = (of: string) =>
  database.report.transact(act, (tx) =>
    evidenceOf(tx, act, { reference: of, signHead: (head) => signHead(head, signingKey) }),
  )

beforeAll(async () => {
  ;({ database, reference } = await paidThroughBank())
  expect(await packOf(reference).catch(refusalOf)).toBe('entry-unsealed')
  await sealPosted(database)
  pack = await packOf(reference)
})

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'evidence-'))
  for (const [name, bytes] of pack) writeFileSync(join(folder, name), bytes)
})

/** Runs the verifier in the folder as an auditor would: Node alone. */
const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, ['kiem-tra.mjs', ...args], {
    ...{ cwd: folder, env: {}, encoding: 'utf8' },
  })

/** The same, once: there is no folder afterwards. */
function check(...args: string[]) {
  const { status, stdout, stderr } = run(...args)
  expect(stderr).toBe('')
  rmSync(folder, { recursive: true })
  return { status, faults: stdout.split('\n').filter((line) => line.startsWith('✗')), stdout }
}

const read = (name: string) => readFileSync(join(folder, name), 'utf8')

/** Writes a file and the list of files anew, as somebody would who knows what the pack is made of. */
function forge(name: string, text: string): void {
  writeFileSync(join(folder, name), text)
  const files = JSON.parse(read('files.json')) as Record<string, string>
  files[name] = createHash('sha256').update(text).digest('hex')
  writeFileSync(join(folder, 'files.json'), JSON.stringify(files))
}

const signedHead = async () => {
  const head = await database.report.transact(act, exportHead)
  if (head === null) throw new Error('a head')
  return { head, text: JSON.stringify(signHead(head, signingKey)) }
}

test('the pack is genuine in an empty folder, with nothing but Node', () => {
  const { status, faults, stdout } = check()
  expect([status, faults]).toEqual([0, []])
  for (const said of [`submit:${reference}:1`, `paid:${reference}`, 'ĐÚNG / GENUINE']) {
    expect(stdout).toContain(said)
  }
})

test('it says what happened: the rule, the list, the file, its answer, the statement line, and who', () => {
  const [payment, list, orders, lines, acts] = [
    ...['payment.json', 'list.json', 'orders.json', 'statements.json', 'timeline.json'],
  ].map((name) => JSON.parse(read(name)) as Record<string, unknown>)
  expect(payment).toMatchObject({
    ...{ reference, state: 'PAID', amount: '360000' },
    entitlement: { legalBasis: expect.stringContaining('20/2021'), amount: '360000' },
    ruleInputs: { birthDate: expect.any(String) },
  })
  expect(list).toMatchObject({ state: 'RELEASED', contentHash: expect.stringMatching(/^\w{64}$/) })
  expect(orders).toMatchObject([
    { rows: 3, amount: '360000', statusFiles: [{ outcome: 'applied' }] },
  ])
  expect(lines).toMatchObject([{ state: 'MATCHED', entry: `paid:${reference}` }])
  expect(JSON.stringify(acts)).toContain('list.release')
})

test('its index says which payment, which files, which entries in which block, and who did what', () => {
  const text = textOf(pack.get('MUC-LUC.pdf') ?? Buffer.of())
  const squeezed = text.replaceAll(' ', '')
  expect(text).toContain('GÓI BẰNG CHỨNG CỦA MỘT KHOẢN CHI')
  expect(text).toContain('Trạng thái: Đã chi')
  expect(text).toContain('360.000 đồng (Ba trăm sáu mươi nghìn đồng)')
  const files = JSON.parse(read('files.json')) as Record<string, string>
  const { entries, head } = JSON.parse(read('proof.json')) as {
    readonly entries: readonly { readonly reference: string }[]
    readonly head: { readonly head: string }
  }
  const others = Object.entries(files).filter(([name]) => name !== 'MUC-LUC.pdf')
  const parts = [...others.flat(), head.head, ...entries.map((one) => one.reference)]
  for (const part of [...parts, 'list.release']) expect(squeezed).toContain(part)
  expect(text).not.toContain('Nguyễn')
})

test('the head in the pack is signed: its key says so, another says not', () => {
  writeFileSync(join(folder, 'key.pem'), trustedKey)
  writeFileSync(join(folder, 'other.pem'), otherKey)
  const kept = readFileSync(join(folder, 'head.json'), 'utf8')
  const { status, stdout } = run('--key', 'key.pem')
  expect([status, stdout]).toEqual([0, expect.stringContaining('✓ chữ ký của mã đầu chuỗi')])
  expect(run().stdout).toContain('– chưa kiểm chữ ký')
  expect(run('--key', 'other.pem').status).toBe(1)
  forge('head.json', kept.replace(/"totalEntries": \d+/, '"totalEntries": 1'))
  expect(run().status).toBe(1)
})

test('one changed byte in any file is found', () => {
  for (const name of [...pack.keys()].filter((one) => one !== 'kiem-tra.mjs')) {
    for (const [file, bytes] of pack) writeFileSync(join(folder, file), bytes)
    const bytes = Buffer.from(pack.get(name) ?? '')
    const at = bytes.lastIndexOf(name === 'files.json' ? 'a' : ' ')
    expect([name, at]).not.toEqual([name, -1])
    bytes[at] = name === 'files.json' ? 0x62 : 0x09
    writeFileSync(join(folder, name), bytes)
    const { status } = spawnSync(process.execPath, ['kiem-tra.mjs'], { cwd: folder })
    expect([name, status]).toEqual([name, 1])
  }
})

type Forgery = readonly [name: string, file: string, from: RegExp, to: string, found: string]
test.each<Forgery>([
  ['another amount', 'payment.json', /360000/g, '460000', 'khớp bút toán'],
  ['another amount of the row', 'list.json', /360000/g, '460000', 'là khoản này'],
  ['another amount of the entry', 'proof.json', /,360000,/g, ',460000,', 'có trong khối'],
  ['another person who posted', 'proof.json', /(Z\|)[0-9a-f]{8}/, '$1ffffffff', 'có trong khối'],
  ['another block in the chain', 'proof.json', /head\.v1\|1\|/, 'head.v1|2|', 'mã đầu chuỗi là'],
  ['another last head', 'proof.json', /"head": "\w/, '"head": "_', 'mã đầu chuỗi là'],
  [
    ...(['one person for two', 'list.json'] as const),
    /("approvedBy": ")[^"]*(",\s*"releasedBy": ")[^"]*/,
    ...(['$1x$2x', 'ba người khác nhau'] as const),
  ],
  ['another hash of the list', 'list.json', /("contentHash": ")\w/, '$1_', 'lập đúng danh sách'],
  ['another row approved', 'list.json', /("rows": \[)[^\]]*/, '$1 9', 'dòng này được duyệt'],
  ['a release by nobody', 'timeline.json', /list\.release/, 'list.x', 'giải ngân undefined'],
  [
    'other rows approved',
    'timeline.json',
    /(list\.approve"[^}]*"total": ")\d/,
    '$19',
    ': duyệt 3/3',
  ],
])('a forged pack is altered although its files agree: %s', (_, file, from, to, found) => {
  const text = read(file)
  expect(text).toMatch(from)
  forge(file, text.replace(from, to))
  const { status, faults } = check()
  expect([status, faults.join()]).toEqual([1, expect.stringContaining(found)])
})

test.each([
  ['is found in the pack', {}, 0],
  ['and of which the pack knows nothing is not', { head: 'f'.repeat(64) }, 1],
])('a head that was kept outside %s', async (_, change, faults) => {
  const { head } = await signedHead()
  const kept = signHead({ ...head, ...change }, signingKey)
  writeFileSync(join(folder, 'kept.json'), JSON.stringify(kept))
  writeFileSync(join(folder, 'key.pem'), trustedKey)
  expect(check('--head', 'kept.json', '--key', 'key.pem').faults).toHaveLength(faults)
})

test('a signed head is an anchor for verify; one by another key or with another content is none', async () => {
  const { head, text } = await signedHead()
  expect(openSignedHead(text, [trustedKey])).toEqual(head)
  const anchored = await verifyLedger(database.report, act, {
    anchors: [openSignedHead(text, [trustedKey])],
  })
  expect(anchored.ok).toBe(true)
  const refuses = (json: string, key: string, code: string) => {
    const opening = () => openSignedHead(json, [key])
    expect(opening).toThrow(expect.objectContaining({ code }))
  }
  refuses(text, otherKey, 'head-signature')
  refuses(text.replace(`"block":${head.block}`, '"block":99'), trustedKey, 'head-signature')
  refuses('{}', trustedKey, 'outside-head')
  refuses(text, 'no key', 'head-key')
})

test('the pack is one ZIP file, the same bytes for the same facts', async () => {
  const zip = await zipOf(pack)
  expect((await openPackage(zip)).names).toEqual([...pack.keys()])
  expect((await zipOf(await packOf(reference))).equals(zip)).toBe(true)
})

test('no payment, no pack; and an entry that was changed after sealing is not proven', async () => {
  expect(await packOf('NOSUCHPAYMENT000').catch(refusalOf)).toBe('payment-missing')
  await database.admin.query(`set session_replication_role = replica;
    update posting set amount = amount + 1 where entry_id = (select id from journal_entry where reference = 'paid:${reference}')`)
  expect(await packOf(reference).catch(refusalOf)).toBe('entry-altered')
})
