import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/** A TCP proxy before the database that can lose the server's reply to a COMMIT. */
export interface LossyProxy {
  readonly port: number
  /** Cuts the connection that sends the n-th COMMIT from now, after the server has got it and before its reply passes. */
  loseCommit(n: number): void
  /** How many replies were lost. */
  readonly lost: () => number
  /** Sends new connections to another port. */
  turnTo(serverPort: number): void
  close(): Promise<void>
}

/** Starts it before a server on 127.0.0.1. PostgreSQL is spoken in clear there, so a COMMIT can be seen. */
export async function startProxy(serverPort: number): Promise<LossyProxy> {
  let target = serverPort
  let left = 0
  let lost = 0
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1')
    let cutting = false
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket
        .on('error', () => undefined)
        .on('close', () => {
          sockets.delete(socket)
          client.destroy()
          upstream.destroy()
        })
    }
    client.on('data', (bytes) => {
      if (left > 0 && /COMMIT(?!TED)/.test(bytes.toString('latin1'))) {
        left -= 1
        cutting = left === 0
      }
      upstream.write(bytes)
    })
    upstream.on('data', (bytes) => {
      if (!cutting) {
        client.write(bytes)
        return
      }
      lost += 1
      client.destroy()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    loseCommit: (n) => {
      left = n
    },
    lost: () => lost,
    turnTo: (port) => {
      target = port
    },
    close: async () => {
      server.close()
      for (const socket of sockets) socket.destroy()
      await once(server, 'close')
    },
  }
}
