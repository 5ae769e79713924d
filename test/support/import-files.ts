import { buffer } from 'node:stream/consumers'
import { PassThrough } from 'node:stream'
import { writeXlsx } from '../../src/lib/spreadsheet-write-xlsx.ts'
import type { GivenFile } from '../../src/lib/spreadsheet.ts'

/** A valid identity number of a woman born in 1943, 80 in August 2023, with this tail. */
export const idNumber = (n: number): string => `046143${String(n).padStart(6, '0')}`

/** An XLSX file with these rows under a header, every cell as text. */
export async function xlsxFile(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  name = 'tep.xlsx',
): Promise<GivenFile> {
  const out = new PassThrough()
  const bytes = buffer(out)
  await writeXlsx(out, [{ name: 'Mẫu', columns: header.map((one) => ({ header: one })), rows }])
  return { name, bytes: await bytes }
}

/** A CSV file with these rows under a header; no cell has a comma. */
export const csvFile = (
  header: readonly string[],
  rows: readonly (readonly string[])[],
  name = 'tep.csv',
): GivenFile => ({
  name,
  bytes: Buffer.from([header, ...rows].map((cells) => cells.join(',')).join('\r\n')),
})

/** The name of everybody in these files. */
export const ANH = 'Nguyễn Thị Ánh Mẫu'

/** The columns of a file of people, and a person of one: number n, in the commune with this code. */
export const PEOPLE = [
  'Số định danh',
  'Họ và tên',
  'Ngày sinh',
  'Giới tính',
  'Mã xã',
  'Số điện thoại',
]
export const personRow = (n: number, communeCode = '19750'): readonly string[] => [
  ...[idNumber(n), ANH, '05/08/1943', 'Nữ', communeCode, ''],
]

/** The columns of a file of enrolments, and one of the person number n. */
export const ENROLMENTS = [
  'Số định danh',
  'Mã đối tượng',
  'Hưởng từ ngày',
  'Số quyết định',
  'Ngày quyết định',
  'Mức hưởng',
]
export const enrolmentRow = (n: number, amount = '360.000'): readonly string[] => [
  ...[idNumber(n), 'NCT_80', '01/08/2023', '123/QĐ-UBND', '20/07/2023', amount],
]
