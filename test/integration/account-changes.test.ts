import { beforeEach, describe, expect, test } from '@jest/globals'
import type { LocalDate, Month } from '../../src/lib/time.ts'
import { month } from '../../src/lib/time.ts'
import { registry } from '../../src/registry/registry.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { stateHash } from '../support/ledger-state.ts'
import { refusalOf } from '../support/outcome.ts'
import * as p from '../support/payees.ts'
import { valueOf } from '../support/sql.ts'
import {
  accountant,
  AMOUNT,
  august,
  enterTown,
  leader,
  preparer,
  releaseLists,
  treasurer,
} from '../support/town.ts'
import { vault } from '../support/vault.ts'
import { plan, scripted, send, statesOf } from '../support/sending.ts'

let database: FreshDatabase
let commune: CommuneRow
const SEPTEMBER = month('2023-09')
const OCTOBER = month('2023-10')
const codeOf = (work: Promise<unknown>) => work.then(() => 'taken', refusalOf)

beforeEach(async () => {
  database = await freshDatabase()
  commune = await p.firstCommune(database)
  await p.enterPairs(database, commune.id, [{ n: 1 }])
  const own = { payeeId: p.wardId(1), representationId: null }
  await p.assign(database, 1, commune.id, own)
})

const what = { personId: p.wardId(1), programme: 'BTXH' }
const request = (
  of: Partial<Parameters<typeof registry.accounts.requestChange>[3]> = {},
  by = preparer,
) =>
  database.app.transact(by, (tx) =>
    registry.accounts.requestChange(tx, vault, by, {
      ...{ ...what, ownerId: p.wardId(1), bankCode: '970436', number: '998 000 000 777' },
      ...{ holderName: 'NGUYEN THI ANH MAU', on: '2023-08-10' as LocalDate, nextList: SEPTEMBER },
      document: p.paperOf('đơn đề nghị', '77/ĐN', '2023-08-10' as LocalDate),
      ...of,
    }),
  )
const approve = (id: string, by = leader, on = '2023-08-11') =>
  database.app.transact(by, (tx) => registry.accounts.approveChange(tx, by, id, on as LocalDate))
const numberIn = async (of: Month) => {
  const { paymentAccountId } = await p.payeeOf(database, 1, { month: of })
  const ids = paymentAccountId === null ? [] : [paymentAccountId]
  const clear = await p.asPreparer(database, (tx) =>
    registry.accounts.reveal(tx, vault, preparer, { ids, purpose: 'kiểm tra' }),
  )
  return clear.get(paymentAccountId ?? '')?.number
}

