import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ledger } from '../../src/ledger/ledger.ts'
import { chartLines } from '../../src/ledger/chart.ts'
import type { Act } from '../../src/lib/act.ts'
import type { Database } from '../../src/lib/db.ts'
import { formatCoverage, formatVnd } from '../../src/lib/money.ts'
import type { Month } from '../../src/lib/time.ts'
import { reconciliation } from '../../src/reconciliation/reconciliation.ts'
import type { Coverage, CommuneFigures } from '../../src/reconciliation/reconciliation.ts'

const COLUMNS = [
  'cases',
  'entitled',
  'casesPaid',
  'paid',
  'casesCash',
  'cash',
  'carried',
  'returned',
  'returnedAmount',
  'held',
  'inFlight',
  'owed',
  'unexplained',
] as const
const HEADINGS = [
  'Trường hợp',
  'Được hưởng',
  'Đã chi TK',
  'Tiền đã chi',
  'Tiền mặt',
  'Số tiền mặt',
  'Chuyển tháng sau',
  'Hoàn trả',
  'Tiền hoàn trả',
  'Đang giữ',
  'Đang chuyển',
  'Còn nợ',
  'Chưa rõ (xã)',
]

/** The month's result: coverage, the check that each commune's figures add up, and the trial balance. */
export interface MonthReport {
  readonly coverage: Coverage
  /** Communes whose independently computed figures do not add up to what they are entitled to. */
  readonly unbalanced: readonly CommuneFigures[]
  readonly lines: readonly string[]
}

/**
 * Computes the report from its sources and returns the lines to print. For each commune: entitled = paid + cash +
 * carried + still owed, and held + in flight lie behind what is owed; none of them is computed from the others.
 */
export async function makeReport(db: Database, by: Act, month: Month): Promise<MonthReport> {
  const coverage = await db.transact(by, (tx) => reconciliation.coverageOf(tx, month))
  const trial = await db.transact(by, (tx) => ledger.trialBalance(tx, month))
  const unbalanced = coverage.communes.filter(
    (c) => c.entitled !== c.paid + c.cash + c.carried + c.owed || c.owed !== c.held + c.inFlight,
  )
  const total = (column: (typeof COLUMNS)[number]) =>
    coverage.communes.reduce((sum, figures) => sum + BigInt(figures[column]), 0n)
  const lines = [
    `Trường hợp chi qua tài khoản:  ${coverageLine(coverage.casesPaid, coverage.cases)}`,
    `Xã, phường có chi qua tài khoản: ${coverageLine(coverage.communesPaid, coverage.communes.length)}`,
    '',
    ...COLUMNS.map(
      (column, index) =>
        `  ${(HEADINGS[index] ?? '').padEnd(18)} ${formatVnd(total(column)).padStart(18)}`,
    ),
    `  ${'Chưa rõ (cả tỉnh)'.padEnd(18)} ${formatVnd(coverage.unexplainedAmount).padStart(18)}  (${coverage.unexplained} dòng)`,
    `  Từng xã cộng lại khớp: ${coverage.communes.length - unbalanced.length}/${coverage.communes.length}`,
    '',
    '  Bảng cân đối phát sinh' +
      'Đầu kỳ'.padStart(12) +
      'Nợ'.padStart(19) +
      'Có'.padStart(19) +
      'Cuối kỳ'.padStart(19),
    ...trial.map(
      (t) =>
        `  ${t.code.padEnd(16)} ${formatVnd(t.opening).padStart(17)} ${formatVnd(t.debit).padStart(18)} ${formatVnd(t.credit).padStart(18)} ${formatVnd(t.closing).padStart(18)}`,
    ),
  ]
  return { coverage, unbalanced, lines }
}

/** Writes the figures of every commune as CSV and the whole as JSON (đồng as strings); returns the paths. */
export async function writeReport(
  folder: string,
  month: Month,
  report: MonthReport,
): Promise<readonly string[]> {
  const stem = join(folder, `bao-cao-${month.slice(0, 7)}`)
  const csv = [
    ['Mã', 'Xã, phường', ...HEADINGS].join(','),
    ...report.coverage.communes.map((c) =>
      [c.code, `"${c.name}"`, ...COLUMNS.map((column) => c[column].toString())].join(','),
    ),
  ].join('\n')
  const json = JSON.stringify(
    report,
    (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value),
    2,
  )
  await writeFile(`${stem}.csv`, `\uFEFF${csv}\n`)
  await writeFile(`${stem}.json`, `${json}\n`)
  return [`${stem}.csv`, `${stem}.json`]
}

/**
 * What should be at zero after the month and is not: accounts that must return to zero when their item is done. Held,
 * transit and cash money and what is owed must be; carried money (3388-UNPAID) is owned by next month's list.
 */
export async function leftovers(db: Database, by: Act): Promise<readonly string[]> {
  const codes = chartLines
    .filter(([, line]) => ['list', 'instruction', 'cash-list', 'line'].includes(line.subject))
    .map(([code]) => code)
  const found: string[] = []
  for (const code of [...codes, '3388-BEN', '1120', '3371'] as const) {
    const open = await db.transact(by, (tx) => ledger.openBalances(tx, code, 5))
    found.push(...open.map(({ subject, balance }) => `${code} ${subject}: ${formatVnd(balance)}`))
  }
  return found
}

/** "47.090/59.991 = 78,49%" */
function coverageLine(n: number, d: number): string {
  return `${formatVnd(BigInt(n))}/${formatVnd(BigInt(d))} = ${formatCoverage(n, d)}`
}
