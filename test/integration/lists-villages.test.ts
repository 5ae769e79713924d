import { expect, test } from '@jest/globals'
import { localDate } from '../../src/lib/time.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { registry } from '../../src/registry/registry.ts'
import { exportedList } from '../support/export-list.ts'
import * as t from '../support/export-town.ts'
import { exported } from '../support/exported.ts'
import { officerOf } from '../support/people.ts'
import { leader } from '../support/town.ts'
import { vault } from '../support/vault.ts'

test('a row has the dossier it rests on, and the village of its commune where they lived in its month', async () => {
  const own = await t.exportTown()
  const frozen = await exportedList(own)
  const move = (village: string, toCommuneId: number, on: string) =>
    own.database.app.transact(leader, (tx) =>
      registry.people.move(tx, leader, [
        { personId: t.exportPerson(1), toCommuneId, village, on: localDate(on), document: 'CT07' },
      ]),
    )
  const told = async (by = leader) => {
    const request = { listId: frozen.id, format: 'csv', seen: frozen } as const
    const { rows } = await exported(own.database, by, 'csv', (tx, out) =>
      payouts.lists.export(tx, vault, by, out, request),
    )
    return rows.map((row) => `${row['Mã hồ sơ'] ?? ''}|${row['Thôn, tổ dân phố'] ?? ''}`).sort()
  }
  // Two rows of who lives nobody knows where, the wallet's, and of the first person a funeral without an enrolment.
  const rows = (village: string) => [
    ...['HS-0001/2023|', 'HS-0001/2023|', '|'].map((dossier) => `${dossier}${village}`),
    ...['|Tổ 2', '|', '|'],
  ]
  expect(await told()).toEqual(rows('Tổ dân phố Hạ').sort())
  await move('Tổ dân phố Thượng', own.here.id, '2023-08-20')
  expect(await told()).toEqual(rows('Tổ dân phố Thượng').sort())
  await move('Thôn Xa', own.there.id, '2023-08-25')
  await move('Tổ 9', own.here.id, '2023-09-05')
  expect(await told(officerOf(own.here.id))).toEqual(rows('Tổ dân phố Thượng').sort())
  const { rows: homes } = await own.database.admin.query(
    `select village, lower(period)::text as since, upper(period)::text as until from person_residence where person_id = $1 order by period`,
    [t.exportPerson(1)],
  )
  expect(homes.map((row) => Object.values(row as object).join(' '))).toEqual([
    ...['Tổ dân phố Hạ  2023-08-20', 'Tổ dân phố Thượng 2023-08-20 2023-08-25'],
    ...['Thôn Xa 2023-08-25 2023-09-05', 'Tổ 9 2023-09-05 '],
  ])
})
