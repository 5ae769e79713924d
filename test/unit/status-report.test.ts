import { describe, expect, test } from '@jest/globals'
import { readPain002 } from '../../src/payouts/channels/iso20022/pain002.ts'
import { ASK, judge, stepOf } from '../../src/payouts/status-report.ts'
import type { RowStatus } from '../../src/payouts/status-report.ts'
import { transitions } from '../../src/payouts/instruction.ts'
import type { InstructionState } from '../../src/payouts/instruction.ts'
import { paymentNo, pain002, sentOf } from '../support/iso-files.ts'
import type { Said } from '../support/iso-files.ts'

/** Rows 0 and 3 go to 970405, row 1 to 970436. */
const payments = [paymentNo(0), paymentNo(1), paymentNo(3)]
const [a = '', b = '', c = ''] = payments.map(({ reference }) => reference)
const sent = sentOf(payments)

const judged = (said: Said) =>
  Object.fromEntries(
    judge(readPain002(pain002(said)), sent).map(({ reference, meaning, reason }) => [
      reference,
      reason === null ? meaning : `${meaning} ${reason}`,
    ]),
  )
const row = (reference: string, status?: string, reason?: string) => ({
  reference,
  ...(status === undefined ? {} : { status }),
  ...(reason === undefined ? {} : { reason }),
})

describe('a status of the group', () => {
  test('that refuses fails every row, with the reason of the group', () => {
    expect(judged({ group: 'RJCT', groupReason: 'AM04' })).toEqual({
      [a]: 'rejected AM04',
      [b]: 'rejected AM04',
      [c]: 'rejected AM04',
    })
  })

  test.each([
    ['ACTC', 'pending'],
    ['ACCP', 'pending'],
    ['PDNG', 'pending'],
    ['ACSP', 'accepted'],
    ['ACWC', 'accepted'],
    ['ACSC', 'settled'],
    ['ACCC', 'settled'],
    ['RJCT', 'rejected NARR'],
    ['CANC', 'rejected CANC'],
  ])('%s is %s for every row', (code, meaning) => {
    expect(judged({ group: code })).toEqual({ [a]: meaning, [b]: meaning, [c]: meaning })
  })

  test('PART, or none, says nothing of a row that is not named', () => {
    const parts = [{ id: '970405', rows: [row(a, 'ACSC')] }]
    expect(judged({ group: 'PART', parts })).toEqual({ [a]: 'settled' })
    expect(judged({ parts })).toEqual({ [a]: 'settled' })
    expect(judged({ group: 'PART' })).toEqual({})
  })
})

describe('a status of a part', () => {
  test('that refuses fails its rows and no others', () => {
    const parts = [{ id: '970405', status: 'RJCT', reason: 'AB05' }]
    expect(judged({ group: 'PART', parts })).toEqual({ [a]: 'rejected AB05', [c]: 'rejected AB05' })
    expect(judged({ group: 'ACSP', parts })).toEqual({
      [a]: 'rejected AB05',
      [b]: 'accepted',
      [c]: 'rejected AB05',
    })
  })

  test('is that of its rows unless they say another', () => {
    const rows = [row(c, 'RJCT', 'AC04'), row(a)]
    const parts = [{ id: '970405', status: 'ACSC', rows }]
    expect(judged({ parts })).toEqual({ [a]: 'settled', [c]: 'rejected AC04' })
  })
})

describe('a report is refused as a whole', () => {
  const rows = (...list: (ReturnType<typeof row> & { readonly amount?: string })[]): Said => ({
    parts: [{ id: '970405', rows: list }],
  })
  test.each<readonly [string, Said]>([
    ['with PART at a row', rows(row(a, 'PART'), row(c, 'ACSC'))],
    ['with an unknown status at a row', rows(row(a, 'ACXX'), row(c, 'ACSC'))],
    ['with an unknown status of a part', { parts: [{ id: '970405', status: 'OK' }] }],
    ['with an unknown status of the group', { group: 'DONE' }],
    ['with a row that was not sent', rows(row(a, 'ACSC'), row('2308999999999999', 'ACSC'))],
    ['with a row in the wrong part', rows(row(b, 'ACSC'))],
    ['with a part that was not sent', { parts: [{ id: '970418', status: 'ACSC' }] }],
    ['with a part twice', { parts: [{ id: '970405' }, { id: '970405', status: 'ACSC' }] }],
    ['with a row twice', rows(row(a, 'ACSC'), row(a, 'RJCT'))],
    ['with a row of no status at all', rows(row(a))],
    ['with another count', { count: '4', group: 'ACSC' }],
    ['with another total', { total: '1080001', group: 'ACSC' }],
    ['with another count of a part', { parts: [{ id: '970405', count: '3', status: 'ACSC' }] }],
    ['with another total of a part', { parts: [{ id: '970405', total: '1', status: 'ACSC' }] }],
    ['with another amount of a row', rows({ ...row(a, 'ACSC'), amount: '3600000' })],
    ['that counts more rows than it names', { ...rows(row(a, 'ACSC')), tallies: { ACSC: 2 } }],
    [
      'that counts rows it does not name',
      { ...rows(row(a, 'ACSC')), tallies: { ACSC: 1, RJCT: 1 } },
    ],
    [
      'that refuses the group and not a part',
      { group: 'RJCT', parts: [{ id: '970405', status: 'ACSC' }] },
    ],
    ['that refuses the group and not a row', { group: 'RJCT', ...rows(row(a, 'ACSC')) }],
    [
      'that refuses a part and not a row',
      { parts: [{ id: '970405', status: 'RJCT', rows: [row(a, 'ACSP')] }] },
    ],
  ])('%s', (_, said) => {
    expect(() => judged(said)).toThrow('không dùng gì trong tệp')
  })
})

