import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, test } from '@jest/globals'
import { createFaults, rates, type FaultLevel } from '../../scripts/simulators/faults.ts'
import { walletHeaders } from '../support/wallet-headers.ts'
import { launch, type ProgramName, type Simulator } from '../../scripts/simulators/launch.ts'
import { orderFile } from '../support/order-file.ts'
import { buildFolder } from '../support/programs.ts'

interface Options {
  readonly folder?: string
  readonly faults?: FaultLevel
  readonly seed?: string
}

const running: Simulator[] = []
afterEach(async () => {
  for (const { child, exited, bookPath } of running.splice(0)) {
    child.kill('SIGKILL')
    await exited
    await rm(dirname(bookPath), { recursive: true, force: true })
  }
})

/** Starts a simulator as its user does, with its own folder unless one is given. */
const start = async (program: ProgramName, options: Options = {}) => {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'simulators-')))
  const how = { faults: 'none', seed: 'test', built: buildFolder() } as const
  const simulator = await launch(program, { ...how, ...options, folder })
  running.push(simulator)
  const call = async (method: string, path: string, body?: unknown) => {
    const xml = path === '/pain.001' && typeof body === 'string'
    const text = body === undefined ? null : xml ? body : JSON.stringify(body)
    const headers: Record<string, string> = {
      ...(xml && { 'content-type': 'application/xml' }),
      ...(program === 'hue-s' && walletHeaders(method, path, text ?? '')),
    }
    const response = await fetch(simulator.url + path, { method, body: text, headers })
    const type = response.headers.get('content-type')
    return {
      status: response.status,
      body: await (type === 'application/xml' ? response.text() : response.json()),
    }
  }
  return {
    ...simulator,
    folder,
    get: (path: string) => call('GET', path),
    post: (path: string, body: unknown) => call('POST', path, body),
  }
}
type Started = Awaited<ReturnType<typeof start>>

const reference = (n: number): string => `R${String(n).padStart(15, '0')}`
const row = (n: number, amount = '500000') => ({ reference: reference(n), amount })
/** What a status file names: references with their status and reason. */
const statuses = (xml: unknown) =>
  String(xml)
    .split('TxInfAndSts>')
    .flatMap((part) => {
      const [reference, status, reason] = ['OrgnlEndToEndId', 'TxSts', 'Cd'].map(
        (name) => new RegExp(`${name}>(\\w+)<`).exec(part)?.[1],
      )
      return status === undefined
        ? []
        : [[reference, status, ...(reason === undefined ? [] : [reason])]]
    })
