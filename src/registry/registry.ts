import type { Act, PersonId } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { Month } from '../lib/time.ts'
import type { Vault } from '../lib/vault.ts'
import { replaceAccounts } from './account-changes.ts'
import { accounts } from './accounts.ts'
import { communes } from './communes.ts'
import { payees } from './payees.ts'
import { assignEntered } from './payees-entered.ts'
import { exports } from './exports.ts'
import { imports } from './imports.ts'
import { people } from './people.ts'
import type { NewPerson } from './person-sealing.ts'
import { representation } from './representation.ts'
import { insertRepresentations } from './representation-store.ts'
import type { NewRepresentation } from './representation-store.ts'
import * as store from './registry-store.ts'
import type { EnrolmentRow, NewAccount, NewEnrolment } from './registry-store.ts'
import { monthlyAmount } from './rules.ts'
import type { EntitlementAmount } from './rules.ts'

export type { CommuneRow, NewAccount, NewEnrolment } from './registry-store.ts'
export type { NewPerson } from './person-sealing.ts'
export type { CorrectedAccount } from './account-changes.ts'
export type { NewRepresentation } from './representation-store.ts'

/** Enrolments read at a time: the law runs over bounded chunks, never over a province in memory. */
const CHUNK = 5_000

/** What one enrolled person is owed for a month, and how it is paid. */
export interface DueLine extends EntitlementAmount {
  readonly personId: PersonId
  readonly programme: string
  readonly categoryCode: string
  readonly method: EnrolmentRow['method']
  readonly channel: EnrolmentRow['channel']
  readonly payeeId: PersonId
  readonly paymentAccountId: string | null
}

/** A household register to be entered at once: people first, then what refers to them. */
export interface Intake {
  readonly people: readonly NewPerson[]
  readonly representations: readonly NewRepresentation[]
  readonly accounts: readonly NewAccount[]
  readonly enrolments: readonly NewEnrolment[]
}

/**
 * What the law owes each enrolled person of a commune for a month (Decree 20/2021: standard × coefficient), in a
 * stable order. Amounts in đồng. Throws DomainError `standard-unknown` when no level is in force.
 */
async function dueIn(tx: Tx, communeId: number, month: Month): Promise<readonly DueLine[]> {
  const standard = await store.standardIn(tx, month)
  if (standard === undefined) {
    throw new DomainError(
      'not-found',
      'standard-unknown',
      `Không có mức chuẩn cho tháng ${month.slice(0, 7)}`,
    )
  }
  const lines: DueLine[] = []
  for (let afterPerson: PersonId | null = null; ;) {
    const rows = await store.enrolmentsOf(tx, { communeId, month, afterPerson, limit: CHUNK })
    lines.push(
      ...rows.map((row) => ({ ...row, categoryCode: row.code, ...monthlyAmount(row, standard) })),
    )
    afterPerson = rows.at(-1)?.personId ?? null
    if (rows.length < CHUNK) return lines
  }
}

/** Enters a register on the word of two people, with one audit event. A statement per 5,000 rows. */
async function enter(
  tx: Tx,
  vault: Vault,
  by: Act,
  intake: Intake,
  confirmedBy: PersonId,
): Promise<void> {
  for (const rows of chunksOf(intake.people)) await people.enter(tx, vault, by, rows)
  const two = { enteredBy: by.actor, confirmedBy }
  for (const rows of chunksOf(intake.representations)) await insertRepresentations(tx, rows, two)
  for (const rows of chunksOf(intake.accounts)) await store.insertAccounts(tx, vault, rows, two)
  for (const rows of chunksOf(intake.enrolments)) {
    await store.insertEnrolments(tx, rows)
    await assignEntered(tx, rows, two)
  }
  const detail = { people: intake.people.length, enrolments: intake.enrolments.length }
  await recordActs(tx, by, [
    { act: 'registry.enter', subject: `person:${intake.people[0]?.id ?? ''}`, detail },
  ])
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
  dueIn,
  enter,
  exports,
  imports,
  people,
  replaceAccounts,
}
