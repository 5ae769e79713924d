import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'
import { exchangeOnce } from '../../src/lib/http-exchange.ts'

const received: string[] = []
const server = createServer((request, response) => {
  received.push(request.url ?? '')
  if (request.url === '/silent') return
  response.writeHead(200, { 'x-sign': 'here' })
  response.write('one, ')
  setTimeout(() => response.end('two'), 20)
})
let pool: Pool

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  pool = new Pool(`http://127.0.0.1:${String(port)}`, { connections: 1, pipelining: 1 })
})

afterAll(async () => {
  await pool.destroy()
  server.closeAllConnections()
  server.close()
})

const post = (path: string, withinMs: number) =>
  exchangeOnce(pool, { method: 'POST', path, body: '{}' }, withinMs)

test('an answer is there whole, with its head', async () => {
  const { status, headers, body } = await post('/whole', 5_000)
  expect(status).toBe(200)
  expect(headers['x-sign']).toBe('here')
  expect(Buffer.from(body).toString()).toBe('one, two')
})

test('what was not begun in its time is never sent', async () => {
  const holds = post('/silent', 800)
  const waits = post('/late', 100)
  await expect(waits).rejects.toMatchObject({ code: 'CALL_TIMEOUT' })
  await expect(holds).rejects.toMatchObject({ code: 'CALL_TIMEOUT' })
  await sleep(300)
  expect(received).not.toContain('/late')
  await post('/after', 5_000)
  expect(received).toContain('/after')
})
