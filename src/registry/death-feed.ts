import { DomainError } from '../lib/errors.ts'
import type { Sheet } from '../lib/spreadsheet.ts'
import { localDate } from '../lib/time.ts'
import { readDay, readWords } from './imports-cells.ts'
import { readHeader, readRows } from './imports-columns.ts'
import type { Columns, NumberedRow } from './imports-columns.ts'
import { deathColumns } from './imports-deaths.ts'
import type { DeathRow } from './imports-deaths.ts'

const FAULTS_SHOWN = 15

/** As in a spreadsheet of deaths; days also as a system writes them, and any name, which is compared and not kept for one. */
const columns: Columns<DeathRow> = {
  ...deathColumns,
  fullName: { ...deathColumns.fullName, read: readWords },
  diedOn: {
    ...deathColumns.diedOn,
    read: (cell) =>
      /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(cell.text) ? localDate(cell.text) : readDay(cell),
  },
}

/**
 * Reads a file of the civil-status feed: so_dinh_danh, ho_ten, ngay_chet (31/08/2023 or 2023-08-31), so_giay_chung_tu;
 * other columns are passed over. Throws DomainError `feed-invalid` that names the cells of the first 15 faults and what
 * to do, without what stands in them; nothing is read in part.
 */
export function readDeathFeed(sheet: Sheet): readonly NumberedRow<DeathRow>[] {
  const header = readHeader(sheet, columns)
  const { problem } = header
  if (problem !== null && problem.code !== 'columns-unknown') throw refused([problem.message])
  const { rows, faults } = readRows(sheet, columns, header)
  if (faults.length === 0) return rows
  throw refused(
    faults.map(({ cell, column, message }) => `${cell === '' ? column : cell}: ${message}`),
  )
}

function refused(faults: readonly string[]): DomainError {
  const shown = faults.slice(0, FAULTS_SHOWN)
  const more = faults.length - shown.length
  const rest = more > 0 ? `\n  … và ${String(more)} lỗi nữa` : ''
  const message = `Không nhận tệp khai tử:\n  ${shown.join('\n  ')}${rest}`
  return new DomainError('invalid', 'feed-invalid', message, { faults: faults.length })
}
