import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Tx } from '../../src/lib/db.ts'
import { registry } from '../../src/registry/registry.ts'
import type { NewPerson } from '../../src/registry/registry.ts'
import { filesWith, sightings, talkativeServer } from '../support/canary.ts'
import type { CanaryAct, Sighting } from '../support/canary.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { exported } from '../support/exported.ts'
import { communeIds, day, enterPeople, personNo, someone } from '../support/people.ts'
import { valueOf } from '../support/sql.ts'
import type { RunningServer } from '../support/server.ts'
import { leader, preparer } from '../support/town.ts'
import { vault } from '../support/vault.ts'

/**
 * Marked numbers go through every act on people, the refused ones too, on a server that logs every statement with its
 * parameters. Who adds an act that takes such a number adds it to `acts`. The queue's rows are in the same folder.
 */
const [ID, NEXT_ID, OLD_ID] = ['046145987654', '046145987653', '198765432']
const [PHONE, ACCOUNT, NEXT_ACCOUNT] = ['0398765432', '998765432109', '998765432108']
const MARKS = [ID, NEXT_ID, OLD_ID, PHONE, ACCOUNT, NEXT_ACCOUNT]
/** Whole numbers with a wrong digit, as a refused entry has them. */
const WRONG = ['046045987654', '04614598765', '19876543', '039876543']

let server: RunningServer
let database: FreshDatabase
let communes: readonly number[]
let seen: readonly Sighting[]

beforeAll(async () => {
  server = await talkativeServer()
  database = await freshDatabase(server)
  communes = [...(await communeIds(database)).values()]
  seen = await sightings(acts, [...MARKS, ...WRONG])
})

// After the database, which freshDatabase drops.
afterAll(() => server.stop())

const inTx = (work: (tx: Tx) => Promise<unknown>, by = preparer) => database.app.transact(by, work)
const { people, accounts } = registry
const at = (n: number, of: Partial<NewPerson>) => someone(n, { communeId: communes[0] ?? 0, ...of })
const account = (id: number, number: string, replaces: string | null) => ({
  ...{ id: personNo(id), personId: personNo(1), communeId: communes[0] ?? 0, number, replaces },
  ...{ bankCode: '970405', holderName: 'NGUYEN THI ANH MAU' },
})
const correction = { on: day('2023-09-01'), reason: 'Sổ hộ tịch', document: null }
let merge = ''

