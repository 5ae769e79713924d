import { DomainError } from './errors.ts'
import type { ErrorKind } from './errors.ts'

interface DatabaseRefusal {
  readonly state: string
  readonly message: string
  readonly detail: string | undefined
}

/** SQLSTATEs of our own class (0002_ledger/migration.sql) → kind and stable code of the DomainError. */
const LEDGER_REFUSALS: Readonly<Record<string, readonly [ErrorKind, string]>> = {
  LB001: ['forbidden', 'append-only'],
  LB002: ['conflict', 'reference-reused'],
  LB003: ['invalid', 'outside-template'],
  LB004: ['invalid', 'amount'],
  LB005: ['conflict', 'below-floor'],
  LB006: ['conflict', 'period-not-open'],
  LB007: ['invalid', 'unknown-account'],
  LB008: ['conflict', 'not-reversible'],
  LB009: ['forbidden', 'appended-to-old-entry'],
  LB010: ['invalid', 'malformed-posting-call'],
  LB020: ['conflict', 'state-transition'],
  LB021: ['forbidden', 'same-person'],
  LB022: ['forbidden', 'not-theirs'],
  LB023: ['conflict', 'list-differs'],
  LB024: ['conflict', 'rows-not-opened'],
  LB025: ['invalid', 'reason-unknown'],
  LB026: ['conflict', 'channel-stopped'],
  LB027: ['conflict', 'resend-not-covered'],
  LB028: ['not-found', 'hold-elsewhere'],
  LB029: ['forbidden', 'account-not-receivers'],
  LB050: ['forbidden', 'duties-apart'],
  LB051: ['conflict', 'proposal-decided'],
  LB055: ['conflict', 'second-approver-needed'],
  LB056: ['forbidden', 'paper-missing'],
  LB070: ['conflict', 'merge-undecided'],
  LB030: ['invalid', 'statement-does-not-add-up'],
  LB040: ['forbidden', 'relative-needs-second'],
  LB041: ['invalid', 'bank-takes-no-transfers'],
  LB042: ['invalid', 'representation-papers'],
  LB043: ['invalid', 'payee-papers'],
  LB044: ['conflict', 'account-needs-change'],
}

/** Named constraints that a person can run into → kind and stable code. */
const CONSTRAINTS: Readonly<Record<string, readonly [ErrorKind, string]>> = {
  payout_list_different_people: ['forbidden', 'same-person'],
  payout_list_key: ['conflict', 'list-there'],
  payout_list_number_key: ['conflict', 'list-there'],
  payout_list_one_live: ['conflict', 'list-there'],
  payout_list_closed: ['invalid', 'reason-missing'],
  list_decision_reason: ['invalid', 'reason-missing'],
  payout_hold_two_people: ['forbidden', 'same-person'],
  instruction_two_people: ['forbidden', 'same-person'],
  payment_account_two_people: ['forbidden', 'same-person'],
  person_merge_two_people: ['forbidden', 'same-person'],
  person_merge_one_open: ['conflict', 'merge-proposed'],
  person_identifier_one_person: ['conflict', 'id-number-taken'],
  resend_two_people: ['forbidden', 'same-person'],
  resend_withdrawal_two_people: ['forbidden', 'same-person'],
  representation_two_people: ['forbidden', 'same-person'],
  payee_two_people: ['forbidden', 'same-person'],
  payee_three_people: ['forbidden', 'same-person'],
  commune_rehoming_two_people: ['forbidden', 'same-person'],
  account_change_two_people: ['forbidden', 'same-person'],
  account_change_one_open: ['conflict', 'change-open'],
  account_change_failure: ['conflict', 'account-alive'],
  representation_one_guardian: ['conflict', 'second-guardian'],
  representation_couple_of_two: ['conflict', 'second-guardian'],
  representation_couple_of_different: ['conflict', 'second-guardian'],
  payee_one: ['conflict', 'two-payees'],
  import_file_two_people: ['forbidden', 'same-person'],
  entitlement_once: ['conflict', 'entitlement-twice'],
  instruction_one_live: ['conflict', 'still-open'],
  enrolment_one_at_a_time: ['conflict', 'enrolled-already'],
  suspension_two_people: ['forbidden', 'same-person'],
  suspension_one_open: ['conflict', 'suspended-already'],
  death_two_people: ['forbidden', 'same-person'],
  death_reported_once: ['conflict', 'death-reported'],
  funeral_two_people: ['forbidden', 'same-person'],
  funeral_once: ['conflict', 'funeral-opened'],
  role_grant_two_people: ['forbidden', 'same-person'],
  delegation_two: ['invalid', 'same-person'],
  delegation_two_people: ['forbidden', 'same-person'],
  proposal_two_people: ['forbidden', 'same-person'],
  officer_relation_other: ['invalid', 'same-person'],
  person_merge_two_rows: ['conflict', 'merge-same'],
  funeral_not_oneself: ['invalid', 'same-person'],
  representation_other_person: ['invalid', 'same-person'],
  approval_rule_two_people: ['forbidden', 'same-person'],
  entry_by_hand_two_people: ['forbidden', 'same-person'],
  resend_decision_pkey: ['conflict', 'state-transition'],
  resend_withdrawal_pkey: ['conflict', 'state-transition'],
  list_second_approval_pkey: ['conflict', 'state-transition'],
}

