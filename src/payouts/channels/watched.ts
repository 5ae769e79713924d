import { stopwatch } from '../../lib/time.ts'
import type { Channel, ChannelName, PaymentOutcome } from './channel.ts'

/** A call to a channel that is over: what was asked, what came of it, and how many payments or accounts it was about. */
export interface ChannelCall {
  readonly channel: ChannelName
  readonly op: 'send' | 'enquire' | 'verify' | 'statement'
  /** As the channel's answers name it; `failed` when it threw. */
  readonly outcome: string
  readonly count: number
  readonly seconds: number
}

/** Who counts calls, and whether a channel may be claimed for. */
export interface ChannelWatch {
  readonly called: (call: ChannelCall) => void
  readonly wasReady: (channel: ChannelName, ready: boolean) => void
}

/** As reliability.md, Part E names what came of a sending. */
const OUTCOMES: Readonly<Record<PaymentOutcome['kind'], string>> = {
  ...{ submitted: 'ok', accepted: 'ok', rejected: 'rejected' },
  ...{ refused: 'refused_connect', unknown: 'unknown' },
}

const kindOf = ({ kind }: { readonly kind: string }): readonly string[] => [kind]

/** A channel that is the same, and whose calls are counted: how long, how often, and what came of them. Never by whom. */
export function watched(channel: Channel, { called, wasReady }: ChannelWatch): Channel {
  const { name } = channel
  const timed = async <T>(
    op: ChannelCall['op'],
    call: () => Promise<T>,
    outcomes: (answer: T) => readonly string[],
  ): Promise<T> => {
    const elapsed = stopwatch()
    const note = (all: readonly string[]) => {
      const seconds = elapsed() / 1_000
      for (const outcome of new Set(all)) {
        const count = all.filter((one) => one === outcome).length
        called({ channel: name, op, outcome, count, seconds })
      }
    }
    try {
      const answer = await call()
      note(outcomes(answer))
      return answer
    } catch (error) {
      note(['failed'])
      throw error
    }
  }
  return {
    ...channel,
    send: (order) =>
      timed(
        'send',
        () => channel.send(order),
        (answer) => [...answer.values()].map(({ kind }) => OUTCOMES[kind]),
      ),
    enquire: (reference, amount) =>
      timed('enquire', () => channel.enquire(reference, amount), kindOf),
    verifyAccount: (account) => timed('verify', () => channel.verifyAccount(account), kindOf),
    verifyMany: (accounts) =>
      timed(
        'verify',
        () => channel.verifyMany(accounts),
        (answers) => answers.map(({ kind }) => kind),
      ),
    statement: (unit, day) =>
      timed(
        'statement',
        () => channel.statement(unit, day),
        () => ['ok'],
      ),
    ready: async () => {
      const ready = await channel.ready()
      wasReady(name, ready)
      return ready
    },
  }
}
