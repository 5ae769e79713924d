import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chartLines } from '../src/ledger/chart.ts'
import { reversalTemplate, templateLines } from '../src/ledger/templates.ts'

type ChartLine = (typeof chartLines)[number]
type TemplateLine = (typeof templateLines)[number]
type Row = readonly string[]

const PAGE = fileURLToPath(new URL('../docs/accounts.md', import.meta.url))

const HEAD = `Printed by \`npm run docs:accounts\` from \`src/ledger/chart.ts\` and \`src/ledger/templates.ts\`; change those, not this page.

# Accounts and posting templates (Tài khoản và mẫu bút toán)

An account is a code with a subject: \`1121-HELD list:2308-19750-1\`. Balances and floors hold per account and
subject. The codes are ours; their numbers in the accounting regime are a mapping with validity dates
(\`prisma/reference/account_map.csv\`). Amounts are whole đồng.`

const CHART_HEAD = `## Chart of accounts (Hệ thống tài khoản)

*Grows* is the side that raises the balance. *Floor* is the lowest balance that the database allows; "–" is none.`

const TEMPLATES_HEAD = `## Posting templates (Mẫu bút toán)

Money moves by these and by nothing else. Each pair is Nợ / Có (debit / credit); the database refuses a posting
outside the pairs of its template and version.`

const CHART_COLUMNS: Row = [
  'Code',
  'Tiếng Việt',
  'English',
  'Type',
  'Grows',
  'Subject',
  'Floor',
  'Must return to zero',
]
const TEMPLATE_COLUMNS: Row = ['Name', 'Version', 'Tiếng Việt', 'English', 'Nợ / Có']

/** The whole of docs/accounts.md: the same bytes for the same chart and templates. */
export function accountsPage(): string {
  return `${[
    HEAD,
    CHART_HEAD,
    table(CHART_COLUMNS, chartLines.toSorted(asBooksDo).map(chartRow)),
    TEMPLATES_HEAD,
    table(TEMPLATE_COLUMNS, templateLines.map(templateRow)),
  ].join('\n\n')}\n`
}

/** By code, the memo accounts after all others: off the balance sheet, and printed apart. */
function asBooksDo([oneCode, one]: ChartLine, [otherCode, other]: ChartLine): number {
  const apart = Number(one.type === 'memo') - Number(other.type === 'memo')
  return apart || (oneCode < otherCode ? -1 : 1)
}

function chartRow([code, line]: ChartLine): Row {
  const { nameVi, nameEn, type, grows, subject, floor, mustReturnToZero } = line
  const side = grows === 'debit' ? 'Nợ / debit' : 'Có / credit'
  return [
    `\`${code}\``,
    nameVi,
    nameEn,
    type,
    side,
    subject,
    floor?.toString() ?? '–',
    mustReturnToZero ?? '–',
  ]
}

function templateRow({ name, version, docVi, docEn, pairs }: TemplateLine): Row {
  const written =
    name === reversalTemplate.name
      ? 'those of the entry it reverses, sides exchanged'
      : pairs.map(([debit, credit]) => `\`${debit}\` / \`${credit}\``).join('; ')
  return [`\`${name}\``, version.toString(), docVi, docEn, written]
}

function table(columns: Row, rows: readonly Row[]): string {
  const line = (cells: Row) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n')
}

// Run as a program it writes the page; the test that compares the two only imports it.
if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  writeFileSync(PAGE, accountsPage())
}
