import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { z } from 'zod'
import { DomainError } from './errors.ts'

/** A signature with the key that it is checked by, as it stands in a file. */
export const textSignature = {
  /** SHA-256 of the public key (SPKI, DER), hexadecimal digits. */
  key: z.string().regex(/^[0-9a-f]{64}$/),
  /** Ed25519, base64. */
  signature: z.base64(),
}

export interface TextSignature {
  readonly key: string
  readonly signature: string
}

/** Signs a text. Takes an Ed25519 private key as PEM. Throws DomainError `head-key` for anything else. */
export function signText(text: string, privateKeyPem: string): TextSignature {
  const key = keyOf(() => createPrivateKey(privateKeyPem))
  return {
    key: fingerprint(createPublicKey(key)),
    signature: sign(null, Buffer.from(text), key).toString('base64'),
  }
}

/**
 * Requires that a text is signed by one of some public keys, as PEM. Throws DomainError: head-signature (by none of these keys,
 * or altered), head-key.
 */
export function requireSigned(
  text: string,
  { key, signature }: TextSignature,
  publicKeysPem: readonly string[],
): void {
  const trusted = publicKeysPem
    .map((pem) => keyOf(() => createPublicKey(pem)))
    .find((one) => fingerprint(one) === key)
  if (
    trusted === undefined ||
    !verify(null, Buffer.from(text), trusted, Buffer.from(signature, 'base64'))
  ) {
    const message = 'Chữ ký của mã đầu chuỗi không đúng hoặc không phải của khóa được tin'
    throw new DomainError('invalid', 'head-signature', message)
  }
}

const fingerprint = (key: KeyObject): string =>
  createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')

function keyOf(read: () => KeyObject): KeyObject {
  try {
    const key = read()
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch {
    // The reason could quote the key.
  }
  throw new DomainError('invalid', 'head-key', 'Khóa ký mã đầu chuỗi phải là Ed25519 dạng PEM')
}
