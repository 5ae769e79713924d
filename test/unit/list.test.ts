import { describe, expect, test } from '@jest/globals'
import type { PersonId } from '../../src/lib/act.ts'
import { vnd } from '../../src/lib/money.ts'
import { month } from '../../src/lib/time.ts'
import type { DueLine, Payee } from '../../src/payouts/due-line.ts'
import { deadlineOf, requireSameSet, rowsOf } from '../../src/payouts/list.ts'

const person = 'a' as PersonId
const line: DueLine = {
  ...{ communeId: 1, personId: person, enrolmentId: 'e' },
  ...{ programme: 'BTXH', payeeProgramme: 'BTXH' },
  ...{ component: 'monthly' },
  ...{ period: month('2023-08'), categoryCode: 'HIV_NGHEO', amount: vnd(540_000n) },
  ...{ explanation: '360.000 × 1,5, Điều 5.8', explanationEn: '360,000 × 1.5, Art. 5.8' },
  legalBasis: 'Điều 5.8, 6.1.g Nghị định 20/2021/NĐ-CP',
}
const payee: Payee = {
  ...{ payeeId: person, relation: 'self', representationId: null, method: 'cash' },
  ...{ channel: null, paymentAccountId: null, hold: null, warnings: [] },
}
const list = {
  ...{ month: month('2023-08'), commune: '19750', rowsBefore: 0, lines: [line] },
  payees: new Map([['a:BTXH', payee]]),
  confidential: new Map<string, string>(),
}

describe('the rows of a list', () => {
  test('are numbered from 1, and their numbers go on after earlier versions', () => {
    const two = { ...list, lines: [line, { ...line, component: 'care' }] }
    expect(rowsOf(two).map(({ row, number }) => [row, number])).toEqual([
      [1, '2308-19750-00001'],
      [2, '2308-19750-00002'],
    ])
    expect(rowsOf({ ...two, rowsBefore: 35 }).map(({ row, number }) => [row, number])).toEqual([
      [1, '2308-19750-00010'],
      [2, '2308-19750-00011'],
    ])
  })

  test('say of a confidential category the code it shares and how the amount was reckoned, and no more', () => {
    const [row] = rowsOf({ ...list, confidential: new Map([['HIV_NGHEO', 'D5-15']]) })
    expect(row).toMatchObject({ categoryCode: 'D5-15', amount: 540_000n })
    expect(JSON.stringify({ ...row, amount: '' })).not.toMatch(/HIV|5\.8|6\.1\./)
    expect(row?.explanation).toBe('360.000 × 1,5, Điều 6.1')
    expect(row?.explanationEn).toBe('360,000 × 1.5, Art. 6.1')
    expect(row?.legalBasis).toBe('Điều 5, 6.1 Nghị định 20/2021/NĐ-CP')
    expect(rowsOf(list)[0]).toMatchObject({ categoryCode: 'HIV_NGHEO', ...payee })
  })

  test('say it of a difference too', () => {
    const of = { ...line, explanation: 'Bù chênh lệch 06/2023: 5 − 4 (360.000 × 1,5, Điều 6.1.g)' }
    const [row] = rowsOf({ ...list, lines: [of], confidential: new Map([['HIV_NGHEO', 'D5-15']]) })
    expect(row?.explanation).toBe('Bù chênh lệch 06/2023: 5 − 4 (360.000 × 1,5, Điều 6.1)')
  })

  test('need somebody who receives', () => {
    const nobody = () => rowsOf({ ...list, payees: new Map() })
    expect(nobody).toThrow(expect.objectContaining({ code: 'payee-missing' }))
  })
})

test('a list is handed over before the 25th of the month before', () => {
  expect(deadlineOf(month('2023-08'))).toBe('2023-07-24')
  expect(deadlineOf(month('2024-01'))).toBe('2023-12-24')
})

describe('deciding on a list', () => {
  const stored = { rowCount: 2, total: vnd(900_000n), contentHash: 'ab'.repeat(32) }

  test('needs the set that is stored', () => {
    expect(() => requireSameSet({ ...stored }, stored)).not.toThrow()
  })

  test.each([
    ['count', { rowCount: 3 }],
    ['sum', { total: vnd(900_001n) }],
    ['content', { contentHash: 'ac'.repeat(32) }],
  ])('is refused on another %s, naming both', (_, other) => {
    const seen = { ...stored, ...other }
    const { rowCount, total } = seen
    expect(() => requireSameSet(seen, stored)).toThrow(
      expect.objectContaining({
        name: 'DomainError',
        kind: 'conflict',
        code: 'list-differs',
        message: `Danh sách đã khác: bạn xem ${String(rowCount)} dòng, ${String(total)} đồng; hiện có 2 dòng, 900000 đồng`,
      }),
    )
  })
})
