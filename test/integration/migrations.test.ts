import { createHash } from 'node:crypto'
import { afterAll, expect, test } from '@jest/globals'
import { setUpLedger } from '../../src/ledger/ledger-setup.ts'
import { ledger } from '../../src/ledger/ledger.ts'
import { openDatabase } from '../../src/lib/db.ts'
import { migrate } from '../../src/lib/migrations.ts'
import type { DatabaseUrls } from '../../src/lib/provision.ts'
import { localDate, month } from '../../src/lib/time.ts'
import { act } from '../support/act.ts'
import {
  emptyDatabase,
  emptyProvince,
  folderOf,
  migrateFrom,
  names,
  provinceIn,
  removeMade,
  rows,
  sqlOf,
  writeMigration,
} from '../support/migrating.ts'

/** Every object of a schema with all that says what it is and who may do what with it. */
const EVERYTHING = `
  with here as (select oid, relname, concat_ws(' ', relkind, relacl, relrowsecurity, reloptions) as says
                  from pg_class where relnamespace = $1::regnamespace)
  select concat_ws(' ', relname, says) as line from here
  union all select concat_ws(' ', relname, attname, atttypid::regtype, atttypmod, attnotnull, attidentity, attacl,
                             attcollation::regcollation, pg_get_expr(adbin, adrelid))
    from here join pg_attribute on attrelid = oid and attnum > 0
    left join pg_attrdef on adrelid = attrelid and adnum = attnum
  union all select pg_get_indexdef(indexrelid) from here join pg_index on indrelid = oid
  union all select concat_ws(' ', relname, conname, pg_get_constraintdef(c.oid)) from here join pg_constraint c on conrelid = here.oid
  union all select pg_get_triggerdef(t.oid) from here join pg_trigger t on tgrelid = here.oid where not tgisinternal
  union all select pg_policies::text from pg_policies where schemaname = $1
  union all select concat_ws(' ', pg_get_functiondef(oid), proacl) from pg_proc where pronamespace = $1::regnamespace and prokind <> 'a'`

afterAll(removeMade)

test('on an empty database all are applied in order, and a second time none', async () => {
  const { database, urls } = await emptyProvince()
  expect(await migrate(urls)).toEqual(names)
  expect(await migrate(urls)).toEqual([])
  expect(await recordsOf(database, urls)).toEqual(
    names.map((name) => ({
      migration_name: name,
      checksum: createHash('sha256').update(sqlOf(name)).digest('hex'),
      applied_steps_count: 1,
      finished: true,
    })),
  )
})

test('several at once all end well, and each migration is applied once', async () => {
  const { database, urls } = await emptyProvince()
  const applied = await Promise.all([migrate(urls), migrate(urls), migrate(urls)])
  expect(applied.toSorted((a, b) => a.length - b.length)).toEqual([[], [], names])
  expect(await recordsOf(database, urls)).toHaveLength(names.length)
})

// A statement fails; the commit; the record.
test.each([
  `create table half (id int); select no_such_function()`,
  `create table half (id int primary key, other int references half deferrable initially deferred);
   insert into half values (1, 2)`,
  `create table half (id int); alter table _prisma_migrations add check (migration_name = '0001_first')`,
])('a broken migration leaves nothing behind: %s', async (broken) => {
  const { database, urls } = await emptyProvince()
  const folder = folderOf({
    '0001_first': 'create table first (id int)',
    '0002_broken': broken,
    '0003_last': 'create table last (id int)',
  })
  await expect(migrateFrom(folder, urls)).rejects.toThrow(/0002_broken/)
  expect(await tablesOf(database, urls)).toEqual(['_prisma_migrations', 'first'])
  expect(await recordsOf(database, urls)).toMatchObject([{ migration_name: '0001_first' }])

  writeMigration(folder, '0002_broken', 'create table half (id int)')
  expect(await migrateFrom(folder, urls)).toEqual(['0002_broken', '0003_last'])
})

test('a file that was changed after it was applied is refused, and nothing newer is applied', async () => {
  const { database, urls } = await emptyProvince()
  const folder = folderOf({ '0001_first': 'create table first (id int)' })
  await migrateFrom(folder, urls)
  writeMigration(folder, '0001_first', 'create table first (id int) -- changed')
  writeMigration(folder, '0002_second', 'create table second (id int)')
  await expect(migrateFrom(folder, urls)).rejects.toThrow('Migration 0001_first was changed')
  expect(await tablesOf(database, urls)).toEqual(['_prisma_migrations', 'first'])
})

