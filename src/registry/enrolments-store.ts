import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import type { LawChild } from './rules-ages.ts'

/** The decision that an act rests on. */
export interface Decision {
  readonly number: string
  readonly date: LocalDate
}

/** What an enrolment is decided with: the facts that the law asks for. */
export interface EnrolmentFacts {
  /** Of the certificate of disability (5.6). */
  readonly certificateMonth: Month | null
  /** Of the written request for the social pension. */
  readonly requestedOn: LocalDate | null
  readonly studyingUntil: LocalDate | null
  readonly pregnantUntil: LocalDate | null
  /** Of two disabled spouses one has the share of 20.2.a. */
  readonly spouseId: PersonId | null
  readonly poor: boolean
  readonly children: readonly LawChild[]
}

/** A version of an enrolment to be written. */
export interface EnrolmentVersion extends EnrolmentFacts {
  readonly id: string
  readonly personId: PersonId
  readonly communeId: number
  readonly programme: string
  /** A category, or a head. */
  readonly categoryCode: string
  readonly start: Month
  readonly decision: Decision
  readonly actedOn: LocalDate
  readonly replaces: string | null
  /** Mã hồ sơ; null: not known. */
  readonly dossierNumber: string | null
}

/** An enrolment as an act finds it, locked. */
export interface OpenEnrolment extends EnrolmentFacts {
  readonly id: string
  readonly personId: PersonId
  readonly communeId: number
  readonly programme: string
  readonly categoryCode: string
  readonly head: string
  readonly start: Month
  readonly last: Month | null
  readonly stopReason: string | null
  readonly birthDate: LocalDate
  readonly dossierNumber: string | null
}

/** Writes versions in one statement; who receives them is the payee's matter. */
export async function insertVersions(tx: Tx, rows: readonly EnrolmentVersion[]): Promise<void> {
  await tx.$executeRaw`
    insert into enrolment (id, person_id, commune_id, programme, category_code, valid_from, decision_number, decision_date,
      certificate_month, requested_on, studying_until, pregnant_until, spouse_id, poor, taken_over, acted_on, replaces, dossier_number)
    select n.id, n.person_id, n.commune_id, n.programme, n.category, n.start, n.number, n.decided, n.certificate, n.requested,
           n.studying, n.pregnant, n.spouse, n.poor, false, n.acted_on, n.replaces, n.dossier
      from unnest(${rows.map((r) => r.id)}::uuid[], ${rows.map((r) => r.personId)}::uuid[], ${rows.map((r) => r.communeId)}::integer[],
             ${rows.map((r) => r.programme)}::text[], ${rows.map((r) => r.categoryCode)}::text[], ${rows.map((r) => r.start)}::date[],
             ${rows.map((r) => r.decision.number)}::text[], ${rows.map((r) => r.decision.date)}::date[],
             ${rows.map((r) => r.certificateMonth)}::date[], ${rows.map((r) => r.requestedOn)}::date[],
             ${rows.map((r) => r.studyingUntil)}::date[], ${rows.map((r) => r.pregnantUntil)}::date[],
             ${rows.map((r) => r.spouseId)}::uuid[], ${rows.map((r) => r.poor)}::boolean[], ${rows.map((r) => r.actedOn)}::date[],
             ${rows.map((r) => r.replaces)}::uuid[], ${rows.map((r) => r.dossierNumber)}::text[])
        as n (id, person_id, commune_id, programme, category, start, number, decided, certificate, requested, studying, pregnant,
              spouse, poor, acted_on, replaces, dossier)`
}

/** Locks the enrolments of a person that have not ended before a month, in the order of their starts. */
export async function lockOpen(
  tx: Tx,
  personId: PersonId,
  month: Month,
): Promise<readonly OpenEnrolment[]> {
  return tx.$queryRaw<OpenEnrolment[]>`
    select e.id, e.person_id as "personId", e.commune_id as "communeId", e.programme, e.category_code as "categoryCode", e.head,
           to_char(e.valid_from, 'YYYY-MM-01') as start, to_char(e.valid_to, 'YYYY-MM-01') as last, e.stop_reason as "stopReason",
           e.certificate_month::text as "certificateMonth", e.requested_on::text as "requestedOn", e.studying_until::text as "studyingUntil",
           e.pregnant_until::text as "pregnantUntil", e.spouse_id as "spouseId", e.poor, e.dossier_number as "dossierNumber", p.birth_date::text as "birthDate",
           (select coalesce(json_agg(json_build_object('birthDate', c.birth_date, 'studyingUntil', c.studying_until, 'personId', c.person_id) order by c.number), '[]')
              from enrolment_child c where c.enrolment_id = e.id) as children
      from enrolment e join person p on p.id = e.person_id
     where e.person_id = ${personId}::uuid and not e.void and (e.valid_to is null or e.valid_to >= ${month}::date)
     order by e.valid_from, e.id for update of e`
}

