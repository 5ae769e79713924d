import { expect, test } from '@jest/globals'
import { FINALITY } from '../../src/payouts/channels/channel.ts'
import { bankOver, walletOver } from '../support/rails.ts'

/** What a channel declares of itself (issue 4): planning, claims, sweeps and enquiries read this instead of knowing the rail. */
const http = {
  call: () => Promise.reject(new Error('not called')),
  exchange: () => Promise.reject(new Error('not called')),
  close: () => Promise.resolve(),
}

test.each([
  [bankOver(http), { mode: 'bulk', rowsMax: 500, callsPerSecond: null, enquires: true }],
  [walletOver(http, { perSecond: 30 }), { mode: 'single', rowsMax: 60, callsPerSecond: 30 }],
])('a channel declares its limits', ({ limits, name }, its) => {
  expect(limits).toMatchObject({ ...its, amountMax: 499_999_999n, hours: null, idempotent: false })
  expect(limits.outcomeWithinMs).toBeGreaterThan(0)
  expect(FINALITY[name].afterDays).toBeGreaterThanOrEqual(1)
})
