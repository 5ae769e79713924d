import type { Books, PeriodRow } from './verify-books.ts'
import type { Turnover } from './verify-accounts.ts'
import type { CheckName } from './verify-findings.ts'
import { headsOf } from './verify-heads.ts'
import type { Run } from './verify-walk.ts'

interface TrialRow {
  readonly month: string
  readonly code: string
  readonly opening: bigint
  readonly debit: bigint
  readonly credit: bigint
  readonly closing: bigint
}

type Say = (month: string, check: CheckName, vi: string, en: string) => void

/**
 * Checks every period: a closed one has the head of its block and the trial balance that its postings come to, and is
 * not followed backwards by an open one; one that is not closed has neither trial balance nor snapshots.
 */
export async function checkPeriods(run: Run, turnover: Turnover): Promise<void> {
  const { ask, books, report } = run
  const periods = [...books.periods.values()]
  const say: Say = (month, check, vi, en) => {
    report(check, {}, `Kỳ ${month}: ${vi}`, `period ${month}: ${en}`)
  }
  const heads = await headsOf(
    ask,
    periods.flatMap(({ blockNumber }) => (blockNumber === null ? [] : [Number(blockNumber)])),
  )
  const stored = await readTrialBalances(run)
  const withSnapshots = await readSnapshotMonths(run)
  for (const period of periods) {
    const { month, state } = period
    const later = periods.some((other) => other.month > month && other.state === 'closed')
    if (state === 'closed') {
      const head = period.blockNumber === 0n ? '' : heads.get(Number(period.blockNumber))?.head
      if (head !== period.head) {
        say(
          month,
          'period',
          'mã đầu chuỗi khi khóa kỳ không khớp khối',
          'its head is not that of its block',
        )
      }
      compareTrial(period, stored.get(month) ?? [], turnover, books, say)
    } else if (later || stored.has(month) || withSnapshots.has(month)) {
      say(month, 'period', 'đã khóa rồi bị mở lại', 'it was closed and has been opened again')
    }
  }
  for (const month of new Set([...stored.keys(), ...withSnapshots])) {
    if (!books.periods.has(month))
      say(month, 'period', 'đã khóa rồi bị xóa', 'it was closed and is gone')
  }
}

async function readTrialBalances({ ask }: Run): Promise<ReadonlyMap<string, readonly TrialRow[]>> {
  const rows = await ask<TrialRow>(`
    select to_char(month, 'YYYY-MM') as month, account_code as code, opening, debit, credit, closing
      from period_trial_balance`)
  const byMonth = new Map<string, TrialRow[]>()
  for (const row of rows) byMonth.set(row.month, [...(byMonth.get(row.month) ?? []), row])
  return byMonth
}

async function readSnapshotMonths({ ask }: Run): Promise<ReadonlySet<string>> {
  const rows = await ask<{ month: string }>(`
    select distinct to_char(month, 'YYYY-MM') as month from period_snapshot`)
  return new Set(rows.map(({ month }) => month))
}

function compareTrial(
  { month }: PeriodRow,
  stored: readonly TrialRow[],
  turnover: Turnover,
  { chart }: Books,
  say: Say,
): void {
  const lines = new Map(stored.map((row) => [row.code, row]))
  for (const { code, sign } of chart.values()) {
    const moved = turnover.get(`${month} ${code}`)
    const { debit, credit } = moved ?? { debit: 0n, credit: 0n }
    const opening = BigInt(sign) * balanceBefore(month, code, turnover)
    const closing = opening + BigInt(sign) * (debit - credit)
    // A code that had nothing and moved nothing has no line.
    const silent = moved === undefined && opening === 0n
    const computed = silent ? '–' : [opening, debit, credit, closing].join(' | ')
    const row = lines.get(code)
    const found = row ? [row.opening, row.debit, row.credit, row.closing].join(' | ') : '–'
    lines.delete(code)
    if (found === computed) continue
    say(
      month,
      'trial-balance',
      `bảng cân đối của ${code} ghi ${found}, tính lại ${computed}`,
      `trial balance of ${code} says ${found}, its postings say ${computed}`,
    )
  }
  for (const code of lines.keys()) {
    say(
      month,
      'trial-balance',
      `bảng cân đối thừa dòng ${code}`,
      `trial balance has a line ${code}`,
    )
  }
}

/** Debits minus credits of a code in all months before one. */
function balanceBefore(month: string, code: string, turnover: Turnover): bigint {
  let sum = 0n
  for (const [key, { debit, credit }] of turnover) {
    if (key.endsWith(` ${code}`) && key < month) sum += debit - credit
  }
  return sum
}
