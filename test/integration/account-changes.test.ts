import { beforeEach, describe, expect, test } from '@jest/globals'
import type { LocalDate } from '../../src/lib/time.ts'
import { month } from '../../src/lib/time.ts'
import { registry } from '../../src/registry/registry.ts'
import { changeDesk } from '../support/account-changes.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { stateHash } from '../support/ledger-state.ts'
import { refusalOf } from '../support/outcome.ts'
import * as p from '../support/payees.ts'
import { valueOf } from '../support/sql.ts'
import { august, leader, preparer } from '../support/town.ts'

let database: FreshDatabase
let desk: Desk
type Desk = Awaited<ReturnType<typeof changeDesk>>
const SEPTEMBER = month('2023-09')
const OCTOBER = month('2023-10')
const codeOf = (work: Promise<unknown>) => work.then(() => 'taken', refusalOf)

beforeEach(async () => {
  database = await freshDatabase()
  desk = await changeDesk(database)
})

const request: Desk['request'] = (...of) => desk.request(...of)
const approve: Desk['approve'] = (...of) => desk.approve(...of)
const numberIn: Desk['numberIn'] = (of) => desk.numberIn(of)

describe('the cooling-off', () => {
  test.each([
    ['before the list of September is submitted', '2023-08-10', '2023-09', '2023-10'],
    ['when September is out already', '2023-08-26', '2023-10', '2023-11'],
    ['while August is late', '2023-08-10', '2023-07', '2023-09'],
  ])('asked %s: the list after the next one', async (_, on, next, wanted) => {
    const { effectiveMonth } = await request({ on: on as LocalDate, nextList: month(next) })
    expect(effectiveMonth).toBe(month(wanted))
  })

  test.each([
    ['NGUYEN THI ANH MAU', { verdict: 'match', score: 100, reasons: [] }],
    [
      'ANH NGUYEN THI MAU',
      { verdict: 'warn', score: 80, reasons: ['cùng các chữ nhưng khác thứ tự'] },
    ],
  ])('says how the holder %s stands to the owner', async (holderName, wanted) => {
    expect((await request({ holderName })).holderMatch).toEqual(wanted)
  })

  test('the next list is paid into the old account, the one after it into the new one', async () => {
    const { id } = await request()
    expect(await numberIn(OCTOBER)).toBe('998000000001')
    expect(await approve(id)).toBe(true)
    expect(await numberIn(SEPTEMBER)).toBe('998000000001')
    expect(await numberIn(OCTOBER)).toBe('998000000777')
    expect((await p.payeeOf(database, 1, { month: SEPTEMBER })).warnings).toEqual([])
    expect((await p.payeeOf(database, 1, { month: OCTOBER })).warnings).toEqual(['account-changed'])
  })

  test('a list that has the new account too early is held', async () => {
    const { id } = await request()
    await approve(id)
    const listed = await p.payeeOf(database, 1, { month: OCTOBER })
    expect(await p.holdOn(database, 1, '2023-08-31', listed)).toBe('account-cooling-off')
    expect(await p.holdOn(database, 1, '2023-09-01', listed)).toBeNull()
  })

  test('is over for who was paid once', async () => {
    const { id } = await request()
    await approve(id)
    const { paymentAccountId } = await p.payeeOf(database, 1, { month: OCTOBER })
    await p.asPreparer(database, (tx) => registry.accounts.markPaid(tx, [paymentAccountId ?? '']))
    expect((await p.payeeOf(database, 1, { month: OCTOBER })).warnings).toEqual([])
  })

  test('is not shortened by approving late', async () => {
    const { id } = await request()
    expect(await codeOf(approve(id, leader, '2023-11-01'))).toBe('change-late')
  })
})

describe('a request', () => {
  test('keeps the document, tells the previous contact, and says who did what', async () => {
    const { id } = await request()
    await approve(id)
    const { rows } = await database.admin.query(
      `select c.state, c.document_number, encode(c.document_sha256, 'hex') as sha, n.person_id, n.state as notice, n.content
         from account_change c join account_notice n on n.change_id = c.id`,
    )
    const { sha256 } = p.paperOf('', '77/ĐN', august)
    expect(rows).toEqual([
      {
        ...{ state: 'approved', document_number: '77/ĐN', sha: sha256, person_id: p.wardId(1) },
        ...{
          notice: 'recorded',
          content: expect.stringMatching(/đổi ngày 10\/08\/2023, chi từ tháng 10\/2023/),
        },
      },
    ])
    const events = `select string_agg(act || ' ' || actor, ', ' order by id) from audit_event where subject = 'account-change:${id}'`
    const acts = `registry.request-account-change ${preparer.actor}, registry.approve-account-change ${leader.actor}`
    expect(await valueOf(database.admin, events)).toBe(acts)
  })

  test('is not approved by whoever made it', async () => {
    const { id } = await request()
    const before = await stateHash(database.admin)
    expect(await codeOf(approve(id, preparer))).toBe('same-person')
    expect(await stateHash(database.admin)).toBe(before)
    expect(await numberIn(OCTOBER)).toBe('998000000001')
  })

  test('is decided on once, and another may follow', async () => {
    const { id } = await request()
    expect(await codeOf(request())).toBe('change-open')
    const refuse = (reason: string) =>
      database.app.transact(leader, (tx) => registry.accounts.refuseChange(tx, leader, id, reason))
    expect(await codeOf(refuse(' '))).toBe('reason-missing')
    await refuse('chữ ký không khớp')
    expect(await codeOf(approve(id))).toBe('change-missing')
    expect(await numberIn(OCTOBER)).toBe('998000000001')
    const again = await request()
    expect(await approve(again.id)).toBe(true)
  })

  test.each([
    ['a number that is none', { number: '12' }, 'account-number'],
    ["another's name", { holderName: 'TRAN VAN BINH MAU' }, 'holder-name'],
    [
      'a wallet that is no mobile number',
      { bankCode: null, number: '0234382256' },
      'account-number',
    ],
    ['a programme without payee', { programme: 'HTXH' }, 'no-payee'],
  ])('of %s is refused', async (_, of, wanted) => {
    expect(await codeOf(request(of))).toBe(wanted)
  })

  test("into somebody else's account is not approved", async () => {
    const { id } = await request({ ownerId: p.carerId(1) })
    expect(await codeOf(approve(id))).toBe('payee-papers')
  })

  test('to a bank that takes no transfers is not approved', async () => {
    const { id } = await request({ bankCode: '458761' })
    expect(await codeOf(approve(id))).toBe('bank-takes-no-transfers')
  })
})
