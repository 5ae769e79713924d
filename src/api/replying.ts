import { pipeline } from 'node:stream/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type { Request as HttpRequest, Response } from 'express'
import { stopwatch } from '../lib/time.ts'
import type { Reply } from './answering.ts'
import type { FileStream } from './file.ts'
import { fileHeaders } from './files.ts'

/** Sends what was answered: JSON, or a file as it was written. Resolves when nothing of it is read any more. */
export async function send(
  response: Response,
  { status, text, etag, replayed, file }: Reply,
): Promise<void> {
  if (etag !== null) response.setHeader('ETag', etag)
  if (replayed) response.setHeader('Idempotency-Replayed', 'true')
  response.status(status)
  if (status === 304) response.end()
  else if (file !== undefined && 'read' in file) await sendStream(response, file)
  else if (file !== undefined) response.set(fileHeaders(file)).send(file.bytes)
  else response.type('application/json').send(text)
}

/** Whoever goes away half-way has less than Content-Length said: no client takes that for the file. */
async function sendStream(response: Response, file: FileStream): Promise<void> {
  try {
    response.set(fileHeaders(file))
    await pipeline(file.read(), response)
  } catch {
    response.destroy()
  } finally {
    await file.close()
  }
}

/** Whether a reader asks to be told of changes (server-sent events). */
export const wantsStream = (request: HttpRequest): boolean =>
  (request.get('accept') ?? '').split(/[,;]/).some((one) => one.trim() === 'text/event-stream')

const ROUND_MS = 1_000
/** After so long the reader asks again, as an EventSource does by itself. */
const STREAM_MS_MAX = 5 * 60_000
/** Rounds without news after which a comment keeps proxies from closing. */
const QUIET_ROUNDS = 15

/**
 * Sends a read whenever it has changed, until `isOver`, the reader leaves, the process ends or five minutes are up. Each
 * round is a read like any other: `read` asks everything again, so that whoever loses a role or a session hears nothing more.
 */
export async function streamReads(
  response: Response,
  of: {
    readonly read: () => Promise<Reply>
    readonly isOver: (answer: unknown) => boolean
    readonly stopping: AbortSignal
  },
): Promise<void> {
  const { read, isOver, stopping } = of
  // What is refused is refused as a problem: nothing was sent yet.
  let reply = await read()
  response.status(200).set({
    ...{ 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' },
  })
  response.flushHeaders()
  const elapsed = stopwatch()
  let [last, quiet, count] = ['', 0, 0]
  try {
    while (!response.closed) {
      if (reply.text !== last) {
        last = reply.text
        quiet = 0
        response.write(`id: ${String((count += 1))}\nevent: state\ndata: ${last}\n\n`)
      } else if ((quiet += 1) % QUIET_ROUNDS === 0) response.write(':\n\n')
      if (isOver(JSON.parse(last)) || elapsed() > STREAM_MS_MAX) break
      await pause(ROUND_MS, undefined, { signal: stopping })
      reply = await read()
    }
  } catch {
    // Not allowed any more, or we are ending: the reader asks again and is told.
  }
  response.end()
}
