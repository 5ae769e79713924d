import { beforeAll, describe, expect, test } from '@jest/globals'
import type { DocumentRequest } from '../../src/documents/documents.ts'
import { inWords } from '../../src/documents/amount-words.ts'
import { localDate, month } from '../../src/lib/time.ts'
import type { Month } from '../../src/lib/time.ts'
import { ledger } from '../../src/ledger/ledger.ts'
import { invariant } from '../../src/lib/errors.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { registry } from '../../src/registry/registry.ts'
import type { FreshDatabase } from '../support/database.ts'
import { refusalOf } from '../support/outcome.ts'
import { dong, paidMonth, squeezed, shownHostile } from '../support/paid-month.ts'
import * as pdfs from '../support/pdf.ts'
import { officerOf } from '../support/people.ts'
import * as p from '../support/papers.ts'
import {
  AMOUNT,
  approve,
  august,
  leader,
  payday,
  preparer,
  release,
  treasurer,
} from '../support/town.ts'

type PaidMonth = Awaited<ReturnType<typeof paidMonth>>
let database: FreshDatabase
let person: PaidMonth['person']
let query: PaidMonth['query']
let seen: PaidMonth['seen']
let read: PaidMonth['read']

beforeAll(async () => {
  ;({ database, person, query, seen, read } = await paidMonth())
})

test('danh sách chi trả says what came of each payment, as the statement had it', async () => {
  const [list] = await query(`select id from payout_list`)
  const request = { kind: 'payout-list', listId: list?.['id'] ?? '' } as const
  const text = squeezed(await read(request, null))
  expect(text.match(/Đãchi04\/08\/2023/g)).toHaveLength(1)
  expect(text.match(/Bịhoàntrả04\/08\/2023/g)).toHaveLength(1)
})

describe('sao kê of a person', () => {
  const of = (more: object = {}): DocumentRequest => ({
    ...{ kind: 'person-statement', personId: person.id, from: august, to: august, ...more },
  })

  test('has what was owed and why, what was paid and came back', async () => {
    const text = await read(of(), 'person')
    const [owed] = await query(
      `select number, explanation, amount::text from entitlement where person_id = $1`,
      [person.id],
    )
    expect(squeezed(text)).toContain(owed?.['number'] ?? 'none')
    expect(text).toContain(`Tổng được hưởng ${dong(owed?.['amount'] ?? '')}`)
    expect(text).toContain(`Tổng được hưởng bằng chữ: ${inWords(AMOUNT)}.`)
    expect(text).toContain(`Họ và tên: ${person.name}`)
    expect(squeezed(text)).toContain(`Bịhoàntrả04/08/202304/08/2023Tàikhoảnđãđóng(AC04)`)
    expect(text).toContain(`${dong(AMOUNT)} ${dong(AMOUNT)} Cộng ${dong(AMOUNT)} ${dong(AMOUNT)}`)
    expect(text).toContain('Tự nhận, không có người nhận thay.')
    expect(text).toContain('Điều 6.1 Nghị định')
    expect(text).not.toMatch(/Điều 5|6\.1\.\p{L}/u)
    expect(text).toMatch(/Số định danh: (chưa có|\d{3}\*+\d{2})/)
  })

  test('is not there for an officer of elsewhere, and is for one of here', async () => {
    const elsewhere = seen(of(), 'pdf', officerOf(person.commune + 1))
    expect(await elsewhere.catch(refusalOf)).toBe('person-unknown')
    const here = await seen(of(), 'pdf', officerOf(person.commune))
    expect(pdfs.textOf(here)).toContain(person.name)
  })

  test('of months without anything is a proper paper, and a hostile name is shown clean', async () => {
    const name = '=HYPERLINK("http://x.vn")(\\)Mẫu'
    await database.admin.query('update person set full_name = $2 where id = $1', [person.id, name])
    const empty = await seen(of({ from: month('2022-01'), to: month('2022-02') }))
    const text = pdfs.textOf(empty)
    expect(text).toContain('Không có khoản nào trong những tháng này.')
    expect(text).toContain('CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM')
    expect(squeezed(text)).toContain(squeezed(shownHostile))
    expect(pdfs.objectsOf(empty)).not.toMatch(pdfs.ACTIVE)
    const refused = seen(of({ from: month('2023-09') }))
    expect(await refused.catch(refusalOf)).toBe('range')
  })
})

const year = { from: localDate('2020-01-01'), to: localDate('2099-12-31') }

describe('biên bản kiểm tra', () => {
  test('says that the ledger is as it was sealed, block by block', async () => {
    const text = await read({ kind: 'verification', ...year }, 'verification')
    const blocks = await query(
      `select number::text, entry_count::text as entries, encode(head, 'hex') as head from seal_block order by number`,
    )
    expect(text).toContain('Kết luận: sổ đúng như đã niêm phong, không có sai lệch.')
    for (const { head = '' } of blocks) expect(squeezed(text)).toContain(head)
    const [sum] = await query(
      `select count(*)::text as entries, (select sum(amount)::text from posting) as amount from journal_entry`,
    )
    expect(text).toContain(`Cộng ${dong(sum?.['entries'] ?? '')} ${dong(sum?.['amount'] ?? '')}`)
    const early = { from: localDate('2020-01-01'), to: localDate('2020-01-02') }
    const none = pdfs.textOf(await seen({ kind: 'verification', ...early }))
    expect(none).toContain('Không có khối nào được niêm phong trong khoảng này.')
  })
})

