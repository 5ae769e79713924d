import { setTimeout as sleep } from 'node:timers/promises'
import type { Rail } from './rail.ts'
import type { WalletRules } from './wallet-rules.ts'
import { signCallback, type Spoil } from './wallet-signature.ts'

/** What a callback tells; the event's id is made of the payment and how often it was received. */
export interface Event {
  readonly reference: string
  readonly amount: string
  readonly status: 'executed' | 'rejected'
  readonly attempt: number
}
export type Caller = ReturnType<typeof createCaller>

const pausesMs = [100, 200, 400, 800, 1_600, 3_200, 6_400]
const patienceMs = 3_000

/** Calls back after payments, again until it is heard (200), each try in the book. Calls nobody before it has an address. */
export const createCaller = (rail: Rail, rules: WalletRules) => {
  let url = ''

  const post = async (body: string, spoil?: Spoil): Promise<number> => {
    try {
      const headers = signCallback(body, spoil)
      const signal = AbortSignal.timeout(patienceMs)
      const answer = await fetch(url, { method: 'POST', body, headers, signal })
      await answer.arrayBuffer()
      return answer.status
    } catch {
      return 0
    }
  }

  const deliver = async (body: string, eventId: string, spoil?: Spoil): Promise<void> => {
    for (const pauseMs of pausesMs) {
      const answer = await post(body, spoil)
      await rail.write({ type: 'callback', at: rail.state.clock.date, eventId, answer })
      // A spoilt one is not sent again: its fault is on purpose.
      if (answer === 200 || spoil !== undefined) return
      await sleep(pauseMs)
    }
  }

  const call = async ({ attempt, ...event }: Event): Promise<void> => {
    if (url === '') return
    const id = `pay:${event.reference}`
    const eventId = `E-${event.reference}-${String(attempt)}`
    if (rules.take(id, 'callback-none')) return
    const late = rules.take(id, 'callback-late')
    if (late) await sleep(late.amount)
    const garbage = rules.take(id, 'callback-garbage')
    if (garbage) return deliver('{"garbage', eventId, 'skew:0')
    const lie = rules.take(id, 'callback-lie')
    const foreign = rules.take(id, 'callback-foreign')
    const told = lie
      ? { ...event, status: event.status === 'executed' ? 'rejected' : 'executed' }
      : event
    const body = JSON.stringify({ eventId, ...told, ...(foreign && { reference: foreign.value }) })
    const skew = rules.take(id, 'callback-skew')
    if (skew) await deliver(body, eventId, `skew:${skew.value}${String(skew.amount)}`)
    if (rules.take(id, 'callback-bad-signature')) return deliver(body, eventId, 'bad-signature')
    const twice = rules.take(id, 'callback-twice') ? [1, 2] : [1]
    await Promise.all(twice.map(() => deliver(body, eventId)))
  }

  return {
    call,
    listenAt: (address: string): void => {
      url = address
    },
  }
}
