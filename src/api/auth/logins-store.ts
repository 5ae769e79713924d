import type { PersonId } from '../../lib/act.ts'
import type { Tx } from '../../lib/db.ts'

/** An account at an issuer. */
export interface Login {
  readonly issuer: string
  readonly subject: string
}

/** Who an account signs in for. */
export interface KnownUser {
  readonly id: PersonId
  readonly kind: 'officer' | 'service'
  readonly name: string
  readonly version: number
  readonly disabled: boolean
  readonly idIndex: string | null
}

/** The user of an account; null: nobody's. */
export async function userByLogin(tx: Tx, { issuer, subject }: Login): Promise<KnownUser | null> {
  const [row] = await tx.$queryRaw<KnownUser[]>`
    select u.id, u.kind, u.full_name as name, u.version, u.disabled_at is not null as disabled, u.id_index as "idIndex"
      from user_login l join app_user u on u.id = l.user_id
     where l.issuer = ${issuer} and l.subject = ${subject}`
  return row ?? null
}

/** The user with an identity number, by its blind index. */
export async function userByIdIndex(tx: Tx, idIndex: string): Promise<KnownUser | null> {
  const [row] = await tx.$queryRaw<KnownUser[]>`
    select id, kind, full_name as name, version, disabled_at is not null as disabled, id_index as "idIndex"
      from app_user where id_index = ${idIndex}`
  return row ?? null
}

/** Holds a user as they are until the transaction ends: one sign-in of a user at a time. */
export async function lockUser(tx: Tx, user: PersonId): Promise<void> {
  await tx.$queryRaw`select from app_user where id = ${user}::uuid for no key update`
}

/** Lets an account sign in for a user; false: somebody was faster. */
export async function insertLogin(tx: Tx, login: Login, user: PersonId): Promise<boolean> {
  const inserted = await tx.$executeRaw`
    insert into user_login (issuer, subject, user_id) values (${login.issuer}, ${login.subject}, ${user}::uuid)
    on conflict do nothing`
  return inserted === 1
}