describe('the cooling-off', () => {
  test.each([
    ['before the list of September is submitted', '2023-08-10', '2023-09', '2023-10'],
    ['when September is out already', '2023-08-26', '2023-10', '2023-11'],
    ['while August is late', '2023-08-10', '2023-07', '2023-09'],
  ])('asked %s: the list after the next one', async (_, on, next, wanted) => {
    const { effectiveMonth } = await request({ on: on as LocalDate, nextList: month(next) })
    expect(effectiveMonth).toBe(month(wanted))
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

describe('for himself or a relative', () => {
  const declare = (officer: typeof preparer, relatedId = p.wardId(1)) =>
    p.asPreparer(database, (tx) =>
      registry.accounts.declareRelatives(tx, accountant, [
        { officerId: officer.actor, relatedId, communeId: commune.id, relation: 'mẹ' },
      ]),
    )

  test('an officer needs two approvers besides him', async () => {
    await declare(preparer)
    const { id } = await request()
    expect(await approve(id)).toBe(false)
    expect(await numberIn(OCTOBER)).toBe('998000000001')
    expect(await codeOf(approve(id, preparer))).toBe('relative-needs-second')
    expect(await codeOf(approve(id, leader))).toBe('same-person')
    expect(await approve(id, treasurer)).toBe(true)
    expect(await numberIn(OCTOBER)).toBe('998000000777')
  })

  test('an officer does not approve, neither first nor second', async () => {
    await declare(leader)
    const { id } = await request()
    expect(await codeOf(approve(id))).toBe('relative-needs-second')
    await declare(preparer)
    expect(await approve(id, treasurer)).toBe(false)
    expect(await codeOf(approve(id, leader))).toBe('relative-needs-second')
    expect(await numberIn(OCTOBER)).toBe('998000000001')
    expect(await approve(id, accountant)).toBe(true)
  })

  test('the relation holds from either side', async () => {
    await database.admin.query(
      `insert into person (id, commune_id, full_name, given_name, name_key, sex, birth_date)
       values ($1, $2, 'Lê Mẫu', 'Mẫu', 'le mau', 'male', '1980-01-01')`,
      [preparer.actor, commune.id],
    )
    const mother = { ...preparer, actor: p.wardId(1) }
    await declare(mother, preparer.actor)
    const { id } = await request()
    expect(await approve(id)).toBe(false)
  })
})

describe('what payouts tell', () => {
  const pay = async () => {
    await enterTown(database, [{}])
    const [town] = await enterTownWith()
    await releaseLists(database, [town])
    for (const { orderId } of await plan(database)) {
      await send(
        database,
        scripted(() => ({ kind: 'accepted' })),
        { id: orderId },
      )
    }
  }
  const enterTownWith = async () => {
    const communes = await p.asPreparer(database, (tx) => registry.communesIn(tx, august))
    const enrolment = {
      ...{ id: p.paperId(999), personId: p.wardId(1), communeId: commune.id, programme: 'BTXH' },
      ...{ categoryCode: 'NKT_N', validFrom: '2023-01-01' as LocalDate, payeeId: p.wardId(1) },
      ...{ representationId: null, paymentAccountId: p.accountId(1) },
    }
    const intake = { people: [], representations: [], accounts: [], enrolments: [enrolment] }
    await p.asPreparer(database, (tx) => registry.enter(tx, vault, preparer, intake, leader.actor))
    const [first] = communes
    if (first === undefined) throw new Error('a commune')
    return [first] as const
  }

  test('an account is paid when a statement line settles it', async () => {
    await pay()
    const paid = () =>
      valueOf(database.admin, 'select count(first_paid_at)::integer from payment_account')
    expect(await paid()).toBe(0)
    const [reference = ''] = [...(await statesOf(database)).keys()]
    const amount = BigInt(String(await valueOf(database.admin, 'select amount from instruction')))
    const row = { lineId: 'L1', channel: 'bank', reference, amount, reason: null } as const
    await database.app.transact(treasurer, (tx) =>
      payouts.settleLines(tx, treasurer, { kind: 'payment', day: august, rows: [row] }),
    )
    expect(await paid()).toBe(1)
  })
})

describe('a correction', () => {
  const corrected = (of: { readonly failure?: string; readonly n?: number } = {}) =>
    p.asPreparer(database, (tx) =>
      registry.replaceAccounts(
        tx,
        vault,
        preparer,
        [
          {
            ...{ id: p.accountId(of.n ?? 500), personId: p.wardId(1), communeId: commune.id },
            ...{ bankCode: '970405', number: '998000000888', holderName: 'NGUYEN THI ANH MAU' },
            ...{ replaces: p.accountId(1), failure: of.failure ?? 'AC01', from: august },
          },
        ],
        leader.actor,
      ),
    )

  test('of an account that the channel proved dead holds at once, and is flagged', async () => {
    await corrected()
    expect(await numberIn(august)).toBe('998000000888')
    expect(await numberIn(month('2023-07'))).toBe('998000000001')
    const { warnings, ...listed } = await p.payeeOf(database, 1)
    expect(warnings).toEqual(['account-changed'])
    expect(await p.holdOn(database, 1, '2023-08-03', listed)).toBeNull()
    const asOf = (on: string) =>
      p.asPreparer(database, (tx) =>
        registry.accounts.asOf(tx, vault, { ...what, on: on as LocalDate }),
      )
    expect(await asOf('2023-07-31')).toMatchObject({ number: '••••0001', until: '2023-08-01' })
    expect(await asOf('2023-08-01')).toMatchObject({ number: '••••0888', until: null })
    expect(await asOf('2022-12-31')).toBeUndefined()
  })

  test('while a change waits for its month: the change still comes', async () => {
    await approve((await request()).id)
    await corrected()
    expect(await numberIn(SEPTEMBER)).toBe('998000000888')
    expect(await numberIn(OCTOBER)).toBe('998000000777')
  })

  test.each(['AB05', 'MD07', 'AM04', ''])(
    'of an account that failed by %s is refused',
    async (failure) => {
      expect(await codeOf(corrected({ failure }))).toBe('account-alive')
      expect(await numberIn(august)).toBe('998000000001')
    },
  )
})
