import type { Act, PersonId } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import { holdOf, warningsOf } from './payee-rules.ts'
import type { HoldReason, PayeeRelation, PayeeSettings, PayeeWarning } from './payee-rules.ts'
import type { Term, WarningFacts } from './payee-rules.ts'
import { endPayees, insertPayees } from './payees-assign-store.ts'
import type { NewPayee } from './payees-assign-store.ts'
import * as store from './payees-store.ts'
import { wordOf } from './word.ts'
import type { Approvers } from './word.ts'
import type { Asked, HeldRow, PayeeFacts } from './payees-store.ts'

/** Who receives a person's programme for a month, how, and what stands in the way. */
export interface Payee {
  readonly payeeId: PersonId
  readonly relation: PayeeRelation
  readonly representationId: string | null
  readonly method: 'account' | 'cash'
  readonly channel: 'bank' | 'hue-s' | null
  readonly paymentAccountId: string | null
  readonly hold: HoldReason | null
  readonly warnings: readonly PayeeWarning[]
}

/** Rows asked for at a time. */
const CHUNK = 5_000

/**
 * Who receives for people and programmes in the list of a month, keyed `<person>:<programme>`; everybody asked for is
 * there: without an assignment a person is paid in cash himself. Holds and warnings are those of the later of `on` and
 * the month's first day. A statement per 5,000 rows.
 */
async function of(
  tx: Tx,
  asked: {
    readonly month: Month
    readonly on: LocalDate
    readonly people: readonly Asked[]
  },
): Promise<ReadonlyMap<string, Payee>> {
  const day = asked.on > asked.month ? asked.on : asked.month
  const figures = await store.settings(tx)
  const found = new Map<string, Payee>()
  for (let from = 0; from < asked.people.length; from += CHUNK) {
    const people = asked.people.slice(from, from + CHUNK)
    const rows = await store.payeeFacts(tx, { month: asked.month, day, people })
    for (const row of rows) {
      const person = people[row.at - 1]
      if (person === undefined) continue
      found.set(`${person.personId}:${person.programme}`, payeeOf(person, row, { day, figures }))
    }
  }
  return found
}

function payeeOf(
  { personId }: Asked,
  row: PayeeFacts,
  at: { readonly day: LocalDate; readonly figures: PayeeSettings },
): Payee {
  const { day, figures } = at
  const payeeId = row.payeeId ?? personId
  const term = termOf(row)
  const { accountId, bornOn } = row
  return {
    payeeId,
    relation: row.kind ?? 'self',
    representationId: row.representationId,
    method: row.method ?? 'cash',
    channel: row.accountKind === null ? null : row.accountKind === 'bank' ? 'bank' : 'hue-s',
    paymentAccountId: accountId,
    hold: holdOf(
      {
        bornOn,
        term,
        coolsUntil: null,
        represented: payeeId !== personId,
        beneficiaryDied: row.diedOn,
        payeeDied: row.payeeId === null ? row.diedOn : row.payeeDiedOn,
      },
      day,
    ),
    warnings: warningsOf(warningFactsOf(row, { payeeId, term }), figures, day),
  }
}

function warningFactsOf(
  row: PayeeFacts,
  of: { readonly payeeId: PersonId; readonly term: Term | null },
): WarningFacts {
  const { beforePayee, beforeAccount, accountId, bornOn, everPaid } = row
  const { holderName, ownerName, verdict } = row
  const before = beforePayee === null ? null : { payeeId: beforePayee, accountId: beforeAccount }
  const { payeeId, term } = of
  return {
    before,
    payeeId,
    accountId,
    everPaid,
    holderName,
    ownerName,
    verdict,
    bornOn,
    term,
    sharing: row.sharing ?? 1,
    wards: row.wards ?? 0,
  }
}

function termOf(row: {
  readonly kind: Term['kind'] | null
  readonly from: LocalDate | null
  readonly until: LocalDate | null
  readonly revokedOn: LocalDate | null
}): Term | null {
  const { kind, from, until, revokedOn } = row
  // A validity that was revoked before it began has no bounds left.
  if (kind !== null && from === null && revokedOn !== null) {
    return { kind, from: revokedOn, until: revokedOn, revokedOn }
  }
  return kind === null || from === null ? null : { kind, from, until, revokedOn }
}

/**
 * Which rows may not be credited on a day, and why, by their keys: asked again inside the release and before sending.
 * What was decided when the list was built may have changed since. Two statements per 5,000 rows.
 */
async function holds(
  tx: Tx,
  asked: { readonly on: LocalDate; readonly rows: readonly HeldRow[] },
): Promise<ReadonlyMap<string, HoldReason>> {
  const found = new Map<string, HoldReason>()
  for (let from = 0; from < asked.rows.length; from += CHUNK) {
    const rows = asked.rows.slice(from, from + CHUNK)
    const facts = await store.holdFacts(tx, rows)
    const people = rows.flatMap(({ personId, payeeId }) => [personId, payeeId])
    const deaths = await store.deathDays(tx, people)
    for (const fact of facts) {
      const row = rows[fact.at - 1]
      if (row === undefined) continue
      const reason = holdOf(
        {
          ...{ bornOn: fact.bornOn, term: termOf(fact), coolsUntil: fact.coolsUntil },
          beneficiaryDied: deaths.get(row.personId) ?? null,
          payeeDied: deaths.get(row.payeeId) ?? null,
          represented: row.payeeId !== row.personId,
        },
        asked.on,
      )
      if (reason !== null) found.set(row.key, reason)
    }
  }
  return found
}

/**
 * Assigns who receives for people and programmes from a month's first day on, as two people, three for a relative: what was assigned before
 * ends there. Another account for the same receiver is not assigned but changed (`accounts.requestChange`). Throws
 * DomainError `payee-papers`, `account-needs-change`, `relative-needs-second`. One audit event an assignment.
 */
async function assign(
  tx: Tx,
  by: Act,
  rows: readonly Omit<NewPayee, 'changeId'>[],
  confirmedBy: Approvers,
): Promise<void> {
  await endPayees(tx, rows)
  const made = rows.map((row) => ({ ...row, changeId: null }))
  await insertPayees(tx, made, wordOf(by.actor, confirmedBy))
  await recordActs(
    tx,
    by,
    rows.map(
      ({ id, communeId, personId, programme, from, representationId, paymentAccountId }) => ({
        act: 'registry.assign-payee',
        subject: `payee:${id}`,
        communeId,
        detail: { personId, programme, from, representationId, paymentAccountId, confirmedBy },
      }),
    ),
  )
}

/** Who receives what, and when nobody may. */
export const payees = { of, holds, assign }
