import { beforeAll, describe, expect, test } from '@jest/globals'
import { parse } from 'csv-parse/sync'
import type { DocumentRequest } from '../../src/documents/documents.ts'
import { openPackage } from '../../src/lib/spreadsheet-zip.ts'
import { localDate } from '../../src/lib/time.ts'
import type { FreshDatabase } from '../support/database.ts'
import { exportedList } from '../support/export-list.ts'
import { exportPerson, exportTown } from '../support/export-town.ts'
import { paidMonth, squeezed, statement } from '../support/paid-month.ts'
import * as p from '../support/papers.ts'
import * as pdfs from '../support/pdf.ts'
import { august, leader } from '../support/town.ts'

// Every paper in every format, with texts that nobody entered through the register: taken over, or planted.

/** A formula, a right-to-left mark, brackets, backslashes, a control character, letters in pieces; and how it is shown. */
const HOSTILE = '=cmd|(a\\b)\u202e\u0001@x \u2066' + 'Mẫu'.normalize('NFD')
const SHOWN = '=cmd|(a\\b) @x Mẫu'
const FULL_WIDTH = '＝1＋1 Mẫu'
const LONG = `\t+84${'Ộ'.normalize('NFD').repeat(3_500)}`

/** Where people’s, banks’ and offices’ words stand. */
const TEXTS = [
  ...['commune.full_name_vi', 'entitlement.explanation', 'entitlement.legal_basis'],
  ...['statement_line.reason', 'instruction.reason', 'bank.short_name', 'journal_entry.reference'],
  ...['representation.document_number', 'representation.document_issuer', 'app_user.full_name'],
]

/** Plants texts past every rule of the database. */
async function plant({ admin }: FreshDatabase): Promise<void> {
  await admin.query('set session_replication_role = replica')
  await admin.query(
    `insert into app_user (id, kind, full_name, id_index, created_by) values ($1, 'officer', 'x', 'x', $1)`,
    [leader.actor],
  )
  for (const place of [...TEXTS, 'person.full_name']) {
    const [table = '', column = ''] = place.split('.')
    await admin.query(`do $$ declare one name; begin
      for one in select conname from pg_constraint where conrelid = '${table}'::regclass and contype = 'c' loop
        execute format('alter table ${table} drop constraint %I', one);
      end loop; end $$`)
    await admin.query(`update ${table} set ${column} = $1 || coalesce(${column}, '')`, [HOSTILE])
  }
  await admin.query(
    `update person set full_name = case id when (select min(id::text)::uuid from person) then $1 else $2 || full_name end
      where id in (select id from person order by id limit 2)`,
    [LONG, FULL_WIDTH],
  )
  await admin.query('set session_replication_role = origin')
}

const INVISIBLE = /[\p{Cc}\p{Cf}]/u
const RUNS = /^\s*[=+\-@\t\r＝＋－＠]/u
/** Money may be below zero: digits and dots alone. */
const MONEY = /^-[\d.]+$/

async function requireTexts(xlsx: Buffer): Promise<string> {
  const book = await openPackage(xlsx)
  let all = ''
  for (const name of book.names.filter((one) => one.startsWith('xl/worksheets/'))) {
    const xml = await book.text(name)
    expect(xml).not.toMatch(/<f[ >]|t="str"/)
    for (const [, type = '', content = ''] of xml.matchAll(/<c [^>]*?(t="\w+")?>(.*?)<\/c>/g)) {
      if (type === '') expect(content).toMatch(/^<v>-?\d+<\/v>$/)
      else expect(type).toBe('t="inlineStr"')
      expect(content).not.toMatch(INVISIBLE)
    }
    all += xml
  }
  return all
}

function requireInertCells(csv: Buffer): void {
  const rows = parse(csv, { bom: true, relax_column_count: true })
  for (const cell of rows.flat()) {
    expect(cell).not.toMatch(INVISIBLE)
    if (!MONEY.test(cell)) expect(cell).not.toMatch(RUNS)
  }
}

/** What no paper may be, whatever it is about. Returns its text. */
async function requireInert(database: FreshDatabase, request: DocumentRequest): Promise<string> {
  const pdf = await p.viewed(database, leader, request)
  const text = pdfs.textOf(pdf)
  expect(text).toBe(text.normalize('NFC'))
  expect(text).not.toMatch(INVISIBLE)
  expect(pdfs.objectsOf(pdf)).not.toMatch(pdfs.ACTIVE)
  await requireTexts(await p.viewed(database, leader, request, 'xlsx'))
  requireInertCells(await p.viewed(database, leader, request, 'csv'))
  return squeezed(text)
}

describe('a list and a statement of a person', () => {
  test('show hostile texts as they are read, and nothing runs', async () => {
    const town = await exportTown()
    const list = await exportedList(town)
    await plant(town.database)
    const text = await requireInert(town.database, { kind: 'payout-list', listId: list.id })
    // In the name of the office, which is in capitals.
    expect(text).toContain(squeezed(SHOWN.toLocaleUpperCase('vi')))
    for (const shown of [SHOWN, FULL_WIDTH.normalize('NFKC'), `+84${'Ộ'.repeat(396)}…`]) {
      expect(text).toContain(squeezed(shown))
    }
    const personId = exportPerson(1)
    const range = { from: august, to: august }
    const request = { kind: 'person-statement', personId, ...range } as const
    expect(await requireInert(town.database, request)).toContain(squeezed(`Họ và tên: +84`))
  })
})

describe('every other paper', () => {
  let database: FreshDatabase
  let orderId: string
  let subject: string
  const on = localDate('2023-08-10')
  const range = { from: localDate('2023-08-01'), to: localDate('2023-08-31') }

  beforeAll(async () => {
    const month = await paidMonth()
    ;({ database, orderId } = month)
    const [account] = await month.query(`select subject from account where code = '1121-FREE'`)
    subject = account?.['subject'] ?? ''
    await plant(database)
  })

  test.each<[string, () => DocumentRequest]>([
    ['reconciliation-day', () => ({ kind: 'reconciliation-day', statementId: statement, on })],
    ['reconciliation-batch', () => ({ kind: 'reconciliation-batch', orderId, on })],
    ['settlement-report', () => ({ kind: 'settlement-report', month: august, communeId: null })],
    ['coverage-report', () => ({ kind: 'coverage-report', month: august, mapDay: august })],
    ['journal-book', () => ({ kind: 'journal-book', ...range })],
    [
      'account-book',
      () => ({
        kind: 'account-book',
        account: { code: '1121-FREE', subject: subject as never },
        ...range,
      }),
    ],
    ['trial-balance', () => ({ kind: 'trial-balance', ...range })],
    ['verification', () => ({ kind: 'verification', ...range, to: localDate('2099-01-01') })],
  ])('%s shows hostile texts as they are read, and nothing runs', async (_, request) => {
    const text = await requireInert(database, request())
    expect(text).toContain(squeezed(`Người lập bản này: ${SHOWN}`))
  })
})
