import { createHash, randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { Umzug } from 'umzug'

const FOLDER = 'prisma/migrations'

/** Prisma's own table, so that Prisma's tools agree on what is applied. */
const TABLE = `create table if not exists _prisma_migrations (
  id varchar(36) primary key, checksum varchar(64) not null, finished_at timestamptz, migration_name varchar(255) not null,
  logs text, rolled_back_at timestamptz, started_at timestamptz not null default now(), applied_steps_count integer not null default 0)`

/**
 * Applies the migrations that are missing, in order, each in a transaction with its record; returns their names.
 * Takes the owner's URL and the schema. Two runs at once wait for each other. Throws umzug's MigrationError, naming
 * the file, when one fails: it leaves nothing behind. Throws when an applied file was changed afterwards.
 */
export async function migrate(options: {
  readonly owner: string
  readonly schema: string
}): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: options.owner })
  // A lost connection is told by the query that was running, not by ending the process.
  client.on('error', () => undefined)
  await client.connect()
  try {
    // One lock a database: default privileges are the database's, whatever the schema.
    await client.query(`select pg_advisory_lock(hashtext('migrate'))`)
    // pg_temp last: a function that fixes "from current" is not fooled by temporary objects.
    await client.query(`select set_config('search_path', $1, false)`, [
      `${options.schema}, pg_temp`,
    ])
    const { rowCount } = await client.query('select 1 where current_schema() = $1', [
      options.schema,
    ])
    if (rowCount !== 1) throw new Error(`There is no schema ${options.schema}: provision it first`)
    await client.query(TABLE)
    const applied = await umzugOver(client, await readMigrations()).up()
    return applied.map(({ name }) => name)
  } finally {
    await client.end()
  }
}

/** The names of the migrations that this program was made for, in order. */
export async function migrationNames(): Promise<readonly string[]> {
  const entries = await readdir(FOLDER, { withFileTypes: true })
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted()
}

interface Migration {
  readonly name: string
  readonly sql: string
  readonly checksum: string
}

async function readMigrations(): Promise<readonly Migration[]> {
  return Promise.all(
    (await migrationNames()).map(async (name) => {
      const sql = await readFile(join(FOLDER, name, 'migration.sql'), 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

function umzugOver(client: pg.Client, migrations: readonly Migration[]) {
  const byName = new Map(migrations.map((migration) => [migration.name, migration]))
  return new Umzug({
    migrations: migrations
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, sql, checksum }) => ({
        name,
        up: () => applyOne(client, { name, sql, checksum }),
      })),
    storage: {
      // The record is written with the migration, in applyOne.
      logMigration: () => Promise.resolve(),
      unlogMigration: () => Promise.reject(new Error('migrations go forward only')),
      executed: () => executedOf(client, byName),
    },
    logger: undefined,
  })
}

async function executedOf(
  client: pg.Client,
  byName: ReadonlyMap<string, Migration>,
): Promise<string[]> {
  const { rows } = await client.query<{ migration_name: string; checksum: string }>(
    'select migration_name, checksum from _prisma_migrations where finished_at is not null order by migration_name',
  )
  for (const { migration_name: name, checksum } of rows) {
    const file = byName.get(name)
    if (file !== undefined && file.checksum !== checksum) {
      throw new Error(`Migration ${name} was changed after it was applied: write a new one instead`)
    }
  }
  return rows.map(({ migration_name }) => migration_name)
}

async function applyOne(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query('begin')
  try {
    await client.query(sql)
    await client.query(
      `insert into _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count) values ($1, $2, now(), $3, 1)`,
      [randomUUID(), checksum, name],
    )
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}
