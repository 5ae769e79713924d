import { connect } from 'node:tls'
import { invariant } from './errors.ts'

/** One line for a collector (RFC 5424). */
export interface SyslogMessage {
  /** When it happened, with microseconds: "2023-08-02T01:02:03.000004Z". */
  readonly at: string
  /** What kind of line it is: printable ASCII, at most 32. */
  readonly id: string
  /** Name and values of the structured data. */
  readonly data: Readonly<Record<string, string>>
  readonly text: string
}

/** A collector that takes syslog over TLS (RFC 5425). */
export interface SyslogCollector {
  readonly host: string
  readonly port: number
  /** The authority that its certificate must be of, PEM; the system's when left out. */
  readonly ca?: string | undefined
}

/** Facility 13 (log audit), severity 5 (notice): 13 × 8 + 5. */
const PRIORITY = 109
const APP = 'an-sinh-ledger'
/** The structured data's name; the number after the @ is the one that documentation may use (RFC 5612). */
const DATA_ID = 'audit@32473'
const BOM = '\uFEFF'
const ID_CHARS_MAX = 32

/** Writes a message as RFC 5424 has it. `host` is the name of the machine that sends. */
export function syslogLine({ at, id, data, text }: SyslogMessage, host: string): string {
  invariant(/^[\x21-\x7e]+$/.test(id), `${id} is printable`)
  const params = Object.entries(data).map(([name, value]) => ` ${name}="${escaped(value)}"`)
  const head = `<${String(PRIORITY)}>1 ${at} ${host} ${APP} - ${id.slice(0, ID_CHARS_MAX)}`
  return `${head} [${DATA_ID}${params.join('')}] ${BOM}${text}`
}

/** RFC 5424 §6.3.3: these three are escaped in values. */
const escaped = (value: string): string => value.replaceAll(/["\\\]]/g, '\\$&')

/**
 * Hands lines over on a connection of their own, each with its length before it (RFC 5425 §4.3). Resolves when the
 * collector has closed the connection after our end: then all of it has reached its machine, which is as much as syslog can
 * say. Rejects when it is away, its certificate is not of the authority, or it takes longer than `timeoutMs`.
 */
export function sendSyslog(
  { host, port, ca }: SyslogCollector,
  lines: readonly string[],
  timeoutMs: number,
): Promise<void> {
  const framed = lines.map((line) => `${String(Buffer.byteLength(line))} ${line}`).join('')
  return new Promise((resolve, reject) => {
    const socket = connect({
      ...{ host, port, minVersion: 'TLSv1.2', rejectUnauthorized: true },
      ...(ca !== undefined && { ca }),
      ...(isAddress(host) ? {} : { servername: host }),
    })
    const timer = setTimeout(() => socket.destroy(new Error('syslog: no end in time')), timeoutMs)
    let ended = false
    socket.once('secureConnect', () => socket.end(framed))
    // A collector that answers nothing must be read all the same, or its end is never seen.
    socket.on('data', () => undefined)
    // Whoever ends before our end has not read it all.
    socket.once('end', () => (ended = socket.writableFinished))
    socket.once('error', (error: Error) => {
      clearTimeout(timer)
      reject(error)
    })
    socket.once('close', () => {
      clearTimeout(timer)
      if (ended) resolve()
      else reject(new Error('syslog: cut off before its end'))
    })
  })
}

const isAddress = (host: string): boolean => /^[\d.]+$|:/.test(host)
