import { createServer } from 'node:tls'
import type { Server } from 'node:tls'
import type { AddressInfo, Socket } from 'node:net'
import { afterAll } from '@jest/globals'
import { testCertificate } from './certificate.ts'

/** A collector of syslog over TLS, as a security operations centre runs one. */
export interface Collector {
  readonly host: string
  readonly port: number
  readonly ca: string
  /** The messages that arrived whole, in order. */
  readonly messages: readonly string[]
  /** Cuts the next connection as soon as something came. */
  cutNext(): void
  stop(): Promise<void>
}

const open = new Set<Server>()
afterAll(() => {
  for (const server of open) server.close()
})

/** Starts one on 127.0.0.1; `port` 0 takes a free one. */
export async function startCollector(
  port = 0,
  certificate = testCertificate(),
): Promise<Collector> {
  const messages: string[] = []
  let cut = false
  let raw: Socket | undefined
  const server = createServer(certificate, (socket) => {
    const chunks: Buffer[] = []
    socket.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => {
      if (cut) {
        cut = false
        // As a machine that dies does: no end, a reset.
        raw?.resetAndDestroy()
        return
      }
      chunks.push(chunk)
    })
    socket.on('end', () => {
      messages.push(...framesOf(Buffer.concat(chunks)))
      socket.end()
    })
  })
  server.on('tlsClientError', () => undefined)
  server.on('connection', (socket: Socket) => (raw = socket))
  open.add(server)
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    ...{ host: '127.0.0.1', port: (server.address() as AddressInfo).port, ca: certificate.cert },
    ...{ messages, cutNext: () => void (cut = true) },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** RFC 5425 §4.3: a length in bytes, a blank, so many bytes. */
function framesOf(bytes: Buffer): readonly string[] {
  const frames: string[] = []
  for (let at = 0; at < bytes.length;) {
    const blank = bytes.indexOf(0x20, at)
    const length = Number(bytes.toString('latin1', at, blank))
    frames.push(bytes.toString('utf8', blank + 1, blank + 1 + length))
    at = blank + 1 + length
  }
  return frames
}
