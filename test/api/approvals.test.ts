import { beforeAll, expect, test } from '@jest/globals'
import { payouts } from '../../src/payouts/payouts.ts'
import type { Answered, TestUser } from '../support/api.ts'
import { sealPosted } from '../support/papers.ts'
import { textOf } from '../support/pdf.ts'
import { treasurer } from '../support/town.ts'
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
const month = '2023-08-01'

beforeAll(async () => {
  ;({ database, api, commune, user, another, post, waitingFor } = await approvalsTown())
})

const confirm = async (asked: Answered, second: TestUser) => {
  expect(asked.status).toBe(202)
  const { proposal, contentHash } = asked.body as { proposal: string; contentHash: string }
  expect(await waitingFor(second)).toContain('proposal proposal')
  return post(second, `/proposals/${proposal}/confirmation`, { contentHash })
}

test('a rule of two people makes a list wait for a second approver, whoever completes it', async () => {
  const [dept, other] = [user('welfare-department'), await another('welfare-department', 1)]
  const rule = { listTotal: '1000000', rowAmount: null, warning: null }
  const made = await post(dept, '/approval-rules', { ...rule, document: 'QĐ 3' })
  expect(await waitingFor(dept)).toEqual([])
  expect(await confirm(made, other)).toMatchObject({ status: 200 })
  const two = { ...rule, rowAmount: '1', document: 'QĐ 4' }
  expect(await confirm(await post(dept, '/approval-rules', two), other)).toMatchObject({
    status: 422,
    body: { code: 'rule-asks' },
  })

  const officer = user('commune-officer')
  const submitted = await post(officer, '/lists', { communeId: commune.id, month })
  const { id, rowCount, total, contentHash } = submitted.body as Readonly<Record<string, string>>
  const seen = { rowCount, total, contentHash }
  const of = `/lists/${String(id)}`
  const preview = await post(dept, '/approval-rules/preview', { ...rule, month })
  expect(preview.body).toMatchObject({ items: [{ id }] })
  const standing = await api.call(officer, 'GET', `${of}/standing`)
  expect(standing.body).toMatchObject({ ...seen, rules: [rule] })

  const [leader, deputy] = [user('commune-leader'), await another('commune-leader', 2)]
  expect(await waitingFor(officer)).toEqual([])
  expect(await waitingFor(leader)).toEqual(['list-approval list'])
  expect(await post(deputy, `${of}/second-approval`, { seen })).toMatchObject({
    status: 409,
    body: { code: 'state-transition' },
  })
  const first = await post(leader, `${of}/approvals`, { set: 'all', seen })
  expect(first).toMatchObject({ status: 200, body: { state: 'SUBMITTED' } })
  expect(await waitingFor(leader)).toEqual([])
  expect(await waitingFor(deputy)).toEqual(['list-second-approval list'])
  expect(await waitingFor(user('treasury-approver'))).toEqual([])
  expect(await post(leader, `${of}/second-approval`, { seen })).toMatchObject({
    status: 403,
    body: { code: 'same-person' },
  })
  // The attempt rolled back, and is known all the same.
  const { rows: attempts } = await database.admin.query(
    `select actor, subject, role, detail->>'about' as about from audit_event where act = 'duties.refused'`,
  )
  expect(attempts).toEqual([
    {
      ...{ actor: leader.id, subject: 'route:secondApproveList', role: 'commune-leader' },
      about: String(id),
    },
  ])
  // Not by the back door either: the state itself wants the second word.
  const moved = database.admin.query(
    `update payout_list set state = 'APPROVED', approved_by = '${leader.id}' where id = '${String(id)}'`,
  )
  await expect(moved).rejects.toMatchObject({ code: 'LB055' })
  const wrong = { ...seen, total: '1' }
  expect(await post(deputy, `${of}/second-approval`, { seen: wrong })).toMatchObject({
    status: 409,
    body: { code: 'list-differs' },
  })
  const second = await post(deputy, `${of}/second-approval`, { seen })
  expect(second).toMatchObject({ status: 200, body: { state: 'APPROVED' } })
  expect(await waitingFor(deputy)).toEqual([])
  expect(await waitingFor(user('treasury-approver'))).toEqual(['list-release list'])
  // It stands under whoever decided on its rows: they sign, and they could withdraw it.
  const { rows: signed } = await database.admin.query(
    'select l.approved_by, array_agg(distinct i.approved_by)::text as of from payout_list l join instruction i on i.list_id = l.id where l.id = $1 group by 1',
    [id],
  )
  expect(signed).toEqual([{ approved_by: leader.id, of: `{${leader.id}}` }])
  const why = { seen, reasonCode: 'mistake', reason: 'Sai tháng' }
  const withdraw = (who: TestUser) => post(who, `${of}/withdrawal`, why)
  expect((await withdraw(deputy)).status).toBe(403)
  const acts = await database.app.transact(treasurer, (tx) =>
    payouts.lists.timeline(tx, String(id)),
  )
  expect(acts.findLast(({ act }) => act.startsWith('list.approve'))?.actor).toBe(leader.id)
  const release = await post(user('treasury-approver'), `${of}/release`, { seen })
  expect(release.status).toBe(200)
  expect(await waitingFor(user('treasury-approver'))).toEqual([])
})

test('a list with two approvals is signed by the first, who withdraws it and gives its money back', async () => {
  const [officer, leader] = [user('commune-officer'), user('commune-leader')]
  const deputy = await another('commune-leader', 3)
  const names = `update app_user set full_name = $2 where id = $1`
  await database.admin.query(names, [leader.id, 'Hoàng Thị Chủ Tịch'])
  await database.admin.query(names, [deputy.id, 'Phan Văn Phó'])
  const september = { month: '2023-09-01' }
  await post(user('treasury-approver'), '/ledger/periods', september)
  const made = await post(officer, '/lists', { communeId: commune.id, ...september })
  const { id, rowCount, total, contentHash } = made.body as Readonly<Record<string, string>>
  const [of, seen] = [`/lists/${String(id)}`, { rowCount, total, contentHash }]
  expect(await post(leader, `${of}/approvals`, { set: 'all', seen })).toMatchObject({
    body: { state: 'SUBMITTED' },
  })
  const held = async () => {
    const { rows } = await database.admin.query<{ held: string }>(
      `select coalesce(sum(balance), 0)::text as held from account where code = '1121-HELD' and subject = $1`,
      [`list:${(made.body as { number: string }).number}`],
    )
    return rows[0]?.held
  }
  expect(await post(deputy, `${of}/second-approval`, { seen })).toMatchObject({
    body: { state: 'APPROVED' },
  })
  expect(await held()).toBe(total)
  const document = { kind: 'payout-list', listId: id }
  await sealPosted(database)
  const paper = await post(officer, '/documents/view', { document, format: 'pdf' })
  expect([paper.status, paper.body]).toEqual([200, null])
  const printed = textOf(paper.bytes)
  expect(printed).toContain('Hoàng Thị Chủ Tịch')
  expect(printed).not.toContain('Phan Văn Phó')
  const why = { seen, reasonCode: 'redraw', reason: 'Sai tháng' }
  expect((await post(leader, `${of}/withdrawal`, why)).status).toBe(200)
  expect((await api.call(officer, 'GET', of)).body).toMatchObject({ list: { state: 'WITHDRAWN' } })
  expect(await held()).toBe('0')
})
