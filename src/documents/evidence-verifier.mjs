// Checks an evidence pack of An Sinh Ledger. Runs with Node (20 or later) alone, without a network or a database:
//
//   node kiem-tra.mjs [--key public-key.pem] [--head signed-head.json]… [--order-file order-file.xml]
//
// It shares nothing with the program that wrote the pack. What it recomputes is in HUONG-DAN.txt.
import { createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { chainOf, fieldsOf, isIn, sha256 } from './evidence-chains.mjs'
import { checkList } from './evidence-list.mjs'
import { checkOrders } from './evidence-orders.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const bytesOf = (name) => readFileSync(join(here, name))
const jsonOf = (name) => JSON.parse(bytesOf(name).toString('utf8'))
const { values } = parseArgs({
  options: {
    head: { type: 'string', multiple: true },
    key: { type: 'string' },
    'order-file': { type: 'string' },
  },
})

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

// The heads: each is the hash of its text, and names the one before it.
function checkChain(chain, { head, block, total }, vi, en) {
  check(chain.isWhole, `chuỗi khối của ${vi} liền nhau`, `the chain of the ${en} is unbroken`)
  const { last } = chain
  check(
    last !== undefined && last.head === head && last.block === block && last.total === total,
    `mã đầu chuỗi của ${vi} là ${head.slice(0, 16)}… của khối ${block}`,
    `the head of the ${en} is that of block ${block}`,
  )
}
const proof = jsonOf('proof.json')
const journal = chainOf(proof.heads, 'head.v1')
const top = proof.head
checkChain(journal, { ...top, total: top.totalEntries }, 'sổ', 'journal')
const trail = jsonOf('trail.json')
const events = chainOf(trail.heads, 'audit-head.v1')
checkChain(events, { ...trail.head, total: trail.head.totalEvents }, 'nhật ký', 'trail')
const [ledgerBlock, ledgerHead] = (events.last?.ledger ?? '-').split(':')
const covered = journal.rows.find(({ block }) => String(block) === ledgerBlock)
check(
  covered === undefined || covered.head === ledgerHead,
  `nhật ký niêm phong cùng sổ này`,
  'the trail was sealed with this journal',
)

// Each entry is in its block.
for (const entry of proof.entries) {
  check(
    entry.text.split('|')[5] === entry.reference && isIn(journal, entry),
    `bút toán ${entry.reference} có trong khối ${entry.block}`,
    'the entry is in its block',
  )
}

// Each act of the timeline is an event in its block.
const timeline = jsonOf('timeline.json')
check(
  timeline.length === trail.events.length && timeline.length > 0,
  'mỗi việc có một chứng cứ',
  'every act has its proof',
)
trail.events.forEach((event, at) => {
  const act = timeline[at]
  const [, id, , when, actor, via, name, subject, , , , , , , , , detail] = fieldsOf(event.text)
  const same =
    act !== undefined &&
    [act.id, act.at, act.actor, act.via, act.act, act.subject].join('|') ===
      [id, when, actor, via, name, subject].join('|') &&
    JSON.stringify(act.detail) === JSON.stringify(JSON.parse(detail))
  check(same, `việc ${id} ${name} như nhật ký ghi`, 'the act is as the trail has it')
  check(
    isIn(events, event),
    `việc ${id} ${name} có trong khối ${event.block} của nhật ký`,
    'the act is in its block',
  )
})
if (trail.unsealed > 0) {
  say(
    `– ${trail.unsealed} việc mới hơn chưa niêm phong, không có trong gói / newer acts not sealed`,
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
checkList({ list: jsonOf('list.json'), payment, timeline, check, say })

const given = values['order-file']
const file = given === undefined ? null : readFileSync(given)
checkOrders({ orders: jsonOf('orders.json'), payment, timeline, file, check, say })

// The signed heads: those of the pack, or some that were kept elsewhere. A head vouches for its own chain and for no other; without a
// key the pack proves only that it agrees with itself.
function checkSignature({ head, signature }, { of, ofTrail }) {
  const { block, totalEntries, totalEvents, sealedAt } = head
  const key = createPublicKey(readFileSync(values.key))
  const text = ofTrail
    ? `signed-audit-head.v1|${block}|${head.head}|${totalEvents}`
    : `signed-head.v1|${block}|${head.head}|${totalEntries}|${sealedAt}`
  const genuine = verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64'))
  check(
    genuine,
    `chữ ký của mã đầu chuỗi ${of} khối ${block} đúng`,
    'the head is signed by this key',
  )
}
function checkOwn(signed, { name, head }) {
  const names = ['block', 'head', 'totalEntries', 'totalEvents', 'sealedAt']
  check(
    names.every((field) => signed.head[field] === head[field]),
    `mã có chữ ký trong ${name} là của chuỗi trong gói`,
    'the signed head is that of this chain',
  )
}
function checkKept(kept, { of, chain, proven }) {
  for (const { head } of kept) {
    check(
      chain.rows.find(({ block }) => block === head.block)?.head === head.head,
      `${of} trong gói có mã đã giữ ở ngoài (khối ${head.block})`,
      'the chain of this pack has the head that was kept outside',
    )
  }
  const until = Math.max(...kept.map(({ head }) => head.block))
  for (const { reference, id } of proven.filter(({ block }) => block > until)) {
    check(
      false,
      `${reference ?? id} niêm phong sau mã giữ ở ngoài`,
      'sealed after the outside head',
    )
  }
}
const outside = (values.head ?? []).map((path) => JSON.parse(readFileSync(path, 'utf8')))
if (outside.length > 0 && values.key === undefined) {
  check(false, 'cần --key: khóa công khai', '--key is needed')
}
for (const one of [
  { name: 'head.json', of: 'sổ', head: top, chain: journal, proven: proof.entries },
  {
    ...{ name: 'audit-head.json', of: 'nhật ký', ofTrail: true },
    ...{ head: trail.head, chain: events, proven: trail.events },
  },
]) {
  const { name, of, ofTrail = false } = one
  const own = files[name] === undefined ? [] : [jsonOf(name)]
  const kept = outside.filter(({ head }) => (head.totalEvents !== undefined) === ofTrail)
  for (const signed of own) checkOwn(signed, one)
  if (values.key === undefined) {
    say('– chưa kiểm chữ ký của mã đầu chuỗi: hãy dùng --key / the signature was not checked')
  } else {
    for (const signed of [...own, ...kept]) checkSignature(signed, one)
    if (own.length + kept.length === 0) {
      check(false, `gói không có ${name}: mã đầu chuỗi có chữ ký`, 'the pack has no signed head')
    }
  }
  if (kept.length > 0) checkKept(kept, one)
  else say(`– chưa so ${of} với mã giữ ở ngoài: hãy dùng --head / no outside head of it was given`)
}

say(faults.length === 0 ? 'ĐÚNG / GENUINE' : `SAI / ALTERED: ${faults.length}`)
process.exitCode = faults.length === 0 ? 0 : 1
