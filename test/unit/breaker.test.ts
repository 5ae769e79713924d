import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { afterCall, CLOSED, createBreaker } from '../../src/payouts/channels/breaker.ts'
import type { Channel, PaymentOutcome } from '../../src/payouts/channels/channel.ts'
import { guarded, sendOne } from '../../src/payouts/channels/guarded.ts'
import { createLimiter } from '../../src/payouts/channels/limiter.ts'
import { limitsOf, scripted } from '../support/sending.ts'
import { orderOf, paymentNo } from '../support/iso-files.ts'

const rules = { failuresToOpen: 3, openForMs: 1_000 }
const unknown: PaymentOutcome = { kind: 'unknown', reason: 'time-out' }

describe('the state', () => {
  test('opens exactly when so many calls in a row had no answer', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (calls) => {
        let state = CLOSED
        let inARow = 0
        let opened = false
        for (const answered of calls) {
          inARow = answered ? 0 : inARow + 1
          opened ||= inARow >= rules.failuresToOpen
          state = afterCall(state, answered, 5, rules)
          if ((state.openUntilMs !== null) !== opened) return false
        }
        return true
      }),
      { numRuns: 500 },
    )
  })

  test('once open lets nothing pass before its time, whatever stragglers say, and asks once', async () => {
    let now = 0
    const breaker = createBreaker(rules, () => now)
    for (let n = 0; n < 3; n += 1) breaker.note(false)
    breaker.note(true)
    expect(breaker.isClosed()).toBe(false)
    let probes = 0
    const probe = (answered: boolean) => () => {
      probes += 1
      return Promise.resolve(answered)
    }
    now = 999
    expect(await breaker.ready(probe(true))).toBe(false)
    expect(probes).toBe(0)
    now = 1_000
    const all = [1, 2, 3].map(() => breaker.ready(probe(false)))
    expect(await Promise.all(all)).toEqual([false, false, false])
    expect(probes).toBe(1)
    now = 1_999
    expect(await breaker.ready(probe(true))).toBe(false)
    now = 2_000
    expect(await breaker.ready(probe(true))).toBe(true)
    expect([breaker.isClosed(), probes]).toEqual([true, 2])
  })
})

describe('a guarded channel', () => {
  /** A channel that counts what it is asked, of either mode. */
  function counting(mode: 'bulk' | 'single') {
    const calls: string[] = []
    const breaker = createBreaker(rules, () => now)
    let now = 0
    const bare: Channel = {
      ...scripted(() => unknown),
      limits: { ...limitsOf(10), mode },
      send: async ({ payments }) => {
        const sent: [string, PaymentOutcome][] = []
        for (const { reference } of payments) {
          const call = () => {
            calls.push(`pay ${reference}`)
            return Promise.resolve(unknown)
          }
          sent.push([reference, mode === 'bulk' ? await call() : await sendOne(breaker, call)])
        }
        return new Map(sent)
      },
      enquire: (reference) => {
        calls.push(`enquire ${reference}`)
        return Promise.resolve({ kind: 'not-found' })
      },
    }
    const wait = () => (now += rules.openForMs)
    return { channel: guarded(bare, breaker), calls, wait, breaker }
  }

  test('stops in the middle of a claim: what was called is unknown for ever, the rest was surely not sent', async () => {
    const { channel, calls } = counting('single')
    const outcomes = await channel.send(orderOf(Array.from({ length: 10 }, (_, n) => paymentNo(n))))
    const kinds = [...outcomes.values()].map(({ kind }) => kind)
    expect(kinds).toEqual([
      ...Array<string>(3).fill('unknown'),
      ...Array<string>(7).fill('refused'),
    ])
    expect(calls).toHaveLength(3)
    expect(await channel.ready()).toBe(false)
  })

  test('counts a file as one call and sends none while open', async () => {
    const { channel, calls } = counting('bulk')
    for (let n = 0; n < 5; n += 1) await channel.send(orderOf([paymentNo(n)]))
    expect(calls).toHaveLength(3)
  })

  test('is tried again by an enquiry and never by a payment', async () => {
    const { channel, calls, wait } = counting('single')
    await channel.send(orderOf(Array.from({ length: 3 }, (_, n) => paymentNo(n))))
    wait()
    expect(await channel.ready()).toBe(true)
    expect(calls.slice(3)).toEqual(['enquire 0000000000000000'])
  })
})

describe('the limiter', () => {
  test('lets at most so many through at once, each once, also after a failure', async () => {
    const limiter = createLimiter({ perSecond: null, atOnce: 4 }, () => 0)
    let [running, most, done] = [0, 0, 0]
    const work = (n: number) => async () => {
      most = Math.max(most, (running += 1))
      await new Promise((resolve) => setTimeout(resolve, n % 3))
      running -= 1
      done += 1
      if (n % 5 === 0) throw new Error('no')
    }
    await Promise.allSettled(Array.from({ length: 50 }, (_, n) => limiter.run(work(n))))
    expect([most, done, running]).toEqual([4, 50, 0])
  })

  test('spreads what is above the rate over time', async () => {
    const limiter = createLimiter({ perSecond: 100, atOnce: 200 }, () => performance.now())
    const begun = performance.now()
    const at: number[] = []
    const note = () => Promise.resolve(at.push(performance.now() - begun))
    await Promise.all(Array.from({ length: 130 }, () => limiter.run(note)))
    expect(at.filter((ms) => ms < 90).length).toBeLessThanOrEqual(110)
    expect(Math.max(...at)).toBeGreaterThan(250)
  })
})
