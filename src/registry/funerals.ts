import { randomUUID } from 'node:crypto'
import type { Act, PersonId } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import { monthOf } from '../lib/time.ts'
import { enrolmentsOf } from './due-store.ts'
import type { Decision } from './enrolments-store.ts'
import * as store from './funerals-store.ts'
import { readLaw } from './law-store.ts'
import { funeralSupport } from './rules-funeral.ts'
import type { FuneralGround } from './rules-funeral.ts'
import type { LawLine } from './rules-facts.ts'
import { entitlement } from './rules.ts'

/** What an officer states that the registry cannot know: proven by papers in the file of the case. */
export type StatedGround = Extract<
  FuneralGround,
  'aged-80-on-survivor-allowance' | 'social-pension-applicant' | 'emergency'
>

/**
 * Opens a funeral case to whoever organises the funeral. What the dead had in the month of death gives the grounds
 * (Art 11, 25.3; Decree 176/2025 Art 5), with what is stated besides; the highest support is paid. Returns the case and
 * its line. Throws DomainError `death-not-confirmed`, `funeral-no-ground`, `funeral-opened`, `person-missing`.
 */
export async function openFuneral(
  tx: Tx,
  by: Act,
  of: {
    readonly personId: PersonId
    readonly organiserId: PersonId
    readonly certificate: string
    readonly stated: readonly StatedGround[]
  },
): Promise<{ readonly id: string; readonly line: LawLine }> {
  const person = await store.personPlace(tx, of.personId)
  await store.personPlace(tx, of.organiserId)
  const { diedOn, communeId } = person
  if (diedOn === null) {
    const message = 'Chưa xác nhận người này đã chết: xác nhận khai tử trước'
    throw new DomainError('conflict', 'death-not-confirmed', message)
  }
  const law = await readLaw(tx)
  const month = monthOf(diedOn)
  const had = entitlement(person, await enrolmentsOf(tx, [of.personId], month), month, law)
  const child = await store.wasChildOfSingleParent(tx, of.personId, diedOn)
  const grounds = [
    ...new Set([
      ...had.flatMap(groundOf),
      ...(child ? (['child-of-single-parent'] as const) : []),
      ...of.stated,
    ]),
  ]
  const id = randomUUID()
  const line = funeralSupport(id, diedOn, grounds, law)
  const { personId, organiserId, certificate } = of
  await store.insertFuneral(tx, {
    ...{ id, personId, communeId, organiserId, diedOn, certificate, grounds },
    openedBy: by.actor,
  })
  const detail = { grounds, amount: line.amount.toString() }
  await recordActs(tx, by, [{ act: 'funeral.open', subject: `funeral:${id}`, communeId, detail }])
  return { id, line }
}

/** Decides a funeral case as another person: its support comes on the next list. Throws DomainError `funeral-not-open`, `same-person`. */
export async function decideFuneral(
  tx: Tx,
  by: Act,
  of: { readonly id: string; readonly decision: Decision },
): Promise<void> {
  await decided(tx, by, { ...of, state: 'DECIDED' })
}

/** Rejects a funeral case as another person. Throws DomainError `funeral-not-open`, `same-person`. */
export async function rejectFuneral(tx: Tx, by: Act, of: { readonly id: string }): Promise<void> {
  await decided(tx, by, { id: of.id, decision: null, state: 'REJECTED' })
}

async function decided(
  tx: Tx,
  by: Act,
  of: {
    readonly id: string
    readonly decision: Decision | null
    readonly state: 'DECIDED' | 'REJECTED'
  },
): Promise<void> {
  const found = await store.decideCase(tx, { ...of, by: by.actor })
  if (found === undefined) {
    const message = 'Không có hồ sơ mai táng này hoặc đã có người quyết định: tải lại danh sách'
    throw new DomainError('conflict', 'funeral-not-open', message)
  }
  await recordActs(tx, by, [
    {
      ...{ act: `funeral.${of.state === 'DECIDED' ? 'decide' : 'reject'}` },
      ...{ subject: `funeral:${of.id}`, communeId: found.communeId },
      detail: { decision: of.decision?.number ?? null },
    },
  ])
}

function groundOf({ programme, component }: LawLine): readonly FuneralGround[] {
  if (component === 'institution') return ['institution']
  if (component !== 'monthly' && component !== 'children') return []
  return [programme === 'HTXH' ? 'social-pension' : 'community']
}
