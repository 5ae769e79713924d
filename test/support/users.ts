import { randomUUID } from 'node:crypto'
import { userIdIndex } from '../../src/access/id-index.ts'
import type { PersonId } from '../../src/lib/act.ts'
import type { FreshDatabase } from './database.ts'
import { vault } from './vault.ts'

/** Enters a user as set-up would; a login is where they sign in. */
export async function enterUser(
  { admin }: Pick<FreshDatabase, 'admin'>,
  user: {
    readonly kind?: 'officer' | 'service'
    readonly name: string
    readonly idNumber?: string
    readonly login?: { readonly issuer: string; readonly subject: string }
  },
): Promise<PersonId> {
  const id = randomUUID() as PersonId
  const { kind = 'officer', name, idNumber, login } = user
  const index = idNumber === undefined ? null : userIdIndex(vault, idNumber)
  await admin.query(
    'insert into app_user (id, kind, full_name, id_index, created_by) values ($1, $2, $3, $4, $1)',
    [id, kind, name, index],
  )
  if (login !== undefined) {
    await admin.query('insert into user_login (issuer, subject, user_id) values ($1, $2, $3)', [
      ...[login.issuer, login.subject, id],
    ])
  }
  return id
}

/** Gives a user a role of the province from a day on, on the word of two others; asked for first, confirmed then. */
export async function grantRole(
  { admin }: Pick<FreshDatabase, 'admin'>,
  {
    user,
    role,
    from = '2020-01-01',
  }: { readonly user: PersonId; readonly role: string; readonly from?: string },
): Promise<void> {
  await admin.query(
    `insert into role (code, name_vi, name_en, scope) values ($1, $1, $1, 'province') on conflict do nothing`,
    [role],
  )
  const { rows } = await admin.query<{ id: string }>(
    `insert into role_grant (user_id, role, valid, document, requested_by)
     values ($1, $2, daterange($3::date, null), 'QĐ 1', gen_random_uuid()) returning id`,
    [user, role, from],
  )
  await admin.query(
    'update role_grant set confirmed_by = gen_random_uuid(), confirmed_at = clock_timestamp() where id = $1',
    [rows[0]?.id],
  )
}
