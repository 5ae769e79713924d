// Checks an evidence pack of An Sinh Ledger. Runs with Node (20 or later) alone, without a network or a database:
//
//   node kiem-tra.mjs [--head signed-head.json --key public-key.pem]
//
// It shares nothing with the program that wrote the pack. What it recomputes is in HUONG-DAN.txt.
import { createHash, createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const here = dirname(fileURLToPath(import.meta.url))
const bytesOf = (name) => readFileSync(join(here, name))
const jsonOf = (name) => JSON.parse(bytesOf(name).toString('utf8'))
const sha256 = (...parts) => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

const faults = []
const say = (line) => process.stdout.write(`${line}\n`)
function check(holds, vi, en) {
  say(`${holds ? '✓' : '✗'} ${vi} / ${en}`)
  if (!holds) faults.push(vi)
}

// Every file is the one that the list of files names.
const files = jsonOf('files.json')
for (const [name, expected] of Object.entries(files)) {
  let actual = 'missing'
  try {
    actual = sha256(bytesOf(name)).toString('hex')
  } catch {
    // A missing file is said below.
  }
  check(actual === expected, `tệp ${name} nguyên vẹn`, `file ${name} is intact`)
}

// RFC 6962: from the leaf along the path to the root (RFC 9162 §2.1.3.2).
function rootOf(leaf, index, size, path) {
  if (!Number.isInteger(index) || !Number.isInteger(size) || index < 0 || index >= size) return null
  let at = index
  let last = size - 1
  let root = leaf
  for (const step of path) {
    if (last === 0) return null
    const sibling = Buffer.from(step, 'hex')
    if (at % 2 === 1 || at === last) {
      root = sha256(Buffer.of(1), sibling, root)
      while (at % 2 === 0 && at !== 0) {
        at = Math.floor(at / 2)
        last = Math.floor(last / 2)
      }
    } else root = sha256(Buffer.of(1), root, sibling)
    at = Math.floor(at / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 ? root.toString('hex') : null
}

// The heads: each is the hash of its text, and names the one before it.
const proof = jsonOf('proof.json')
const headOf = (text) => sha256(Buffer.of(2), text).toString('hex')
const fieldsOf = (text) => {
  const [format, block, entries, entriesSoFar, , , root, previous] = text.split('|')
  const [number, count, sum] = [block, entries, entriesSoFar].map(Number)
  return { format, block: number, entries: count, entriesSoFar: sum, root, previous }
}
const rows = proof.heads.map(fieldsOf)
const chained = rows.every(
  (row, at) =>
    row.format === 'head.v1' &&
    (at === 0 ||
      (row.previous === headOf(proof.heads[at - 1]) && row.block === rows[at - 1].block + 1)),
)
check(rows.length > 0 && chained, 'chuỗi khối liền nhau', 'the chain of blocks is unbroken')
const last = rows.at(-1)
const top = proof.head
check(
  last !== undefined &&
    headOf(proof.heads.at(-1)) === top.head &&
    last.block === top.block &&
    last.entriesSoFar === top.totalEntries,
  `mã đầu chuỗi là ${top.head.slice(0, 16)}… của khối ${top.block}`,
  `the head is that of block ${top.block}`,
)

// Each entry is in its block.
for (const entry of proof.entries) {
  const leaf = sha256(Buffer.of(0), entry.text)
  const row = rows.find(({ block }) => block === entry.block)
  const holds =
    row !== undefined &&
    row.entries === entry.size &&
    entry.text.split('|')[5] === entry.reference &&
    rootOf(leaf, entry.index, entry.size, entry.path) === row.root
  check(
    holds,
    `bút toán ${entry.reference} có trong khối ${entry.block}`,
    'the entry is in its block',
  )
}

// The entries are those of this payment, in full.
const payment = jsonOf('payment.json')
const speaksOf = (entry) =>
  entry.text.includes(`instruction:${payment.reference}`) ||
  entry.text.includes(`entitlement:${payment.entitlement.number}`)
check(
  proof.entries.length > 0 && proof.entries.every(speaksOf),
  'mọi bút toán là của khoản chi này',
  'every entry is of this payment',
)
const paid = proof.entries.find(({ reference }) => reference === `paid:${payment.reference}`)
check(
  payment.state !== 'PAID' || (paid !== undefined && paid.text.includes(`,${payment.amount},`)),
  `trạng thái ${payment.state}, ${payment.amount} đồng, khớp bút toán`,
  'the state agrees with the entries',
)
const list = jsonOf('list.json')
const hashed = JSON.parse(list.rowAsHashed)
check(
  hashed[1] === String(list.row) &&
    hashed[2] === payment.entitlement.number &&
    hashed[9] === payment.entitlement.amount,
  `dòng ${list.row} của danh sách ${list.number} là khoản này`,
  'the row of the approved list is this payment',
)
check(
  new Set([list.preparedBy, list.approvedBy, list.releasedBy]).size === 3,
  'ba người khác nhau lập, duyệt và giải ngân',
  'three people prepared, approved and released it',
)
const approval = list.decisions.find(
  ({ decision, rows: places }) => decision === 'approve' && places.includes(list.row),
)
check(
  approval !== undefined &&
    approval.by !== list.preparedBy &&
    // The hash of one row is that of its text; of several it takes the others, which are not this payment's.
    (approval.rows.length > 1 || approval.contentHash === sha256(list.rowAsHashed).toString('hex')),
  'dòng này được duyệt, không phải bởi người lập',
  'the row was approved, not by who prepared it',
)

// What people did to the list names what was submitted, approved and released: count, sum and hash. Less than all stands where rows
// were refused or stopped in between.
const timeline = jsonOf('timeline.json')
const actOn = (names, by) =>
  timeline.find(
    ({ act, subject, actor }) =>
      names.includes(act) && subject === `list:${list.number}` && by(actor),
  )?.detail
const isWhole = (set) =>
  set?.contentHash === list.contentHash &&
  set.rowCount === list.rowCount &&
  set.total === list.total
const submitted = actOn(['list.submit'], (actor) => actor === list.preparedBy)
const approved = actOn(
  ['list.approve', 'list.second-approve'],
  (actor) => actor !== list.preparedBy && actor !== list.releasedBy,
)
const released = actOn(['list.release'], (actor) => actor === list.releasedBy)
check(isWhole(submitted), 'nhật ký: lập đúng danh sách này', 'the trail: this list was submitted')
for (const [set, vi, en] of [
  [approved, 'duyệt', 'approved'],
  [released, 'giải ngân', 'released'],
]) {
  check(
    set !== undefined && (set.rowCount < list.rowCount || isWhole(set)),
    `nhật ký: ${vi} ${set?.rowCount}/${list.rowCount} dòng của danh sách này`,
    `the trail: rows of this list were ${en}`,
  )
}

// The signed head: that of the pack, or one that was kept elsewhere. Without a key the pack proves only that it agrees with itself.
const { values } = parseArgs({ options: { head: { type: 'string' }, key: { type: 'string' } } })
function checkSignature({ head: { block, head, totalEntries, sealedAt }, signature }) {
  const key = createPublicKey(readFileSync(values.key))
  const text = `signed-head.v1|${block}|${head}|${totalEntries}|${sealedAt}`
  const genuine = verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64'))
  check(genuine, `chữ ký của mã đầu chuỗi khối ${block} đúng`, 'the head is signed by this key')
}
if (files['head.json'] !== undefined) {
  const own = jsonOf('head.json')
  const names = ['block', 'head', 'totalEntries', 'sealedAt']
  check(
    names.every((name) => own.head[name] === top[name]),
    'mã đầu chuỗi có chữ ký là của chuỗi trong gói',
    'the signed head is that of this chain',
  )
  if (values.key !== undefined) checkSignature(own)
  else say('– chưa kiểm chữ ký của mã đầu chuỗi: hãy dùng --key / the signature was not checked')
} else if (values.key !== undefined && values.head === undefined) {
  check(false, 'gói không có mã đầu chuỗi có chữ ký', 'the pack has no signed head')
}
if (values.head === undefined) {
  say('– chưa so với mã đầu chuỗi giữ ở ngoài: hãy dùng --head / no outside head was given')
} else {
  const signed = JSON.parse(readFileSync(values.head, 'utf8'))
  const outside = signed.head
  if (values.key === undefined) check(false, 'cần --key: khóa công khai', '--key is needed')
  else checkSignature(signed)
  const at = rows.findIndex(({ block }) => block === outside.block)
  check(
    at !== -1 && headOf(proof.heads[at]) === outside.head,
    `sổ trong gói có mã đã giữ ở ngoài (khối ${outside.block})`,
    'the journal of this pack has the head that was kept outside',
  )
  for (const { reference } of proof.entries.filter(({ block }) => block > outside.block)) {
    check(
      false,
      `bút toán ${reference} niêm phong sau mã giữ ở ngoài`,
      'sealed after the outside head',
    )
  }
}

say(faults.length === 0 ? 'ĐÚNG / GENUINE' : `SAI / ALTERED: ${faults.length}`)
process.exitCode = faults.length === 0 ? 0 : 1
