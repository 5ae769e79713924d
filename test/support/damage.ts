import { expect } from '@jest/globals'
import { DomainError } from '../../src/lib/errors.ts'
import type { GivenFile, Sheet } from '../../src/lib/spreadsheet.ts'
import { readCsvSheet } from '../../src/lib/spreadsheet-csv.ts'
import { guardFile } from '../../src/lib/spreadsheet-guard.ts'
import { readXlsx } from '../../src/lib/spreadsheet-xlsx.ts'
import { sheetXml } from './workbook.ts'
import type { Made } from './workbook.ts'

/** A header and a person. */
export const goodRows = [
  ['Số định danh', 'Họ và tên'],
  ['046145000123', 'Nguyễn Thị Ánh Mẫu'],
]
export const good: Made = { sheets: [{ xml: sheetXml(goodRows) }] }

/** The code of the refusal and the cell that it names; the message must be there in Vietnamese. */
export async function refusedBy(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'taken'
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    expect(error.message).toMatch(/[ạảầấậẩẫáàãếềệểêễịìíỉộồốổốơớờợởùúũủưừứựđ]/)
    const { cell } = error.extra
    if (typeof cell === 'string') expect(error.message).toContain(`Ô ${cell}`)
    return typeof cell === 'string' ? `${error.code} ${cell}` : error.code
  }
}

/** What the guard says of a file. */
export const guarded = async (name: string, bytes: Buffer | Promise<Buffer>) =>
  refusedBy(guardFile({ name, bytes: await bytes }))
/** What guard and parser say of a file. */
export const readAs = async (name: string, bytes: Buffer | Promise<Buffer>) =>
  refusedBy(readHere({ name, bytes: await bytes }))

/** Guards and parses in this process: a process a file is slow for a table of them. One test below starts one. */
export async function readHere(file: GivenFile): Promise<Sheet> {
  return (await guardFile(file)) === 'xlsx' ? readXlsx(file.bytes) : readCsvSheet(file.bytes)
}