test('_prisma_migrations has the columns that Prisma gives it', async () => {
  const { database, urls } = await emptyProvince()
  await migrate(urls)
  const columns = await rows(
    database,
    `select concat_ws(' ', attname, format_type(atttypid, atttypmod), case when attnotnull then 'not null' end,
                      pg_get_expr(adbin, adrelid)) as column
       from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
      where attrelid = '${urls.schema}._prisma_migrations'::regclass and attnum > 0 order by attnum`,
  )
  expect(columns.map(({ column }) => column)).toEqual([
    'id character varying(36) not null',
    'checksum character varying(64) not null',
    'finished_at timestamp with time zone',
    'migration_name character varying(255) not null',
    'logs text',
    'rolled_back_at timestamp with time zone',
    'started_at timestamp with time zone not null now()',
    'applied_steps_count integer not null 0',
  ])
})

test('two provinces live in one database and do not touch each other', async () => {
  const database = await emptyDatabase()
  const [hue, quangTri] = [await provinceIn(database, 'hue'), await provinceIn(database, 'qt')]
  await migrate(hue)
  const before = await everything(database, hue)
  await migrate(quangTri)
  expect(await everything(database, hue)).toEqual(before)
  // The same house twice: neither names the other, or anything else that is not its own.
  expect(await everything(database, quangTri)).toEqual(before)

  expect([await postOnce(hue), await postOnce(quangTri)]).toEqual([1, 1])
  const trespass = rows(database, `select * from ${hue.schema}.commune`, quangTri.app)
  await expect(trespass).rejects.toThrow(`permission denied for schema ${hue.schema}`)
  await rows(database, `drop schema ${quangTri.schema} cascade`)
  expect(await everything(database, hue)).toEqual(before)
})

test.each(names)('%s names no schema and leaves its transaction alone', (name) => {
  // From PUBLIC, which is everybody and not a schema, rights are taken.
  const statements = sqlOf(name).replace(/--.*$|\bfrom public;/gm, '')
  expect(statements).not.toMatch(/\bpublic\b|ansinh|\bbullmq\b/i)
  expect(statements).not.toMatch(/^\s*(begin|commit|rollback)\s*;/im)
})

// ── What is there ──────────────────────────────────────────────────────────────────────────────────

const recordsOf = (database: string, { schema }: DatabaseUrls) =>
  rows(
    database,
    `select migration_name, checksum, applied_steps_count, finished_at is not null as finished
       from ${schema}._prisma_migrations order by started_at, migration_name`,
  )

async function tablesOf(database: string, { schema }: DatabaseUrls): Promise<unknown[]> {
  const sql = `select tablename from pg_tables where schemaname = '${schema}' order by 1`
  return (await rows(database, sql)).map(({ tablename }) => tablename)
}

/** EVERYTHING of a province, without its name. */
async function everything(database: string, { schema }: DatabaseUrls): Promise<readonly string[]> {
  const lines = await rows(database, EVERYTHING.replaceAll('$1', `'${schema}'`))
  return lines.map(({ line }) => String(line).replaceAll(schema, 'this_province')).sort()
}

/** Sets the ledger of a province up, posts one entry as its application and counts the entries. */
async function postOnce({ owner, app, schema }: DatabaseUrls): Promise<number | undefined> {
  const open = (url: string) => openDatabase({ url, schema, kind: 'batch', poolSize: 1 })
  const [asOwner, asApp] = [open(owner), open(app)]
  try {
    await asOwner.transact(act, setUpLedger)
    const head = { reference: 'first', occurredOn: localDate('2023-08-05') }
    const entry = ledger.entry('estimate-assigned', { unit: '474', amount: 1n }, head)
    return await asApp.transact(act, async (tx) => {
      await ledger.openPeriod(tx, act, month('2023-08'))
      await ledger.post(tx, act, [entry])
      const [row] = await tx.$queryRaw<
        { n: number }[]
      >`select count(*)::integer as n from journal_entry`
      return row?.n
    })
  } finally {
    await Promise.all([asOwner.close(), asApp.close()])
  }
}
