import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  sign,
  X509Certificate,
} from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { makeCertificate, signatureAlgorithmOf } from '../lib/certificate.ts'
import { nothing, octets, oid, sequence, set, small, tlv, valuesIn } from '../lib/der.ts'
import { DomainError } from '../lib/errors.ts'

/** Who signs papers for the service. */
export interface PaperSigner {
  /** The common name in its certificate. */
  readonly name: string
  /** A detached CMS signature (RFC 5652) over what has this SHA-256, as PAdES asks (ETSI EN 319 142-1 §5.2, §6.3). */
  readonly signatureOf: (sha256: Buffer) => Buffer
}

/** Who signs issued papers; 'unsigned': nobody, and they are issued all the same; null: nothing is issued. */
export type SigningMeans = PaperSigner | 'unsigned' | null

/**
 * Who signs at a time, in milliseconds since 1970; null: nobody has to. Throws DomainError `paper-unsigned` when somebody has
 * to and nobody can.
 */
export function signingOf(
  signer: SigningMeans,
  atMs: number,
): { readonly signer: PaperSigner; readonly atMs: number } | null {
  if (signer === null) {
    const message = 'Chưa có khóa ký văn bản: hệ thống không phát hành văn bản không chữ ký'
    throw new DomainError('conflict', 'paper-unsigned', message)
  }
  return signer === 'unsigned' ? null : { signer, atMs }
}

/**
 * Opens a signer. Takes the private key (RSA of 2,048 bits or more, or ECDSA on P-256) and its certificate, followed by
 * those that vouch for it, as PEM; `passphrase` opens the key. Throws DomainError `paper-signer`.
 */
export function openPaperSigner(pem: {
  readonly key: string
  readonly certificates: string
  readonly passphrase?: string | undefined
}): PaperSigner {
  const key = keyOf(pem)
  const certificates = certificatesOf(pem.certificates)
  const [own] = certificates
  if (own?.checkPrivateKey(key) !== true) throw refusal('chứng thư đầu tiên không phải của khóa')
  return {
    name: /^CN=(.*)$/m.exec(own.subject)?.[1] ?? own.subject,
    signatureOf: (sha256) => signedData({ key, own, certificates }, sha256),
  }
}

function keyOf({ key: text, passphrase }: { key: string; passphrase?: string | undefined }) {
  let key: KeyObject | null = null
  try {
    key = createPrivateKey({ key: text, ...(passphrase !== undefined && { passphrase }) })
  } catch {
    // The reason could quote the key.
  }
  const { modulusLength = 0, namedCurve } = key?.asymmetricKeyDetails ?? {}
  const strong =
    (key?.asymmetricKeyType === 'rsa' && modulusLength >= 2_048) || namedCurve === 'prime256v1'
  if (key === null || !strong) throw refusal('khóa phải là RSA từ 2048 bit hoặc ECDSA P-256')
  return key
}

function certificatesOf(text: string): readonly X509Certificate[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  try {
    return blocks.map((block) => new X509Certificate(block))
  } catch {
    throw refusal('chứng thư không đọc được')
  }
}

const refusal = (why: string) =>
  new DomainError('invalid', 'paper-signer', `Không ký được văn bản: ${why}`)

interface Signing {
  readonly key: KeyObject
  readonly own: X509Certificate
  readonly certificates: readonly X509Certificate[]
}

const PKCS9 = '1.2.840.113549.1.9'
const DATA = oid('1.2.840.113549.1.7.1')
const SHA256 = sequence(oid('2.16.840.1.101.3.4.2.1'), nothing)

function signedData({ key, own, certificates }: Signing, sha256: Buffer): Buffer {
  const issuerAndSerial = sequence(...issuerAndSerialOf(own))
  const certHash = createHash('sha256').update(own.raw).digest()
  const attributes = [
    attribute(`${PKCS9}.3`, DATA),
    attribute(`${PKCS9}.4`, octets(sha256)),
    // Which certificate signed is signed too (RFC 5035): another of the same key does not take its place.
    attribute(`${PKCS9}.16.2.47`, sequence(sequence(sequence(octets(certHash))))),
  ]
  const signed = set(...attributes)
  const signerInfo = sequence(
    ...[small(1), issuerAndSerial, SHA256],
    // In its place it has the tag [0], but a set is what is signed (RFC 5652 §5.4).
    Buffer.concat([Buffer.of(0xa0), signed.subarray(1)]),
    ...[signatureAlgorithmOf(key), octets(sign('sha256', signed, key))],
  )
  const raw = certificates.map((one) => one.raw)
  const content = sequence(
    ...[small(1), set(SHA256), sequence(DATA), tlv(0xa0, ...raw), set(signerInfo)],
  )
  return sequence(oid('1.2.840.113549.1.7.2'), tlv(0xa0, content))
}

const attribute = (type: string, value: Buffer): Buffer => sequence(oid(type), set(value))

/** The issuer’s name and the serial number as they lie in a certificate (RFC 5280 §4.1). */
function issuerAndSerialOf({ raw }: X509Certificate): readonly [Buffer, Buffer] {
  const [certificate] = valuesIn(raw)
  const [content] = valuesIn(certificate?.content ?? Buffer.alloc(0))
  const fields = valuesIn(content?.content ?? Buffer.alloc(0))
  // A version stands before, tagged [0], in all but the oldest.
  const [serial, , issuer] = fields[0]?.tag === 0xa0 ? fields.slice(1) : fields
  if (serial === undefined || issuer === undefined) throw refusal('chứng thư không đọc được')
  return [issuer.whole, serial.whole]
}

const DAY_MS = 86_400_000

/**
 * Makes a test authority and a signer that it vouches for: key and certificates as PEM in one text. For development: nobody
 * else trusts it.
 */
export function makeTestSigner(nowMs: number): string {
  const [authority, own] = [newKeys(), newKeys()]
  const issuer = { name: 'An Sinh TEST authority', privateKey: authority.privateKey }
  const [fromMs, toMs] = [nowMs - DAY_MS, nowMs + 3_650 * DAY_MS]
  const of = { issuer, fromMs, toMs }
  const { publicKey } = own
  return [
    own.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    makeCertificate({ ...of, subject: 'An Sinh TEST papers', publicKey, role: 'signer' }),
    makeCertificate({
      ...{ ...of, subject: issuer.name, publicKey: authority.publicKey, role: 'authority' },
    }),
  ].join('')
}

const newKeys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })
