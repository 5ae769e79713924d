import { beforeAll, describe, expect, test } from '@jest/globals'
import type { DocumentFormat, DocumentRequest } from '../../src/documents/documents.ts'
import { inWords } from '../../src/documents/amount-words.ts'
import { localDate, month } from '../../src/lib/time.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { refusalOf } from '../support/outcome.ts'
import * as p from '../support/papers.ts'
import * as pdfs from '../support/pdf.ts'
import { officerOf } from '../support/people.ts'
import * as s from '../support/statements.ts'
import { AMOUNT, august, leader } from '../support/town.ts'

// Five payments through the wallet: two are on the statement, one of them came back, and a line is nobody’s.

/** Direction marks, NFD, a formula, brackets and backslashes, as a bank may write them. */
const HOSTILE = '=HYPERLINK("http://x.vn")\u202e(\\)Mâ\u0303u'
const shownHostile = '=HYPERLINK("http://x.vn")(\\)Mẫu'

let database: FreshDatabase
let references: readonly string[]
let orderId: string
let person: { readonly id: string; readonly commune: number; readonly name: string }
const statement = 'st-2023-08-04'
const on = localDate('2023-08-10')

const query = async (sql: string, values: unknown[] = []) =>
  (await database.admin.query<Record<string, string>>(sql, values)).rows
const dong = (amount: bigint | string) => String(amount).replaceAll(/\B(?=(\d{3})+(?!\d))/g, '.')
const squeezed = (text: string) => text.replaceAll(' ', '')
const seen = (request: DocumentRequest, format: DocumentFormat = 'pdf', by = leader) =>
  p.viewed(database, by, request, format)
const read = async (request: DocumentRequest, name: string) => {
  const pdf = await seen(request)
  pdfs.look(pdf, name)
  expect(pdfs.objectsOf(pdf)).not.toMatch(pdfs.ACTIVE)
  const text = pdfs.textOf(pdf)
  expect(text).toBe(text.normalize('NFC'))
  return text
}

beforeAll(async () => {
  database = await freshDatabase()
  const { unit, references: all } = await s.fivePayments(database)
  references = all
  const [first = '', second = ''] = all
  const moved = { reference: `move:${unit}`, amount: 1_000_000_000n, direction: 'credit' } as const
  await s.importOf(database, unit, s.statementOf([s.line({ ...moved, kind: 'transfer' })]))
  const back = { direction: 'credit', kind: 'return', reason: 'AC04' } as const
  const lines = [
    s.line({ reference: first, amount: AMOUNT }),
    s.line({ reference: second, amount: AMOUNT }),
    s.line({ reference: second, amount: AMOUNT, ...back }),
    s.line({ reference: HOSTILE, amount: 77_777n, reason: HOSTILE }),
  ]
  const day = localDate('2023-08-04')
  const of = { day, id: statement, opening: 1_000_000_000n }
  await s.importOf(database, unit, s.statementOf(lines, of))
  await s.match(database)
  await s.suspend(database)
  await p.sealPosted(database)
  const [row] = await query(
    `select p.id, p.commune_id as commune, p.full_name as name, i.order_id as "order" from instruction i
       join entitlement e on e.number = i.entitlement_number join person p on p.id = e.person_id where i.reference = $1`,
    [second],
  )
  orderId = row?.['order'] ?? ''
  person = { id: row?.['id'] ?? '', commune: Number(row?.['commune']), name: row?.['name'] ?? '' }
})

