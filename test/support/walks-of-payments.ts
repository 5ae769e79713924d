import {
  M,
  OF_BUDGET,
  OF_ITEM,
  OF_UNIT,
  accrue,
  approve,
  fund,
  hold,
  list,
  onceRecognised,
  overpay,
  pay,
  payOnce,
  person,
  returnDraw,
  submit,
  unit,
} from './walk.ts'
import type { Step, Walk } from './walk.ts'

const next = '2309-19750'
const cashList = 'T1'
const carry: readonly Step[] = [...approve, ['carried', { ...OF_UNIT, ...OF_ITEM, list }]]

/** What can happen to a benefit, from the estimate to the last đồng. */
export const walksOfPayments: readonly Walk[] = [
  { name: 'paid', steps: payOnce, leaves: onceRecognised },
  {
    name: 'returned and re-issued',
    steps: [
      ...payOnce,
      ['returned', { ...OF_ITEM, list, carried: false }],
      submit('I2'),
      pay('I2'),
    ],
    leaves: onceRecognised,
  },
  {
    name: 'rejected and re-issued',
    steps: [
      ...approve,
      submit('I1'),
      ['not-executed', { list, instruction: 'I1', amount: M }],
      submit('I2'),
      pay('I2'),
    ],
    leaves: onceRecognised,
  },
  {
    name: 'carried and paid next month, returned once',
    steps: [
      ...carry,
      hold(next),
      submit('I2', next),
      pay('I2', true),
      ['returned', { ...OF_ITEM, list: next, carried: true }],
      submit('I3', next),
      pay('I3', true),
    ],
    leaves: onceRecognised,
  },
  {
    name: 'cash list: one paid, one not found and paid next month',
    steps: [
      ...fund(2n * M),
      ['hold', { unit, list, amount: 2n * M }],
      accrue(),
      accrue('E2'),
      ['cash-handed-over', { list, cashList, amount: 2n * M }],
      ['cash-paid', { cashList, items: [{ entitlement: 'E2', amount: M }] }],
      ['cash-unpaid', { unit, cashList, items: [OF_ITEM] }],
      hold(next),
      submit('I1', next),
      pay('I1', true),
    ],
    leaves: { '511 programme:bhxh': 2n * M, '611-BEN programme:bhxh': 2n * M },
  },
  {
    name: 'cash list: not found, taken over next month, and fetched then',
    steps: [
      ...approve,
      ['cash-handed-over', { list, cashList, amount: M }],
      ['cash-unpaid', { unit, cashList, items: [OF_ITEM] }],
      ['cash-carried-over', { unit, list: next, items: [OF_ITEM] }],
      ['cash-handed-over', { list: next, cashList: 'C2', amount: M }],
      ['cash-paid', { cashList: 'C2', items: [OF_ITEM] }],
    ],
    leaves: onceRecognised,
  },
  {
    name: 'cash list: not found, and stopped, the draw goes back',
    steps: [
      ...approve,
      ['cash-handed-over', { list, cashList, amount: M }],
      ['cash-unpaid', { unit, cashList, items: [OF_ITEM] }],
      ['unpaid-stopped', { ...OF_BUDGET, ...OF_ITEM }],
      ...returnDraw,
    ],
    leaves: {},
  },
  {
    name: 'died before the month: un-accrued, the draw goes back',
    steps: [
      ...approve,
      ['un-accrual', { ...OF_BUDGET, ...OF_ITEM }],
      ['release', { ...OF_UNIT, list }],
      ...returnDraw,
    ],
    leaves: {},
  },
  {
    name: 'overpaid, recovered, sent back',
    steps: [...overpay, ['recovered', { ...OF_UNIT, person }], ['sent-back', OF_UNIT]],
    leaves: {},
  },
  {
    name: 'overpaid, offset against the next month, sent back',
    steps: [
      ...overpay,
      ...fund(M),
      accrue('E2'),
      ['offset', { entitlement: 'E2', amount: M, person }],
      ['sent-back', OF_UNIT],
    ],
    leaves: onceRecognised,
  },
  {
    name: 'paid to the wrong person, the right one paid, the money recovered',
    steps: [
      ...payOnce,
      ['wrong-person', { ...OF_ITEM, person }],
      ...fund(M),
      hold(),
      submit('I2'),
      pay('I2'),
      ['recovered', { ...OF_UNIT, person }],
      ...returnDraw,
    ],
    leaves: onceRecognised,
  },
  {
    name: 'lapsed',
    steps: [...carry, ['lapsed', { ...OF_BUDGET, ...OF_ITEM }], ['sent-back', OF_UNIT]],
    leaves: {},
  },
]
