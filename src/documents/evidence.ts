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
import { payouts } from '../payouts/payouts.ts'
import { evidenceIndex } from './evidence-index.ts'
import * as store from './evidence-store.ts'
import { stampOf } from './issuing.ts'

/** The files of a pack by name, in the order in which they are to be read. */
export type EvidencePack = ReadonlyMap<string, Buffer>

const VERIFIER = new URL('evidence-verifier.mjs', import.meta.url)
/** Called in the pack as the verifier calls them. */
const PARTS = ['evidence-chains.mjs', 'evidence-list.mjs', 'evidence-orders.mjs'] as const
/** Of every file: a pack of the same facts has the same bytes. */
const NO_TIME = new Date(Date.UTC(2000, 0, 1))

/** Signs a head for the service; null: nobody does. */
export type HeadSigner = ((head: SignedHead['head']) => SignedHead) | null

/**
 * All that proves one payment, to be checked without us: an index as PDF, what is owed and why, the list with its hash and
 * approvals, order files with the payment's line and status files, statement lines, what people did and the entries, both with
 * proofs up to the last sealed heads, these signed, a verifier and how to use it. Names and numbers of people who are paid are not
 * in it, only their ids. Throws DomainError: payment-missing, and what `ledger.prove` and `ledger.proveEvents` throw
 * (entry-unsealed, entry-altered, event-unsealed, event-altered).
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
  const proof = await ledger.prove(tx, await ledger.referencesTouching(tx, subjects))
  const orders = await ordersOf(tx, reference)
  const sent = orders.map((file) => payouts.orderFiles.subject(file.channel, file))
  const about = [...subjects, `list:${list}`, ...sent]
  const { acts, proof: trail } = await ledger.proveEvents(tx, about)
  const facts: readonly (readonly [string, Buffer])[] = [
    ['payment.json', asFile(payment.facts)],
    ['list.json', asFile(await store.listOf(tx, entitlement))],
    ['orders.json', asFile(orders)],
    ['statements.json', asFile(await store.statementLinesOf(tx, reference))],
    ['timeline.json', asFile(acts)],
    ['proof.json', asFile(proof)],
    ['trail.json', asFile(trail)],
    ...signedHeads(signHead, { 'head.json': proof.head, 'audit-head.json': trail.head }),
    ['kiem-tra.mjs', await readFile(VERIFIER)],
    ...(await partsOfVerifier()),
    ['HUONG-DAN.txt', Buffer.from(GUIDE)],
  ]
  const files = facts.map(([name, bytes]) => [name, HOLDS[name] ?? '', sha256(bytes)] as const)
  const index = await evidenceIndex(
    { payment, files, proof, acts, trail },
    await stampOf(tx, by, null),
  )
  const hashes = files.map(([name, , hash]) => [name, hash] as const)
  const all = Object.fromEntries([['MUC-LUC.pdf', sha256(index)], ...hashes])
  return new Map([['MUC-LUC.pdf', index], ...facts, ['files.json', asFile(all)]])
}

/** The order files that carried a payment, each with the payment's line; null where no digest was kept. */
async function ordersOf(tx: Tx, reference: string) {
  const lines = await payouts.orderFiles.linesOf(tx, reference)
  const files = await store.filesOf(tx, reference)
  return files.map((file) => ({ ...file, digest: lines.get(file.id) ?? null }))
}

async function partsOfVerifier(): Promise<(readonly [string, Buffer])[]> {
  const parts: (readonly [string, Buffer])[] = []
  for (const name of PARTS) parts.push([name, await readFile(new URL(name, import.meta.url))])
  return parts
}

const signedHeads = (
  signHead: HeadSigner,
  heads: Readonly<Record<string, SignedHead['head']>>,
): (readonly [string, Buffer])[] =>
  signHead === null
    ? []
    : Object.entries(heads).map(([name, head]) => [name, asFile(signHead(head))])

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
  node kiem-tra.mjs --key khoa-cong-khai.pem --head ma-so.json --head ma-nhat-ky.json
  node kiem-tra.mjs --key khoa-cong-khai.pem --order-file tep-lenh.xml

Không có gì thì gói chỉ chứng minh nó tự khớp; có khóa công khai thì chứng minh hệ thống đã ký mã đầu chuỗi trong gói; có thêm mã đầu
chuỗi do bạn giữ từ trước thì chứng minh sổ không bị viết lại. Mỗi mã chỉ bảo đảm chuỗi của nó (sổ hoặc nhật ký): --head dùng được
nhiều lần.
Alone the pack only proves that it agrees with itself; with the public key, that the service signed its head; with a head that
you kept as well, that the journal was not rewritten. A head vouches for its own chain (journal or trail): give --head more than once.

