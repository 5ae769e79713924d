import type { Tx } from '../lib/db.ts'
import type { OutgoingKind } from './outgoing-targets.ts'

export type DeliveryState = 'PENDING' | 'DELIVERED' | 'GIVEN_UP'

/** A delivery that was taken to be tried. */
export interface DueDelivery {
  readonly eventId: bigint
  readonly target: string
  readonly attempts: number
  readonly kind: OutgoingKind
  readonly subject: string
  readonly communeId: number | null
  readonly content: Readonly<Record<string, unknown>>
  readonly recordedAt: Date
}

/** A delivery as an administrator sees it. */
export interface DeliveryRow extends DueDelivery {
  readonly state: DeliveryState
  readonly nextAt: Date
  readonly deliveredAt: Date | null
}

/** A line of the log. */
export interface AttemptRow {
  readonly status: number | null
  readonly error: string | null
  readonly recordedAt: Date
}

/** Brings the targets to what the settings say; who is not named any more is told nothing more. */
export async function setTargets(
  tx: Tx,
  targets: readonly { readonly name: string; readonly kinds: readonly string[] }[],
): Promise<void> {
  for (const { name, kinds } of targets) {
    await tx.$executeRaw`
      insert into outgoing_target (name, kinds, active) values (${name}, ${[...kinds]}::text[], true)
      on conflict (name) do update set kinds = excluded.kinds, active = true, changed_at = clock_timestamp()
        where (outgoing_target.kinds, outgoing_target.active) is distinct from (excluded.kinds, true)`
  }
  await tx.$executeRaw`
    update outgoing_target set active = false, changed_at = clock_timestamp()
     where active and name <> all (${targets.map(({ name }) => name)}::text[])`
}

/**
 * Takes deliveries of some targets that are due, the oldest events first, and sets when each is tried again should this try
 * never be recorded. At most `limit`; two who take at once take different ones.
 */
export async function takeDue(
  tx: Tx,
  of: {
    readonly targets: readonly string[]
    readonly limit: number
    readonly againSeconds: number
  },
): Promise<readonly DueDelivery[]> {
  return tx.$queryRaw<DueDelivery[]>`
    with due as (
      select event_id, target from outgoing_delivery
       where state = 'PENDING' and next_at <= clock_timestamp() and target = any (${[...of.targets]}::text[])
       order by event_id limit ${of.limit} for update skip locked),
    taken as (
      update outgoing_delivery d set attempts = d.attempts + 1, next_at = clock_timestamp() + ${of.againSeconds} * interval '1 second'
        from due where d.event_id = due.event_id and d.target = due.target
      returning d.event_id, d.target, d.attempts)
    select e.id as "eventId", t.target, t.attempts::integer as attempts, e.kind, e.subject, e.commune_id as "communeId", e.content,
           e.recorded_at as "recordedAt"
      from taken t join outgoing_event e on e.id = t.event_id order by e.id`
}

/** Records a try and what follows: delivered, tried again in some seconds, or given up (null). */
export async function recordTry(
  tx: Tx,
  of: Pick<DueDelivery, 'eventId' | 'target'>,
  tried: {
    readonly status: number | null
    readonly error: string | null
    readonly againSeconds: number | null
  },
): Promise<void> {
  const { status, error, againSeconds } = tried
  await tx.$executeRaw`
    insert into outgoing_attempt (event_id, target, status, error) values (${of.eventId}, ${of.target}, ${status}::integer, ${error})`
  await tx.$executeRaw`
    update outgoing_delivery
       set state = case when ${error}::text is null then 'DELIVERED' when ${againSeconds}::integer is null then 'GIVEN_UP' else 'PENDING' end,
           delivered_at = case when ${error}::text is null then clock_timestamp() end,
           next_at = clock_timestamp() + coalesce(${againSeconds}::integer, 0) * interval '1 second'
     where event_id = ${of.eventId} and target = ${of.target} and state = 'PENDING'`
}

/** Leaves a delivery that was taken untried for some seconds. */
export async function putOff(
  tx: Tx,
  of: Pick<DueDelivery, 'eventId' | 'target'>,
  seconds: number,
): Promise<void> {
  await tx.$executeRaw`
    update outgoing_delivery set attempts = attempts - 1, next_at = clock_timestamp() + ${seconds} * interval '1 second'
     where event_id = ${of.eventId} and target = ${of.target} and state = 'PENDING' and attempts > 0`
}

/** Deliveries of a state, the newest events first; keyset by event and target. */
export async function deliveriesOf(
  tx: Tx,
  page: {
    readonly state: DeliveryState
    readonly before: { readonly eventId: bigint; readonly target: string } | null
    readonly limit: number
  },
): Promise<readonly DeliveryRow[]> {
  const { eventId = null, target = null } = page.before ?? {}
  return tx.$queryRaw<DeliveryRow[]>`
    select d.event_id as "eventId", d.target, d.attempts::integer as attempts, d.state, d.next_at as "nextAt", d.delivered_at as "deliveredAt",
           e.kind, e.subject, e.commune_id as "communeId", e.content, e.recorded_at as "recordedAt"
      from outgoing_delivery d join outgoing_event e on e.id = d.event_id
     where d.state = ${page.state} and (${eventId}::bigint is null or (d.event_id, d.target) < (${eventId}::bigint, ${target}))
     order by d.event_id desc, d.target desc limit ${page.limit}`
}

/** The log of one delivery, oldest first; 200 lines at the most. */
export async function attemptsOf(
  tx: Tx,
  of: { readonly eventId: bigint; readonly target: string },
): Promise<readonly AttemptRow[]> {
  return tx.$queryRaw<AttemptRow[]>`
    select status, error, recorded_at as "recordedAt" from outgoing_attempt
     where event_id = ${of.eventId} and target = ${of.target} order by id limit 200`
}

/** Has a delivery tried again from the beginning, whatever came of it. False when there is none, or nobody listens any more. */
export async function replay(
  tx: Tx,
  of: { readonly eventId: bigint; readonly target: string },
): Promise<boolean> {
  const count = await tx.$executeRaw`
    update outgoing_delivery d set state = 'PENDING', attempts = 0, delivered_at = null, next_at = clock_timestamp()
      from outgoing_target t where t.name = d.target and t.active and d.event_id = ${of.eventId} and d.target = ${of.target}`
  return count === 1
}
