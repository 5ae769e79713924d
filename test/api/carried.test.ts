import { expect, test } from '@jest/globals'
import { localDate } from '../../src/lib/time.ts'
import { invariant } from '../../src/lib/errors.ts'
import { testApi, usersOfRoles } from '../support/api.ts'
import { carriedTown, september } from '../support/carried.ts'

// Cash that was not fetched is offered again by whoever may release the later list, who names what they saw.

test('unpaid cash is taken over by a later list, once, as it was seen', async () => {
  const town = await carriedTown()
  await town.leaveUnpaid()
  const later = await town.list(september, [1, 2])
  const api = await testApi(town.database, { today: () => localDate('2023-09-10') })
  const user = usersOfRoles([town.commune.id]).get('treasury-approver')
  invariant(user, 'a treasurer')
  await api.enter(user)
  const path = `/lists/${later.id}/carried-cash`
  const { held, ...seen } = (await api.call(user, 'GET', path)).body as Readonly<
    Record<'rowCount' | 'total' | 'contentHash' | 'held', unknown>
  >
  expect([seen, held]).toMatchObject([{ rowCount: 2, total: '720000' }, {}])
  const carry = (body: object) => api.call(user, 'POST', path, { body })
  expect(await carry({ seen: { ...seen, total: '360000' } })).toMatchObject({ status: 409 })
  const made = await carry({ seen })
  expect(made).toMatchObject({ status: 200, body: { cashListId: expect.any(String) } })
  const { cashListId } = made.body as { readonly cashListId: string }
  expect((await town.offered(cashListId)).toSorted()).toEqual(['2 2308', '3 2308'])
  expect((await api.call(user, 'GET', path)).body).toMatchObject({ rowCount: 0, total: '0' })
})
