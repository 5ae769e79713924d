import { z } from 'zod'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import { asker } from './verify-ask.ts'
import type { Ask } from './verify-ask.ts'
import { instantOf } from './verify-bytes.ts'
import type { Report } from './verify-findings.ts'

const FORMAT = 'an-sinh-head.v1'

const HEADS = `select b.number, encode(b.head, 'hex') as head, b.total_entries as "totalEntries",
  (extract(epoch from b.sealed_at) * 1000000)::bigint::text as "sealedUs" from seal_block b`

/** A head as JSON. */
export const outsideHead = z.strictObject({
  format: z.literal(FORMAT),
  block: z.int().min(1),
  head: z.string().regex(/^[0-9a-f]{64}$/),
  totalEntries: z.int().min(1),
  sealedAt: z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/),
})

/** The head of a block as it is kept outside the database: on paper, in a mail, with the auditor. */
export type OutsideHead = Readonly<z.infer<typeof outsideHead>>

/** Returns the head of the last sealed block, ready for JSON, or null when nothing is sealed. */
export async function exportHead(tx: Tx): Promise<OutsideHead | null> {
  return lastHead(asker(tx))
}

/** The same, for a verification. */
export async function lastHead(ask: Ask): Promise<OutsideHead | null> {
  const [row] = await ask<HeadRow>(`${HEADS} order by b.number desc limit 1`)
  return row === undefined ? null : asOutsideHead(row)
}

/** Reads a head that was exported as JSON. Throws DomainError `outside-head` for anything else. */
export function parseHead(text: string): OutsideHead {
  try {
    return outsideHead.parse(JSON.parse(text))
  } catch (error) {
    const message = `Mã đầu chuỗi không hợp lệ / not an exported head: ${String(error)}`
    throw new DomainError('invalid', 'outside-head', message)
  }
}

/**
 * Reports the first outside head that the history no longer contains. What it covers up to the last head that still
 * holds is as it was; the change is in the blocks after that.
 */
export async function checkAnchors(
  ask: Ask,
  anchors: readonly OutsideHead[],
  report: Report,
): Promise<void> {
  const heads = await headsOf(
    ask,
    anchors.map(({ block }) => block),
  )
  let holds = 0
  for (const anchor of anchors.toSorted((one, other) => one.block - other.block)) {
    const { block } = anchor
    const stored = heads.get(block)
    const same =
      stored?.head === anchor.head &&
      stored.totalEntries === anchor.totalEntries &&
      stored.sealedAt === anchor.sealedAt
    if (!same) {
      const [vi, en] =
        stored === undefined
          ? [
              'không còn khối này (sổ bị cắt đuôi hoặc phục hồi bản cũ)',
              'it is gone (truncated, or an older state restored)',
            ]
          : [
              'khác mã đã lưu bên ngoài (lịch sử bị viết lại)',
              'its head is not the one kept outside (history was rewritten)',
            ]
      report(
        'anchor',
        { block },
        `Khối ${block}: ${vi}; đúng đến khối ${holds}`,
        `block ${block}: ${en}; good up to block ${holds}`,
      )
      return
    }
    holds = block
  }
}

interface HeadRow {
  readonly number: bigint
  readonly head: string
  readonly totalEntries: bigint
  readonly sealedUs: string
}

/** The stored heads of some blocks by number; blocks that are not there are left out. */
export async function headsOf(
  ask: Ask,
  blocks: readonly number[],
): Promise<ReadonlyMap<number, OutsideHead>> {
  const rows = await ask<HeadRow>(`${HEADS} where b.number = any ($1::bigint[])`, blocks)
  return new Map(rows.map((row) => [Number(row.number), asOutsideHead(row)]))
}

const asOutsideHead = ({ number, head, totalEntries, sealedUs }: HeadRow): OutsideHead => ({
  format: FORMAT,
  block: Number(number),
  head,
  totalEntries: Number(totalEntries),
  sealedAt: instantOf(sealedUs),
})
