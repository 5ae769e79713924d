import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError, invariant } from '../lib/errors.ts'
import type { Value } from '../lib/spreadsheet-table.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import type { Vault } from '../lib/vault.ts'
import { payouts } from '../payouts/payouts.ts'
import { registry } from '../registry/registry.ts'
import { committeeOf } from './agencies.ts'
import { inWords } from './amount-words.ts'
import type { Block, Paper, PaperTable } from './paper.ts'
import * as store from './person-statement-store.ts'
import { reasonWords } from './reason-words.ts'
import { CHANNELS, STATES, wordOf } from './recon-words.ts'
import { rowsOf } from './tally.ts'

/**
 * Sao kê of a person: what was owed on the lists of some months and by which law, what was paid and came back, and who
 * received in their place. Numbers are masked, categories of Article 5 neutral. Throws DomainError: `person-unknown` (also
 * when it is not for who asks), `range`.
 */
export async function personStatement(
  tx: Tx,
  vault: Vault,
  range: { readonly personId: string; readonly from: Month; readonly to: Month },
): Promise<Paper> {
  const { personId, from, to } = range
  if (from > to) {
    throw new DomainError('invalid', 'range', 'Tháng cuối trước tháng đầu', { field: 'to' })
  }
  const person = await registry.people.get(tx, vault, range.personId as PersonId)
  const commune = (await registry.communesIn(tx, range.to)).find(
    ({ id }) => id === person.communeId,
  )
  const [sums, [place]] = [await store.personSums(tx, range), person.residences.slice(-1)]
  const name = commune?.fullName ?? place?.commune ?? person.commune
  invariant(name !== '', 'a person lives somewhere')
  return {
    ...{ kind: 'person-statement', agency: committeeOf({ fullName: name }), symbol: 'SK-UBND' },
    title: 'SAO KÊ TRỢ CẤP XÃ HỘI CỦA NGƯỜI HƯỞNG',
    subtitle: [`Từ tháng ${monthWords(range.from)} đến tháng ${monthWords(range.to)}`],
    ...{ layout: 'landscape', communeId: person.communeId, total: sums.owed },
    query: { id: 'person-statement.v1', parameters: { personId, from, to } },
    info: [['Số định danh, số tài khoản', 'Đã che']],
    blocks: [factsOf(person, name), ...(await tablesFor(tx, range, sums))],
    recipients: ['Người hưởng hoặc người nhận thay', 'Lưu: VT'],
    signatures: [
      { position: ['NGƯỜI LẬP'], name: null },
      { position: ['TM. ỦY BAN NHÂN DÂN', 'CHỦ TỊCH'], name: null },
    ],
  }
}

type Person = Awaited<ReturnType<typeof registry.people.get>>
type Sums = Awaited<ReturnType<typeof store.personSums>>

const monthWords = (month: LocalDate): string => `${month.slice(5, 7)}/${month.slice(0, 4)}`

function factsOf(person: Person, commune: string): Block {
  const current = person.numbers.find(({ isCurrent }) => isCurrent)
  const birth = registry.exports.birthCell(person)
  return {
    kind: 'facts',
    items: [
      ['Họ và tên', person.fullName],
      ['Ngày sinh', dayWords(birth)],
      ['Số định danh', current?.number ?? 'chưa có'],
      ['Nơi cư trú', commune],
      ...(person.diedOn === null
        ? []
        : ([['Đã mất ngày', dayWords({ day: person.diedOn })]] as const)),
    ],
  }
}

function dayWords(value: Value): string {
  if (typeof value === 'string') return value
  if (value === null || typeof value !== 'object' || !('day' in value)) return ''
  return value.day.split('-').toReversed().join('/')
}

async function tablesFor(tx: Tx, range: store.PersonRange, sums: Sums): Promise<readonly Block[]> {
  const table = (of: PaperTable): Block => ({ kind: 'table', table: of })
  const words = `Tổng được hưởng bằng chữ: ${inWords(sums.owed)}.`
  return [
    table(owedTable(await store.owedLines(tx, range), sums)),
    { kind: 'text', text: words, style: 'bold' },
    table(paidTable(await store.paidLines(tx, range), sums)),
    table(representativesTable(await store.representativesOf(tx, range.personId))),
  ]
}

