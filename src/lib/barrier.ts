/** Named places at which a fault test may end the process with -9; in ordinary running each does nothing. */
export type BarrierName =
  | 'before-claim'
  | 'after-claim'
  | 'after-send'
  | 'after-answer'
  | 'during-matching'
  | 'callback-before-commit'
  | 'callback-after-commit'

export type Barrier = (name: BarrierName) => Promise<void>

/** Lets bytes that were just written leave the process before it dies. */
const LEAVE_MS = 40

/**
 * Makes the barriers of a process from a setting such as "after-send:3": kill -9 of itself the third time it passes
 * there. Null: no barrier ever acts.
 */
export function createBarrier(
  setting: { readonly name: BarrierName; readonly pass: number } | null,
): Barrier {
  let passes = 0
  return async (name) => {
    if (setting?.name !== name) return
    passes += 1
    if (passes !== setting.pass) return
    await new Promise((resolve) => setTimeout(resolve, LEAVE_MS))
    process.kill(process.pid, 'SIGKILL')
    await new Promise(() => undefined)
  }
}
