import { randomUUID } from 'node:crypto'
import type { PersonId } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { LocalDate } from '../lib/time.ts'
import { insertReports } from './deaths-store.ts'
import { grantAll } from './enrolment-decisions.ts'
import type { Grant } from './enrolment-decisions.ts'
import { assignFirst } from './first-accounts.ts'
import type { Apply, Applying } from './imports-kind.ts'
import { enterPeople as enter } from './people-enter.ts'
import { insertAccounts } from './registry-store.ts'
import { wordOf } from './word.ts'

/** What the checks of each kind of file hand to what takes its rows: nothing here reads a cell any more. */

export interface ReadyPerson {
  readonly communeId: number
  readonly idNumber: string
  readonly oldIdNumber: string | null
  readonly fullName: string
  readonly birthDate: LocalDate
  readonly birthYearOnly: boolean
  readonly sex: 'female' | 'male'
  readonly phone: string | null
  readonly village: string | null
}

export interface ReadyAccount {
  readonly personId: PersonId
  readonly communeId: number
  readonly bankCode: string | null
  readonly number: string
  readonly holderName: string
}

export interface ReadyDeath {
  readonly personId: PersonId
  readonly communeId: number
  readonly fullName: string
  readonly diedOn: LocalDate
  readonly certificateNumber: string
}

/** New people with their numbers, sealed. */
export const enterPeople: Apply<ReadyPerson> = async ({ tx, vault, by }, rows) => {
  const people = rows.map(({ number, ready }) => ({ number, person: { ...ready, id: newId() } }))
  await enter(
    tx,
    vault,
    by,
    people.map(({ person }) => person),
  )
  return subjects(
    'person',
    people.map(({ number, person }) => ({ number, id: person.id })),
  )
}

/** Grants by decisions, as an officer grants one; whoever has an account and no payee yet receives through it. */
export const enterEnrolments: Apply<Grant> = async (applying, rows) => {
  const grants = rows.map(({ ready }) => ready)
  const granted = await grantAll(applying.tx, applying.by, grants)
  await firstOf(applying, grants)
  return subjects(
    'enrolment',
    rows.flatMap(({ number }, at) => {
      const id = granted[at]?.id
      return id === undefined ? [] : [{ number, id }]
    }),
  )
}

/**
 * Accounts of people who have none, and who receive through them where nobody was assigned yet. Whoever has one changes
 * it by a request with a document (accounts change control).
 */
export const enterAccounts: Apply<ReadyAccount> = async (applying, rows) => {
  const { tx, vault, by, confirmedBy } = applying
  const made = rows.map(({ number, ready }) => ({ number, id: randomUUID(), ready }))
  await insertAccounts(
    tx,
    vault,
    made.map(({ id, ready }) => ({ id, ...ready, replaces: null })),
    wordOf(by.actor, confirmedBy),
  )
  await firstOf(
    applying,
    rows.map(({ ready }) => ready),
  )
  return subjects('payment-account', made)
}

/** Proposes deaths, each for a second person to confirm: nobody is marked dead, nothing stops before that. */
export const proposeDeaths: Apply<ReadyDeath> = async ({ tx, by }, rows) => {
  const reports = rows.map(({ number, ready }) => ({ number, ready, id: randomUUID() }))
  await insertReports(
    tx,
    reports.map(({ id, ready }) => ({
      ...{ id, personId: ready.personId, communeId: ready.communeId, fullName: ready.fullName },
      ...{ diedOn: ready.diedOn, certificate: ready.certificateNumber },
      ...{ idNumberIndex: null, idNumberSealed: null, state: 'PROPOSED', problem: null },
    })),
    by.actor,
  )
  await recordActs(
    tx,
    by,
    reports.map(({ id, ready: { communeId } }) => ({
      ...{ act: 'death.report', subject: `death-report:${id}`, communeId },
    })),
  )
  return subjects('death', reports)
}

const firstOf = (
  { tx, by, on, confirmedBy }: Applying,
  of: readonly { readonly personId: PersonId }[],
): Promise<void> => {
  const people = of.map(({ personId }) => personId)
  return assignFirst(tx, by, { people, on }, confirmedBy)
}

const newId = () => randomUUID() as string as PersonId

const subjects = (
  what: string,
  rows: readonly { readonly number: number; readonly id: string }[],
): ReadonlyMap<number, string> => new Map(rows.map(({ number, id }) => [number, `${what}:${id}`]))