describe('an instruction', () => {
  const word = (code: string, meaning: RowStatus['meaning'], attempt = 1): RowStatus => ({
    ...{ reference: a, attempt, meaning, code },
    reason: meaning === 'rejected' ? 'AC04' : null,
  })
  const [pending, accepted] = [word('PDNG', 'pending'), word('ACSP', 'accepted')]
  const [settled, rejected] = [word('ACSC', 'settled'), word('RJCT', 'rejected')]
  const now = (state: InstructionState, reason: string | null = null, attempt = 1) => ({
    ...{ state, attempt, reason },
  })
  const states = Object.keys(transitions) as InstructionState[]

  test.each(states)('that is %s never moves by what is pending', (state) => {
    expect(stepOf(pending, now(state))).toBeNull()
  })

  test.each(['SUBMITTING', 'SUBMITTED', 'UNKNOWN'] as const)(
    'that is %s moves by the rest',
    (state) => {
      expect(stepOf(accepted, now(state))).toEqual({ state: 'ACCEPTED', reason: 'ACSP' })
      expect(stepOf(settled, now(state))).toEqual({ state: 'ACCEPTED', reason: 'ACSC' })
      expect(stepOf(rejected, now(state))).toEqual({ state: 'REJECTED', reason: 'AC04' })
    },
  )

  test('that is said to be a duplicate stays open: the first payment may have been executed', () => {
    const twice = { ...rejected, reason: 'AM05' }
    expect(stepOf(twice, now('SUBMITTED'))).toEqual({ state: 'UNKNOWN', reason: 'AM05' })
    for (const state of ['UNKNOWN', 'ACCEPTED', 'SUBMITTING'] as const) {
      expect(stepOf(twice, now(state))).toBeNull()
    }
  })

  test('that is accepted becomes firmer, and may be rejected while nothing is settled', () => {
    expect(stepOf(settled, now('ACCEPTED', 'ACSP'))).toEqual({ state: 'ACCEPTED', reason: 'ACSC' })
    expect(stepOf(accepted, now('ACCEPTED', 'ACSC'))).toBeNull()
    expect(stepOf(settled, now('ACCEPTED', 'ACSC'))).toBeNull()
    expect(stepOf(rejected, now('ACCEPTED', 'ACSP'))).toEqual({ state: 'REJECTED', reason: 'AC04' })
  })

  test.each<readonly [string, RowStatus, ReturnType<typeof now>]>([
    ['accepted after it was rejected', accepted, now('REJECTED')],
    ['settled after it was rejected', settled, now('REJECTED')],
    ['rejected after it was settled', rejected, now('ACCEPTED', 'ACSC')],
    ['rejected after an enquiry said executed', rejected, now('ACCEPTED')],
    ['rejected after it was paid', rejected, now('PAID')],
    ['settled by an attempt before, though it waits to be sent', settled, now('QUEUED', null, 2)],
    ['settled, though it was cancelled', settled, now('CANCELLED')],
    ['settled by an attempt that was resent since', settled, now('SUBMITTED', null, 2)],
  ])('that is said to be %s is a contradiction', (_, said, at) => {
    expect(() => stepOf(said, at)).toThrow(`nói ${said.code} về lệnh ${a}`)
  })

  test('that waits to be sent again is asked after first, whatever is said of it', () => {
    for (const said of [settled, accepted, rejected])
      for (const state of ['QUEUED', 'HELD'] as const) expect(stepOf(said, now(state))).toBe(ASK)
  })

  test.each<readonly [string, RowStatus, ReturnType<typeof now>]>([
    ['paid and settled', settled, now('PAID')],
    ['returned and settled', settled, now('RETURNED')],
    ['returned and rejected', rejected, now('RETURNED')],
    ['rejected and rejected', rejected, now('REJECTED')],
    ['resent since, and rejected before', rejected, now('SUBMITTED', null, 2)],
  ])('that is %s stays', (_, said, at) => {
    expect(stepOf(said, at)).toBeNull()
  })
})