/** Codes whose message is PostgreSQL's or a function's of ours: for a log, not for whoever is refused. */
export const DATABASE_CODES: ReadonlySet<string> = new Set(
  [...Object.values(LEDGER_REFUSALS), ...Object.values(CONSTRAINTS)].map(([, code]) => code),
)

/** check_violation, unique_violation and exclusion_violation: their message names the constraint. */
const NAMES_CONSTRAINT = new Set(['23514', '23505', '23P01'])

/**
 * The SQLSTATE of an error that came through Prisma or pg, or undefined. Prisma hides it in three places: on the
 * error's meta, on a bare DriverAdapterError (a failure at commit), or as `code` of pg itself.
 */
export function sqlState(error: unknown): string | undefined {
  return refusalOf(error)?.state
}

/** Turns a refusal that our SQL raised on purpose into a DomainError; any other error comes back as it is. */
export function asDomainError(error: unknown): unknown {
  const refusal = refusalOf(error)
  if (refusal === undefined) return error
  const known = LEDGER_REFUSALS[refusal.state] ?? constraintOf(refusal)
  if (known === undefined) return error
  const [kind, code] = known
  return new DomainError(kind, code, refusal.message, parseDetail(refusal.detail))
}

function constraintOf({
  state,
  message,
}: DatabaseRefusal): readonly [ErrorKind, string] | undefined {
  const name = NAMES_CONSTRAINT.has(state) ? /constraint "([^"]+)"/.exec(message)?.[1] : undefined
  return name === undefined ? undefined : CONSTRAINTS[name]
}

function refusalOf(error: unknown): DatabaseRefusal | undefined {
  for (const part of layersOf(error)) {
    const state = textAt(part, 'originalCode') ?? textAt(part, 'code')
    if (state !== undefined && /^[0-9A-Z]{5}$/.test(state) && !/^P\d{4}$/.test(state)) {
      const message = textAt(part, 'originalMessage') ?? textAt(part, 'message') ?? state
      return { state, message: message.replace(/^ERROR: /, ''), detail: textAt(part, 'detail') }
    }
  }
  return undefined
}

function layersOf(error: unknown): readonly unknown[] {
  const meta = at(error, 'meta')
  const adapter = at(meta, 'driverAdapterError')
  return [at(adapter, 'cause'), at(error, 'cause'), adapter, error]
}

function parseDetail(detail: string | undefined): Record<string, unknown> {
  if (detail?.startsWith('{') !== true) return {}
  const parsed: unknown = JSON.parse(detail)
  return parsed as Record<string, unknown>
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[key]
    : undefined
}

function textAt(value: unknown, key: string): string | undefined {
  const found = at(value, key)
  return typeof found === 'string' ? found : undefined
}
