import { expect, test } from '@jest/globals'
import { payouts } from '../../src/payouts/payouts.ts'
import { readReference } from '../../src/registry/reference.ts'

const reasons = readReference('prisma/reference').failureReasons

test.each(['bank', 'hue-s'] as const)(
  'what %s may say leads to a reason of the reference data',
  (channel) => {
    const isos = new Set(
      reasons.flatMap(({ isoReason }) => (isoReason === null ? [] : [isoReason])),
    )
    expect(isos.size).toBeGreaterThan(10)
    for (const iso of isos) {
      const code = payouts.failureReasonOf(channel, iso)
      if (code === null) continue
      const reason = reasons.find((one) => one.code === code)
      expect(reason).toMatchObject({ isoReason: iso })
      expect(code.startsWith('WALLET')).toBe(channel === 'hue-s' && ['AG01', 'AM14'].includes(iso))
    }
  },
)

test.each([
  ['AC01', 'ACC_NOT_FOUND'],
  ['AC04', 'ACC_CLOSED'],
  ['BE01', 'ACC_NAME_MISMATCH'],
  ['AB05', 'BANK_UNAVAILABLE'],
  ['AG01', null],
  ['AM14', null],
  ['XX99', null],
])('a bank that says %s means %s', (iso, code) => {
  expect(payouts.failureReasonOf('bank', iso)).toBe(code)
})
