import { z } from 'zod'
import { DomainError } from '../lib/errors.ts'
import { refusedHost } from './outgoing-addresses.ts'

/** What others may be told of. */
export const OUTGOING_KINDS = [
  'list.approved',
  'instruction.paid',
  'instruction.returned',
  'break.opened',
  'period.closed',
] as const

export type OutgoingKind = (typeof OUTGOING_KINDS)[number]

const SECRET_BYTES_MIN = 32

const target = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
  url: z.url(),
  /** Base64url; what we sign with. */
  secret: z
    .string()
    .transform((text) => Buffer.from(text, 'base64url'))
    .refine(
      (key) => key.length >= SECRET_BYTES_MIN,
      `cần ít nhất ${String(SECRET_BYTES_MIN)} byte`,
    ),
  kinds: z.array(z.enum(OUTGOING_KINDS)).min(1),
})

/** Somebody who is told: where, of what, and how it is signed. From the settings alone, never from a request. */
export type OutgoingTarget = Readonly<z.output<typeof target>>

/**
 * Reads WEBHOOK_TARGETS, a JSON array. Throws DomainError `config` when it is none, a secret is short, two have one name,
 * or an address is neither https nor http on this machine, names a user, or is one that nobody outside can mean (D3 row 12).
 */
export function outgoingTargetsOf(text: string | undefined): readonly OutgoingTarget[] {
  if (text === undefined) return []
  const parsed = z.array(target).safeParse(asJson(text))
  if (!parsed.success)
    throw faulty(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`))
  const targets = parsed.data
  const faults = targets.flatMap(({ name, url }) => {
    const fault = faultOf(new URL(url))
    return fault === null ? [] : [`${name}: ${fault}`]
  })
  if (new Set(targets.map(({ name }) => name)).size < targets.length) faults.push('tên trùng nhau')
  if (faults.length > 0) throw faulty(faults)
  return targets
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw faulty(['không phải JSON'])
  }
}

const faulty = (faults: readonly string[]) =>
  new DomainError('invalid', 'config', `Cấu hình sai:\n  WEBHOOK_TARGETS: ${faults.join('\n  ')}`)

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

function faultOf({ protocol, hostname, username, password, hash }: URL): string | null {
  if (username !== '' || password !== '' || hash !== '')
    return 'địa chỉ không được có người dùng hay mảnh'
  if (protocol === 'http:')
    return LOOPBACK.has(hostname) ? null : 'cần https (http chỉ trên chính máy này)'
  if (protocol !== 'https:') return 'cần https'
  return refusedHost(hostname) ? 'địa chỉ này không ai ở ngoài có thể là' : null
}
