import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import pg from 'pg'
import { setUpLedger } from '../../src/ledger/ledger-setup.ts'
import { ledger } from '../../src/ledger/ledger.ts'
import { openDatabase } from '../../src/lib/db.ts'
import { migrate } from '../../src/lib/migrations.ts'
import { provision } from '../../src/lib/provision.ts'
import type { DatabaseUrls } from '../../src/lib/provision.ts'
import { localDate, month } from '../../src/lib/time.ts'
import { act } from '../support/act.ts'
import { inDatabase, testServer } from '../support/server.ts'

const FOLDER = 'prisma/migrations'
const names = readdirSync(FOLDER).sort()
const sqlOf = (name: string) => readFileSync(join(FOLDER, name, 'migration.sql'), 'utf8')

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

const ID = '00000000-0000-7000-8000-000000000001'
const OTHER = '00000000-0000-7000-8000-000000000002'

const made = { databases: [] as string[], roles: [] as string[], folders: [] as string[] }

afterAll(async () => {
  for (const name of made.databases) await rows('postgres', `drop database ${name} with (force)`)
  for (const name of made.roles) await rows('postgres', `drop role ${name}`)
  for (const folder of made.folders) rmSync(folder, { recursive: true })
})

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

test('of order files from before, only those with nothing open are taken for gone', async () => {
  const { database, urls } = await emptyProvince()
  const before = names.filter((name) => name < '0024')
  const folder = folderOf(Object.fromEntries(before.map((name) => [name, sqlOf(name)])))
  await migrateFrom(folder, urls)
  const states = ['PAID', 'UNKNOWN', 'SUBMITTED', 'SUBMITTING', 'REJECTED']
  const payments = states.map((state, n) => {
    const [reference, order] = [
      `R${String(n).padStart(15, '0')}`,
      `2023-08-03-u-bank-00${String(n)}`,
    ]
    return `
      insert into payment_order (id, channel, paying_unit, planned_on, ordered_by) values ('${order}', 'bank', 'u', '2023-08-03', '${ID}');
      insert into order_file (channel, id, order_id, number, row_count, total, refs, amounts, attempts, parts)
      values ('bank', '${state}', '${order}', 1, 1, 1, '{${reference}}', '{1}', '{1}', '{970405}');
      insert into instruction (reference, entitlement_number, list_id, commune_id, paying_unit, channel, payment_account_id, amount,
                               state, order_id, prepared_by, approved_by)
      values ('${reference}', 'E${String(n)}', '${ID}', 1, 'u', 'bank', '${ID}', 1, '${state}', '${order}', '${ID}', '${OTHER}');`
  })
  const unit = `insert into paying_unit (id, code, valid_from, name_vi) values ('u', 'u', '2021-07-01', 'u');`
  const all = `set search_path = ${urls.schema}; set session_replication_role = replica; ${unit} ${payments.join('')}`
  await rows(database, all)
  for (const name of names) writeMigration(folder, name, sqlOf(name))
  await migrateFrom(folder, urls)
  const gone = await rows(
    database,
    `select file_id, gone_on::text from ${urls.schema}.order_file_gone order by 1`,
  )
  expect(gone).toEqual([
    { file_id: 'PAID', gone_on: '2023-08-03' },
    { file_id: 'REJECTED', gone_on: '2023-08-03' },
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

// ── Databases and folders ──────────────────────────────────────────────────────────────────────────

/** A database with nothing in it, not even the schema `public`: who needs it fails. Returns its name. */
async function emptyDatabase(): Promise<string> {
  const name = `migrations_${String(process.pid)}_${String(made.databases.length)}`
  await rows('postgres', `create database ${name} owner ansinh_owner`)
  made.databases.push(name)
  await rows(name, 'drop schema public')
  return name
}

/** The roles belong to the whole server: each province has a name of its own, unlike any other test's. */
async function provinceIn(database: string, start: string): Promise<DatabaseUrls> {
  const schema = `${start}_${database}`
  made.roles.push(`${schema}_app`, `${schema}_report`)
  return provision({ owner: inDatabase(testServer().owner, database), schema })
}

async function emptyProvince() {
  const database = await emptyDatabase()
  return { database, urls: await provinceIn(database, 'one') }
}

function folderOf(migrations: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'ansinh-migrations-'))
  made.folders.push(folder)
  for (const [name, sql] of Object.entries(migrations)) writeMigration(folder, name, sql)
  return folder
}

function writeMigration(folder: string, name: string, sql: string): void {
  mkdirSync(join(folder, FOLDER, name), { recursive: true })
  writeFileSync(join(folder, FOLDER, name, 'migration.sql'), sql)
}

/** `migrate` reads prisma/migrations where the process is, so the process goes there. */
async function migrateFrom(folder: string, urls: DatabaseUrls): Promise<readonly string[]> {
  const home = process.cwd()
  process.chdir(folder)
  try {
    return await migrate(urls)
  } finally {
    process.chdir(home)
  }
}

// ── What is there ──────────────────────────────────────────────────────────────────────────────────

/** The rows of a query in a database, as the superuser unless a URL is given. */
async function rows(database: string, sql: string, url = testServer().superuser) {
  const client = new pg.Client({ connectionString: inDatabase(url, database) })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

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
async function postOnce({ owner, app, schema }: DatabaseUrls): Promise<number> {
  const open = (url: string) => openDatabase({ url, schema, kind: 'batch', poolSize: 1 })
  const [asOwner, asApp] = [open(owner), open(app)]
  try {
    await asOwner.transact(act, setUpLedger)
    const head = { reference: 'first', occurredOn: localDate('2023-08-05') }
    const entry = ledger.entry('estimate-assigned', { unit: '474', amount: 1n }, head)
    return await asApp.transact(act, async (tx) => {
      await ledger.openPeriod(tx, act, month('2023-08'))
      await ledger.post(tx, act, [entry])
      return tx.journalEntry.count()
    })
  } finally {
    await Promise.all([asOwner.close(), asApp.close()])
  }
}
