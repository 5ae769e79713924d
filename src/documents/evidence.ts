import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { ZipFile } from 'yazl'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import { ledger } from '../ledger/ledger.ts'
import * as store from './evidence-store.ts'

/** The files of a pack by name, in the order in which they are to be read. */
export type EvidencePack = ReadonlyMap<string, Buffer>

const VERIFIER = new URL('evidence-verifier.mjs', import.meta.url)
/** Of every file: a pack of the same facts has the same bytes. */
const NO_TIME = new Date(Date.UTC(2000, 0, 1))

/**
 * All that proves one payment, to be checked without us: what is owed and why, the list with its hash and approvals, order and
 * status files, statement lines, what people did, the entries with proofs up to the last sealed head, a verifier and how
 * to use it. Names and numbers of people are not in it, only their ids. Throws DomainError: payment-missing, and what
 * `ledger.prove` throws (entry-unsealed, entry-altered).
 */
export async function evidenceOf(tx: Tx, reference: string): Promise<EvidencePack> {
  const payment = await store.paymentOf(tx, reference)
  if (payment === undefined) {
    const message = `Không có lệnh chi ${reference} trong phạm vi của bạn`
    throw new DomainError('not-found', 'payment-missing', message)
  }
  const { entitlement, list } = payment
  const subjects = [`instruction:${reference}`, `entitlement:${entitlement}`]
  const facts = new Map([
    ['payment.json', asFile(payment.facts)],
    ['list.json', asFile(await store.listOf(tx, entitlement))],
    ['orders.json', asFile(await store.filesOf(tx, reference))],
    ['statements.json', asFile(await store.statementLinesOf(tx, reference))],
    ['timeline.json', asFile(await store.timelineOf(tx, [...subjects, `list:${list}`]))],
    ['proof.json', asFile(await ledger.prove(tx, await ledger.referencesTouching(tx, subjects)))],
    ['kiem-tra.mjs', await readFile(VERIFIER)],
    ['HUONG-DAN.txt', Buffer.from(GUIDE)],
  ])
  const hashes = [...facts].map(([name, bytes]) => [name, sha256(bytes)] as const)
  return new Map([...facts, ['files.json', asFile(Object.fromEntries(hashes))]])
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
  node kiem-tra.mjs --head ma-dau-chuoi.json --key khoa-cong-khai.pem

Không có --head thì gói chỉ chứng minh nó tự khớp; có mã đầu chuỗi do bạn giữ từ trước thì gói chứng minh sổ không bị viết lại.
Without --head the pack only proves that it agrees with itself; with a head that you kept, that the journal was not rewritten.

payment.json     khoản được hưởng, căn cứ, lệnh chi và các bước / what is owed and why, the instruction and its steps
list.json        danh sách đã duyệt, mã băm, người lập, duyệt, giải ngân / the approved list
orders.json      tệp lệnh đã gửi và tệp trạng thái nhận về / order files and status files
statements.json  dòng sao kê của ngân hàng hoặc ví / statement lines
timeline.json    ai đã làm gì, lúc nào / what people did
proof.json       bút toán, đường dẫn RFC 6962 đến gốc khối, chuỗi khối / entries, audit paths, heads

lá = SHA-256(00 ‖ entry.v1|…), nút = SHA-256(01 ‖ trái ‖ phải), mã đầu = SHA-256(02 ‖ head.v1|…) (docs/adr/0005).
`
