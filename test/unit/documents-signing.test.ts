import { generateKeyPairSync } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { beforeAll, expect, test } from '@jest/globals'
import type { Paper } from '../../src/documents/paper.ts'
import { makeTestSigner, openPaperSigner } from '../../src/documents/paper-signer.ts'
import type { PaperSigner } from '../../src/documents/paper-signer.ts'
import { signPdf } from '../../src/documents/pdf-signing.ts'
import { renderPdf } from '../../src/documents/render-pdf.ts'
import { rowsOf } from '../../src/documents/tally.ts'
import { makeCertificate } from '../../src/lib/certificate.ts'
import { openSpool } from '../../src/lib/spool.ts'
import * as p from '../support/pdf.ts'

const AT = Date.UTC(2026, 10, 29, 1, 2, 3)

const PAPER: Paper = {
  ...{ kind: 'payout-list', symbol: 'DS-UBND', title: 'DANH SÁCH', subtitle: ['Tháng 8'] },
  agency: { superior: null, name: 'ỦY BAN NHÂN DÂN\nXÃ MẪU', place: 'Mẫu' },
  ...{ layout: 'portrait', total: null, communeId: 1, info: [], signatures: [], recipients: [] },
  query: { id: 'test.v1', parameters: { tháng: '08/2023' } },
  blocks: [
    {
      kind: 'table',
      table: {
        ...{ name: 'Bảng', columns: [{ header: 'STT', width: 100 }], count: 300, sums: [null] },
        rows: () => rowsOf(Array.from({ length: 300 }, (_, at) => [String(at)])),
        ...{ sumLabel: 'Tổng cộng', empty: 'Không có dòng nào.' },
      },
    },
  ],
}

function signerOf(kind: 'rsa' | 'ec'): PaperSigner {
  if (kind === 'ec') {
    const text = makeTestSigner(AT)
    return openPaperSigner({ key: text, certificates: text })
  }
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const name = 'Cán bộ Nguyễn Thị Ánh'
  const certificates = makeCertificate({
    ...{ subject: name, publicKey, issuer: { name, privateKey }, role: 'signer' },
    ...{ fromMs: AT - 1_000, toMs: AT + 86_400_000 },
  })
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  return openPaperSigner({ key, certificates })
}

async function written(signers: readonly PaperSigner[]): Promise<Buffer> {
  const spool = await openSpool()
  try {
    await renderPdf(spool.out, PAPER, { head: null, madeBy: 'Lê Văn Mẫu', issue: null })
    for (const signer of signers) await signPdf(spool, signer, AT)
    const bytes = await buffer(spool.read())
    expect(spool.written().bytes).toBe(bytes.length)
    return bytes
  } finally {
    await spool.close()
  }
}

let signed: Buffer
beforeAll(async () => {
  signed = await written([signerOf('ec')])
})

test.each(['ec', 'rsa'] as const)(
  'a paper signed by a key of %s is valid and whole',
  async (kind) => {
    const pdf = await written([signerOf(kind)])
    expect(p.signaturesOf(pdf)).toEqual({ valid: 1, whole: 1 })
    expect(p.objectsOf(pdf)).toContain('"/SubFilter": "/ETSI.CAdES.detached"')
  },
)

test('what is signed is the paper as it is unsigned, with nothing before changed', async () => {
  const plain = await written([])
  expect(signed.subarray(0, plain.length).equals(plain)).toBe(true)
  expect(p.pagesOf(signed)).toEqual(p.pagesOf(plain))
  const objects = p.objectsOf(signed)
  for (const active of ['JS', 'JavaScript', 'URI', 'EmbeddedFiles', 'AA', 'OpenAction', 'Perms'])
    expect(objects).not.toContain(`"/${active}"`)
})

test('one changed byte anywhere is no valid signature', () => {
  const gap = signed.lastIndexOf('/Contents <')
  const signatureEnd = signed.indexOf('0'.repeat(200), gap)
  for (const at of [signed.length >> 1, 200, gap - 30, signatureEnd - 20, signed.length - 40]) {
    const changed = Buffer.from(signed)
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
    expect([at, p.signaturesOf(changed).valid]).toEqual([at, 0])
  }
})

test('an officer signs after the service, and both are valid', async () => {
  const pdf = await written([signerOf('ec'), signerOf('rsa')])
  expect(p.signaturesOf(pdf)).toEqual({ valid: 2, whole: 1 })
  expect(p.objectsOf(pdf)).toContain('u:Cán bộ Nguyễn Thị Ánh')
})

test('a key that is weak, no key, or of another certificate does not sign', () => {
  const [own, other] = [makeTestSigner(AT), makeTestSigner(AT)]
  const weak = generateKeyPairSync('rsa', { modulusLength: 1_024 }).privateKey
  const pem = weak.export({ type: 'pkcs8', format: 'pem' }).toString()
  for (const key of ['no key', pem, other])
    expect(() => openPaperSigner({ key, certificates: own })).toThrow(
      expect.objectContaining({ code: 'paper-signer' }),
    )
})
