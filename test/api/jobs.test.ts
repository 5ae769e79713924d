import { beforeAll, describe, expect, test } from '@jest/globals'
import { invariant } from '../../src/lib/errors.ts'
import type { TestUser } from '../support/api.ts'
import { longWorkTown, sixPeople as people } from '../support/long-work.ts'
import { payday } from '../support/town.ts'

// Long work: asked for with 202, watched by rows, kept for 30 days, by whoever asked alone.

let town: Awaited<ReturnType<typeof longWorkTown>>
beforeAll(async () => {
  town = await longWorkTown()
})

/** What the sign-in reads of a user whose roles have changed. */
const rolesChanged = ({ id }: TestUser): void => {
  const known = town.api.identities.get(`Test ${id}`)
  invariant(known, 'a user who is signed in')
  town.api.identities.set(`Test ${id}`, { ...known, version: known.version + 1 })
}

const user = (role: string) => town.user(role)
const ask = (...of: Parameters<typeof town.ask>) => town.ask(...of)
const read = (...of: Parameters<typeof town.read>) => town.read(...of)
const work = () => town.work()
const fileOf = (...of: Parameters<typeof town.fileOf>) => town.fileOf(...of)
const sql = (...of: Parameters<typeof town.sql>) => town.sql(...of)

describe('an export', () => {
  test('is asked for, carried out as whoever asked, and fetched by them alone', async () => {
    const officer = user('commune-officer')
    const id = await ask(officer, 'registry-exports', people)
    expect(town.woken).toContain(id)
    expect((await fileOf(officer, id)).status).toBe(409)
    expect(await work()).toBe(1)
    const done = await read(officer, id)
    expect(done).toMatchObject({ state: 'DONE', rowsDone: '6', rowsTotal: '6', problem: null })
    const answer = await fileOf(officer, id)
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(answer.headers.get('content-disposition')).toContain(`nguoi-huong-${payday}.csv`)
    const text = await answer.text()
    // Two of three communes: the officer's.
    expect(text.match(/Nguyễn Thị Ánh Mẫu/g)).toHaveLength(6)
    for (const stranger of [town.other, user('administrator'), user('auditor')]) {
      expect((await town.api.call(stranger, 'GET', `/jobs/${id}`)).status).toBe(404)
      expect((await fileOf(stranger, id)).status).toBe(404)
    }
    const { body: own } = await town.api.call(town.other, 'GET', '/jobs')
    expect(own).toEqual({ items: [] })
    const events = await sql(
      `select actor, role, via from audit_event where act = 'registry.export'`,
    )
    expect(events[0]).toEqual({ actor: officer.id, role: 'commune-officer', via: 'job' })
    // Neither what was asked nor what came of it lies open.
    const [kept] = await sql(
      `select string_agg(p.sealed, '') || string_agg(j.request, '') as text
      from job_part p join job j on j.id = p.job_id where j.id = $1`,
      [id],
    )
    expect(kept?.['text']).not.toContain('Mẫu')
    expect(kept?.['text']).not.toContain('people')
  })

  test('of another count than the screen showed comes to nothing', async () => {
    const officer = user('commune-officer')
    const id = await ask(officer, 'registry-exports', { ...people, count: 7 })
    await work()
    expect(await read(officer, id)).toMatchObject({ state: 'FAILED', problem: 'export-changed' })
    expect((await fileOf(officer, id)).status).toBe(409)
  })

  test('is carried out only while whoever asked is still allowed to', async () => {
    const leaving: TestUser = { ...town.other, id: '00000009-0000-7000-8000-000000000780' as never }
    await town.api.enter(leaving)
    const first = await ask(leaving, 'registry-exports', people)
    await work()
    const second = await ask(leaving, 'registry-exports', people)
    await sql(
      `update role_grant set ended_by = gen_random_uuid(), ended_at = now() where user_id = $1`,
      [leaving.id],
    )
    await work()
    const rows = await sql(
      `select id, state, problem from job where asked_by = $1 order by created_at`,
      [leaving.id],
    )
    expect(rows).toEqual([
      { id: first, state: 'DONE', problem: null },
      { id: second, state: 'FAILED', problem: 'not-permitted' },
    ])
  })

  const inClear = { ...people, count: 8, purpose: 'đối chiếu' }
  test.each(['treasury-preparer', 'auditor'])(
    'with numbers in clear is nothing for %s, who may take files alone',
    async (role) => {
      const body = { body: inClear }
      const said = await town.api.call(user(role), 'POST', '/jobs/registry-exports', body)
      expect([said.status, said.body]).toMatchObject([403, { code: 'not-permitted' }])
      await ask(user(role), 'registry-exports', { ...inClear, purpose: null })
      expect(await work()).toBe(1)
    },
  )

  test('with numbers in clear is made and fetched while its reader may see them', async () => {
    const welfare = user('welfare-department')
    const may = `role = 'welfare-department' and action = 'people.reveal'`
    const again = async () => {
      const [row] = await sql(`select * from role_action where ${may}`)
      await sql(`delete from role_action where ${may}`)
      return async () => {
        await sql(
          `insert into role_action select * from jsonb_populate_record(null::role_action, $1)`,
          [JSON.stringify(row)],
        )
      }
    }
    const refused = await ask(welfare, 'registry-exports', inClear)
    const giveBack = await again()
    await work()
    await giveBack()
    expect(await read(welfare, refused)).toMatchObject({ problem: 'not-permitted' })

    const made = await ask(welfare, 'registry-exports', inClear)
    await work()
    const answer = await fileOf(welfare, made)
    expect([answer.status, await answer.text()]).toEqual([
      200,
      expect.stringMatching(/\b0\d{11}\b/),
    ])
    const fetched = await sql(
      `select actor, role from audit_event where subject = $1 and act = $2`,
      [...[`job:${made}`, 'job.fetch']],
    )
    expect(fetched).toEqual([{ actor: welfare.id, role: 'welfare-department' }])
    const giveAgain = await again()
    rolesChanged(welfare)
    expect((await fileOf(welfare, made)).status).toBe(403)
    await giveAgain()
    rolesChanged(welfare)
  })

  test('made for more communes than its reader has today stays closed', async () => {
    const officer = user('commune-officer')
    const id = await ask(officer, 'registry-exports', people)
    await work()
    await sql(`update job set communes = $2 where id = $1`, [
      id,
      town.communes.map((one) => one.id),
    ])
    expect((await fileOf(officer, id)).status).toBe(403)
  })

  test('is kept for 30 days', async () => {
    const officer = user('commune-officer')
    const id = await ask(officer, 'registry-exports', people)
    await work()
    await sql(`update job set finished_at = finished_at - interval '29 days' where id = $1`, [id])
    await work()
    expect((await fileOf(officer, id)).status).toBe(200)
    await sql(`update job set finished_at = finished_at - interval '25 hours' where id = $1`, [id])
    await work()
    expect((await read(officer, id)).state).toBe('EXPIRED')
    expect(await sql('select from job_part where job_id = $1', [id])).toEqual([])
  })
})
