import { formatVnd } from '../lib/money.ts'
import { formatDate } from '../lib/time.ts'
import type { StoredDocument } from './documents-store.ts'
import type { Paper, Written } from './paper.ts'

/** “01/DSCT-UBND” */
export const numberWords = ({
  number,
  symbol,
}: Pick<StoredDocument, 'number' | 'symbol'>): string =>
  `${String(number).padStart(2, '0')}/${symbol}`

/** What a new paper says of the one whose place it takes: that it did, and by how much its rows and its sum differ. */
export const replacing =
  (before: StoredDocument, { total }: Pick<Paper, 'total'>) =>
  ({ count, rowsHash }: Written): string => {
    const name = `${numberWords(before)} ngày ${formatDate(before.issuedOn)}`
    const head = `Thay thế văn bản số ${name} (đã thay thế):`
    if (rowsHash === before.rowsHash) return `${head} các dòng không đổi.`
    const [then, now] = [before.total, total]
    const parts = [
      ['dòng', BigInt(before.rowCount), BigInt(count)] as const,
      ...(then === null || now === null ? [] : [['đồng', then, now] as const]),
    ]
    const side = (at: 1 | 2) => parts.map((part) => `${formatVnd(part[at])} ${part[0]}`).join(', ')
    const moved = parts.flatMap(([unit, was, is]) => (was === is ? [] : [changed(is - was, unit)]))
    const how = moved.length === 0 ? 'nội dung các dòng khác' : moved.join(', ')
    return `${head} trước có ${side(1)}; nay có ${side(2)} (${how}).`
  }

const changed = (by: bigint, unit: string): string =>
  `${by > 0n ? 'tăng' : 'giảm'} ${formatVnd(by > 0n ? by : -by)} ${unit}`
