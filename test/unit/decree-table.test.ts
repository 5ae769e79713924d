import { describe, expect, test } from '@jest/globals'
import { localDate, month } from '../../src/lib/time.ts'
import type { Month } from '../../src/lib/time.ts'
import { amountOf } from '../../src/registry/rules-amount.ts'
import { FUNERAL_GROUNDS, funeralSupport } from '../../src/registry/rules-funeral.ts'
import type { FuneralGround } from '../../src/registry/rules-funeral.ts'
import type { LawEnrolment } from '../../src/registry/rules-facts.ts'
import { startMonth } from '../../src/registry/rules-start.ts'
import { entitlement } from '../../src/registry/rules.ts'
import { born, child, enrolled, law, lawWith, owed, reference } from '../support/law.ts'

// Decree 20/2021 as a table: standard 360.000 from 07/2021, 500.000 from 07/2024. The amounts are the decree's, written
// down by hand. In each line: category, date of birth, facts, amount in 2023-08 and in 2025-01.
const facts: Readonly<Record<string, Partial<LawEnrolment>>> = {
  'no facts': {},
  studying: { studyingUntil: localDate('2026-06-30') },
  'one child': { children: [child('2015-01-01')] },
  'two children': { children: [child('2015-01-01'), child('2018-01-01')] },
  'three, one of them 17 and studying': {
    children: [child('2015-01-01'), child('2018-01-01'), child('2006-03-01', '2028-06-30')],
  },
  pregnant: { pregnantUntil: localDate('2025-03-31') },
  'an infant': { children: [child('2022-12-01')] },
  'pregnant with an infant': {
    pregnantUntil: localDate('2025-03-31'),
    children: [child('2022-12-01')],
  },
  'two infants': { children: [child('2022-12-01'), child('2023-01-01')] },
}
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

