import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Act } from '../../src/lib/act.ts'
import { registry } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { refusalOf } from '../support/outcome.ts'
import { communeIds, day, enterPeople, officerOf, personNo, someone } from '../support/people.ts'
import { rawApp, refusal } from '../support/sql.ts'
import { leader, preparer } from '../support/town.ts'
import { vault } from '../support/vault.ts'

const ID = '046145900001'
const whole = { idNumber: ID, oldIdNumber: '191000001', phone: '0912000001' }
const paper = { on: day('2023-09-01'), reason: 'Sổ hộ tịch', document: '12/UBND' }

let database: FreshDatabase
let [home, next]: [number, number] = [0, 0]

beforeEach(async () => {
  database = await freshDatabase()
  const communes = await communeIds(database)
  home = communes.get('19750') ?? 0
  next = communes.get('19753') ?? 0
  await enterPeople(database, [someone(1, { communeId: home, ...whole })])
})

afterEach(() => database.drop())

const codeOf = (work: Promise<unknown>) => work.then(() => 'taken', refusalOf)
const get = (n = 1, by: Act = preparer) =>
  database.app.transact(by, (tx) => registry.people.get(tx, vault, personNo(n)))
const move = (toCommuneId: number, on = day('2023-09-15'), by: Act = preparer) =>
  database.app.transact(by, (tx) =>
    registry.people.move(tx, by, [{ personId: personNo(1), toCommuneId, on, document: '7/XN-CT' }]),
  )
const eventsOf = async (act: string) => {
  const { rows } = await database.admin.query<{ commune_id: number | null; detail: unknown }>(
    'select commune_id, detail from audit_event where act = $1 order by id',
    [act],
  )
  return rows
}

