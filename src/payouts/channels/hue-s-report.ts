import type { z } from 'zod'
import { DomainError } from '../../lib/errors.ts'
import type { HttpClient } from '../../lib/http.ts'
import type { LocalDate } from '../../lib/time.ts'
import type { ChannelStatement } from './channel.ts'
import { reportAnswer } from './hue-s-messages.ts'
import type { reportPage } from './hue-s-messages.ts'

type Page = z.output<typeof reportPage>

/**
 * The wallet's settlement report of a day, all pages of it. Throws DomainError `statement-missing` when a page is not
 * given, and `statement-incomplete` when the pages are not one whole report that adds up: nothing of it is used then.
 */
export async function fetchReport(
  http: HttpClient,
  payingUnit: string,
  day: LocalDate,
): Promise<ChannelStatement> {
  const first = await fetchPage(http, payingUnit, day, 1)
  const pages = [first]
  for (let number = 2; number <= first.pages; number += 1) {
    pages.push(await fetchPage(http, payingUnit, day, number))
  }
  const lines = pages.flatMap((page) => page.lines)
  const wrong = fault(pages, lines, payingUnit, day)
  if (wrong !== null) {
    const message = `Báo cáo quyết toán ngày ${day} của ${payingUnit} không đầy đủ (${wrong}): hãy lấy lại`
    throw new DomainError('conflict', 'statement-incomplete', message)
  }
  return {
    ...{ id: first.reportId, day, opening: first.opening, closing: first.closing },
    lines: lines.map(({ lineId, reference, direction, kind, amount, reason }) => ({
      ...{ id: lineId, reference, direction, kind, amount, reason: reason ?? null },
    })),
  }
}

async function fetchPage(
  http: HttpClient,
  payingUnit: string,
  day: LocalDate,
  page: number,
): Promise<Page> {
  const path = `/reports/${day}?account=${encodeURIComponent(payingUnit)}&page=${page}`
  const answer = await http.call('GET', path, reportAnswer)
  if (answer.kind === 'answer' && answer.status === 200 && 'lines' in answer.body)
    return answer.body
  throw new DomainError(
    'conflict',
    'statement-missing',
    `Chưa có báo cáo quyết toán ngày ${day} của ${payingUnit} (trang ${page}): hãy lấy lại sau`,
  )
}

/** What keeps pages from being one whole report; null when nothing does. */
function fault(
  pages: readonly Page[],
  lines: Page['lines'],
  payingUnit: string,
  day: LocalDate,
): string | null {
  const [first] = pages
  if (first === undefined) return 'không có trang nào'
  if (first.account !== payingUnit || first.date !== day) return 'của tài khoản hoặc ngày khác'
  const head = ({ reportId, account, date, opening, closing, lineCount, pages: count }: Page) =>
    [reportId, account, date, opening, closing, lineCount, count].join('|')
  const sequence = pages.every((page, at) => page.page === at + 1 && head(page) === head(first))
  if (!sequence) return 'các trang không cùng một báo cáo'
  if (lines.length !== first.lineCount) return 'thiếu hoặc thừa dòng'
  if (new Set(lines.map(({ lineId }) => lineId)).size !== lines.length) return 'dòng lặp lại'
  const net = lines.reduce(
    (sum, { direction, amount }) => (direction === 'credit' ? sum + amount : sum - amount),
    0n,
  )
  return first.opening + net === first.closing ? null : 'số dư không khớp'
}
