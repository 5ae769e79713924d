import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createHash } from 'node:crypto'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { localDate } from '../../src/lib/time.ts'
import { readReference, standardOn, successorsOf } from '../../src/registry/reference.ts'

const SHIPPED = join(import.meta.dirname, '../../prisma/reference')
// What is replaced => by what => what the refusal must name (⏎ is a line feed).
const DAMAGES = {
  'communes.csv': `
    ,phuong,Phường Tây => ,ward,Phường Tây => communes.csv row 2, column kind:
    2021-07-01,2024-12-31 => 2021-07-01,2024-13-31 => row 2, column valid_to: must be a day
    19753,2021-07-01 => 19750,2021-07-01 => row 3, column valid_from: repeats the key of row 2
    20191,2021-07-01 => 20191,2021-07-02 => 140 units are in force on 2021-07-01, the law has 141
    2021-07-01,2024-12-31 => 2021-07-01,2024-12-30 => succession.csv row 2, column effective_date
    ,Tây Lộc => , Tây Lộc => communes.csv row 2, column name_vi: write it in Unicode NFC without`,
  'commune_succession.csv': `
    2025-01-01,19750, => 2025-01-01,99999, => row 2, column old_code: no such unit
    2025-01-01,19750, => 2025-01-01,99999, => communes.csv row 2, column valid_to: has ended without
    2025-01-01,19753, => 2025-01-01,19750, => row 3, column old_code: repeats the key of row 2
    ,19750,2025-01-01, => ,99999,2025-01-01, => row 2, column new_code: no such unit
    ,19750,2025-01-01, => ,20014,2025-01-01, => column valid_from: comes from no earlier unit
    2025-01-01,19750, => 2025-01-02,19750, => row 2, column effective_date: must be the new unit's
    ,1.0, => ,0.5, => commune_succession.csv row 2, column share: must be 1.0`,
  'banks.csv': `
    970403,970403 => 970400,970403 => row 12, column code: repeats the key of row 11
    970403,970403 => 970403,970400 => row 12, column bin: repeats the key of row 11
    970403,970403 => 970403,97040 => banks.csv row 12, column bin: must be 6 digits
    ,status, => ,state, => banks.csv row 1, column status: the column is missing
    ,status, => ,state, => banks.csv row 1, column state: the column is not known
    ,note,source => ,source,source => banks.csv row 1, column source: the column stands twice
    ⏎422589 => ⏎⏎422589 => banks.csv row 2, column (all): has 1 cells where the header has 12
    ⏎458761 => ⏎"458761 => banks.csv row 3, column (all): has a quote that does not close`,
  'benefit_categories.csv': `
    ,2.5,900000, => ,2.5,900001, => row 2, column amount_at_360000: must be 900000
    ,2.5,900000,1250000 => ,2.5,900000,1250001 => row 2, column amount_at_500000: must be 1250000
    ,2.5,900000, => ,2.50,900000, => row 2, column coefficient: must be a decimal with one place
    ,2.5,900000, => ,2.5,900.000, => row 2, column amount_at_360000: must be whole đồng
    ,2.5,900000,1250000,, => ,,,,, => row 2, column coefficient: fill exactly one
    ,2.5,900000,1250000,, => ,,900000,1250000,900000, => amount_at_360000: must be empty
    TE_KNN_4_16 => TE_KNN_U4 => row 3, column valid_from: overlaps`,
  'benefit_subcases.csv': `
    ⏎5,1,b, => ⏎5,1,a, => benefit_subcases.csv row 3, column point: repeats`,
  'standard_levels.csv': `
    2015-01-01 => 2015-01-02 => standard_levels.csv row 2, column valid_from: leaves days
    2021-07-01 => 2021-07-02 => standard_levels.csv row 3, column valid_from: leaves days
    2021-07-01 => 2021-06-30 => standard_levels.csv row 3, column valid_from: overlaps
    2024-06-30 => 2021-06-30 => standard_levels.csv row 3, column valid_to: is before valid_from
    2024-07-01, => 2024-07-01,2030-12-31 => row 4, column valid_to: must be empty`,
  'failure_reasons.csv': `
    ACC_ID_OLD => ACC_NAME_MISMATCH => row 3, column code: repeats the key of row 2
    ,BE01,inquiry/credit, => ,BE01,, => failure_reasons.csv row 2, column stage: must be validate`,
  'holidays.csv': `
    ⏎2024-01-01, => ⏎2023-09-04, => holidays.csv row 13, column day: repeats
    ⏎2024-01-01, => ⏎2024-13-01, => holidays.csv row 13, column day: must be a day`,
  'account_map.csv': `
    ⏎008, => ⏎8, => row 20, column account_code: must be an account
    2018-01-01,2024-12-31 => 2018-01-01,2024-12-01 => row 25, column valid_from: leaves days`,
}

