import { beforeAll, describe, expect, test } from '@jest/globals'
import type { DocumentRequest } from '../../src/documents/documents.ts'
import { ledger } from '../../src/ledger/ledger.ts'
import { localDate } from '../../src/lib/time.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { never } from '../support/list-town.ts'
import { refusalOf } from '../support/outcome.ts'
import * as p from '../support/papers.ts'
import * as pdfs from '../support/pdf.ts'
import { august, enterTown, fund, leader, releaseLists } from '../support/town.ts'

let database: FreshDatabase
let unit: string
const range = { from: localDate('2023-08-01'), to: localDate('2023-08-31') }

beforeAll(async () => {
  database = await freshDatabase()
  const communes = await enterTown(database, [{ bank: 3, cash: 2 }, { wallet: 2 }])
  await releaseLists(database, communes)
  unit = communes[0]?.payingUnit ?? never()
  await p.sealPosted(database)
  // Booked and not sealed: in no paper of block 1.
  await fund(database, 'later', 777_777n)
})

const SEALED = `from posting p join journal_entry e on e.id = p.entry_id cross join seal_block b
  join account d on d.id = p.debit_account join account c on c.id = p.credit_account
  where (e.xid, e.id) <= (b.last_xid, b.last_id)`
const query = async <Row extends object>(sql: string, values: unknown[] = []) =>
  (await database.admin.query<Row>(sql, values)).rows
const dong = (text: string) => text.replaceAll(/\B(?=(\d{3})+(?!\d))/g, '.')
/** Kinds of subjects as papers have them. */
const inWords = (sides: string) =>
  sides
    .replaceAll('(unit:', '(đơnvị')
    .replaceAll('(list:', '(danhsách')
    .replaceAll('(entitlement:', '(khoản')
    .replaceAll('(programme:', '(chươngtrình')
const squeezed = (text: string) => text.replaceAll(' ', '')

describe('sổ nhật ký chung', () => {
  test('has every sealed posting, field by field, and their sum', async () => {
    const request: DocumentRequest = { kind: 'journal-book', ...range }
    const text = squeezed(await p.properText(database, request, 'journal'))
    const rows = await query<Record<'id' | 'reference' | 'debit' | 'credit' | 'amount', string>>(
      `select e.id::text, e.reference, d.code || '(' || d.subject || ')' as debit, c.code || '(' || c.subject || ')' as credit,
              p.amount::text ${SEALED} order by p.posting_date, e.id, p.seq`,
    )
    expect(rows.length).toBeGreaterThan(10)
    for (const { id, reference, debit, credit, amount } of rows) {
      expect(text).toContain(inWords(`${reference}${debit}${credit}`) + dong(amount))
      expect(text).toContain(id)
    }
    const sum = rows.reduce((total, { amount }) => total + BigInt(amount), 0n)
    expect(text).toContain(`Cộngphátsinh${dong(String(sum))}`)
    expect(text).not.toContain('777.777')
  })

  test('of a range without entries is a proper paper that says so', async () => {
    const empty = { from: localDate('2023-01-01'), to: localDate('2023-01-31') }
    const pdf = await p.viewed(database, leader, { kind: 'journal-book', ...empty })
    const text = pdfs.textOf(pdf)
    expect(text).toContain('Không có bút toán nào trong khoảng này.')
    expect(text).toContain('Cộng phát sinh 0')
    expect(text).toContain('CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM')
  })

  test('of a range that ends before it begins is refused', async () => {
    const back = { from: range.to, to: range.from }
    const refused = p.viewed(database, leader, { kind: 'journal-book', ...back })
    expect(await refused.catch(refusalOf)).toBe('range')
  })
})

/** Books on the same account once more. */
async function bookAgain(): Promise<void> {
  const of = { unit, amount: 5n }
  const head = (what: string) => ({ reference: `${what}-again`, occurredOn: august })
  await database.app.transact(leader, (tx) =>
    ledger.post(tx, leader, [
      ledger.entry('estimate-assigned', of, head('estimate')),
      ledger.entry('draw', of, head('draw')),
      ledger.entry('move-to-bank', of, head('move')),
    ]),
  )
}

