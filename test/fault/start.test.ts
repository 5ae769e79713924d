import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { lookInto } from '../support/demo-run.ts'
import { buildFolder } from '../support/programs.ts'

// `npm start` as a newcomer has it: what it says is true, and Ctrl-C ends all of it.

let folder: string
let child: ChildProcess
let said = ''
let ended: Promise<unknown>

/** In a group of its own, as a terminal starts it: Ctrl-C tells the whole group. */
const start = (port: number) => {
  const args = ['--import', 'tsx', 'scripts/start.ts', '--cases', '30', '--port', String(port)]
  said = ''
  child = spawn(process.execPath, args, {
    ...{ detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
    env: { PATH: process.env['PATH'], DATA_DIR: folder, BUILD_DIR: buildFolder() },
  })
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (said += text))
  ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)))
}
const group = () => -(child.pid ?? 0)
const someoneLeft = () => {
  try {
    return process.kill(group(), 0)
  } catch {
    return false
  }
}
const until = async (what: string, holds: () => boolean, ms: number) => {
  const end = performance.now() + ms
  while (!holds()) {
    if (performance.now() > end) expect([what, said]).toEqual([what, 'in time'])
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
/** The embedded engine is out of the terminal's reach: its file says whether it runs. */
const engineRuns = () => existsSync(join(folder, 'postgres', 'cluster', 'postmaster.pid'))
const allGone = async () => {
  await until('nobody is left', () => !someoneLeft() && !engineRuns(), 20_000)
}
/** A port that was free a moment ago, with what holds it. */
const holder = async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { port, free: () => new Promise((resolve) => server.close(resolve)) }
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ansinh-start-'))
  await chmod(folder, 0o755)
})
afterEach(async () => {
  if (someoneLeft()) process.kill(group(), 'SIGTERM')
  await ended
  await allGone()
  await rm(folder, { recursive: true, force: true })
})

test('a newcomer gets a month, an address and accounts; Ctrl-C ends all of it, at any moment', async () => {
  const { port, free } = await holder()
  start(port)
  // Before a month is made for nothing.
  expect(await ended).toBe(1)
  expect(said).toMatch(/^Không mở được cổng 127\.0\.0\.1:\d+: .*EADDRINUSE.*\n$/)
  await free()

  start(port)
  await until('the month is being made', engineRuns, 90_000)
  process.kill(group(), 'SIGINT')
  await ended
  await allGone()

  // Cut off, it goes on.
  start(port)
  await until('it stands', () => said.includes('Dừng: Ctrl-C'), 240_000)
  expect(said).toContain(`http://127.0.0.1:${String(port)}/api/docs`)
  for (const subject of ['can-bo-xa', 'lanh-dao-xa', 'ke-toan', 'duyet-chi', 'quan-tri'])
    expect(said).toMatch(new RegExp(`^  ${subject} +\\S`, 'm'))
  const ask = async (path: string) =>
    (await fetch(`http://127.0.0.1:${String(port)}${path}`, { redirect: 'manual' })).status
  expect([await ask('/livez'), await ask('/readyz'), await ask('/api/docs')]).toEqual([
    ...[200, 200, 200],
  ])
  expect(await ask('/auth/login?return=/api/docs')).toBe(302)
  // Heads are signed here by a key of this machine, whose public half lies beside it.
  expect(existsSync(join(folder, 'heads', 'head-signer-public.pem'))).toBe(true)
  expect(said).toContain(join(folder, 'heads', 'kept'))
  process.kill(group(), 'SIGINT')
  // At the terminal npm passes the same signal on.
  process.kill(child.pid ?? 0, 'SIGINT')
  await until('it ends', () => child.exitCode !== null, 20_000)
  expect([await ended, said.includes('Error')]).toEqual([0, false])
  await allGone()
  const counts = await lookInto(folder, async (client) => {
    const { rows } = await client.query<{ paid: number; open: number; checks: number }>(
      `select (select count(*)::int from instruction where state = 'PAID') as paid,
              (select count(*)::int from instruction where state in ('SUBMITTING', 'QUEUED')) as open,
              (select count(*)::int from invariant_run where violations = '[]') as checks`,
    )
    return rows[0]
  })
  expect(counts).toMatchObject({ open: 0 })
  expect(counts?.paid).toBeGreaterThan(10)
  expect(counts?.checks).toBeGreaterThan(0)
}, 600_000)
