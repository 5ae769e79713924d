import { createHash } from 'node:crypto'
import { sealedMomentOf } from './audit-lists.ts'
import type { AuditPeriod } from './audit-lists.ts'
import * as store from './audit-sample-store.ts'
import type { Draw, Drawn, Population } from './audit-sample-store.ts'
import { bookOf, parametersOf, periodOf, requireRange } from './book-range.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import { formatVnd } from '../lib/money.ts'
import type { Paper, PaperTable } from './paper.ts'
import { rowsOf } from './tally.ts'

/** A sample of the payments of a period, drawn from a seed: the same seed draws the same. */
export interface SampleRequest extends AuditPeriod {
  readonly method: Population['method']
  readonly size: number
  readonly seed: string
}

const METHODS = {
  'money-unit': 'đơn vị tiền tệ (mỗi đồng một cơ hội)',
  risk: `rủi ro (trọng số 1, mỗi dấu hiệu thêm ${String(store.MARK_WEIGHT)})`,
} as const

const NOTHING = { count: 0, amount: 0n, picks: 0n }

/**
 * The paper of a sample: seed, population, where the draw begins and every step that redoes it, then the payments drawn. Throws DomainError:
 * range, sample-too-large (more than there are payments).
 */
export async function auditSample(tx: Tx, request: SampleRequest): Promise<Paper> {
  requireRange(request)
  const { block, size, seed, method } = request
  const until = await sealedMomentOf(tx, block)
  const of = until === null ? null : { ...request, block, until }
  const all = of === null ? { count: 0, amount: 0n, weight: 0n } : await store.populationOf(tx, of)
  if (all.count > 0 && size > all.count) {
    const message = `Chỉ có ${formatVnd(BigInt(all.count))} khoản chi: chọn cỡ mẫu nhỏ hơn`
    throw new DomainError('invalid', 'sample-too-large', message, { field: 'size' })
  }
  const draw = { start: startOf(seed, all.weight), size, weight: all.weight }
  const sums = of === null || all.count === 0 ? NOTHING : await store.drawnSums(tx, of, draw)
  const table = tableOf(sums, async () =>
    of === null || all.count === 0 ? [] : store.drawnRows(tx, of, draw),
  )
  const parameters = { ...parametersOf(request), method, size: String(size), seed }
  return {
    ...{ ...bookOf(request, 'MKT'), kind: 'audit-sample', title: 'MẪU KIỂM TOÁN' },
    ...{ subtitle: [periodOf(request)], layout: 'landscape', total: sums.amount },
    query: { id: 'audit-sample.v1', parameters },
    signatures: [{ position: ['KIỂM TOÁN VIÊN'], name: null }],
    blocks: [
      { kind: 'facts', items: factsOf(request, all, draw) },
      { kind: 'table', table },
    ],
  }
}

/** Where the draw begins: the first 60 bits of SHA-256 of “sample.v1|” and the seed, modulo the sum of weights. */
function startOf(seed: string, weight: bigint): bigint {
  if (weight === 0n) return 0n
  const hash = createHash('sha256').update(`sample.v1|${seed}`).digest('hex')
  return BigInt(`0x${hash.slice(0, 15)}`) % weight
}

function factsOf(
  { method, seed }: SampleRequest,
  all: { readonly count: number; readonly amount: bigint },
  { start, size, weight }: Draw,
): readonly (readonly [string, string])[] {
  const [sum, first] = [formatVnd(weight), formatVnd(start)]
  return [
    ['Phương pháp', METHODS[method]],
    ['Hạt giống', seed],
    ['Tổng thể', `${formatVnd(BigInt(all.count))} khoản chi, ${formatVnd(all.amount)} đồng`],
    ['Cỡ mẫu', `${String(size)} lượt chọn`],
    [
      'Cách chọn lại',
      `xếp các khoản theo thứ tự niêm phong, cộng dồn trọng số (tổng ${sum}); lượt k = 0, 1, … rơi vào trọng số thứ (${first} + k × ${sum}) div ${String(size)}, đếm từ 0; ${first} là 15 chữ số đầu của SHA-256("sample.v1|" và hạt giống) mod ${sum}`,
    ],
  ]
}

const COLUMNS = [
  { header: 'STT', width: 12, align: 'right', sheetWidth: 6 },
  { header: 'Bút toán', width: 46, sheetWidth: 28 },
  { header: 'Khoản', width: 42, sheetWidth: 24 },
  { header: 'Danh sách', width: 34, sheetWidth: 20 },
  { header: 'Ngày ghi sổ', width: 22, align: 'center' },
  { header: 'Dấu hiệu rủi ro', width: 50, sheetWidth: 40 },
  { header: 'Lượt chọn', width: 16, align: 'right' },
  { header: 'Số tiền (đồng)', width: 28, align: 'right' },
  { header: 'Kết quả kiểm tra', width: 40, sheetWidth: 30 },
] as const

function tableOf(
  sums: { readonly count: number; readonly amount: bigint; readonly picks: bigint },
  read: () => Promise<readonly Drawn[]>,
): PaperTable {
  return {
    ...{ name: 'Mẫu kiểm toán', columns: COLUMNS, count: sums.count },
    rows: async function* () {
      const drawn = await read()
      yield* rowsOf(
        drawn.map((one, at) => [
          ...[String(at + 1), one.reference, one.entitlement, one.list],
          ...[{ day: one.postingDate }, one.marks.map(markWords).join('; ')],
          ...[BigInt(one.picks), one.amount, ''],
        ]),
      )
    },
    sums: [null, null, null, null, null, null, sums.picks, sums.amount, null],
    ...{ sumLabel: 'Cộng', empty: 'Không có khoản chi nào trong khoảng này.' },
  }
}

const MARKS: Readonly<Record<string, string>> = {
  ...{ 'shared-account': 'chung tài khoản', 'many-wards': 'nhận thay nhiều người' },
  ...{ 'late-change': 'thay đổi ngay trước giải ngân', 'fast-approval': 'duyệt quá nhanh' },
  ...{ cash: 'tiền mặt', reissued: 'chi lại' },
}

const markWords = (mark: string): string => MARKS[mark] ?? mark
