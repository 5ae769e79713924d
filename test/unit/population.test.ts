import { describe, expect, test } from '@jest/globals'
import { correctedNumber, makeStaff, toAscii } from '../../scripts/demo/people.ts'
import { makePopulation } from '../../scripts/demo/population.ts'
import type { DemoOptions } from '../../scripts/demo/options.ts'
import { month } from '../../src/lib/time.ts'
import { readIdNumber } from '../../src/registry/id-number.ts'
import { inForce } from '../../src/registry/reference-rows.ts'
import { readReference } from '../../src/registry/reference.ts'

const august = month('2023-08')
const reference = readReference('prisma/reference')
const communes = reference.communes
  .filter((commune) => inForce(commune, august))
  .map(({ code, fullNameVi: fullName, payingUnit }, index) => {
    return { id: index + 1, code, fullName, payingUnit }
  })

const report: DemoOptions = { cases: 59_991, month: august, seed: 'hue-2023', faults: 'default' }
const small = { ...report, cases: 2_000 }

/** The population as one register. */
function populationOf(options: DemoOptions) {
  const parts = [...makePopulation(communes, options)]
  return {
    people: parts.flatMap(({ people }) => people),
    representations: parts.flatMap(({ representations }) => representations),
    accounts: parts.flatMap(({ accounts }) => accounts),
    enrolments: parts.flatMap(({ enrolments }) => enrolments),
  }
}
const whole = populationOf(report)

/** The figures that a report would print. */
function figuresOf({ accounts, enrolments }: typeof whole) {
  const account = enrolments.filter(({ paymentAccountId }) => paymentAccountId !== null)
  return {
    cases: enrolments.length,
    account: account.length,
    communes: new Set(account.map(({ communeId }) => communeId)).size,
    wallets: accounts.filter(({ bankCode }) => bankCode === null).length,
  }
}

describe('the population of the report', () => {
  test('is 47,090 of 59,991 through an account, in 137 of 141 communes', () => {
    expect(communes).toHaveLength(141)
    expect(figuresOf(whole)).toMatchObject({ cases: 59_991, account: 47_090, communes: 137 })
    expect(new Set(whole.enrolments.map(({ communeId }) => communeId)).size).toBe(141)
  })

  test('has at least 40 % of those paid through an account on a wallet', () => {
    const { wallets, account } = figuresOf(whole)
    expect(whole.accounts).toHaveLength(account)
    expect(wallets / account).toBeGreaterThanOrEqual(0.4)
    expect(wallets / account).toBeLessThan(0.6)
  })

  test('comes a commune at a time', () => {
    const parts = [...makePopulation(communes, report)]
    expect(parts).toHaveLength(141)
    const places = parts.map(({ people }) => new Set(people.map(({ communeId }) => communeId)))
    expect(places.map((place) => [...place])).toEqual(communes.map(({ id }) => [id]))
  })

  test('gives every id and account number once', () => {
    for (const rows of [whole.people, whole.representations, whole.accounts, whole.enrolments]) {
      expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length)
    }
    expect(new Set(whole.accounts.map(({ number }) => number)).size).toBe(whole.accounts.length)
  })

  test('can be taken for nobody: every name ends in Mẫu, every number is given to nobody', () => {
    expect(whole.people.filter(({ fullName }) => !fullName.endsWith(' Mẫu'))).toEqual([])
    expect(whole.accounts.filter(({ holderName }) => !holderName.endsWith(' MAU'))).toEqual([])
    expect(whole.accounts.filter(({ number }) => !/^(0900\d{6}|999\d{9})$/.test(number))).toEqual(
      [],
    )
    const { people } = makeStaff(communes, report.seed)
    expect(people.filter(({ fullName }) => !fullName.endsWith(' Mẫu'))).toEqual([])
  })

  test('pays each person, or the guardian or authorised person who receives for them', () => {
    const people = new Map(whole.people.map((person) => [person.id, person]))
    const papers = new Map(whole.representations.map((paper) => [paper.id, paper]))
    const accounts = new Map(whole.accounts.map((account) => [account.id, account]))
    const wrong = whole.enrolments.filter((enrolment) => {
      const { personId, payeeId, representationId, paymentAccountId } = enrolment
      const paper = papers.get(representationId ?? '')
      const account = accounts.get(paymentAccountId ?? '')
      const receives = representationId === null ? personId : paper?.representativeId
      const ofChild = (people.get(personId)?.birthDate ?? '') > '2007-08-01'
      return (
        payeeId !== receives ||
        (representationId !== null && paper?.personId !== personId) ||
        (ofChild && paper?.kind !== 'guardian') ||
        (paymentAccountId !== null && account?.personId !== payeeId)
      )
    })
    expect(wrong).toEqual([])
    const kinds = new Set(whole.representations.map(({ kind }) => kind))
    expect(kinds).toEqual(new Set(['guardian', 'authorised']))
  })

  test('has an identity number each, once, that fits place, sex and birth', () => {
    const places = new Set(reference.idPlaces.map(({ code }) => code))
    const all = [...whole.people, ...makeStaff(communes, report.seed).people]
    const read = all.map((person) => readIdNumber(person.idNumber ?? '', person, places))
    expect(new Set(read).size).toBe(all.length)
    expect(read.filter((number) => !/^046\d{3}9\d{5}$/.test(number))).toEqual([])
  })

  test('is entitled by categories that are in force', () => {
    const codes = new Set(whole.enrolments.map(({ categoryCode }) => categoryCode))
    const known = reference.categories.filter((category) => inForce(category, august))
    const monthly = new Set(known.filter((c) => c.benefitType === 'monthly').map((c) => c.code))
    expect([...codes].filter((code) => !monthly.has(code))).toEqual([])
    expect(codes.size).toBeGreaterThan(8)
  })
})

