import { beforeEach, describe, expect, test } from '@jest/globals'
import { registry } from '../../src/registry/registry.ts'
import { actOf } from '../support/act.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { deskOf, enterPeople, faultsOf } from '../support/import-desk.ts'
import { csvFile, idNumber, PEOPLE, personRow, xlsxFile } from '../support/import-files.ts'
import { stateHash } from '../support/ledger-state.ts'
import { refusalOf } from '../support/outcome.ts'
import { valueOf } from '../support/sql.ts'
import { leader, preparer } from '../support/town.ts'
const { imports } = registry

let database: FreshDatabase
const { check, apply } = deskOf(() => database)

beforeEach(async () => {
  database = await freshDatabase()
})

describe('a file of people', () => {
  test('is checked without changing anything, then applied with its log and its rows', async () => {
    const file = xlsxFile(PEOPLE, [personRow(1), personRow(2)])
    const before = await stateHash(database.admin)
    const report = await check('people', file)
    expect(report).toMatchObject({ already: null, problem: null, change: null })
    expect(report.rows).toEqual({ total: 2, good: 2, same: 0, bad: 0 })
    expect(await stateHash(database.admin)).toBe(before)
    expect(await apply('people', file)).toMatchObject({ is: 'applied', rows: 2 })
    const { rows } = await database.admin.query(
      `select f.kind, f.file_name, f.rows_total, f.rows_applied, f.rows_same, f.rows_left, f.entered_by, f.confirmed_by,
              (select array_agg(row_number || ' ' || split_part(subject, ':', 1) order by row_number) from import_row) as made,
              (select count(*)::integer from import_row r join person p on r.subject = 'person:' || p.id) as people
         from import_file f`,
    )
    expect(rows).toEqual([
      {
        ...{
          kind: 'people',
          file_name: 'tep.xlsx',
          rows_total: 2,
          rows_applied: 2,
          rows_same: 0,
          rows_left: 0,
        },
        ...{
          entered_by: preparer.actor,
          confirmed_by: leader.actor,
          made: ['2 person', '3 person'],
          people: 2,
        },
      },
    ])
    const event = `select detail->'rows'->>'applied' from audit_event where act = 'import.apply'`
    expect(await valueOf(database.admin, event)).toBe('2')
    expect(await valueOf(database.admin, 'select full_name from person limit 1')).toBe(
      'Nguyễn Thị Ánh Mẫu',
    )
  })

  test('takes the village of whoever has one, and refuses what nobody sees in it', async () => {
    const header = [...PEOPLE, 'Thôn']
    const rows = ['Thôn Hạ', '', 'Thôn\u200bHạ', 'x'.repeat(101)]
    const file = (villages: readonly string[]) =>
      csvFile(
        header,
        villages.map((village, at) => [...personRow(at + 1), village]),
      )
    const report = await check('people', file(rows))
    expect(faultsOf(report).map((fault) => fault.slice(0, 3))).toEqual(['G4:', 'G5:'])
    await apply('people', file(rows.slice(0, 2)))
    const homes = `select array_agg(coalesce(village, '-') order by village) from person_residence where village is not null`
    expect(await valueOf(database.admin, homes)).toEqual(['Thôn Hạ'])
  })

  test('takes a year for whoever knows no more of a birth, and knows it again', async () => {
    const [id, name, , sex, commune] = personRow(1)
    const born = (birth: string) =>
      csvFile(PEOPLE, [[id, name, birth, sex, commune, ''].map((cell) => cell ?? '')])
    expect(await apply('people', born('1943'))).toMatchObject({ rows: 1 })
    const stored = `select birth_date::text || ' ' || birth_precision from person p join import_row r on r.subject = 'person:' || p.id`
    expect(await valueOf(database.admin, stored)).toBe('1943-01-01 year')
    expect((await check('people', born(' 1943 '))).rows).toMatchObject({ same: 1, bad: 0 })
    const wrong = await check('people', born('1944'))
    expect(faultsOf(wrong).map((fault) => fault.slice(0, 2))).toEqual(['A2'])
  })

  test('names each wrong cell with its Excel address, and no other row', async () => {
    const [id, name, born, sex, commune] = personRow(1)
    const rows = [
      personRow(1),
      ['46145000123', name, born, sex, commune],
      [idNumber(3), 'Nguy3n', '30/02/1945', 'x', '99999'],
      [idNumber(4), name, born, 'Nam', commune],
      [idNumber(5), name, '05/08/1946', sex, commune],
      [idNumber(6), name, born, sex, '20182x'],
      [idNumber(7), name, born, sex, '12345'],
      personRow(8),
      personRow(8),
      ['999143000001', name, born, sex, commune],
      ['079', '', born, sex, commune],
    ].map((cells) => cells.map((cell) => cell ?? ''))
    const report = await check('people', csvFile(PEOPLE, rows))
    expect(report.rows).toEqual({ total: 11, good: 2, same: 0, bad: 9 })
    expect(report.goodRows).toEqual([2, 11])
    expect(faultsOf(report).map((fault) => fault.slice(0, 40))).toEqual(
      [
        'A3: Mất số 0 ở đầu: có 11 chữ số, phải có 12',
        'B4: Họ tên có chữ số: sửa lại họ tên',
        'C4: Ngày phải là ngày/tháng/năm có thật, ví',
        'D4: Chỉ nhận: Nam hoặc Nữ.',
        'A5: Số định danh có số thứ 4 không khớp giới',
        'A6: Số định danh có số thứ 4 đến 6 không khớp',
        'E7: Mã xã phải có 5 chữ số theo danh mục của',
        'E8: Mã xã không có hiệu lực vào ngày nhập (mã',
        'A9: Trùng với dòng 10 của tệp này: giữ lại một',
        'A10: Trùng với dòng 9 của tệp này: giữ lại một',
        'A12: Số định danh phải có đúng 12 chữ số.',
        'B12: Ô trống, phải có dữ liệu.',
      ].map((fault) => fault.slice(0, 40)),
    )
    for (const { message } of report.faults) expect(message).not.toContain(String(id))
  })

  test('shows the first fifteen bad rows and counts the rest; the file given back has them all', async () => {
    const bad = Array.from({ length: 20 }, (_, i) => ['123', ...personRow(i).slice(1)])
    for (const given of [await xlsxFile(PEOPLE, bad), csvFile(PEOPLE, bad)]) {
      const report = await check('people', given)
      expect(new Set(report.shown.map(({ row }) => row)).size).toBe(15)
      expect(report.moreBadRows).toBe(5)
      const file = await imports.read('people', given)
      const bytes = await imports.answer(file, report)
      const again = await imports.read('people', { name: given.name, bytes })
      expect(again.sheet.rows[0]?.cells.at(-1)).toMatchObject({ text: 'Lỗi' })
      expect(again.sheet.rows[20]?.cells.at(-1)?.text).toMatch(
        /^A21: Số định danh phải có đúng 12 chữ số/,
      )
      expect((await check('people', { name: given.name, bytes })).rows).toEqual(report.rows)
    }
  })

  test('reports one class of error at a time: missing columns, unknown ones, rows, the limit', async () => {
    const row = personRow(1).map((cell, i) => (i === 0 ? 'x' : cell))
    const problemOf = async (header: readonly string[], rows: readonly (readonly string[])[]) =>
      (await check('people', csvFile(header, rows))).problem
    const missing = await problemOf([...PEOPLE.slice(1), 'Lạ'], [row])
    expect(missing).toMatchObject({ code: 'columns-missing' })
    expect(missing?.message).toContain('Thiếu cột “Số định danh” ở dòng 1')
    const unknown = await problemOf([...PEOPLE.slice(0, 5), 'Lạ'], [row])
    expect(unknown?.message).toContain('Không nhận ra cột “Lạ”')
    expect((await problemOf([...PEOPLE.slice(0, 5), 'CCCD'], [row]))?.message).toContain('hai lần')
    expect((await problemOf(['DANH SÁCH', ''], [PEOPLE, row]))?.message).toContain(
      'tệp này có ở dòng 2',
    )
    const many = Array.from({ length: 5_001 }, (_, i) => personRow(i + 1))
    expect(await problemOf(PEOPLE, [...many.slice(1), row])).toBeNull()
    expect((await problemOf(PEOPLE, many))?.message).toContain('5.001 dòng')
  })

  test('with good rows chosen applies these, and the corrected file the others', async () => {
    const rows = [personRow(1), personRow(2), ['123', ...personRow(3).slice(1)]]
    const refusal = apply('people', csvFile(PEOPLE, rows)).then(() => 'taken', refusalOf)
    expect(await refusal).toBe('import-bad-rows')
    const seen = { count: 1, change: 0n }
    expect(await apply('people', csvFile(PEOPLE, rows), { rows: [3], seen })).toMatchObject({
      rows: 1,
    })
    expect(await valueOf(database.admin, 'select rows_left from import_file')).toBe(2)
    const corrected = await check('people', csvFile(PEOPLE, [...rows.slice(0, 2), personRow(3)]))
    expect(corrected.rows).toEqual({ total: 3, good: 2, same: 1, bad: 0 })
    const chosen = apply('people', csvFile(PEOPLE, rows), { rows: [4], seen })
    expect(await chosen).toMatchObject({ is: 'already' })
    const other = csvFile(PEOPLE, [...rows, personRow(9)])
    expect(await apply('people', other, { rows: [4], seen }).then(() => 'taken', refusalOf)).toBe(
      'import-rows',
    )
  })

  test('is not applied on the word of one person, nor when other rows are good than were seen', async () => {
    const file = csvFile(PEOPLE, [personRow(1)])
    const before = await stateHash(database.admin)
    const alone = apply('people', file, { confirmedBy: preparer.actor })
    expect(await alone.then(() => 'taken', refusalOf)).toBe('same-person')
    const other = apply('people', file, { seen: { count: 2, change: 0n } })
    expect(await other.then(() => 'taken', refusalOf)).toBe('import-changed')
    expect(await stateHash(database.admin)).toBe(before)
  })

  test('a number that is somebody else’s is refused', async () => {
    await enterPeople(database, 1)
    const other = personRow(1).map((cell, i) => (i === 1 ? 'Trần Thị Đào Mẫu' : cell))
    expect(faultsOf(await check('people', csvFile(PEOPLE, [other])))[0]).toMatch(
      /^A2: Số này đã có trong hệ thống/,
    )
    const elsewhere = actOf({ communes: [999_999] })
    const same = await check('people', csvFile(PEOPLE, [personRow(1)]), elsewhere)
    expect(faultsOf(same)[0]).toMatch(/^A2: Số này đã có ở xã khác/)
  })
})
