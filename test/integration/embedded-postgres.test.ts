import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from '@jest/globals'
import { Client } from 'pg'
import { built } from '../support/programs.ts'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/lib/embedded-postgres.ts'

const asRoot = process.getuid?.() === 0
const nobody = 65534
const library = built('src/lib/embedded-postgres.ts')
const places = built('src/lib/embedded-postgres-home.ts')

/** A program of its own: starts a server, commits a row, says where, and then does what it is told. */
const program = (folder: string, { before = '', after = 'setInterval(() => {}, 1e3)' } = {}) => `
  import pg from 'pg'
  import { startEmbeddedPostgres } from '${library}'
  import { openHome } from '${places}'
  ${before}
  const server = await startEmbeddedPostgres({ dataDir: '${folder}', log: console.error })
  const client = new pg.Client(server.superuserUrl)
  client.on('error', () => {})
  await client.connect()
  await client.query('create table if not exists kept (n int); insert into kept values (1)')
  console.log(server.port)
  ${after}`

const children: ChildProcess[] = []
const servers: EmbeddedPostgres[] = []
const folders: string[] = []

const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'embedded-postgres-test-'))
  chmodSync(folder, 0o755)
  folders.push(folder)
  return join(folder, 'data')
}

const start = async (dataDir: string, log?: (line: string) => void) => {
  const server = await startEmbeddedPostgres({ dataDir, ...(log && { log }) })
  servers.push(server)
  return server
}

const run = (source: string) => {
  const args = ['--input-type=module', '--eval', source]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const port = once(createInterface(child.stdout), 'line').then(([line]) => Number(line))
  const ended = once(child, 'close').then(([code]) => ({ code: Number(code), errors }))
  return { child, ended, port: Promise.race([port, ended.then(() => errors)]) }
}

const rowsKept = async ({ superuserUrl }: EmbeddedPostgres): Promise<number> => {
  const client = new Client(superuserUrl)
  await client.connect()
  const { rows } = await client.query<{ n: number }>('select count(*)::int as n from kept')
  await client.end()
  return rows[0]?.n ?? -1
}

const lockOf = (folder: string): string => join(folder, 'cluster', 'postmaster.pid')

const postmaster = (folder: string): number =>
  Number(readFileSync(lockOf(folder), 'utf8').split('\n')[0])

const kill = async ({ child, ended }: ReturnType<typeof run>) => {
  child.kill('SIGKILL')
  await ended
}

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const server of servers.splice(0)) await server.stop()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

test('serves on 127.0.0.1 only, with checksums, and keeps its data over a stop', async () => {
  const folder = newFolder()
  const first = await start(folder)
  const client = new Client(first.url('postgres'))
  await client.connect()
  await client.query('create table kept (n int); insert into kept values (1)')
  const settings = `select array_agg(name || '=' || setting order by name) as all from pg_settings
    where name in ('data_checksums', 'fsync', 'listen_addresses', 'server_encoding')`
  const { rows } = await client.query<{ all: string[] }>(settings)
  await client.end()
  expect(rows[0]?.all).toEqual([
    'data_checksums=on',
    'fsync=on',
    'listen_addresses=127.0.0.1',
    'server_encoding=UTF8',
  ])
  await first.stop()
  expect(existsSync(lockOf(folder))).toBe(false)
  const second = await start(folder)
  expect([first.adopted, second.adopted, await rowsKept(second)]).toEqual([false, false, 1])
})

test('adopts the server of a process that was killed', async () => {
  const folder = newFolder()
  const killed = run(program(folder))
  const port = await killed.port
  await kill(killed)
  const server = await start(folder)
  expect([server.adopted, server.port, await rowsKept(server)]).toEqual([true, port, 1])
  await server.stop()
  await expect(rowsKept(server)).rejects.toThrow('ECONNREFUSED')
})

test('recovers after the postmaster was killed, reaped or not', async () => {
  const folder = newFolder()
  const parent = run(program(folder))
  await parent.port
  parent.child.kill('SIGSTOP') // a stopped parent reaps nobody: the postmaster becomes a zombie
  process.kill(postmaster(folder), 'SIGKILL')
  const server = await start(folder)
  expect([server.adopted, await rowsKept(server)]).toEqual([false, 1])
})

