import { beforeAll, describe, expect, test } from '@jest/globals'
import { inWords } from '../../src/documents/amount-words.ts'
import { documents } from '../../src/documents/documents.ts'
import type { DocumentRequest } from '../../src/documents/documents.ts'
import type { StoredList } from '../../src/payouts/list.ts'
import { exportedList, LIST_SUM } from '../support/export-list.ts'
import * as t from '../support/export-town.ts'
import { decideRows } from '../support/lists.ts'
import { refusalOf } from '../support/outcome.ts'
import * as p from '../support/papers.ts'
import * as pdfs from '../support/pdf.ts'
import { officerOf } from '../support/people.ts'
import { leader, preparer } from '../support/town.ts'
import { vault } from '../support/vault.ts'

/** The hash of the rows of `exportedList` as they were before (payout-list.v1), by the code of then. */
const ROWS_BEFORE = 'f2d4504dafaf6f01227fe5c45a098444c296c93c2a4f68d4ec633df3c25b3316'

let town: t.ExportTown
let list: StoredList
let request: DocumentRequest
let pdf: Buffer
let text: string

beforeAll(async () => {
  town = await t.exportTown()
  list = await exportedList(town)
  await p.sealSomething(town)
  request = { kind: 'payout-list', listId: list.id }
  pdf = await p.viewed(town.database, leader, request)
  text = pdfs.textOf(pdf)
})

const dong = (amount: bigint | number) => amount.toString().replaceAll(/\B(?=(\d{3})+(?!\d))/g, '.')

describe('danh sách chi trả', () => {
  test('has each row of the database, field by field', async () => {
    const { rows } = await town.database.admin.query<Record<string, string>>(
      `select p.full_name as name, to_char(p.birth_date, case p.birth_precision when 'year' then 'YYYY' else 'DD/MM/YYYY' end) as birth,
              to_char(e.month, 'MM/YYYY') as period, e.amount, e.method from entitlement e join person p on p.id = e.person_id
        where e.list_id = $1 and e.live order by p.given_name collate "vi-x-icu"`,
      [list.id],
    )
    expect(rows).toHaveLength(6)
    for (const row of rows) {
      const { name = '', birth = '', amount = '0' } = row
      const shown = `${name.normalize('NFC')} ${birth} 046*****00`
      // A name is broken over lines where its cell ends.
      expect(text.replaceAll(' ', '')).toContain(shown.replaceAll(' ', ''))
      expect(text).toContain(dong(BigInt(amount)))
      expect(text).toContain(row['period'])
    }
    expect(text).toContain(`Tổng cộng 1.440.000 540.000 7.200.000 100.000 ${dong(LIST_SUM)}`)
    expect(text).toContain(`Tổng số: 6 dòng. Số tiền bằng chữ: ${inWords(LIST_SUM)}.`)
    expect(text).toContain(`Khoản: Mai táng 1 7.200.000`)
  })

  test('shows no number in clear, and no category that must stay secret', () => {
    for (const number of [...t.ID_NUMBERS, ...t.ACCOUNTS].filter(Boolean)) {
      expect(text).not.toContain(number)
    }
    expect(text).toContain('Tài khoản, Agribank, ••••8901')
    expect(text).not.toMatch(/HIV/)
    expect(text).toContain('Hồ Thị Xa, Người được ủy quyền, giấy ủy quyền số')
  })

  test('has the layout of Decree 30/2020, and is tagged, Vietnamese and inert', async () => {
    expect(await p.properText(town.database, request, 'list')).toBe(text)
    expect(text).toContain('ỦY BAN NHÂN DÂN PHƯỜNG TÂY LỘC Số: ……/DSCT-UBND')
    expect(text).toContain('CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc')
    expect(text).toBe(text.normalize('NFC'))
    expect(pdfs.infoOf(pdf)).toMatchObject({
      ...{ Tagged: 'yes', JavaScript: 'no', Title: 'DANH SÁCH CHI TRẢ TRỢ CẤP XÃ HỘI' },
      ...{ Author: 'ỦY BAN NHÂN DÂN PHƯỜNG TÂY LỘC', 'Page size': '841.89 x 595.28 pts (A4)' },
    })
    const objects = pdfs.objectsOf(pdf)
    expect(objects).toContain('"/Lang": "u:vi-VN"')
    expect(objects).not.toMatch(pdfs.ACTIVE)
    for (const tag of ['/Table', '/THead', '/TH', '/TD', '/H1'])
      expect(objects).toContain(`"${tag}"`)
  })

  test('the same request under the same head has the same bytes, under another head not', async () => {
    const own = await t.exportTown()
    const { id: listId } = await exportedList(own)
    const again = () => p.viewed(own.database, leader, { kind: 'payout-list', listId })
    const first = await again()
    expect((await again()).equals(first)).toBe(true)
    await p.sealSomething(own)
    expect((await again()).equals(first)).toBe(false)
  })

  test('an officer of a commune does not read who receives elsewhere', async () => {
    const here = pdfs.textOf(await p.viewed(town.database, officerOf(town.here.id), request))
    expect(here).not.toContain('Hồ Thị Xa')
    expect(here).toContain('Ngoài phạm vi, Người được ủy quyền')
  })
})