MUC-LUC.pdf      mục lục để đọc và in / the index, to read and print
head.json, audit-head.json   mã đầu chuỗi của sổ và nhật ký có chữ ký Ed25519 (nếu hệ thống có khóa) / the heads of journal and
                 trail, signed (where the service has a key)
payment.json     khoản được hưởng, căn cứ, lệnh chi và các bước / what is owed and why, the instruction and its steps
list.json        danh sách đã duyệt, mã băm, người lập, duyệt, giải ngân / the approved list
orders.json      tệp lệnh đã gửi và tệp trạng thái nhận về / order files and status files
statements.json  dòng sao kê của ngân hàng hoặc ví / statement lines
timeline.json    ai đã làm gì, lúc nào / what people did
proof.json       bút toán, đường dẫn RFC 6962 đến gốc khối, chuỗi khối / entries, audit paths, heads
trail.json       từng việc của timeline.json, đường dẫn đến gốc khối của nhật ký / the acts as events, audit paths, heads

Tệp lệnh / the order file. Gói không có tệp lệnh, vì tệp có tên và số tài khoản của mọi người. Trước khi gửi, hệ thống ghi vào nhật ký
SHA-256 của cả tệp và gốc cây các dòng; orders.json có dòng của khoản chi này với đường dẫn đến gốc đó. Điều đó chứng minh: lúc gửi, hệ
thống đã cam kết về một tệp có mã băm ấy, trong đó có mã lệnh chi, số tiền và ngân hàng này. Không chứng minh được nếu không có tệp:
tên và số tài khoản trong tệp, và ngân hàng đã nhận đúng tệp ấy. Ai có tệp (ngân hàng) thì kiểm bằng --order-file: cả tệp có đúng mã
băm, và trả đúng số tiền theo mã lệnh chi này. Tệp chỉ có một khoản chi thì không có mã băm, vì ai có mã ấy có thể dò số tài khoản.
The pack has no order file, for that has everybody's names and accounts. Before it was sent, its SHA-256 and the root of its lines
went into the trail; orders.json has this payment's line and its path to that root. That shows: when it was sent, the service was
bound to a file with that hash in which this reference, amount and bank are a line. It does not show, without the file, the name and
account in it, or that the bank took that file. Who has the file checks it with --order-file. A file of one payment has no hash, for
the account number could be tried out on it.

Danh sách / the list. Khi nhiều dòng được duyệt cùng một lần, mã băm của lần duyệt tính trên mọi dòng ấy, mà dòng của người khác không
có trong gói: nhật ký cho biết ai duyệt bao nhiêu dòng, bao nhiêu tiền; dòng này có trong đó hay không thì gói không kiểm được, và
chương trình in "–". Muốn kiểm thì lấy tệp xuất của cả danh sách.
Where several rows were approved at once, the hash of that approval takes other people's rows, which are not in the pack: the trail
says who approved how many rows and what sum; whether this row is one of them the pack cannot show, and "–" is printed. The export of
the whole list shows it.

Các chứng cứ cho thấy những gì trong gói có trong sổ và nhật ký; không cho thấy rằng không còn gì khác: cả sổ thì kiểm bằng verify.
The proofs show that what is in the pack stands in journal and trail, not that nothing else does: for that, verify the whole.

lá = SHA-256(00 ‖ entry.v1|…), nút = SHA-256(01 ‖ trái ‖ phải), mã đầu = SHA-256(02 ‖ head.v1|…) (docs/adr/0005, 0019).
dòng = line.v1|mã lệnh chi|số tiền|ngân hàng (docs/adr/0033).
`

const HOLDS: Readonly<Record<string, string>> = {
  'payment.json': 'Khoản được hưởng, căn cứ, dữ kiện, lệnh chi và các bước',
  'list.json': 'Danh sách đã duyệt: mã băm, người lập, duyệt, giải ngân, từng quyết định',
  'orders.json': 'Tệp lệnh đã gửi và tệp trạng thái nhận về',
  'statements.json': 'Dòng sao kê của ngân hàng hoặc ví',
  'timeline.json': 'Nhật ký: ai đã làm gì, lúc nào',
  'proof.json': 'Bút toán với đường dẫn RFC 6962 đến gốc khối, chuỗi khối',
  'trail.json': 'Việc của nhật ký với đường dẫn đến gốc khối, chuỗi khối',
  'head.json': 'Mã đầu chuỗi của sổ có chữ ký của hệ thống',
  'audit-head.json': 'Mã đầu chuỗi của nhật ký có chữ ký của hệ thống',
  'kiem-tra.mjs': 'Chương trình kiểm tra, chỉ cần Node',
  'evidence-chains.mjs': 'Phần của chương trình kiểm tra: cây và chuỗi',
  'evidence-list.mjs': 'Phần của chương trình kiểm tra: danh sách',
  'evidence-orders.mjs': 'Phần của chương trình kiểm tra: tệp lệnh',
  'HUONG-DAN.txt': 'Hướng dẫn',
}
