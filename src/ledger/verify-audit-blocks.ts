import { auditHead } from './verify-audit-bytes.ts'
import type { EventRow } from './verify-audit-bytes.ts'
import { HASH_BYTES, treeRoot } from './verify-bytes.ts'
import type { CheckName, Report } from './verify-findings.ts'

/** A row of audit_block with the ledger's head that it covers; hashes as hexadecimal digits but for the leaves. */
export interface AuditBlockRow {
  readonly number: bigint
  readonly eventCount: number
  readonly totalEvents: bigint
  readonly lastXid: string
  readonly lastId: string
  readonly leafHashes: Uint8Array
  readonly root: string
  readonly ledgerBlock: string | null
  readonly ledgerHead: string | null
  readonly previousHead: string
  readonly head: string
}

/** What the events of one block come to, recomputed. */
export interface AuditContent {
  /** Leaf hashes, in hexadecimal digits. */
  readonly leaves: readonly string[]
  readonly ids: readonly string[]
  readonly last: EventRow | undefined
}

type Say = (check: CheckName, vi: string, en: string, eventId?: bigint) => void

/** Checks a block against its events and the block before it: leaves, root, counts, position, head. */
export function checkAuditBlock(
  row: AuditBlockRow,
  previous: AuditBlockRow | undefined,
  content: AuditContent,
  report: Report,
): void {
  const block = Number(row.number)
  const say: Say = (check, vi, en, eventId) => {
    const place = eventId === undefined ? { block } : { block, eventId }
    report(check, place, `Nhật ký, khối ${block}: ${vi}`, `audit block ${block}: ${en}`)
  }
  const expected = (previous?.number ?? 0n) + 1n
  if (row.number === expected) checkLeaves(row, content, say)
  else
    say('audit-block', `thiếu khối ${expected} trước nó`, `block ${expected} before it is missing`)
  const { eventCount, totalEvents, lastId, lastXid } = row
  const count = content.ids.length
  if (eventCount !== count) {
    say(
      'audit-block',
      `ghi ${eventCount} sự kiện, thực có ${count}`,
      `it says ${eventCount} events, there are ${count}`,
    )
  }
  if (totalEvents !== (previous?.totalEvents ?? 0n) + BigInt(eventCount)) {
    say('audit-block', 'tổng số sự kiện lũy kế sai', 'its running total of events is wrong')
  }
  if (lastXid !== content.last?.xid || lastId !== content.last.id) {
    say('audit-block', `không có sự kiện cuối ${lastId}`, `its last event ${lastId} is not there`)
  }
  if (row.previousHead !== (previous?.head ?? '')) {
    say('audit-head', 'không nối với khối trước', 'it does not continue the block before it')
  }
  if (row.head !== auditHead(row)) {
    say(
      'audit-head',
      'mã đầu chuỗi sai, hoặc sổ cái bị viết lại từ khi niêm phong',
      'its head is not the hash of what it covers, or the ledger was rewritten since',
    )
  }
}

function checkLeaves(row: AuditBlockRow, { leaves, ids }: AuditContent, say: Say): void {
  const stored = Buffer.from(row.leafHashes)
  const computed = Buffer.from(leaves.join(''), 'hex')
  const sameLeaves = computed.equals(stored)
  if (treeRoot(computed) === row.root) {
    if (!sameLeaves)
      say('audit-root', 'mã băm các lá bị sửa', 'its stored leaf hashes were changed')
    return
  }
  if (sameLeaves) {
    say('audit-root', 'gốc cây băm bị sửa', 'its root was changed')
    return
  }
  if (stored.length % HASH_BYTES !== 0 || treeRoot(stored) !== row.root) {
    say(
      'audit-root',
      'sự kiện không khớp gốc cây băm, mã băm các lá cũng bị sửa',
      'its events do not have its root, and its leaf hashes were changed too',
    )
    return
  }
  sayFirstBad(splitLeaves(stored), leaves, ids, say)
}

/** Stored and computed leaves differ: says where first, and whether an event is gone, new or changed. */
function sayFirstBad(
  stored: readonly string[],
  computed: readonly string[],
  ids: readonly string[],
  say: Say,
): void {
  let at = 0
  while (at < stored.length && stored[at] === computed[at]) at += 1
  const id = ids[at]
  const own = computed[at]
  const goneBefore = own === undefined ? stored.length - at : stored.indexOf(own, at) - at
  if (id === undefined || goneBefore > 0) {
    const [after, before] = [ids[at - 1] ?? '–', id ?? '–']
    say(
      'audit-leaf',
      `mất ${goneBefore} sự kiện giữa ${after} và ${before}`,
      `${goneBefore} events between ${after} and ${before} are gone`,
    )
    return
  }
  const expected = stored[at]
  const isNew = expected === undefined || computed.indexOf(expected, at) > at
  say(
    'audit-leaf',
    isNew ? `sự kiện ${id} không có khi niêm phong` : `sự kiện ${id} bị sửa sau khi niêm phong`,
    isNew ? `event ${id} was not there when sealed` : `event ${id} was changed after sealing`,
    BigInt(id),
  )
}

const splitLeaves = (leaves: Buffer): readonly string[] =>
  Array.from({ length: leaves.length / HASH_BYTES }, (_, index) =>
    leaves.toString('hex', index * HASH_BYTES, (index + 1) * HASH_BYTES),
  )
