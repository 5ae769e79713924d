import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Act } from '../../src/lib/act.ts'
import type { Tx } from '../../src/lib/db.ts'
import type { GivenFile } from '../../src/lib/spreadsheet.ts'
import type { KindName } from '../../src/registry/imports-kind.ts'
import type { ImportReport } from '../../src/registry/imports.ts'
import { registry } from '../../src/registry/registry.ts'
import { actOf } from '../support/act.ts'
import { filesWith, sightings, talkativeServer } from '../support/canary.ts'
import type { CanaryAct, Sighting } from '../support/canary.ts'
import { readHere } from '../support/damage.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { importDay as on } from '../support/import-desk.ts'
import { ANH, csvFile, ENROLMENTS, enrolmentRow, idNumber } from '../support/import-files.ts'
import { PEOPLE, personRow, xlsxFile } from '../support/import-files.ts'
import type { RunningServer } from '../support/server.ts'
import { leader, preparer } from '../support/town.ts'
import { vault } from '../support/vault.ts'

/**
 * Marked numbers come in files of every kind, in good rows and refused ones and in names, on a server that logs every
 * statement with its parameters. Only the file given back has them, in the cells in which the officer wrote them. Who
 * adds a kind of file adds it to `acts`. The queue's rows are in the same folder.
 */
const [ID, OTHER_ID, STRANGER, OLD_ID] = [987654, 987653, 987652].map(idNumber).concat('198765432')
const [PHONE, ACCOUNT, WALLET] = ['0398765432', '998765432109', '0398765431']
const [LONG_ACCOUNT, ROUNDED] = ['99876543210912345678', '9987654321091230']
/** With its zero lost, as most refused rows have it; it is part of the whole number. */
const cut = (id: string | undefined) => (id ?? '').slice(1)
const MARKS = [ID, OTHER_ID, STRANGER].map(cut).concat(OLD_ID ?? '', PHONE, ACCOUNT, WALLET)
MARKS.push(cut(LONG_ACCOUNT), ROUNDED)

const { imports, deaths } = registry
let server: RunningServer
let database: FreshDatabase
let seen: readonly Sighting[]
/** Sees another commune than the marked people live in. */
let elsewhere: Act

beforeAll(async () => {
  server = await talkativeServer()
  database = await freshDatabase(server)
  const { rows } = await database.admin.query<{ id: number }>(
    `select id from commune where code = '20014' and valid_to is not null`,
  )
  elsewhere = actOf({ communes: [rows[0]?.id ?? 0] })
  seen = await sightings(acts(), MARKS)
  // A process a file.
}, 120_000)

// After the database, which freshDatabase drops.
afterAll(() => server.stop())

const inTx = <T>(work: (tx: Tx) => Promise<T>, by: Act) => database.app.transact(by, work)

/** A file goes through all that can be done with it: checked, given back, applied whole and in part, and again. */
const file = (
  name: string,
  kind: KindName,
  given: GivenFile | Promise<GivenFile>,
  by = preparer,
): CanaryAct => ({
  name: `${kind}: ${name}`,
  run: async () => {
    const read = await imports.read(kind, await given)
    const report = await inTx((tx) => imports.check(tx, vault, read, on), by)
    const bytes = await imports.answer(read, report)
    const { rows } = await readHere({ name: read.name, bytes })
    const notes = rows.map(({ cells }) =>
      cells.filter(({ column }) => column === report.header.errorsAt),
    )
    const outcomes: unknown[] = []
    for (const chosen of ['all', report.goodRows, report.goodRows] as const) {
      const decision = { on, rows: chosen, seen: seenOf(report), confirmedBy: leader.actor }
      const apply = inTx((tx) => imports.apply(tx, vault, by, read, decision), by)
      outcomes.push(await apply.catch((error: unknown) => error))
    }
    return { report, notes, outcomes }
  },
})
const seenOf = ({ rows, change }: ImportReport) => ({ count: rows.good, change: change ?? 0n })

const feed = (name: string, text: string): CanaryAct => ({
  name: `feed: ${name}`,
  run: async () => {
    const bytes = Buffer.from(`so_dinh_danh,ho_ten,ngay_chet,so_giay_chung_tu\n${text}`)
    const read = await imports.read('deaths', { name: `khai tu ${OTHER_ID ?? ''}.csv`, bytes })
    return inTx((tx) => deaths.receiveFeed(tx, vault, preparer, read), preparer)
  },
})