describe('exceptions', () => {
  const single = enrolled('DTN_CON', { children: [child('2018-01-01')] })

  test('only the highest of several heads is paid (Art 6.2)', () => {
    const heads = [enrolled('NCT_80'), enrolled('NKT_N'), enrolled('NCT_NGHEO')]
    expect(owed(born('1940-01-01'), heads, '2023-08')).toEqual(['NCT_NGHEO_80 720000'])
  })

  test('of two equal ones the lowest clause', () => {
    const heads = [enrolled('HIV_NGHEO'), enrolled('NKT_N'), enrolled('NCT_NGHEO')]
    expect(owed(born('1955-01-01'), heads.slice(0, 1).concat(heads[2] ?? []), '2023-08')).toEqual([
      'NCT_NGHEO_60_80 540000',
    ])
    expect(owed(born('1990-01-01'), heads.slice(0, 2), '2023-08')).toEqual(['NKT_N 540000'])
  })

  test.each([
    ['5.5', '1955-01-01', 'NCT_NGHEO', 'NCT_NGHEO_60_80 540000'],
    ['5.6', '1990-01-01', 'NKT_N', 'NKT_N 540000'],
    ['5.8', '1990-01-01', 'HIV_NGHEO', 'HIV_NGHEO 540000'],
  ])('a poor single parent who is %s gets both', (_, birth, head, line) => {
    expect(owed(born(birth), [single, enrolled(head)], '2023-08')).toEqual(['DTN_CON 360000', line])
  })

  test('a poor single parent who is 5.2 gets the higher one only', () => {
    const student = enrolled('TE_KNN', { studyingUntil: localDate('2026-06-30') })
    expect(owed(born('2003-01-01'), [single, student], '2023-08')).toEqual(['TE_KNN_16_22 540000'])
  })

  test('of several heads beside a single parent one is paid', () => {
    const heads = [single, enrolled('NKT_N'), enrolled('HIV_NGHEO')]
    expect(owed(born('1990-01-01'), heads, '2023-08')).toEqual(['DTN_CON 360000', 'NKT_N 540000'])
  })

  test('a single parent without a child that counts gets nothing for it', () => {
    const alone = enrolled('DTN_CON', { children: [child('2001-01-01')] })
    expect(owed(born('1980-01-01'), [alone], '2023-08')).toEqual([])
  })

  test('care money comes on top (Art 20), once, the highest', () => {
    const heads = [enrolled('NKT_DBN'), enrolled('CS_HGD_DBN'), enrolled('CS_NHAN_DBN')]
    expect(owed(born('1990-01-01'), heads, '2023-08')).toEqual([
      'CS_NHAN_DBN 540000',
      'NKT_DBN 720000',
    ])
  })

  test('a disabled mother keeps care money beside 5.6 (Art 20.2.b)', () => {
    const heads = [enrolled('NKT_N'), enrolled('CS_NKT_MT', facts['an infant'])]
    expect(owed(born('1995-01-01'), heads, '2023-08')).toEqual([
      'CS_NKT_MT_1 540000',
      'NKT_N 540000',
    ])
  })

  test('of two disabled spouses one has the share (Art 20.2.a)', () => {
    const spouseHas = { from: month('2023-08'), to: month('2023-09') }
    const share = enrolled('CS_NKT_MT', { ...facts['an infant'], spouseHas })
    const months = ['2023-07', '2023-08', '2023-09', '2023-10']
    expect(months.map((of) => owed(born('1995-01-01'), [share], of).length)).toEqual([1, 0, 0, 1])
  })

  test('in an institution nothing of Article 6 is paid (Art 25.5)', () => {
    const stay = enrolled('CSTG', { start: month('2023-05'), last: month('2023-08') })
    const heads = [enrolled('NKT_DBN'), enrolled('CS_HGD_DBN'), stay]
    const at = (of: string) => owed(born('1990-01-01'), heads, of)
    expect(at('2023-04')).toEqual(['CS_HGD_DBN 360000', 'NKT_DBN 720000'])
    expect(at('2023-05')).toEqual(['CSTG_4 1440000'])
    expect(at('2023-09')).toEqual(['CS_HGD_DBN 360000', 'NKT_DBN 720000'])
  })

  test('the month of death is owed, the next one is not (Art 8.2)', () => {
    const dead = born('1940-01-01', '2023-08-01')
    expect(owed(dead, [enrolled('NCT_80')], '2023-08')).toEqual(['NCT_80 360000'])
    expect(owed(dead, [enrolled('NCT_80')], '2023-09')).toEqual([])
  })

  test('the month of the stop is owed, the next one is not', () => {
    const stopped = enrolled('NKT_N', { last: month('2023-08') })
    expect(owed(born('1990-01-01'), [stopped], '2023-08')).toEqual(['NKT_N 540000'])
    expect(owed(born('1990-01-01'), [stopped], '2023-09')).toEqual([])
  })

  test.each([
    [false, 0],
    [true, 1],
  ])('suspended months are owed again with arrears only: %s', (withArrears, lines) => {
    const suspensions = [{ from: month('2023-08'), to: month('2023-10'), withArrears }]
    const enrolment = enrolled('NKT_N', { suspensions })
    const months = ['2023-07', '2023-08', '2023-10', '2023-11']
    const found = months.map((of) => owed(born('1990-01-01'), [enrolment], of).length)
    expect(found).toEqual([1, lines, lines, 1])
  })
})

