import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { migrate } from '../../src/lib/migrations.ts'
import { provision } from '../../src/lib/provision.ts'
import type { DatabaseUrls } from '../../src/lib/provision.ts'
import { inDatabase, testServer } from './server.ts'

const FOLDER = 'prisma/migrations'

/** The names of all migrations, in their order. */
export const names = readdirSync(FOLDER).sort()
/** What one of them does. */
export const sqlOf = (name: string) => readFileSync(join(FOLDER, name, 'migration.sql'), 'utf8')

const made = { databases: [] as string[], roles: [] as string[], folders: [] as string[] }

/** Removes the databases, roles and folders that were made here. */
export async function removeMade(): Promise<void> {
  for (const name of made.databases) await rows('postgres', `drop database ${name} with (force)`)
  for (const name of made.roles) await rows('postgres', `drop role ${name}`)
  for (const folder of made.folders) rmSync(folder, { recursive: true })
}

/** A database with nothing in it, not even the schema `public`: who needs it fails. Returns its name. */
export async function emptyDatabase(): Promise<string> {
  const name = `migrations_${String(process.pid)}_${String(made.databases.length)}`
  await rows('postgres', `create database ${name} owner ansinh_owner`)
  made.databases.push(name)
  await rows(name, 'drop schema public')
  return name
}

/** The roles belong to the whole server: each province has a name of its own, unlike any other test's. */
export async function provinceIn(database: string, start: string): Promise<DatabaseUrls> {
  const schema = `${start}_${database}`
  made.roles.push(`${schema}_app`, `${schema}_report`)
  return provision({ owner: inDatabase(testServer().owner, database), schema })
}

/** A database with one province in which nothing has been migrated. */
export async function emptyProvince() {
  const database = await emptyDatabase()
  return { database, urls: await provinceIn(database, 'one') }
}

/** A folder with migrations, by name. */
export function folderOf(migrations: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'ansinh-migrations-'))
  made.folders.push(folder)
  for (const [name, sql] of Object.entries(migrations)) writeMigration(folder, name, sql)
  return folder
}

/** Puts a migration into such a folder. */
export function writeMigration(folder: string, name: string, sql: string): void {
  mkdirSync(join(folder, FOLDER, name), { recursive: true })
  writeFileSync(join(folder, FOLDER, name, 'migration.sql'), sql)
}

/** `migrate` reads prisma/migrations where the process is, so the process goes there. */
export async function migrateFrom(folder: string, urls: DatabaseUrls): Promise<readonly string[]> {
  const home = process.cwd()
  process.chdir(folder)
  try {
    return await migrate(urls)
  } finally {
    process.chdir(home)
  }
}

/** The rows of a query in a database, as the superuser unless a URL is given. */
export async function rows(database: string, sql: string, url = testServer().superuser) {
  const client = new pg.Client({ connectionString: inDatabase(url, database) })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}
