import { createHash } from 'node:crypto'
import { isUtf8 } from 'node:buffer'
import { CsvError, parse } from 'csv-parse/sync'
import { DomainError } from '../lib/errors.ts'
import { localDate } from '../lib/time.ts'
import type { LocalDate } from '../lib/time.ts'

/** One death as the civil-status feed tells it. */
export interface FeedRow {
  /** Excel's row: the header is row 1. */
  readonly row: number
  readonly idNumber: string
  readonly fullName: string
  readonly diedOn: LocalDate
  readonly certificate: string
}

/** A file of the feed. */
export interface Feed {
  readonly fileName: string
  /** SHA-256 of the bytes. */
  readonly hash: Buffer
  readonly rows: readonly FeedRow[]
}

const COLUMNS = ['so_dinh_danh', 'ho_ten', 'ngay_chet', 'so_giay_chung_tu'] as const
const FAULTS_SHOWN = 15
const ROWS_MAX = 20_000

/**
 * Reads a file of the civil-status feed: CSV in UTF-8 with the columns so_dinh_danh, ho_ten, ngay_chet (31/08/2023 or
 * 2023-08-31), so_giay_chung_tu. Throws DomainError `feed-invalid` that names row and column of the first 15 faults and
 * what to do; nothing is read in part. Personal data is not repeated in it.
 */
export function readDeathFeed(fileName: string, bytes: Buffer): Feed {
  const [header = [], ...records] = recordsOf(bytes)
  const missing = COLUMNS.filter((column) => !header.includes(column))
  if (missing.length > 0) throw refused([`dòng 1: thiếu cột ${missing.join(', ')}`])
  if (records.length > ROWS_MAX) {
    throw refused([`có ${String(records.length)} dòng, tối đa ${String(ROWS_MAX)}: chia nhỏ tệp`])
  }
  const faults: string[] = []
  const rows = records.map((record, index) => {
    const cell = (column: (typeof COLUMNS)[number]) =>
      (record[header.indexOf(column)] ?? '').normalize('NFC').trim()
    const row = {
      row: index + 2,
      idNumber: cell('so_dinh_danh'),
      fullName: cell('ho_ten').replace(/\s+/g, ' '),
      diedOn: dayOf(cell('ngay_chet')),
      certificate: cell('so_giay_chung_tu'),
    }
    faults.push(...faultsOf(row))
    return { ...row, diedOn: row.diedOn ?? ('' as LocalDate) }
  })
  if (faults.length > 0) throw refused(faults)
  return { fileName, hash: createHash('sha256').update(bytes).digest(), rows }
}

function recordsOf(bytes: Buffer): readonly (readonly string[])[] {
  if (!isUtf8(bytes)) throw refused(['không phải UTF-8: lưu lại dạng "CSV UTF-8"'])
  try {
    return parse(bytes.toString('utf8'), {
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
    })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw refused([`không đọc được CSV (${error.code}): xuất lại tệp`])
  }
}

function faultsOf(row: Omit<FeedRow, 'diedOn'> & { diedOn: LocalDate | undefined }): string[] {
  const at = (column: string, words: string) => `dòng ${String(row.row)}, cột ${column}: ${words}`
  const number = /^\d{12}$/.test(row.idNumber)
  const spoilt = /[eE+.,]/.test(row.idNumber) || /^\d{9,11}$/.test(row.idNumber)
  return [
    ...(number
      ? []
      : [at('so_dinh_danh', spoilt ? 'bảng tính làm hỏng số, nhập lại đủ 12 số' : 'cần 12 số')]),
    ...(row.fullName === '' ? [at('ho_ten', 'để trống, nhập họ và tên')] : []),
    ...(row.diedOn === undefined ? [at('ngay_chet', 'cần ngày dạng 31/08/2023')] : []),
    ...(row.certificate === '' ? [at('so_giay_chung_tu', 'để trống, nhập số giấy chứng tử')] : []),
  ]
}

function dayOf(text: string): LocalDate | undefined {
  const [, day, month, year] = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text) ?? []
  const iso =
    day === undefined
      ? text
      : `${year ?? ''}-${(month ?? '').padStart(2, '0')}-${day.padStart(2, '0')}`
  try {
    return localDate(iso)
  } catch (error) {
    if (error instanceof DomainError) return undefined
    throw error
  }
}

function refused(faults: readonly string[]): DomainError {
  const shown = faults.slice(0, FAULTS_SHOWN)
  const more = faults.length - shown.length
  const rest = more > 0 ? `\n  … và ${String(more)} lỗi nữa` : ''
  const message = `Không nhận tệp khai tử:\n  ${shown.join('\n  ')}${rest}`
  return new DomainError('invalid', 'feed-invalid', message, { faults: faults.length })
}

/** A name for comparing: no diacritics, đ as d, small letters, single blanks. */
export const foldName = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[đĐ]/g, 'd')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim()