describe('the social pension from 2025-07', () => {
  const at = (birth: string, head: string, of: string, start = '2021-07') =>
    owed(born(birth), [enrolled(head, { start: month(start) })], of)

  test('takes over 5.5.b and 5.5.c without a gap', () => {
    const months = ['2025-06', '2025-07', '2025-12']
    expect(months.flatMap((of) => at('1940-01-01', 'NCT_80', of))).toEqual([
      'NCT_80 500000',
      'HTXH 500000',
      'HTXH 500000',
    ])
    expect(at('1948-01-01', 'NCT_DTTS', '2025-07')).toEqual(['HTXH 500000'])
  })

  test('is not paid beside the enrolment that it took over, nor beside Article 5', () => {
    const both = [enrolled('NCT_80'), enrolled('HTXH', { start: month('2025-07') })]
    expect(owed(born('1940-01-01'), both, '2025-08')).toEqual(['HTXH 500000'])
    const disabled = [...both, enrolled('NKT_N')]
    expect(owed(born('1940-01-01'), disabled, '2025-08')).toEqual(['NKT_N_TE_NCT 1000000'])
  })

  test('takes nobody over who had dropped out before, or came later', () => {
    expect(at('1943-08-31', 'NCT_DTTS', '2025-08')).toEqual([])
    expect(at('1940-01-01', 'NCT_80', '2025-08', '2025-07')).toEqual([])
  })
})

describe('gifts', () => {
  test('go once to whoever has a benefit of the month', () => {
    const heads = [enrolled('NKT_N'), enrolled('CS_NKT_MT', facts['an infant'])]
    const lines = entitlement(born('1995-01-01'), heads, month('2025-09'), law)
    expect(lines.filter(({ component }) => component === 'one-off')).toMatchObject([
      {
        programme: 'QK_2025',
        amount: 100_000n,
        explanation: '100.000, Quà nhân dịp Quốc khánh 2/9/2025',
      },
    ])
    expect(owed(born('1995-01-01'), heads, '2025-08')).toHaveLength(2)
    expect(owed(born('1995-01-01'), [], '2025-09')).toEqual([])
  })
})

describe('when it starts (Art 8.1.đ)', () => {
  const decided = {
    birthDate: localDate('1943-05-20'),
    decisionDate: localDate('2023-08-17'),
    certificateMonth: null,
    requestedOn: null,
    qualifiesFrom: null,
    poor: false,
  }
  const rule = (code: string) => {
    const found = reference.categories.find((category) => category.code === code)
    if (found === undefined) throw new Error(code)
    return found
  }
  test.each([
    ['TE_KNN_U4', {}, '2023-08'],
    ['NKT_N', { certificateMonth: month('2023-03') }, '2023-03'],
    ['NCT_80', {}, '2023-05'],
    ['NCT_80', { qualifiesFrom: month('2023-07') }, '2023-07'],
    ['NCT_75_80_DTTS', { birthDate: localDate('1948-06-30') }, '2023-06'],
    ['NKT_N', { certificateMonth: month('2020-03') }, '2021-07'],
    ['HTXH', { requestedOn: localDate('2025-08-01') }, '2025-07'],
    [
      'HTXH',
      { requestedOn: localDate('2025-08-01'), birthDate: localDate('1950-09-09') },
      '2025-09',
    ],
    [
      'HTXH_70',
      { requestedOn: localDate('2025-08-01'), birthDate: localDate('1955-11-09'), poor: true },
      '2025-11',
    ],
  ] as const)('%s with %j starts in %s', (code, of, start) => {
    expect(startMonth(rule(code), { ...decided, ...of })).toBe(month(start))
  })
  test.each(['NKT_N', 'HTXH'])('%s is refused without what its start depends on', (code) => {
    expect(() => startMonth(rule(code), decided)).toThrow(
      expect.objectContaining({ name: 'DomainError', code: 'start-unknown' }),
    )
  })
})

