/**
 * What went wrong, in the four ways a caller can act on (expected errors are thrown, with a
 * kind).
 */
export type ErrorKind = 'invalid' | 'conflict' | 'not-found' | 'forbidden'

/**
 * An expected refusal: `kind` says how to act, `code` is stable for machines, `message` is for
 * people.
 */
export class DomainError extends Error {
  override readonly name = 'DomainError'
  readonly kind: ErrorKind
  readonly code: string
  readonly extra: Readonly<Record<string, unknown>>

  constructor(kind: ErrorKind, code: string, message: string, extra: Record<string, unknown> = {}) {
    super(message)
    this.kind = kind
    this.code = code
    this.extra = extra
  }
}

/**
 * States what must hold whatever the input. Takes the condition and what it means in words, returns
 * nothing, throws a plain Error when it does not hold: that is a bug of ours, never a refusal
 * (TigerBeetle: errors are not bugs).
 */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Invariant broken: ${message}`)
}