/** The enrolments of a person that ended because she moved away, the latest of each head. */
export async function movedOut(tx: Tx, personId: PersonId): Promise<readonly OpenEnrolment[]> {
  return tx.$queryRaw<OpenEnrolment[]>`
    select distinct on (e.head) e.id, e.person_id as "personId", e.commune_id as "communeId", e.programme,
           e.category_code as "categoryCode", e.head, to_char(e.valid_from, 'YYYY-MM-01') as start,
           to_char(e.valid_to, 'YYYY-MM-01') as last, e.stop_reason as "stopReason",
           e.certificate_month::text as "certificateMonth", e.requested_on::text as "requestedOn", e.studying_until::text as "studyingUntil",
           e.pregnant_until::text as "pregnantUntil", e.spouse_id as "spouseId", e.poor, e.dossier_number as "dossierNumber", p.birth_date::text as "birthDate",
           (select coalesce(json_agg(json_build_object('birthDate', c.birth_date, 'studyingUntil', c.studying_until, 'personId', c.person_id) order by c.number), '[]')
              from enrolment_child c where c.enrolment_id = e.id) as children
      from enrolment e join person p on p.id = e.person_id
     where e.person_id = ${personId}::uuid and not e.void and e.stop_reason = 'MOVED'
       and not exists (select 1 from enrolment later where later.replaces = e.id)
     order by e.head, e.valid_from desc`
}

/** Ends versions with the last day of a month; one that would begin later is void. */
export async function endVersions(
  tx: Tx,
  ids: readonly string[],
  end: {
    readonly last: Month
    readonly on: LocalDate
    readonly reason: string | null
    readonly decision: string | null
  },
): Promise<void> {
  await tx.$executeRaw`
    update enrolment e set
           void = e.valid_from > ${end.last}::date,
           valid_to = case when e.valid_from > ${end.last}::date then e.valid_to
                           else (${end.last}::date + interval '1 month - 1 day')::date end,
           stop_reason = case when e.valid_from > ${end.last}::date then e.stop_reason else ${end.reason} end,
           stop_decision = ${end.decision}, acted_on = ${end.on}::date
     where e.id = any(${[...ids]}::uuid[])`
}

/** Writes which decision did what to some enrolments. */
export async function insertActs(
  tx: Tx,
  acts: readonly {
    readonly enrolmentId: string
    readonly communeId: number
    readonly act: string
    readonly decision: Decision
    readonly on: LocalDate
    readonly actor: PersonId
  }[],
): Promise<void> {
  await tx.$executeRaw`
    insert into enrolment_act (enrolment_id, commune_id, act, decision_number, decision_date, acted_on, actor)
    select * from unnest(${acts.map((a) => a.enrolmentId)}::uuid[], ${acts.map((a) => a.communeId)}::integer[], ${acts.map((a) => a.act)}::text[],
      ${acts.map((a) => a.decision.number)}::text[], ${acts.map((a) => a.decision.date)}::date[], ${acts.map((a) => a.on)}::date[],
      ${acts.map((a) => a.actor)}::uuid[])`
}

/** The district of a commune, null from 2025-07 on; undefined for no commune. */
export async function districtOf(tx: Tx, communeId: number): Promise<string | null | undefined> {
  const [row] = await tx.$queryRaw<
    { district: string | null }[]
  >`select district_code as district from commune where id = ${communeId}`
  return row?.district
}

/** Whether a code of a reason to stop or to suspend is known. */
export async function hasReason(tx: Tx, code: string, kind: 'stop' | 'suspend'): Promise<boolean> {
  const rows = await tx.$queryRaw<
    unknown[]
  >`select 1 from stop_reason where code = ${code} and kind = ${kind}`
  return rows.length > 0
}

/** A version of an enrolment as it is read: neutral where the category must not show (Decree 20/2021 Art 8.1.b). */
export interface EnrolmentRead {
  readonly id: string
  readonly programme: string
  readonly categoryCode: string
  readonly communeId: number
  readonly start: Month
  readonly last: Month | null
  readonly stopReason: string | null
  readonly decisionNumber: string | null
  readonly decisionDate: LocalDate | null
  readonly dossierNumber: string | null
  readonly replaces: string | null
}

/** All versions of a person's enrolments that count, in the order of their starts. */
export async function versionsOf(tx: Tx, personId: PersonId): Promise<readonly EnrolmentRead[]> {
  return tx.$queryRaw<EnrolmentRead[]>`
    select e.id, e.programme, coalesce((select c.neutral_code from benefit_category c where c.confidential and e.category_code in (c.code, c.head) limit 1),
             e.category_code) as "categoryCode", e.commune_id as "communeId", to_char(e.valid_from, 'YYYY-MM-01') as start,
           to_char(e.valid_to, 'YYYY-MM-01') as last, e.stop_reason as "stopReason", e.decision_number as "decisionNumber",
           e.decision_date::text as "decisionDate", e.dossier_number as "dossierNumber", e.replaces
      from enrolment e where e.person_id = ${personId}::uuid and not e.void order by e.valid_from, e.id`
}