describe('sổ chi tiết', () => {
  const of = (more: object = {}): DocumentRequest => ({
    ...{ kind: 'account-book', account: { code: '1121-FREE', subject: `unit:${unit}` } },
    ...{ ...range, ...more },
  })

  test('has opening, lines, running and closing balance of the account as it was sealed', async () => {
    const text = squeezed(await p.properText(database, of(), 'account'))
    const rows = await query<{ reference: string; amount: string; debit: boolean }>(
      `select e.reference, p.amount::text, d.code = '1121-FREE' as debit ${SEALED}
          and '1121-FREE' in (d.code, c.code) and 'unit:' || $1 in (d.subject, c.subject) order by p.posting_date, e.id, p.seq`,
      [unit],
    )
    let balance = 0n
    for (const { reference, amount, debit } of rows) {
      balance += debit ? BigInt(amount) : -BigInt(amount)
      expect(text).toContain(reference)
      expect(text).toContain(`${dong(amount)}${dong(String(balance))}`)
    }
    expect(text).toContain('Sốdưđầukỳ0')
    expect(text).toContain(`Sốdưcuốikỳ${dong(String(balance))}`)
  })

  test('as of a block stays byte for byte the same whatever is booked and sealed after', async () => {
    const before = await p.viewed(database, leader, of({ block: '1' }), 'csv')
    await bookAgain()
    await p.sealPosted(database)
    const after = await p.viewed(database, leader, of({ block: '1' }), 'csv').catch(refusalOf)
    const rows = (csv: unknown) => String(csv).split('Ngày ghi sổ')[1]
    expect(rows(after)).toBe(rows(before))
    expect(String(before)).not.toContain('move-again')
    const now = await p.viewed(database, leader, of(), 'csv')
    expect(String(now)).toContain('move-again')
  })

  test('is given as of any time: what was sealed by then, and nothing before the first seal', async () => {
    const [sealed] = await query<{ at: string }>(
      `select to_char(sealed_at, 'YYYY-MM-DD"T"HH24:MI:SS.USOF":00"') as at from seal_block where number = 1`,
    )
    const rows = async (more: object) =>
      (await p.viewed(database, leader, of(more), 'csv')).toString('utf8').split('Ngày ghi sổ')[1]
    expect(await rows({ at: sealed?.at })).toBe(await rows({ block: '1' }))
    const before = await p.viewed(database, leader, {
      ...{ kind: 'journal-book', ...range, at: '2020-01-01T00:00:00+07:00' },
    })
    expect(pdfs.textOf(before)).toContain('Không có bút toán nào trong khoảng này.')
    expect(pdfs.textOf(before)).toContain('block=none, at=2020-01-01T00:00:00+07:00')
    const later = p.viewed(database, leader, of({ block: '99' }))
    expect(await later.catch(refusalOf)).toBe('block-missing')
  })

  test('of an account that nothing was booked on is refused', async () => {
    const account = { code: '1121-FREE', subject: 'unit:none' }
    expect(await p.viewed(database, leader, of({ account })).catch(refusalOf)).toBe(
      'unknown-account',
    )
  })
})

test('bảng cân đối phát sinh has each code of the database, and its pairs of sums are equal', async () => {
  const request: DocumentRequest = { kind: 'trial-balance', ...range, block: '1' }
  const read = await p.properText(database, request, 'trial')
  const text = squeezed(read)
  const rows = await query<{ code: string; debit: string; credit: string }>(
    `select code, sum(debit)::text as debit, sum(credit)::text as credit from (
       select d.code, p.amount as debit, 0 as credit ${SEALED} and b.number = 1
       union all select c.code, 0, p.amount ${SEALED} and b.number = 1) s group by code order by code`,
  )
  for (const { code, debit, credit } of rows) {
    const left = BigInt(debit) - BigInt(credit)
    const closing = left === 0n ? '' : dong(String(left < 0n ? -left : left))
    const shown = `${dong(debit)}${dong(credit)}${closing}`.replaceAll('.', '[.]')
    expect(text).toMatch(new RegExp(`${code}\\D+${shown}(?!\\.\\d)`))
  }
  const sum = String(rows.reduce((total, { debit }) => total + BigInt(debit), 0n))
  const found = /Tổng cộng 0 0 ([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+)/.exec(read)
  const [, moved, back, closing, other] = found ?? []
  expect([moved, back, closing]).toEqual([dong(sum), dong(sum), other])
})

test('báo cáo độ bao phủ has the figures of each commune, on the map of the month and on a later one', async () => {
  const coverage = { kind: 'coverage-report', month: august } as const
  const mapDay = localDate('2025-07-01')
  const text = await p.properText(database, { ...coverage, mapDay }, 'coverage')
  const [here = never(), there = never()] = await query<{
    name: string
    cases: string
    sum: string
  }>(
    `select c.full_name_vi as name, count(*)::text as cases, sum(e.amount)::text as sum from entitlement e join commune c on c.id = e.commune_id
      group by c.code, c.full_name_vi order by c.code`,
  )
  for (const { name, cases, sum } of [here, there]) {
    expect(text).toContain(
      `${name} ${cases} 0 0,00% ${dong(sum)} 0 0 0 ${dong(sum)} 0 ${dong(sum)} 0`,
    )
  }
  const [later] = text.split('Theo bản đồ ngày 01.07.2025').slice(1)
  expect(later).toContain('Phường Phú Xuân 7 0 0,00% 2.520.000')
  expect(text).toContain('Trường hợp 0/7 (0,00%)')
  // A chart a map: one bar a unit that has cases.
  const chart = (name: string) => text.split(`Tỷ lệ chi trả qua tài khoản. ${name}`)[1] ?? ''
  for (const { name, cases } of [here, there]) {
    expect(chart('Theo bản đồ của tháng')).toContain(`${name} 0/${cases} (0,00%)`)
  }
  expect(chart('Theo bản đồ ngày 01.07.2025')).toContain('Phường Phú Xuân 0/7 (0,00%)')
  const refused = p.viewed(database, leader, { ...coverage, mapDay: localDate('2020-01-01') })
  expect(await refused.catch(refusalOf)).toBe('map-earlier')
})
