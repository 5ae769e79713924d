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
import { by, idNumberOf, openRegistry, second } from '../support/registry-town.ts'
import type { Registry } from '../support/registry-town.ts'
import { scripted, plan, send } from '../support/sending.ts'
import { importOf, line, match, statementOf } from '../support/statements.ts'
import { rawApp, refusal, valueOf } from '../support/sql.ts'
import { accountant, enterTown, preparer, releaseLists } from '../support/town.ts'
import { vault } from '../support/vault.ts'

let town: Registry

beforeEach(async () => {
  town = await openRegistry(await freshDatabase())
})

const codeOf = (work: Promise<unknown>) => work.then(() => 'taken', refusalOf)
const waiting = () => town.as(preparer, (tx) => registry.deaths.waiting(tx, 100))
const report = (personId: PersonId, day: string, actor: Act = preparer) =>
  town.as(actor, (tx) =>
    registry.deaths.report(tx, actor, { personId, diedOn: localDate(day), certificate: '12/TLKT' }),
  )
const confirm = (ids: readonly string[], actor: Act = second) =>
  town.as(actor, (tx) => registry.deaths.confirm(tx, actor, { ids, on: localDate('2023-09-20') }))
const dies = async (personId: PersonId, day: string) => confirm([await report(personId, day)])

describe('the civil-status feed', () => {
  const header = 'so_dinh_danh,ho_ten,ngay_chet,so_giay_chung_tu\n'
  const receive = (rows: string, name = 'khai-tu-08.csv') =>
    town.as(preparer, (tx) =>
      registry.deaths.receiveFeed(tx, vault, preparer, { name, bytes: Buffer.from(header + rows) }),
    )

  test('proposes whom number and name name, and keeps the rest with the reason', async () => {
    await town.person({ name: 'Trần Thị Thuý Mẫu' })
    await town.person({ name: 'Lê Văn Đức Mẫu' })
    await town.person({ birth: '2023-09-01' })
    const rows = [
      `${idNumberOf(1)},TRẦN  THỊ THÚY MẪU,15/08/2023,1/TLKT`,
      `${idNumberOf(2)},Lê Văn Đực Khác,2023-08-16,2/TLKT`,
      `${idNumberOf(3)},Trần Thị Bé Mẫu,17/08/2023,3/TLKT`,
      `${idNumberOf(77)},Ai Đó Mẫu,18/08/2023,4/TLKT`,
      `${idNumberOf(1)},Trần Thị Thúy Mẫu,19/08/2023,5/TLKT`,
    ].join('\n')
    expect(await receive(rows)).toMatchObject({ proposed: 1, worklist: 4, known: 0 })
    const found = (await waiting()).map(({ certificate, state, problem }) => [
      certificate,
      state,
      problem,
    ])
    expect(found).toEqual([
      ['1/TLKT', 'PROPOSED', null],
      ['2/TLKT', 'WORKLIST', 'name-differs'],
      ['3/TLKT', 'WORKLIST', 'born-later'],
      ['4/TLKT', 'WORKLIST', 'unmatched'],
      ['5/TLKT', 'WORKLIST', 'other-day'],
    ])
  })

  test('the same file twice has no effect, nor do the same deaths in another file', async () => {
    await town.person()
    const rows = `${idNumberOf(1)},Trần Thị Bé Mẫu,15/08/2023,1/TLKT\n${idNumberOf(9)},Ai Mẫu,15/08/2023,2/TLKT`
    await receive(rows)
    const before = await waiting()
    const again = await receive(rows, 'bản-sao.csv')
    expect(again.receivedBefore).toBeInstanceOf(Date)
    expect(await receive(`${rows}\n`)).toMatchObject({ proposed: 0, worklist: 0, known: 2 })
    expect(await waiting()).toEqual(before)
  })

  test('a row of the worklist is placed by one person and confirmed by another', async () => {
    const person = await town.person()
    await receive(`${idNumberOf(9)},Trần Thị Bé Mẫu,15/08/2023,1/TLKT`)
    const [row] = await waiting()
    const id = row?.id ?? ''
    await town.as(second, (tx) => registry.deaths.place(tx, second, { id, personId: person }))
    expect(await codeOf(confirm([id], second))).toBe('same-person')
    await confirm([id], preparer)
    expect(await valueOf(town.database.admin, 'select died_on::text from person')).toBe(
      '2023-08-15',
    )
  })

  test.each([
    [
      'a number that a spreadsheet spoilt',
      '4.61E+10,A Mẫu,15/08/2023,1',
      /dòng 2, cột so_dinh_danh: bảng tính/,
    ],
    ['a short number', '46140000001,A Mẫu,15/08/2023,1', /dòng 2, cột so_dinh_danh: bảng tính/],
    ['a day that is none', `${idNumberOf(1)},A Mẫu,31/02/2023,1`, /dòng 2, cột ngay_chet/],
    ['no certificate', `${idNumberOf(1)},A Mẫu,15/08/2023,`, /dòng 2, cột so_giay_chung_tu/],
  ])('%s is refused with its cell, and nothing is taken', async (_, rows, words) => {
    const refused = await receive(rows).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'feed-invalid', message: expect.stringMatching(words) })
    expect(String(refused)).not.toContain(idNumberOf(1))
    expect(await valueOf(town.database.admin, 'select count(*)::integer from death_feed')).toBe(0)
  })

  test('keeps no ID number in clear', async () => {
    await receive(`${idNumberOf(9)},Ai Mẫu,15/08/2023,2/TLKT`)
    const all = `select string_agg(r::text, '') from death_report r`
    expect(String(await valueOf(town.database.admin, all))).not.toContain(idNumberOf(9))
  })
})

