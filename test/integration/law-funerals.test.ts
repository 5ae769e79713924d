import { beforeEach, describe, expect, test } from '@jest/globals'
import type { Act, PersonId } from '../../src/lib/act.ts'
import { localDate, month } from '../../src/lib/time.ts'
import { ledger } from '../../src/ledger/ledger.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { registry } from '../../src/registry/registry.ts'
import type { StatedGround } from '../../src/registry/funerals.ts'
import { NO_FACTS } from '../../src/registry/enrolment-decisions.ts'
import { freshDatabase } from '../support/database.ts'
import { refusalOf } from '../support/outcome.ts'
import { by, openRegistry, second } from '../support/registry-town.ts'
import type { Registry } from '../support/registry-town.ts'
import { scripted, plan, send } from '../support/sending.ts'
import { importOf, line, match, statementOf } from '../support/statements.ts'
import { rawApp, refusal, valueOf } from '../support/sql.ts'
import { accountant, enterTown, preparer, releaseLists } from '../support/town.ts'

let town: Registry

beforeEach(async () => {
  town = await openRegistry(await freshDatabase())
})

const codeOf = (work: Promise<unknown>) => work.then(() => 'taken', refusalOf)
const report = (personId: PersonId, day: string, actor: Act = preparer) =>
  town.as(actor, (tx) =>
    registry.deaths.report(tx, actor, { personId, diedOn: localDate(day), certificate: '12/TLKT' }),
  )
const confirm = (ids: readonly string[], actor: Act = second) =>
  town.as(actor, (tx) => registry.deaths.confirm(tx, actor, { ids, on: localDate('2023-09-20') }))
const dies = async (personId: PersonId, day: string) => confirm([await report(personId, day)])

describe('a funeral', () => {
  const open = (personId: PersonId, organiserId: PersonId, ...stated: StatedGround[]) =>
    town.as(preparer, (tx) =>
      registry.deaths.openFuneral(tx, preparer, {
        personId,
        organiserId,
        certificate: '1',
        stated,
      }),
    )
  const decide = (id: string, actor: Act = second) =>
    town.as(actor, (tx) =>
      registry.deaths.decideFuneral(tx, actor, { id, decision: by('2023-08-25').decision }),
    )

  test('is supported with 20 × the standard, decided by another, paid once to the organiser', async () => {
    const [person, organiser] = [await town.person(), await town.person()]
    await town.grant(person, 'HIV_NGHEO', '2023-08-01')
    expect(await codeOf(open(person, organiser))).toBe('death-not-confirmed')
    await dies(person, '2023-08-15')
    const { id } = await open(person, organiser)
    expect(await town.due('2023-09')).toEqual(['monthly 2023-08 540000'])
    expect(await codeOf(decide(id, preparer))).toBe('same-person')
    await decide(id)
    expect(await codeOf(open(person, organiser))).toBe('funeral-opened')
    expect(await town.due('2023-09')).toEqual(['funeral 2023-08 7200000', 'monthly 2023-08 540000'])
    await town.list('2023-09')
    expect(await town.due('2023-10')).toEqual([])
    const payee = `select payee_id::text from entitlement where component = 'funeral'`
    expect(await valueOf(town.database.admin, payee)).toBe(organiser)
  })

  test('is supported by the highest ground; without one it is refused', async () => {
    const [person, organiser] = [await town.person(), await town.person()]
    await dies(person, '2023-08-15')
    expect(await codeOf(open(person, organiser))).toBe('funeral-no-ground')
    const { line: support } = await open(person, organiser, 'emergency')
    expect(support).toMatchObject({ categoryCode: 'MTP_KC', amount: 18_000_000n })
  })

  test('of a child of a poor single parent is supported without an enrolment of its own', async () => {
    const [parent, child] = [await town.person(), await town.person({ birth: '2018-01-01' })]
    const children = [{ birthDate: localDate('2018-01-01'), studyingUntil: null, personId: child }]
    await town.grant(parent, 'DTN_CON', '2023-06-01', { facts: { ...NO_FACTS, children } })
    await dies(child, '2023-08-15')
    const { id, line: support } = await open(child, parent)
    expect(support).toMatchObject({ categoryCode: 'MTP_CD', amount: 7_200_000n })
    await decide(id)
    expect(await town.due('2023-09')).toContain('funeral 2023-08 7200000')
  })

  test('of somebody who had asked for the social pension is supported before its decision', async () => {
    const person = await town.person({ birth: '1948-01-01' })
    const organiser = await town.person()
    await dies(person, '2025-08-15')
    const { line: support } = await open(person, organiser, 'social-pension-applicant')
    expect(support).toMatchObject({
      categoryCode: 'MTP_HTXH',
      amount: 10_000_000n,
      programme: 'HTXH',
    })
  })
})

