import { expect, test } from '@jest/globals'
import { newKey } from '../support/api.ts'
import { openDesk } from '../support/desk.ts'
import { columnOf } from '../support/sql.ts'

// What becomes of a request that is under way: its key is taken, and the end of the process waits for its answer.

test('a key is refused while its first request is under way, which is answered before the interface ends', async () => {
  const { database, api, communes, user } = await openDesk([{ bank: 1 }])
  const { admin } = database
  const headers = { 'idempotency-key': newKey() }
  const body = { communeId: communes[0]?.id, month: '2023-08-01' }
  const submit = () => api.call(user('commune-officer'), 'POST', '/lists', { body, headers })
  await admin.query('begin; lock table payout_list in exclusive mode')
  const first = submit()
  const waits = `select count(*)::int from pg_locks where relation = 'payout_list'::regclass and not granted`
  while ((await columnOf(admin, waits))[0] === 0) await new Promise((done) => setTimeout(done, 20))
  // Not kept waiting for the first, either.
  const late = new Promise<object>((done) => setTimeout(done, 10_000, { status: 0 }).unref())
  const second = await Promise.race([submit(), late])
  expect(second).toMatchObject({ status: 409, body: { code: 'idempotency-key-running' } })
  let ended = false
  const ending = api.close().then(() => (ended = true))
  await expect(fetch(`${api.url}/livez`)).rejects.toThrow()
  expect(ended).toBe(false)
  await admin.query('rollback')
  expect((await first).status).toBe(201)
  expect(await ending).toBe(true)
})
