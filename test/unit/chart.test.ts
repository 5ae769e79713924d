import { describe, expect, test } from '@jest/globals'
import { chart, chartLines } from '../../src/ledger/chart.ts'
import type { AccountType } from '../../src/ledger/chart.ts'

/**
 * The side on which each type grows, as books have it; memo accounts come in pairs, one of each
 * side.
 */
const SIDES: Readonly<Record<Exclude<AccountType, 'memo'>, 'debit' | 'credit'>> = {
  asset: 'debit',
  expense: 'debit',
  liability: 'credit',
  income: 'credit',
  equity: 'credit',
}

describe.each(chartLines)('%s', (_, line) => {
  test('has a name in both languages', () => {
    expect(line.nameVi).toMatch(/\S/)
    expect(line.nameEn).toMatch(/\S/)
    expect(line.nameVi).toBe(line.nameVi.normalize('NFC'))
  })

  test('grows on the side of its type', () => {
    if (line.type !== 'memo') expect(line.grows).toBe(SIDES[line.type])
  })

  test('cannot be overdrawn when it is money, a claim or a debt', () => {
    const mayTurn = line.type === 'income' || line.type === 'expense' || line.type === 'equity'
    expect(line.floor).toBe(mayTurn ? null : 0n)
  })

  test('is shared when its subject is not one person, instruction or statement line', () => {
    const perItem = ['instruction', 'person', 'entitlement', 'line']
    expect(line.shared).toBe(!perItem.includes(line.subject))
  })
})

test('what must return to zero says when, but for the accounts that the design names', () => {
  const never = chartLines
    .filter(([, line]) => line.mustReturnToZero === null)
    .map(([code]) => code)
  expect(never).toEqual(
    ['4211', '1121-FREE'].toSorted((a, b) => codes.indexOf(a) - codes.indexOf(b)),
  )
})

test('each memo account has its contra, of the other side', () => {
  const memo = chartLines.filter(([, line]) => line.type === 'memo')
  expect(memo).toHaveLength(6)
  for (const [code, line] of memo) {
    const other = code.endsWith('-CONTRA') ? code.replace('-CONTRA', '') : `${code}-CONTRA`
    expect(memo.find(([found]) => found === other)?.[1].grows).not.toBe(line.grows)
  }
})

const codes = Object.keys(chart)
