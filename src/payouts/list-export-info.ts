import type { Act } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { wordsOf } from '../lib/spreadsheet-export.ts'
import type { ExportInfo } from '../lib/spreadsheet-export.ts'
import { registry } from '../registry/registry.ts'
import { changes } from './change-store.ts'
import type { StoredList } from './list.ts'
import { talliesOf } from './list-reads-store.ts'
import type { Tally } from './list-reads-store.ts'
import { changeWords, componentWords, LIST_STATES } from './list-words.ts'
import { standing } from './releasing.ts'

/** What stands beside the rows of a list's file: which list it is, its set, its groups, who wrote it and when. */
export async function infoOf(
  tx: Tx,
  { actor }: Act,
  list: StoredList,
  numbers: string,
): Promise<ExportInfo> {
  const { id, number, communeId, month, version, state, rowCount, total, contentHash } = list
  const stamp = await registry.exports.stamp(tx, { actor, communeId })
  const live = await standing(tx, id)
  return [
    ['Nội dung', 'Danh sách chi trả'],
    ...([
      ['Danh sách', number],
      ['Mã trong hệ thống', id],
    ] as const),
    ...([
      ['Xã', stamp.commune],
      ['Tháng', `${month.slice(5, 7)}/${month.slice(0, 4)}`],
    ] as const),
    ...([
      ['Phiên bản', String(version)],
      ['Trạng thái', LIST_STATES[state]],
    ] as const),
    ['Mã băm (SHA-256)', contentHash === '' ? 'Chưa chốt' : contentHash],
    ['Bộ lọc', 'Không: mọi dòng của danh sách'],
    ...([
      ['Số dòng', String(rowCount)],
      ['Tổng số tiền (đồng)', total],
    ] as const),
    ['Trong đó còn hiệu lực', wordsOf({ count: live.rowCount, sum: live.total })],
    ...(await groupsOf(tx, id)),
    ['Chưa nhận tháng trước', 'Tính đến lúc xuất, không thuộc tổng số tiền của danh sách này'],
    ['Số định danh, số tài khoản', numbers],
    ...([
      ['Xuất lúc', stamp.at],
      ['Người xuất', stamp.name],
    ] as const),
  ]
}

const METHODS: ReadonlyMap<string, string> = new Map([
  ['account', 'Qua tài khoản'],
  ['cash', 'Tiền mặt'],
])

/** The list's groups by kind of money and way of paying, which add up to it, and what changed since last month. */
async function groupsOf(tx: Tx, listId: string): Promise<ExportInfo> {
  const tallies = await talliesOf(tx, listId)
  const groups = (by: string, words: (key: string) => string) =>
    tallies
      .filter((tally) => tally.by === by)
      .map((tally) => [words(tally.key), said(tally)] as const)
  const changed = (await changes.of(tx, [listId])).map(({ change, count, last, now }) => {
    const sum = change === 'gone' ? last : now
    return [`So với tháng trước: ${changeWords(change)}`, wordsOf({ count, sum })] as const
  })
  return [
    ...groups('component', (key) => `Khoản: ${componentWords(key)}`),
    ...groups('method', (key) => `Hình thức: ${METHODS.get(key) ?? key}`),
    ...changed,
  ]
}

const said = ({ count, total }: Tally): string => wordsOf({ count, sum: total })
