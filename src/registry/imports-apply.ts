import { randomUUID } from 'node:crypto'
import type { PersonId } from '../lib/act.ts'
import type { LocalDate } from '../lib/time.ts'
import type { Apply } from './imports-kind.ts'
import { enterPeople as enter } from './people-enter.ts'
import { insertAccounts, insertEnrolments } from './registry-store.ts'

/** What the checks of each kind of file hand to what takes its rows: nothing here reads a cell any more. */

export interface ReadyPerson {
  readonly communeId: number
  readonly idNumber: string
  readonly oldIdNumber: string | null
  readonly fullName: string
  readonly birthDate: LocalDate
  readonly sex: 'female' | 'male'
  readonly phone: string | null
}

export interface ReadyEnrolment {
  readonly personId: PersonId
  readonly communeId: number
  readonly programme: string
  readonly categoryCode: string
  readonly validFrom: LocalDate
  readonly decisionNumber: string
  readonly decisionDate: LocalDate
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
export const enterPeople: Apply<ReadyPerson> = async (tx, vault, by, rows) => {
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

/** New enrolments, received by the person himself and in cash until an account is entered. */
export const enterEnrolments: Apply<ReadyEnrolment> = async (tx, _vault, _by, rows) => {
  const made = rows.map(({ number, ready }) => ({ number, id: randomUUID(), ready }))
  await insertEnrolments(
    tx,
    made.map(({ id, ready }) => ({
      ...{ id, ...ready, payeeId: ready.personId },
      ...{ representationId: null, paymentAccountId: null },
    })),
  )
  return subjects('enrolment', made)
}

/** Accounts of people who have none. Whoever has one changes it by a request with a document (accounts change control). */
export const enterAccounts: Apply<ReadyAccount> = async (tx, vault, by, rows, confirmedBy) => {
  const made = rows.map(({ number, ready }) => ({ number, id: randomUUID(), ready }))
  await insertAccounts(
    tx,
    vault,
    made.map(({ id, ready }) => ({ id, ...ready, replaces: null })),
    { enteredBy: by.actor, confirmedBy },
  )
  return subjects('payment-account', made)
}

const newId = () => randomUUID() as string as PersonId

const subjects = (
  what: string,
  rows: readonly { readonly number: number; readonly id: string }[],
): ReadonlyMap<number, string> => new Map(rows.map(({ number, id }) => [number, `${what}:${id}`]))
