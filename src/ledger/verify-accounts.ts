import { openFeed } from './verify-ask.ts'
import type { Feed } from './verify-ask.ts'
import type { Books } from './verify-books.ts'
import type { CheckName, Report } from './verify-findings.ts'
import type { Run } from './verify-walk.ts'

/** Debits and credits by "month code", recomputed from the postings. */
export type Turnover = Map<string, { debit: bigint; credit: bigint }>

interface AccountRow {
  readonly id: bigint
  readonly code: string
  readonly subject: string
  readonly sign: number
  readonly shared: boolean
  readonly floor: bigint | null
  readonly communeId: number | null
  readonly balance: bigint
}

/** One side of a posting: above zero when its account is debited. */
interface MoveRow {
  readonly id: bigint
  readonly month: string
  readonly amount: bigint
}

interface SnapshotRow {
  readonly id: bigint
  readonly month: string
  readonly balance: bigint
}

const ACCOUNTS = `select a.id, a.code, a.subject, a.sign::integer as sign, a.shared, a.floor,
  a.commune_id as "communeId", a.balance from account a order by a.id`
const MOVES = `select m.id, left(m.on_day::text, 7) as month, m.amount
  from (select debit_account as id, posting_date as on_day, amount from posting
        union all select credit_account, posting_date, -amount from posting) m order by m.id`
const SNAPSHOTS = `select s.account_id as id, to_char(s.month, 'YYYY-MM') as month, s.balance
  from period_snapshot s order by s.account_id, s.month`

/**
 * Checks every account: its nature as in the chart, its balance and its month-end snapshots as the signed sum of its
 * postings, its floor. Returns the turnover of each code and month. Reads three sorted streams side by side, so that
 * memory does not grow with the number of accounts.
 */
export async function checkAccounts(run: Run): Promise<Turnover> {
  const { ask, books, report } = run
  const accounts = await openFeed<AccountRow>(ask, 'verify_accounts', ACCOUNTS)
  const moves = await openFeed<MoveRow>(ask, 'verify_moves', MOVES)
  const snapshots = await openFeed<SnapshotRow>(ask, 'verify_snapshots', SNAPSHOTS)
  const turnover: Turnover = new Map()
  for (;;) {
    const account = await accounts.next()
    if (account === undefined) return turnover
    const { id, code, shared } = account
    const months = new Map<string, bigint>()
    let sum = 0n
    await moves.drain(
      (move) => move.id <= id,
      ({ id: moved, month, amount }) => {
        // A posting on an account that is not there is reported with its entry.
        if (moved < id) return
        sum += amount
        if (shared) months.set(month, (months.get(month) ?? 0n) + amount)
        addTurnover(turnover, `${month} ${code}`, amount)
      },
    )
    checkAccount(account, sum, books, report)
    await checkSnapshots(account, snapshotsOf(account, months, books), snapshots, run)
  }
}

function addTurnover(turnover: Turnover, key: string, amount: bigint): void {
  const known = turnover.get(key) ?? { debit: 0n, credit: 0n }
  if (amount > 0n) known.debit += amount
  else known.credit -= amount
  turnover.set(key, known)
}

function checkAccount(row: AccountRow, sum: bigint, { chart }: Books, report: Report): void {
  const account = `${row.code} ${row.subject}`
  const say = (check: CheckName, vi: string, en: string) => {
    report(check, { account }, `Tài khoản ${account}: ${vi}`, `account ${account}: ${en}`)
  }
  const line = chart.get(row.code)
  const asInChart =
    line?.sign === row.sign &&
    line.shared === row.shared &&
    line.floor === row.floor &&
    row.subject.startsWith(`${line.subjectKind}:`) &&
    (line.ofCommune || row.communeId === null)
  if (!asInChart) {
    say('account', 'khác hệ thống tài khoản', 'its code, subject or nature is not as in the chart')
  }
  const computed = BigInt(line?.sign ?? row.sign) * sum
  if (row.balance !== computed) {
    say(
      'balance',
      `ghi số dư ${row.balance}, định khoản cho ${computed}`,
      `its balance says ${row.balance}, its postings say ${computed}`,
    )
  }
  const floor = line?.floor ?? null
  if (floor !== null && computed < floor) {
    say(
      'floor',
      `số dư ${computed} dưới mức sàn ${floor}`,
      `${computed} is below its floor ${floor}`,
    )
  }
}

/** A shared account has a snapshot for every closed month from its first posting on, and no other. */
function snapshotsOf(
  { code, sign }: AccountRow,
  months: ReadonlyMap<string, bigint>,
  { periods, chart }: Books,
): Map<string, bigint> {
  const expected = new Map<string, bigint>()
  const first = [...months.keys()].toSorted()[0]
  if (first === undefined) return expected
  for (const { month, state } of periods.values()) {
    if (state !== 'closed' || month < first) continue
    let sum = 0n
    for (const [earlier, amount] of months) if (earlier <= month) sum += amount
    expected.set(month, BigInt(chart.get(code)?.sign ?? sign) * sum)
  }
  return expected
}

/** Compares the stored snapshots up to an account with those expected of it; uses up `expected`. */
async function checkSnapshots(
  row: AccountRow,
  expected: Map<string, bigint>,
  feed: Feed<SnapshotRow>,
  { books, report }: Run,
): Promise<void> {
  const account = `${row.code} ${row.subject}`
  const say = (name: string, month: string, stored: unknown, computed: unknown) => {
    report(
      'snapshot',
      { account: name },
      `Số dư cuối kỳ ${month} của ${name}: ghi ${String(stored)}, tính lại ${String(computed)}`,
      `closing snapshot ${month} of ${name} says ${String(stored)}, its postings say ${String(computed)}`,
    )
  }
  await feed.drain(
    ({ id }) => id <= row.id,
    ({ id, month, balance }) => {
      // Those of a month that is not closed are reported with the period.
      if (books.periods.get(month)?.state !== 'closed') return
      const own = id === row.id
      const computed = own ? expected.get(month) : undefined
      if (computed !== balance) say(own ? account : `#${id}`, month, balance, computed ?? '–')
      if (own) expected.delete(month)
    },
  )
  for (const [month, computed] of expected) say(account, month, '–', computed)
}