describe('moving', () => {
  test('ends one residence and begins the next, and the person is of the new commune', async () => {
    await move(next)
    expect((await get()).residences).toMatchObject([
      { communeId: next, from: '2023-09-15', to: null, document: '7/XN-CT' },
      { communeId: home, from: null, to: '2023-09-15' },
    ])
    expect(await get(1, officerOf(next))).toMatchObject({ phone: '091****001' })
    const [event] = await eventsOf('person.move')
    expect(event).toMatchObject({ commune_id: home, detail: { from: home, to: next } })
  })

  test('within the commune to another village, and a wrong village is corrected with what it was', async () => {
    const to = (village: string | null, on: string) =>
      database.app.transact(preparer, (tx) =>
        registry.people.move(tx, preparer, [
          { personId: personNo(1), toCommuneId: home, village, on: day(on), document: '7/XN' },
        ]),
      )
    expect(await codeOf(to(null, '2023-09-15'))).toBe('move-commune')
    await to('Thôn  Hạ ', '2023-09-15')
    expect(await codeOf(to('Thôn Hạ', '2023-09-16'))).toBe('move-commune')
    expect(await codeOf(to('Thôn\u202eHạ', '2023-09-16'))).toBe('village')
    expect(await codeOf(to('x'.repeat(101), '2023-09-16'))).toBe('village')
    const wrong = { personId: personNo(1), ...paper, village: 'Thôn Thượng'.normalize('NFD') }
    await database.app.transact(preparer, (tx) =>
      registry.people.correct(tx, vault, preparer, wrong),
    )
    const { residences, changes } = await get()
    expect(residences).toMatchObject([
      { communeId: home, village: 'Thôn Thượng', from: '2023-09-15', to: null },
      { communeId: home, village: null, from: null, to: '2023-09-15' },
    ])
    expect(changes).toMatchObject([
      { field: 'village', before: 'Thôn Hạ', after: 'Thôn Thượng', reason: 'Sổ hộ tịch' },
    ])
    expect(JSON.stringify(await eventsOf('person.correct'))).not.toContain('Thượng')
  })

  test('is refused by the database with what nobody sees, also in a dossier’s number', async () => {
    const client = await rawApp(database)
    const NFD = 'Hạ'.normalize('NFD')
    for (const words of ['', ' x', 'a\u200bb', 'a\u202eb', 'a\nb', 'x'.repeat(101), NFD]) {
      const sql = 'update person_residence set village = $1'
      expect(await refusal(client, sql, [words])).toBe('23514 person_residence_village')
    }
    const enrolled = `insert into enrolment (id, person_id, commune_id, programme, category_code, valid_from, dossier_number)
      select $1, id, commune_id, 'BTXH', 'NCT_80', '2023-01-01', $2 from person`
    for (const words of ['', 'HS\t1', 'HS\u206a1', 'x'.repeat(41)]) {
      const answer = await refusal(client, enrolled, [personNo(80), words])
      expect(answer).toBe('23514 enrolment_dossier_number')
    }
    expect(await refusal(client, enrolled, [personNo(80), 'HS-01/2023'])).toBe('taken: 1 rows')
    const another = `update enrolment set dossier_number = 'HS-02/2023'`
    expect(await refusal(client, another)).toBe('42501')
  })

  test('leaves the old commune the name for its lists, and takes the numbers along', async () => {
    await move(next)
    const seen = await get(1, officerOf(home))
    expect(seen).toMatchObject({ fullName: 'Nguyễn Thị Ánh Mẫu', numbers: [], phone: null })
    const hit = await database.app.transact(officerOf(home), (tx) =>
      registry.people.search(tx, vault, officerOf(home), { text: 'anh' }),
    )
    expect(hit.people).toEqual([])
    const write = database.app.transact(officerOf(home), (tx) =>
      registry.people.correct(tx, vault, officerOf(home), {
        ...{ personId: personNo(1), ...paper, fullName: 'Trần Thị Ánh Mẫu' },
      }),
    )
    expect(await codeOf(write)).not.toBe('taken')
    expect((await get()).fullName).toBe('Nguyễn Thị Ánh Mẫu')
  })

  test('takes accounts and representations along, and leaves what happened', async () => {
    const account = {
      ...{ id: personNo(91), personId: personNo(1), communeId: home, bankCode: '970405' },
      ...{ number: '999000000001', holderName: 'NGUYEN THI ANH MAU', replaces: null },
    }
    const intake = { people: [], representations: [], accounts: [account], enrolments: [] }
    await database.app.transact(preparer, (tx) =>
      registry.enter(tx, vault, preparer, intake, leader.actor),
    )
    const payee = {
      ...{ id: personNo(92), personId: personNo(1), payeeId: personNo(1), programme: 'BTXH' },
      ...{ communeId: home, from: day('2023-01-01'), representationId: null },
    }
    await database.app.transact(preparer, (tx) =>
      registry.payees.assign(
        ...[tx, preparer],
        [{ ...payee, paymentAccountId: account.id }],
        leader.actor,
      ),
    )
    await move(next)
    for (const table of ['payment_account', 'payee']) {
      const { rows } = await database.admin.query(`select commune_id from ${table}`)
      expect([table, rows]).toEqual([table, [{ commune_id: next }]])
    }
  })

  test('takes along a paper that was revoked', async () => {
    await enterPeople(database, [someone(2, { communeId: home })])
    await database.admin.query(
      `insert into representation (id, person_id, representative_id, commune_id, kind, validity, document_kind, document_number, document_date,
         document_issuer, document_sha256, couple, entered_by, confirmed_by)
       select $1, $2, $3, $4, 'caregiver', '[2023-01-01,)', 'giấy', '1', '2023-01-01', 'UBND', sha256('1'), $1, $5, $6`,
      [personNo(93), personNo(1), personNo(2), home, preparer.actor, leader.actor],
    )
    const revoke = `update representation set revoked_on = '2023-08-01', revoked_reason = 'thôi', revoked_by = $1`
    await database.admin.query(revoke, [leader.actor])
    await move(next)
    const { rows } = await database.admin.query('select commune_id from representation')
    expect(rows).toEqual([{ commune_id: next }])
  })

  test.each([
    ['to the same commune', () => move(home), 'move-commune'],
    ['to a commune of another map', () => move(1_000), 'move-commune'],
    ['past the last day of the map', () => move(next, day('2025-01-01')), 'move-commune'],
    [
      'by who sees one of the communes only',
      () => move(next, day('2023-09-15'), officerOf(home)),
      'move-scope',
    ],
  ] as const)('%s is refused', async (_, work, code) => {
    expect(await codeOf(work())).toBe(code)
  })

  test('again on the same day is refused', async () => {
    await move(next)
    expect(await codeOf(move(home))).toBe('move-date')
  })

  test('never leaves two homes at a time, whatever is written', async () => {
    const raw = await rawApp(database)
    const sql = `insert into person_residence (person_id, commune_id, period, entered_by) values ($1, $2, $3, $1)`
    expect(await refusal(raw, sql, [personNo(1), next, '[2023-01-01,2023-02-01)'])).toBe(
      '23P01 person_residence_no_overlap',
    )
  })
})

describe('who may see', () => {
  test('is the commune of the person; its numbers come in clear with a purpose only', async () => {
    expect(await codeOf(get(1, officerOf(next)))).toBe('person-unknown')
    const reveal = (by: Act, purpose: string) =>
      database.app.transact(by, (tx) =>
        registry.people.reveal(tx, vault, by, { ids: [personNo(1)], purpose }),
      )
    expect(await codeOf(reveal(preparer, ' '))).toBe('purpose')
    expect(await reveal(officerOf(next), 'Đối chiếu')).toEqual([])
    const [clear] = await reveal(officerOf(home), 'Đối chiếu')
    expect(clear?.numbers.map(({ number }) => number)).toEqual([ID, '191000001'])
    expect(clear?.phone).toBe('0912000001')
    expect(await eventsOf('person.reveal')).toEqual([
      { commune_id: home, detail: { purpose: 'Đối chiếu' } },
    ])
  })

  test('is nobody without a scope', async () => {
    const client = await database.connect()
    for (const table of ['person', 'person_identifier', 'person_residence', 'person_change']) {
      const { rowCount } = await client.query(`select from ${table}`)
      expect(rowCount).toBe(0)
    }
  })
})
