import { createServer } from 'node:http'
import type { Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from '@jest/globals'
import { localDate } from '../../src/lib/time.ts'
import { openHttp } from '../../src/lib/http.ts'
import type { HttpClient } from '../../src/lib/http.ts'
import type { OutgoingPayment, PaymentOutcome } from '../../src/payouts/channels/channel.ts'
import { bankOver, walletOver } from '../support/rails.ts'

/** The other side of the world is played here: what the simulators never answer, and a bad day brings. */
type Answer = (response: ServerResponse) => void

let server: Server | undefined
let client: HttpClient | undefined
afterEach(async () => {
  await client?.close()
  server?.closeAllConnections()
  await new Promise((resolve) => server?.close(resolve))
})

/** A server that gives one answer to everything and counts the calls. */
async function answering(answer: Answer) {
  const calls: string[] = []
  const started = createServer((request, response) => {
    calls.push(`${request.method ?? ''} ${request.url ?? ''}`)
    request.resume().once('end', () => answer(response))
  })
  server = started
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve))
  const { port } = started.address() as AddressInfo
  client = openHttp({ baseUrl: `http://127.0.0.1:${port}`, timeoutMs: 300, connections: 4 })
  return { calls, bank: bankOver(client), hueS: walletOver(client) }
}

const payment: OutgoingPayment = {
  reference: '230819750000C412',
  amount: 360_000n,
  bankCode: '970405',
  accountNumber: '999000000001',
  holderName: 'NGUYEN THI ANH MAU',
  text: 'TRO CAP XA HOI 08/2023',
}
const order = {
  ...{ id: 'F1', on: localDate('2023-08-03'), claimedAt: '2023-08-03T08:00:00+07:00' },
  ...{ payingUnit: '474.20210701', payerName: 'Thành phố Huế', payments: [payment] },
}
const outcomeOf = (all: ReadonlyMap<string, PaymentOutcome>) => all.get(payment.reference)

const json =
  (status: number, body: unknown): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
const text =
  (status: number, body: string): Answer =>
  (response) =>
    response.writeHead(status).end(body)
const elsewhere: Answer = (response) =>
  response.writeHead(307, { location: 'http://127.0.0.1:9/elsewhere' }).end()

/** Answers that prove nothing: the payment may be executed, and nobody may send it again. */
const nothing: readonly (readonly [string, Answer])[] = [
  ['500', text(500, 'internal error')],
  ['502 of a proxy', text(502, '<html>Bad Gateway</html>')],
  ['503 in JSON', json(503, { error: 'maintenance' })],
  ['401', json(401, { error: 'who are you' })],
  ['404', json(404, { error: 'no such path' })],
  ['429', json(429, { error: 'slow down' })],
  ['200 that is not JSON', text(200, 'OK')],
  ['200 and an empty body', text(200, '')],
  ['200 and another shape', json(200, { ok: true })],
  ['half an answer', (response) => response.writeHead(200, { 'content-length': '999' }).write('{')],
  ['a redirect', elsewhere],
  ['a cut connection', (response) => response.socket?.destroy()],
  ['no answer in time', () => undefined],
]

describe('the wallet', () => {
  const paid = { reference: payment.reference, amount: '360000', status: 'executed' }

  test.each([
    ['executed', paid, { kind: 'accepted' }],
    [
      'rejected',
      { ...paid, status: 'rejected', reason: 'AC01' },
      { kind: 'rejected', reason: 'AC01' },
    ],
    [
      'rejected without a reason',
      { ...paid, status: 'rejected' },
      { kind: 'rejected', reason: 'NARR' },
    ],
  ])('says %s: so it is', async (_, body, outcome) => {
    const { hueS, calls } = await answering(json(200, body))
    expect(outcomeOf(await hueS.send(order))).toEqual(outcome)
    expect(calls).toEqual(['POST /payments'])
  })

  test.each([
    ...nothing,
    ['an answer about another payment', json(200, { ...paid, reference: '230819750000D412' })],
    ['an answer about another amount', json(200, { ...paid, amount: '36000' })],
    ['an amount that is a number', json(200, { ...paid, amount: 360_000 })],
    ['a status of its own', json(200, { ...paid, status: 'processing' })],
    ['the right body under 202', json(202, paid)],
    ['a rejection under 500', json(500, { ...paid, status: 'rejected' })],
  ])('answers with %s: unknown, and is called once', async (_, answer) => {
    const { hueS, calls } = await answering(answer)
    expect(outcomeOf(await hueS.send(order))).toMatchObject({ kind: 'unknown' })
    expect(calls).toEqual(['POST /payments'])
  })

  test.each(nothing)(
    'answers an enquiry with %s: no answer, never "not found"',
    async (_, answer) => {
      const { hueS } = await answering(answer)
      expect(await hueS.enquire(payment.reference)).toMatchObject({ kind: 'no-answer' })
    },
  )
})

