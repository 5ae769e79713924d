import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import { by, type BenchDatabase } from './ledger-server.ts'
import { MONTH, someHash, type Payment } from './ledger-work.ts'

/** Tables as the ledger's, with its indexes and defaults, and nothing else: no trigger, check, policy or key to another table. */
export async function makeBareTables(database: BenchDatabase, prefix: string): Promise<void> {
  const owner = await database.asOwner()
  for (const table of ['account', 'journal_entry', 'posting']) {
    await owner.query(`create table ${prefix}_${table} (like ${table} including indexes including defaults)
      ${table === 'account' ? 'with (fillfactor = 70)' : ''}`)
  }
  await owner.query(`grant select, insert, update on ${prefix}_account, ${prefix}_journal_entry,
    ${prefix}_posting to ledger_bench_app`)
}

/** The rows that a set of payments leaves behind, made before the clock starts. */
export interface BareSet {
  readonly paid: readonly Payment[]
  readonly ids: readonly number[]
  readonly hashes: readonly string[]
  readonly days: readonly string[]
}

/** Takes payments and the first of their ids (entry and account share it); the hash is computed here. */
export function bareSet(paid: readonly Payment[], firstId: number): BareSet {
  return {
    paid,
    ids: paid.map((_, index) => firstId + index),
    hashes: paid.map(({ instruction }) => someHash(instruction)),
    days: paid.map((_, index) => `${MONTH.slice(0, 8)}0${String(5 + (index % 3))}`),
  }
}

/**
 * The strongest plain way to write the rows: one statement with three `insert … select … from unnest`, each array
 * sent once, what is the same in all rows sent as one value. The hot account is not even touched.
 */
export const bareInsert = (prefix: string) => `
  with a as (
    insert into ${prefix}_account (id, code, subject, sign, shared, floor, commune_id, balance)
    select id, '1130-TRANSIT', 'instruction:' || instruction, 1, false, 0, commune, amount
      from unnest($1::bigint[], $2::text[], $3::integer[], $4::bigint[]) as u (id, instruction, commune, amount)),
  e as (
    insert into ${prefix}_journal_entry (id, template_id, reference, content_hash, posting_date, occurred_on, actor, commune_id)
    select id, $7::smallint, 'submit:' || instruction, hash, day, day, $8::uuid, commune
      from unnest($1::bigint[], $2::text[], $3::integer[], $5::bytea[], $6::date[]) as u (id, instruction, commune, hash, day))
  insert into ${prefix}_posting (entry_id, seq, debit_account, credit_account, amount, posting_date)
  select id, 1, id, $9::bigint, amount, day from unnest($1::bigint[], $4::bigint[], $6::date[]) as u (id, amount, day)`

/** What goes into the places of `bareInsert`. */
export function bareValues({ paid, ids, hashes, days }: BareSet): unknown[] {
  return [
    ids,
    paid.map((p) => p.instruction),
    paid.map((p) => p.commune),
    paid.map((p) => p.amount.toString()),
    hashes,
    days,
    1,
    by.actor,
    1,
  ]
}

/** Files for COPY, in its text format: all columns but the two that the database fills in. */
export async function writeCopyFiles(
  set: BareSet,
  prefix: string,
  folder: string,
): Promise<string> {
  const lines = set.paid.map(({ instruction, commune, amount }, index) => {
    const [id, hash, day] = [set.ids[index], set.hashes[index], set.days[index]]
    return {
      account: [id, '1130-TRANSIT', `instruction:${instruction}`, 1, 'f', 0, commune, amount],
      journal_entry: [
        id,
        1,
        `submit:${instruction}`,
        `\\${hash ?? ''}`,
        day,
        day,
        by.actor,
        commune,
      ],
      posting: [id, 1, id, 1, amount, day],
    }
  })
  const statements = await Promise.all(
    Object.entries(COPY_COLUMNS).map(async ([table, columns]) => {
      const file = join(folder, `${prefix}-${table}-${String(set.ids[0])}.copy`)
      const rows = lines.map((line) => line[table as keyof typeof COPY_COLUMNS].join('\t'))
      await writeFile(file, `${rows.join('\n')}\n`)
      return `copy ${prefix}_${table} (${columns}) from '${file}'`
    }),
  )
  return `begin; ${statements.join('; ')}; commit`
}

const COPY_COLUMNS = {
  account: 'id, code, subject, sign, shared, floor, commune_id, balance',
  journal_entry:
    'id, template_id, reference, content_hash, posting_date, occurred_on, actor, commune_id',
  posting: 'entry_id, seq, debit_account, credit_account, amount, posting_date',
} as const

/** Runs one statement and returns how long it took, in milliseconds. */
export async function timed(client: pg.Client, query: pg.QueryConfig): Promise<number> {
  const start = performance.now()
  await client.query(query)
  return performance.now() - start
}