const payment = (reference: string) => {
  const order = { account: '474', wallet: '0905000001', name: 'LE VAN AN', amount: '500000' }
  return { reference, ...order, text: 'TCXH T8' }
}
const funded = async (simulator: Started, amount = '1000000000'): Promise<Started> => {
  await simulator.post('/clock', { date: '2023-08-03' })
  const money = { reference: 'FUND1', account: '474', direction: 'in', amount }
  await simulator.post('/transfers', { ...money, counterparty: 'KBNN', purpose: 'cap von' })
  return simulator
}
const records = async (path: string) =>
  (await readFile(path, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

describe('the bank', () => {
  test('pays nothing before there is a business date, and never beyond the balance', async () => {
    const bank = await start('bank')
    expect(await bank.post('/pain.001', orderFile('F1', [row(1)]))).toMatchObject({ status: 409 })
    await funded(bank, '700000')
    expect(await bank.post('/pain.001', orderFile('F1', [row(1), row(2)]))).toMatchObject({
      status: 202,
      body: { messageId: 'F1', received: 2 },
    })
    expect(statuses((await bank.get('/pain.002/F1')).body)).toEqual([
      [reference(1), 'ACSC'],
      [reference(2), 'RJCT', 'AM04'],
    ])
    const out = { reference: 'OUT1', account: '474', direction: 'out', amount: '200001' }
    const refused = await bank.post('/transfers', { ...out, counterparty: '', purpose: '' })
    expect(refused).toMatchObject({ status: 422, body: { field: 'amount' } })
  })

  test.each([
    ['NbOfTxs', '<NbOfTxs>2<', '<NbOfTxs>3<'],
    ['CtrlSum', '<CtrlSum>1000000<', '<CtrlSum>1000001<'],
    ['InstdAmt', '>500000</InstdAmt>', '>500000.5</InstdAmt>'],
    ['InstdAmt', 'Ccy="VND"', 'Ccy="USD"'],
    ['EndToEndId', `<EndToEndId>${reference(1)}`, '<EndToEndId>r-1'],
    ['EndToEndId', new RegExp(reference(2), 'g'), reference(1)],
    ['Nm', 'NGUYEN THI HOA MAU', 'NGUYỄN THỊ HOA MẪU'],
    ['ReqdExctnDt', '>2023-08-03<', '>2023-02-30<'],
    [
      'PmtMtd',
      '<PmtMtd>TRF</PmtMtd><BtchBookg>false</BtchBookg>',
      '<BtchBookg>false</BtchBookg><PmtMtd>TRF</PmtMtd>',
    ],
    ['ChrgBr', '<ChrgBr>DEBT</ChrgBr>', ''],
    ['Document', '<Document', '<!DOCTYPE Document><Document'],
    ['Document', '</Document>', ''],
    ['Document', 'pain.001.001.03', 'pain.001.001.11'],
  ])('refuses a file with a wrong %s (%s), and executes none of it', async (field, from, to) => {
    const bank = await funded(await start('bank'))
    const spoilt = orderFile('F1', [row(1), row(2)], (xml) => xml.replace(from, to))
    expect(spoilt).not.toBe(orderFile('F1', [row(1), row(2)]))
    const answer = await bank.post('/pain.001', spoilt)
    expect(answer).toMatchObject({ status: 400, body: { field } })
    expect(await bank.get('/pain.002/F1')).toMatchObject({ status: 404 })
    const enquiry = await bank.get(`/payments/${reference(1)}`)
    expect(enquiry).toEqual({ status: 404, body: { status: 'not-found' } })
  })

  test('executes a file as often as it comes, and shows it, across a crash as well', async () => {
    const bank = await funded(await start('bank'))
    await bank.post('/pain.001', orderFile('F1', [row(1)]))
    await bank.post('/pain.001', orderFile('F1', [row(1)]))
    const executed = { reference: reference(1), status: 'executed', amount: '500000' }
    const enquiry = `/payments/${reference(1)}`
    expect((await bank.get(enquiry)).body).toEqual({ ...executed, times: 2 })
    bank.child.kill('SIGKILL')
    await bank.exited
    const again = await start('bank', { folder: bank.folder })
    await again.post('/pain.001', orderFile('F1', [row(1)]))
    expect((await again.get(enquiry)).body).toEqual({ ...executed, times: 3 })
    const book = await records(bank.bookPath)
    const attempts = (kind: string) =>
      book.filter(({ type }) => type === kind).map(({ attempt }) => attempt)
    expect(attempts('executed')).toEqual([1, 2, 3])
    expect(attempts('file')).toEqual([1, 2, 3])
    await again.post('/clock', { date: '2023-08-04' })
    const { body } = await again.get('/statements/2023-08-03?account=474')
    expect(body).toMatchObject({ opening: '0', closing: '998500000' })
  })

  test('gives statements that join up over the days of a return', async () => {
    const bank = await funded(await start('bank', { faults: 'heavy' }), '500000000')
    const orders = Array.from({ length: 500 }, (_, n) => row(n))
    await bank.post('/pain.001', orderFile('F1', orders))
    expect(await bank.get('/statements/2023-08-03?account=474')).toMatchObject({ status: 409 })
    await bank.post('/clock', { date: '2023-08-10' })
    let closing = '0'
    const returned: string[] = []
    const lineIds = new Set<string>()
    for (const date of ['03', '04', '05', '06', '07', '08'].map((day) => `2023-08-${day}`)) {
      const { body } = await bank.get(`/statements/${date}?account=474`)
      const { opening, lines, ...day } = body as Statement
      expect(opening).toBe(closing)
      const net = lines.reduce((sum, line) => sum + signed(line), BigInt(opening))
      expect(day.closing).toBe(String(net))
      closing = day.closing
      for (const line of lines) lineIds.add(line.lineId)
      const backs = lines.filter(({ kind }) => kind === 'return')
      returned.push(...backs.map((line) => line.reference))
      if (backs.length > 0) expect(['2023-08-05', '2023-08-06', '2023-08-07']).toContain(date)
    }
    expect(returned.length).toBeGreaterThan(5)
    const book = await records(bank.bookPath)
    const ofType = (type: string) => book.filter((record) => record['type'] === type)
    expect(lineIds.size).toBe(ofType('executed').length + returned.length + 1)
    const left = ofType('executed').length - returned.length
    expect(closing).toBe(String(500_000_000n - BigInt(left) * 500_000n))
    const enquiry = await bank.get(`/payments/${String(returned[0])}`)
    expect(enquiry.body).toMatchObject({ status: 'returned', times: 1 })
  })
})

interface Line {
  lineId: string
  kind: string
  direction: string
  amount: string
  reference: string
}
interface Statement {
  opening: string
  closing: string
  lines: Line[]
}
const signed = ({ direction, amount }: Line): bigint =>
  direction === 'credit' ? BigInt(amount) : -BigInt(amount)

describe('the book', () => {
  test('keeps through kill -9 all that was acknowledged, and drops a torn last line', async () => {
    const wallet = await funded(await start('hue-s'))
    const acknowledged: string[] = []
    const storm = Array.from({ length: 600 }, async (_, n) => {
      const answer = await wallet.post('/payments', payment(reference(n)))
      if (answer.status === 200) acknowledged.push(reference(n))
      if (acknowledged.length === 300) wallet.child.kill('SIGKILL')
    })
    await Promise.allSettled(storm)
    await wallet.exited
    await appendFile(wallet.bookPath, '{"type":"executed","at":"2023-08-03","refer')

    const again = await start('hue-s', { folder: wallet.folder })
    expect(acknowledged.length).toBeGreaterThanOrEqual(300)
    for (const one of acknowledged) {
      expect((await again.get(`/payments/${one}`)).body).toMatchObject({ times: 1 })
    }
    await again.post('/clock', { date: '2023-08-04' })
    const { body } = await again.get('/reports/2023-08-03?account=474&page=1')
    const executed = (await records(again.bookPath)).filter(({ type }) => type === 'executed')
    expect((body as Statement).lines).toHaveLength(executed.length + 1)
    expect(new Set((body as Statement).lines.map(({ lineId }) => lineId)).size).toBe(
      executed.length + 1,
    )
  })
})

describe('the faults', () => {
  const reasons = ['AC01', 'AC04', 'AC06', 'BE01']
  const count = 20_000

  test.each(['default', 'heavy'] as const)('%s come at their rate and at every run', (level) => {
    const tally = () => {
      const { payment } = createFaults({ seed: 'rates', level, reasons })
      return Array.from({ length: count }, (_, n) => payment(reference(n), 1))
    }
    const fates = tally()
    expect(tally()).toEqual(fates)
    for (const kind of ['reject', 'silent', 'return'] as const) {
      const share = fates.filter((fate) => fate.kind === kind).length / count
      expect(share).toBeGreaterThan(rates[level][kind] * 0.8)
      expect(share).toBeLessThan(rates[level][kind] * 1.2)
    }
    const silent = fates.flatMap((fate) => (fate.kind === 'silent' ? [fate] : []))
    const executed = silent.filter((fate) => fate.executed).length / silent.length
    expect(executed).toBeGreaterThan(0.35)
    expect(executed).toBeLessThan(0.65)
    const days = fates.flatMap((fate) => (fate.kind === 'return' ? [fate.afterDays] : []))
    expect([...new Set(days)].toSorted()).toEqual([2, 3, 4])
  })

  test('none, another attempt and another seed decide differently', () => {
    const fates = (seed: string, level: FaultLevel, attempt: number) => {
      const { payment } = createFaults({ seed, level, reasons })
      return Array.from({ length: count }, (_, n) => payment(reference(n), attempt).kind)
    }
    const first = fates('rates', 'heavy', 1)
    expect(new Set(fates('rates', 'none', 1))).toEqual(new Set(['execute']))
    expect(fates('rates', 'heavy', 2)).not.toEqual(first)
    expect(fates('other', 'heavy', 1)).not.toEqual(first)
  })

  test('the wallet that does not answer has paid, or not, as its decision says', async () => {
    const wallet = await funded(await start('hue-s', { faults: 'heavy', seed: 'rates' }))
    const { payment: decide } = createFaults({ seed: 'rates', level: 'heavy', reasons })
    const fates = Array.from({ length: 200 }, (_, n) => ({ name: reference(n), n }))
      .map(({ name }) => ({ name, fate: decide(name, 1) }))
      .flatMap(({ name, fate }) => (fate.kind === 'silent' && !fate.hang ? [{ name, fate }] : []))
    expect(new Set(fates.map(({ fate }) => fate.executed))).toEqual(new Set([true, false]))
    for (const { name, fate } of fates) {
      await expect(wallet.post('/payments', payment(name))).rejects.toThrow('fetch failed')
      const enquiry = await wallet.get(`/payments/${name}`)
      expect(enquiry.status).toBe(fate.executed ? 200 : 404)
    }
  })
})

describe('a file that is not answered', () => {
  const faults = createFaults({ seed: 'files', level: 'heavy', reasons: [] })
  const fileWith = (fate: string): string => {
    const ids = Array.from({ length: 500 }, (_, n) => `F${String(n)}`)
    return ids.find((id) => faults.file(id, 1) === fate && faults.file(id, 2) === 'answer') ?? ''
  }

  test.each([
    ['drop', 200, 2],
    ['lose', 404, 1],
  ])(
    'after a %s its status is %i, and sent again it is executed %i times',
    async (fate, status, times) => {
      const bank = await funded(await start('bank', { faults: 'heavy', seed: 'files' }))
      const fileId = fileWith(fate)
      const orders = Array.from({ length: 20 }, (_, n) => row(n))
      const fates = (n: number) =>
        [1, 2].map((attempt) => faults.payment(reference(n), attempt).kind)
      const calm = orders.findIndex((_, n) => fates(n).every((kind) => kind === 'execute'))
      await expect(bank.post('/pain.001', orderFile(fileId, orders))).rejects.toThrow(
        'fetch failed',
      )
      expect(await bank.get(`/pain.002/${fileId}`)).toMatchObject({ status })
      expect(await bank.get(`/payments/${reference(calm)}`)).toMatchObject({ status })
      expect(await bank.post('/pain.001', orderFile(fileId, orders))).toMatchObject({ status: 202 })
      expect((await bank.get(`/payments/${reference(calm)}`)).body).toMatchObject({ times })
    },
  )
})

describe('the cash service', () => {
  const rows = Array.from({ length: 1000 }, (_, n) => {
    return { reference: `CASH${String(n)}`, name: 'TRAN THI B', amount: '500000' }
  })
  const list = { listId: 'L1', count: rows.length, total: '500000000', rows }
  interface Report {
    times: number
    rows: { paid: boolean }[]
    paidTotal: string
    unpaidTotal: string
  }

  test('refuses a wrong total, pays most of a list, and pays it again when it comes again', async () => {
    const cash = await start('cash-service', { faults: 'default' })
    expect(await cash.post('/lists', list)).toMatchObject({ status: 409 })
    await cash.post('/clock', { date: '2023-08-05' })
    const wrong = await cash.post('/lists', { ...list, total: '1' })
    expect(wrong).toMatchObject({ status: 400, body: { field: 'total' } })
    await cash.post('/lists', list)
    const first = (await cash.get('/lists/L1/report')).body as Report
    const absent = first.rows.filter(({ paid }) => !paid).length
    expect(absent).toBeGreaterThan(5)
    expect(absent).toBeLessThan(30)
    expect(first.unpaidTotal).toBe(String(absent * 500_000))
    expect(first.paidTotal).toBe(String((rows.length - absent) * 500_000))
    await cash.post('/lists', list)
    const second = (await cash.get('/lists/L1/report')).body as Report
    expect(second).toMatchObject({ times: 2, paidTotal: String(Number(first.paidTotal) * 2) })
  })

  test('pays a list to its end when a crash came in the middle of it', async () => {
    const cash = await start('cash-service')
    await cash.post('/clock', { date: '2023-08-05' })
    await cash.post('/lists', list)
    cash.child.kill('SIGKILL')
    await cash.exited
    const lines = (await readFile(cash.bookPath, 'utf8')).split('\n')
    const cut = lines.findIndex((line) => line.includes('CASH400"') && line.includes('cash-result'))
    await writeFile(cash.bookPath, `${lines.slice(0, cut).join('\n')}\n`)
    const again = await start('cash-service', { folder: cash.folder })
    const { body } = await again.get('/lists/L1/report')
    expect(body).toMatchObject({ times: 1, paidTotal: '500000000', unpaidTotal: '0' })
    expect((body as Report).rows).toHaveLength(1000)
  })
})

describe('every simulator', () => {
  test.each(['bank', 'hue-s', 'cash-service'] as const)(
    '%s dies with its parent',
    async (program) => {
      const simulator = await start(program)
      simulator.child.stdin?.end()
      await simulator.exited
      expect(simulator.child.exitCode).toBe(0)
    },
  )

  test('refuses what it cannot read, and logs every call all the same', async () => {
    const bank = await start('bank')
    expect(await bank.get('/nothing')).toMatchObject({ status: 404 })
    expect(await bank.post('/clock', [])).toMatchObject({ status: 400 })
    expect(await bank.post('/clock', { date: '2023-02-30' })).toMatchObject({
      body: { field: 'date' },
    })
    expect(await bank.post('/pain.001', 'x'.repeat(21 << 20))).toMatchObject({ status: 413 })
    expect(await bank.get('/statements/2023-08-03')).toMatchObject({ status: 400 })
    const calls = (await records(bank.bookPath)).map(({ type, path }) => [type, path])
    expect(calls).toEqual(
      ['/nothing', '/clock', '/clock', '/pain.001', '/statements/2023-08-03'].map((path) => [
        'call',
        path,
      ]),
    )
  })
})