describe('a confirmed death', () => {
  test('takes two people', async () => {
    const person = await town.person()
    const id = await report(person, '2023-08-15')
    expect(await codeOf(confirm([id], preparer))).toBe('same-person')
    expect(await valueOf(town.database.admin, 'select died_on from person')).toBeNull()
    await confirm([id])
    expect(await codeOf(confirm([id]))).toBe('report-not-waiting')
    expect(await codeOf(report(person, '2023-08-15'))).toBe('death-reported')
  })

  test('pays the month of death and none after it, and ends every enrolment', async () => {
    const person = await town.person()
    await town.grant(person, 'HIV_NGHEO', '2023-08-01')
    await town.grant(person, 'CS_HGD_DBN', '2023-09-01')
    await dies(person, '2023-08-15')
    expect(await town.due('2023-09')).toEqual(['monthly 2023-08 540000'])
    const ends = `select string_agg(head || ' ' || coalesce(valid_to::text, '-') || ' ' || coalesce(stop_reason, '-') || ' ' || void, ', ' order by head) from enrolment`
    expect(await valueOf(town.database.admin, ends)).toBe(
      'CS_HGD_DBN - - true, HIV_NGHEO 2023-08-31 DEATH false',
    )
    expect(await codeOf(town.grant(person, 'NCT_NGHEO', '2023-09-05'))).toBe('person-dead')
  })

  test('raw SQL does not confirm as who proposed, nor change what was proposed', async () => {
    await report(await town.person(), '2023-08-15')
    const raw = await rawApp(town.database)
    const confirmed = `update death_report set state = 'CONFIRMED', decided_by = proposed_by, decided_on = '2023-09-01'`
    expect(await refusal(raw, confirmed)).toBe('23514 death_two_people')
    expect(await refusal(raw, `update death_report set person_id = null`)).toBe('LB020')
    const swap = `update death_report set state = 'CONFIRMED', proposed_by = gen_random_uuid(), decided_by = proposed_by`
    expect(await refusal(raw, swap)).toBe('LB001')
    expect(await refusal(raw, `update death_report set died_on = '2020-01-01'`)).toBe('42501')
  })
})

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
