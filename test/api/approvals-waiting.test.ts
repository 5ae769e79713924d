import { beforeAll, expect, test } from '@jest/globals'
import type { PersonId } from '../../src/lib/act.ts'
import { approvalsTown } from '../support/approvals-town.ts'
import type { ApprovalsTown } from '../support/approvals-town.ts'

// Rules by amount and warning, the second approver whom they ask for, and what waits for whom.

let database: ApprovalsTown['database']
let api: ApprovalsTown['api']
let commune: ApprovalsTown['commune']
let user: ApprovalsTown['user']
let another: ApprovalsTown['another']
let post: ApprovalsTown['post']
let waitingFor: ApprovalsTown['waitingFor']

beforeAll(async () => {
  ;({ database, api, commune, user, another, post, waitingFor } = await approvalsTown())
})

test('what waits is what another may decide, and it says what the sign-in lacks', async () => {
  const officer = user('commune-officer')
  const person = '00000002-0000-7000-8000-' + String(commune.id * 10_000 + 1).padStart(12, '0')
  const forCitizen = { person, authority: 'present', counter: 'counter' }
  const death = { diedOn: '2023-08-02', certificate: 'TLKT 1', forCitizen }
  expect(await post(officer, `/people/${person}/death`, death)).toMatchObject({ status: 201 })
  const suspension = { personId: person, head: 'NCT_80', from: '2023-09-01', reason: 'UNPAID_3M' }
  const proposed = await post(officer, '/suspensions', { ...suspension, forCitizen: null })
  expect(proposed).toMatchObject({ status: 201 })
  expect(await waitingFor(officer)).toEqual([])
  const leader = user('commune-leader')
  expect(await waitingFor(leader)).toEqual(['death death-report', 'suspension suspension'])
  const elsewhere = { ...(await another('commune-leader', 7)), communes: [commune.id + 1] }
  const far = { ...elsewhere, id: '0000000b-0000-7000-8000-000000000008' as PersonId }
  await api.enter(far)
  expect(await waitingFor(far)).toEqual([])

  const { id } = proposed.body as { readonly id: string }
  const read = await api.call(leader, 'GET', `/suspensions/${id}`)
  const decision = { decision: { number: '1/QĐ', date: '2023-08-20' } }
  const etag = read.headers.get('etag') ?? ''
  const decide = (ifMatch: string) =>
    api.call(leader, 'POST', `/suspensions/${id}/decision`, {
      body: decision,
      headers: ifMatch === '' ? {} : { 'if-match': ifMatch },
    })
  expect(await decide('')).toMatchObject({ status: 428 })
  expect(await decide('"another"')).toMatchObject({ status: 412 })
  expect(await decide(etag)).toMatchObject({ status: 200 })
  expect(await decide(etag)).toMatchObject({ status: 412 })
  expect(await waitingFor(leader)).toEqual(['death death-report'])
})

test('acts for citizens are counted by commune and officer, and name a paper when they are not there', async () => {
  const officer = user('commune-officer')
  const person = '00000002-0000-7000-8000-' + String(commune.id * 10_000 + 2).padStart(12, '0')
  const report = (forCitizen: unknown) =>
    post(officer, `/people/${person}/death`, {
      ...{ diedOn: '2023-08-02', certificate: 'TLKT 2', forCitizen },
    })
  const guardian = { person, authority: 'guardian', counter: 'phone' }
  expect(await report(guardian)).toMatchObject({ status: 400, body: { code: 'contract' } })
  expect(await report(undefined)).toMatchObject({ status: 400, body: { code: 'contract' } })
  expect(await report({ ...guardian, document: '7/GH' })).toMatchObject({ status: 201 })
  const { rows } = await database.admin.query(
    `select for_person, authority, counter, detail ->> 'authorityDocument' as paper from audit_event
      where act = 'death.report' and authority = 'guardian'`,
  )
  expect(rows).toEqual([
    { for_person: person, authority: 'guardian', counter: 'phone', paper: '7/GH' },
  ])
  const day = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10)
  const path = `/counter-shares?from=${day}&to=${day}`
  const { body } = await api.call(user('auditor'), 'GET', path)
  const { items } = body as { readonly items: readonly { readonly officer: string }[] }
  // A suspension on its own; two deaths on somebody's word.
  expect(items.find((one) => one.officer === officer.id)).toEqual({
    ...{ communeId: commune.id, officer: officer.id, acts: 3, forCitizens: 2, present: 1 },
    share: 6_666,
  })
})
