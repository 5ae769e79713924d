import { describe, expect, test } from '@jest/globals'
import { localDate, month } from '../../src/lib/time.ts'
import { amountOf } from '../../src/registry/rules-amount.ts'
import { entitlement } from '../../src/registry/rules.ts'
import { born, child, enrolled, law, lawWith, owed, reference, facts } from '../support/law.ts'

// Decree 20/2021 as a table: standard 360.000 from 07/2021, 500.000 from 07/2024. The amounts are the decree's, written
// down by hand. In each line: category, date of birth, facts, amount in 2023-08 and in 2025-01.
const MONTHLY = `
  TE_KNN_U4          2022-01-10  no facts        900000  1250000   Điều 6.1.a
  TE_KNN_4_16        2015-01-10  no facts        540000   750000   Điều 6.1.a
  TE_KNN_16_22       2006-01-10  studying        540000   750000   Điều 6.1.b
  HIV_TE_U4          2022-01-10  no facts        900000  1250000   Điều 6.1
  HIV_TE_4_16        2015-01-10  no facts        720000  1000000   Điều 6.1
  DTN_CON            1990-01-10  one child       360000   500000   Điều 6.1.d
  DTN_CON            1990-01-10  two children    720000  1000000   Điều 6.1.d
  DTN_CON            1990-01-10  three, one of them 17 and studying  1080000  1500000   Điều 6.1.d
  NCT_NGHEO_60_80    1955-01-10  no facts        540000   750000   Điều 6.1.đ
  NCT_NGHEO_80       1940-01-10  no facts        720000  1000000   Điều 6.1.đ
  NCT_75_80_DTTS     1946-01-10  no facts        360000   500000   Điều 6.1.đ
  NCT_80             1940-01-10  no facts        360000   500000   Điều 6.1.đ
  NCT_NHAN_CS        1955-01-10  no facts       1080000  1500000   Điều 6.1.đ
  NKT_DBN            1990-01-10  no facts        720000  1000000   Điều 6.1.e
  NKT_DBN_TE_NCT     2012-01-10  no facts        900000  1250000   Điều 6.1.e
  NKT_DBN_TE_NCT     1950-01-10  no facts        900000  1250000   Điều 6.1.e
  NKT_N              1990-01-10  no facts        540000   750000   Điều 6.1.e
  NKT_N_TE_NCT       2012-01-10  no facts        720000  1000000   Điều 6.1.e
  NKT_N_TE_NCT       1950-01-10  no facts        720000  1000000   Điều 6.1.e
  TE_U3_DTTS         2022-06-10  no facts        540000   750000   Điều 6.1.g
  HIV_NGHEO          1990-01-10  no facts        540000   750000   Điều 6.1
  CS_TE_U4           2022-01-10  no facts        900000  1250000   Điều 20.1.a
  CS_TE_4_16         2015-01-10  no facts        540000   750000   Điều 20.1.b
  CS_NCT             1950-01-10  no facts        540000   750000   Điều 20.1.b
  CS_NKT_MT_1        1995-01-10  pregnant        540000   750000   Điều 20.2.a
  CS_NKT_MT_1        1995-01-10  an infant       540000   750000   Điều 20.2.a
  CS_NKT_MT_2        1995-01-10  pregnant with an infant  720000  1000000   Điều 20.2.a
  CS_NKT_MT_2        1995-01-10  two infants     720000  1000000   Điều 20.2.a
  CS_HGD_DBN         1990-01-10  no facts        360000   500000   Điều 20.2.c
  CS_NHAN_DBN        1990-01-10  no facts        540000   750000   Điều 20.2.d
  CS_NHAN_DBN_TE     2015-01-10  no facts        900000  1250000   Điều 20.2.d
  CSTG_U4            2022-01-10  no facts       1800000  2500000   Điều 25.1.a
  CSTG_4             2015-01-10  no facts       1440000  2000000   Điều 25.1.b
`
const rowsOf = (table: string) =>
  table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/ {2,}/))

const headOf = (code: string): string =>
  reference.categories.find((category) => category.code === code)?.head ?? code

