import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { ZipFile } from 'yazl'
import { ledger } from '../ledger/ledger.ts'
import type { SignedHead } from '../ledger/signed-heads.ts'
import type { Act } from '../lib/act.ts'
import { homeOf, recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import { evidenceIndex } from './evidence-index.ts'
import * as store from './evidence-store.ts'
import { stampOf } from './issuing.ts'

/** The files of a pack by name, in the order in which they are to be read. */
export type EvidencePack = ReadonlyMap<string, Buffer>

const VERIFIER = new URL('evidence-verifier.mjs', import.meta.url)
/** Of every file: a pack of the same facts has the same bytes. */
const NO_TIME = new Date(Date.UTC(2000, 0, 1))

/** Signs a head for the service; null: nobody does. */
export type HeadSigner = ((head: SignedHead['head']) => SignedHead) | null

/**
 * All that proves one payment, to be checked without us: an index as PDF, what is owed and why, the list with its hash and
 * approvals, order and status files, statement lines, what people did, the entries with proofs up to the last sealed head, that
 * head signed, a verifier and how to use it. Names and numbers of people who are paid are not in it, only their ids. Throws
 * DomainError: payment-missing, and what `ledger.prove` throws (entry-unsealed, entry-altered).
 */
export async function evidenceOf(
  tx: Tx,
  by: Act,
  { reference, signHead }: { readonly reference: string; readonly signHead: HeadSigner },
): Promise<EvidencePack> {
  const payment = await store.paymentOf(tx, reference)
  if (payment === undefined) {
    const message = `Không có lệnh chi ${reference} trong phạm vi của bạn`
    throw new DomainError('not-found', 'payment-missing', message)
  }
  const { entitlement, list } = payment
  const subjects = [`instruction:${reference}`, `entitlement:${entitlement}`]
  const acts = await store.timelineOf(tx, [...subjects, `list:${list}`])
  const proof = await ledger.prove(tx, await ledger.referencesTouching(tx, subjects))
  const facts: readonly (readonly [string, Buffer])[] = [
    ['payment.json', asFile(payment.facts)],
    ['list.json', asFile(await store.listOf(tx, entitlement))],
    ['orders.json', asFile(await store.filesOf(tx, reference))],
    ['statements.json', asFile(await store.statementLinesOf(tx, reference))],
    ['timeline.json', asFile(acts)],
    ['proof.json', asFile(proof)],
    ...(signHead === null ? [] : [['head.json', asFile(signHead(proof.head))] as const]),
    ['kiem-tra.mjs', await readFile(VERIFIER)],
    ['HUONG-DAN.txt', Buffer.from(GUIDE)],
  ]
  const files = facts.map(([name, bytes]) => [name, HOLDS[name] ?? '', sha256(bytes)] as const)
  const index = await evidenceIndex({ payment, files, proof, acts }, await stampOf(tx, by, null))
  const hashes = files.map(([name, , hash]) => [name, hash] as const)
  const all = Object.fromEntries([['MUC-LUC.pdf', sha256(index)], ...hashes])
  return new Map([['MUC-LUC.pdf', index], ...facts, ['files.json', asFile(all)]])
}

/** The pack of a payment for whoever asks, as one ZIP file; leaves the audit event `evidence.take`. Throws what `evidenceOf` throws. */
export async function takeEvidence(
  tx: Tx,
  by: Act,
  of: { readonly reference: string; readonly signHead: HeadSigner },
): Promise<Buffer> {
  const zip = await zipOf(await evidenceOf(tx, by, of))
  const detail = { bytes: zip.length, sha256: sha256(zip) }
  const event = { act: 'evidence.take', subject: `instruction:${of.reference}`, detail }
  await recordActs(tx, by, [{ ...event, communeId: homeOf(by) }])
  return zip
}

/** The pack as one ZIP file. */
export function zipOf(pack: EvidencePack): Promise<Buffer> {
  const zip = new ZipFile()
  for (const [name, bytes] of pack) zip.addBuffer(bytes, name, { mtime: NO_TIME })
  zip.end()
  return buffer(zip.outputStream.pipe(new PassThrough()))
}

const asFile = (content: unknown): Buffer => Buffer.from(`${JSON.stringify(content, null, 2)}\n`)

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

const GUIDE = `GÓI BẰNG CHỨNG CỦA MỘT KHOẢN CHI / EVIDENCE OF ONE PAYMENT

Kiểm tra (chỉ cần Node 20 trở lên, không cần mạng) / to check it (Node 20 or later, no network):

  node kiem-tra.mjs
  node kiem-tra.mjs --key khoa-cong-khai.pem
  node kiem-tra.mjs --key khoa-cong-khai.pem --head ma-dau-chuoi.json

Không có gì thì gói chỉ chứng minh nó tự khớp; có khóa công khai thì chứng minh hệ thống đã ký mã đầu chuỗi trong gói; có thêm mã đầu
chuỗi do bạn giữ từ trước thì chứng minh sổ không bị viết lại.
Alone the pack only proves that it agrees with itself; with the public key, that the service signed its head; with a head that
you kept as well, that the journal was not rewritten.

MUC-LUC.pdf      mục lục để đọc và in / the index, to read and print
head.json        mã đầu chuỗi có chữ ký Ed25519 (nếu hệ thống có khóa) / the head, signed (where the service has a key)
payment.json     khoản được hưởng, căn cứ, lệnh chi và các bước / what is owed and why, the instruction and its steps
list.json        danh sách đã duyệt, mã băm, người lập, duyệt, giải ngân / the approved list
orders.json      tệp lệnh đã gửi và tệp trạng thái nhận về / order files and status files
statements.json  dòng sao kê của ngân hàng hoặc ví / statement lines
timeline.json    ai đã làm gì, lúc nào / what people did
proof.json       bút toán, đường dẫn RFC 6962 đến gốc khối, chuỗi khối / entries, audit paths, heads

lá = SHA-256(00 ‖ entry.v1|…), nút = SHA-256(01 ‖ trái ‖ phải), mã đầu = SHA-256(02 ‖ head.v1|…) (docs/adr/0005).
`

const HOLDS: Readonly<Record<string, string>> = {
  'payment.json': 'Khoản được hưởng, căn cứ, dữ kiện, lệnh chi và các bước',
  'list.json': 'Danh sách đã duyệt: mã băm, người lập, duyệt, giải ngân, từng quyết định',
  'orders.json': 'Tệp lệnh đã gửi và tệp trạng thái nhận về',
  'statements.json': 'Dòng sao kê của ngân hàng hoặc ví',
  'timeline.json': 'Nhật ký: ai đã làm gì, lúc nào',
  'proof.json': 'Bút toán với đường dẫn RFC 6962 đến gốc khối, chuỗi khối',
  'head.json': 'Mã đầu chuỗi có chữ ký của hệ thống',
  'kiem-tra.mjs': 'Chương trình kiểm tra, chỉ cần Node',
  'HUONG-DAN.txt': 'Hướng dẫn',
}
