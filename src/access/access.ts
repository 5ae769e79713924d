import type { Act, PersonId } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { LocalDate } from '../lib/time.ts'
import { userIdIndex } from './id-index.ts'
import * as store from './access-store.ts'
import type { HeldAction } from './access-store.ts'
import { readMatrix } from './matrix.ts'
import { permissionFor } from './standing.ts'
import type { Held } from './standing.ts'
import * as users from './users-store.ts'
import type { NewDelegation, NewGrant, NewUser } from './users-store.ts'

export type { Action } from './actions.ts'
export type { Held, Permission } from './standing.ts'

/** What a user's roles allow on a day, as `permissionFor` takes it. */
async function heldOn(tx: Tx, user: PersonId, on: LocalDate): Promise<readonly Held[]> {
  const rows = await store.heldOn(tx, user, on)
  const byGrant = new Map<string, HeldAction[]>()
  for (const row of rows) {
    const known = byGrant.get(row.grant)
    if (known === undefined) byGrant.set(row.grant, [row])
    else known.push(row)
  }
  return [...byGrant.values()].flatMap((of) => {
    const [first] = of
    if (first === undefined) return []
    const actions = new Map(
      of.map(({ action, assurance, fresh }) => [action, { assurance, fresh }]),
    )
    const { role, communes, deputyFor } = first
    return [{ role, communes, deputyFor, actions }]
  })
}

/**
 * Enters a user with an account that signs in for them. Throws DomainError `user-known` when the person is a user or the
 * account is somebody's.
 */
async function enterUser(
  tx: Tx,
  by: Act,
  user: NewUser,
  login: { readonly issuer: string; readonly subject: string } | null,
): Promise<void> {
  const known = new DomainError('conflict', 'user-known', 'Người này hoặc tài khoản này đã có')
  if (!(await users.insertUser(tx, user, by.actor))) throw known
  if (login !== null && !(await users.insertLogin(tx, { ...login, user: user.id }))) throw known
  await recordActs(tx, by, [
    { act: 'user.enter', subject: `user:${user.id}`, detail: { kind: user.kind } },
  ])
}

/** Disables a user; their sessions are over with it. Throws DomainError `user-missing`. */
async function disableUser(tx: Tx, by: Act, id: PersonId): Promise<void> {
  if (!(await users.disableUser(tx, id))) throw missing()
  await recordActs(tx, by, [{ act: 'user.disable', subject: `user:${id}` }])
}

/**
 * Grants a role on the word of two people, neither of them the user (law 7). Throws DomainError `role-scope` when the
 * role does not exist, or wants communes and has none, or the other way round.
 */
async function grant(tx: Tx, by: Act, asked: Omit<NewGrant, 'requestedBy'>): Promise<string> {
  const id = await users.insertGrant(tx, { ...asked, requestedBy: by.actor })
  if (id === '') {
    const message = 'Vai trò không có, hoặc phạm vi không đúng với vai trò (xã hay tỉnh)'
    throw new DomainError('invalid', 'role-scope', message)
  }
  const { role, communes, since, until, document, confirmedBy } = asked
  const detail = { role, communes, since, until, document, confirmedBy }
  await recordActs(tx, by, [{ act: 'user.grant', subject: `user:${asked.userId}`, detail }])
  return id
}

/** Ends a role at once. Throws DomainError `grant-missing`. */
async function endGrant(tx: Tx, by: Act, id: string): Promise<void> {
  if (!(await users.endGrant(tx, id, by.actor))) {
    throw new DomainError('not-found', 'grant-missing', 'Không có vai trò này, hoặc đã hết')
  }
  await recordActs(tx, by, [{ act: 'user.end-grant', subject: `grant:${id}` }])
}

/** Lets one user stand in for another in a role, for some days, on the word of two people (law 7). Returns its id. */
async function delegate(
  tx: Tx,
  by: Act,
  asked: Omit<NewDelegation, 'requestedBy'>,
): Promise<string> {
  const id = await users.insertDelegation(tx, { ...asked, requestedBy: by.actor })
  const { toUser, role, since, until, reason, confirmedBy } = asked
  const detail = { toUser, role, since, until, reason, confirmedBy }
  await recordActs(tx, by, [{ act: 'user.delegate', subject: `user:${asked.fromUser}`, detail }])
  return id
}

/** Ends leave cover at once. Throws DomainError `delegation-missing`. */
async function endDelegation(tx: Tx, by: Act, id: string): Promise<void> {
  if (!(await users.endDelegation(tx, id, by.actor))) {
    throw new DomainError('not-found', 'delegation-missing', 'Không có ủy quyền này, hoặc đã hết')
  }
  await recordActs(tx, by, [{ act: 'user.end-delegation', subject: `delegation:${id}` }])
}

const missing = () => new DomainError('not-found', 'user-missing', 'Không có người dùng này')

/** The face of access: users, their roles, who stands in for whom, and what keeps a person from an act. */
export const access = {
  userIdIndex,
  permissionFor,
  heldOn,
  dutiesAgainst: store.dutiesAgainst,
  enterUser,
  disableUser,
  grant,
  endGrant,
  delegate,
  users: users.usersAfter,
  userById: users.userById,
  grantsOf: users.grantsOf,
  delegationsOf: users.delegationsOf,
  endDelegation,
  roles: users.rolesNow,
}

/** Brings the roles in the database to what prisma/access says. Runs as the owner, at set-up. */
export async function setUpAccess(tx: Tx, folder: string): Promise<void> {
  await store.loadMatrix(tx, readMatrix(folder))
}
