import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, beforeEach, expect, test } from '@jest/globals'
import { zipOf } from '../../src/documents/evidence.ts'
import type { EvidencePack } from '../../src/documents/evidence.ts'
import { openSignedHead, signHead } from '../../src/ledger/signed-heads.ts'
import { exportAuditHead } from '../../src/ledger/verify-audit.ts'
import { exportHead, verifyLedger } from '../../src/ledger/verify.ts'
import { invariant } from '../../src/lib/errors.ts'
import { openPackage } from '../../src/lib/spreadsheet-zip.ts'
import { act } from '../support/act.ts'
import type { FreshDatabase } from '../support/database.ts'
import { evidenceScene, packFolder } from '../support/evidence-folder.ts'
import type { PackFolder } from '../support/evidence-folder.ts'
import { forgeries } from '../support/forgeries.ts'
import { refusalOf } from '../support/outcome.ts'
import { paidThroughBank } from '../support/paid-bank.ts'
import { ACTIVE, objectsOf, textOf } from '../support/pdf.ts'

let [trustedKey, otherKey, signingKey, reference] = ['', '', '', '']
let paid: Awaited<ReturnType<typeof paidThroughBank>>
let database: FreshDatabase
let sent: readonly string[]
let pack: EvidencePack
let packOf: (of: string) => Promise<EvidencePack>
let { folder, run, check, read, forge } = {} as PackFolder

const hash = (text = '') => createHash('sha256').update(text).digest('hex')

beforeAll(async () => {
  paid = await paidThroughBank()
})
beforeAll(async () => {
  ;({ database, reference, sent } = paid)
  ;({ trustedKey, otherKey, signingKey, packOf } = await evidenceScene(paid))
  pack = await packOf(reference)
})

beforeEach(() => {
  ;({ folder, run, check, read, forge } = packFolder(pack))
})

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
    {
      ...{ rows: 3, amount: '360000', statusFiles: [{ outcome: 'applied' }] },
      digest: { sha256: hash(sent[0]), size: 3 },
    },
  ])
  expect(lines).toMatchObject([{ state: 'MATCHED', entry: `paid:${reference}` }])
  expect(JSON.stringify(acts)).toContain('list.release')
})

test('its index says which payment, which files, which entries in which block, and who did what', () => {
  const pdf = pack.get('MUC-LUC.pdf') ?? Buffer.of()
  const text = textOf(pdf)
  expect(objectsOf(pdf)).not.toMatch(ACTIVE)
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
  expect([status, stdout]).toEqual([0, expect.stringContaining('✓ chữ ký của mã đầu chuỗi sổ')])
  expect(run().stdout).toContain('– chưa kiểm chữ ký')
  const refused = run('--key', 'other.pem')
  expect(refused.status).toBe(1)
  for (const chain of ['sổ', 'nhật ký']) {
    expect(refused.stdout).toContain(`✗ chữ ký của mã đầu chuỗi ${chain}`)
  }
  forge('head.json', kept.replace(/"totalEntries": \d+/, '"totalEntries": 1'))
  expect(check().faults).toEqual([expect.stringContaining('mã có chữ ký trong head.json')])
})

test('one changed byte in any file is found', () => {
  for (const name of [...pack.keys()].filter((one) => !one.endsWith('.mjs'))) {
    for (const [file, bytes] of pack) writeFileSync(join(folder, file), bytes)
    const bytes = Buffer.from(pack.get(name) ?? '')
    const at = bytes.lastIndexOf(name === 'files.json' ? 'a' : ' ')
    expect([name, at]).not.toEqual([name, -1])
    bytes[at] = name === 'files.json' ? 0x62 : 0x09
    writeFileSync(join(folder, name), bytes)
    expect([name, run().status]).toEqual([name, 1])
  }
})

test.each(forgeries)(
  'a forged pack is altered although its files agree: %s',
  (_, file, from, to, found) => {
    const text = read(file)
    expect(text).toMatch(from)
    forge(file, text.replace(from, to))
    const { status, faults } = check()
    // These checks say no, and no other: each is there for its own forgery.
    expect(faults).toEqual(found.map((one) => expect.stringContaining(one)))
    expect(status).toBe(1)
  },
)

test('who has the order file sees that it is the one that was sent, and what it says of the payment', () => {
  const [file = ''] = sent
  const faultsOf = (xml: string) => {
    writeFileSync(join(folder, 'file.xml'), xml)
    return run('--order-file', 'file.xml')
      .stdout.split('\n')
      .filter((line) => line.startsWith('✗'))
  }
  expect(faultsOf(file)).toEqual([])
  const own = new RegExp(`${reference}</EndToEndId>[^]*?<Nm>`)
  const of = file.slice(file.search(own))
  const [, name = '', account = ''] = /<Nm>(.+?)<\/Nm>[^]*?<Id>(\d+)</.exec(of) ?? []
  expect([name.length > 5, account.length > 5]).toEqual([true, true])
  for (const [packed, bytes] of pack) {
    for (const secret of [name, account]) {
      expect([packed, bytes.includes(secret)]).toEqual([packed, false])
    }
  }
  // Nor is there a key or a keyed hash of the payee's part, on which whoever has the pack could try numbers out.
  const digest = /"linesRoot": "\w+",\s+"text": "line\.v1\|\w{16}\|360000\|\d+",\s+"index": \d,/
  expect(read('orders.json')).toMatch(digest)
  expect(faultsOf(file.replace(own, '$&X'))).toEqual([expect.stringContaining('là tệp đã gửi')])
  // Whoever makes the hash fit is told by the trail, and by the amount that the file pays.
  const other = file.replace(new RegExp(`${reference}</EndToEndId>[^]*?<InstdAmt[^>]*>`), '$&1')
  forge('orders.json', read('orders.json').replace(hash(file), hash(other)))
  expect(faultsOf(other)).toEqual([
    expect.stringContaining('ghi mã băm này khi gửi'),
    expect.stringContaining('trả đúng số tiền'),
  ])
})

test.each([
  ['is found in the pack', {}, 0],
  ['and of which the pack knows nothing is not', { head: 'f'.repeat(64) }, 1],
])('a head that was kept outside %s', async (_, change, faults) => {
  const { head } = await signedHead()
  const kept = signHead({ ...head, ...change }, signingKey)
  writeFileSync(join(folder, 'kept.json'), JSON.stringify(kept))
  writeFileSync(join(folder, 'key.pem'), trustedKey)
  expect(run('--head', 'kept.json', '--key', 'key.pem').status).toBe(faults)
  const audit = await database.report.transact(act, exportAuditHead)
  invariant(audit, 'a head of the trail')
  writeFileSync(
    join(folder, 'kept.json'),
    JSON.stringify(signHead({ ...audit, ...change }, signingKey)),
  )
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
    update audit_event set detail = '{"rowCount": 1}' where act = 'list.release'`)
  expect(await packOf(reference).catch(refusalOf)).toBe('event-altered')
  await database.admin.query(`
    update posting set amount = amount + 1 where entry_id = (select id from journal_entry where reference = 'paid:${reference}')`)
  expect(await packOf(reference).catch(refusalOf)).toBe('entry-altered')
})
