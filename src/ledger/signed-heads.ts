import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { z } from 'zod'
import { DomainError } from '../lib/errors.ts'
import { outsideHead } from './verify-heads.ts'
import type { OutsideHead } from './verify-heads.ts'

const FORMAT = 'an-sinh-signed-head.v1'

const signedHead = z.strictObject({
  format: z.literal(FORMAT),
  head: outsideHead,
  /** SHA-256 of the public key (SPKI, DER), hexadecimal digits. */
  key: z.string().regex(/^[0-9a-f]{64}$/),
  /** Ed25519 over `signedText`, base64. */
  signature: z.base64(),
})

/** A head with the signature of the service, to be kept where the database's owner cannot write. */
export type SignedHead = Readonly<z.infer<typeof signedHead>>

/** What is signed: "signed-head.v1|block|head|entries so far|sealed at". */
function signedText({ block, head, totalEntries, sealedAt }: OutsideHead): Buffer {
  return Buffer.from(`signed-head.v1|${block}|${head}|${totalEntries}|${sealedAt}`)
}

const fingerprint = (key: KeyObject): string =>
  createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')

/** Signs a head. Takes an Ed25519 private key as PEM. Throws DomainError `head-key` for anything else. */
export function signHead(head: OutsideHead, privateKeyPem: string): SignedHead {
  const key = keyOf(() => createPrivateKey(privateKeyPem))
  return {
    format: FORMAT,
    head,
    key: fingerprint(createPublicKey(key)),
    signature: sign(null, signedText(head), key).toString('base64'),
  }
}

/**
 * Reads a signed head and checks its signature. Takes its JSON and the public keys that are trusted, as PEM; returns the head.
 * Throws DomainError: outside-head (no signed head), head-signature (by none of these keys, or altered), head-key.
 */
export function openSignedHead(text: string, publicKeysPem: readonly string[]): OutsideHead {
  const { head, key, signature } = parsed(text)
  const trusted = publicKeysPem
    .map((pem) => keyOf(() => createPublicKey(pem)))
    .find((one) => fingerprint(one) === key)
  if (
    trusted === undefined ||
    !verify(null, signedText(head), trusted, Buffer.from(signature, 'base64'))
  ) {
    const message = 'Chữ ký của mã đầu chuỗi không đúng hoặc không phải của khóa được tin'
    throw new DomainError('invalid', 'head-signature', message)
  }
  return head
}

function parsed(text: string): SignedHead {
  try {
    return signedHead.parse(JSON.parse(text))
  } catch (error) {
    const message = `Mã đầu chuỗi không hợp lệ / not a signed head: ${String(error)}`
    throw new DomainError('invalid', 'outside-head', message)
  }
}

function keyOf(read: () => KeyObject): KeyObject {
  try {
    const key = read()
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch {
    // The reason could quote the key.
  }
  throw new DomainError('invalid', 'head-key', 'Khóa ký mã đầu chuỗi phải là Ed25519 dạng PEM')
}
