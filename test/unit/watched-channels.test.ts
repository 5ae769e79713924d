import { expect, test } from '@jest/globals'
import { openMetrics } from '../../src/lib/metrics.ts'
import type { PaymentOutcome } from '../../src/payouts/channels/channel.ts'
import { watched } from '../../src/payouts/channels/watched.ts'
import { scripted } from '../support/sending.ts'

// What is sent and asked is counted by channel and outcome, and by nobody's name.

const OUTCOMES: readonly PaymentOutcome[] = [
  { kind: 'accepted' },
  { kind: 'submitted' },
  { kind: 'rejected', reason: 'AC01' },
  { kind: 'refused' },
  { kind: 'unknown', reason: 'no answer' },
]

test('calls of a channel are counted by what came of them, and go on as they would', async () => {
  const metrics = openMetrics('worker')
  const base = scripted((at) => OUTCOMES[at] ?? { kind: 'refused' })
  const channel = watched(
    { ...base, enquire: () => Promise.resolve({ kind: 'not-found' }) },
    { called: metrics.callSeen, wasReady: metrics.channelReady },
  )
  const payments = OUTCOMES.map((_, at) => ({ reference: `REF${String(at)}` }))
  const answers = await channel.send({ payments } as never)
  expect([...answers.values()]).toEqual(OUTCOMES)
  expect(await channel.enquire('REF1')).toEqual({ kind: 'not-found' })
  expect(await channel.ready()).toBe(true)
  await expect(channel.statement('474', '2023-08-03' as never)).rejects.toThrow('not asked')
  const text = await metrics.text([])
  for (const line of [
    /^bank_call_total\{bank="hue-s",outcome="ok",process="worker"\} 2$/m,
    /^bank_call_total\{bank="hue-s",outcome="rejected",process="worker"\} 1$/m,
    /^bank_call_total\{bank="hue-s",outcome="refused_connect",process="worker"\} 1$/m,
    /^bank_call_total\{bank="hue-s",outcome="unknown",process="worker"\} 1$/m,
    /^bank_inquiry_total\{bank="hue-s",result="not-found",process="worker"\} 1$/m,
    /^bank_circuit_state\{bank="hue-s",process="worker"\} 1$/m,
    /^bank_call_seconds_count\{process="worker",bank="hue-s",op="statement",outcome="failed"\} 1$/m,
  ]) {
    expect(text).toMatch(line)
  }
  expect(text).not.toContain('REF')
})
