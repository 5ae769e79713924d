import { createServer } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll } from '@jest/globals'

/** A message that somebody was told. */
export interface Told {
  readonly id: string
  readonly timestamp: string
  readonly signature: string
  readonly body: string
}

/** Somebody who is told of events, over HTTP on this machine. */
export interface Receiver {
  readonly url: string
  readonly told: readonly Told[]
  /** What is answered from now on: a status, and where to for a redirect. */
  answerWith(status: number, location?: string): void
}

const open = new Set<Server>()
afterAll(() => {
  for (const server of open) server.close()
})

/** Starts one on a free port. */
export async function startReceiver(): Promise<Receiver> {
  const told: Told[] = []
  let [status, location] = [204, '']
  const server = createServer((request, response) => {
    void readAll(request).then((body) => {
      const { headers } = request
      const header = (name: string) => String(headers[`webhook-${name}`])
      told.push({
        ...{ id: header('id'), timestamp: header('timestamp'), signature: header('signature') },
        body,
      })
      response.writeHead(status, location === '' ? {} : { location }).end()
    })
  })
  open.add(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/events`,
    told,
    answerWith: (next, to = '') => {
      status = next
      location = to
    },
  }
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
