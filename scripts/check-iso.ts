/**
 * Validates what we write against the official schemas of ISO 20022, which are not part of the project:
 *
 *   npm run check:iso -- <folder with pain.001.001.03.xsd and pain.001.001.09.xsd>
 *
 * Samples of every version: one payment, 500, and names that banks cannot hold. Ends with 1 when one is not valid.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { validateXML } from 'xmllint-wasm'
import { localDate } from '../src/lib/time.ts'
import type { OutgoingOrder, OutgoingPayment } from '../src/payouts/channels/channel.ts'
import { painVersions, unwritable, writePain001 } from '../src/payouts/channels/iso20022/pain001.ts'

/** Pages of 64 KB that the validator may use. */
const MEMORY_PAGES_MAX = 16_384

const payment = (n: number, change: Partial<OutgoingPayment> = {}): OutgoingPayment => ({
  reference: `2308${String(n).padStart(12, '0')}`,
  amount: 360_000n + BigInt(n) * 1_000n,
  bankCode: ['970405', '970436', 'KBNN'][n % 3] ?? null,
  accountNumber: `999${String(n).padStart(9, '0')}`,
  holderName: 'NGUYEN THI ANH MAU',
  text: 'TRO CAP XA HOI 08/2023',
  ...change,
})

const nasty: readonly string[] = [
  'Nguyễn Thị Ánh Tuyết Mẫu',
  'ĐẶNG ĐÌNH ĐỨC "Bé" <Mẫu> & Con',
  'Hồ Văn Ẩn/Mẫu//Hai]]>',
  `  ${'Công Tằng Tôn Nữ Thị Ngọc Huyền '.repeat(5)}Mẫu`,
  'Nguye\u0302\u0303n Thi\u0323 Mẫu\u0000\u202E',
  "O'Brien-Lê (Mẫu) 100%, số 1: +84?",
  '阮 Mẫu 😀',
]

const samples: Readonly<Record<string, readonly OutgoingPayment[]>> = {
  'one payment': [payment(1)],
  '500 payments': Array.from({ length: 500 }, (_, n) => payment(n)),
  'nasty names': nasty.map((name, n) => payment(n, { holderName: name, text: name })),
  'no remittance text': [payment(1, { text: '…' })],
}

function fileOf(payments: readonly OutgoingPayment[], version: (typeof painVersions)[number]) {
  const order: OutgoingOrder = {
    ...{ id: '20230803-19750.20250701-001-1234567', payingUnit: '19750.20250701' },
    ...{ on: localDate('2023-08-03'), claimedAt: '2023-08-03T08:00:00+07:00' },
    ...{ payerName: 'Ủy ban nhân dân phường Thuận Hóa', payments },
  }
  return [...writePain001(order, { version, debtorBin: '970405' })].join('')
}

async function main(): Promise<number> {
  const folder = process.argv[2]
  if (folder === undefined) {
    process.stderr.write('Cách dùng: npm run check:iso -- <thư mục lược đồ>\n')
    return 2
  }
  let failed = 0
  for (const version of painVersions) {
    const schema = await readFile(join(folder, `pain.001.${version}.xsd`), 'utf8')
    for (const [name, payments] of Object.entries(samples)) {
      const writable = payments.filter((one) => unwritable(one) === null)
      const contents = fileOf(writable, version)
      const { valid, errors } = await validateXML({
        xml: [{ fileName: 'sample.xml', contents }],
        schema: [schema],
        maxMemoryPages: MEMORY_PAGES_MAX,
      })
      const what = `pain.001.${version}, ${name}: ${String(writable.length)} lệnh, ${String(contents.length)} ký tự`
      process.stdout.write(`${valid ? '✓' : '✗'} ${what}\n`)
      for (const { message } of errors.slice(0, 5)) process.stdout.write(`    ${message}\n`)
      if (!valid) failed += 1
    }
  }
  return failed === 0 ? 0 : 1
}

process.exitCode = await main()
