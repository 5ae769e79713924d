import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'

/** A user as others may see them. */
export interface UserRow {
  readonly id: PersonId
  readonly kind: 'officer' | 'service'
  readonly fullName: string
  readonly disabled: boolean
  readonly version: number
}

/** A role granted to a user, or asked for: `until` is the last day, null without an end. */
export interface GrantRow {
  readonly id: string
  readonly userId: PersonId
  readonly role: string
  readonly communes: readonly number[] | null
  readonly since: LocalDate
  readonly until: LocalDate | null
  readonly document: string
  readonly requestedBy: PersonId
  readonly confirmedBy: PersonId | null
  readonly endedBy: PersonId | null
}

/** A new user; the index is the blind one of the identity number, null for a service. */
export interface NewUser {
  readonly id: PersonId
  readonly kind: 'officer' | 'service'
  readonly fullName: string
  readonly idIndex: string | null
}

/** Enters a user. A second one with the same identity number is refused by `app_user_id_index_key`. */
export async function insertUser(tx: Tx, user: NewUser, createdBy: PersonId): Promise<boolean> {
  const inserted = await tx.$executeRaw`
    insert into app_user (id, kind, full_name, id_index, created_by)
    values (${user.id}::uuid, ${user.kind}, ${user.fullName}, ${user.idIndex}, ${createdBy}::uuid) on conflict do nothing`
  return inserted === 1
}

/** Lets an account at an issuer sign in for a user. False: the account is somebody's already. */
export async function insertLogin(
  tx: Tx,
  login: { readonly issuer: string; readonly subject: string; readonly user: PersonId },
): Promise<boolean> {
  const inserted = await tx.$executeRaw`
    insert into user_login (issuer, subject, user_id) values (${login.issuer}, ${login.subject}, ${login.user}::uuid)
    on conflict do nothing`
  return inserted === 1
}

/** Users after a name and id (keyset), in the order of names; at most `limit`. */
export async function usersAfter(
  tx: Tx,
  page: { readonly after: string | null; readonly limit: number },
): Promise<readonly UserRow[]> {
  return tx.$queryRaw<UserRow[]>`
    select id, kind, full_name as "fullName", disabled_at is not null as disabled, version from app_user
     where ${page.after}::uuid is null or id > ${page.after}::uuid order by id limit ${page.limit}`
}

/** The user of an id; undefined without one. */
export async function userById(tx: Tx, id: string): Promise<UserRow | undefined> {
  const [row] = await tx.$queryRaw<UserRow[]>`
    select id, kind, full_name as "fullName", disabled_at is not null as disabled, version from app_user where id = ${id}::uuid`
  return row
}

/** Disables a user, whose sessions end with it. False: was disabled. */
export async function disableUser(tx: Tx, id: PersonId): Promise<boolean> {
  const changed = await tx.$executeRaw`
    update app_user set disabled_at = clock_timestamp(), version = version + 1 where id = ${id}::uuid and disabled_at is null`
  return changed === 1
}

/** Grants of some users, asked for, confirmed and ended, in order. */
export async function grantsOf(tx: Tx, users: readonly string[]): Promise<readonly GrantRow[]> {
  return tx.$queryRaw<GrantRow[]>`
    select id, user_id as "userId", role, communes, lower(valid)::text as since, (upper(valid) - 1)::text as until, document,
           requested_by as "requestedBy", confirmed_by as "confirmedBy", ended_by as "endedBy"
      from role_grant where user_id = any (${[...users]}::uuid[]) order by requested_at, id`
}

/** A role as asked for. */
export interface NewGrant extends Pick<
  GrantRow,
  'userId' | 'role' | 'communes' | 'since' | 'until' | 'document'
> {
  readonly requestedBy: PersonId
  readonly confirmedBy: PersonId
}