describe('what each category is worth', () => {
  test.each(rowsOf(MONTHLY))(
    '%s, born %s, %s: %s and %s',
    (code = '', birth = '', what = '', at360 = '', at500 = '', point = '') => {
      const enrolment = enrolled(headOf(code), facts[what])
      expect(owed(born(birth), [enrolment], '2023-08')).toEqual([`${code} ${at360}`])
      expect(owed(born(birth), [enrolment], '2025-01')).toEqual([`${code} ${at500}`])
      const [line] = entitlement(born(birth), [enrolment], month('2023-08'), law)
      expect(line?.explanation.endsWith(`, ${point}`)).toBe(true)
    },
  )

  test('no category that is paid monthly is left out of the table', () => {
    const inTable = new Set(rowsOf(MONTHLY).map(([code]) => code))
    const monthly = reference.categories.filter(({ benefitType }) =>
      benefitType.endsWith('monthly'),
    )
    const left = monthly.map(({ code }) => code).filter((code) => !inTable.has(code))
    expect(left).toEqual(['HTXH', 'HTXH_70'])
  })

  test('the amounts that the files print are standard × coefficient', () => {
    for (const row of reference.categories) {
      const category = { ...row, fixedAmount: row.fixedAmountVnd }
      expect(amountOf(category, 360_000n).amount).toBe(row.amountAt360000 ?? row.fixedAmountVnd)
      expect(amountOf(category, 500_000n).amount).toBe(row.amountAt500000 ?? row.fixedAmountVnd)
    }
  })

  test('the social pension is fixed: 500.000, from 70 for the poor, from 75 for all', () => {
    const pension = (birth: string, poor: boolean) =>
      owed(born(birth), [enrolled('HTXH', { poor, start: month('2025-07') })], '2025-08')
    expect(pension('1950-01-10', false)).toEqual(['HTXH 500000'])
    expect(pension('1953-01-10', true)).toEqual(['HTXH_70 500000'])
    expect(pension('1953-01-10', false)).toEqual([])
  })

  test('before the decree took effect nothing is owed', () => {
    const early = enrolled('NKT_N', { start: month('2020-01') })
    expect(owed(born('1990-01-10'), [early], '2021-06')).toEqual([])
    expect(owed(born('1990-01-10'), [early], '2021-07')).toEqual(['NKT_N 540000'])
  })

  test.each([
    ['2021-07', 360_000n],
    ['2024-06', 360_000n],
    ['2024-07', 500_000n],
  ])('the standard in %s is %s', (of, standard) => {
    expect(law.inMonth(month(of)).standard).toBe(standard)
  })

  test('a level of the city counts where it is higher (Art 4.3)', () => {
    const city = (amount: bigint) =>
      lawWith([{ scope: 'hue', validFrom: localDate('2025-01-01'), validTo: null, amount }])
    const [person, enrolments] = [born('1990-01-10'), [enrolled('NKT_N')]] as const
    expect(owed(person, enrolments, '2025-01', city(600_000n))).toEqual(['NKT_N 900000'])
    expect(owed(person, enrolments, '2024-12', city(600_000n))).toEqual(['NKT_N 750000'])
    expect(owed(person, enrolments, '2025-01', city(400_000n))).toEqual(['NKT_N 750000'])
  })

  test('a month without a known standard is refused', () => {
    expect(() => law.inMonth(month('2014-12'))).toThrow(
      expect.objectContaining({ name: 'DomainError', code: 'standard-unknown' }),
    )
  })
})

