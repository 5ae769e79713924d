import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { LocalDate } from '../lib/time.ts'
import type { Decision } from './enrolments-store.ts'
import type { FuneralGround } from './rules-funeral.ts'

/** A person, and the commune of the latest enrolment or else of the residence. */
export interface PersonPlace {
  readonly communeId: number
  readonly fullName: string
  readonly birthDate: LocalDate
  readonly diedOn: LocalDate | null
}

/** Throws DomainError `person-missing`. */
export async function personPlace(tx: Tx, personId: PersonId): Promise<PersonPlace> {
  const [row] = await tx.$queryRaw<PersonPlace[]>`
    select coalesce((select e.commune_id from enrolment e where e.person_id = p.id and not e.void
                      order by e.valid_from desc, e.id limit 1), p.commune_id) as "communeId",
           p.full_name as "fullName", p.birth_date::text as "birthDate", p.died_on::text as "diedOn"
      from person p where p.id = ${personId}::uuid`
  if (row !== undefined) return row
  throw new DomainError('not-found', 'person-missing', 'Không có người này: nhập hồ sơ trước')
}

/** Whether somebody was paid for a person as a child of a single parent in the month of a day. */
export async function wasChildOfSingleParent(
  tx: Tx,
  personId: PersonId,
  on: LocalDate,
): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
    select 1 from enrolment_child c join enrolment e on e.id = c.enrolment_id
     where c.person_id = ${personId}::uuid and e.head = 'DTN_CON' and not e.void
       and e.valid_from <= ${on}::date and (e.valid_to is null or e.valid_to >= date_trunc('month', ${on}::date))`
  return rows.length > 0
}

/** Opens a case by one person. */
export async function insertFuneral(
  tx: Tx,
  of: {
    readonly id: string
    readonly personId: PersonId
    readonly communeId: number
    readonly organiserId: PersonId
    readonly diedOn: LocalDate
    readonly certificate: string
    readonly grounds: readonly FuneralGround[]
    readonly openedBy: PersonId
  },
): Promise<void> {
  await tx.$executeRaw`
    insert into funeral_case (id, person_id, commune_id, organiser_id, died_on, certificate, grounds, opened_by)
    values (${of.id}::uuid, ${of.personId}::uuid, ${of.communeId}, ${of.organiserId}::uuid, ${of.diedOn}::date, ${of.certificate},
            ${[...of.grounds]}::text[], ${of.openedBy}::uuid)`
}

/** Decides a case by another person; undefined when none waits. */
export async function decideCase(
  tx: Tx,
  of: {
    readonly id: string
    readonly state: 'DECIDED' | 'REJECTED'
    readonly by: PersonId
    readonly decision: Decision | null
  },
): Promise<{ readonly communeId: number } | undefined> {
  const [row] = await tx.$queryRaw<{ communeId: number }[]>`
    update funeral_case set state = ${of.state}, decided_by = ${of.by}::uuid, decision_number = ${of.decision?.number ?? null},
           decision_date = ${of.decision?.date ?? null}::date
     where id = ${of.id}::uuid and state = 'PROPOSED' returning commune_id as "communeId"`
  return row
}
