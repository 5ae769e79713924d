import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { paymentReference } from '../../src/payouts/reference.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { august, enterTown } from '../support/town.ts'

/** The program that counts again, without our code, what was really executed: here over books that we write. */
let database: FreshDatabase
let folder: string

beforeAll(async () => {
  database = await freshDatabase()
  await enterTown(database, [{ wallet: 3, cash: 1 }, { bank: 2 }])
})
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ansinh-recount-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const reference = (row: number, commune = '19750', issue = 1, month = august) =>
  paymentReference({ month, commune, row, issue })
const executed = (of: string) => ({ type: 'executed', reference: of })
const returned = (of: string) => ({ type: 'returned', reference: of })

interface Books {
  readonly bank?: readonly object[]
  readonly wallet?: readonly object[]
}

/** Runs it as the demo does; `said` are the report's cases paid, communes paid, cases and communes. */
async function recount({ bank = [], wallet = [] }: Books, said: readonly number[]) {
  const write = (name: string, records: readonly object[]) =>
    writeFile(join(folder, name), records.map((record) => `${JSON.stringify(record)}\n`).join(''))
  await write('bank.jsonl', bank)
  await write('hue-s.jsonl', wallet)
  const args = ['scripts/recount.mjs', folder, '2023-08', ...said.map(String)]
  const { report: DATABASE_REPORT_URL, schema: DATABASE_SCHEMA } = database.urls
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    env: { DATABASE_REPORT_URL, DATABASE_SCHEMA },
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  return { status, lines: stdout.trim().split('\n') }
}

const noise = [
  { type: 'call', method: 'POST', path: '/orders' },
  { type: 'lost', reference: reference(9) },
]

test('agrees with a report of what was executed and has not come back', async () => {
  const bank = [...noise, executed(reference(1)), executed(reference(2)), returned(reference(2))]
  const wallet = [executed(reference(1, '19753')), { type: 'rejected', reference: reference(3) }]
  expect(await recount({ bank, wallet }, [2, 2, 6, 141])).toEqual({
    status: 0,
    lines: [
      '✓ đếm lại từ sổ của ngân hàng và ví: 2/6 trường hợp, 2/141 xã',
      '✓ trường hợp được chi hai lần mà chưa hoàn: 0',
    ],
  })
})

test('counts a re-issue of a returned payment as one case', async () => {
  const again = executed(reference(2, '19750', 2))
  const bank = [executed(reference(2)), returned(reference(2)), again]
  expect(await recount({ bank }, [1, 1, 6, 141])).toMatchObject({ status: 0 })
})

test('counts the month that it is asked for', async () => {
  const july = '2023-07-01' as typeof august
  const bank = [executed(reference(1)), executed(reference(1, '19750', 1, july))]
  expect(await recount({ bank }, [1, 1, 6, 141])).toMatchObject({ status: 0 })
})

test.each([
  ['cases paid', [2, 1, 6, 141]],
  ['communes paid', [1, 2, 6, 141]],
  ['cases', [1, 1, 5, 141]],
  ['communes', [1, 1, 6, 140]],
  ['fewer figures than it counts', [1, 1, 6]],
])('does not agree with a report that says otherwise: %s', async (_, said) => {
  const result = await recount({ bank: [executed(reference(1))] }, said)
  expect(result.status).toBe(1)
  expect(result.lines[0]).toBe(
    `✗ đếm lại từ sổ của ngân hàng và ví: 1/6 trường hợp, 1/141 xã; báo cáo nói ${said.join(', ')}`,
  )
})

test.each([
  ['under one reference', [executed(reference(1)), executed(reference(1))]],
  ['under two', [executed(reference(1)), executed(reference(1, '19750', 2))]],
])('finds a case that was paid twice %s', async (_, wallet) => {
  const result = await recount({ wallet }, [1, 1, 6, 141])
  expect(result.status).toBe(1)
  expect(result.lines[1]).toBe('✗ trường hợp được chi hai lần mà chưa hoàn: 1')
})

test('finds a case that was paid once by the bank and once by the wallet', async () => {
  const [bank, wallet] = [[executed(reference(1))], [executed(reference(1))]]
  expect(await recount({ bank, wallet }, [1, 1, 6, 141])).toMatchObject({ status: 1 })
})

test('does not mind one that was paid twice and came back once', async () => {
  const bank = [executed(reference(1)), executed(reference(1)), returned(reference(1))]
  expect(await recount({ bank }, [1, 1, 6, 141])).toMatchObject({ status: 0 })
})
