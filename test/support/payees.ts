import { createHash } from 'node:crypto'
import type { PersonId } from '../../src/lib/act.ts'
import type { Tx } from '../../src/lib/db.ts'
import type { LocalDate, Month } from '../../src/lib/time.ts'
import type { LegalDocument } from '../../src/registry/legal-document.ts'
import { registry } from '../../src/registry/registry.ts'
import type { CommuneRow, NewRepresentation } from '../../src/registry/registry.ts'
import type { FreshDatabase } from './database.ts'
import { august, leader, preparer } from './town.ts'
import { vault } from './vault.ts'

const id = (kind: number, n: number) =>
  `${String(kind).padStart(8, '0')}-0000-7000-8000-${String(n).padStart(12, '0')}`

/** The ids that the helpers give: a beneficiary, a representative, and what belongs to them. */
export const wardId = (n: number) => id(21, n) as PersonId
export const carerId = (n: number) => id(31, n) as PersonId
export const paperId = (n: number) => id(41, n)
export const accountId = (n: number) => id(51, n)

/** A paper of a kind; the same number is the same file. */
export function paperOf(kind: string, number: string, date: LocalDate): LegalDocument {
  const sha256 = createHash('sha256').update(number).digest('hex')
  return { kind, number, date, issuer: 'UBND xã Mẫu', sha256 }
}

/** The n-th representation: of the n-th ward by the n-th carer, authorised, from 2023 on, unless told otherwise. */
export function representationOf(
  n: number,
  communeId: number,
  of: Partial<NewRepresentation> = {},
): NewRepresentation {
  const validFrom = of.validFrom ?? ('2023-01-01' as LocalDate)
  return {
    ...{ id: paperId(n), personId: wardId(n), representativeId: carerId(n), communeId },
    ...{ kind: 'authorised', programmes: [], validTo: null },
    document: paperOf('giấy ủy quyền', `${String(n)}/UQ`, validFrom),
    ...{ ownAccountEvidence: null, kinship: null, jointWith: null },
    ...of,
    validFrom,
  }
}

/** Does something to the registry as the preparer. */
export const asPreparer = <T>({ app }: FreshDatabase, work: (tx: Tx) => Promise<T>): Promise<T> =>
  app.transact(preparer, work)

/** People to be entered, born on days of which the ward's may differ. */
export interface Pair {
  readonly n: number
  readonly wardBorn?: string
  readonly carerBorn?: string
}

/** Enters wards and carers, each with an account of the ward: bank number 998 and nine digits. */
export async function enterPairs(
  database: FreshDatabase,
  communeId: number,
  pairs: readonly Pair[],
): Promise<void> {
  const whole = { communeId, fullName: 'Nguyễn Thị Ánh Mẫu', sex: 'female' } as const
  const people = pairs.flatMap(({ n, wardBorn = '1950-01-01', carerBorn = '1985-01-01' }) => [
    { ...whole, id: wardId(n), birthDate: wardBorn as LocalDate },
    { ...whole, id: carerId(n), birthDate: carerBorn as LocalDate },
  ])
  const accounts = pairs.map(({ n }) => ({
    ...{ id: accountId(n), personId: wardId(n), communeId, bankCode: '970405', replaces: null },
    ...{ number: `998${String(n).padStart(9, '0')}`, holderName: 'NGUYEN THI ANH MAU' },
  }))
  const intake = { people, representations: [], accounts, enrolments: [] }
  await asPreparer(database, (tx) => registry.enter(tx, vault, preparer, intake, leader.actor))
}

/** Enters representations as two people. */
export const represent = (database: FreshDatabase, rows: readonly NewRepresentation[]) =>
  asPreparer(database, (tx) => registry.representation.enter(tx, preparer, rows, leader.actor))

let assigned = 0

/** Assigns the payee of the n-th ward from a month on: by default the carer by the n-th paper into the ward's account. */
export function assign(
  database: FreshDatabase,
  n: number,
  communeId: number,
  of: Partial<Parameters<typeof registry.payees.assign>[2][number]> = {},
): Promise<void> {
  assigned += 1
  const row = {
    ...{ id: id(61, assigned), personId: wardId(n), programme: 'BTXH', communeId },
    ...{ from: '2023-01-01' as LocalDate, payeeId: carerId(n), representationId: paperId(n) },
    ...{ paymentAccountId: accountId(n) },
    ...of,
  }
  return asPreparer(database, (tx) => registry.payees.assign(tx, preparer, [row], leader.actor))
}

/** The payee of the n-th ward in the list of a month, as asked on a day. */
export async function payeeOf(
  database: FreshDatabase,
  n: number,
  of: { readonly month?: Month; readonly on?: string } = {},
) {
  const { month = august, on = month } = of
  const people = [{ personId: wardId(n), programme: 'BTXH' }]
  const asked = { month, on: on as LocalDate, people }
  const found = await asPreparer(database, (tx) => registry.payees.of(tx, asked))
  const payee = found.get(`${wardId(n)}:BTXH`)
  if (payee === undefined) throw new Error('everybody has a payee')
  return payee
}

/** What is held on a day of a row as it was listed. */
export async function holdOn(
  database: FreshDatabase,
  n: number,
  on: string,
  row: {
    readonly payeeId: PersonId
    readonly representationId: string | null
    readonly paymentAccountId: string | null
  },
) {
  const { payeeId, representationId, paymentAccountId } = row
  const listed = {
    key: 'row',
    personId: wardId(n),
    enrolmentId: id(6, n),
    programme: 'BTXH',
    payeeId,
    representationId,
    paymentAccountId,
  }
  const asked = { on: on as LocalDate, rows: [listed] }
  const holds = await asPreparer(database, (tx) => registry.payees.holds(tx, asked))
  return holds.get('row') ?? null
}

/** The first commune of August 2023. */
export async function firstCommune(database: FreshDatabase): Promise<CommuneRow> {
  const [commune] = await asPreparer(database, (tx) => registry.communesIn(tx, august))
  if (commune === undefined) throw new Error('a commune')
  return commune
}
