import type { Act } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'
import * as store from './enrolments-store.ts'
import type { Decision, EnrolmentVersion } from './enrolments-store.ts'
import { insertChildren } from './registry-store.ts'

/** Writes versions of enrolments with their children, the act that made them and their audit events: four statements. */
export async function write(
  tx: Tx,
  by: Act,
  act: string,
  versions: readonly EnrolmentVersion[],
): Promise<void> {
  await store.insertVersions(tx, versions)
  await insertChildren(tx, versions)
  await recordEach(
    tx,
    by,
    act,
    versions.map((version) => ({ ...version, on: version.actedOn })),
  )
}

/** Writes an act on some enrolments with its one decision, and its audit events. */
export async function record(
  tx: Tx,
  by: Act,
  act: string,
  on: readonly { readonly id: string; readonly communeId: number }[],
  of: { readonly decision: Decision; readonly on: LocalDate },
): Promise<void> {
  const { decision, on: day } = of
  await recordEach(
    tx,
    by,
    act,
    on.map(({ id, communeId }) => ({ id, communeId, decision, on: day })),
  )
}

async function recordEach(
  tx: Tx,
  by: Act,
  act: string,
  rows: readonly {
    readonly id: string
    readonly communeId: number
    readonly decision: Decision
    readonly on: LocalDate
  }[],
): Promise<void> {
  await store.insertActs(
    tx,
    rows.map(({ id, communeId, decision, on }) => ({
      ...{ enrolmentId: id, communeId, act, decision, on, actor: by.actor },
    })),
  )
  await recordActs(
    tx,
    by,
    rows.map(({ id, communeId, decision }) => ({
      ...{ act: `enrolment.${act}`, subject: `enrolment:${id}`, communeId },
      detail: { decision: decision.number, date: decision.date },
    })),
  )
}