describe('bảng đối chiếu of a statement day', () => {
  const request: DocumentRequest = { kind: 'reconciliation-day', statementId: statement, on }

  test('has each line, ours and theirs, and what differs', async () => {
    const text = await read(request, 'recon-day')
    const rows = await query(
      `select l.id, l.amount::text, l.direction, l.state, j.reference as entry from statement_line l left join journal_entry j on j.id = l.entry_id
        where l.statement_id = $1 order by l.id`,
      [statement],
    )
    expect(rows).toHaveLength(4)
    for (const { id = '', amount = '', direction, state, entry = '' } of rows) {
      const sides = direction === 'debit' ? `${dong(amount)}0` : `0${dong(amount)}`
      const [sign, back] = direction === 'debit' ? ['-', '-'] : ['', '']
      const ours = state === 'MATCHED' ? sign + dong(amount) : '0'
      const difference = state === 'MATCHED' ? '0' : back + dong(amount)
      expect(squeezed(text)).toContain(squeezed(`${entry}${ours}${sides}${difference}`))
      expect(squeezed(text)).toContain(id)
    }
    expect(text).toContain(
      `Cộng -${dong(AMOUNT)} ${dong(2n * AMOUNT + 77_777n)} ${dong(AMOUNT)} -77.777`,
    )
    expect(text).toContain('Số dư đầu ngày theo sao kê: 1.000.000.000 đồng')
  })

  test('names what is not explained on either side, with its age and owner', async () => {
    const text = pdfs.textOf(await seen(request))
    const breaks = text.slice(text.indexOf('Chênh lệch chưa giải quyết'))
    expect(squeezed(breaks)).toContain(squeezed('Chi: sao kê có, sổ chưa rõ'))
    expect(breaks).toContain('04/08/2023 6 77.777')
    const sent = await query(
      `select reference, ceil(extract(day from $1::timestamp - date_trunc('day', claimed_at at time zone 'Asia/Ho_Chi_Minh')))::text as age
         from instruction i where state in ('SUBMITTED', 'ACCEPTED', 'UNKNOWN', 'SUBMITTING')
          and not exists (select from statement_line l where l.reference = i.reference)`,
      [on],
    )
    // They were sent on the clock’s day, which is later than the statement’s: not yet due on it.
    expect(sent.length).toBeGreaterThan(0)
    for (const { reference = '' } of sent) expect(breaks).not.toContain(reference)
    expect(breaks).toContain('Cộng 77.777')
  })

  test('has no formula in a workbook or CSV, nor marks of direction', async () => {
    const csv = (await seen(request, 'csv')).toString('utf8')
    expect(csv).not.toMatch(/\u202e/)
    expect(csv).not.toMatch(/(^|,)"?=/m)
    expect(squeezed(pdfs.textOf(await seen(request)))).toContain(squeezed(shownHostile))
  })

  test('of a statement that is not there is refused', async () => {
    const none = seen({ kind: 'reconciliation-day', statementId: 'none', on })
    expect(await none.catch(refusalOf)).toBe('statement-missing')
  })
})

describe('bảng đối chiếu of a batch', () => {
  test('has each payment beside what statements say, and those that differ', async () => {
    const request: DocumentRequest = { kind: 'reconciliation-batch', orderId, on }
    const text = squeezed(await read(request, 'recon-batch'))
    const rows = await query(
      `select i.reference, i.amount::text, i.state,
              coalesce(sum(l.amount) filter (where l.direction = 'debit'), 0)::text as debit,
              coalesce(sum(l.amount) filter (where l.direction = 'credit'), 0)::text as credit
         from instruction i left join statement_line l on l.reference = i.reference where i.order_id = $1 group by 1, 2, 3 order by 1`,
      [orderId],
    )
    let open = 0n
    for (const { reference = '', amount = '', state = '', debit = '', credit = '' } of rows) {
      const left = ['PAID', 'ACCEPTED', 'SUBMITTED', 'UNKNOWN'].includes(state) ? amount : '0'
      const difference = BigInt(left) - BigInt(debit) + BigInt(credit)
      open += difference
      const money = [amount, left, debit, credit, difference].map((each) => dong(String(each)))
      expect(text).toContain(reference)
      expect(text).toContain(money.join(''))
    }
    expect(open).toBeGreaterThan(0n)
    const breaks = text.slice(text.indexOf('Chênhlệchchưagiảiquyết'))
    expect(breaks).toContain(`Cộng${dong(open)}`)
    expect(breaks).not.toContain(references[0])
    const none = seen({ kind: 'reconciliation-batch', orderId: 'none', on })
    expect(await none.catch(refusalOf)).toBe('order-missing')
  })
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
    expect(text).toMatch(/Điều 6\.1/)
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
