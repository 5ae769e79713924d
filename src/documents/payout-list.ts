import type { Tx } from '../lib/db.ts'
import { DomainError, invariant } from '../lib/errors.ts'
import type { Vault } from '../lib/vault.ts'
import { payouts } from '../payouts/payouts.ts'
import { registry } from '../registry/registry.ts'
import { committeeOf } from './agencies.ts'
import { inWords } from './amount-words.ts'
import { namesOf } from './documents-store.ts'
import type { Block, Paper, PaperTable } from './paper.ts'
import { listColumns } from './payout-list-columns.ts'
import type { Sums } from './payout-list-columns.ts'
import { line, pagesOf, rowsOf } from './tally.ts'

type Lists = typeof payouts.lists
type List = Awaited<ReturnType<Lists['read']>>

/**
 * Danh sách chi trả of a commune and month: the rows of a list that stand, by given name in Vietnamese order, with sums by
 * kind of money, in words, and by group. Numbers are masked, or in clear for a purpose, categories of Article 5 neutral (domain.md §6, Decree 20/2021
 * Art 8.1.b). What came of the payments, and what earlier months left unpaid, is as of a sealed block; a paper that was
 * issued before that was asked for is without (ADR 0030). Throws DomainError: list-missing, list-closed (refused or withdrawn: nothing of it stands), purpose.
 */
export async function payoutList(
  tx: Tx,
  vault: Vault,
  of: {
    readonly listId: string
    /** Digits; null before anything was sealed. */
    readonly block?: string | null | undefined
    readonly reveal?: { readonly purpose: string } | undefined
  },
): Promise<Paper> {
  const { listId } = of
  const numbers = registry.exports.numbers(vault, of.reveal)
  const list = await payouts.lists.read(tx, listId)
  if (list.state === 'REFUSED' || list.state === 'WITHDRAWN') {
    throw new DomainError('conflict', 'list-closed', 'Danh sách đã bị trả lại hoặc rút lại')
  }
  const sums = await payouts.lists.standingSums(tx, listId)
  const commune = (await registry.communesIn(tx, list.month)).find(
    ({ id }) => id === list.communeId,
  )
  invariant(commune !== undefined, 'a list is of a commune of its month')
  const month = `${Number(list.month.slice(5, 7))} năm ${list.month.slice(0, 4)}`
  return {
    ...{ kind: 'payout-list', agency: committeeOf(commune), symbol: 'DSCT-UBND' },
    title: 'DANH SÁCH CHI TRẢ TRỢ CẤP XÃ HỘI',
    subtitle: [`${commune.fullName}, tháng ${month}`, `Danh sách ${list.number}, ${stateOf(list)}`],
    ...{ layout: 'landscape', communeId: list.communeId, total: sums.total },
    query: {
      id: of.block === undefined ? 'payout-list.v1' : 'payout-list.v2',
      parameters: {
        ...{ list: list.number, version: String(list.version), rows: 'standing' },
        ...(of.block !== undefined && { block: of.block ?? '0' }),
      },
    },
    info: [
      ['Mã băm danh sách (SHA-256)', list.contentHash === '' ? 'Chưa chốt' : list.contentHash],
      ['Số định danh, số tài khoản', numbers.words],
    ],
    blocks: [
      ...[
        { kind: 'table', table: peopleOf(tx, list, { numbers, sums, block: of.block }) } as const,
      ],
      ...(await afterwards(tx, list, sums)),
      ...purposeOf(of.reveal),
    ],
    recipients: ['Tổ chức chi trả', 'Lưu: VT, KT'],
    signatures: await signaturesOf(tx, list),
  }
}

const STATES: Readonly<Record<List['state'], string>> = {
  ...{ DRAFT: 'bản nháp', SUBMITTED: 'đã trình duyệt', APPROVED: 'đã duyệt' },
  ...{ RELEASED: 'đã cho chi', REFUSED: 'bị trả lại', WITHDRAWN: 'đã rút lại' },
}
const stateOf = ({ state, version }: List): string =>
  `phiên bản ${String(version)}, ${STATES[state]}`

/** Whoever has a paper with numbers in clear reads what they were asked for. */
const purposeOf = (reveal: { readonly purpose: string } | undefined): readonly Block[] =>
  reveal === undefined
    ? []
    : [{ kind: 'text', text: `Số đầy đủ, để: ${reveal.purpose}.`, style: 'bold' }]

/** The rows that stand; without a block as papers had them before. */
function peopleOf(
  tx: Tx,
  list: List,
  of: {
    readonly numbers: ReturnType<typeof registry.exports.numbers>
    readonly sums: Sums
    readonly block?: string | null | undefined
  },
): PaperTable {
  const columns = listColumns(of.block !== undefined)
  const page = payouts.lists.lines(tx, list, of.numbers, { block: BigInt(of.block ?? 0) })
  return {
    ...{ name: 'Danh sách chi trả', columns, count: of.sums.count },
    rows: () => pagesOf(page, (one, place) => line(columns.map(({ cell }) => cell(one, place)))),
    sums: columns.map(({ sum }) => sum?.(of.sums) ?? null),
    ...{ sumLabel: 'Tổng cộng', empty: 'Không có người hưởng trong tháng này.' },
  }
}

async function afterwards(tx: Tx, list: List, { count, total }: Sums): Promise<readonly Block[]> {
  const struck = list.rowCount - count
  const words = `Không kể ${String(struck)} dòng đã bị trả lại hoặc dừng chi.`
  return [
    ...(struck === 0 ? [] : [{ kind: 'text', text: words, style: 'italic' } as const]),
    {
      kind: 'text',
      text: `Tổng số: ${String(count)} dòng. Số tiền bằng chữ: ${inWords(total)}.`,
      style: 'bold',
    },
    { kind: 'table', table: await groupsOf(tx, list) },
  ]
}

const GROUP_COLUMNS = [
  { header: 'Nhóm', width: 80, sheetWidth: 40 },
  { header: 'Số dòng', width: 30, align: 'right' },
  { header: 'Số tiền (đồng)', width: 50, align: 'right' },
] as const

/** Sums by kind of money and by way of paying, each of which adds up to the list. */
async function groupsOf(tx: Tx, { id }: List): Promise<PaperTable> {
  const groups = await payouts.lists.groups(tx, id)
  return {
    ...{ name: 'Tổng hợp', caption: 'Tổng hợp theo khoản và hình thức chi trả' },
    ...{ columns: GROUP_COLUMNS, count: groups.length, sums: GROUP_COLUMNS.map(() => null) },
    rows: () => rowsOf(groups.map(({ name, count, total }) => [name, BigInt(count), total])),
    ...{ sumLabel: '', empty: 'Không có nhóm nào.' },
  }
}

async function signaturesOf(tx: Tx, { preparedBy, id }: List) {
  const acts = await payouts.lists.timeline(tx, id)
  const approver = acts.findLast(({ act }) => act.startsWith('list.approve'))?.actor ?? null
  const names = await namesOf(tx, [preparedBy, ...(approver === null ? [] : [approver])])
  return [
    { position: ['NGƯỜI LẬP'], name: names.get(preparedBy) ?? null },
    { position: ['KẾ TOÁN'], name: null },
    {
      position: ['TM. ỦY BAN NHÂN DÂN', 'CHỦ TỊCH'],
      name: approver === null ? null : (names.get(approver) ?? null),
    },
    { position: ['TỔ CHỨC CHI TRẢ'], name: null },
  ]
}
