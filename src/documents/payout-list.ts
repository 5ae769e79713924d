import type { Tx } from '../lib/db.ts'
import { DomainError, invariant } from '../lib/errors.ts'
import type { Vault } from '../lib/vault.ts'
import { payouts } from '../payouts/payouts.ts'
import { registry } from '../registry/registry.ts'
import { committeeOf } from './agencies.ts'
import { inWords } from './amount-words.ts'
import { namesOf } from './documents-store.ts'
import type { Block, Paper, PaperTable } from './paper.ts'
import { line, pagesOf, rowsOf } from './tally.ts'

type Lists = typeof payouts.lists
type List = Awaited<ReturnType<Lists['read']>>
type Line = Awaited<ReturnType<ReturnType<Lists['lines']>>>[number]
type Sums = Awaited<ReturnType<Lists['standingSums']>>

/**
 * Danh sách chi trả of a commune and month: the rows of a list that stand, by given name in Vietnamese order, with sums by
 * kind of money, in words, and by group. Numbers are masked, or in clear for a purpose, categories of Article 5 neutral (domain.md §6, Decree 20/2021
 * Art 8.1.b). Throws DomainError: list-missing, list-closed (refused or withdrawn: nothing of it stands), purpose.
 */
export async function payoutList(
  tx: Tx,
  vault: Vault,
  of: { readonly listId: string; readonly reveal?: { readonly purpose: string } | undefined },
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
      id: 'payout-list.v1',
      parameters: { list: list.number, version: String(list.version), rows: 'standing' },
    },
    info: [
      ['Mã băm danh sách (SHA-256)', list.contentHash === '' ? 'Chưa chốt' : list.contentHash],
      ['Số định danh, số tài khoản', numbers.words],
    ],
    blocks: [...(await blocksOf(tx, list, numbers, sums)), ...purposeOf(of.reveal)],
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

async function blocksOf(
  tx: Tx,
  list: List,
  numbers: ReturnType<typeof registry.exports.numbers>,
  sums: Sums,
): Promise<readonly Block[]> {
  const page = payouts.lists.lines(tx, list, numbers, true)
  const struck = list.rowCount - sums.count
  const people: PaperTable = {
    ...{ name: 'Danh sách chi trả', columns: COLUMNS, count: sums.count },
    rows: () => pagesOf(page, (one, place) => line(cellsOf(one, place))),
    sums: COLUMNS.map((_, at) => SUMMED[at]?.(sums) ?? null),
    ...{ sumLabel: 'Tổng cộng', empty: 'Không có người hưởng trong tháng này.' },
  }
  return [
    { kind: 'table', table: people },
    ...(struck === 0
      ? []
      : [
          {
            kind: 'text',
            text: `Không kể ${String(struck)} dòng đã bị trả lại hoặc dừng chi.`,
            style: 'italic',
          } as const,
        ]),
    {
      kind: 'text',
      text: `Tổng số: ${String(sums.count)} dòng. Số tiền bằng chữ: ${inWords(sums.total)}.`,
      style: 'bold',
    },
    { kind: 'table', table: await groupsOf(tx, list) },
  ]
}

const COLUMNS = [
  { header: 'STT', width: 8, align: 'right', sheetWidth: 6 },
  { header: 'Họ và tên', width: 30, sheetWidth: 30 },
  { header: 'Ngày sinh', width: 17.5, align: 'center' },
  { header: 'Số định danh', width: 24, sheetWidth: 18 },
  { header: 'Mã đối tượng (hệ số)', width: 20, sheetWidth: 20 },
  { header: 'Khoản, tháng hưởng', width: 24, sheetWidth: 28 },
  { header: 'Mức/tháng', width: 18, align: 'right' },
  { header: 'Truy lĩnh', width: 16, align: 'right' },
  { header: 'Mai táng', width: 16, align: 'right' },
  { header: 'Chi một lần', width: 15, align: 'right' },
  { header: 'Tổng', width: 20, align: 'right' },
  { header: 'Hình thức, ngân hàng, số tài khoản', width: 27, sheetWidth: 32 },
  { header: 'Người nhận thay, quan hệ, giấy tờ', width: 33, sheetWidth: 48 },
  { header: 'Ghi chú', width: 16, sheetWidth: 28 },
] as const

/** Which column is summed, and what the database says that it sums up to. */
const SUMMED: Readonly<Record<number, (sums: Sums) => bigint>> = {
  6: ({ month }) => month,
  7: ({ arrears }) => arrears,
  8: ({ funeral }) => funeral,
  9: ({ oneOff }) => oneOff,
  10: ({ total }) => total,
}

const KINDS = ['month', 'arrears', 'funeral', 'one-off'] as const

function cellsOf(one: Line, place: number) {
  const { payee, kind, amount } = one
  return [
    ...[String(place), one.fullName, one.birth, one.idNumber],
    one.coefficient === '' ? one.categoryCode : `${one.categoryCode} (${one.coefficient})`,
    joined([one.component, one.period]),
    ...KINDS.map((each) => (each === kind ? amount : null)),
    ...[amount, joined([one.method, one.bank, one.account])],
    payee === null ? '' : joined([payee.name, payee.relation, payee.document]),
    one.note,
  ]
}

const joined = (parts: readonly string[]): string => parts.filter((part) => part !== '').join(', ')

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
