import { beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { PersonId } from '../../src/lib/act.ts'
import { findByName } from '../../src/registry/people-search-names.ts'
import { lexemesOf } from '../../src/registry/people-search-store.ts'
import { compareNames, foldText } from '../../src/registry/person-name.ts'
import { registry } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { refusalOf } from '../support/outcome.ts'
import { communeIds, enterPeople, officerOf, personNo, someone } from '../support/people.ts'
import { leader, preparer } from '../support/town.ts'
import { vault } from '../support/vault.ts'

const NAMES = [
  ...['Nguyễn Văn Đạo', 'Đào Thị Vân', 'Dào Mẫu Dao', 'Trần Đào Hoà', 'Lê Mỹ Vy', 'Võ Vân An'],
  ...['Nguyễn Thị Ánh', 'Phạm Ân', 'Bùi Ăn', 'Hồ A-Tép', 'Đặng Thuý Ý', 'Ngô Êm', 'Phan Ơn'],
]
const FAMILIES = ['Nguyễn', 'Trần', 'Lê', 'Đào', 'Võ', 'Ưng', 'Đặng', 'Hồ', 'Ông', 'Ăng']
const GIVEN = ['Vy', 'An', 'Đạo', 'Dao', 'Ý', 'Êm', 'Ẩn', 'Tuấn', 'Thảo', 'Ánh', 'Ơn', 'Xuân']

let database: FreshDatabase
let all: readonly { readonly id: string; readonly fullName: string; readonly communeId: number }[]
let communes: readonly number[]

beforeAll(async () => {
  database = await freshDatabase()
  communes = [...(await communeIds(database)).values()].slice(0, 5)
  const middles = ['Thị', 'Văn', 'Mỹ', 'Xuân']
  const many = Array.from({ length: 900 }, (_, n) => {
    const pick = (of: readonly string[], at: number) => of[at % of.length] ?? ''
    return `${pick(FAMILIES, n * 7)} ${pick(middles, n)} ${pick(GIVEN, Math.floor(n / 3))}`
  })
  const people = [...NAMES, ...many].map((fullName, n) =>
    someone(n + 1, { communeId: communes[n % 5] ?? 0, fullName: fullName.normalize('NFC') }),
  )
  await enterPeople(database, people)
  all = people
})

const search = (text: string, by = preparer, of: object = {}) =>
  database.app.transact(by, (tx) => registry.people.search(tx, vault, by, { text, ...of }))

/** Every page. */
async function everyone(text: string, by = preparer) {
  const names: string[] = []
  for (let after: string | null = null; ;) {
    const page: Awaited<ReturnType<typeof search>> = await search(text, by, { after })
    names.push(...page.people.map(({ id }) => id))
    expect(page.people.length).toBeLessThanOrEqual(20)
    after = page.next
    if (after === null) return names
  }
}

/** The same found and ordered in TypeScript, by the promise alone. */
const expected = (text: string, within: readonly number[] = communes) =>
  all
    .filter(({ communeId }) => within.includes(communeId))
    .filter(({ fullName }) =>
      foldText(text)
        .split(' ')
        .every((word) =>
          foldText(fullName)
            .split(' ')
            .some((part) => part.startsWith(word)),
        ),
    )
    .toSorted((a, b) => compareNames(a.fullName, b.fullName) || (a.id < b.id ? -1 : 1))
    .map(({ id }) => id)

const QUERIES = ['nguyen van dao', 'van da', 'dao', 'Đào', 'vy', 'MĨ', 'thuý', 'thúy y', 'tep']

describe('a search by name', () => {
  test.each([...QUERIES, 'ng', 'xu', 'an xuan', 'ho tu', 'zz'])(
    'for "%s" finds whoever has the words, page by page, in Vietnamese order',
    async (text) => {
      const found = await everyone(text)
      expect(found).toEqual(expected(text))
      if (text !== 'zz') expect(found.length).toBeGreaterThan(0)
    },
  )

  test.each(QUERIES)('for "%s" keeps to the communes of who asks', async (text) => {
    const few = communes.slice(0, 1)
    const most = communes.slice(0, 4)
    expect(await everyone(text, officerOf(...few))).toEqual(expected(text, few))
    expect(await everyone(text, officerOf(...most))).toEqual(expected(text, most))
  })

  test('does not look beyond the scope, whatever communes are asked for', async () => {
    const page = await search('dao', officerOf(communes[0] ?? 0), { communes: [communes[1]] })
    expect(page).toEqual({ people: [], next: null })
  })

  test.each(['a', '%', 'a1', "x') | ('"])('for "%s" is refused', async (text) => {
    expect(await search(text).then(() => 'taken', refusalOf)).toMatch(/^search-/)
  })

  test('has no way into the word index but its scope', async () => {
    const client = await database.connect()
    const sql = `select from people_named($1::tsquery, null, 10)`
    expect((await client.query(sql, ["'van' | '=an'"])).rowCount).toBe(0)
  })
})

test('finds them all when it may read a few at a time', async () => {
  const limits = { walk: 200, walkFar: 1, sorted: 1, communesWalked: 1 }
  for (const within of [null, communes]) {
    const query = { words: ['xuan'], after: null, communes: within, limit: 1_000 }
    const found = await database.app.transact(preparer, (tx) => findByName(tx, query, limits))
    expect(found).toEqual(expected('xuan'))
  }
})

test('finds the same whatever it may read on the way', async () => {
  const size = fc.integer({ min: 1, max: 60 })
  const ways = fc.record({ walk: size, walkFar: size, sorted: size, communesWalked: size })
  const texts = fc.constantFrom('vy', 'an', 'nguyen', 'tran', 'dao', 'le vy', 'xuan', 'y', 'th an')
  const within = fc.option(fc.subarray([0, 1, 2, 3, 4], { minLength: 1 }))
  await fc.assert(
    fc.asyncProperty(ways, texts, within, fc.nat(40), async (limits, text, places, skip) => {
      const ids = places === null ? communes : places.map((at) => communes[at] ?? 0)
      const wanted = expected(text, ids)
      const after = skip === 0 ? null : (wanted[Math.min(skip, wanted.length) - 1] ?? null)
      const from = after === null ? 0 : wanted.indexOf(after) + 1
      const query = { words: [...new Set(foldText(text).split(' '))], limit: 7 }
      const found = await database.app.transact(preparer, (tx) =>
        findByName(
          tx,
          { ...query, after: after as PersonId | null, communes: places === null ? null : ids },
          limits,
        ),
      )
      expect(found).toEqual(wanted.slice(from, from + 7))
    }),
    { numRuns: 150 },
  )
})

test('one list has the same order in SQL and in TypeScript', async () => {
  const { rows } = await database.admin.query<{ full_name: string }>(
    'select distinct given_name, full_name from person order by given_name, full_name',
  )
  const inSql = rows.map(({ full_name: name }) => name)
  expect(inSql.length).toBeGreaterThan(150)
  expect([...inSql].reverse().sort(compareNames)).toEqual(inSql)
})

test('the words of a prefix are those of given names and the others, apart', async () => {
  const of = (...words: string[]) => database.app.transact(preparer, (tx) => lexemesOf(tx, words))
  expect(await of('tep')).toEqual({ anywhere: "('=tep')", before: '' })
  expect(await of('vo', 'zz')).toBeNull()
  expect(await of('vo')).toEqual({ anywhere: "('vo')", before: "('vo')" })
})

describe('a search by number', () => {
  beforeAll(async () => {
    const numbers = { idNumber: '046145900001', oldIdNumber: '191000001', phone: '0912000001' }
    const fullName = 'Trần Thị Số Mẫu'
    const person = someone(5001, { communeId: communes[0] ?? 0, fullName, ...numbers })
    const [a, b] = ['999000123456', '999000993456'].map((number, n) => ({
      ...{ id: personNo(6001 + n), personId: personNo(5001 - n * 5000), bankCode: '970405' },
      ...{ communeId: communes[0] ?? 0, number, holderName: 'TRAN THI SO MAU', replaces: null },
    }))
    if (a === undefined || b === undefined) throw new Error('accounts')
    const intake = { people: [person], representations: [], accounts: [a, b], enrolments: [] }
    await database.app.transact(preparer, (tx) =>
      registry.enter(tx, vault, preparer, intake, leader.actor),
    )
  })

  test.each([
    ['an identity number', '046145900001', [5001]],
    ['one with blanks', '046 145 900 001', [5001]],
    ['an old number', '191000001', [5001]],
    ['a phone number', '0912000001', [5001]],
    ['a phone number with +84', '+84 912 000 001', [5001]],
    ['four digits of an account', '3456', [1, 5001]],
    ['six digits of an account', '123456', [5001]],
    ['a number of nobody', '046145900009', []],
    ['a part of an identity number', '900001', []],
  ])('finds by %s', async (_, text, wanted) => {
    const { people } = await search(text)
    expect(people.map(({ id }) => id).toSorted()).toEqual(wanted.map((n) => personNo(n)))
  })

  test('shows the number masked, and only to whoever may see the person', async () => {
    const { people } = await search('046145900001')
    expect(people[0]?.idNumber).toBe('046*****0001')
    for (const text of ['046145900001', '191000001', '0912000001', '3456'])
      expect((await search(text, officerOf(communes[1] ?? 0))).people).toEqual([])
  })

  test.each(['12345678', '1234567', '12345678901', '123'])('is refused for %s', async (text) => {
    expect(await search(text).then(() => 'taken', refusalOf)).toBe('search-digits')
  })
})
