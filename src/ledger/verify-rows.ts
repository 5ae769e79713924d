import { openFeed } from './verify-ask.ts'
import type { Ask } from './verify-ask.ts'
import type { Run } from './verify-walk.ts'

interface KeyRow {
  readonly key: string
  readonly id: bigint
}

const REFERENCES = `select e.reference as key, e.id from journal_entry e order by e.reference, e.id`
const REVERSALS = `select e.reverses::text as key, e.id from journal_entry e where e.reverses is not null
  order by e.reverses, e.id`
const ORPHANS = `select p.entry_id::text as key, p.entry_id as id from posting p
  where not exists (select 1 from journal_entry e where e.id = p.entry_id) order by p.entry_id, p.seq`

/**
 * Checks over all rows what indexes and triggers should have kept: a reference is used once, an entry is reversed at
 * most once, no posting is without its entry.
 */
export async function checkRows({ ask, report }: Run): Promise<void> {
  await eachRow(ask, 'verify_references', REFERENCES, ({ key, id }, previous) => {
    if (key !== previous?.key) return
    report(
      'reference',
      { entryId: id },
      `Số tham chiếu ${key} dùng hai lần (bút toán ${previous.id} và ${id})`,
      `reference ${key} is used twice (entries ${previous.id} and ${id})`,
    )
  })
  await eachRow(ask, 'verify_reversals', REVERSALS, ({ key, id }, previous) => {
    if (key !== previous?.key) return
    report(
      'reversal',
      { entryId: id },
      `Bút toán ${key} bị đảo hai lần (${previous.id} và ${id})`,
      `entry ${key} is reversed twice (${previous.id} and ${id})`,
    )
  })
  await eachRow(ask, 'verify_orphans', ORPHANS, ({ id }) => {
    report(
      'orphan-posting',
      { entryId: id },
      `Có định khoản của bút toán ${id} không tồn tại`,
      `a posting belongs to entry ${id}, which does not exist`,
    )
  })
}

async function eachRow(
  ask: Ask,
  name: string,
  query: string,
  visit: (row: KeyRow, previous: KeyRow | undefined) => void,
): Promise<void> {
  const feed = await openFeed<KeyRow>(ask, name, query)
  let previous: KeyRow | undefined
  await feed.drain(
    () => true,
    (row) => {
      visit(row, previous)
      previous = row
    },
  )
}
