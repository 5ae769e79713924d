import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'
import type { Action } from './actions.ts'
import type { Matrix } from './matrix.ts'

/** Brings the matrix of roles to what the files say: the data of prisma/access and nothing else. Runs as the owner. */
export async function loadMatrix(tx: Tx, { roles, roleActions, incompatible }: Matrix) {
  await tx.$executeRaw`
    insert into role (code, name_vi, name_en, scope, moves_money)
    select * from unnest(${roles.map((r) => r.code)}::text[], ${roles.map((r) => r.nameVi)}::text[],
      ${roles.map((r) => r.nameEn)}::text[], ${roles.map((r) => r.scope)}::text[], ${roles.map((r) => r.movesMoney)}::boolean[])
    on conflict (code) do update set name_vi = excluded.name_vi, name_en = excluded.name_en, moves_money = excluded.moves_money`
  await tx.$executeRaw`delete from role_action`
  await tx.$executeRaw`
    insert into role_action (role, action, assurance, fresh)
    select * from unnest(${roleActions.map((a) => a.role)}::text[], ${roleActions.map((a) => a.action)}::text[],
      ${roleActions.map((a) => a.assurance)}::smallint[], ${roleActions.map((a) => a.fresh)}::boolean[])`
  await tx.$executeRaw`delete from incompatible_act`
  await tx.$executeRaw`
    insert into incompatible_act (one, other, reason_vi, reason_en)
    select * from unnest(${incompatible.map((i) => i.one)}::text[], ${incompatible.map((i) => i.other)}::text[],
      ${incompatible.map((i) => i.reasonVi)}::text[], ${incompatible.map((i) => i.reasonEn)}::text[])`
}

/** One action that somebody's role allows on a day. */
export interface HeldAction {
  readonly grant: string
  readonly role: string
  readonly communes: readonly number[] | null
  readonly deputyFor: PersonId | null
  readonly action: Action
  readonly assurance: number
  readonly fresh: boolean
}

/**
 * What a user's roles allow on a day: their own, and those of whom they stand in for, which count only while the other
 * has them too. A disabled user has none.
 */
export async function heldOn(
  tx: Tx,
  user: PersonId,
  on: LocalDate,
): Promise<readonly HeldAction[]> {
  return tx.$queryRaw<HeldAction[]>`
    with held as (
      select g.id::text as grant, g.role, g.communes, null::uuid as deputy_for
        from role_grant g
       where g.user_id = ${user}::uuid and g.confirmed_by is not null and g.ended_by is null and g.valid @> ${on}::date
      union all
      select d.id || ':' || g.id, g.role, g.communes, d.from_user
        from delegation d join role_grant g on g.user_id = d.from_user and g.role = d.role
       where d.to_user = ${user}::uuid and d.confirmed_by is not null and d.ended_by is null and d.valid @> ${on}::date
         and g.confirmed_by is not null and g.ended_by is null and g.valid @> ${on}::date)
    select h.grant, h.role, h.communes, h.deputy_for as "deputyFor", a.action, a.assurance, a.fresh
      from held h join role_action a on a.role = h.role
     where exists (select from app_user u where u.id = ${user}::uuid and u.disabled_at is null)
     order by h.grant, a.action`
}

/** An act that keeps somebody from another about the same thing. */
export interface Duty {
  readonly act: string
  readonly actor: PersonId
  readonly recordedAt: Date
  readonly reasonVi: string
  readonly reasonEn: string
}

/** What persons did to a thing (a subject of the audit trail) that keeps them from an act (LB050 says the same at the act). */
export async function dutiesAgainst(
  tx: Tx,
  query: { readonly persons: readonly PersonId[]; readonly act: string; readonly subject: string },
): Promise<readonly Duty[]> {
  return tx.$queryRaw<Duty[]>`
    select act, actor, recorded_at as "recordedAt", reason_vi as "reasonVi", reason_en as "reasonEn"
      from duties_against(${[...query.persons]}::uuid[], ${query.act}, ${query.subject})`
}
