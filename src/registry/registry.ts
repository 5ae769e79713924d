import type { Act } from '../lib/act.ts'
import { inCommunes, recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import type { Vault } from '../lib/vault.ts'
import { replaceAccounts } from './account-changes.ts'
import { accounts } from './accounts.ts'
import { communes } from './communes.ts'
import { deaths } from './deaths.ts'
import { dueIn } from './due.ts'
import { enrolments } from './enrolments.ts'
import { notOwed } from './not-owed.ts'
import { payees } from './payees.ts'
import { assignEntered } from './payees-entered.ts'
import { exports } from './exports.ts'
import { enterFirstAccount } from './first-accounts.ts'
import { imports } from './imports.ts'
import { people } from './people.ts'
import * as reference from './reference-reads-store.ts'
import type { NewPerson } from './person-sealing.ts'
import { representation } from './representation.ts'
import { insertRepresentations } from './representation-store.ts'
import type { NewRepresentation } from './representation-store.ts'
import * as store from './registry-store.ts'
import type { NewAccount, NewEnrolment } from './registry-store.ts'
import { waiting } from './waiting.ts'
import { wordOf } from './word.ts'
import type { Approvers } from './word.ts'

export type { DueLine, EntitledBefore } from './due.ts'
export type { Payee } from './payees.ts'
export type { NotOwed } from './not-owed.ts'
export type { CommuneRow, NewAccount, NewEnrolment } from './registry-store.ts'
export type { NewPerson } from './person-sealing.ts'
export type { VerificationAnswer } from './accounts.ts'
export type { CorrectedAccount } from './account-changes.ts'
export type { NewRepresentation } from './representation-store.ts'

/** Rows written by one statement. */
const CHUNK = 5_000

/** A household register to be entered at once: people first, then what refers to them. */
export interface Intake {
  readonly people: readonly NewPerson[]
  readonly representations: readonly NewRepresentation[]
  readonly accounts: readonly NewAccount[]
  readonly enrolments: readonly NewEnrolment[]
}

/**
 * Enters a register on the word of two people, with one audit event, or one a commune of an officer of communes; of three where it has an account or a payee that is
 * one of them or a relative (`relative-needs-second`). A statement per 5,000 rows.
 */
async function enter(
  tx: Tx,
  vault: Vault,
  by: Act,
  intake: Intake,
  confirmedBy: Approvers,
): Promise<void> {
  for (const rows of chunksOf(intake.people)) await people.enter(tx, vault, by, rows)
  const word = wordOf(by.actor, confirmedBy)
  for (const rows of chunksOf(intake.representations)) await insertRepresentations(tx, rows, word)
  for (const rows of chunksOf(intake.accounts)) await store.insertAccounts(tx, vault, rows, word)
  for (const rows of chunksOf(intake.enrolments)) {
    await store.insertEnrolments(tx, rows)
    await assignEntered(tx, rows, word)
  }
  const detail = { people: intake.people.length, enrolments: intake.enrolments.length }
  const event = { act: 'registry.enter', subject: `person:${intake.people[0]?.id ?? ''}`, detail }
  const communes = new Set(intake.people.map(({ communeId }) => communeId))
  await recordActs(tx, by, inCommunes(by, [...communes], event))
}

function* chunksOf<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < rows.length; from += CHUNK) yield rows.slice(from, from + CHUNK)
}

/** The face of the registry: places, people, what the law owes them, and through what they are paid. */
export const registry = {
  accounts,
  communes,
  payees,
  representation,
  communesIn: store.communesIn,
  count: store.countRegistry,
  deaths,
  enrolments,
  dueIn,
  notOwed,
  enter,
  enterFirstAccount,
  exports,
  imports,
  people,
  reference,
  replaceAccounts,
  waiting,
}
