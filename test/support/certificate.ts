import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'

/*
 * A certificate for a test's own TLS server: Node makes keys and no certificates, and nothing that a machine may lack is
 * asked for. DER by hand (RFC 5280), signed by itself.
 */

/** A server's key and certificate, PEM; the certificate is its own authority. */
export interface TestCertificate {
  readonly key: string
  readonly cert: string
}

const tlv = (tag: number, ...contents: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(contents)
  const length =
    body.length < 0x80
      ? Buffer.from([body.length])
      : Buffer.from([0x82, body.length >> 8, body.length & 0xff])
  return Buffer.concat([Buffer.from([tag]), length, body])
}
const sequence = (...contents: readonly Buffer[]) => tlv(0x30, ...contents)
const oid = (hex: string) => tlv(0x06, Buffer.from(hex, 'hex'))
const bits = (bytes: Buffer) => tlv(0x03, Buffer.concat([Buffer.from([0]), bytes]))
const time = (text: string) => tlv(0x17, Buffer.from(text))

const ECDSA_SHA256 = sequence(oid('2a8648ce3d040302'))
const COMMON_NAME = '550403'
const ALT_NAMES = '551d11'
const BASIC_CONSTRAINTS = '551d13'

/** Makes a certificate for 127.0.0.1, valid from 2020 to 2049. */
export function testCertificate(): TestCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const called = createHash('sha256').update(spki).digest('hex').slice(0, 12)
  const name = sequence(tlv(0x31, sequence(oid(COMMON_NAME), tlv(0x0c, Buffer.from(called)))))
  const address = tlv(0x87, Buffer.from([127, 0, 0, 1]))
  const extensions = sequence(
    sequence(oid(ALT_NAMES), tlv(0x04, sequence(address))),
    sequence(
      oid(BASIC_CONSTRAINTS),
      tlv(0x01, Buffer.from([0xff])),
      tlv(0x04, sequence(tlv(0x01, Buffer.from([0xff])))),
    ),
  )
  const serial = randomBytes(8)
  serial[0] = 0x11
  const content = sequence(
    ...[tlv(0xa0, tlv(0x02, Buffer.from([2]))), tlv(0x02, serial), ECDSA_SHA256, name],
    ...[sequence(time('200101000000Z'), time('490101000000Z')), name, spki],
    tlv(0xa3, extensions),
  )
  const der = sequence(content, ECDSA_SHA256, bits(sign('sha256', content, privateKey)))
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return {
    key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
  }
}
