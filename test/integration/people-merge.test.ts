import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { registry } from '../../src/registry/registry.ts'
import type { NewPerson } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { refusalOf } from '../support/outcome.ts'
import { communeIds, day, enterPeople, officerOf, personNo, someone } from '../support/people.ts'
import { rawApp, refusal } from '../support/sql.ts'
import { leader, preparer, treasurer } from '../support/town.ts'
import { vault } from '../support/vault.ts'

const ID = '046145900001'
const OLD_ID = '191000001'

let database: FreshDatabase
let home = 0

beforeEach(async () => {
  database = await freshDatabase()
  home = (await communeIds(database)).get('19750') ?? 0
})

afterEach(() => database.drop())

const enter = (...people: NewPerson[]) => enterPeople(database, people)
const at = (n: number, of: Partial<NewPerson> = {}) => someone(n, { communeId: home, ...of })
const codeOf = (work: Promise<unknown>) => work.then(() => 'taken', refusalOf)
const duplicates = (of: Parameters<typeof registry.people.duplicates>[1] = {}, by = preparer) =>
  database.app.transact(by, (tx) => registry.people.duplicates(tx, of))
const propose = (loser: number, winner: number, by = preparer) =>
  database.app.transact(by, (tx) =>
    registry.people.proposeMerge(tx, by, {
      ...{ loserId: personNo(loser), winnerId: personNo(winner), reason: 'Nhập hai lần' },
    }),
  )
const decide = (mergeId: string, by = leader, confirm = true) =>
  database.app.transact(by, (tx) =>
    registry.people.decideMerge(tx, vault, by, { mergeId, confirm, on: day('2023-09-01') }),
  )
const find = async (text: string) => {
  const page = await database.app.transact(preparer, (tx) =>
    registry.people.search(tx, vault, preparer, { text }),
  )
  return page.people.map(({ id }) => id)
}
const get = (n: number) =>
  database.app.transact(preparer, (tx) => registry.people.get(tx, vault, personNo(n)))
const enrol = (n: number) =>
  database.app.transact(preparer, (tx) =>
    registry.enter(
      tx,
      vault,
      preparer,
      {
        ...{ people: [], representations: [], accounts: [] },
        enrolments: [
          {
            ...{ id: personNo(800 + n), personId: personNo(n), communeId: home, programme: 'BTXH' },
            ...{ categoryCode: 'NCT_80', validFrom: day('2023-01-01'), payeeId: personNo(n) },
            ...{ representationId: null, paymentAccountId: null },
          },
        ],
      },
      leader.actor,
    ),
  )

describe('the worklist of duplicates', () => {
  test('names each pair once, with every reason', async () => {
    await enter(
      at(1, { idNumber: ID, oldIdNumber: OLD_ID }),
      at(2, { oldIdNumber: OLD_ID, fullName: 'Trần Thị Bưởi Mẫu' }),
      at(3, { fullName: 'Nguyễn Thị Ánh  Mẫu', oldIdNumber: OLD_ID }),
      at(4, { birthDate: day('1945-03-08') }),
      at(5, { birthDate: day('1945-06-01'), birthYearOnly: true, sex: 'female' }),
      at(6, { communeId: home + 1 }),
    )
    const pairs = (await duplicates()).map(({ one, other, reasons }) => [one, other, reasons])
    const name = 'same-name-birth-commune'
    expect(pairs).toEqual([
      [personNo(1), personNo(2), ['same-old-id']],
      [personNo(1), personNo(3), [name, 'same-old-id']],
      [personNo(1), personNo(5), [name]],
      [personNo(2), personNo(3), ['same-old-id']],
      [personNo(3), personNo(5), [name]],
      [personNo(4), personNo(5), [name]],
    ])
    const [, second] = await duplicates()
    const rest = await duplicates({ after: second ?? null })
    expect(rest.map(({ one, other }) => [one, other])).toEqual(
      pairs.slice(2).map(([one, other]) => [one, other]),
    )
  })

  test('knows a number that somebody had before', async () => {
    await enter(at(1, { idNumber: ID }))
    await database.app.transact(preparer, (tx) =>
      registry.people.correct(tx, vault, preparer, {
        ...{ personId: personNo(1), on: day('2023-08-01'), reason: 'Ghi nhầm', document: null },
        idNumber: '046145900009',
      }),
    )
    await enter(at(2, { idNumber: ID, fullName: 'Trần Thị Bưởi Mẫu' }))
    expect((await duplicates()).map(({ reasons }) => reasons)).toEqual([['same-id']])
  })

  test('keeps to the scope, and leaves out what was proposed', async () => {
    await enter(at(1, { oldIdNumber: OLD_ID }), at(2, { oldIdNumber: OLD_ID }))
    expect(await duplicates({}, officerOf(home + 1))).toEqual([])
    expect(await duplicates({ communes: [home + 1] })).toEqual([])
    expect(await duplicates({}, officerOf(home))).toHaveLength(1)
    await propose(2, 1)
    expect(await duplicates()).toEqual([])
  })
})

