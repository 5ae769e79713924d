import { createHash, randomBytes, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { bits, nothing, octets, oid, sequence, set, small, tlv, utf8 } from './der.ts'

/** What a certificate says (RFC 5280). */
export interface CertificateRequest {
  /** The common name of whom it names. */
  readonly subject: string
  readonly publicKey: KeyObject
  /** Who vouches: its common name and key, RSA or ECDSA on P-256. */
  readonly issuer: { readonly name: string; readonly privateKey: KeyObject }
  /** Whether it may vouch for others, or signs what binds whom it names. */
  readonly role: 'authority' | 'signer'
  /** Milliseconds since 1970, before 2050. */
  readonly fromMs: number
  readonly toMs: number
}

const OID = {
  commonName: '2.5.4.3',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
} as const

/** How a key signs SHA-256, as certificates and CMS name it. */
export const signatureAlgorithmOf = ({ asymmetricKeyType }: KeyObject): Buffer =>
  asymmetricKeyType === 'rsa'
    ? sequence(oid('1.2.840.113549.1.1.11'), nothing)
    : sequence(oid('1.2.840.10045.4.3.2'))

/** Makes a certificate. Returns it as PEM. */
export function makeCertificate(of: CertificateRequest): string {
  const { subject, publicKey, issuer, fromMs, toMs } = of
  const algorithm = signatureAlgorithmOf(issuer.privateKey)
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const serial = randomBytes(16)
  // Positive and without a leading zero.
  serial[0] = 0x11
  const content = sequence(
    ...[tlv(0xa0, small(2)), tlv(0x02, serial), algorithm, nameOf(issuer.name)],
    ...[sequence(time(fromMs), time(toMs)), nameOf(subject), spki],
    tlv(0xa3, sequence(...extensionsOf(of.role, spki))),
  )
  const signature = sign('sha256', content, issuer.privateKey)
  const lines = sequence(content, algorithm, bits(signature))
    .toString('base64')
    .match(/.{1,64}/g)
  return ['-----BEGIN CERTIFICATE-----', ...(lines ?? []), '-----END CERTIFICATE-----', ''].join(
    '\n',
  )
}

const nameOf = (commonName: string): Buffer =>
  sequence(set(sequence(oid(OID.commonName), utf8(commonName))))

/** “YYMMDDhhmmssZ”. */
const time = (ms: number): Buffer =>
  tlv(0x17, Buffer.from(`${new Date(ms).toISOString().replaceAll(/[-:T]/g, '').slice(2, 14)}Z`))

function extensionsOf(role: CertificateRequest['role'], spki: Buffer): readonly Buffer[] {
  const critical = tlv(0x01, Buffer.of(0xff))
  const id = createHash('sha256').update(spki).digest().subarray(0, 20)
  const about = sequence(oid(OID.subjectKeyIdentifier), octets(octets(id)))
  // keyCertSign and cRLSign; digitalSignature and contentCommitment.
  const [usage, isAuthority] =
    role === 'authority'
      ? [bits(Buffer.of(0x06), 1), sequence(critical)]
      : [bits(Buffer.of(0xc0), 6), sequence()]
  return [
    about,
    sequence(oid(OID.keyUsage), critical, octets(usage)),
    sequence(oid(OID.basicConstraints), critical, octets(isAuthority)),
  ]
}