describe('funeral support', () => {
  const support = (day: string, ...grounds: FuneralGround[]) => {
    const { categoryCode, amount } = funeralSupport('f', localDate(day), grounds, law)
    return `${categoryCode} ${String(amount)}`
  }
  test.each([
    ['2023-08-05', 'community', 'MTP_CD 7200000'],
    ['2025-08-05', 'community', 'MTP_CD 10000000'],
    ['2023-08-05', 'child-of-single-parent', 'MTP_CD 7200000'],
    ['2023-08-05', 'aged-80-on-survivor-allowance', 'MTP_CD 7200000'],
    ['2025-08-05', 'social-pension', 'MTP_HTXH 10000000'],
    ['2025-08-05', 'social-pension-applicant', 'MTP_HTXH 10000000'],
    ['2023-08-05', 'institution', 'MTP_CSTG 18000000'],
    ['2023-08-05', 'emergency', 'MTP_KC 18000000'],
    ['2024-07-01', 'emergency', 'MTP_KC 25000000'],
  ] as const)('on %s by ground %s: %s', (day, ground, wanted) => {
    expect(support(day, ground)).toBe(wanted)
  })
  test('is the highest of several, of equal ones the lowest clause', () => {
    expect(support('2023-08-05', 'community', 'emergency')).toBe('MTP_KC 18000000')
    expect(support('2025-08-05', 'social-pension', 'community')).toBe('MTP_CD 10000000')
    expect(support('2023-08-05', 'institution', 'emergency')).toBe('MTP_KC 18000000')
  })
  test('is refused when the ground is not in force yet', () => {
    expect(() => support('2023-08-05', 'social-pension')).toThrow(
      expect.objectContaining({ code: 'funeral-no-ground' }),
    )
  })
  test('every ground has its category', () => {
    const codes = new Set(reference.categories.map(({ code }) => code))
    expect(Object.values(FUNERAL_GROUNDS).filter((code) => !codes.has(code))).toEqual([])
  })
})

describe('what an amount says', () => {
  const one = (head: string, birth: string, of: Month, more: Partial<LawEnrolment> = {}) =>
    entitlement(born(birth), [enrolled(head, more)], of, law)[0]

  test('in both languages, with the articles', () => {
    expect(one('TE_KNN', '2022-08-10', month('2024-08'))).toMatchObject({
      explanation: '500.000 × 2,5, Điều 6.1.a',
      explanationEn: '500,000 × 2.5, Art. 6.1.a',
      legalBasis: 'Điều 5.1, 6.1.a Nghị định 20/2021/NĐ-CP',
    })
    expect(one('DTN_CON', '1990-01-01', month('2023-08'), facts['two children'])).toMatchObject({
      explanation: '360.000 × 1,0 × 2 con, Điều 6.1.d',
      explanationEn: '360,000 × 1.0 × 2 children, Art. 6.1.d',
    })
    expect(one('HTXH', '1940-01-01', month('2025-08'), { start: month('2025-07') })).toMatchObject({
      explanation: '500.000, Điều 21 Luật 41/2024/QH15',
      explanationEn: '500,000, Art. 21 Law 41/2024/QH15',
    })
  })

  test('nothing that reveals HIV (Art 8.1.b)', () => {
    const lines = [
      one('HIV_NGHEO', '1990-01-01', month('2023-08')),
      one('HIV_TE', '2015-01-01', month('2023-08')),
    ]
    for (const line of lines) {
      expect(line?.explanation).toMatch(/Điều 6\.1$/)
      expect(line?.legalBasis).toBe('Điều 5, 6.1 Nghị định 20/2021/NĐ-CP')
    }
    const { categories } = reference
    for (const { neutralCode } of categories.filter(({ confidential }) => confidential)) {
      const others = categories.filter(
        (row) => !row.confidential && row.neutralCode === neutralCode,
      )
      expect(others.length).toBeGreaterThanOrEqual(2)
    }
  })

  test('is refused without a coefficient or an amount, or when it is not a whole đồng', () => {
    const [first] = reference.categories
    if (first === undefined) throw new Error('a category')
    const rule = { ...first, fixedAmount: null }
    expect(() => amountOf({ ...rule, coefficient: null }, 360_000n)).toThrow(
      expect.objectContaining({ code: 'category-amount' }),
    )
    expect(() => amountOf({ ...rule, coefficient: '1.5' }, 360_001n)).toThrow(
      expect.objectContaining({ code: 'money-fraction' }),
    )
  })
})
