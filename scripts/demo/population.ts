import { createHash } from 'node:crypto'
import { addDays, addMonths } from '../../src/lib/time.ts'
import type { LocalDate, Month } from '../../src/lib/time.ts'
import type {
  CommuneRow,
  Intake,
  NewAccount,
  NewEnrolment,
  NewPerson,
  NewRepresentation,
} from '../../src/registry/registry.ts'
import { REPORT_CASES, REPORT_COMMUNES, REPORT_PAID } from './options.ts'
import type { DemoOptions } from './options.ts'
import { pickWeighted, randomOf, shuffled, spread } from './chance.ts'
import { ID_SERIES, idNumbers } from './id-numbers.ts'
import { identity, personId, toAscii, uuid } from './people.ts'

/** Categories with their share of the cases (plausible, not from a source) and the age that each asks for. */
const CATEGORIES = [
  { code: 'NCT_80', until: '2025-06', weight: 42, ageMin: 80, ageMax: 98 },
  { code: 'HTXH', from: '2025-07', weight: 43, ageMin: 75, ageMax: 98 },
  { code: 'NKT_N', weight: 20, ageMin: 16, ageMax: 59 },
  { code: 'NKT_N_TE_NCT', weight: 12, ageMin: 60, ageMax: 88 },
  { code: 'NKT_DBN', weight: 5, ageMin: 16, ageMax: 59 },
  { code: 'NKT_DBN_TE_NCT', weight: 5, ageMin: 3, ageMax: 15 },
  { code: 'TE_KNN_4_16', weight: 4, ageMin: 5, ageMax: 14 },
  { code: 'TE_KNN_U4', weight: 1, ageMin: 1, ageMax: 2 },
  { code: 'DTN_CON', weight: 5, ageMin: 25, ageMax: 45 },
  { code: 'NCT_NGHEO_60_80', weight: 3, ageMin: 61, ageMax: 78 },
  { code: 'NCT_NGHEO_80', weight: 1, ageMin: 81, ageMax: 95 },
  { code: 'HIV_NGHEO', weight: 1, ageMin: 20, ageMax: 55 },
  { code: 'NCT_75_80_DTTS', until: '2025-06', weight: 1, ageMin: 75, ageMax: 79 },
] as const

const BANKS = ['970405', '970436', '970415', '970418', '970422', '970403', '970407'] as const
/** Of those paid through an account: Hue-S wallets. */
const WALLET_SHARE = 0.42
const GUARDIAN_AGE = 16
/** Of the one child of a poor single parent, in years. */
const CHILD_AGE = 8
const AUTHORISED_SHARE = 0.1

/**
 * The demo's beneficiaries with representatives, accounts and enrolments, made by rule from the seed, a commune at a
 * time. With the default size and seed they match the province's report of 2023: 47,090 of 59,991 through an account,
 * in 137 of 141 communes.
 */
export function* makePopulation(
  communes: readonly CommuneRow[],
  options: DemoOptions,
): Generator<Intake> {
  const random = randomOf(options.seed, 'people')
  const categories = CATEGORIES.filter(
    (c) =>
      !('until' in c && options.month.slice(0, 7) > c.until) &&
      !('from' in c && options.month.slice(0, 7) < c.from),
  )
  const idNumber = idNumbers(ID_SERIES.population)
  let n = 0
  for (const { communeId, accounts } of chooseAccounts(communes, options)) {
    const intake: Draft = { people: [], representations: [], accounts: [], enrolments: [] }
    for (const account of accounts) {
      n += 1
      const category = pickWeighted(categories, random())
      addCase(intake, { n, communeId, account, category, random, month: options.month })
    }
    yield { ...intake, people: intake.people.map((one) => ({ ...one, idNumber: idNumber(one) })) }
  }
}

/** An intake while it is being made. */
interface Draft {
  readonly people: NewPerson[]
  readonly representations: NewRepresentation[]
  readonly accounts: NewAccount[]
  readonly enrolments: NewEnrolment[]
}

/** The cases of a commune: for each, whether it is paid through an account. */
interface Place {
  readonly communeId: number
  readonly accounts: readonly boolean[]
}

