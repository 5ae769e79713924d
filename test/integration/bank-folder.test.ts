import { readdirSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createBank } from '../../src/payouts/channels/bank.ts'
import type { Channel } from '../../src/payouts/channels/channel.ts'
import { openFolder } from '../../src/payouts/channels/iso20022/folder.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { paymentsIn } from '../support/books.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { orderOf, pain002, paymentNo } from '../support/iso-files.ts'
import { startRails } from '../support/rails.ts'
import type { Rails } from '../support/rails.ts'
import { countsOf, plan, send } from '../support/sending.ts'
import { enterTown, FUNDS, payday, releaseLists, treasurer } from '../support/town.ts'

let folder: string
let bank: Channel
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ansinh-folder-'))
  await mkdir(join(folder, 'outbox'))
  bank = createBank({
    ...{ transport: openFolder(folder), http: null, version: '001.09', debtorBin: '970405' },
    ...{ rowsMax: 500, hours: null, verifiesFirst: true, accountsAtOnce: 1 },
  })
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const names = (name: string) => readdir(join(folder, name)).catch(() => [])
const order = orderOf([paymentNo(1), paymentNo(2)])
const outcome = async () => [...(await bank.send(order)).values()].map(({ kind }) => kind)
const put = async (name: string, content: string | Buffer) => {
  await mkdir(join(folder, 'inbox'), { recursive: true })
  await writeFile(join(folder, 'inbox', name), content)
}
const takeAll = async (done: 'processed' | 'quarantined' = 'processed') => {
  const taken: string[] = []
  for await (const file of bank.statusFiles([])) {
    taken.push(file.name)
    await file.done(done)
  }
  return taken
}

describe('an order file into the folder', () => {
  test('is there whole, under its own name, and nothing else is', async () => {
    expect(await outcome()).toEqual(['submitted', 'submitted'])
    expect(await names('outbox')).toEqual([`${order.id}.xml`])
    const xml = await readFile(join(folder, 'outbox', `${order.id}.xml`), 'utf8')
    expect(xml).toMatch(/pain\.001\.001\.09[^]*<NbOfTxs>2<[^]*<\/Document>\n$/)
  })

  test('is never put over another: of that one nobody knows whether the bank has it', async () => {
    await outcome()
    const first = await readFile(join(folder, 'outbox', `${order.id}.xml`))
    expect(await outcome()).toEqual(['unknown', 'unknown'])
    expect(await readFile(join(folder, 'outbox', `${order.id}.xml`))).toEqual(first)
  })

  test('has surely not left while it cannot be written', async () => {
    await rm(join(folder, 'outbox'), { recursive: true })
    await writeFile(join(folder, 'outbox'), 'not a folder')
    expect(await outcome()).toEqual(['refused', 'refused'])
  })

  test('of which the writing fails half-way was never there, and leaves nothing behind', async () => {
    const transport = openFolder(folder)
    const seen: string[] = []
    const pieces = (function* () {
      yield 'half'
      seen.push(...readdirSync(join(folder, 'outbox')))
      throw new Error('disk full')
    })()
    const file = { id: 'F1', count: 1, pieces, isFresh: () => true }
    expect(await transport.deliver(file)).toEqual({ kind: 'refused' })
    expect(seen).toHaveLength(1)
    expect(seen.filter((name) => name.endsWith('.xml'))).toEqual([])
    expect(await names('outbox')).toEqual([])
  })
})

describe('status files in the folder', () => {
  test('are taken in order, once, and put away by what became of them', async () => {
    await put('b.xml', 'B')
    await put('a.xml', 'A')
    expect(await takeAll()).toEqual(['a.xml', 'b.xml'])
    expect(await takeAll()).toEqual([])
    await put('a.xml', 'another a')
    await takeAll()
    expect(await names('processed')).toEqual(['a.2.xml', 'a.xml', 'b.xml'])
    await put('c.xml', 'C')
    await takeAll('quarantined')
    expect(await names('quarantine')).toEqual(['c.xml'])
  })

  test('that are being written under another name are left alone', async () => {
    for (const name of ['.a.xml', 'a.xml.part', 'a.tmp', 'readme.txt']) await put(name, 'half')
    expect(await takeAll()).toEqual([])
    expect(await names('inbox')).toHaveLength(4)
  })

  test('that a killed taker left are taken again', async () => {
    await put('a.xml', 'A')
    for await (const file of bank.statusFiles([])) {
      expect(file.name).toBe('a.xml')
      break // killed here: nothing is put away
    }
    expect(await names('inbox')).toEqual([])
    expect(await takeAll()).toEqual(['a.xml'])
  })

  test('that two takers want go to one of them, and both end well', async () => {
    for (let n = 0; n < 20; n += 1) await put(`${String(n)}.xml`, 'A')
    await Promise.all([takeAll(), takeAll(), takeAll()])
    expect(await names('inbox')).toEqual([])
    expect(await names('working')).toEqual([])
    expect(await names('processed')).toHaveLength(20)
  })

  test('that are far too large are refused without being read', async () => {
    await put('big.xml', Buffer.alloc(21 * 1024 * 1024, 0x20))
    for await (const { bytes } of bank.statusFiles([]))
      expect(() => bank.readStatus(bytes)).toThrow('lớn hơn 20 MB')
  })
})

