import { beforeAll, describe, expect, test } from '@jest/globals'
import type { DocumentRequest } from '../../src/documents/documents.ts'
import { localDate } from '../../src/lib/time.ts'
import { refusalOf } from '../support/outcome.ts'
import { dong, paidMonth, shownHostile, squeezed, statement } from '../support/paid-month.ts'
import * as pdfs from '../support/pdf.ts'
import { accountant, AMOUNT, treasurer } from '../support/town.ts'

type Month = Awaited<ReturnType<typeof paidMonth>>
let references: Month['references']
let orderId: string
let query: Month['query']
let seen: Month['seen']
let read: Month['read']

beforeAll(async () => {
  ;({ references, orderId, query, seen, read } = await paidMonth())
  for (const [name, { actor }] of [
    ['Trần Thị Kế Toán', accountant],
    ['Phạm Văn Kho Bạc', treasurer],
  ] as const) {
    await query(
      `insert into app_user (id, kind, full_name, id_index, created_by) values ($1, 'officer', $2, $2, $1)`,
      [actor, name],
    )
  }
})

const on = localDate('2023-08-10')

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
    // Whoever opened the break has it.
    expect(squeezed(breaks)).toContain('TrầnThịKếToánCộng77.777')
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

  test('names what was sent by its day and no statement has, with whoever ordered it', async () => {
    const [lost] = await query(
      `update instruction set claimed_at = '2023-08-03 10:00+07' where reference = (
         select min(i.reference) from instruction i where i.state in ('SUBMITTED', 'ACCEPTED', 'UNKNOWN')
            and not exists (select from statement_line l where l.reference = i.reference))
       returning reference, state, amount::text`,
    )
    const text = pdfs.textOf(await seen(request))
    const breaks = squeezed(text.slice(text.indexOf('Chênh lệch chưa giải quyết')))
    const { reference = '', amount = '' } = lost ?? {}
    expect(breaks).toContain(`sổcó,saokêkhông${reference}03/08/20237${dong(amount)}`)
    expect(breaks).toContain('PhạmVănKhoBạc')
    expect(breaks).toContain(`Cộng${dong(77_777n + BigInt(amount))}`)
  })

  test('has no formula in a workbook or CSV, nor marks of direction', async () => {
    const csv = (await seen(request, 'csv')).toString('utf8')
    expect(csv).not.toMatch(/\u202e/)
    expect(csv).not.toMatch(/(^|,)"?=/m)
    // Money below zero is a number, and stands as one.
    expect(csv).toContain(',-77.777,')
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
    expect(breaks).toContain('Kênhkhôngtrảlời')
    const none = seen({ kind: 'reconciliation-batch', orderId: 'none', on })
    expect(await none.catch(refusalOf)).toBe('order-missing')
  })
})