/** Spreads the cases over the communes and chooses which are paid through an account. */
function chooseAccounts(
  communes: readonly CommuneRow[],
  { cases, seed }: DemoOptions,
): readonly Place[] {
  const random = randomOf(seed, 'places')
  const cashOnlyCount = Math.max(0, Math.round((communes.length * (141 - REPORT_COMMUNES)) / 141))
  const cashOnly = new Set(
    shuffled(communes, random)
      .slice(0, cashOnlyCount)
      .map(({ id }) => id),
  )
  const weights = communes.map(() => 0.4 + random() * 1.2)
  const counts = spread(cases, weights)
  const places = counts.flatMap((count, index) =>
    Array.from({ length: count }, () => communes[index]?.id ?? 0),
  )
  const share = seed === 'hue-2023' ? REPORT_PAID / REPORT_CASES : 0.7 + random() * 0.2
  const eligible = places
    .map((id, index) => (cashOnly.has(id) ? -1 : index))
    .filter((index) => index >= 0)
  const chosen = new Set(
    shuffled(eligible, random).slice(0, Math.min(eligible.length, Math.round(cases * share))),
  )
  let from = 0
  return communes.map(({ id: communeId }, index) => {
    const first = from
    from += counts[index] ?? 0
    const accounts = Array.from({ length: from - first }, (_, k) => chosen.has(first + k))
    return { communeId, accounts }
  })
}

interface CaseSeed {
  readonly n: number
  readonly communeId: number
  readonly account: boolean
  readonly category: (typeof CATEGORIES)[number]
  readonly random: () => number
  readonly month: Month
}

function addCase(intake: Draft, seed: CaseSeed): void {
  const { n, communeId, category, random, month } = seed
  const age = category.ageMin + Math.floor(random() * (category.ageMax - category.ageMin + 1))
  const self: NewPerson = {
    id: personId(2, n),
    communeId,
    ...identity(random),
    birthDate: bornFor(month, age, random),
  }
  intake.people.push(self)
  const represented =
    age < GUARDIAN_AGE ? 'guardian' : random() < AUTHORISED_SHARE ? 'authorised' : null
  const payee = represented === null ? self : addRepresentative(intake, self, represented, seed)
  const accountId = seed.account ? uuid(5, n) : null
  if (accountId !== null) intake.accounts.push(accountOf(payee, accountId, n, random))
  intake.enrolments.push({
    id: uuid(6, n),
    personId: self.id,
    communeId,
    programme: 'BTXH',
    categoryCode: category.code,
    validFrom: addMonths(month, -2),
    children:
      category.code === 'DTN_CON'
        ? [{ birthDate: addMonths(month, -12 * CHILD_AGE), studyingUntil: null }]
        : [],
    payeeId: payee.id,
    representationId: represented === null ? null : uuid(4, n),
    paymentAccountId: accountId,
  })
}

function addRepresentative(
  intake: Pick<Draft, 'people' | 'representations'>,
  ward: NewPerson,
  kind: 'guardian' | 'authorised',
  { n, random, month }: CaseSeed,
): NewPerson {
  const age = 28 + Math.floor(random() * 30)
  const person: NewPerson = {
    id: personId(3, n),
    communeId: ward.communeId,
    ...identity(random),
    birthDate: bornFor(month, age, random),
  }
  intake.people.push(person)
  const from = addMonths(month, -3)
  intake.representations.push({
    id: uuid(4, n),
    personId: ward.id,
    representativeId: person.id,
    communeId: ward.communeId,
    kind,
    programmes: [],
    document: paperOf(kind, n, from),
    validFrom: from,
    validTo: addDays(addMonths(month, kind === 'guardian' ? 36 : 9), -1),
    ownAccountEvidence: `${String(n).padStart(6, '0')}/TK`,
    kinship: null,
    jointWith: null,
  })
  return person
}

/** The paper of a representation; the file behind its hash was never there. */
function paperOf(kind: 'guardian' | 'authorised', n: number, date: LocalDate) {
  const number = `${String(n).padStart(6, '0')}/${kind === 'guardian' ? 'QĐ' : 'UQ'}`
  return {
    kind: kind === 'guardian' ? 'quyết định cử người giám hộ' : 'giấy ủy quyền',
    ...{ number, date, issuer: 'UBND cấp xã' },
    sha256: createHash('sha256').update(number).digest('hex'),
  }
}

function accountOf(payee: NewPerson, id: string, n: number, random: () => number): NewAccount {
  const wallet = random() < WALLET_SHARE
  const bankCode = BANKS[Math.floor(random() * BANKS.length)] ?? BANKS[0]
  return {
    id,
    personId: payee.id,
    communeId: payee.communeId,
    bankCode: wallet ? null : bankCode,
    // 0900… and 999… are given to nobody.
    number: wallet ? `090${String(n).padStart(7, '0')}` : `999${String(n).padStart(9, '0')}`,
    holderName: toAscii(payee.fullName),
    replaces: null,
  }
}

function bornFor(month: Month, age: number, random: () => number): LocalDate {
  return addDays(addMonths(month, -12 * age), -1 - Math.floor(random() * 330))
}