describe('an enquiry', () => {
  const found = { status: 'rejected', reason: 'AC01', amount: '360000', times: 1 }
  const about = (reference: string) => json(200, { ...found, reference })

  test('is answered about the payment that was asked for', async () => {
    const { hueS } = await answering(about(payment.reference))
    const answer = await hueS.enquire(payment.reference)
    expect(answer).toEqual({ kind: 'rejected', reason: 'AC01' })
  })

  test('that is answered about another payment is not answered', async () => {
    const { hueS } = await answering(about('230819750000D412'))
    expect(await hueS.enquire(payment.reference)).toMatchObject({ kind: 'no-answer' })
  })

  test.each([500, 502])('that is answered with %d is not answered', async (status) => {
    const { bank } = await answering(json(status, { ...found, reference: payment.reference }))
    expect(await bank.enquire(payment.reference)).toMatchObject({ kind: 'no-answer' })
  })
})

describe('a statement', () => {
  const day = localDate('2023-08-03')
  const whole = {
    statementId: 'S1',
    account: '474',
    date: day,
    opening: '0',
    closing: '0',
    lines: [],
  }

  test('is that of the account and the day that were asked for', async () => {
    const { bank } = await answering(json(200, whole))
    expect(await bank.statement('474', day)).toMatchObject({ id: 'S1', day })
  })

  test.each([
    ['account', { account: '475' }],
    ['day', { date: '2023-08-02' }],
  ])('of another %s is none', async (_, other) => {
    const { bank } = await answering(json(200, { ...whole, ...other }))
    await expect(bank.statement('474', day)).rejects.toMatchObject({ code: 'statement-missing' })
  })

  test.each(nothing)('answered with %s is none, and is asked for again', async (_, answer) => {
    const { bank } = await answering(answer)
    await expect(bank.statement('474', day)).rejects.toMatchObject({ code: 'statement-missing' })
  })
})

describe('the bank', () => {
  const received = { messageId: 'F1', received: 1 }

  test.each([
    ['202 and the file', json(202, received), { kind: 'submitted' }],
    [
      '400: nothing of it was executed',
      json(400, { error: 'total' }),
      { kind: 'rejected', reason: 'FF01' },
    ],
  ])('answers %s', async (_, answer, outcome) => {
    const { bank, calls } = await answering(answer)
    expect(outcomeOf(await bank.send(order))).toEqual(outcome)
    expect(calls).toEqual(['POST /pain.001'])
  })

  test.each([
    ...nothing,
    ['another file', json(202, { ...received, messageId: 'F2' })],
    ['another count', json(202, { ...received, received: 0 })],
    ['the receipt under 200', json(200, received)],
    ['400 that is not JSON', text(400, 'Bad Request')],
  ])('answers with %s: unknown, and is called once', async (_, answer) => {
    const { bank, calls } = await answering(answer)
    expect(outcomeOf(await bank.send(order))).toMatchObject({ kind: 'unknown' })
    expect(calls).toEqual(['POST /pain.001'])
  })

  test.each(nothing)('reports on a file with %s: there is no status', async (_, answer) => {
    const { bank } = await answering(answer)
    for await (const { bytes } of bank.statusFiles(['F1']))
      expect(() => bank.readStatus(bytes)).toThrow('không đọc gì trong tệp')
  })
})

test.each(['bank', 'hueS'] as const)(
  '%s: a refused connection is refused, not unknown',
  async (name) => {
    const channels = await answering(text(200, ''))
    server?.closeAllConnections()
    await new Promise((resolve) => server?.close(resolve))
    expect(outcomeOf(await channels[name].send(order))).toEqual({ kind: 'refused' })
  },
)
