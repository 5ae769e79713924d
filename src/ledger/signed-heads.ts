import { z } from 'zod'
import { DomainError } from '../lib/errors.ts'
import { requireSigned, signText, textSignature } from '../lib/signed-text.ts'
import { auditHead } from './verify-audit-heads.ts'
import type { AuditHead } from './verify-audit-heads.ts'
import { outsideHead } from './verify-heads.ts'
import type { OutsideHead } from './verify-heads.ts'

const FORMAT = 'an-sinh-signed-head.v1'

const signedHead = z.strictObject({
  format: z.literal(FORMAT),
  head: z.discriminatedUnion('format', [outsideHead, auditHead]),
  ...textSignature,
})

/** A head with the signature of the service, to be kept where the database's owner cannot write. */
export type SignedHead = Readonly<z.infer<typeof signedHead>>

/** What is signed: "signed-head.v1|block|head|entries so far|sealed at", of the audit trail "signed-audit-head.v1|block|head|events so far". */
const signedText = (head: SignedHead['head']): string =>
  'totalEntries' in head
    ? `signed-head.v1|${head.block}|${head.head}|${head.totalEntries}|${head.sealedAt}`
    : `signed-audit-head.v1|${head.block}|${head.head}|${head.totalEvents}`

/** Signs a head of the journal or of the audit trail. Takes an Ed25519 private key as PEM. Throws DomainError `head-key`. */
export function signHead(head: SignedHead['head'], privateKeyPem: string): SignedHead {
  return { format: FORMAT, head, ...signText(signedText(head), privateKeyPem) }
}

/**
 * Reads a signed head of the journal and checks its signature. Takes its JSON and the public keys that are trusted, as PEM.
 * Throws DomainError: outside-head (no such signed head), head-signature (by none of these keys, or altered), head-key.
 */
export function openSignedHead(text: string, publicKeysPem: readonly string[]): OutsideHead {
  const head = opened(text, publicKeysPem)
  if ('totalEntries' in head) return head
  throw notOne('của nhật ký, không phải của sổ / of the audit trail, not of the journal')
}

/** The same of the audit trail. */
export function openSignedAuditHead(text: string, publicKeysPem: readonly string[]): AuditHead {
  const head = opened(text, publicKeysPem)
  if ('totalEvents' in head) return head
  throw notOne('của sổ, không phải của nhật ký / of the journal, not of the audit trail')
}

function opened(text: string, publicKeysPem: readonly string[]): SignedHead['head'] {
  const signed = parsed(text)
  requireSigned(signedText(signed.head), signed, publicKeysPem)
  return signed.head
}

function parsed(text: string): SignedHead {
  try {
    return signedHead.parse(JSON.parse(text))
  } catch (error) {
    throw notOne(String(error))
  }
}

const notOne = (why: string) =>
  new DomainError(
    'invalid',
    'outside-head',
    `Mã đầu chuỗi không hợp lệ / not a signed head: ${why}`,
  )