const OWED = [
  { header: 'Mã khoản', width: 34, sheetWidth: 20 },
  { header: 'Danh sách', width: 30, sheetWidth: 18 },
  { header: 'Tháng hưởng', width: 20, align: 'center' },
  { header: 'Khoản', width: 30, sheetWidth: 22 },
  { header: 'Đối tượng', width: 20 },
  { header: 'Cách tính', width: 66, sheetWidth: 50 },
  { header: 'Căn cứ', width: 44, sheetWidth: 36 },
  { header: 'Số tiền (đồng)', width: 26, align: 'right' },
] as const

function owedTable(lines: readonly store.OwedLine[], { owed }: Sums): PaperTable {
  const rows = lines.map((one) => [
    ...[one.number, one.list, monthWords(one.month), payouts.lists.componentWords(one.component)],
    ...[one.category, one.explanation, one.legalBasis, one.amount],
  ])
  return {
    ...{ name: 'Khoản được hưởng', caption: 'Khoản được hưởng', columns: OWED },
    ...{ count: rows.length, rows: () => rowsOf(rows) },
    sums: [...OWED.slice(1).map(() => null), owed],
    ...{ sumLabel: 'Tổng được hưởng', empty: 'Không có khoản nào trong những tháng này.' },
  }
}

const PAID = [
  { header: 'Mã khoản', width: 34, sheetWidth: 20 },
  { header: 'Hình thức', width: 24 },
  { header: 'Mã lệnh, danh sách tiền mặt', width: 40, sheetWidth: 24 },
  { header: 'Kết quả', width: 36, sheetWidth: 26 },
  { header: 'Ngày chi', width: 22, align: 'center' },
  { header: 'Ngày hoàn', width: 22, align: 'center' },
  { header: 'Lý do', width: 36, sheetWidth: 28 },
  { header: 'Đã chi (đồng)', width: 28, align: 'right' },
  { header: 'Hoàn trả (đồng)', width: 28, align: 'right' },
] as const

const WAYS = { ...CHANNELS, cash: 'Tiền mặt' }
const OUTCOMES = { ...STATES, CARRIED: 'Chưa lĩnh, chuyển tháng sau' }

function paidTable(lines: readonly store.PaidLine[], { paid, returned }: Sums): PaperTable {
  const dayOf = (day: LocalDate | null): Value => (day === null ? null : { day })
  const rows = lines.map((one) => [
    ...[one.entitlement, wordOf(WAYS, one.way), one.reference, wordOf(OUTCOMES, one.state)],
    ...[dayOf(one.paidOn), dayOf(one.returnedOn), reasonWords(one.reason), one.paid, one.returned],
  ])
  return {
    ...{ name: 'Chi trả và hoàn trả', caption: 'Chi trả và hoàn trả', columns: PAID },
    ...{ count: rows.length, rows: () => rowsOf(rows) },
    sums: [...PAID.slice(2).map(() => null), paid, returned],
    ...{ sumLabel: 'Cộng', empty: 'Chưa có khoản nào được chi.' },
  }
}

const REPRESENTATIVES = [
  { header: 'Người nhận thay', width: 50, sheetWidth: 30 },
  { header: 'Quan hệ', width: 44, sheetWidth: 28 },
  { header: 'Giấy tờ', width: 80, sheetWidth: 60 },
  { header: 'Từ ngày', width: 24, align: 'center' },
  { header: 'Đến ngày', width: 24, align: 'center' },
  { header: 'Hủy ngày', width: 24, align: 'center' },
] as const

function representativesTable(all: readonly store.Representative[]): PaperTable {
  const dayOf = (day: LocalDate | null): Value => (day === null ? null : { day })
  const rows = all.map(({ name, kind, document, from, to, revokedOn }) => [
    ...[name ?? 'Ngoài phạm vi', payouts.lists.relationWords(kind), document],
    ...[dayOf(from), dayOf(to), dayOf(revokedOn)],
  ])
  return {
    ...{ name: 'Người nhận thay', caption: 'Người nhận thay', columns: REPRESENTATIVES },
    ...{ count: rows.length, rows: () => rowsOf(rows) },
    sums: REPRESENTATIVES.map(() => null),
    ...{ sumLabel: '', empty: 'Tự nhận, không có người nhận thay.' },
  }
}
