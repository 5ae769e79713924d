/**
 * How fast and how large a paper of many rows is written (npm run bench:papers [rows]): ours against a bare pdfkit loop that
 * draws the same tagged texts on as many pages. Each runs in a process of its own; costs are its CPU seconds, so that others
 * on the machine count for neither.
 */
import { execFileSync } from 'node:child_process'
import { Writable } from 'node:stream'
import PDFDocument from 'pdfkit'
import { fonts } from '../../src/documents/fonts.ts'
import type { Paper } from '../../src/documents/paper.ts'
import { renderPdf } from '../../src/documents/render-pdf.ts'
import { renderXlsx } from '../../src/documents/render-sheets.ts'
import { line } from '../../src/documents/tally.ts'

const [rowsText = '60000', mode] = process.argv.slice(2)
const ROWS = Number(rowsText)
const COLUMNS = Array.from({ length: 14 }, (_, at) => ({
  header: `Cột ${String(at + 1)}`,
  width: 20,
  ...(at > 6 && at < 12 && { align: 'right' as const }),
}))
const TEXTS = [
  'Nguyễn Thị Ánh',
  '07/03/1945',
  '046*****0011',
  'D5-15 (1,5)',
  'Tài khoản',
  '••••8901',
]
const cellsOf = (row: number) =>
  COLUMNS.map((_, at) => {
    if (at === 0) return String(row)
    return at > 6 && at < 12 ? BigInt(540_000 + row) : (TEXTS[at % TEXTS.length] ?? '')
  })

const sum = (BigInt(ROWS) * (1_080_001n + BigInt(ROWS))) / 2n
const paper: Paper = {
  ...{ kind: 'payout-list', agency: { superior: null, name: 'ỦY BAN NHÂN DÂN', place: 'Huế' } },
  ...{ symbol: 'DS', title: 'DANH SÁCH', subtitle: [], layout: 'landscape', total: null },
  ...{
    communeId: null,
    query: { id: 'bench', parameters: {} },
    info: [],
    signatures: [],
    recipients: [],
  },
  blocks: [
    {
      kind: 'table',
      table: {
        ...{ name: 'Bảng', columns: COLUMNS, count: ROWS, sumLabel: 'Tổng cộng', empty: '' },
        sums: COLUMNS.map((_, at) => (at > 6 && at < 12 ? sum : null)),
        rows: async function* () {
          for (let row = 1; row <= ROWS; row += 1) {
            // Rows come a page at a time, as from the database.
            if (row % 500 === 0) await new Promise(setImmediate)
            yield line(cellsOf(row))
          }
        },
      },
    },
  ],
}

const stamp = { head: null, madeBy: 'bench', issue: null }
const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() })
/** As many rows as our pages hold. */
const ROWS_A_PAGE = 26

async function bare(): Promise<void> {
  const doc = new PDFDocument({
    ...{ size: 'A4', layout: 'landscape', margin: 0, tagged: true, lang: 'vi-VN', font: '' },
    ...{ autoFirstPage: false, pdfVersion: '1.7' },
  })
  doc.registerFont('regular', fonts().regular)
  const ended = new Promise((resolve) => doc.pipe(nowhere()).once('finish', resolve))
  const table = doc.struct('Table')
  doc.addStructure(table)
  for (let row = 1; row <= ROWS; row += 1) {
    const at = (row - 1) % ROWS_A_PAGE
    if (at === 0) doc.addPage().font('regular').fontSize(8.5)
    const tr = doc.struct('TR')
    table.add(tr)
    for (const [column, cell] of cellsOf(row).entries()) {
      const text = typeof cell === 'bigint' ? cell.toString() : cell
      const draw = () => void doc.text(text, 85 + column * 50, 60 + at * 17, { lineBreak: false })
      tr.add(doc.struct('TD', {}, draw))
    }
    tr.end()
  }
  doc.end()
  await ended
}

const MODES = {
  ours: () => renderPdf(nowhere(), paper, stamp),
  xlsx: () => renderXlsx(nowhere(), paper, stamp),
  bare,
} as const

interface Cost {
  readonly seconds: number
  readonly megabytes: number
}

if (mode !== undefined) {
  await MODES[mode as keyof typeof MODES]()
  const { user, system } = process.cpuUsage()
  const { maxRSS } = process.resourceUsage()
  const cost: Cost = { seconds: (user + system) / 1e6, megabytes: Math.round(maxRSS / 1024) }
  process.stdout.write(JSON.stringify(cost))
} else {
  const costOf = (of: keyof typeof MODES): Cost => {
    const args = ['--import', 'tsx', 'scripts/bench/papers.ts', rowsText, of]
    return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Cost
  }
  const [ours, plain, xlsx] = [costOf('ours'), costOf('bare'), costOf('xlsx')]
  const pages = Math.ceil(ROWS / ROWS_A_PAGE)
  const said = (name: string, { seconds, megabytes }: Cost, bar = '') =>
    `${name.padEnd(12)} ${seconds.toFixed(1)} s CPU, ${(pages / seconds).toFixed(0)} pages/s, ${String(megabytes)} MB${bar}\n`
  const ratio = plain.seconds / ours.seconds
  process.stdout.write(
    [
      said('PDF', ours, ' (bar 400 MB)'),
      ...[said('bare pdfkit', plain), said('XLSX', xlsx, ' (bar 200 MB)')],
      `pages/s of the bare loop: ${ratio.toFixed(2)} (bar 0.7)\n`,
    ].join(''),
  )
  const held = ratio >= 0.7 && ours.megabytes < 400 && xlsx.megabytes < 200
  process.exitCode = held ? 0 : 1
}
