import { execFileSync } from 'node:child_process'
import { beforeAll, expect, test } from '@jest/globals'
import { month } from '../../src/lib/time.ts'
import type { LocalDate } from '../../src/lib/time.ts'
import { registry } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import * as p from '../support/payees.ts'
import { leader, preparer } from '../support/town.ts'
import { vault } from '../support/vault.ts'
import { valueOf } from '../support/sql.ts'

/** Marked account numbers: entered, asked for, approved, corrected, revealed. None may be read in the database's files. */
const CANARIES = ['CANARYACCT00017', '0901234567', 'CANARYACCT00029', 'CANARYACCT00031'] as const
/** Not sealed: shows that the search finds what is there in clear. */
const CLEAR = 'CANARYHOLDER MAU'

let database: FreshDatabase

beforeAll(async () => {
  database = await freshDatabase()
  const { id: communeId } = await p.firstCommune(database)
  await p.enterPairs(database, communeId, [{ n: 1 }])
  const account = (n: number, bankCode: string | null, number: string) => ({
    ...{ id: p.accountId(n), personId: p.wardId(1), communeId, bankCode, number },
    ...{ holderName: CLEAR, replaces: null },
  })
  const accounts = [account(71, '970405', CANARIES[0]), account(72, null, CANARIES[1])]
  const intake = { people: [], representations: [], accounts, enrolments: [] }
  const own = { payeeId: p.wardId(1), representationId: null, paymentAccountId: p.accountId(71) }
  await p.asPreparer(database, (tx) => registry.enter(tx, vault, preparer, intake, leader.actor))
  await p.assign(database, 1, communeId, own)
  await change(communeId)
})

async function change(communeId: number): Promise<void> {
  const on = '2023-08-10' as LocalDate
  const request = {
    ...{ personId: p.wardId(1), programme: 'BTXH', ownerId: p.wardId(1), bankCode: '970436' },
    ...{ number: CANARIES[2], holderName: 'NGUYEN THI ANH MAU', on, nextList: month('2023-09') },
    document: p.paperOf('đơn', '1', on),
  }
  const { id } = await p.asPreparer(database, (tx) =>
    registry.accounts.requestChange(tx, vault, preparer, request),
  )
  await database.app.transact(leader, (tx) => registry.accounts.approveChange(tx, leader, id, on))
  const correction = {
    ...{ id: p.accountId(73), personId: p.wardId(1), communeId, bankCode: '970405' },
    ...{ number: CANARIES[3], holderName: CLEAR, replaces: p.accountId(71), failure: 'AC01' },
    from: month('2023-08'),
  }
  await p.asPreparer(database, (tx) =>
    registry.replaceAccounts(tx, vault, preparer, [correction], leader.actor),
  )
  const ids = [71, 72, 73].map(p.accountId)
  const revealed = await p.asPreparer(database, (tx) =>
    registry.accounts.reveal(tx, vault, preparer, { ids, purpose: 'kiểm tra' }),
  )
  expect([...revealed.values()].map(({ number }) => number)).toEqual([
    CANARIES[0],
    CANARIES[1],
    CANARIES[3],
  ])
}

test('no account number stands in the files of the database, its log or its WAL', async () => {
  await database.admin.query('checkpoint')
  const folder = String(await valueOf(database.admin, `select current_setting('data_directory')`))
  expect(filesWith(folder, CLEAR)).toBeGreaterThan(0)
  for (const canary of CANARIES) {
    expect([canary, filesWith(folder, canary)]).toEqual([canary, 0])
    const encoded = Buffer.from(canary)
    expect([canary, filesWith(folder, encoded.toString('hex'))]).toEqual([canary, 0])
  }
})

test('nobody sees a number without saying what for', async () => {
  const what = { ids: [p.accountId(71)], purpose: ' ' }
  const work = p.asPreparer(database, (tx) => registry.accounts.reveal(tx, vault, preparer, what))
  await expect(work).rejects.toMatchObject({ code: 'purpose' })
})

test('a refusal does not name the number', async () => {
  const wrong = `${CANARIES[0]}TOOLONG`
  const account = {
    ...{ id: p.accountId(74), personId: p.wardId(1), communeId: 1, bankCode: '970405' },
    ...{ number: wrong, holderName: CLEAR, replaces: null },
  }
  const intake = { people: [], representations: [], accounts: [account], enrolments: [] }
  const work = p.asPreparer(database, (tx) =>
    registry.enter(tx, vault, preparer, intake, leader.actor),
  )
  const error = await work.catch((refused: unknown) => refused as Error)
  expect(error).toMatchObject({ code: 'account-number' })
  expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain('CANARY')
})

/** How many files under a folder hold a text, whatever else is in them. */
function filesWith(folder: string, text: string): number {
  try {
    const found = execFileSync('grep', ['-raFl', '--', text, folder], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return found.trim().split('\n').length
  } catch (error) {
    // 1: nothing found. 2: a file went away meanwhile, which is an answer only when nothing else was found.
    const { status, stdout } = error as { status: number; stdout: string }
    if (status === 1) return 0
    if (status === 2) return stdout.trim() === '' ? 0 : stdout.trim().split('\n').length
    throw error
  }
}
