/** When a channel is left alone: data, the same for each process. */
export interface BreakerRules {
  /** Calls in a row without an answer that open it. */
  readonly failuresToOpen: number
  /** How long it stays open before an enquiry tries the channel again. */
  readonly openForMs: number
}

/** Closed: orders go out. Open until `openUntilMs`; after that one enquiry decides. */
export interface BreakerState {
  readonly failures: number
  readonly openUntilMs: number | null
}

export const CLOSED: BreakerState = { failures: 0, openUntilMs: null }

/** What a call makes of the state. An open breaker learns nothing from stragglers: only its probe closes it. */
export function afterCall(
  state: BreakerState,
  answered: boolean,
  nowMs: number,
  rules: BreakerRules,
): BreakerState {
  if (state.openUntilMs !== null) return state
  if (answered) return CLOSED
  const failures = state.failures + 1
  const opens = failures >= rules.failuresToOpen
  return { failures, openUntilMs: opens ? nowMs + rules.openForMs : null }
}

/** What the probe makes of it: closed when the channel answered, else open for as long again. */
function afterProbe(
  state: BreakerState,
  answered: boolean,
  nowMs: number,
  rules: BreakerRules,
): BreakerState {
  return answered ? CLOSED : { failures: state.failures, openUntilMs: nowMs + rules.openForMs }
}

/** The breaker of one channel in one process. It decides what is not sent, never what became of anything. */
export interface Breaker {
  isClosed(): boolean
  /** Tells it how a payment or an enquiry went. */
  note(answered: boolean): void
  /** Whether orders may be claimed; when its time is over, `probe` (an enquiry) is asked once for all who wait. */
  ready(probe: () => Promise<boolean>): Promise<boolean>
}

/** A closed breaker. `nowMs` is the clock of its pauses. */
export function createBreaker(rules: BreakerRules, nowMs: () => number): Breaker {
  let state = CLOSED
  let probing: Promise<boolean> | null = null
  const ask = async (probe: () => Promise<boolean>) => {
    try {
      state = afterProbe(state, await probe(), nowMs(), rules)
      return state.openUntilMs === null
    } finally {
      probing = null
    }
  }
  return {
    isClosed: () => state.openUntilMs === null,
    note: (answered) => {
      state = afterCall(state, answered, nowMs(), rules)
    },
    ready: (probe) => {
      if (state.openUntilMs === null) return Promise.resolve(true)
      if (nowMs() < state.openUntilMs) return Promise.resolve(false)
      probing ??= ask(probe)
      return probing
    },
  }
}
