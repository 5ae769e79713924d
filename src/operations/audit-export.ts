import { hostname } from 'node:os'
import type { Act } from '../lib/act.ts'
import type { Database, Tx } from '../lib/db.ts'
import { sendSyslog, syslogLine } from '../lib/syslog.ts'
import type { SyslogCollector } from '../lib/syslog.ts'
import { eventsAfter, moveTo, placeOf } from './audit-export-store.ts'
import type { ExportedEvent } from './audit-export-store.ts'

/** Events of one connection: lost with it at the most, and then sent again. */
const BATCH = 500
const HANDOVER_MS_MAX = 30_000
const PAGE = 1_000

/**
 * Hands every event that the collector does not have over to it, oldest first (RFC 5424 over TLS). How far it has them is
 * a row, which moves only when a batch has arrived: while the collector is away nothing is lost, and after a crash some
 * events come twice, each with its `id`. Returns how many were sent; throws what the connection says.
 */
export async function exportAudit(
  db: Database,
  by: Act,
  collector: SyslogCollector,
): Promise<number> {
  const name = `syslog:${collector.host}:${String(collector.port)}`
  const host = hostname()
  for (let sent = 0; ;) {
    const events = await db.transact(by, async (tx) =>
      eventsAfter(tx, await placeOf(tx, name), BATCH),
    )
    const last = events.at(-1)
    if (last === undefined) return sent
    const lines = events.map((event) => lineOf(event, host))
    await sendSyslog(collector, lines, HANDOVER_MS_MAX)
    await db.transact(by, (tx) => moveTo(tx, name, last))
    sent += events.length
  }
}

function lineOf({ id, at, act, actor, subject, json }: ExportedEvent, host: string): string {
  return syslogLine({ at, id: act, data: { id, actor, subject }, text: json }, host)
}

/** The whole trail that the transaction may see as JSON Lines, a page at a time, in the order of commits. */
export async function* auditLines(tx: Tx): AsyncGenerator<readonly string[]> {
  for (let place = { xid: '0', id: '0' }; ;) {
    const events = await eventsAfter(tx, place, PAGE)
    if (events.length > 0) yield events.map(({ json }) => `${json}\n`)
    const last = events.at(-1)
    if (last === undefined || events.length < PAGE) return
    place = { xid: last.xid, id: last.id }
  }
}
