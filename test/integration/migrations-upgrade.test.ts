import { afterAll, expect, test } from '@jest/globals'
import {
  emptyProvince,
  folderOf,
  migrateFrom,
  names,
  removeMade,
  rows,
  sqlOf,
  writeMigration,
} from '../support/migrating.ts'

/** What a migration makes of rows that are there already. */
const ID = '00000000-0000-7000-8000-000000000001'
const OTHER = '00000000-0000-7000-8000-000000000002'

afterAll(removeMade)

test('of order files from before, only those with nothing open are taken for gone', async () => {
  const { database, urls } = await emptyProvince()
  const before = names.filter((name) => name < '0024')
  const folder = folderOf(Object.fromEntries(before.map((name) => [name, sqlOf(name)])))
  await migrateFrom(folder, urls)
  const states = ['PAID', 'UNKNOWN', 'SUBMITTED', 'SUBMITTING', 'REJECTED']
  const payments = states.map((state, n) => {
    const [reference, order] = [
      `R${String(n).padStart(15, '0')}`,
      `2023-08-03-u-bank-00${String(n)}`,
    ]
    return `
      insert into payment_order (id, channel, paying_unit, planned_on, ordered_by) values ('${order}', 'bank', 'u', '2023-08-03', '${ID}');
      insert into order_file (channel, id, order_id, number, row_count, total, refs, amounts, attempts, parts)
      values ('bank', '${state}', '${order}', 1, 1, 1, '{${reference}}', '{1}', '{1}', '{970405}');
      insert into instruction (reference, entitlement_number, list_id, commune_id, paying_unit, channel, payment_account_id, amount,
                               state, order_id, prepared_by, approved_by)
      values ('${reference}', 'E${String(n)}', '${ID}', 1, 'u', 'bank', '${ID}', 1, '${state}', '${order}', '${ID}', '${OTHER}');`
  })
  const unit = `insert into paying_unit (id, code, valid_from, name_vi) values ('u', 'u', '2021-07-01', 'u');`
  const all = `set search_path = ${urls.schema}; set session_replication_role = replica; ${unit} ${payments.join('')}`
  await rows(database, all)
  for (const name of names) writeMigration(folder, name, sqlOf(name))
  await migrateFrom(folder, urls)
  const gone = await rows(
    database,
    `select file_id, gone_on::text from ${urls.schema}.order_file_gone order by 1`,
  )
  expect(gone).toEqual([
    { file_id: 'PAID', gone_on: '2023-08-03' },
    { file_id: 'REJECTED', gone_on: '2023-08-03' },
  ])
})
