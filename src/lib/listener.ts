import { createServer } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DomainError } from './errors.ts'

/** A request with its body as it came, byte for byte. */
export interface Incoming {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

export interface Outgoing {
  readonly status: number
  readonly body: unknown
}

/** A listener for machines that call us. */
export interface Listener {
  readonly port: number
  /** Takes no new call, lets those under way finish. */
  close(): Promise<void>
}

const BODY_BYTES_MAX = 16 * 1024
const REQUEST_MS_MAX = 10_000
const CONNECTIONS_MAX = 200

/**
 * Listens for POST on a few paths. A body above 16 KB is cut off; a call that takes longer than 10 s is ended. A handler
 * that throws is a 500 without a word of why, told to `onError`: the caller sends again.
 */
export async function openListener(options: {
  readonly host: string
  readonly port: number
  readonly routes: Readonly<Record<string, (request: Incoming) => Promise<Outgoing>>>
  readonly onError: (error: unknown) => void
}): Promise<Listener> {
  const server = createServer(
    { requestTimeout: REQUEST_MS_MAX, headersTimeout: REQUEST_MS_MAX },
    (request, response) => {
      const reply = ({ status, body }: Outgoing) => {
        const text = JSON.stringify(body)
        const headers = {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(text),
          'cache-control': 'no-store',
        }
        response.writeHead(status, headers).end(text)
      }
      answer(options.routes, request).then(reply, (error: unknown) => {
        options.onError(error)
        reply({ status: 500, body: { error: 'Lỗi nội bộ' } })
      })
    },
  )
  server.maxConnections = CONNECTIONS_MAX
  return listenOn(server, options)
}

/** Listens on an address, port 0 taking a free one. Throws DomainError `port-taken` when it cannot be had. */
export async function listenOn(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Listener> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', ({ message }) => {
      const told = `Không mở được cổng ${host}:${String(port)}: ${message}`
      reject(new DomainError('conflict', 'port-taken', told))
    })
    server.listen(port, host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeIdleConnections()
      }),
  }
}

async function answer(
  routes: Readonly<Record<string, (request: Incoming) => Promise<Outgoing>>>,
  request: IncomingMessage,
): Promise<Outgoing> {
  const path = request.url ?? ''
  const handler = Object.hasOwn(routes, path) ? routes[path] : undefined
  if (handler === undefined) return { status: 404, body: { error: 'Không có địa chỉ này' } }
  if (request.method !== 'POST') return { status: 405, body: { error: 'Chỉ nhận POST' } }
  const body = await readBody(request)
  if (body === null) return { status: 413, body: { error: 'Nội dung quá 16 KB' } }
  const single = Object.entries(request.headers).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  return handler({ headers: Object.fromEntries(single), body })
}

/** The whole body; null when it is too long, of which nothing is kept. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes <= BODY_BYTES_MAX) chunks.push(chunk)
    else chunks.length = 0
  }
  return bytes > BODY_BYTES_MAX ? null : Buffer.concat(chunks)
}
