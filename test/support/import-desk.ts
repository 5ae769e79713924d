import type { Act } from '../../src/lib/act.ts'
import { registry } from '../../src/registry/registry.ts'
import type { KindName } from '../../src/registry/imports-kind.ts'
import type { Imported, ImportDecision, ImportReport } from '../../src/registry/imports.ts'
import type { GivenFile } from '../../src/lib/spreadsheet.ts'
import { localDate } from '../../src/lib/time.ts'
import type { FreshDatabase } from './database.ts'
import { csvFile, PEOPLE, personRow } from './import-files.ts'
import { leader, preparer } from './town.ts'
import { vault } from './vault.ts'

/** The day on which the tests import. */
export const importDay = localDate('2023-08-10')

const { imports } = registry

/** Checks a file as an officer does. */
async function checkFile(
  { app }: FreshDatabase,
  kind: KindName,
  given: GivenFile | Promise<GivenFile>,
  by = preparer,
): Promise<ImportReport> {
  const file = await imports.read(kind, await given)
  return app.transact(by, (tx) => imports.check(tx, vault, file, importDay))
}

/** Applies a file as an officer does who has just seen it checked: all rows, unless decided otherwise. */
async function applyFile(
  { app }: FreshDatabase,
  kind: KindName,
  given: GivenFile | Promise<GivenFile>,
  decision: Partial<ImportDecision> = {},
  by = preparer,
): Promise<Imported> {
  const file = await imports.read(kind, await given)
  const report = await app.transact(by, (tx) => imports.check(tx, vault, file, importDay))
  const seen = { count: report.rows.good, change: report.change ?? 0n }
  const usual = { on: importDay, rows: 'all', seen, confirmedBy: leader.actor } as const
  return app.transact(by, (tx) => imports.apply(tx, vault, by, file, { ...usual, ...decision }))
}

/** Enters the people number 1 to n. */
export const enterPeople = (database: FreshDatabase, n: number): Promise<Imported> =>
  applyFile(
    database,
    'people',
    csvFile(
      PEOPLE,
      Array.from({ length: n }, (_, i) => personRow(i + 1)),
    ),
  )

/** What a report says is wrong, each with its cell. */
export const faultsOf = ({ faults }: ImportReport): readonly string[] =>
  faults.map(({ cell, message }) => `${cell}: ${message}`)

/** The desk of a test's database, which is opened anew before each test. */
export const deskOf = (database: () => FreshDatabase) => ({
  check: (kind: KindName, given: GivenFile | Promise<GivenFile>, by?: Act) =>
    checkFile(database(), kind, given, by),
  apply: (
    kind: KindName,
    given: GivenFile | Promise<GivenFile>,
    decision?: Partial<ImportDecision>,
    by?: Act,
  ) => applyFile(database(), kind, given, decision, by),
})
