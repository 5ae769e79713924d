/** Named places at which a fault test may kill or freeze the process; in ordinary running each does nothing. */
export const BARRIERS = [
  'before-claim',
  'after-claim',
  'after-send',
  'after-answer',
  'during-record',
  'during-matching',
  'callback-before-commit',
  'callback-after-commit',
] as const

export type BarrierName = (typeof BARRIERS)[number]

export type Barrier = (name: BarrierName) => Promise<void>

/** Lets bytes that were just written leave the process before it dies. */
const LEAVE_MS = 40

/** What happens the `pass`-th time the process comes to a place: -9, or frozen until somebody thaws it. */
export interface BarrierSetting {
  readonly name: BarrierName
  readonly pass: number
  readonly signal: 'SIGKILL' | 'SIGSTOP'
}

/** Reads a setting such as "after-send:3" or "after-claim:1:stop"; null when it is none. */
export function parseBarrier(text: string): BarrierSetting | null {
  const [name = '', pass = '', how = 'kill'] = text.split(':')
  const known = BARRIERS.find((barrier) => barrier === name)
  if (known === undefined || !/^[1-9]\d{0,3}$/.test(pass) || !/^(kill|stop)$/.test(how)) return null
  return { name: known, pass: Number(pass), signal: how === 'stop' ? 'SIGSTOP' : 'SIGKILL' }
}

/** Makes the barriers of a process. Null: no barrier ever acts. */
export function createBarrier(setting: BarrierSetting | null): Barrier {
  let passes = 0
  return async (name) => {
    if (setting?.name !== name) return
    passes += 1
    if (passes !== setting.pass) return
    await new Promise((resolve) => setTimeout(resolve, LEAVE_MS))
    process.kill(process.pid, setting.signal)
    if (setting.signal === 'SIGKILL') await new Promise(() => undefined)
  }
}