test('a list on paper has dossier, village and what came of it, in the order of domain.md', () => {
  const head = 'STT Mã hồ sơ Họ và tên Ngày sinh Số định danh Thôn, tổ dân phố'.replaceAll(' ', '')
  const shown = text.replaceAll(' ', '')
  expect(shown).toContain(head)
  expect(shown).toMatch(/Tổng.*Chưanhậnthángtrước.*Kếtquả.*Ghichú/)
  expect(shown).toMatch(/HS-0001\/2023.*07\/03\/1945046\*{5}0011Tổdânphố/)
})

describe('an issued list', () => {
  const shownBy = (database: t.ExportTown['database'], file: Buffer) =>
    database.app.transact(leader, (tx) =>
      documents.verify(tx, vault, leader, documents.shownFile(file)),
    )

  test('is genuine, altered or unknown, and says under which head and whether its rows stand', async () => {
    const { document, pdf: file } = await p.issued(town.database, leader, request)
    pdfs.look(file, 'list-issued')
    expect(pdfs.textOf(file)).toContain('Số: 01/DSCT-UBND')
    expect(pdfs.textOf(file)).toContain('Tây Lộc, ngày 03 tháng 8 năm 2023')
    const genuine = { verdict: 'genuine', headStands: true, rows: 'stand' }
    expect(await shownBy(town.database, file)).toMatchObject({
      ...genuine,
      document: { number: '01/DSCT-UBND', headBlock: 1n, replacedBy: null },
    })
    const changed = Buffer.from(file)
    const at = changed.indexOf('endobj', changed.length / 2) - 20
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
    expect((await shownBy(town.database, changed)).verdict).toBe('altered')
    expect((await shownBy(town.database, pdf)).verdict).toBe('unknown')
    const paper = (rowsStart: string) =>
      town.database.app.transact(leader, (tx) =>
        documents.verify(tx, vault, leader, { code: document.code, rowsStart }),
      )
    const start = document.rowsHash.slice(0, 32)
    expect(await paper(start)).toMatchObject(genuine)
    expect((await paper(start.replace(/^./, (c) => (c === '0' ? '1' : '0')))).verdict).toBe(
      'altered',
    )
    expect((await paper('')).verdict).toBe('altered')
  })

  test('of before its results were asked for stands by the columns that it has', async () => {
    const own = await t.exportTown()
    const { id: listId } = await exportedList(own)
    await p.sealSomething(own)
    const { document, pdf: file } = await p.issued(own.database, leader, {
      kind: 'payout-list',
      listId,
    })
    expect(document.rowsHash).not.toBe(ROWS_BEFORE)
    const { admin } = own.database
    const { rows } = await admin.query('select request from document')
    expect(rows).toEqual([{ request: { kind: 'payout-list', listId, block: '1' } }])
    await admin.query('alter table document disable trigger user')
    await admin.query(
      `update document set request = request - 'block', rows_hash = decode($1, 'hex')`,
      [ROWS_BEFORE],
    )
    expect(await shownBy(own.database, file)).toMatchObject({ verdict: 'genuine', rows: 'stand' })
  })

  test('says when rows no longer stand, and what took its place', async () => {
    const own = await t.exportTown()
    const frozen = await exportedList(own)
    const asked: DocumentRequest = { kind: 'payout-list', listId: frozen.id }
    const first = await p.issued(own.database, officerOf(own.here.id), asked)
    expect(await shownBy(own.database, first.pdf)).toMatchObject({
      rows: 'stand',
      headStands: null,
    })
    await decideRows(own.database, frozen, 'refuse', [1])
    expect(await shownBy(own.database, first.pdf)).toMatchObject({
      verdict: 'genuine',
      rows: 'changed',
    })
    const second = await p.issued(own.database, officerOf(own.here.id), asked)
    expect(second.document).toMatchObject({ number: 2, replaces: first.document.id, rowCount: 5 })
    expect(pdfs.textOf(second.pdf)).toContain(
      'Thay thế văn bản số 01/DSCT-UBND ngày 03/08/2023 (đã thay thế): trước có',
    )
    const verdict = await shownBy(own.database, first.pdf)
    expect(documents.verdictWords(verdict).join('\n')).toContain(
      'Đã thay thế bằng văn bản số 02/DSCT-UBND ngày 03/08/2023',
    )
    expect(verdict.document?.replacedBy).toEqual({ number: '02/DSCT-UBND', issuedOn: '2023-08-03' })
  })

  test('is refused of a list of which nothing stands', async () => {
    const missing: DocumentRequest = {
      kind: 'payout-list',
      listId: '00000000-0000-7000-8000-000000000000',
    }
    expect(await p.viewed(town.database, preparer, missing).catch(refusalOf)).toBe('list-missing')
  })
})
