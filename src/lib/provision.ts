import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { DomainError } from './errors.ts'

/** Where a database is and as whom: the owner migrates, the application runs, the reports only read. */
export interface DatabaseUrls {
  readonly owner: string
  readonly app: string
  readonly report: string
  readonly schema: string
}

const POSTGRES_MIN = 150_000

/**
 * Makes the schema and the two run-time roles (<schema>_app, <schema>_report) where they are missing.
 * Takes the owner's URL; `app` and `report` are URLs already provided for, or undefined: then the roles get
 * `rolePassword`, or a fresh random one, and their URLs are returned. Safe to repeat; concurrent runs wait for each other.
 * Throws DomainError `database-too-old` below PostgreSQL 15, `database-rights` when the owner may not create roles.
 */
export async function provision(options: {
  readonly owner: string
  readonly schema: string
  readonly app?: string | undefined
  readonly report?: string | undefined
  readonly rolePassword?: string | undefined
}): Promise<DatabaseUrls> {
  const { owner, schema } = options
  const client = new pg.Client({ connectionString: owner })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await requireVersion(client)
    await client.query('select pg_advisory_lock(hashtext($1))', [`provision:${schema}`])
    const { rowCount } = await client.query('select 1 from pg_namespace where nspname = $1', [
      schema,
    ])
    if (rowCount === 0) await client.query(`create schema ${pg.escapeIdentifier(schema)}`)
    await installExtension(client)
    const password = options.rolePassword ?? randomBytes(18).toString('base64url')
    const app = options.app ?? (await makeRole(client, owner, `${schema}_app`, password))
    const report = options.report ?? (await makeRole(client, owner, `${schema}_report`, password))
    return { owner, app, report, schema }
  } finally {
    await client.end()
  }
}

async function requireVersion(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: string }>(
    `select current_setting('server_version_num') as version`,
  )
  const version = Number(rows[0]?.version)
  if (version < POSTGRES_MIN) {
    throw new DomainError(
      'invalid',
      'database-too-old',
      `Cần PostgreSQL 15 trở lên; máy chủ là ${version}`,
    )
  }
}

/**
 * For constraints that refuse overlapping periods. It belongs to the database, not to a province's schema, and has one
 * of its own: operator classes are found by type, so nothing has to name where it is.
 */
async function installExtension(client: pg.Client): Promise<void> {
  try {
    const { rowCount } = await client.query(`select from pg_extension where extname = 'btree_gist'`)
    if (rowCount === 1) return
    await client.query('create schema if not exists extensions')
    await client.query('create extension if not exists btree_gist schema extensions')
  } catch (error) {
    throw new DomainError(
      'forbidden',
      'database-rights',
      `Cần phần mở rộng btree_gist: quản trị cơ sở dữ liệu chạy "create extension btree_gist" (${String(error)})`,
    )
  }
}

async function makeRole(
  client: pg.Client,
  owner: string,
  role: string,
  password: string,
): Promise<string> {
  const name = pg.escapeIdentifier(role)
  const { rowCount } = await client.query('select 1 from pg_roles where rolname = $1', [role])
  try {
    if (rowCount === 0) await client.query(`create role ${name}`)
    await client.query(`alter role ${name} login password ${pg.escapeLiteral(password)}`)
  } catch (error) {
    throw new DomainError(
      'forbidden',
      'database-rights',
      `Vai ${role} chưa có và người sở hữu không được tạo vai: tạo trước rồi đặt DATABASE_APP_URL, DATABASE_REPORT_URL (${String(error)})`,
    )
  }
  const url = new URL(owner)
  url.username = role
  url.password = password
  return url.toString()
}
