import { beforeAll, expect, test } from '@jest/globals'
import type { PersonId } from '../../src/lib/act.ts'
import { testApi } from '../support/api.ts'
import type { TestApi, TestUser } from '../support/api.ts'
import { freshDatabase } from '../support/database.ts'
import { plan, scripted, send, statesOf } from '../support/sending.ts'
import { enterTown, releaseLists } from '../support/town.ts'

// What was asked to be stopped is seen by whoever must see to it, until the payment has an outcome.

const userOf = (n: number, role: string, communes: readonly number[] | null): TestUser => ({
  ...{ id: `0000000b-0000-7000-8000-${String(n).padStart(12, '0')}` as PersonId, role, communes },
})
let api: TestApi
let references: readonly string[]
let officer: TestUser
let treasurer: TestUser
let elsewhere: TestUser

beforeAll(async () => {
  const database = await freshDatabase()
  const communes = await enterTown(database, [{ wallet: 2 }, {}])
  await releaseLists(database, communes.slice(0, 1))
  for (const { orderId } of await plan(database))
    await send(
      database,
      scripted(() => ({ kind: 'accepted' })),
      { id: orderId },
    )
  references = [...(await statesOf(database)).keys()]
  api = await testApi(database)
  officer = userOf(3, 'commune-officer', [communes[0]?.id ?? 0])
  treasurer = userOf(1, 'treasury-approver', null)
  elsewhere = userOf(2, 'commune-leader', [communes[1]?.id ?? 0])
  for (const user of [officer, treasurer, elsewhere]) await api.enter(user)
})

const open = (user: TestUser | null) => api.call(user, 'GET', '/instructions/stop-requests')

test('a request to stop a payment is shown with the payment, its reason and who asked', async () => {
  expect((await open(treasurer)).body).toEqual({ items: [] })
  const body = { reason: 'Người nhận báo mất điện thoại' }
  const path = `/instructions/${references[1] ?? ''}/stop-requests`
  expect((await api.call(officer, 'POST', path, { body })).body).toEqual({ asked: true })
  expect((await open(treasurer)).body).toEqual({
    items: [
      expect.objectContaining({
        ...{ reference: references[1], state: 'ACCEPTED', channel: 'hue-s', amount: '360000' },
        ...{ reason: body.reason, actor: officer.id },
      }),
    ],
  })
  expect((await open(elsewhere)).body).toEqual({ items: [] })
  expect((await open(null)).status).toBe(401)
})
