import express from 'express'
import type { Request, RequestHandler, Response } from 'express'
import { MULTIPART_MAX } from './files.ts'
import type { Multipart } from './files.ts'
import { Refusal } from './problem.ts'
import type { Route } from './route.ts'

/** The longest body of a request that is not a file, in bytes. */
const BODY_MAX = '256kb'

const MULTIPART = 'multipart/form-data'
const json = express.json({ limit: BODY_MAX, strict: true, type: 'application/json' })
const multipart = express.raw({ limit: MULTIPART_MAX, type: MULTIPART })

/** What reads the body of a route: a file where it takes one, JSON anywhere else, and nothing of another type. */
export function bodyReaders({ takesFile }: Route): readonly RequestHandler[] {
  return takesFile === true
    ? [requireType(MULTIPART), multipart]
    : [requireType('application/json'), json]
}

/** The file of a request, still packed; null when it brings none. */
export function multipartOf(request: Request): Multipart | null {
  const bytes: unknown = request.body
  if (!Buffer.isBuffer(bytes)) return null
  return { contentType: request.get('content-type') ?? '', bytes }
}

function requireType(type: string): RequestHandler {
  return (request: Request, _response: Response, next: () => void) => {
    if (hasBody(request) && request.is(type) === false) throw new Refusal(415, 'media-type')
    next()
  }
}

/** Browsers send `Content-Length: 0` with a post of nothing. */
export function hasBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}
