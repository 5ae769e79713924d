import { describe, expect, test } from '@jest/globals'
import { readPain002 } from '../../src/payouts/channels/iso20022/pain002.ts'
import { paymentNo, pain002 } from '../support/iso-files.ts'
import type { Said } from '../support/iso-files.ts'

const payments = [paymentNo(0), paymentNo(1), paymentNo(3)]
const [first, , third] = payments.map(({ reference }) => reference)
const said: Said = {
  ...{ count: '3', total: '1080000', group: 'PART', tallies: { ACSC: 1, RJCT: 1 } },
  parts: [
    { id: '970436', status: 'PDNG', count: '1', total: '360000.00' },
    {
      id: '970405',
      rows: [
        { reference: first ?? '', status: 'ACSC', amount: '360000' },
        { reference: third ?? '', status: 'RJCT', reason: 'AC04' },
      ],
    },
  ],
}
const asRead = {
  messageId: 'BANK-1',
  fileId: '20230803-474.20210701-001-1',
  ...{ count: 3n, total: 1_080_000n, status: { code: 'PART', reason: null } },
  tallies: new Map([
    ['ACSC', 1n],
    ['RJCT', 1n],
  ]),
  parts: [
    {
      ...{ id: '970436', count: 1n, total: 360_000n, tallies: new Map(), rows: [] },
      status: { code: 'PDNG', reason: null },
    },
    {
      ...{ id: '970405', count: null, total: null, status: null, tallies: new Map() },
      rows: [
        { reference: first, amount: 360_000n, status: { code: 'ACSC', reason: null } },
        { reference: third, amount: null, status: { code: 'RJCT', reason: 'AC04' } },
      ],
    },
  ],
}

const changed = (change: (xml: string) => string, from: Said = said) => {
  const before = pain002(from).toString()
  const after = change(before)
  expect(after).not.toBe(before)
  return Buffer.from(after)
}

describe('a status file', () => {
  test.each(['001.03', '001.10', '001.14', null])('of version %s is read', (version) => {
    expect(readPain002(pain002(said, { version }))).toEqual(asRead)
    expect(readPain002(pain002(said, { version, prefix: 'p:' }))).toEqual(asRead)
  })

  test('is read with what it does not need: comments, CDATA, further reasons, the five entities', () => {
    const xml = changed((text) =>
      text
        .replace(
          '<Cd>AC04</Cd></Rsn>',
          '<Cd><![CDATA[AC04]]></Cd></Rsn><AddtlInf>a &amp; &lt;b&gt;</AddtlInf>',
        )
        .replace('</StsRsnInf>', '</StsRsnInf><StsRsnInf><Rsn><Cd>AC06</Cd></Rsn></StsRsnInf>')
        .replace('BANK-1', ' BANK&#45;1\n'),
    )
    expect(readPain002(xml)).toEqual(asRead)
  })

  test('takes no value for a number: an identifier keeps its zeros, 1e5 is no amount', () => {
    const xml = changed((text) => text.replace('BANK-1', '0001e5'))
    expect(readPain002(xml).messageId).toBe('0001e5')
    const wrong = changed((text) => text.replace('>1080000<', '>1e5<'))
    expect(() => readPain002(wrong)).toThrow('số không phải số nguyên')
  })

  test('that is cut anywhere is refused', () => {
    const whole = pain002(said)
    for (let length = 0; length < whole.length; length += 1)
      expect(() => readPain002(whole.subarray(0, length))).toThrow('không')
    expect(readPain002(whole)).toEqual(asRead)
  })

  test.each<readonly [string, (xml: string) => string]>([
    ['another root', (xml) => xml.replaceAll('Document', 'Dokument')],
    ['another message', (xml) => xml.replaceAll('CstmrPmtStsRpt', 'CstmrCdtTrfInitn')],
    ['a version that nobody knows', (xml) => xml.replace('pain.002.001.03', 'pain.002.001.99')],
    ['another kind of message', (xml) => xml.replace('pain.002.001.03', 'camt.054.001.08')],
    ['no MsgId', (xml) => xml.replace('<MsgId>BANK-1</MsgId>', '')],
    ['no OrgnlMsgId', (xml) => xml.replace(/<OrgnlMsgId>.*?<\/OrgnlMsgId>/, '<OrgnlMsgId/>')],
    [
      'an answer to another kind of file',
      (xml) => xml.replace('pain.001.001.03', 'pain.008.001.02'),
    ],
    ['two groups', (xml) => xml.replace(/(<OrgnlGrpInfAndSts>.*?<\/OrgnlGrpInfAndSts>)/, '$1$1')],
    [
      'two statuses of the group',
      (xml) => xml.replace('</GrpSts>', '</GrpSts><GrpSts>RJCT</GrpSts>'),
    ],
    ['two statuses of a row', (xml) => xml.replace('</TxSts>', '</TxSts><TxSts>RJCT</TxSts>')],
    [
      'a row without a reference',
      (xml) => xml.replace(/<OrgnlEndToEndId>.*?<\/OrgnlEndToEndId>/, ''),
    ],
    [
      'a row of two references',
      (xml) => xml.replace('<OrgnlEndToEndId>', '<OrgnlInstrId>X</OrgnlInstrId><OrgnlEndToEndId>'),
    ],
    ['an amount with a fraction', (xml) => xml.replace('>360000<', '>360000.5<')],
    ['a tally twice', (xml) => xml.replace(/(<NbOfTxsPerSts>.*?<\/NbOfTxsPerSts>)/, '$1$1')],
  ])('with %s is refused', (_, change) => {
    expect(() => readPain002(changed(change))).toThrow('không dùng gì trong tệp')
  })
})