const person = (id: string | undefined, of: Readonly<Record<number, string>> = {}) =>
  [...personRow(1), OLD_ID ?? ''].map((cell, at) => of[at] ?? (at === 0 ? (id ?? '') : cell))
const numbered = (row: readonly string[], id: string | undefined) => [id ?? '', ...row.slice(1)]
const account = (id: string | undefined, bin: string, number: string) => [
  ...[id ?? '', bin, number, 'NGUYEN THI ANH MAU'],
]
const death = (id: string | undefined, name = ANH) => [id ?? '', name, '08/08/2023', '45/TLKT']

function acts(): readonly CanaryAct[] {
  const people = [...PEOPLE, 'Số CMND cũ']
  const accounts = ['Số định danh', 'BIN', 'STK', 'Chủ tài khoản']
  const dead = ['Số định danh', 'Họ tên', 'Ngày mất', 'Số trích lục']
  const good = [person(ID, { 5: PHONE }), person(OTHER_ID, { 6: '' })]
  const refused = [
    ...[person(cut(STRANGER)), person(`${STRANGER ?? ''}1`), person(STRANGER, { 3: 'Nam' })],
    ...[person(STRANGER, { 1: 'Nguy3n' }), person(STRANGER), person(STRANGER)],
    ...[person(ID, { 1: 'Trần Thị Đào Mẫu' }), person(idNumber(7), { 5: `${PHONE}99` })],
  ]
  return [
    file('good rows, a number in the name', 'people', csvFile(people, good, `${ID ?? ''}.csv`)),
    file('refused rows', 'people', csvFile(people, refused)),
    file('refused rows in XLSX', 'people', xlsxFile(people, refused)),
    file('a number as a header', 'people', csvFile([...people, ID ?? ''], good)),
    file('no header', 'people', csvFile(person(ID), good)),
    file('of another commune', 'people', csvFile(people, [person(ID)]), elsewhere),
    file('good', 'enrolments', csvFile(ENROLMENTS, [numbered(enrolmentRow(1), ID)])),
    file('of nobody', 'enrolments', csvFile(ENROLMENTS, [numbered(enrolmentRow(1), STRANGER)])),
    file(
      'of another commune',
      'enrolments',
      csvFile(ENROLMENTS, [numbered(enrolmentRow(1), OTHER_ID)]),
      elsewhere,
    ),
    file(
      'good',
      'accounts',
      csvFile(accounts, [account(ID, '970405', ACCOUNT), account(OTHER_ID, '', WALLET)]),
    ),
    file(
      'refused',
      'accounts',
      xlsxFile(accounts, [
        ...[account(ID, '970405', LONG_ACCOUNT), account(OTHER_ID, '970405', ROUNDED)],
        ...[account(STRANGER, '111111', ACCOUNT), account(OTHER_ID, '970436', ACCOUNT)],
      ]),
    ),
    file('another account', 'accounts', csvFile(accounts, [account(ID, '970436', WALLET)])),
    file(
      'of another commune',
      'accounts',
      csvFile(accounts, [account(ID, '970405', ACCOUNT), account(OTHER_ID, '970405', ACCOUNT)]),
      elsewhere,
    ),
    file('good and refused', 'deaths', csvFile(dead, [death(ID), death(OTHER_ID, 'Lê Thị Khác')])),
    feed('somebody, a stranger', [death(OTHER_ID), death(STRANGER)].map(String).join('\n')),
    feed('damaged', [death(cut(STRANGER)), death(`${STRANGER ?? ''}1`)].map(String).join('\n')),
  ]
}

test('no number comes out in clear, in a report, a note, an error or the output', async () => {
  expect(seen).toEqual([])
  const { rows } = await database.admin.query<{ taken: string }>(
    `select kind || ' ' || rows_applied || ' ' || file_name as taken from import_file order by recorded_at`,
  )
  expect(rows.map(({ taken }) => taken)).toEqual([
    'people 2 046*****7654.csv',
    ...['enrolments 1 tep.csv', 'accounts 2 tep.csv', 'deaths 1 tep.csv'],
    'death-feed 2 khai tu 046*****7653.csv',
  ])
})

test('no number is in a file of the database or of its log in clear', async () => {
  expect(await filesWith(database.admin, MARKS)).toEqual([])
})
