import { beforeAll, describe, expect, test } from '@jest/globals'
import type { DocumentRequest } from '../../src/documents/documents.ts'
import { recordActs } from '../../src/lib/audit.ts'
import { formatVnd } from '../../src/lib/money.ts'
import { readRecords } from '../../src/lib/spreadsheet-csv.ts'
import { localDate } from '../../src/lib/time.ts'
import { auditedTown, sealTown } from '../support/audited-town.ts'
import type { AuditedTown } from '../support/audited-town.ts'
import { refusalOf } from '../support/outcome.ts'
import { viewed } from '../support/papers.ts'
import { textOf } from '../support/pdf.ts'
import { AMOUNT, fund, leader } from '../support/town.ts'

// What may be wrong without being forbidden: each is planted once beside a twin that is in order, and only the one is found.

let town: AuditedTown
let numbers: readonly string[]
let payees: readonly string[]

const all = { from: localDate('2023-08-01'), to: localDate('2099-12-31') }
const request = (more: object = {}): DocumentRequest => ({
  ...{ kind: 'audit-exceptions', ...all, ...more },
})
/** The rows of a table of the paper as CSV: cells by row, without heading and sums. */
async function tableOf(name: string, more: object = {}): Promise<readonly (readonly string[])[]> {
  const { records } = readRecords(await viewed(town.database, leader, request(more), 'csv'))
  const cells = records.map((record) => record.cells)
  // The first table has no heading but its columns'.
  const named = cells.findIndex((row) => row[0] === name)
  const head = named === -1 ? cells.findIndex((row) => row[0] === 'Nhóm tài khoản') : named + 1
  const after = cells.slice(head + 1)
  const end = after.findIndex((row) => row.every((cell) => cell === '') || TABLES.has(row[0] ?? ''))
  return end === -1 ? after : after.slice(0, end)
}
const TABLES = new Set([
  ...['Chung tài khoản', 'Nhận thay nhiều người', 'Duyệt quá nhanh', 'Thử tự duyệt'],
  'Thay đổi trước giải ngân',
])

beforeAll(async () => {
  town = await auditedTown()
  const rows = await town.rows<{ number: string; person: string }>(
    `select e.number, e.person_id as person from entitlement e join payout_list l on l.id = e.list_id order by l.number, e.row`,
  )
  numbers = rows.map(({ number }) => number)
  payees = rows.map(({ person }) => person)
  const [quiet, fast] = town.lists
  // The order of events: all acts were long ago but the release, and one list was approved at once.
  await town.plant(`update audit_event set recorded_at = recorded_at - interval '2 hours' where act <> 'list.release';
    update list_decision set recorded_at = recorded_at - interval '2 hours' where list_id = '${fast?.id ?? ''}';
    update list_decision set recorded_at = recorded_at - interval '1 hour' where list_id = '${quiet?.id ?? ''}';
    update payment_account set recorded_at = recorded_at - interval '4 days';
    update payee set recorded_at = recorded_at - interval '4 days'`)
  await sealTown(town)
})

const entitlement = (at: number) => numbers[at] ?? ''
const accountOf = `(select payment_account_id from entitlement where number = $2)`