test('recovers when another program has the number of the dead postmaster', async () => {
  const folder = newFolder()
  const parent = run(program(folder))
  await parent.port
  const left = readFileSync(lockOf(folder), 'utf8').split('\n')
  process.kill(postmaster(folder), 'SIGKILL')
  await kill(parent)
  const other = newFolder()
  await start(other)
  writeFileSync(lockOf(folder), [String(postmaster(other)), ...left.slice(1)].join('\n'))
  const server = await start(folder)
  expect([server.adopted, await rowsKept(server)]).toEqual([false, 1])
})

test('makes the cluster again when its maker was killed half way', async () => {
  const folder = newFolder()
  const around = resolve(folder, '..')
  const halfDone = () => readdirSync(around).filter((name) => name.startsWith('data.new-'))
  const killed = run(program(folder))
  while (!halfDone().some((name) => existsSync(join(around, name, 'cluster', 'base')))) {
    await sleep(5)
  }
  await kill(killed)
  expect([existsSync(folder), halfDone().length]).toEqual([false, 1])
  const server = await start(folder)
  expect([server.adopted, halfDone()]).toEqual([false, []])
})

test('starts once when several processes ask at the same time', async () => {
  const folder = newFolder()
  const all = await Promise.all([start(folder), start(folder), start(folder)])
  expect(new Set(all.map(({ port }) => port)).size).toBe(1)
  expect(all.filter(({ adopted }) => !adopted)).toHaveLength(1)
})

test('shows an uncaught error and stops the server on the way out', async () => {
  const folder = newFolder()
  const failed = run(program(folder, { after: `throw new Error('seen')` }))
  const { code, errors } = await failed.ended
  expect(code).toBe(1)
  expect(errors).toContain('Error: seen')
  for (let tries = 0; existsSync(lockOf(folder)) && tries < 200; tries += 1) await sleep(25)
  expect(existsSync(lockOf(folder))).toBe(false)
})

test('says why a server does not start', async () => {
  const folder = newFolder()
  const refused = startEmbeddedPostgres({ dataDir: folder, settings: { fsync: 'perhaps' } })
  await expect(refused).rejects.toThrow('parameter "fsync" requires a Boolean value')
})

test('keeps the data elsewhere, and says where, when the user of the server cannot enter the folder', async () => {
  const folder = join(newFolder(), 'closed', 'data')
  mkdirSync(resolve(folder, '..'), { recursive: true })
  chmodSync(resolve(folder, '..'), 0o700)
  const lines: string[] = []
  const server = await start(folder, (line) => lines.push(line))
  // The server of an ordinary user is that user's own, who can enter what is theirs.
  if (!asRoot) {
    expect([lines, existsSync(folder)]).toEqual([[], true])
    return
  }
  folders.push(lines[0]?.split(' in ').at(-1) ?? '')
  expect(lines).toEqual([expect.stringMatching(/cannot enter .*closed: its data is kept in \//)])
  await server.stop()
  await start(folder, (line) => lines.push(line))
  expect([lines[1], existsSync(folder)]).toEqual([lines[0], false])
})

// The code is loaded and the binaries are found as root, for the checkout may be closed to others.
const becomeNobody = (folder: string) =>
  asRoot
    ? `
  await openHome('${folder}-of-root', () => {})
  process.setgroups([]); process.setgid(${String(nobody)}); process.setuid(${String(nobody)})`
    : ''

test('works as an ordinary user', async () => {
  const folder = newFolder()
  if (asRoot) chownSync(resolve(folder, '..'), nobody, nobody)
  const before = becomeNobody(folder)
  const killed = run(program(folder, { before }))
  const port = await killed.port
  await kill(killed)
  const after = 'await client.end(); await server.stop()'
  const next = run(program(folder, { before, after }))
  expect([await next.port, (await next.ended).code]).toEqual([port, 0])
  expect(existsSync(lockOf(folder))).toBe(false)
})
