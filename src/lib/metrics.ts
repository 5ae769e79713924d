import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** A request that was answered: its route's name, never its address. */
export interface RequestSeen {
  readonly operation: string
  readonly method: string
  readonly status: number
  /** The code of a problem; null for an answer. */
  readonly code: string | null
  readonly replayed: boolean
  readonly seconds: number
}

/** A number about the whole at one moment. */
export interface GaugeValue {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** A call to a bank or wallet that is over. */
interface CallSeen {
  readonly channel: string
  readonly op: string
  readonly outcome: string
  /** Payments or accounts that it was about, with this outcome. */
  readonly count: number
  readonly seconds: number
}

/** The numbers of one process, and those that all share. */
export interface Metrics {
  readonly requestSeen: (request: RequestSeen) => void
  readonly callSeen: (call: CallSeen) => void
  /** Whether a channel takes orders: its breaker is closed, or a try went well. */
  readonly channelReady: (channel: string, ready: boolean) => void
  /** A sign-in or a token that was refused, and in a word why. */
  readonly loginFailed: (reason: string) => void
  /** A job whose process died or froze. */
  readonly jobStalled: (queue: string) => void
  /** Payments that went from one state to another. */
  readonly moved: (transition: { from: string; to: string; count: number }) => void
  /** All of it as Prometheus reads it; `values` are read anew at each call. */
  text(values: readonly GaugeValue[]): Promise<string>
  readonly contentType: string
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.3, 0.5, 1, 2.5, 10]

/** Starts counting. `process` names what kind of process this is: api or worker. */
export function openMetrics(process: string): Metrics {
  const registry = new Registry()
  registry.setDefaultLabels({ process })
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const requests = new Histogram({
    ...{ name: 'http_request_seconds', help: 'Requests answered', registers, buckets: SECONDS },
    labelNames: ['route', 'method', 'status'],
  })
  const denied = new Counter({
    ...{ name: 'authz_denied_total', help: 'Requests that roles refuse', registers },
    labelNames: ['route'],
  })
  const apart = new Counter({
    ...{ name: 'sod_denied_total', help: 'Acts that duties of one person refuse', registers },
  })
  const replays = new Counter({
    ...{ name: 'idempotency_replay_total', help: 'First answers sent again', registers },
  })
  const conflicts = new Counter({
    ...{ name: 'idempotency_conflict_total', help: 'Keys used otherwise', registers },
    labelNames: ['code'],
  })
  const reveals = new Counter({
    ...{ name: 'reveal_total', help: 'Numbers of people shown in clear', registers },
  })
  const calls = callMetrics(registers)
  const gauges = new Map<string, Gauge>()
  const gaugeOf = ({ name, labels }: GaugeValue): Gauge => {
    const known = gauges.get(name)
    if (known !== undefined) return known
    const made = new Gauge({ name, help: name, registers, labelNames: Object.keys(labels) })
    gauges.set(name, made)
    return made
  }
  return {
    ...calls,
    ...eventMetrics(registers),
    requestSeen: ({ operation: route, method, status, code, replayed, seconds }) => {
      requests.observe({ route, method, status: String(status) }, seconds)
      if (code === 'not-permitted') denied.inc({ route })
      if (code === 'same-person' || code === 'duties-apart') apart.inc()
      if (replayed) replays.inc()
      else if (route.startsWith('reveal') && status < 300) reveals.inc()
      if (code?.startsWith('idempotency-') === true) conflicts.inc({ code })
    },
    text: async (values) => {
      for (const gauge of gauges.values()) gauge.reset()
      for (const one of values) gaugeOf(one).set({ ...one.labels }, one.value)
      return registry.metrics()
    },
    contentType: registry.contentType,
  }
}

/** What happens now and then, as reliability.md, Part E names it. */
function eventMetrics(
  registers: Registry[],
): Pick<Metrics, 'loginFailed' | 'jobStalled' | 'moved'> {
  const logins = new Counter({
    ...{ name: 'login_failed_total', help: 'Sign-ins and tokens refused', registers },
    labelNames: ['reason'],
  })
  const stalled = new Counter({
    ...{ name: 'job_stalled_total', help: 'Jobs whose process died or froze', registers },
    labelNames: ['queue'],
  })
  const moves = new Counter({
    ...{ name: 'payouts_transition_total', help: 'Payments by change of state', registers },
    labelNames: ['from', 'to'],
  })
  return {
    loginFailed: (reason) => logins.inc({ reason }),
    jobStalled: (queue) => stalled.inc({ queue }),
    moved: ({ from, to, count }) => moves.inc({ from, to }, count),
  }
}

/** Calls to channels, as reliability.md, Part E names them. */
function callMetrics(registers: Registry[]): Pick<Metrics, 'callSeen' | 'channelReady'> {
  const seconds = new Histogram({
    ...{ name: 'bank_call_seconds', help: 'Calls to channels', registers, buckets: SECONDS },
    labelNames: ['bank', 'op', 'outcome'],
  })
  const sent = new Counter({
    ...{ name: 'bank_call_total', help: 'Payments by what came of sending them', registers },
    labelNames: ['bank', 'outcome'],
  })
  const enquiries = new Counter({
    ...{ name: 'bank_inquiry_total', help: 'Enquiries by what they answered', registers },
    labelNames: ['bank', 'result'],
  })
  const circuit = new Gauge({
    ...{ name: 'bank_circuit_state', help: '1: orders may be claimed', registers },
    labelNames: ['bank'],
  })
  return {
    callSeen: ({ channel: bank, op, outcome, count, seconds: took }) => {
      seconds.observe({ bank, op, outcome }, took)
      if (op === 'send') sent.inc({ bank, outcome }, count)
      if (op === 'enquire') enquiries.inc({ bank, result: outcome }, count)
    },
    channelReady: (bank, ready) => circuit.set({ bank }, ready ? 1 : 0),
  }
}
