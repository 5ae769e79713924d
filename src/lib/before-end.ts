/**
 * Waits for work, but no longer than until a signal says so: undefined then, and whatever the work still does or throws is
 * nobody's any more. Only for what may be left half done, such as a question. Throws what the work throws before.
 */
export async function beforeEnd<T>(
  work: Promise<T>,
  until: AbortSignal | undefined,
): Promise<T | undefined> {
  if (until === undefined) return work
  work.catch(() => undefined)
  if (until.aborted) return undefined
  let onEnd = (): void => undefined
  const end = new Promise<undefined>((resolve) => {
    onEnd = () => {
      resolve(undefined)
    }
  })
  until.addEventListener('abort', onEnd, { once: true })
  try {
    return await Promise.race([work, end])
  } finally {
    until.removeEventListener('abort', onEnd)
  }
}

/** A signal that comes `ms` after another: what is under way has so long to finish. `cancel` when it is not waited for any more. */
export function afterEnd(
  until: AbortSignal | undefined,
  ms: number,
): { readonly signal: AbortSignal; readonly cancel: () => void } {
  const late = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const begin = () => {
    timer = setTimeout(() => late.abort(), ms)
  }
  if (until?.aborted === true) begin()
  else until?.addEventListener('abort', begin, { once: true })
  return {
    signal: late.signal,
    cancel: () => {
      until?.removeEventListener('abort', begin)
      clearTimeout(timer)
    },
  }
}
