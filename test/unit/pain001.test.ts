import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { SaxesParser } from 'saxes'
import {
  painVersions,
  unwritable,
  writePain001,
} from '../../src/payouts/channels/iso20022/pain001.ts'
import type { PainVersion } from '../../src/payouts/channels/iso20022/pain001.ts'
import { foldText } from '../../src/payouts/channels/iso20022/text.ts'
import type { OutgoingPayment } from '../../src/payouts/channels/channel.ts'
import { orderOf, paymentNo } from '../support/iso-files.ts'

const written = (payments: readonly OutgoingPayment[], version: PainVersion = '001.03') =>
  [...writePain001(orderOf(payments), { version, debtorBin: '970405' })].join('')

/** Every value of a file by its path, in order; saxes refuses what is not well-formed. */
function valuesOf(xml: string): readonly (readonly [string, string])[] {
  const parser = new SaxesParser({ xmlns: true })
  const path: string[] = []
  const values: [string, string][] = []
  let text = ''
  parser.on('opentag', ({ name }) => {
    path.push(name)
    text = ''
  })
  parser.on('text', (piece) => (text += piece))
  parser.on('closetag', () => {
    if (text.trim() !== '') values.push([path.slice(2).join('/'), text])
    text = ''
    path.pop()
  })
  parser.write(xml).close()
  return values
}
const all = (xml: string, path: string) =>
  valuesOf(xml)
    .filter(([at]) => at === path)
    .map(([, text]) => text)

describe('an order file', () => {
  // The golden files were valid by the official schemas when they were made (npm run check:iso).
  test.each(painVersions)('of version %s is, to the byte, the golden one', (version) => {
    const payments = [
      paymentNo(1, { holderName: 'Đặng Thị Ánh "Bé" <Mẫu> & Con', text: 'Trợ cấp  tháng 08/2023' }),
      paymentNo(2, { amount: 1_234_567_890n }),
      paymentNo(4),
    ]
    const golden = readFileSync(`test/golden/pain.001.${version}.xml`, 'utf8')
    expect(written(payments, version)).toBe(golden)
  })

  test('has a part for each credited bank, and totals of its parts and of the whole', () => {
    const payments = Array.from({ length: 10 }, (_, n) =>
      paymentNo(n, { amount: BigInt(n + 1) * 1_000n }),
    )
    const xml = written(payments)
    expect(all(xml, 'PmtInf/PmtInfId')).toEqual(['970405', '970422', '970436'])
    expect(all(xml, 'GrpHdr/NbOfTxs')).toEqual(['10'])
    expect(all(xml, 'GrpHdr/CtrlSum')).toEqual(['55000'])
    expect(all(xml, 'PmtInf/NbOfTxs')).toEqual(['4', '3', '3'])
    expect(all(xml, 'PmtInf/CtrlSum')).toEqual(['22000', '18000', '15000'])
    expect(all(xml, 'PmtInf/CdtTrfTxInf/PmtId/EndToEndId').toSorted()).toEqual(
      payments.map(({ reference }) => reference).toSorted(),
    )
  })

  test('is made in pieces: none is much larger than 32 KB, however many rows', () => {
    const payments = Array.from({ length: 5_000 }, (_, n) => paymentNo(n))
    const sizes = [...writePain001(orderOf(payments), { version: '001.03', debtorBin: '970405' })]
    expect(sizes.length).toBeGreaterThan(50)
    expect(Math.max(...sizes.map(({ length }) => length))).toBeLessThan(36_000)
  })

  test('holds whatever name and text there are, within the limits of banks', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), (name, text) => {
        const xml = written([paymentNo(1, { holderName: `Mẫu ${name}`, text })])
        const [holder = ''] = all(xml, 'PmtInf/CdtTrfTxInf/Cdtr/Nm')
        expect(holder).toMatch(/^Mau[A-Za-z0-9/?:().,'+ -]{0,67}$/)
        for (const remittance of all(xml, 'PmtInf/CdtTrfTxInf/RmtInf/Ustrd'))
          expect(remittance).toMatch(/^[A-Za-z0-9/?:().,'+ -]{1,140}$/)
        expect(/^[\x20-\x7e\n]+$/.test(xml)).toBe(true)
      }),
    )
  })

  test.each([
    ['no bank', { bankCode: null }, 'RC01'],
    ['a bank that is no code', { bankCode: '97<0>' }, 'RC01'],
    ['an account with blanks', { accountNumber: '0123 456' }, 'AC01'],
    ['an account that is too long', { accountNumber: '1'.repeat(35) }, 'AC01'],
    ['a name of which nothing is left', { holderName: '阮 😀' }, 'BE01'],
    ['all it needs', {}, null],
  ])('of a payment with %s', (_, change, reason) => {
    expect(unwritable(paymentNo(1, change))).toBe(reason)
    if (reason !== null) expect(() => written([paymentNo(1, change)])).toThrow('can be written')
  })

  test.each(['x'.repeat(36), 'a b', '', 'Mẫu'])('never has the id "%s"', (id) => {
    const order = { ...orderOf([paymentNo(1)]), id }
    const setting = { version: '001.03', debtorBin: '970405' } as const
    expect(() => [...writePain001(order, setting)]).toThrow('can be a MsgId')
  })
})

describe('a text for banks', () => {
  test.each([
    ['Nguyễn Thị Ánh Mẫu', 'Nguyen Thi Anh Mau'],
    ['ĐẶNG đình ĐỨC', 'DANG dinh DUC'],
    ['Nguye\u0302\u0303n', 'Nguyen'],
    ['a & b <c>  "d"', 'a b c d'],
    ['/a//b///c/', 'a/b/c'],
    ['\u0000\u202Ex\t\ny', 'x y'],
    ['😀', ''],
  ])('%j is %j', (text, folded) => {
    expect(foldText(text, 70)).toBe(folded)
  })

  test('is cut without a blank or a slash at its end', () => {
    expect(foldText('abcd efgh', 5)).toBe('abcd')
    expect(foldText('abcd/efgh', 5)).toBe('abcd')
  })
})