describe('an exception list', () => {
  test('finds approvals below two seconds a row, and those by who opened a row just before', async () => {
    const [quiet, fast] = town.lists
    const found = await tableOf('Duyệt quá nhanh')
    expect(found.map(([list]) => list)).toEqual([fast?.number])
    expect(found[0]?.[3]).toBe('6')
    expect(found[0]?.[2]).toBe(leader.actor)
    await town.plant(`insert into row_opening (list_id, commune_id, row, content_hash, opened_by, opened_at)
      select d.list_id, d.commune_id, 1, d.content_hash, d.decided_by, d.recorded_at - interval '30 seconds'
        from list_decision d where d.list_id = '${quiet?.id ?? ''}'`)
    // Thirty seconds for twenty rows.
    const both = await tableOf('Duyệt quá nhanh')
    expect(both.map(([list]) => list).toSorted()).toEqual([quiet?.number, fast?.number].toSorted())
    expect(both.find(([list]) => list === quiet?.number)?.[4]).toBe('1500')
    await town.plant(`update row_opening set opened_at = opened_at - interval '11 seconds'`)
    expect((await tableOf('Duyệt quá nhanh')).map(([list]) => list)).toEqual([fast?.number])
  })

  test('finds a number into which two receive, and not a receiver of several rows', async () => {
    expect(await tableOf('Chung tài khoản')).toEqual([])
    await town.plant(`update entitlement set payment_account_id = ${accountOf} where number = $1`, [
      ...[entitlement(1), entitlement(0)],
    ])
    const found = await tableOf('Chung tài khoản')
    expect(found.map((row) => row[2]).toSorted()).toEqual([entitlement(0), entitlement(1)])
    expect(found.map((row) => row[3])).toEqual(['2', '2'])
    await town.plant('update entitlement set payee_id = $2 where number = $1', [
      ...[entitlement(1), payees[0]],
    ])
    expect(await tableOf('Chung tài khoản')).toEqual([])
  })

  test('finds who receives for more than three others, and no institution', async () => {
    const ward = async (at: number, relation = 'authorised') =>
      town.plant('update entitlement set payee_id = $2, relation = $3 where number = $1', [
        ...[entitlement(at), payees[4], relation],
      ])
    for (const at of [5, 6, 7]) await ward(at)
    expect(await tableOf('Nhận thay nhiều người')).toEqual([])
    await ward(8)
    const found = await tableOf('Nhận thay nhiều người')
    expect(found.map((row) => row[2]).toSorted()).toEqual(numbers.slice(5, 9).toSorted())
    expect(found[0]?.slice(0, 1)).toEqual([payees[4]])
    await ward(8, 'institution')
    expect(await tableOf('Nhận thay nhiều người')).toEqual([])
  })

  test('finds changes in the three days before a release', async () => {
    expect(await tableOf('Thay đổi trước giải ngân')).toEqual([])
    const change = (by: string) =>
      town.plant(
        `update payment_account set recorded_at = recorded_at ${by}
        where id = (select payment_account_id from entitlement where number = $1)`,
        [entitlement(9)],
      )
    await change(`+ interval '2 days'`)
    const [row = [], ...more] = await tableOf('Thay đổi trước giải ngân')
    expect(more).toEqual([])
    expect(row.slice(1, 3)).toEqual([entitlement(9), 'Tài khoản'])
    expect(row.at(-1)).toBe(formatVnd(AMOUNT))
    // After the release it is not before it.
    await change(`+ interval '3 days'`)
    expect(await tableOf('Thay đổi trước giải ngân')).toEqual([])
  })

  test('finds attempts of one person at two duties, once they are sealed', async () => {
    const detail = { code: 'duties-apart', about: 'một danh sách' }
    const event = { act: 'duties.refused', subject: 'route:approveRows', detail }
    await town.database.app.transact(leader, (tx) => recordActs(tx, leader, [event]))
    expect(await tableOf('Thử tự duyệt')).toEqual([])
    await fund(town.database, 'MORE', 1_000_000n)
    await sealTown(town)
    const [row = [], ...more] = await tableOf('Thử tự duyệt')
    expect(more).toEqual([])
    expect(row.slice(1, 6)).toEqual([
      ...[leader.actor, '', 'route:approveRows', 'một danh sách'],
      'Hai việc một người không được làm cả hai',
    ])
    expect(await tableOf('Thử tự duyệt', { from: localDate('2098-01-01') })).toEqual([])
  })

  test('is a proper paper without a name, and an empty one where there is nothing', async () => {
    const text = textOf(await viewed(town.database, leader, request()))
    expect(text).toContain('DANH SÁCH BẤT THƯỜNG')
    expect(text).not.toContain('Nguyễn')
    const none = { from: localDate('2022-01-01'), to: localDate('2022-01-31') }
    expect(textOf(await viewed(town.database, leader, request(none)))).toContain(
      'Không có trường hợp nào.',
    )
    const backwards = viewed(town.database, leader, request({ to: localDate('2020-01-01') }))
    expect(await backwards.catch(refusalOf)).toBe('range')
  })
})
