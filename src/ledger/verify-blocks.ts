import type { Feed } from './verify-ask.ts'
import { blockHead, HASH_BYTES, treeRoot } from './verify-bytes.ts'
import type { Place, Report } from './verify-findings.ts'
import type { BlockRow, EntryRow } from './verify-store.ts'

/** What the entries of one block come to, recomputed. */
export interface BlockContent {
  /** Leaf hashes, in hexadecimal digits. */
  readonly leaves: string[]
  readonly entryIds: string[]
  /** Movements of shared accounts by "account id, posting date". */
  readonly rollUps: Map<string, { readonly account: string; movement: bigint }>
  last: EntryRow | undefined
}

/** A row of sealed_movement. */
export interface RollUpRow {
  readonly block: bigint
  readonly accountId: string
  readonly postingDate: string
  readonly movement: bigint
}

/** Checks a block against its entries and the block before it: leaves, root, counts, position, head. */
export function checkBlock(
  row: BlockRow,
  previous: BlockRow | undefined,
  content: BlockContent,
  report: Report,
): void {
  const block = Number(row.number)
  const say = (check: 'block' | 'head', vi: string, en: string) => {
    report(check, { block }, `Khối ${block}: ${vi}`, `block ${block}: ${en}`)
  }
  const expected = (previous?.number ?? 0n) + 1n
  // Entries of a missing block would all look like insertions into this one.
  if (row.number === expected) checkLeaves(row, content, report)
  else say('block', `thiếu khối ${expected} trước nó`, `block ${expected} before it is missing`)
  const { entryCount, totalEntries, lastId, lastXid } = row
  const count = content.entryIds.length
  if (entryCount !== count) {
    const [vi, en] = ['bút toán, thực có', 'entries, there are']
    say('block', `ghi ${entryCount} ${vi} ${count}`, `it says ${entryCount} ${en} ${count}`)
  }
  if (totalEntries !== (previous?.totalEntries ?? 0n) + BigInt(entryCount)) {
    say('block', 'tổng số bút toán lũy kế sai', 'its running total of entries is wrong')
  }
  if (lastXid !== content.last?.xid || lastId !== content.last.id) {
    say('block', `không có bút toán cuối ${lastId}`, `its last entry ${lastId} is not there`)
  }
  if (row.previousHead !== (previous?.head ?? '')) {
    say('head', 'không nối với khối trước', 'it does not continue the block before it')
  }
  if (row.head !== blockHead(row)) {
    say('head', 'mã đầu chuỗi sai', 'its head is not the hash of what it covers')
  }
}

function checkLeaves(row: BlockRow, { leaves, entryIds }: BlockContent, report: Report): void {
  const block = Number(row.number)
  const say = (check: 'root' | 'leaf', place: Place, vi: string, en: string) => {
    report(check, { block, ...place }, `Khối ${block}: ${vi}`, `block ${block}: ${en}`)
  }
  const stored = Buffer.from(row.leafHashes)
  const computed = Buffer.from(leaves.join(''), 'hex')
  const sameLeaves = computed.equals(stored)
  if (treeRoot(computed) === row.root) {
    if (!sameLeaves) say('root', {}, 'mã băm các lá bị sửa', 'its stored leaf hashes were changed')
  } else if (sameLeaves) {
    say('root', {}, 'gốc cây băm bị sửa', 'its root was changed')
  } else if (stored.length % HASH_BYTES === 0 && treeRoot(stored) === row.root) {
    const [place, vi, en] = firstBadEntry(splitLeaves(stored), leaves, entryIds)
    say('leaf', place, vi, en)
  } else {
    say(
      'root',
      {},
      'bút toán không khớp gốc cây băm, mã băm các lá cũng bị sửa',
      'its entries do not have its root, and its leaf hashes were changed too',
    )
  }
}

/** Stored and computed leaves differ: says where first, and whether a row is gone, new or changed. */
function firstBadEntry(
  stored: readonly string[],
  computed: readonly string[],
  entryIds: readonly string[],
): readonly [Place, string, string] {
  let index = 0
  while (index < stored.length && stored[index] === computed[index]) index += 1
  const id = entryIds[index]
  const ahead = (leaves: readonly string[], leaf: string | undefined) =>
    (leaf === undefined ? leaves.length : leaves.indexOf(leaf, index)) - index
  const gone = ahead(stored, computed[index])
  if (id === undefined || gone > 0) {
    const [after, before] = [entryIds[index - 1] ?? '–', id ?? '–']
    return [
      {},
      `mất ${gone} bút toán giữa ${after} và ${before}`,
      `${gone} entries between ${after} and ${before} are gone`,
    ]
  }
  const place = { entryId: BigInt(id) }
  if (ahead(computed, stored[index]) > 0) {
    return [
      place,
      `bút toán ${id} không có khi niêm phong`,
      `entry ${id} was not there when sealed`,
    ]
  }
  return [
    place,
    `bút toán ${id} bị sửa sau khi niêm phong`,
    `entry ${id} was changed after sealing`,
  ]
}

const splitLeaves = (leaves: Buffer): readonly string[] =>
  Array.from({ length: leaves.length / HASH_BYTES }, (_, index) =>
    leaves.toString('hex', index * HASH_BYTES, (index + 1) * HASH_BYTES),
  )

/** Compares the stored roll-ups up to a block with those recomputed for it; uses up `rollUps`. */
export async function checkRollUps(
  feed: Feed<RollUpRow>,
  number: bigint,
  rollUps: BlockContent['rollUps'],
  report: Report,
): Promise<void> {
  const say = (block: bigint, account: string, vi: string, en: string) => {
    report('sealed-movement', { block: Number(block), account }, vi, en)
  }
  await feed.drain(
    ({ block }) => block <= number,
    ({ block, accountId, postingDate, movement }) => {
      const key = `${accountId} ${postingDate}`
      const computed = block === number ? rollUps.get(key) : undefined
      if (computed?.movement !== movement) {
        const [name, sum] = [computed?.account ?? `#${accountId}`, computed?.movement ?? 0n]
        say(
          block,
          name,
          `Số cộng dồn khối ${block} ngày ${postingDate} của ${name}: ghi ${movement}, tính lại ${sum}`,
          `roll-up of ${name} in block ${block} on ${postingDate} says ${movement}, its postings say ${sum}`,
        )
      }
      if (computed !== undefined) rollUps.delete(key)
    },
  )
  for (const [key, { account, movement }] of rollUps) {
    say(
      number,
      account,
      `Thiếu số cộng dồn ${movement} khối ${number} của ${account} (${key})`,
      `roll-up ${movement} of ${account} in block ${number} is missing (${key})`,
    )
  }
}