const damages = Object.entries(DAMAGES).flatMap(([file, lines]) => {
  const cases = lines.trim().replaceAll(/\n +/g, '\n').split('\n')
  return cases.map((line) => [file, ...line.replaceAll('⏎', '\n').split(' => ')])
})

describe('the reference data that we ship', () => {
  const reference = readReference(SHIPPED)
  const unitsOn = (date: string) =>
    reference.communes.filter((unit) => unit.validFrom <= date && date <= (unit.validTo ?? date))

  test('on each day of the map there are the units of the law', () => {
    const days = ['2021-07-01', '2024-12-31', '2025-01-01', '2025-06-30', '2025-07-01']
    expect(days.map((day) => unitsOn(day).length)).toEqual([141, 141, 133, 133, 40])
  })

  test('the 141 units of 2023 become 133 and then exactly the 40 of today', () => {
    const becomes = (date: string) =>
      new Set(
        unitsOn('2023-08-01').flatMap((unit) => successorsOf(reference, unit, localDate(date))),
      )
    expect(becomes('2023-08-01')).toEqual(new Set(unitsOn('2023-08-01')))
    expect(becomes('2025-01-01')).toEqual(new Set(unitsOn('2025-01-01')))
    expect(becomes('2026-11-23')).toEqual(new Set(unitsOn('2025-07-01')))
  })

  test('a re-used code names another unit', () => {
    const old = { code: '19753', validFrom: localDate('2021-07-01') }
    const heirs = successorsOf(reference, old, localDate('2025-07-01'))
    expect(heirs.map((unit) => unit.fullNameVi)).toEqual(['Phường Phú Xuân'])
  })

  test('a unit that does not exist, or not yet, has no successors', () => {
    const on = (code: string, validFrom: string, date: string) => () =>
      successorsOf(reference, { code, validFrom: localDate(validFrom) }, localDate(date))
    expect(on('20176', '2021-07-01', '2025-07-01')).toThrow(/20176 of 2021-07-01/)
    expect(on('19753', '2025-07-01', '2023-08-01')).toThrow(/did not exist yet/)
  })

  test('the district draws the money until 2025-06-30, then the commune', () => {
    expect(new Set(unitsOn('2023-08-01').map((unit) => unit.payingUnit)).size).toBe(9)
    expect(new Set(unitsOn('2025-01-01').map((unit) => unit.payingUnit)).size).toBe(9)
    expect(unitsOn('2025-07-01').filter((unit) => unit.payingUnit !== unit.code)).toEqual([])
  })

  test('the standard level changes on the days of the decrees', () => {
    const level = (date: string) => standardOn(reference, localDate(date)).standardVnd
    expect(['2015-01-01', '2021-06-30'].map(level)).toEqual([270_000n, 270_000n])
    expect(['2021-07-01', '2024-06-30'].map(level)).toEqual([360_000n, 360_000n])
    expect(['2024-07-01', '2026-11-23'].map(level)).toEqual([500_000n, 500_000n])
    expect(() => level('2014-12-31')).toThrow(/No standard level is known for 2014-12-31/)
  })

  test('amounts are whole đồng: level × coefficient', () => {
    const category = new Map(reference.categories.map((row) => [row.code, row]))
    const amounts = { amountAt360000: 900_000n, amountAt500000: 1_250_000n }
    expect(category.get('TE_KNN_U4')).toMatchObject({ coefficient: '2.5', ...amounts })
    expect(category.get('MTP_CD')).toMatchObject({ amountAt360000: 7_200_000n })
    expect(category.get('HTXH')).toMatchObject({ coefficient: null, fixedAmountVnd: 500_000n })
  })

  test('HIV-related categories, and only they, are confidential', () => {
    const confidential = reference.categories.filter((category) => category.confidential)
    expect(confidential.map(({ code }) => code)).toEqual(['HIV_TE_U4', 'HIV_TE_4_16', 'HIV_NGHEO'])
  })

  test('every account of the chart has a row in both regimes, none of 2025 verified', () => {
    const chart =
      '1120 1121-FREE 1121-HELD 1130-TRANSIT 1388-SVC 1388-RECOVER 1388-SUSPENSE 3371 3388-BEN ' +
      '3388-UNPAID 3388-RETURN 3388-FEE 3388-SUSPENSE 511 611-BEN 611-FEE 611-BANK 611-LOSS ' +
      '008 008-CONTRA 911 4211 4211-OPENING'
    for (const regime of ['TT 107/2017/TT-BTC', 'TT 24/2024/TT-BTC']) {
      const rows = reference.accountMap.filter((row) => row.regime === regime)
      expect(rows.map((row) => row.accountCode)).toEqual(chart.split(' '))
    }
    const later = reference.accountMap.filter((row) => row.validFrom >= '2025-01-01')
    expect(new Set(later.map((row) => row.status))).toEqual(new Set(['to_confirm']))
  })

  test('the version is the hash of all files in order of their names', () => {
    const files = readdirSync(SHIPPED).filter((file) => file.endsWith('.csv'))
    const bytes = files.sort().map((file) => readFileSync(join(SHIPPED, file)))
    const expected = createHash('sha256').update(Buffer.concat(bytes)).digest('hex')
    expect(reference.version).toBe(expected)
  })
})