const entering: readonly CanaryAct[] = [
  {
    name: 'enter',
    run: () =>
      enterPeople(database, [
        at(1, { idNumber: ID, oldIdNumber: OLD_ID, phone: PHONE }),
        at(2, { oldIdNumber: OLD_ID }),
      ]),
  },
  { name: 'enter a number twice', run: () => enterPeople(database, [at(3, { idNumber: ID })]) },
  ...[{ idNumber: WRONG[0] }, { idNumber: WRONG[1] }, { oldIdNumber: WRONG[2] }].map((of) => ({
    name: `enter ${Object.keys(of).join()} that is none`,
    run: () => enterPeople(database, [at(3, of)]),
  })),
  { name: 'enter no phone', run: () => enterPeople(database, [at(3, { phone: WRONG[3] })]) },
  {
    name: 'enter a person twice, past the checks',
    run: () => enterPeople(database, [at(1, { phone: PHONE, oldIdNumber: OLD_ID })]),
  },
]
const accountActs: readonly CanaryAct[] = [
  {
    name: 'enter an account',
    run: () => {
      const intake = { people: [], representations: [], enrolments: [] }
      const rows = { ...intake, accounts: [account(11, ACCOUNT, null)] }
      return inTx((tx) => registry.enter(tx, vault, preparer, rows, leader.actor))
    },
  },
  {
    name: 'reveal an account',
    answersClear: true,
    run: () =>
      inTx((tx) => accounts.reveal(tx, vault, preparer, { ids: [personNo(11)], purpose: 'Thử' })),
  },
]
const correcting: readonly CanaryAct[] = [
  ...[{ idNumber: NEXT_ID }, { idNumber: ID, phone: null }, { idNumber: WRONG[0] ?? '' }].map(
    (of) => ({
      name: `correct ${JSON.stringify(Object.keys(of))}`,
      run: () =>
        inTx((tx) =>
          people.correct(tx, vault, preparer, { personId: personNo(1), ...correction, ...of }),
        ),
    }),
  ),
  {
    name: 'correct to the number of another',
    run: () =>
      inTx((tx) =>
        people.correct(tx, vault, preparer, {
          ...{ personId: personNo(2), ...correction, idNumber: ID, phone: PHONE },
        }),
      ),
  },
]
const reading: readonly CanaryAct[] = [
  { name: 'get', run: () => inTx((tx) => people.get(tx, vault, personNo(1))) },
  ...[...MARKS, ACCOUNT.slice(-6)].map((text) => ({
    name: 'search',
    run: () => inTx((tx) => people.search(tx, vault, preparer, { text })),
  })),
  {
    name: 'reveal',
    answersClear: true,
    run: () =>
      inTx((tx) => people.reveal(tx, vault, preparer, { ids: [personNo(1)], purpose: 'Thử' })),
  },
  {
    name: 'reveal without a purpose',
    run: () =>
      inTx((tx) => people.reveal(tx, vault, preparer, { ids: [personNo(1)], purpose: '' })),
  },
]
const exporting: readonly CanaryAct[] = (['people', 'accounts'] as const).flatMap((what) =>
  [undefined, { purpose: 'Thử' }].map((reveal) => ({
    name: `export ${what}`,
    ...(reveal && { answersClear: true as const }),
    run: async () => {
      const shown = { count: what === 'people' ? 2 : 1 }
      const asked = { what, format: 'csv', communeId: null, on: day('2023-09-10'), shown } as const
      const request = { ...asked, ...(reveal && { reveal }) }
      const { everything } = await exported(database, preparer, 'csv', (tx, out) =>
        registry.exports.write(tx, vault, preparer, out, request),
      )
      return everything
    },
  })),
)
const moving: readonly CanaryAct[] = [
  {
    name: 'move',
    run: () => {
      const to = { toCommuneId: communes[1] ?? 0, on: day('2023-09-15'), document: '7/XN' }
      return inTx((tx) => people.move(tx, preparer, [{ personId: personNo(1), ...to }]))
    },
  },
  { name: 'duplicates', run: () => inTx((tx) => people.duplicates(tx, {})) },
  {
    name: 'propose a merge',
    run: async () => {
      const of = { loserId: personNo(1), winnerId: personNo(2), reason: 'Nhập hai lần' }
      merge = String(await inTx((tx) => people.proposeMerge(tx, preparer, of)))
    },
  },
  ...[preparer, leader].map((by) => ({
    name: 'decide a merge',
    run: () => {
      const decision = { mergeId: merge, confirm: true, on: day('2023-10-01') }
      return inTx((tx) => people.decideMerge(tx, vault, by, decision), by)
    },
  })),
]
const acts = [...entering, ...accountActs, ...correcting, ...reading, ...exporting, ...moving]

test('no number comes out in clear, in an answer, an error or the output', async () => {
  expect(seen).toEqual([])
  const { rows } = await database.admin.query<{ act: string }>(
    'select distinct act from audit_event order by act',
  )
  expect(rows.map(({ act }) => act)).toEqual([
    ...['person.correct', 'person.merge', 'person.move', 'person.propose-merge', 'person.reveal'],
    ...['registry.enter', 'registry.export', 'registry.reveal-account'],
  ])
  const exports = `select count(*)::integer from audit_event where act = 'registry.export'`
  expect(await valueOf(database.admin, exports)).toBe(4)
})

test('no number is in a file of the database or of its log in clear', async () => {
  expect(await filesWith(database.admin, [...MARKS, ...WRONG])).toEqual([])
})

test('what is in clear would be found: in a row, in the log of its statement, in an error', async () => {
  const planted = '046145111222'
  await database.admin.query(`update person set full_name = full_name where $1 <> ''`, [planted])
  const files = await filesWith(database.admin, [planted])
  expect(files.some((file) => file.includes('/log/'))).toBe(true)
  await database.admin.query(`create table planted as select 46145111333::text as number`)
  const inRows = await filesWith(database.admin, ['46145111333'])
  expect(inRows.some((file) => file.includes('/base/'))).toBe(true)
  const leaky = new Error('refused', { cause: { values: [planted] } })
  const act = { name: 'leak', run: () => Promise.reject(leaky) }
  expect(await sightings([act], [planted])).toEqual([{ act: 'leak', place: 'error' }])
})
