import { beforeEach, describe, expect, test } from '@jest/globals'
import type { Act, PersonId } from '../../src/lib/act.ts'
import { localDate } from '../../src/lib/time.ts'
import { registry } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import { refusalOf } from '../support/outcome.ts'
import { idNumberOf, openRegistry, second } from '../support/registry-town.ts'
import type { Registry } from '../support/registry-town.ts'
import { rawApp, refusal, valueOf } from '../support/sql.ts'
import { preparer } from '../support/town.ts'
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
  const receive = async (rows: string, name = 'khai-tu-08.csv') => {
    const given = { name, bytes: Buffer.from(header + rows) }
    const file = await registry.imports.read('deaths', given)
    return town.as(preparer, (tx) => registry.deaths.receiveFeed(tx, vault, preparer, file))
  }

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
    expect(again).toMatchObject({ is: 'already', message: expect.stringMatching(/đã nhận lúc/) })
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
      /A2: Excel đã đổi số thành dạng khoa học/,
    ],
    ['a short number', '46140000001,A Mẫu,15/08/2023,1', /A2: Mất số 0 ở đầu/],
    ['a day that is none', `${idNumberOf(1)},A Mẫu,31/02/2023,1`, /C2: Ngày phải là/],
    ['no certificate', `${idNumberOf(1)},A Mẫu,15/08/2023,`, /D2: Ô trống/],
  ])('%s is refused with its cell, and nothing is taken', async (_, rows, words) => {
    const refused = await receive(rows).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'feed-invalid', message: expect.stringMatching(words) })
    expect(String(refused)).not.toContain(idNumberOf(1))
    expect(await valueOf(town.database.admin, 'select count(*)::integer from import_file')).toBe(0)
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
