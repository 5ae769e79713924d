import { buffer } from 'node:stream/consumers'
import { PassThrough } from 'node:stream'
import type { TrailAct, TrailProof } from '../ledger/event-proofs.ts'
import type { LedgerProof } from '../ledger/proofs.ts'
import { formatVnd } from '../lib/money.ts'
import { localDate } from '../lib/time.ts'
import { departmentOn } from './agencies.ts'
import { inWords } from './amount-words.ts'
import type { PaymentFacts } from './evidence-store.ts'
import type { Paper, PaperTable, Stamp } from './paper.ts'
import { STATES, wordOf } from './recon-words.ts'
import { renderPdf } from './render-pdf.ts'
import { rowsOf } from './tally.ts'

/** What an index is made of: files with what they hold and their SHA-256, hex. */
export interface IndexParts {
  readonly payment: PaymentFacts
  readonly files: readonly (readonly [name: string, holds: string, sha256: string])[]
  readonly proof: LedgerProof
  readonly acts: readonly TrailAct[]
  readonly trail: TrailProof
}

/** The first page of a pack as PDF: which payment, which files, which entries in which blocks, who did what; no name of a person paid. */
export async function evidenceIndex(of: IndexParts, stamp: Stamp): Promise<Buffer> {
  const out = new PassThrough()
  const whole = buffer(out)
  await renderPdf(out, paperOf(of), stamp)
  return whole
}

function paperOf(of: IndexParts): Paper {
  const { reference, month, communeId, amount } = of.payment
  const table = (one: PaperTable) => ({ kind: 'table', table: one }) as const
  return {
    ...{ kind: 'evidence-index', symbol: 'GBC', layout: 'landscape', info: [], signatures: [] },
    recipients: [],
    ...{ title: 'GÓI BẰNG CHỨNG CỦA MỘT KHOẢN CHI', subtitle: [`Mã lệnh chi ${reference}`] },
    ...{ agency: departmentOn(localDate(month)), total: BigInt(amount), communeId },
    query: { id: 'evidence.v1', parameters: { reference } },
    blocks: [
      { kind: 'facts', items: factsOf(of) },
      ...[table(filesTable(of)), table(entriesTable(of)), table(actsTable(of))],
    ],
  }
}

function factsOf({ payment, proof, trail }: IndexParts): readonly (readonly [string, string])[] {
  const { entitlement, list, state, amount } = payment
  const { block, head } = proof.head
  return [
    ['Khoản được hưởng', `${entitlement}, danh sách ${list}`],
    ['Trạng thái', wordOf(STATES, state)],
    ['Số tiền', `${formatVnd(BigInt(amount))} đồng (${inWords(BigInt(amount))})`],
    ['Mã đầu chuỗi của sổ', `khối ${String(block)}, ${head}`],
    ['Mã đầu chuỗi của nhật ký', `khối ${String(trail.head.block)}, ${trail.head.head}`],
    ['Cách kiểm tra', 'node kiem-tra.mjs --key khoa-cong-khai.pem (xem HUONG-DAN.txt)'],
  ]
}

const FILES = [
  { header: 'Tệp', width: 40 },
  { header: 'Nội dung', width: 100 },
  { header: 'SHA-256', width: 110 },
] as const

const filesTable = ({ files }: IndexParts): PaperTable => ({
  ...{ name: 'Tệp trong gói', caption: 'Tệp trong gói', columns: FILES, count: files.length },
  ...{ rows: () => rowsOf(files), sums: FILES.map(() => null), sumLabel: 'Cộng', empty: '' },
})

const ENTRIES = [
  { header: 'Bút toán', width: 110 },
  { header: 'Khối niêm phong', width: 40, align: 'right' },
  { header: 'Vị trí trong khối', width: 40, align: 'right' },
  { header: 'Số bút toán của khối', width: 40, align: 'right' },
] as const

function entriesTable({ proof }: IndexParts): PaperTable {
  const rows = proof.entries.map(({ reference, block, index, size }) => [
    ...[reference, String(block), String(index + 1), String(size)],
  ])
  return {
    ...{ name: 'Bút toán', caption: 'Bút toán đã niêm phong', columns: ENTRIES },
    ...{ count: rows.length, rows: () => rowsOf(rows), sums: ENTRIES.map(() => null) },
    ...{ sumLabel: 'Cộng', empty: '' },
  }
}

const ACTS = [
  { header: 'Lúc (giờ quốc tế)', width: 50 },
  { header: 'Việc', width: 50 },
  { header: 'Về', width: 60 },
  { header: 'Người thực hiện', width: 70 },
  { header: 'Khối nhật ký', width: 20, align: 'right' },
] as const

function actsTable({ acts, trail }: IndexParts): PaperTable {
  const blocks = new Map(trail.events.map(({ id, block }) => [id, String(block)]))
  const rows = acts.map(({ id, at, act, subject, actor }) => [
    ...[at, act, subject, actor, blocks.get(id) ?? ''],
  ])
  return {
    ...{ name: 'Nhật ký', caption: 'Ai đã làm gì', columns: ACTS, count: rows.length },
    ...{ rows: () => rowsOf(rows), sums: ACTS.map(() => null), sumLabel: 'Cộng' },
    empty: 'Không có việc nào được ghi.',
  }
}
