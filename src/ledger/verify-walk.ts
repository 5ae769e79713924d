import { openFeed, preferIndexes } from './verify-ask.ts'
import type { Ask, Feed } from './verify-ask.ts'
import { checkBlock, checkRollUps } from './verify-blocks.ts'
import type { BlockContent, RollUpRow } from './verify-blocks.ts'
import type { Books } from './verify-books.ts'
import { entryText, hashLeaf } from './verify-bytes.ts'
import { checkEntry } from './verify-entries.ts'
import type { Report } from './verify-findings.ts'
import { entriesInOrder } from './verify-store.ts'
import type { BlockRow, WholeEntry } from './verify-store.ts'

/** What every part of a verification works with. */
export interface Run {
  readonly ask: Ask
  readonly books: Books
  readonly report: Report
  /** Told now and then how many entries have been read. */
  readonly onProgress: (entries: number) => void
}

export interface Walked {
  readonly sealedEntries: number
  readonly unsealedEntries: number
  readonly blocks: number
}

const BLOCKS = `select number, entry_count as "entryCount", total_entries as "totalEntries", last_xid::text as "lastXid",
  last_id::text as "lastId", leaf_hashes as "leafHashes", encode(root, 'hex') as root,
  encode(previous_head, 'hex') as "previousHead", encode(head, 'hex') as head from seal_block order by number`
/** A block of 10,000 entries carries 320 kB of leaf hashes. */
const BLOCKS_PAGE = 2

const ROLL_UPS = `select m.block_number as block, m.account_id::text as "accountId", m.posting_date::text as "postingDate",
  m.movement from sealed_movement m order by m.block_number, m.account_id, m.posting_date`

/** Walks all entries in the order of sealing, checks each, and each block when its last entry is behind. */
export async function walkEntries(run: Run): Promise<Walked> {
  const { ask, books, report, onProgress } = run
  await preferIndexes(ask, true)
  const feed = await openFeed<BlockRow>(ask, 'verify_blocks', BLOCKS, BLOCKS_PAGE)
  const rollUps = await openFeed<RollUpRow>(ask, 'verify_roll_ups', ROLL_UPS)
  const counts = { sealedEntries: 0, unsealedEntries: 0, blocks: 0 }
  let content = emptyContent()
  let previous: BlockRow | undefined
  let block = await feed.next()
  const finish = async (done: BlockRow): Promise<void> => {
    checkBlock(done, previous, content, report)
    await checkRollUps(rollUps, done.number, content.rollUps, report)
    counts.sealedEntries += content.entryIds.length
    counts.blocks += 1
    content = emptyContent()
    previous = done
    block = await feed.next()
  }
  for await (const page of entriesInOrder(ask)) {
    for (const entry of page) {
      while (block !== undefined && isBehind(block, entry)) await finish(block)
      checkEntry(entry, block && Number(block.number), books, report)
      if (block === undefined) counts.unsealedEntries += 1
      else addTo(content, entry, books)
    }
    onProgress(counts.sealedEntries + content.entryIds.length + counts.unsealedEntries)
  }
  while (block !== undefined) await finish(block)
  await checkStrayRollUps(rollUps, report)
  await preferIndexes(ask, false)
  return counts
}

const emptyContent = (): BlockContent => ({
  leaves: [],
  entryIds: [],
  rollUps: new Map(),
  last: undefined,
})

/** Whether a block's last entry comes before this one in the order of sealing: (transaction id, id). */
function isBehind({ lastXid, lastId }: BlockRow, { xid, id }: WholeEntry): boolean {
  const [last, own] = [BigInt(lastXid), BigInt(xid)]
  return last < own || (last === own && BigInt(lastId) < BigInt(id))
}

function addTo(content: BlockContent, entry: WholeEntry, { templates, chart }: Books): void {
  const template = templates.get(entry.templateId) ?? { name: '?', version: 0 }
  content.leaves.push(hashLeaf(entryText(entry, template, entry.postings)))
  content.entryIds.push(entry.id)
  content.last = entry
  const move = (id: string, code: string | null, subject: string | null, movement: bigint) => {
    if (code === null || chart.get(code)?.shared !== true) return
    const key = `${id} ${entry.postingDate}`
    const known = content.rollUps.get(key)
    if (known === undefined) content.rollUps.set(key, { account: `${code} ${subject}`, movement })
    else known.movement += movement
  }
  for (const p of entry.postings) {
    const amount = BigInt(p.amount)
    move(p.debitId, p.debitCode, p.debitSubject, amount)
    move(p.creditId, p.creditCode, p.creditSubject, -amount)
  }
}

async function checkStrayRollUps(rollUps: Feed<RollUpRow>, report: Report): Promise<void> {
  await rollUps.drain(
    () => true,
    ({ block, accountId }) => {
      report(
        'sealed-movement',
        { block: Number(block) },
        `Số cộng dồn của tài khoản số ${accountId} thuộc khối ${block} không tồn tại`,
        `a roll-up of account id ${accountId} belongs to block ${block}, which does not exist`,
      )
    },
  )
}
