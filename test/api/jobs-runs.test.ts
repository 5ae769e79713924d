import { beforeAll, expect, test } from '@jest/globals'
import { createLog } from '../../src/lib/log.ts'
import { openMetrics } from '../../src/lib/metrics.ts'
import { operations } from '../../src/operations/operations.ts'
import { longWorkTown, sixPeople as people, UNSIGNED } from '../support/long-work.ts'
import type { Job } from '../support/long-work.ts'
import { payday } from '../support/town.ts'
import { vault } from '../support/vault.ts'

// Long work of every kind: what runs do, and what becomes of a run that dies.

let town: Awaited<ReturnType<typeof longWorkTown>>
beforeAll(async () => {
  town = await longWorkTown()
})

const user = (role: string) => town.user(role)
const ask = (...of: Parameters<typeof town.ask>) => town.ask(...of)
const read = (...of: Parameters<typeof town.read>) => town.read(...of)
const work = () => town.work()
const metrics = openMetrics('worker')
const fileOf = (...of: Parameters<typeof town.fileOf>) => town.fileOf(...of)
const sql = (...of: Parameters<typeof town.sql>) => town.sql(...of)

test('a run that died is begun anew, and what it still writes changes nothing', async () => {
  const officer = user('commune-officer')
  const id = await ask(officer, 'registry-exports', people)
  await sql(
    `update job set state = 'RUNNING', attempt = 1, fence = gen_random_uuid(), beat_at = clock_timestamp() where id = $1`,
    [id],
  )
  expect(await work()).toBe(0)
  await sql(`update job set beat_at = clock_timestamp() - interval '61 seconds' where id = $1`, [
    id,
  ])
  await sql(`insert into job_part (job_id, seq, sealed) values ($1, 1, 'half')`, [id])
  const { app: db } = town.database
  const means = { db, vault, today: () => payday, log: createLog('silent'), papers: UNSIGNED }
  expect(await operations.runJobs({ ...means, onStalled: metrics.jobStalled })).toBe(1)
  expect(await metrics.text([])).toMatch(
    /^job_stalled_total\{queue="long-work",process="worker"\} 1$/m,
  )
  expect(await read(officer, id)).toMatchObject({ state: 'DONE' })
  expect(await (await fileOf(officer, id)).text()).toContain('Mẫu')
  // Three times is enough.
  const last = await ask(officer, 'registry-exports', people)
  await sql(
    `update job set state = 'RUNNING', attempt = 3, fence = gen_random_uuid(), beat_at = '2020-01-01' where id = $1`,
    [last],
  )
  await work()
  expect(await read(officer, last)).toMatchObject({ state: 'FAILED', problem: 'gave-up' })
})

test('a run that the end of its process cuts short is given back, and begun anew by another', async () => {
  const officer = user('commune-officer')
  const id = await ask(officer, 'registry-exports', people)
  const holder = await town.database.connect(town.database.urls.owner)
  await holder.query('begin')
  await holder.query('lock table person in access exclusive mode')
  const ending = new AbortController()
  const base = {
    ...{ db: town.database.app, vault, today: () => payday, log: createLog('silent') },
    papers: UNSIGNED,
  }
  const ended = { until: ending.signal, endingMs: 200 }
  const running = operations.runJobs({ ...base, ...ended })
  for (let state = ''; state !== 'RUNNING';) ({ state } = await read(officer, id))
  ending.abort()
  expect(await running).toBe(1)
  expect(await sql('select state, attempt, fence from job where id = $1', [id])).toEqual([
    { state: 'QUEUED', attempt: 0, fence: null },
  ])
  await holder.query('rollback')
  // Whoever is to end begins nothing; another does, and what the first still writes changes nothing.
  expect(await operations.runJobs({ ...base, ...ended })).toBe(0)
  expect(await work()).toBe(1)
  expect(await read(officer, id)).toMatchObject({ state: 'DONE', rowsDone: '6' })
})

test('a month’s lists are drawn up for one’s own communes alone', async () => {
  const officer = user('commune-officer')
  const id = await ask(officer, 'month-lists', { month: '2023-08-01' })
  await work()
  const done = await read(officer, id)
  expect(done).toMatchObject({ state: 'DONE', rowsDone: '2', rowsTotal: '2' })
  const lists = await sql('select number, prepared_by from payout_list order by number')
  expect(lists).toEqual(
    [...(done.result?.lists ?? [])]
      .toSorted()
      .map((number) => ({ number, prepared_by: officer.id })),
  )
  expect(lists).toHaveLength(2)
  // Again: what is there stays as it is.
  await ask(officer, 'month-lists', { month: '2023-08-01' })
  await work()
  expect(await sql('select from payout_list')).toHaveLength(2)
})

test('the audit trail leaves as JSON Lines', async () => {
  const auditor = user('auditor')
  const id = await ask(auditor, 'audit-exports')
  await work()
  const answer = await fileOf(auditor, id)
  expect(answer.headers.get('content-type')).toBe('application/x-ndjson')
  const lines = (await answer.text()).trim().split('\n')
  const events = lines.map((line) => JSON.parse(line) as { id: string; act: string })
  expect(events.map(({ act }) => act)).toContain('job.ask')
  expect(new Set(events.map(({ id: of }) => of)).size).toBe(events.length)
  expect(await read(auditor, id)).toMatchObject({ rowsDone: String(events.length) })
})

test('long work is watched until it is over', async () => {
  const officer = user('commune-officer')
  const id = await ask(officer, 'registry-exports', people)
  const headers = { authorization: `Test ${officer.id}`, accept: 'text/event-stream' }
  const answer = await fetch(`${town.api.url}/api/v1/jobs/${id}`, { headers })
  expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  const reading = answer.text()
  await work()
  const text = await reading
  const told = [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => JSON.parse(data) as Job)
  expect(told[0]).toMatchObject({ id, state: 'QUEUED' })
  expect(told.at(-1)).toMatchObject({ id, state: 'DONE', rowsDone: '6' })
  // Of somebody else's nothing is told.
  const strange = await fetch(`${town.api.url}/api/v1/jobs/${id}`, {
    headers: { ...headers, authorization: `Test ${town.other.id}` },
  })
  expect([strange.status, strange.headers.get('content-type')]).toEqual([
    404,
    'application/problem+json; charset=utf-8',
  ])
})