describe('a damaged copy', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'reference-'))
    cpSync(SHIPPED, folder, { recursive: true })
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })

  const read = () => readReference(folder)
  const damage = (file: string, change: (text: string) => string) => {
    const before = readFileSync(join(folder, file), 'utf8')
    const after = change(before)
    expect(after).not.toBe(before)
    writeFileSync(join(folder, file), after)
  }

  test.each(damages)('%s: %s => %s is refused', (file = '', from = '', to = '', words = '') => {
    damage(file, (text) => text.replace(from, to))
    expect(read).toThrow(words)
  })

  test('letters with separate tone marks (NFD) are refused', () => {
    damage('communes.csv', (text) => text.replace('Tây Lộc', 'Tây Lộc'.normalize('NFD')))
    expect(read).toThrow('communes.csv row 2, column name_vi: write it in Unicode NFC')
  })

  test('one error lists the first 15 bad rows and counts the rest', () => {
    damage('banks.csv', (text) => text.replaceAll(',bank,', ',shop,'))
    expect(read).toThrow(
      /again:(\n {2}banks\.csv row \d+, column kind: .*){15}\n {2}… and 41 more rows$/,
    )
  })

  test('a file that holds no rows, is not UTF-8 or is missing is named', () => {
    damage('banks.csv', (text) => text.slice(0, text.indexOf('\n')))
    expect(read).toThrow('banks.csv row 2, column (all): is not there')
    writeFileSync(join(folder, 'banks.csv'), Buffer.from([0x63, 0xff, 0x0a]))
    expect(read).toThrow(/banks\.csv is not UTF-8/)
    rmSync(join(folder, 'banks.csv'))
    expect(read).toThrow(/banks\.csv is missing/)
  })

  test('one byte in a note makes another version', () => {
    expect(read().version).toBe(readReference(SHIPPED).version)
    damage('banks.csv', (text) => text.replace('brand BVBank', 'brand BVBanK'))
    expect(read().version).not.toBe(readReference(SHIPPED).version)
  })

  test('what a spreadsheet saves (byte order mark, CRLF) reads the same', () => {
    damage('banks.csv', (text) => `\uFEFF${text.replaceAll('\n', '\r\n')}`)
    expect(read().banks).toEqual(readReference(SHIPPED).banks)
  })
})
