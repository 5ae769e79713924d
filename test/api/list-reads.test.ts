import { beforeAll, expect, test } from '@jest/globals'
import { openDesk } from '../support/desk.ts'

// How lists are read by those who work on them: sorted, and what is due of them.

interface List {
  readonly id: string
  readonly rowCount: number
}

let desk: Awaited<ReturnType<typeof openDesk>>
beforeAll(async () => {
  desk = await openDesk([{ bank: 5 }, { bank: 1 }])
})

test('rows come by name, by amount or as they are numbered, a page at a time', async () => {
  const { admin } = desk.database
  const asked = { communeId: desk.communes[0]?.id, month: '2023-12-01' }
  const { id, rowCount } = await desk.post<List>('commune-officer', '/lists', asked)
  await admin.query(`set session_replication_role = replica;
    update entitlement set amount = case row % 2 when 0 then 500000 else 100000 * row end where list_id = '${id}';
    set session_replication_role = default`)
  const pages = async (sort: string) => {
    const rows: number[] = []
    for (let after = ''; ; after = `&after=${String(rows.at(-1))}`) {
      const path = `/lists/${id}/rows?limit=2${sort}${after}`
      const { items } = await desk.read<{ readonly items: readonly { readonly row: number }[] }>(
        'commune-leader',
        path,
      )
      rows.push(...items.map(({ row }) => row))
      if (items.length < 2) return rows
    }
  }
  const numbered = Array.from({ length: rowCount }, (_, at) => at + 1)
  const amountOf = (row: number) => (row % 2 === 0 ? 500_000 : 100_000 * row)
  expect(rowCount).toBeGreaterThan(3)
  expect(await pages('&sort=row')).toEqual(numbered)
  const largest = numbered.toSorted((a, b) => amountOf(b) - amountOf(a) || a - b)
  expect(await pages('&sort=amount')).toEqual(largest)
  expect((await pages('')).toSorted((a, b) => a - b)).toEqual(numbered)
  const leader = desk.user('commune-leader')
  const other = await desk.api.call(leader, 'GET', `/lists/${id}/rows?sort=cccd`)
  expect(other).toMatchObject({ status: 400, body: { code: 'contract' } })
})

test('what is due shows each office its own tasks, and what is done of them', async () => {
  const [commune] = desk.communes
  await desk.database.admin.query(
    `insert into office_task (kind, subject, commune_id, month, due_on, raised_on)
     select 'list', 'commune:' || code, id, '2023-11-01', '2023-10-25', '2023-10-20' from commune where id = any ($1)`,
    [[commune?.id, 1 + Number(desk.communes.at(-1)?.id)]],
  )
  const tasks = async (until: string) =>
    (
      await desk.read<{ readonly items: object[] }>(
        'commune-officer',
        `/office-tasks?until=${until}`,
      )
    ).items
  expect(await tasks('2023-10-24')).toEqual([])
  expect(await tasks('2023-12-31')).toEqual([
    {
      ...{ kind: 'list', subject: expect.stringMatching(/^commune:\d+$/), done: false },
      ...{ communeId: commune?.id, month: '2023-11-01', dueOn: '2023-10-25' },
    },
  ])
})
