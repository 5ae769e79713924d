import type { PersonId } from '../../src/lib/act.ts'
import { openDesk } from './desk.ts'
import { fund, FUNDS } from './town.ts'

export type OfficeDesk = Awaited<ReturnType<typeof openOfficeDesk>>

/** A funded commune, the desks of its users, and a second administrator. */
export async function openOfficeDesk() {
  const desk = await openDesk([{ bank: 2, cash: 1 }])
  const [one] = desk.communes
  await fund(desk.database, one?.payingUnit ?? '', FUNDS)
  const id = '0000000b-0000-7000-8000-000000000031' as PersonId
  const second = { ...desk.user('administrator'), id }
  await desk.api.enter(second)
  return { desk, commune: one?.id ?? 0, second }
}
