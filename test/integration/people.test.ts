import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Act } from '../../src/lib/act.ts'
import { registry } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { refusalOf } from '../support/outcome.ts'
import { communeIds, day, enterPeople, personNo, someone } from '../support/people.ts'
import { rawApp, refusal } from '../support/sql.ts'
import { preparer } from '../support/town.ts'
import { vault } from '../support/vault.ts'

const ID = '046145900001'
const OTHER_ID = '046145900002'
const whole = { idNumber: ID, oldIdNumber: '191000001', phone: '0912000001' }
const paper = { on: day('2023-09-01'), reason: 'Sổ hộ tịch', document: '12/UBND' }

let database: FreshDatabase
let home = 0

beforeEach(async () => {
  database = await freshDatabase()
  const communes = await communeIds(database)
  home = communes.get('19750') ?? 0
  await enterPeople(database, [someone(1, { communeId: home, ...whole })])
})

afterEach(() => database.drop())

const codeOf = (work: Promise<unknown>) => work.then(() => 'taken', refusalOf)
const messageOf = (work: Promise<unknown>) => work.then(() => 'taken', String)
const get = (n = 1, by: Act = preparer) =>
  database.app.transact(by, (tx) => registry.people.get(tx, vault, personNo(n)))
const correct = (of: Partial<Parameters<typeof registry.people.correct>[3]>) =>
  database.app.transact(preparer, (tx) =>
    registry.people.correct(tx, vault, preparer, { personId: personNo(1), ...paper, ...of }),
  )
const eventsOf = async (act: string) => {
  const { rows } = await database.admin.query<{ commune_id: number | null; detail: unknown }>(
    'select commune_id, detail from audit_event where act = $1 order by id',
    [act],
  )
  return rows
}

describe('entering people', () => {
  test('keeps numbers sealed and shows them masked', async () => {
    expect(await get()).toMatchObject({
      ...{ fullName: 'Nguyễn Thị Ánh Mẫu', phone: '091****001', mergedInto: null },
      numbers: [
        { kind: 'cccd', number: '046*****0001', isCurrent: true },
        { kind: 'cmnd', number: '191***001', isCurrent: false },
      ],
      residences: [{ communeId: home, from: null, to: null }],
    })
  })

  test('knows a birth by its year alone as 1 January of that year', async () => {
    const birth = { birthDate: day('1945-11-30'), birthYearOnly: true }
    await enterPeople(database, [someone(2, { communeId: home, ...birth })])
    expect(await get(2)).toMatchObject({ birthDate: '1945-01-01', birthPrecision: 'year' })
    const sql = `update person set birth_date = '1945-03-02' where id = $1`
    expect(await refusal(database.admin, sql, [personNo(2)])).toBe('23514 person_birth_precision')
  })

  test('names each row that is wrong, never the number', async () => {
    const said = await messageOf(
      enterPeople(database, [
        someone(2, { idNumber: OTHER_ID }),
        someone(3, { idNumber: '046045900003' }),
        someone(4, { fullName: 'Trần 4 Mẫu' }),
      ]),
    )
    expect(said).toMatch(/dòng 2: Số định danh .*giới tính.*; dòng 3: Họ tên có chữ số/)
    expect(said).not.toMatch(/dòng 1|046045900003/)
  })

  test('refuses a current number that somebody has, or that stands twice', async () => {
    const again = someone(2, { idNumber: ID })
    expect(await messageOf(enterPeople(database, [again]))).toMatch(/dòng 1: .*đã có ở một người/)
    const twice = [someone(3, { idNumber: OTHER_ID }), someone(4, { idNumber: OTHER_ID })]
    expect(await messageOf(enterPeople(database, twice))).toMatch(/dòng 2: .*đã có ở một người/)
  })

  test('cannot give a current number to two, or two to one, past the code', async () => {
    await enterPeople(database, [someone(2, { idNumber: OTHER_ID })])
    const raw = await rawApp(database)
    const copy = `insert into person_identifier (id, person_id, kind, sealed, value_index, is_current, entered_by)
      select gen_random_uuid(), $1, kind, sealed, value_index, true, entered_by from person_identifier where person_id = $2 and is_current`
    await enterPeople(database, [someone(3)])
    expect(await refusal(raw, copy, [personNo(3), personNo(1)])).toBe(
      '23505 person_identifier_one_person',
    )
    const other = copy.replace('value_index, true', 'sha256(value_index), true')
    expect(await refusal(raw, other, [personNo(1), personNo(1)])).toBe(
      '23505 person_identifier_one_current',
    )
  })

  test('keeps a value in its row: moved to another, it does not open', async () => {
    await enterPeople(database, [someone(2, { communeId: home, idNumber: OTHER_ID })])
    await database.admin.query(
      `update person_identifier t set sealed = f.sealed from person_identifier f
        where t.person_id = $1 and f.person_id = $2 and t.is_current and f.is_current`,
      [personNo(1), personNo(2)],
    )
    expect(await codeOf(get())).toBe('sealed-value')
  })
})

describe('correcting', () => {
  test('keeps before and after, in the audit trail masked', async () => {
    await correct({ fullName: 'Trần Thị Ánh Mẫu', idNumber: OTHER_ID, phone: null })
    const person = await get()
    expect(person).toMatchObject({ fullName: 'Trần Thị Ánh Mẫu', phone: null })
    expect(person.numbers.map(({ number, isCurrent }) => [number, isCurrent])).toEqual([
      ['046*****0002', true],
      ['046*****0001', false],
      ['191***001', false],
    ])
    expect(person.changes.map(({ field, before, after }) => [field, before, after])).toEqual([
      ['phone', '091****001', null],
      ['id_number', '046*****0001', '046*****0002'],
      ['full_name', 'Nguyễn Thị Ánh Mẫu', 'Trần Thị Ánh Mẫu'],
    ])
    const [event] = await eventsOf('person.correct')
    expect(event).toMatchObject({ commune_id: home, detail: { reason: 'Sổ hộ tịch' } })
    expect(JSON.stringify(event)).toContain('N. T. Á. M.')
    expect(JSON.stringify(event)).not.toMatch(/Nguyễn|Trần|1945-03/)
  })

  test('finds the new name and not the old one', async () => {
    await correct({ fullName: 'Trần Thị Xoan Mẫu' })
    const found = async (text: string) =>
      (
        await database.app.transact(preparer, (tx) =>
          registry.people.search(tx, vault, preparer, { text }),
        )
      ).people.length
    expect([await found('xoan'), await found('anh')]).toEqual([1, 0])
  })

  test.each([
    ['a sex that the number does not fit', { sex: 'male' }, 'id-number'],
    [
      'a birth that the number does not fit',
      { birth: { date: day('1946-03-07'), yearOnly: false } },
      'id-number',
    ],
    ['nothing', {}, 'nothing-corrected'],
    ['what stands there already', { phone: '0912 000 001' }, 'nothing-corrected'],
    ['a name that is none', { fullName: 'Trần 2' }, 'person-name'],
  ] as const)('to %s is refused', async (_, of, code) => {
    expect(await codeOf(correct(of))).toBe(code)
  })

  test('to the number of somebody else is refused', async () => {
    await enterPeople(database, [someone(2, { idNumber: OTHER_ID })])
    expect(await codeOf(correct({ idNumber: OTHER_ID }))).toBe('id-number-taken')
  })

  test('cannot be undone in the history', async () => {
    await correct({ phone: null })
    const sql = 'update person_change set before = null'
    expect(await refusal(database.admin, sql)).toBe('LB001')
  })
})
