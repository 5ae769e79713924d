import { readdirSync, readFileSync } from 'node:fs'
import { beforeAll, expect, test } from '@jest/globals'
import { PrismaPg } from '@prisma/adapter-pg'
import { SchemaEngine } from '@prisma/schema-engine-wasm'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'

/**
 * schema.prisma and the migrated database say the same (docs/adr/0004). Prisma's engine prints the SQL of
 * schema.prisma, that SQL makes a schema beside the migrated one, and the catalogue of both is compared: tables;
 * columns with type, nullability and default; primary keys, unique and other indexes; foreign keys with their actions.
 *
 * Prisma has no words for the rest, so it stands in the migrations alone and is left out here:
 * - indexes with a condition, over an expression or of an exclusion constraint; a unique constraint counts as its index, for Prisma makes only that
 * - checks, triggers, functions, policies (RLS), grants, comments, collations, fill factors
 * - which sequence a number comes from and whether identity or default takes it: only that a sequence gives it
 * - `not null` on an array: in Prisma a list is never null, and its SQL does not say so
 * - the precision of timestamptz when it is 6, which is what no precision means
 * _prisma_migrations is Prisma's own table and not a model.
 */
const CATALOGUE = `
  with ours as (
    select oid, relname from pg_class
     where relnamespace = $1::regnamespace and relkind in ('r', 'p') and relname <> '_prisma_migrations'
  )
  select 'table ' || relname as what, 'exists' as says from ours
  union all
  select 'column ' || relname || '.' || attname,
         replace(format_type(atttypid, atttypmod), 'timestamp(6) with', 'timestamp with')
         || case when attnotnull and typcategory <> 'A' then ' not null' else '' end
         || case when attidentity <> '' or expression like 'nextval(%' then ' default from a sequence'
                 else coalesce(' default ' || expression, '') end
    from ours join pg_attribute a on attrelid = ours.oid and attnum > 0 and not attisdropped
    join pg_type t on t.oid = atttypid
    left join lateral (select pg_get_expr(adbin, adrelid) from pg_attrdef
                        where adrelid = attrelid and adnum = attnum) d (expression) on true
  union all
  select case when indisprimary then 'primary key ' when indisunique then 'unique ' else 'index ' end || i.relname,
         'on ' || ours.relname || substring(pg_get_indexdef(indexrelid) from ' USING .*')
    from ours join pg_index on indrelid = ours.oid join pg_class i on i.oid = indexrelid
   where indpred is null and indexprs is null and not indisexclusion
  union all
  select 'foreign key ' || conname,
         'on ' || relname || ' ' || replace(pg_get_constraintdef(c.oid), $1 || '.', '')
    from ours join pg_constraint c on conrelid = ours.oid and contype = 'f'`

const FOLDER = 'prisma/migrations'
const FROM_PRISMA = 'from_prisma'
const NO_FILTERS = { externalTables: [], externalEnums: [] }
const schemaPrisma = readFileSync('prisma/schema.prisma', 'utf8')

/** What there is, by name, and what is said of it. */
type Shape = ReadonlyMap<string, string>

let database: FreshDatabase

beforeAll(async () => {
  database = await freshDatabase()
})

test('schema.prisma and the migrations make the same database', async () => {
  expect(drift(await shapeMigrated(), await shapeOfPrisma(schemaPrisma))).toEqual([])
})

// What the comparison sees: each drift is planted on one side of two that agree.
test.each([
  [
    'another type',
    /^( +share .*)\(5, 4\)/m,
    '$1(6, 4)',
    'column commune_succession.share: migrations numeric(5,4) not null, schema.prisma numeric(6,4) not null',
  ],
  [
    'a column that may be null',
    /^( +evidence +String)$/m,
    '$1?',
    'column resend_decision.evidence: migrations text not null, schema.prisma text',
  ],
  [
    'another default',
    /^( +state .*)"open"/m,
    '$1"closed"',
    "column period.state: migrations text not null default 'open'::text, schema.prisma text not null default 'closed'::text",
  ],
  ['no column', /^ +memo .*\n/m, '', 'column journal_entry.memo: only in the migrations'],
  ['no key', /^.*"entitlement_row".*\n/m, '', 'unique entitlement_row: only in the migrations'],
  [
    'another foreign key',
    /(fields: \[bankCode\].*onDelete: )NoAction/,
    '$1Cascade',
    'foreign key payment_account_bank_code_fkey: ' +
      'migrations on payment_account FOREIGN KEY (bank_code) REFERENCES bank(code), ' +
      'schema.prisma on payment_account FOREIGN KEY (bank_code) REFERENCES bank(code) ON DELETE CASCADE',
  ],
])('planted in schema.prisma: %s is named', async (_, from, to, named) => {
  const planted = await shapeOfPrisma(schemaPrisma.replace(from, to))
  expect(drift(await shapeOfPrisma(schemaPrisma), planted)).toEqual([named])
})

