import { beforeAll, describe, expect, test } from '@jest/globals'
import type { DocumentRequest } from '../../src/documents/documents.ts'
import { inWords } from '../../src/documents/amount-words.ts'
import { localDate, month } from '../../src/lib/time.ts'
import type { FreshDatabase } from '../support/database.ts'
import { refusalOf } from '../support/outcome.ts'
import { dong, paidMonth, squeezed, shownHostile } from '../support/paid-month.ts'
import * as pdfs from '../support/pdf.ts'
import { officerOf } from '../support/people.ts'
import { AMOUNT, august } from '../support/town.ts'

type Month = Awaited<ReturnType<typeof paidMonth>>
let database: FreshDatabase
let person: Month['person']
let query: Month['query']
let seen: Month['seen']
let read: Month['read']

beforeAll(async () => {
  ;({ database, person, query, seen, read } = await paidMonth())
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
    expect(squeezed(text)).toContain(`Bịhoàntrả04/08/202304/08/2023`)
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
  const year = { from: localDate('2020-01-01'), to: localDate('2099-12-31') }

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

  test('says what is not, after somebody changed an amount', async () => {
    await database.admin.query('set session_replication_role = replica')
    await database.admin.query(
      'update posting set amount = amount + 1 where entry_id = (select min(id) from journal_entry)',
    )
    await database.admin.query('set session_replication_role = origin')
    const text = await read({ kind: 'verification', ...year }, 'verification-broken')
    expect(text).toContain('Kết luận: SỔ CÓ SAI LỆCH')
    expect(text).toContain('KHÔNG ĐẠT')
    expect(text).not.toContain('Không có sai lệch.')
  })
})