describe('a file that means harm', () => {
  const entity = '<!DOCTYPE Document [<!ENTITY a "ACSC"><!ENTITY b SYSTEM "file:///etc/passwd">]>\n'
  test.each<readonly [string, Buffer]>([
    ['a document type', changed((xml) => xml.replace('<Document', `${entity}<Document`))],
    [
      'a document type in lower case',
      changed((xml) => xml.replace('<Document', '<!doctype a><Document')),
    ],
    [
      'a document type in a comment',
      changed((xml) => xml.replace('báo cáo', entity.replaceAll('-', ''))),
    ],
    ['an entity of its own', changed((xml) => xml.replace('>ACSC<', '>&a;<'))],
    ['another encoding', changed((xml) => xml.replace('UTF-8', 'ISO-8859-1'))],
    ['UTF-16', Buffer.from(`\ufeff${pain002(said).toString()}`, 'utf16le')],
    [
      'bytes that are not UTF-8',
      Buffer.concat([
        pain002(said).subarray(0, 60),
        Buffer.from([0xff, 0xfe]),
        pain002(said).subarray(60),
      ]),
    ],
    [
      'levels without end',
      changed((xml) =>
        xml.replace('</Document>', `${'<a>'.repeat(60)}${'</a>'.repeat(60)}</Document>`),
      ),
    ],
    ['a value without end', changed((xml) => xml.replace('BANK-1', 'A'.repeat(2_000)))],
    ['more than 20 MB', Buffer.alloc(20 * 1024 * 1024 + 1, 0x20)],
    ['nothing', Buffer.alloc(0)],
    ['JSON', Buffer.from('{"status":"OK"}')],
    ['two documents', Buffer.concat([pain002(said), Buffer.from('<Document/>')])],
  ])('%s is refused, and nothing of it is used', (_, bytes) => {
    expect(() => readPain002(bytes)).toThrow(/Tệp XML .*: không đọc gì trong tệp/)
  })

  test('a million references to characters end at the limit of a value', () => {
    const xml = changed((text) => text.replace('BANK-1', '&#65;'.repeat(1_000_000)))
    expect(() => readPain002(xml)).toThrow('giá trị quá dài')
  })
})
