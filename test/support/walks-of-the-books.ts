import type { AccountRef } from '../../src/ledger/journal.ts'
import {
  M,
  OF_ITEM,
  OF_UNIT,
  fund,
  hold,
  list,
  onceRecognised,
  overpay,
  pay,
  payOnce,
  person,
  programme,
  submit,
  unit,
} from './walk.ts'
import type { Step, Walk } from './walk.ts'

const FEE = 11_000n
const line = 'L1'
const contract = 'C1'
const bankFee: readonly Step[] = [...fund(FEE), ['bank-fee', { unit, programme, amount: FEE }]]
const opening = (account: AccountRef, amount: bigint, side: 'asset' | 'liability'): Step => [
  `opening-${side}`,
  { account, amount },
]

/**
 * Fees, interest, lines without an explanation, losses, the first and the last day of the books.
 */
export const walksOfTheBooks: readonly Walk[] = [
  {
    name: 'service fee',
    steps: [
      ...fund(FEE),
      ['fee-accrued', { unit, programme, contract, amount: FEE }],
      ['fee-paid', { unit, contract, amount: FEE }],
    ],
    leaves: { '511 programme:bhxh': FEE, '611-FEE programme:bhxh': FEE },
  },
  {
    // The design gives a bank fee no 3371 / 511: the draw that it was paid from stays unrecognised.
    name: 'bank fee',
    steps: bankFee,
    leaves: { '611-BANK programme:bhxh': FEE, '3371 unit:474': FEE },
  },
  {
    name: 'interest, sent back',
    steps: [
      ['interest', OF_UNIT],
      ['sent-back', OF_UNIT],
    ],
    leaves: {},
  },
  {
    name: 'unexplained credit line that was a return',
    steps: [
      ...payOnce,
      ['suspense-credit', { ...OF_UNIT, line }],
      ['suspense-credit-explained', { ...OF_UNIT, line }],
      ['returned', { ...OF_ITEM, list, carried: false }],
      submit('I2'),
      pay('I2'),
    ],
    leaves: onceRecognised,
  },
  {
    name: 'unexplained debit line that was a bank fee',
    steps: [
      ...fund(FEE),
      ['suspense-debit', { unit, line, amount: FEE }],
      ['suspense-debit-explained', { unit, line, amount: FEE }],
      ['bank-fee', { unit, programme, amount: FEE }],
    ],
    leaves: { '611-BANK programme:bhxh': FEE, '3371 unit:474': FEE },
  },
  {
    // The loss is an expense; what is owed back to the budget stays owed.
    name: 'overpaid, never recovered, written off',
    steps: [...overpay, ['write-off', { programme, amount: M, from: { person } }]],
    leaves: { '611-LOSS programme:bhxh': M, '3388-RETURN unit:474': M },
  },
  {
    name: 'unexplained debit line, written off',
    steps: [
      ...fund(FEE),
      ['suspense-debit', { unit, line, amount: FEE }],
      ['write-off', { programme, amount: FEE, from: { line } }],
    ],
    leaves: { '611-LOSS programme:bhxh': FEE, '3371 unit:474': FEE },
  },
  {
    name: 'cash lost by the service organisation, written off',
    steps: [
      ...fund(M),
      hold(),
      ['cash-handed-over', { list, cashList: 'T1', amount: M }],
      ['write-off', { programme, amount: M, from: { cashList: 'T1' } }],
    ],
    leaves: { '611-LOSS programme:bhxh': M, '3371 unit:474': M },
  },
  {
    name: 'opening balances',
    steps: [
      opening({ code: '1120', subject: 'unit:474' }, 3n * M, 'asset'),
      opening({ code: '1130-TRANSIT', subject: 'instruction:I1' }, M, 'asset'),
      opening({ code: '3371', subject: 'unit:474' }, 2n * M, 'liability'),
      opening({ code: '3388-BEN', subject: 'entitlement:E1' }, M, 'liability'),
      opening({ code: '4211', subject: 'book:province' }, M, 'liability'),
      pay('I1'),
    ],
    leaves: { '1120 unit:474': 3n * M, '3371 unit:474': 2n * M, '4211 book:province': M },
  },
  {
    name: 'year end without a result',
    steps: [
      ...payOnce,
      ['year-end-income', { programme, amount: M }],
      ['year-end-expense', { programme, expense: '611-BEN', amount: M }],
    ],
    leaves: {},
  },
  {
    name: 'year end with a deficit',
    steps: [
      ...bankFee,
      ['year-end-expense', { programme, expense: '611-BANK', amount: FEE }],
      ['year-end-deficit', { amount: FEE }],
    ],
    leaves: { '4211 book:province': -FEE, '3371 unit:474': FEE },
  },
  {
    name: 'year end with a surplus, the expense being of the year before',
    steps: [
      ...payOnce,
      ['year-end-income', { programme, amount: M }],
      ['year-end-surplus', { amount: M }],
    ],
    leaves: { '4211 book:province': M, '611-BEN programme:bhxh': M },
  },
  {
    name: 'payment orders outside the balance sheet',
    steps: [
      ['direct-order-received', OF_UNIT],
      ['advance-order-received', OF_UNIT],
    ],
    leaves: {
      '012 unit:474': M,
      '012-CONTRA unit:474': M,
      '013 unit:474': M,
      '013-CONTRA unit:474': M,
    },
  },
]
