import { beforeEach, describe, expect, test } from '@jest/globals'
import type { LocalDate } from '../../src/lib/time.ts'
import { month } from '../../src/lib/time.ts'
import { registry } from '../../src/registry/registry.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { changeDesk, what } from '../support/account-changes.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { refusalOf } from '../support/outcome.ts'
import * as p from '../support/payees.ts'
import { valueOf } from '../support/sql.ts'
import {
  accountant,
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
let desk: Desk
type Desk = Awaited<ReturnType<typeof changeDesk>>
const SEPTEMBER = month('2023-09')
const OCTOBER = month('2023-10')
const codeOf = (work: Promise<unknown>) => work.then(() => 'taken', refusalOf)

beforeEach(async () => {
  database = await freshDatabase()
  desk = await changeDesk(database)
  commune = desk.commune
})

const request: Desk['request'] = (...of) => desk.request(...of)
const approve: Desk['approve'] = (...of) => desk.approve(...of)
const numberIn: Desk['numberIn'] = (of) => desk.numberIn(of)

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
