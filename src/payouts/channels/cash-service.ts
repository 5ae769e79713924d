import { z } from 'zod'
import { DomainError } from '../../lib/errors.ts'
import type { HttpClient } from '../../lib/http.ts'
import { sumVnd } from '../../lib/money.ts'
import { wireAmount } from './rail.ts'

/** One row of a cash list; the reference is the entitlement's number. */
export interface CashRow {
  readonly reference: string
  readonly name: string
  readonly amount: bigint
}

/** What the service organisation says of one row. */
export interface CashOutcome {
  readonly reference: string
  readonly amount: bigint
  readonly paid: boolean
  readonly reason: string | null
}

/** The service organisation that pays cash in the commune (Decree 20/2021 Art 34). */
export interface CashService {
  /**
   * Hands over a list that the service does not know: it is asked first, and only its "no" has it handed over. Throws
   * DomainError `cash-list-refused`; `cash-list-unknown` when it does not say whether it knows it: asking again is safe.
   */
  handOver(listId: string, rows: readonly CashRow[]): Promise<void>
  /** The report of paid and unpaid rows. Throws DomainError `cash-report-missing`. */
  report(listId: string): Promise<readonly CashOutcome[]>
}

const received = z.object({ listId: z.string(), received: z.number() })
const report = z.object({
  listId: z.string(),
  rows: z.array(
    z.object({
      reference: z.string(),
      paid: z.boolean(),
      amount: wireAmount,
      reason: z.string().optional(),
    }),
  ),
})
const refusal = z.object({ error: z.string() })

/** The service organisation over HTTP. */
export function createCashService(http: HttpClient): CashService {
  const fetchReport = async (listId: string) => {
    const path = `/lists/${encodeURIComponent(listId)}/report`
    const answer = await http.call('GET', path, z.union([report, refusal]))
    if (answer.kind !== 'answer') return 'unclear'
    const { status, body } = answer
    if (status === 404) return 'unknown-list'
    return status === 200 && 'rows' in body && body.listId === listId ? body.rows : 'unclear'
  }
  return {
    handOver: async (listId, rows) => {
      const known = await fetchReport(listId)
      if (known === 'unclear') {
        throw new DomainError(
          'conflict',
          'cash-list-unknown',
          `Chưa rõ tổ chức dịch vụ đã nhận danh sách ${listId} hay chưa`,
        )
      }
      if (known !== 'unknown-list') return
      const total = sumVnd(rows.map(({ amount }) => amount)).toString()
      const wire = rows.map((row) => ({ ...row, amount: row.amount.toString() }))
      const answer = await http.call('POST', '/lists', z.union([received, refusal]), {
        listId,
        count: rows.length,
        total,
        rows: wire,
      })
      if (answer.kind !== 'answer' || answer.status !== 202) {
        throw new DomainError(
          'conflict',
          'cash-list-refused',
          `Tổ chức dịch vụ chưa nhận danh sách ${listId}`,
        )
      }
    },
    report: async (listId) => {
      const rows = await fetchReport(listId)
      if (typeof rows === 'string')
        throw new DomainError(
          'not-found',
          'cash-report-missing',
          `Chưa có báo cáo danh sách ${listId}`,
        )
      return rows.map(({ reason, ...row }) => ({ ...row, reason: reason ?? null }))
    },
  }
}