test.each([
  [
    'alter table bank rename bin to bic',
    ['column bank.bic: only in the migrations', 'column bank.bin: only in schema.prisma'],
  ],
  ['create table extra ()', ['table extra: only in the migrations']],
  [
    'alter table cash_result drop constraint cash_result_cash_list_id_fkey',
    ['foreign key cash_result_cash_list_id_fkey: only in schema.prisma'],
  ],
  [
    'alter table resend_decision drop constraint resend_decision_pkey',
    ['primary key resend_decision_pkey: only in schema.prisma'],
  ],
])('planted in the migrated database: what "%s" does is named', async (planted, named) => {
  expect(drift(await shapeMigrated(planted), await shapeMigrated())).toEqual(named)
})

test.each([{ changed: [] }, { changed: ['0002_ledger'] }])(
  'Prisma finds every migration applied, and changed: $changed',
  async ({ changed }: { readonly changed: readonly string[] }) => {
    expect(await historyOf(changed)).toEqual({
      editedMigrationNames: changed,
      failedMigrationNames: [],
      hasMigrationsTable: true,
      // Null: neither side lacks one.
      history: null,
    })
  },
)

/** One line for each thing that is on one side only or is not the same on both. */
function drift(migrations: Shape, prisma: Shape): readonly string[] {
  const all = new Set([...migrations.keys(), ...prisma.keys()])
  return [...all].sort().flatMap((what) => {
    const [here, there] = [migrations.get(what), prisma.get(what)]
    if (here === there) return []
    if (there === undefined) return [`${what}: only in the migrations`]
    if (here === undefined) return [`${what}: only in schema.prisma`]
    return [`${what}: migrations ${here}, schema.prisma ${there}`]
  })
}

const shapeMigrated = (afterwards = '') => shapeAfter(afterwards, database.urls.schema)

async function shapeOfPrisma(text: string): Promise<Shape> {
  const inOwnSchema = `create schema ${FROM_PRISMA}; set local search_path = ${FROM_PRISMA};`
  return shapeAfter(`${inOwnSchema} ${await sqlOf(text)}`, FROM_PRISMA)
}

/** What the catalogue says of a schema after some SQL, which is then undone. */
async function shapeAfter(sql: string, schema: string): Promise<Shape> {
  const { admin } = database
  await admin.query('begin')
  try {
    await admin.query(sql)
    const { rows } = await admin.query<{ what: string; says: string }>(CATALOGUE, [schema])
    return new Map(rows.map(({ what, says }) => [what, says]))
  } finally {
    await admin.query('rollback')
  }
}

/** The SQL that makes what a schema.prisma says in an empty database. */
async function sqlOf(content: string): Promise<string> {
  const files = [{ path: 'schema.prisma', content }]
  const { stdout } = await withEngine((engine) =>
    engine.diff({
      from: { tag: 'empty' },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: null,
      filters: NO_FILTERS,
    }),
  )
  return stdout ?? ''
}

/** What `prisma migrate` would find here, had some files a line more than ours. */
async function historyOf(changed: readonly string[]) {
  const migrationDirectories = readdirSync(FOLDER)
    .sort()
    .map((path) => {
      const ours = readFileSync(`${FOLDER}/${path}/migration.sql`, 'utf8')
      const value = changed.includes(path) ? `${ours}-- changed` : ours
      return {
        path,
        migrationFile: { path: 'migration.sql', content: { tag: 'ok', value } as const },
      }
    })
  const lockfile = { path: 'migration_lock.toml', content: null }
  return withEngine((engine) =>
    engine.diagnoseMigrationHistory({
      migrationsList: { baseDir: FOLDER, lockfile, shadowDbInitScript: '', migrationDirectories },
      optInToShadowDatabase: false,
      filters: NO_FILTERS,
    }),
  )
}

/** Prisma's own engine, as WebAssembly, over a connection to the migrated database. */
async function withEngine<T>(work: (engine: SchemaEngine) => Promise<T>): Promise<T> {
  const { owner, schema } = database.urls
  const options = `-c search_path=${schema},pg_temp`
  const connection = await new PrismaPg({ connectionString: owner, options }, { schema }).connect()
  const answer = async <V>(value: V | Promise<V>) => ({ ok: true, value: await value })
  const { provider, adapterName } = connection
  const driver = {
    provider,
    adapterName,
    queryRaw: (query: Parameters<typeof connection.queryRaw>[0]) =>
      answer(connection.queryRaw(query)),
    executeScript: (script: string) => answer(connection.executeScript(script)),
  }
  const adapter = { provider, adapterName, connect: () => answer(driver) }
  const engine = await SchemaEngine.new(
    { datamodels: [['schema.prisma', schemaPrisma]] },
    () => undefined,
    adapter,
  )
  try {
    return await work(engine)
  } finally {
    engine.free()
    await connection.dispose()
  }
}
