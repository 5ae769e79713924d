import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { launch } from '../../scripts/simulators/launch.ts'
import { openHttp } from '../../src/lib/http.ts'
import { createCashService } from '../../src/payouts/channels/cash-service.ts'
import type { CashService } from '../../src/payouts/channels/cash-service.ts'
import { buildFolder } from '../support/programs.ts'
import { ensureTransfer } from '../../src/payouts/channels/transfers.ts'
import type { Transfer } from '../../src/payouts/channels/transfers.ts'

/** The service organisation pays every list that it is handed, again if it is handed again: so we ask first. */
const LIST = '2308-19750-1-TM'
const ROWS = [
  { reference: '2308-19750-00001', name: 'Nguyễn Thị Ánh Mẫu', amount: 360_000n },
  { reference: '2308-19750-00002', name: 'Trần Văn Bình Mẫu', amount: 540_000n },
]

test('played: a list is handed over once and reported on row by row', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ansinh-cash-'))
  const simulator = await launch('cash-service', {
    folder,
    seed: 'any',
    faults: 'none',
    built: buildFolder(),
  })
  const http = openHttp({ baseUrl: simulator.url, timeoutMs: 2_000, connections: 1 })
  const service = createCashService(http)
  try {
    await http.call('POST', '/clock', z.unknown(), { date: '2023-08-03' })
    await expect(service.report(LIST)).rejects.toMatchObject({ code: 'cash-report-missing' })
    await service.handOver(LIST, ROWS)
    await service.handOver(LIST, ROWS)
    const report = await service.report(LIST)
    expect(report).toEqual(
      ROWS.map(({ reference, amount }) => ({ reference, amount, paid: true, reason: null })),
    )
    const times = await http.call('GET', `/lists/${LIST}/report`, z.object({ times: z.number() }))
    expect(times).toMatchObject({ body: { times: 1 } })
  } finally {
    await http.close()
    simulator.child.kill('SIGKILL')
    await simulator.exited
    await rm(folder, { recursive: true, force: true })
  }
})

/** A service that answers questions in one way and takes whatever is ordered; tells what was ordered. */
async function ordersOf(
  asked: readonly [status: number, body: string],
  work: (http: Parameters<typeof createCashService>[0]) => Promise<unknown>,
) {
  const orders: string[] = []
  const server = createServer((request, response) => {
    const { method = '', url = '' } = request
    if (method === 'POST') orders.push(url)
    const taken = { listId: LIST, received: 2, reference: 'R', amount: '5', times: 1 }
    const [status, body] =
      method === 'POST' ? [url === '/lists' ? 202 : 200, JSON.stringify(taken)] : asked
    request.resume().once('end', () => response.writeHead(status).end(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const http = openHttp({ baseUrl: `http://127.0.0.1:${port}`, timeoutMs: 300, connections: 1 })
  try {
    await work(http).catch(() => undefined)
    return orders
  } finally {
    await http.close()
    server.closeAllConnections()
    server.close()
  }
}

/** Answers that do not say whether it was done. */
const UNCLEAR = [
  ['500', [500, '{"error":"internal"}']],
  ['503 without a body', [503, '']],
  ['200 that is not JSON', [200, 'OK']],
  ['200 and another shape', [200, '{"ok":true}']],
] as const

describe('a service that does not know the list', () => {
  const handOver = (service: CashService) => service.handOver(LIST, ROWS)

  test('is handed it', async () => {
    const unknown = [404, '{"error":"no list"}'] as const
    const orders = await ordersOf(unknown, (http) => handOver(createCashService(http)))
    expect(orders).toEqual(['/lists'])
  })

  test.each(UNCLEAR)('is not handed it on a mere %s', async (_, asked) => {
    const orders = await ordersOf(asked, (http) => handOver(createCashService(http)))
    expect(orders).toEqual([])
  })
})

describe('a transfer', () => {
  const transfer: Transfer = {
    ...{ reference: 'move:474', payingUnit: '474', direction: 'in', amount: 5n },
    counterparty: 'KBNN',
  }

  test.each([
    ['was never seen', [404, '{"error":"no transfer"}'], ['/transfers']],
    ['is there already', [200, '{"reference":"move:474","amount":"5","times":1}'], []],
  ] as const)('that %s', async (_, asked, ordered) => {
    expect(await ordersOf(asked, (http) => ensureTransfer(http, transfer))).toEqual(ordered)
  })

  test.each(UNCLEAR)('is not ordered on a mere %s', async (_, asked) => {
    expect(await ordersOf(asked, (http) => ensureTransfer(http, transfer))).toEqual([])
  })
})
