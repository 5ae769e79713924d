import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { troubleOf } from '../../src/payouts/trouble.ts'

/** Every reason that the code can hold a payment for: what the sources write. */
const HOLDS = [
  ...['officer-hold', 'suspended', 'representation-expired', 'representation-revoked'],
  ...['beneficiary-dead', 'payee-dead', 'account-cooling-off', 'account-unreadable'],
  ...['account-name-differs', 'account-not-found', 'account-unverified', 'LIMIT_EXCEEDED'],
  ...['technical-failure', 'stop-requested'],
]
const ISO = [
  ...['AC01', 'AC04', 'AC06', 'BE01', 'AB05', 'RC01', 'AM02', 'AM04', 'AM05', 'MD07'],
  ...['AG01', 'AM14'],
]
const VIETNAMESE = /[ăâđêôơưáàảãạéèẻẽẹíìỉĩịóòỏõọúùủũụýỳỷỹỵấầẩẫậếềểễệốồổỗộớờởỡợứừửữự]/i

describe('a stuck payment', () => {
  test.each(HOLDS)('held for %s says why and what is next, in Vietnamese', (reason) => {
    const trouble = troubleOf({ state: 'HELD', channel: 'bank', reason })
    expect(trouble.reason).toMatch(VIETNAMESE)
    expect(trouble.next).toMatch(VIETNAMESE)
    expect(trouble.next).not.toMatch(/^Hỏi ngân hàng/)
  })

  test.each(ISO)(
    'rejected for %s has a next step of its own and a text of the reference data',
    (reason) => {
      const { code, next } = troubleOf({ state: 'REJECTED', channel: 'hue-s', reason })
      expect(next).not.toMatch(/^Hỏi ngân hàng/)
      expect(readFileSync('prisma/reference/failure_reasons.csv', 'utf8')).toContain(
        `${code ?? '?'},`,
      )
    },
  )

  test('of an unknown outcome is never called failed, and is not sent again before its statement', () => {
    const trouble = troubleOf({ state: 'UNKNOWN', channel: 'bank', reason: 'TimeoutError' })
    expect(trouble).toMatchObject({ reason: 'Chưa rõ kết quả', owner: 'paying-unit', code: null })
    expect(trouble.next).toContain('không gửi lại')
  })

  test('for a reason that nobody knows says so in Vietnamese, and is asked about', () => {
    const of = { channel: 'bank', reason: 'ZZ99' } as const
    for (const state of ['RETURNED', 'HELD'] as const) {
      const { reason, next, code } = troubleOf({ state, ...of })
      expect(reason).toMatch(VIETNAMESE)
      expect(reason).toContain('ZZ99')
      expect([next, code]).toEqual([expect.stringMatching(/^Hỏi ngân hàng/), null])
    }
    const { reason } = troubleOf({ state: 'REJECTED', channel: 'bank', reason: null })
    expect(reason).toMatch(VIETNAMESE)
  })
})
