import type { Act } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'
import * as store from './enrolments-store.ts'
import type { Decision, EnrolmentVersion } from './enrolments-store.ts'
import { insertChildren } from './registry-store.ts'

/** Writes a version of an enrolment with its children, the act that made it and its audit event. */
export async function write(
  tx: Tx,
  by: Act,
  act: string,
  version: EnrolmentVersion,
): Promise<void> {
  await store.insertVersion(tx, version)
  await insertChildren(tx, [version])
  await record(tx, by, act, [version], { decision: version.decision, on: version.actedOn })
}

/** Writes an act on some enrolments with its decision, and its audit events. */
export async function record(
  tx: Tx,
  by: Act,
  act: string,
  on: readonly { readonly id: string; readonly communeId: number }[],
  of: { readonly decision: Decision; readonly on: LocalDate },
): Promise<void> {
  await store.insertActs(
    tx,
    on.map(({ id, communeId }) => ({
      ...{ enrolmentId: id, communeId, act, decision: of.decision, on: of.on, actor: by.actor },
    })),
  )
  await recordActs(
    tx,
    by,
    on.map(({ id, communeId }) => ({
      ...{ act: `enrolment.${act}`, subject: `enrolment:${id}`, communeId },
      detail: { decision: of.decision.number, date: of.decision.date },
    })),
  )
}
