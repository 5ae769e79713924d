import { DomainError } from '../lib/errors.ts'
import { Refusal } from './problem.ts'

/** What Express and its body parser throw, in our words. */
export function asRefusal(error: unknown): unknown {
  if (error instanceof Refusal || error instanceof DomainError) return error
  if (typeof error !== 'object' || error === null || !('status' in error)) return error
  const { status } = error
  if (status === 413) return new Refusal(413, 'body-too-large')
  if (status === 415) return new Refusal(415, 'media-type')
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new Refusal(400, 'body-not-json')
  }
  return error
}