// Head, birth, then what is owed in the month before, of and after the threshold birthday. A change takes effect in the
// month of the birthday (Art 8.1.đ); who drops out is paid for that month still (Art 8.2).
const BIRTHDAYS = `
  TE_KNN       2019-08-31  no facts  2023-07  TE_KNN_U4 900000        TE_KNN_4_16 540000      TE_KNN_4_16 540000
  TE_KNN       2007-08-01  no facts  2023-07  TE_KNN_4_16 540000      TE_KNN_4_16 540000      nothing
  TE_KNN       2007-08-01  studying  2023-07  TE_KNN_4_16 540000      TE_KNN_16_22 540000     TE_KNN_16_22 540000
  TE_KNN       2001-08-15  studying  2023-07  TE_KNN_16_22 540000     TE_KNN_16_22 540000     nothing
  HIV_TE       2019-08-31  no facts  2023-07  HIV_TE_U4 900000        HIV_TE_4_16 720000      HIV_TE_4_16 720000
  HIV_TE       2007-08-31  no facts  2023-07  HIV_TE_4_16 720000      HIV_TE_4_16 720000      nothing
  NCT_NGHEO    1963-08-31  no facts  2023-07  nothing                 NCT_NGHEO_60_80 540000  NCT_NGHEO_60_80 540000
  NCT_NGHEO    1943-08-31  no facts  2023-07  NCT_NGHEO_60_80 540000  NCT_NGHEO_80 720000     NCT_NGHEO_80 720000
  NCT_DTTS     1948-08-31  no facts  2023-07  nothing                 NCT_75_80_DTTS 360000   NCT_75_80_DTTS 360000
  NCT_DTTS     1943-08-31  no facts  2023-07  NCT_75_80_DTTS 360000   NCT_75_80_DTTS 360000   nothing
  NCT_80       1943-08-31  no facts  2023-07  nothing                 NCT_80 360000           NCT_80 360000
  NCT_NHAN_CS  1963-08-31  no facts  2023-07  nothing                 NCT_NHAN_CS 1080000     NCT_NHAN_CS 1080000
  NKT_DBN      2007-08-31  no facts  2023-07  NKT_DBN_TE_NCT 900000   NKT_DBN 720000          NKT_DBN 720000
  NKT_DBN      1963-08-31  no facts  2023-07  NKT_DBN 720000          NKT_DBN_TE_NCT 900000   NKT_DBN_TE_NCT 900000
  NKT_N        2007-08-31  no facts  2023-07  NKT_N_TE_NCT 720000     NKT_N 540000            NKT_N 540000
  NKT_N        1963-08-31  no facts  2023-07  NKT_N 540000            NKT_N_TE_NCT 720000     NKT_N_TE_NCT 720000
  TE_U3_DTTS   2020-08-31  no facts  2023-07  TE_U3_DTTS 540000       TE_U3_DTTS 540000       nothing
  CS_TE        2019-08-31  no facts  2023-07  CS_TE_U4 900000         CS_TE_4_16 540000       CS_TE_4_16 540000
  CS_TE        2007-08-31  no facts  2023-07  CS_TE_4_16 540000       CS_TE_4_16 540000       nothing
  CS_NHAN_DBN  2007-08-31  no facts  2023-07  CS_NHAN_DBN_TE 900000   CS_NHAN_DBN 540000      CS_NHAN_DBN 540000
  CSTG         2019-08-31  no facts  2023-07  CSTG_U4 1800000         CSTG_4 1440000          CSTG_4 1440000
  HTXH         1950-09-30  no facts  2025-08  nothing                 HTXH 500000             HTXH 500000
  TE_KNN       2004-02-29  studying  2022-01  TE_KNN_16_22 540000     TE_KNN_16_22 540000     TE_KNN_16_22 540000
  NKT_N        1964-02-29  no facts  2024-01  NKT_N 540000            NKT_N_TE_NCT 720000     NKT_N_TE_NCT 720000
`

describe('every threshold birthday', () => {
  test.each(rowsOf(BIRTHDAYS))(
    '%s, born %s, %s: from %s on %s, then %s, then %s',
    (head = '', birth = '', what = '', first = '', ...wanted) => {
      const at = (index: number) => {
        const [year, of] = first.split('-').map(Number)
        return `${String(year)}-${String((of ?? 0) + index).padStart(2, '0')}`
      }
      const found = [0, 1, 2].map(
        (index) => owed(born(birth), [enrolled(head, facts[what])], at(index))[0] ?? 'nothing',
      )
      expect(found).toEqual(wanted)
    },
  )

  test('a poor social pensioner goes over at 75 without a gap', () => {
    const enrolment = enrolled('HTXH', { poor: true, start: month('2025-07') })
    const months = ['2025-09', '2025-10', '2025-11']
    const found = months.map((of) => owed(born('1950-10-15'), [enrolment], of)[0])
    expect(found).toEqual(['HTXH_70 500000', 'HTXH 500000', 'HTXH 500000'])
  })

  test.each([
    ['turns 16', child('2007-08-15'), ['720000', '720000', '360000']],
    ['finishes school', child('2005-01-15', '2023-08-20'), ['720000', '720000', '360000']],
    ['turns 22 studying', child('2001-08-15', '2030-01-01'), ['720000', '720000', '360000']],
    ['is born', child('2023-08-15'), ['360000', '720000', '720000']],
  ])('a single parent of two, one of whom %s in August', (_, one, wanted) => {
    const parent = enrolled('DTN_CON', { children: [one, child('2018-01-01')] })
    const found = ['2023-07', '2023-08', '2023-09'].map((of) =>
      owed(born('1990-01-01'), [parent], of),
    )
    expect(found).toEqual(wanted.map((amount) => [`DTN_CON ${amount}`]))
  })

  test('an infant counts to the month in which it is 36 months old', () => {
    const parent = enrolled('CS_NKT_MT', { children: [child('2020-08-15')] })
    expect(owed(born('1990-01-01'), [parent], '2023-08')).toEqual(['CS_NKT_MT_1 540000'])
    expect(owed(born('1990-01-01'), [parent], '2023-09')).toEqual([])
  })

  test('who studies is paid to the month in which it ends', () => {
    const student = enrolled('TE_KNN', { studyingUntil: localDate('2023-08-05') })
    expect(owed(born('2006-01-01'), [student], '2023-08')).toEqual(['TE_KNN_16_22 540000'])
    expect(owed(born('2006-01-01'), [student], '2023-09')).toEqual([])
  })
})