test('no enquiry and no statement goes through a folder', async () => {
  expect(await bank.enquire('R1')).toMatchObject({ kind: 'no-answer' })
  await expect(bank.statement('474', payday)).rejects.toMatchObject({ code: 'statement-missing' })
})

describe('with the bank behind it', () => {
  let database: FreshDatabase
  let rails: Rails
  beforeEach(async () => {
    database = await freshDatabase()
    const communes = await enterTown(database, [{ bank: 6 }])
    await releaseLists(database, communes)
    rails = await startRails({ seed: 'folder', faults: 'none', watched: folder })
    await rails.advance(payday)
    await rails.fund(communes[0]?.payingUnit ?? '', FUNDS)
  })
  afterEach(async () => {
    await database.drop()
    await rails.close()
  })
  const take = () => payouts.takeStatusFiles(database.app, treasurer, bank, payday)
  const sendAll = async () => {
    for (const { orderId } of await plan(database)) await send(database, bank, { id: orderId })
  }
  const untilTaken = async () => {
    for (let tries = 0; tries < 200; tries += 1) {
      const taken = await take()
      if (taken.length > 0) return taken
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error('no status file came')
  }

  test('a file goes out, is executed once, and its status file comes back', async () => {
    await sendAll()
    expect(await untilTaken()).toMatchObject([{ kind: 'applied', changed: 6 }])
    expect(await countsOf(database)).toEqual({ ACCEPTED: 6 })
    expect([...paymentsIn(rails.folder).values()].map(({ executed }) => executed)).toEqual([
      1, 1, 1, 1, 1, 1,
    ])
    expect(await names('processed')).toHaveLength(1)
    expect(await names('outbox')).toEqual([])
  })

  test('a status file that is cut waits in quarantine for somebody; the whole one counts', async () => {
    const rule = { fault: 'report-cut', match: '', value: '', amount: 70, times: 1 }
    await rails.post('bank', '/faults', { rules: [rule] })
    await sendAll()
    expect(await untilTaken()).toMatchObject([{ kind: 'quarantined' }])
    expect(await countsOf(database)).toEqual({ SUBMITTED: 6 })
    expect(await names('quarantine')).toHaveLength(1)
    const { rows } = await database.admin.query<{ id: string }>('select id from order_file')
    await rails.post('bank', `/pain.002/${rows[0]?.id ?? ''}`, {})
    expect(await untilTaken()).toMatchObject([{ kind: 'applied', changed: 6 }])
  })

  test('a status file that comes before its answer is recorded is believed all the same', async () => {
    const early = async () => {
      await untilTaken()
      return Promise.resolve()
    }
    const [first] = await plan(database)
    const barrier = async (name: string) => (name === 'after-answer' ? early() : undefined)
    await send(database, bank, { id: first?.orderId ?? '', barrier })
    expect(await countsOf(database)).toEqual({ ACCEPTED: 6 })
  })

  test('a folder that cannot be written sends nothing: the rows wait, and go later', async () => {
    await rails.kill('bank')
    await rm(join(folder, 'outbox'), { recursive: true, force: true })
    await writeFile(join(folder, 'outbox'), '')
    await sendAll()
    expect(await countsOf(database)).toEqual({ QUEUED: 6 })
    await rm(join(folder, 'outbox'))
    await mkdir(join(folder, 'outbox'))
    await sendAll()
    expect(await countsOf(database)).toEqual({ SUBMITTED: 6 })
    const sql = 'select number, attempts[1] from order_file order by 1'
    const { rows } = await database.admin.query<Record<string, number>>(sql)
    expect(rows.flatMap((row) => Object.values(row))).toEqual([1, 1, 2, 2])
    // A word about the file that never left is a contradiction, whoever says it.
    const { rows: files } = await database.admin.query<{ id: string }>(
      'select id from order_file order by number',
    )
    await put('ghost.xml', pain002({ file: files[0]?.id ?? '', group: 'ACSC' }))
    expect(await take()).toMatchObject([{ kind: 'quarantined' }])
    expect(await countsOf(database)).toEqual({ SUBMITTED: 6 })
  })
})