describe('another population', () => {
  test('is the same for the same seed and size', () => {
    expect(populationOf(small)).toEqual(populationOf(small))
  })

  test('is other people with other figures for another seed', () => {
    const one = populationOf({ ...small, seed: 'one' })
    const two = populationOf({ ...small, seed: 'two' })
    expect(one).not.toEqual(two)
    const figures = [one, two, populationOf(small)].map(figuresOf)
    expect(new Set(figures.map(({ account }) => account)).size).toBe(3)
    expect(figures.map(({ cases }) => cases)).toEqual([2_000, 2_000, 2_000])
  })

  test.each([1, 2, 140, 142, 500])('of %d cases has so many', (cases) => {
    const { enrolments, people } = populationOf({ ...report, cases })
    expect(enrolments).toHaveLength(cases)
    expect(people.length).toBeGreaterThanOrEqual(cases)
  })

  test('of a month after the elderly law of 2025-07 has its categories', () => {
    const july = month('2025-07')
    const { enrolments } = populationOf({ ...small, month: july })
    const codes = new Set(enrolments.map(({ categoryCode }) => categoryCode))
    const known = new Set(reference.categories.filter((c) => inForce(c, july)).map((c) => c.code))
    expect([...codes].filter((code) => !known.has(code))).toEqual([])
    expect(codes).toContain('HTXH')
    expect(codes).not.toContain('NCT_80')
  })
})

describe('the staff', () => {
  const { staff, people } = makeStaff(communes, report.seed)

  test('are different people for every duty', () => {
    const { preparers, leaders, ...seats } = staff
    const all = [...preparers.values(), ...leaders.values(), ...Object.values(seats)]
    expect(new Set(all).size).toBe(all.length)
    expect(people.map(({ id }) => id).toSorted()).toEqual(all.toSorted())
    expect([...preparers.keys()]).toEqual(communes.map(({ id }) => id))
    expect([...leaders.keys()]).toEqual(communes.map(({ id }) => id))
  })
})

test.each([
  ['Nguyễn Thị Ánh Mẫu', 'NGUYEN THI ANH MAU'],
  ['Đặng Đình Đức Mẫu', 'DANG DINH DUC MAU'],
  ['Tôn Thất Ý Mẫu', 'TON THAT Y MAU'],
])('a bank writes %s as %s', (name, wanted) => {
  expect(toAscii(name)).toBe(wanted)
  expect(toAscii(name.normalize('NFD'))).toBe(wanted)
})

test.each([
  ['0900000012', '0901000012'],
  ['999000000012', '998000000012'],
  ['0901000012', '0902000012'],
])('%s is corrected to %s, and again to another number', (number, wanted) => {
  expect(correctedNumber(number)).toBe(wanted)
  const tries = Array.from({ length: 4 }).reduce<string[]>(
    (known) => [...known, correctedNumber(known.at(-1) ?? '')],
    [number],
  )
  expect(new Set(tries).size).toBe(5)
})
