import type { PersonId } from '../../lib/act.ts'
import type { Tx } from '../../lib/db.ts'

/** Why a session ended: its owner left, signed in anew, somebody ended it, or there were too many. */
export type EndReason = 'signed-out' | 'renewed' | 'ended' | 'limit'

/** A session as its owner and an administrator may see it. */
export interface SessionRow {
  readonly id: string
  readonly userId: PersonId
  readonly assurance: 1 | 2
  readonly provenAt: Date
  readonly createdAt: Date
  readonly seenAt: Date
  readonly endsAt: Date
  readonly agent: string
  readonly address: string
}

/** A session that lives, with its user's name and version. */
export interface LiveSession extends SessionRow {
  readonly name: string
  readonly userVersion: number
}

/** A new session; times in milliseconds since 1970. */
export interface NewSession {
  readonly secretHash: Buffer
  readonly userId: PersonId
  readonly userVersion: number
  readonly issuer: string
  readonly subject: string
  readonly assurance: number
  readonly provenAt: Date
  readonly at: Date
  readonly endsAt: Date
  readonly idleSeconds: number
  readonly agent: string
  readonly address: string
}

/** Enters a session and returns its id. */
export async function insertSession(tx: Tx, session: NewSession): Promise<string> {
  const { at, provenAt, endsAt } = session
  const [row] = await tx.$queryRaw<{ id: string }[]>`
    insert into session (secret_hash, user_id, user_version, issuer, subject, assurance, proven_at, created_at, seen_at,
                         idle_seconds, ends_at, agent, address)
    values (${session.secretHash}, ${session.userId}::uuid, ${session.userVersion}, ${session.issuer},
            ${session.subject}, ${session.assurance}, ${provenAt}, ${at}, ${at},
            ${session.idleSeconds}, ${endsAt}, ${session.agent}, ${session.address})
    returning id`
  return row?.id ?? ''
}

/**
 * The session that a secret's hash names, while it lives: not ended, neither of its limits reached, its user neither
 * disabled nor with other roles than at sign-in.
 */
export async function liveSession(
  tx: Tx,
  { secretHash, at }: { readonly secretHash: Buffer; readonly at: Date },
): Promise<LiveSession | null> {
  const [row] = await tx.$queryRaw<LiveSession[]>`
    select s.id, s.user_id as "userId", u.full_name as name, u.version as "userVersion", s.assurance, s.proven_at as "provenAt",
           s.created_at as "createdAt", s.seen_at as "seenAt", s.ends_at as "endsAt", s.agent, s.address
      from session s join app_user u on u.id = s.user_id
     where s.secret_hash = ${secretHash} and s.ended_at is null
       and ${at} < s.ends_at and ${at} < s.seen_at + make_interval(secs => s.idle_seconds)
       and u.disabled_at is null and u.version = s.user_version`
  return row ?? null
}

/** Notes that a session was used. Runs at most once in a while, and never takes time back. */
export async function seen(tx: Tx, id: string, at: Date): Promise<void> {
  await tx.$executeRaw`
    update session set seen_at = ${at} where id = ${id}::uuid and ended_at is null and seen_at < ${at}`
}

/** The sessions of a user that live at a moment, the newest first. */
export async function liveSessionsOf(
  tx: Tx,
  { user, at }: { readonly user: PersonId; readonly at: Date },
): Promise<readonly SessionRow[]> {
  return tx.$queryRaw<SessionRow[]>`
    select s.id, s.user_id as "userId", s.assurance, s.proven_at as "provenAt", s.created_at as "createdAt",
           s.seen_at as "seenAt", s.ends_at as "endsAt", s.agent, s.address
      from session s join app_user u on u.id = s.user_id
     where s.user_id = ${user}::uuid and s.ended_at is null
       and ${at} < s.ends_at and ${at} < s.seen_at + make_interval(secs => s.idle_seconds)
       and u.disabled_at is null and u.version = s.user_version
     order by s.created_at desc, s.id`
}

/** Ends sessions that have not ended; returns those that it ended, with their users. */
export async function endSessions(
  tx: Tx,
  end: {
    readonly ids: readonly string[]
    readonly by: PersonId
    readonly at: Date
    readonly reason: EndReason
  },
): Promise<readonly { readonly id: string; readonly userId: PersonId }[]> {
  return tx.$queryRaw<{ id: string; userId: PersonId }[]>`
    update session set ended_at = ${end.at}, ended_by = ${end.by}::uuid, end_reason = ${end.reason}
     where id = any (${[...end.ids]}::uuid[]) and ended_at is null returning id, user_id as "userId"`
}

/**
 * Whether a user has a role that moves money, of their own or standing in for another, on a day or the day after: a
 * session that runs over midnight is in time for a role that begins then.
 */
export async function movesMoney(
  tx: Tx,
  ask: { readonly user: PersonId; readonly at: Date },
): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ has: boolean }[]>`
    with days as (select daterange(day, day + 1, '[]') as both_days
                    from (select (${ask.at} at time zone 'Asia/Ho_Chi_Minh')::date as day) today),
    held as (
      select role, valid from role_grant where user_id = ${ask.user}::uuid and confirmed_by is not null and ended_by is null
      union all
      select role, valid from delegation where to_user = ${ask.user}::uuid and confirmed_by is not null and ended_by is null)
    select exists (select from days, held join role r on r.code = held.role where r.moves_money and held.valid && both_days) as has`
  return row?.has === true
}