describe('what was paid after a death', () => {
  /** Pays the lists of August 2023 of two people of a commune through their wallets; the last is still queued. */
  async function payAugust() {
    const communes = await enterTown(town.database, [{ wallet: 2 }])
    await town.as(preparer, (tx) => ledger.openPeriod(tx, preparer, month('2023-09')))
    await releaseLists(town.database, communes)
    const { rows } = await town.database.admin.query<{
      reference: string
      person: PersonId
      unit: string
    }>(
      `select i.reference, e.person_id as person, i.paying_unit as unit from instruction i
         join entitlement e on e.number = i.entitlement_number order by 1`,
    )
    return rows
  }
  const looked = (people: readonly PersonId[]) => ({
    people,
    since: month('2023-07'),
    until: month('2023-09'),
    on: localDate('2023-09-20'),
    reason: 'DEATH',
  })
  const book = (people: readonly PersonId[]) =>
    town.as(accountant, (tx) => payouts.overpaid.book(tx, accountant, looked(people)))
  const balance = (code: string) =>
    valueOf(
      town.database.admin,
      `select coalesce(sum(balance), 0)::text from account where code = '${code}'`,
    )

  test('becomes a receivable once, and what was not sent is taken back', async () => {
    const [paid, unsent] = await payAugust()
    if (paid === undefined || unsent === undefined) throw new Error('two payments')
    const [order] = await plan(town.database, undefined, 1)
    await send(
      town.database,
      scripted(() => ({ kind: 'accepted' })),
      { id: order?.orderId ?? '' },
    )
    const paidLine = line({ reference: paid.reference, amount: 360_000n })
    await importOf(town.database, paid.unit, statementOf([paidLine], { opening: 0n }))
    await match(town.database)
    await dies(paid.person, '2023-07-20')
    await dies(unsent.person, '2023-07-21')
    const people = [paid.person, unsent.person]
    expect(await book(people)).toEqual({ entitlements: 1, total: 360_000n })
    expect(await book(people)).toEqual({ entitlements: 0, total: 0n })
    expect(await balance('1388-RECOVER')).toBe('360000')
    expect(await balance('3388-RETURN')).toBe('360000')
    const cancelled = await town.as(accountant, (tx) =>
      payouts.overpaid.cancelUnsent(tx, accountant, looked(people)),
    )
    expect(cancelled).toEqual({ entitlements: 1, total: 360_000n })
    expect([await balance('3388-BEN'), await balance('1121-HELD')]).toEqual(['0', '0'])
    const raw = await rawApp(town.database)
    const again = `insert into overpayment select entitlement_number, 2, commune_id, person_id, amount, reason, recorded_by from overpayment`
    expect(await refusal(raw, again)).toBe('LB004')
  })

  test('is nothing when the death is of the month that was paid', async () => {
    const [paid] = await payAugust()
    if (paid === undefined) throw new Error('a payment')
    await dies(paid.person, '2023-08-01')
    expect(await book([paid.person])).toEqual({ entitlements: 0, total: 0n })
  })
})