/** Grants a role that two people have asked for. The database refuses whoever gets it as one of the two. Returns its id. */
export async function insertGrant(tx: Tx, grant: NewGrant): Promise<string> {
  const [row] = await tx.$queryRaw<{ id: string }[]>`
    insert into role_grant (user_id, role, communes, valid, document, requested_by, confirmed_by, confirmed_at)
    select ${grant.userId}::uuid, r.code, ${grant.communes === null ? null : [...grant.communes]}::integer[],
           daterange(${grant.since}::date, ${grant.until}::date, '[]'), ${grant.document}, ${grant.requestedBy}::uuid,
           ${grant.confirmedBy}::uuid, clock_timestamp()
      from role r where r.code = ${grant.role} and (r.scope = 'province') = (${grant.communes === null ? null : [...grant.communes]}::integer[] is null)
    returning id`
  await tx.$executeRaw`update app_user set version = version + 1 where id = ${grant.userId}::uuid`
  return row?.id ?? ''
}

/** Ends a grant at once. False: it was ended, or there is none. */
export async function endGrant(tx: Tx, id: string, by: PersonId): Promise<boolean> {
  const changed = await tx.$executeRaw`
    update role_grant set ended_by = ${by}::uuid, ended_at = clock_timestamp() where id = ${id}::uuid and ended_by is null`
  return changed === 1
}

/** Leave cover as two people have agreed on; the third confirms. */
export interface NewDelegation {
  readonly fromUser: PersonId
  readonly toUser: PersonId
  readonly role: string
  readonly since: LocalDate
  readonly until: LocalDate
  readonly reason: string
  readonly requestedBy: PersonId
  readonly confirmedBy: PersonId
}

/** Lets one user stand in for another in a role. The database refuses whoever gains by it. Returns its id. */
export async function insertDelegation(tx: Tx, one: NewDelegation): Promise<string> {
  const [row] = await tx.$queryRaw<{ id: string }[]>`
    insert into delegation (from_user, to_user, role, valid, reason, requested_by, confirmed_by, confirmed_at)
    values (${one.fromUser}::uuid, ${one.toUser}::uuid, ${one.role}, daterange(${one.since}::date, ${one.until}::date, '[]'),
            ${one.reason}, ${one.requestedBy}::uuid, ${one.confirmedBy}::uuid, clock_timestamp())
    returning id`
  await tx.$executeRaw`update app_user set version = version + 1 where id = ${one.toUser}::uuid`
  return row?.id ?? ''
}

/** A delegation as it was agreed on, and whether it was ended. */
export interface DelegationRow extends NewDelegation {
  readonly id: string
  readonly endedBy: PersonId | null
}

/** Delegations from or to a user, in the order in which they were asked for. */
export async function delegationsOf(tx: Tx, user: string): Promise<readonly DelegationRow[]> {
  return tx.$queryRaw<DelegationRow[]>`
    select id, from_user as "fromUser", to_user as "toUser", role, lower(valid)::text as since, (upper(valid) - 1)::text as until, reason,
           requested_by as "requestedBy", confirmed_by as "confirmedBy", ended_by as "endedBy"
      from delegation where ${user}::uuid in (from_user, to_user) order by requested_at, id`
}

/** Ends a delegation at once. False: it was ended, or there is none. */
export async function endDelegation(tx: Tx, id: string, by: PersonId): Promise<boolean> {
  const changed = await tx.$executeRaw`
    update delegation set ended_by = ${by}::uuid, ended_at = clock_timestamp() where id = ${id}::uuid and ended_by is null`
  return changed === 1
}

/** A role, and what it may do. */
export interface RoleRow {
  readonly code: string
  readonly nameVi: string
  readonly nameEn: string
  readonly scope: 'communes' | 'province'
  readonly actions: readonly string[]
}

/** The matrix as it is in force. */
export async function rolesNow(tx: Tx): Promise<readonly RoleRow[]> {
  return tx.$queryRaw<RoleRow[]>`
    select r.code, r.name_vi as "nameVi", r.name_en as "nameEn", r.scope, array_agg(a.action order by a.action) as actions
      from role r join role_action a on a.role = r.code group by r.code order by r.code`
}
