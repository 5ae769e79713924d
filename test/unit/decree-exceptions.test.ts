import { describe, expect, test } from '@jest/globals'
import { localDate, month } from '../../src/lib/time.ts'
import { entitlement } from '../../src/registry/rules.ts'
import { born, child, enrolled, law, owed, facts } from '../support/law.ts'

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
