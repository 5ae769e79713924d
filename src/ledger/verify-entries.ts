import { hasContentHash } from './verify-bytes.ts'
import type { Books, TemplateRow } from './verify-books.ts'
import type { CheckName, Report } from './verify-findings.ts'
import type { PostingRow, WholeEntry } from './verify-store.ts'

const CANONICAL_VERSION = 1
const REVERSAL = 'reversal'

type Say = (check: CheckName, vi: string, en: string) => void

/**
 * Checks one entry by itself: content hash, postings without gap, each a positive amount between two accounts on the
 * entry's date in a pair of its template, or, for a reversal, the original's postings with sides exchanged.
 * `block` is the block it is sealed in, undefined when it is not yet. Says what is wrong through `report`.
 */
export function checkEntry(
  entry: WholeEntry,
  block: number | undefined,
  books: Books,
  report: Report,
): void {
  const say: Say = (check, vi, en) => {
    const place = { block, entryId: BigInt(entry.id) }
    report(check, place, `Bút toán ${entry.id}: ${vi}`, `entry ${entry.id}: ${en}`)
  }
  const template = books.templates.get(entry.templateId)
  if (template === undefined) say('template', 'mẫu không tồn tại', 'its template does not exist')
  if (entry.canonical !== CANONICAL_VERSION) {
    say('content-hash', 'phiên bản chuỗi băm lạ', 'unknown version of canonical bytes')
  } else if (!hasContentHash(entry, entry.postings)) {
    say('content-hash', 'nội dung khác mã băm đã lưu', 'its content is not what its hash says')
  }
  if (BigInt(entry.xid) >= books.horizon) {
    say(
      'order',
      `mã giao dịch ${entry.xid} chưa tồn tại ở máy chủ này`,
      `its transaction ${entry.xid} is still to come on this server (restored from a dump?)`,
    )
  }
  checkPeriod(entry, block, books, say)
  checkPostings(entry, say)
  if (template !== undefined) checkPairs(entry, template, say)
  if (entry.reverses !== null || template?.name === REVERSAL) {
    checkReversal(entry, template, books, say)
  }
}

function checkPeriod(entry: WholeEntry, block: number | undefined, books: Books, say: Say): void {
  const month = entry.postingDate.slice(0, 7)
  const period = books.periods.get(month)
  if (period === undefined) {
    say('period', `kỳ ${month} chưa từng mở`, `period ${month} was never opened`)
  } else if (period.blockNumber !== null && (block ?? Infinity) > period.blockNumber) {
    say(
      'period',
      `ghi vào kỳ ${month} đã khóa ở khối ${period.blockNumber}`,
      `booked in period ${month}, which was closed at block ${period.blockNumber}`,
    )
  }
}

function checkPostings(entry: WholeEntry, say: Say): void {
  if (entry.postings.length === 0) say('posting', 'không có định khoản', 'it has no posting')
  entry.postings.forEach((posting, index) => {
    const { seq } = posting
    if (seq !== index + 1) {
      say(
        'posting',
        `định khoản thứ ${index + 1} mang số ${seq}`,
        `posting ${index + 1} has number ${seq}`,
      )
    }
    if (BigInt(posting.amount) <= 0n) {
      say(
        'posting',
        `định khoản ${seq} có số tiền ${posting.amount}`,
        `posting ${seq} has amount ${posting.amount}`,
      )
    }
    if (posting.debitId === posting.creditId) {
      say('posting', `định khoản ${seq} Nợ = Có`, `posting ${seq} debits what it credits`)
    }
    if (posting.debitCode === null || posting.creditCode === null) {
      say(
        'posting',
        `định khoản ${seq} vào tài khoản không có`,
        `posting ${seq} names no existing account`,
      )
    }
    if (posting.postingDate !== entry.postingDate) {
      say(
        'posting',
        `định khoản ${seq} ghi ngày ${posting.postingDate}`,
        `posting ${seq} is dated ${posting.postingDate}`,
      )
    }
  })
}

function checkPairs({ postings }: WholeEntry, template: TemplateRow, say: Say): void {
  if (template.name === REVERSAL) return
  for (const { seq, debitCode, creditCode } of postings) {
    if (template.pairs.has(`${debitCode} ${creditCode}`)) continue
    say(
      'template',
      `định khoản ${seq} (Nợ ${debitCode} / Có ${creditCode}) ngoài mẫu ${template.name}`,
      `posting ${seq} is outside template ${template.name} version ${template.version}`,
    )
  }
}

function checkReversal(
  entry: WholeEntry,
  template: TemplateRow | undefined,
  books: Books,
  say: Say,
): void {
  const { original } = entry
  if (original === undefined || template?.name !== REVERSAL) {
    say(
      'reversal',
      'không đảo một bút toán nào hoặc sai mẫu',
      'it reverses nothing, or not by the template',
    )
    return
  }
  // By id, not by transaction: the reversing transaction may have begun before the original's.
  const later = BigInt(entry.id) > BigInt(original.id)
  if (books.templates.get(original.templateId)?.name === REVERSAL || !later) {
    say(
      'reversal',
      'đảo một bút toán đảo hoặc bút toán sau nó',
      'it reverses a reversal or a later entry',
    )
  }
  const same =
    entry.communeId === original.communeId &&
    entry.dimensions === original.dimensions &&
    entry.postings.length === original.postings.length &&
    entry.postings.every((posting, index) => isExchanged(posting, original.postings[index]))
  if (!same) {
    say(
      'reversal',
      `không phải bút toán ${original.id} đổi bên`,
      `it is not entry ${original.id} with sides exchanged`,
    )
  }
}

const isExchanged = (posting: PostingRow, original: PostingRow | undefined): boolean =>
  posting.seq === original?.seq &&
  posting.amount === original.amount &&
  posting.debitId === original.creditId &&
  posting.creditId === original.debitId
