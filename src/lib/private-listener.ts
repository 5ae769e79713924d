import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { listenOn } from './listener.ts'
import type { Listener } from './listener.ts'

/** An answer of the private port. */
export interface PrivateAnswer {
  readonly status: number
  readonly type: string
  readonly text: string
}

const REQUEST_MS_MAX = 10_000

/**
 * Listens where only the machines that watch us reach: GET on a few paths. What throws is a 500 without a word of why, told
 * to `onError`.
 */
export async function openPrivateListener(options: {
  readonly host: string
  readonly port: number
  readonly paths: Readonly<Record<string, () => Promise<PrivateAnswer>>>
  readonly onError: (error: unknown) => void
}): Promise<Listener> {
  const server = createServer(
    { requestTimeout: REQUEST_MS_MAX, headersTimeout: REQUEST_MS_MAX },
    (request, response) => {
      const reply = ({ status, type, text }: PrivateAnswer) =>
        response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text)
      answer(options.paths, request).then(reply, (error: unknown) => {
        options.onError(error)
        reply(said(500, 'failed'))
      })
    },
  )
  return listenOn(server, options)
}

async function answer(
  paths: Readonly<Record<string, () => Promise<PrivateAnswer>>>,
  { method, url = '' }: IncomingMessage,
): Promise<PrivateAnswer> {
  const handler = Object.hasOwn(paths, url) ? paths[url] : undefined
  if (handler === undefined) return said(404, 'not here')
  if (method !== 'GET') return said(405, 'GET only')
  return handler()
}

const said = (status: number, text: string): PrivateAnswer => ({
  ...{ status, type: 'text/plain', text: `${text}\n` },
})
