import { DomainError } from './errors.ts'

/** What a file can be refused for, whatever it was to hold. */
export type RefusalCode =
  | 'spreadsheet-size'
  | 'spreadsheet-type'
  | 'spreadsheet-macro'
  | 'spreadsheet-external'
  | 'spreadsheet-locked'
  | 'spreadsheet-bomb'
  | 'spreadsheet-broken'
  | 'spreadsheet-encoding'
  | 'spreadsheet-delimiter'
  | 'spreadsheet-sheets'
  | 'spreadsheet-layout'
  | 'spreadsheet-rows'
  | 'spreadsheet-columns'
  | 'spreadsheet-time'

/** A file that is refused as a whole: what the officer reads, and the cell if one is to blame. */
export function refusal(code: RefusalCode, message: string, cell?: string): DomainError {
  const where = cell === undefined ? '' : `Ô ${cell}: `
  return new DomainError('invalid', code, where + message, cell === undefined ? {} : { cell })
}

/** A file whose structure cannot be read, whatever it is called. */
export const broken = (): DomainError =>
  refusal(
    'spreadsheet-broken',
    'Tệp hỏng hoặc không phải sổ tính Excel. Mở bằng Excel, chọn Lưu thành (Save As) “Excel Workbook (*.xlsx)” rồi gửi lại.',
  )