describe('báo cáo quyết toán of a month', () => {
  test('has what had to be paid and what became of it, and nothing unexplained', async () => {
    const text = await read({ kind: 'settlement-report', month: august, communeId: null }, 'settle')
    const [due] = await query(`select count(*)::text, sum(amount)::text from entitlement`)
    const [book] = await query(
      `select sum(balance)::text as owed from account where code = '3388-BEN' and subject like 'entitlement:2308%'`,
    )
    const sum = due?.['sum'] ?? ''
    const owed = book?.['owed'] ?? ''
    const row = `${due?.['count'] ?? ''} ${dong(sum)} ${dong(AMOUNT)} 0 0 ${dong(owed)} 0 ${dong(AMOUNT)}`
    expect(text).toContain(`Tổng cộng ${row}`)
    expect(text).toContain(`Tổng phải chi bằng chữ: ${inWords(BigInt(sum))}`)
    expect(text).toContain(`Trợ cấp hằng tháng Trong kỳ ${due?.['count'] ?? ''} ${dong(sum)}`)
    // One month of the year has lists: the year is that month.
    expect(text).toContain(`08/2023 ${row} Lũy kế ${row}`)
  })

  test('has the funds and fees of the month as the ledger has them, and the months before in the year', async () => {
    const [drawn] = await query(`select subject from account where code = '3371'`)
    const unit = drawn?.['subject']?.replace('unit:', '') ?? ''
    await database.app.transact(treasurer, async (tx) => {
      const fee = { unit, contract: 'hd-1', programme: 'BTXH', amount: 12_345n }
      await ledger.post(tx, treasurer, [
        ledger.entry('fee-accrued', fee, { reference: 'fee:8', occurredOn: payday }),
      ])
    })
    await p.sealPosted(database)
    const settled = (of: Month) =>
      seen({ kind: 'settlement-report', month: of, communeId: null }).then(pdfs.textOf)
    const text = await settled(august)
    const funds = text.slice(text.indexOf('Kinh phí và phí trong kỳ'))
    const rows = await query(
      `select a.code, sum(p.amount) filter (where p.debit_account = a.id)::text as debit, sum(p.amount) filter (where p.credit_account = a.id)::text as credit
         from account a join posting p on a.id in (p.debit_account, p.credit_account)
        where a.code in ('008', '1121-FREE', '1121-HELD', '1130-TRANSIT', '3371', '611-BEN', '611-FEE', '3388-FEE') group by 1 order by 1`,
    )
    expect(rows.map(({ code }) => code)).toContain('611-FEE')
    for (const { code = '', debit, credit } of rows) {
      const moved = [debit, credit].map((sum) => dong(sum ?? '0')).join(' ')
      expect(funds).toMatch(new RegExp(`${code} \\D+ 0 ${moved.replaceAll('.', '[.]')} `))
    }
  })

  test('adds the months of the year up, each as it is now', async () => {
    const september = month('2023-09')
    const list = await database.app.transact(preparer, async (tx) => {
      await ledger.openPeriod(tx, preparer, september)
      const all = await registry.communesIn(tx, september)
      const commune = all.find(({ id }) => id === person.commune)
      invariant(commune !== undefined, 'the commune is still there')
      return payouts.lists.submit(tx, preparer, commune, september)
    })
    await database.app.transact(leader, async (tx) => {
      const rows = await payouts.lists.toOpen(tx, leader, list.id)
      await payouts.lists.open(tx, leader, { listId: list.id, rows })
    })
    await approve(database, list)
    await release(database, list)
    await p.sealPosted(database)
    const request = { kind: 'settlement-report', month: september, communeId: null } as const
    const text = pdfs.textOf(await seen(request))
    const year = text.slice(text.indexOf('Lũy kế từ đầu năm'))
    const [due] = await query(
      `select count(*)::text, sum(e.amount)::text from entitlement e join payout_list l on l.id = e.list_id where l.state = 'RELEASED'`,
    )
    expect(year).toMatch(/08\/2023 \d+ .*09\/2023 \d+ /)
    const sums = `${due?.['count'] ?? ''} ${dong(due?.['sum'] ?? '')} ${dong(AMOUNT)} 0 0 `
    expect(year).toContain(`Lũy kế ${sums}`)
  })

  test('of one commune is that of its officer; of another there is none', async () => {
    const of = (communeId: number): DocumentRequest => ({
      ...{ kind: 'settlement-report', month: august, communeId },
    })
    const own = await seen(of(person.commune), 'pdf', officerOf(person.commune))
    expect(pdfs.textOf(own)).toContain('ỦY BAN NHÂN DÂN')
    expect(await seen(of(999_999)).catch(refusalOf)).toBe('commune-missing')
    const other = seen(of(person.commune + 1), 'pdf', officerOf(person.commune))
    expect(await other.catch(refusalOf)).toBe('commune-missing')
  })

  test('of a month without lists is a proper empty paper', async () => {
    const none = await seen({ kind: 'settlement-report', month: month('2023-01'), communeId: null })
    expect(pdfs.textOf(none)).toContain('Không có khoản chi nào trong tháng này. Tổng cộng 0 0')
  })
})

describe('biên bản kiểm tra', () => {
  test('says what is not, after somebody changed an amount', async () => {
    await database.admin.query('set session_replication_role = replica')
    await database.admin.query(
      'update posting set amount = amount + 1 where entry_id = (select min(id) from journal_entry)',
    )
    await database.admin.query('set session_replication_role = origin')
    const text = pdfs.textOf(await seen({ kind: 'verification', ...year }))
    expect(text).toContain('Kết luận: SỔ CÓ SAI LỆCH')
    expect(text).toContain('KHÔNG ĐẠT')
    expect(text).not.toContain('Không có sai lệch.')
  })
})
