import pg from 'pg'
import type { EmbeddedPostgres } from './embedded-postgres.ts'

/**
 * Makes a database and its owner on the embedded server where they are missing; returns the owner's URL. The owner may
 * create roles, and is no superuser: the embedded server is used as a production server would be.
 */
export async function ensureDatabase(engine: EmbeddedPostgres, name: string): Promise<string> {
  const owner = `${name}_owner`
  const url = engine.url(name, owner)
  const client = new pg.Client({ connectionString: engine.superuserUrl })
  await client.connect()
  try {
    const password = pg.escapeLiteral(decodeURIComponent(new URL(url).password))
    if ((await client.query('select 1 from pg_roles where rolname = $1', [owner])).rowCount === 0) {
      await client.query(
        `create role ${pg.escapeIdentifier(owner)} login createrole password ${password}`,
      )
    }
    if (
      (await client.query('select 1 from pg_database where datname = $1', [name])).rowCount === 0
    ) {
      await client.query(
        `create database ${pg.escapeIdentifier(name)} owner ${pg.escapeIdentifier(owner)}`,
      )
    }
    return url
  } finally {
    await client.end()
  }
}

/** Removes a database of the embedded server, whoever is connected; nothing happens when there is none. */
export async function dropDatabase(engine: EmbeddedPostgres, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: engine.superuserUrl })
  await client.connect()
  try {
    await client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`)
  } finally {
    await client.end()
  }
}
