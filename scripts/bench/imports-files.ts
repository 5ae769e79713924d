import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { GivenFile } from '../../src/lib/spreadsheet.ts'
import { writeXlsx } from '../../src/lib/spreadsheet-write-xlsx.ts'
import type { KindName } from '../../src/registry/imports-kind.ts'

const ANH = 'Nguyễn Thị Ánh Mẫu'
const numbered = (n: number) => String(n).padStart(6, '0')
const idNumber = (n: number) => `046143${numbered(n)}`

/** The columns of a file of people, and its n-th row: a woman who is 80 in August 2023. */
export const PEOPLE = [
  'Số định danh',
  'Họ và tên',
  'Ngày sinh',
  'Giới tính',
  'Mã xã',
  'Số điện thoại',
]
export const personRow = (n: number): readonly string[] => [
  ...[idNumber(n), ANH, '05/08/1943', 'Nữ', '19750', `0905${numbered(n)}`],
]

const FILES: readonly {
  readonly kind: KindName
  readonly header: readonly string[]
  readonly row: (n: number) => readonly string[]
}[] = [
  { kind: 'people', header: PEOPLE, row: personRow },
  {
    kind: 'enrolments',
    header: ['Số định danh', 'Mã đối tượng', 'Hưởng từ ngày', 'Số quyết định', 'Ngày quyết định'],
    row: (n) => [idNumber(n), 'NCT_80', '01/08/2023', '123/QĐ-UBND', '20/07/2023'],
  },
  {
    kind: 'accounts',
    header: ['Số định danh', 'Mã ngân hàng', 'Số tài khoản', 'Chủ tài khoản'],
    row: (n) => [idNumber(n), '970405', `0123${numbered(n)}`, 'NGUYEN THI ANH MAU'],
  },
  {
    kind: 'deaths',
    header: ['Số định danh', 'Họ và tên', 'Ngày mất', 'Số trích lục'],
    row: (n) => [idNumber(n), ANH, '08/08/2023', `${String(n)}/TLKT`],
  },
]

/** A workbook of so many rows of each kind, in the order in which one needs what the one before brought. */
export async function filesOf(
  rows: number,
): Promise<readonly { readonly kind: KindName; readonly given: GivenFile }[]> {
  const files: { readonly kind: KindName; readonly given: GivenFile }[] = []
  for (const { kind, header, row } of FILES) {
    const out = new PassThrough()
    const bytes = buffer(out)
    const columns = header.map((one) => ({ header: one }))
    await writeXlsx(out, [
      { name: 'Mẫu', columns, rows: Array.from({ length: rows }, (_, n) => row(n)) },
    ])
    files.push({ kind, given: { name: `${kind}.xlsx`, bytes: await bytes } })
  }
  return files
}