describe('a merge', () => {
  test('keeps both histories and is found by every number', async () => {
    await enter(at(1, { idNumber: ID }), at(2, { oldIdNumber: OLD_ID, idNumber: '046145900002' }))
    const merge = await propose(2, 1)
    expect(await find('anh')).toHaveLength(2)
    await decide(merge)
    expect(await find('anh')).toEqual([personNo(1)])
    for (const text of [ID, '046145900002', OLD_ID]) expect(await find(text)).toEqual([personNo(1)])
    expect((await get(2)).mergedInto).toBe(personNo(1))
    expect((await get(2)).numbers.map(({ isCurrent }) => isCurrent)).toEqual([false, false])
    expect((await get(1)).merged).toEqual([personNo(2)])
    const { rows } = await database.admin.query(
      `select act, actor from audit_event where act like 'person.%merge' order by id`,
    )
    expect(rows).toEqual([
      { act: 'person.propose-merge', actor: preparer.actor },
      { act: 'person.merge', actor: leader.actor },
    ])
  })

  test('gives the number over to the row that has none', async () => {
    await enter(at(1, { oldIdNumber: OLD_ID }), at(2, { idNumber: ID }))
    await decide(await propose(2, 1))
    expect((await get(1)).numbers[0]).toMatchObject({ number: '046*****0001', isCurrent: true })
    expect((await get(2)).numbers[0]).toMatchObject({ isCurrent: false, validTo: '2023-09-01' })
  })

  test('of a row that was itself merged into leads to the last one', async () => {
    await enter(at(1), at(2), at(3, { oldIdNumber: OLD_ID }))
    await decide(await propose(3, 2))
    await decide(await propose(2, 1))
    expect(await find(OLD_ID)).toEqual([personNo(1)])
  })

  test('is not decided by who proposed it, nor twice', async () => {
    await enter(at(1), at(2))
    const merge = await propose(2, 1)
    expect(await codeOf(decide(merge, preparer))).toBe('same-person')
    await decide(merge, leader, false)
    expect(await codeOf(decide(merge, treasurer))).toBe('merge-decided')
    expect(await duplicates()).toEqual([])
    expect(await find('anh')).toHaveLength(2)
  })

  test('is refused while a row is entitled or receives for somebody, and says what', async () => {
    await enter(at(1), at(2))
    await enrol(2)
    const merge = await propose(2, 1)
    const said = await decide(merge).then(() => 'taken', String)
    expect(said).toMatch(new RegExp(`BTXH \\(${personNo(802)}\\)`))
    expect((await get(2)).mergedInto).toBeNull()
  })

  test.each([
    ['a row with itself', () => propose(1, 1), 'merge-same'],
    ['a row that is not there', () => propose(1, 99), 'person-unknown'],
    ['a row of another commune', () => propose(1, 2, officerOf(home + 1)), 'person-unknown'],
  ] as const)('of %s is refused', async (_, work, code) => {
    await enter(at(1), at(2))
    expect(await codeOf(work())).toBe(code)
  })

  test('is not proposed twice at a time', async () => {
    await enter(at(1), at(2))
    await propose(2, 1)
    expect(await codeOf(propose(2, 1))).toBe('merge-proposed')
  })
})

describe('raw SQL', () => {
  const point = `update person set merged_into = $2 where id = $1`
  const decided = (by: string) =>
    `update person_merge set state = 'confirmed', decided_by = '${by}', decided_at = now()`

  test('cannot merge without a decision of two people', async () => {
    await enter(at(1), at(2))
    const raw = await rawApp(database)
    expect(await refusal(raw, point, [personNo(2), personNo(1)])).toBe('LB070')
    await propose(2, 1)
    expect(await refusal(raw, point, [personNo(2), personNo(1)])).toBe('LB070')
    expect(await refusal(raw, decided(preparer.actor))).toBe('23514 person_merge_two_people')
    const born = `insert into person_merge (id, loser_id, winner_id, reason, proposed_by, state, decided_by)
      values (gen_random_uuid(), $1, $2, 'x', $1, 'confirmed', $2)`
    expect(await refusal(raw, born, [personNo(1), personNo(2)])).toBe('LB070')
  })

  test('cannot change what was decided, nor undo a merge', async () => {
    await enter(at(1), at(2))
    await decide(await propose(2, 1))
    const raw = await rawApp(database)
    expect(await refusal(raw, decided(treasurer.actor))).toBe('LB001')
    expect(await refusal(raw, point, [personNo(2), null])).toBe('LB001')
    expect(await refusal(database.admin, 'delete from person_merge')).toBe('LB001')
  })
})
