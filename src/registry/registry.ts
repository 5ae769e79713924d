import type { Act, PersonId } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { deaths } from './deaths.ts'
import { dueIn } from './due.ts'
import { paidThrough } from './due-store.ts'
import { enrolments } from './enrolments.ts'
import { notOwed } from './not-owed.ts'
import * as store from './registry-store.ts'
import type { NewAccount, NewEnrolment, NewPerson, NewRepresentation } from './registry-store.ts'

export type { DueLine, EntitledBefore } from './due.ts'
export type { NotOwed } from './not-owed.ts'
export type {
  CommuneRow,
  NewAccount,
  NewEnrolment,
  NewPerson,
  NewRepresentation,
} from './registry-store.ts'

/** Rows written by one statement. */
const CHUNK = 5_000

/** A household register to be entered at once: people first, then what refers to them. */
export interface Intake {
  readonly people: readonly NewPerson[]
  readonly representations: readonly NewRepresentation[]
  readonly accounts: readonly NewAccount[]
  readonly enrolments: readonly NewEnrolment[]
}

/** Enters a register on the word of two people, with one audit event. A statement per 5,000 rows. */
async function enter(tx: Tx, by: Act, intake: Intake, confirmedBy: PersonId): Promise<void> {
  for (const rows of chunksOf(intake.people)) await store.insertPeople(tx, rows)
  for (const rows of chunksOf(intake.representations)) await store.insertRepresentations(tx, rows)
  for (const rows of chunksOf(intake.accounts))
    await store.insertAccounts(tx, rows, { enteredBy: by.actor, confirmedBy })
  for (const rows of chunksOf(intake.enrolments)) await store.insertEnrolments(tx, rows)
  const detail = { people: intake.people.length, enrolments: intake.enrolments.length }
  await recordActs(tx, by, [
    { act: 'registry.enter', subject: `person:${intake.people[0]?.id ?? ''}`, detail },
  ])
}

/**
 * Replaces payment accounts that proved wrong: new rows that name what they replace, entered by `by` and confirmed by
 * another person (the database refuses the same one), and the enrolments follow. One audit event an account.
 */
async function replaceAccounts(
  tx: Tx,
  by: Act,
  accounts: readonly NewAccount[],
  confirmedBy: PersonId,
): Promise<void> {
  await store.insertAccounts(tx, accounts, { enteredBy: by.actor, confirmedBy })
  await store.repointEnrolments(tx, accounts)
  await recordActs(
    tx,
    by,
    accounts.map(({ id, communeId, replaces }) => ({
      act: 'registry.replace-account',
      subject: `payment-account:${id}`,
      communeId,
      detail: { replaces },
    })),
  )
}

function* chunksOf<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < rows.length; from += CHUNK) yield rows.slice(from, from + CHUNK)
}

/** The face of the registry: places, people, what the law owes them, and through what they are paid. */
export const registry = {
  communesIn: store.communesIn,
  count: store.countRegistry,
  deaths,
  enrolments,
  dueIn,
  notOwed,
  paidThrough,
  enter,
  replaceAccounts,
}
