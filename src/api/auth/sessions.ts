import { createHash, randomBytes } from 'node:crypto'
import type { Act, PersonId } from '../../lib/act.ts'
import { recordActs } from '../../lib/audit.ts'
import type { Tx } from '../../lib/db.ts'
import { DomainError } from '../../lib/errors.ts'
import type { KnownUser, Login } from './logins-store.ts'
import { maskedAddress, maskedAgent } from './masked.ts'
import type { AuthSettings } from './settings.ts'
import * as store from './sessions-store.ts'
import type { EndReason, LiveSession, SessionRow } from './sessions-store.ts'

export type { LiveSession, SessionRow } from './sessions-store.ts'

/** A session's last use is written at most this often; a session may end so much early, never late. */
const SEEN_EVERY_MS = 30_000

const SECRET_BYTES = 32

/** Where a browser is and what it brought. */
export interface Visitor {
  readonly agent: string | undefined
  readonly address: string | undefined
  /** The secret of the session that it had until now. */
  readonly previous: string | null
}

/** A sign-in that the issuer vouches for. */
export interface Proof {
  readonly login: Login
  readonly assurance: 1 | 2
  readonly provenAt: Date
}

/**
 * Begins a session of a user in the caller's transaction: a fresh secret each time, the browser's old session ended, the
 * oldest of too many too. Returns the secret, which nobody keeps but the browser.
 */
export async function beginSession(
  tx: Tx,
  by: Act,
  begin: {
    readonly user: KnownUser
    readonly proof: Proof
    readonly visitor: Visitor
    readonly at: Date
    readonly limits: AuthSettings['sessions']
  },
): Promise<string> {
  const { user, proof, visitor, at, limits } = begin
  await makeRoom(tx, by, begin)
  const secret = randomBytes(SECRET_BYTES).toString('base64url')
  // Of roles that move money sessions may lie idle half as long (reliability.md D3, row 21).
  const money = await store.movesMoney(tx, { user: user.id, at })
  const id = await store.insertSession(tx, {
    ...{ ...proof.login, secretHash: hashOf(secret), userId: user.id, userVersion: user.version },
    ...{ assurance: proof.assurance, at, endsAt: new Date(at.getTime() + limits.seconds * 1_000) },
    provenAt: proof.provenAt < at ? proof.provenAt : at,
    idleSeconds: money ? limits.treasuryIdleSeconds : limits.idleSeconds,
    ...{ agent: maskedAgent(visitor.agent), address: maskedAddress(visitor.address) },
  })
  const detail = { assurance: proof.assurance }
  await recordActs(tx, by, [{ act: 'session.begin', subject: `session:${id}`, detail }])
  return secret
}

/** Ends what the new session of a user takes the place of. */
async function makeRoom(
  tx: Tx,
  by: Act,
  { user, visitor, at, limits }: Parameters<typeof beginSession>[2],
): Promise<void> {
  const { previous } = visitor
  if (previous !== null) {
    const old = await store.liveSession(tx, { secretHash: hashOf(previous), at })
    if (old !== null) await end(tx, by, { ids: [old.id], at, reason: 'renewed' })
  }
  const others = await store.liveSessionsOf(tx, { user: user.id, at })
  const tooMany = others.slice(limits.perUser - 1).map(({ id }) => id)
  await end(tx, by, { ids: tooMany, at, reason: 'limit' })
}

/** The living session of a secret; null for any other. */
export async function findSession(tx: Tx, secret: string, at: Date): Promise<LiveSession | null> {
  const session = await store.liveSession(tx, { secretHash: hashOf(secret), at })
  if (session !== null && at.getTime() - session.seenAt.getTime() >= SEEN_EVERY_MS) {
    await store.seen(tx, session.id, at)
  }
  return session
}

/** The sessions of a user that live at a moment, the newest first. */
export async function listSessions(
  tx: Tx,
  of: { readonly user: PersonId; readonly at: Date },
): Promise<readonly SessionRow[]> {
  return store.liveSessionsOf(tx, of)
}

/**
 * Ends a session of a user, who does it themselves or whose administrator does. Throws DomainError `session-missing` when
 * the user has no such session, or it is over.
 */
export async function endSession(
  tx: Tx,
  by: Act,
  ask: {
    readonly id: string
    readonly user: PersonId
    readonly at: Date
  },
): Promise<void> {
  const living = await store.liveSessionsOf(tx, ask)
  if (!living.some(({ id }) => id === ask.id)) {
    throw new DomainError('not-found', 'session-missing', 'Không có phiên này, hoặc phiên đã hết')
  }
  await end(tx, by, { ids: [ask.id], at: ask.at, reason: 'ended' })
}

/** Ends the session of whoever holds its secret: they sign out. Nothing happens when it is over already. */
export async function endOwnSession(tx: Tx, secret: string, at: Date): Promise<void> {
  const session = await store.liveSession(tx, { secretHash: hashOf(secret), at })
  if (session === null) return
  const by: Act = { actor: session.userId, via: 'sign-in', scope: 'province' }
  await end(tx, by, { ids: [session.id], at, reason: 'signed-out' })
}

/** Ends every session of a user. Returns how many. */
export async function endAllSessions(
  tx: Tx,
  by: Act,
  of: { readonly user: PersonId; readonly at: Date },
): Promise<number> {
  const ids = (await store.liveSessionsOf(tx, of)).map(({ id }) => id)
  return end(tx, by, { ids, at: of.at, reason: 'ended' })
}

async function end(
  tx: Tx,
  by: Act,
  what: { readonly ids: readonly string[]; readonly at: Date; readonly reason: EndReason },
): Promise<number> {
  if (what.ids.length === 0) return 0
  const ended = await store.endSessions(tx, { ...what, by: by.actor })
  const detail = { reason: what.reason }
  await recordActs(
    tx,
    by,
    ended.map(({ id }) => ({ act: 'session.end', subject: `session:${id}`, detail })),
  )
  return ended.length
}

/** A fast hash will do: nobody guesses 256 random bits. */
function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}
