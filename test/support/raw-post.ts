import pg from 'pg'
import { layOut } from '../../src/ledger/journal.ts'
import type { EntryDraft } from '../../src/ledger/journal.ts'
import { officer } from './act.ts'

/**
 * The arguments of the door ledger_post (0003_ledger_doors/migration.sql) by name, in order, with
 * their types.
 */
const TYPES = {
  actor: 'uuid',
  reference: 'text[]',
  template: 'text[]',
  version: 'smallint[]',
  occurred: 'date[]',
  posting: 'date[]',
  commune: 'integer[]',
  memo: 'text[]',
  dimensions: 'text[]',
  code: 'text[]',
  subject: 'text[]',
  entry: 'integer[]',
  seq: 'smallint[]',
  debit: 'integer[]',
  credit: 'integer[]',
  amount: 'numeric[]',
} as const

/**
 * Arguments to put in the place of what the application would send: an SQL literal, or a list of
 * values.
 */
export type Changes = Partial<Record<keyof typeof TYPES, string | readonly unknown[] | null>>

/** Calls the door as the application would, but with some arguments changed by hand. */
export async function rawPost(
  client: pg.Client,
  entries: readonly EntryDraft[],
  changes: Changes = {},
) {
  const call = layOut(entries)
  const sent: Record<keyof typeof TYPES, unknown> = {
    actor: officer,
    reference: entries.map((e) => e.reference),
    template: entries.map((e) => e.template),
    version: entries.map((e) => e.version),
    occurred: entries.map((e) => e.occurredOn),
    posting: entries.map((e) => e.postingDate ?? null),
    commune: entries.map((e) => e.communeId ?? null),
    memo: entries.map((e) => e.memo ?? null),
    dimensions: entries.map(() => null),
    code: call.accounts.map((a) => a.code),
    subject: call.accounts.map((a) => a.subject),
    entry: call.entry,
    seq: call.seq,
    debit: call.debit,
    credit: call.credit,
    amount: call.amount,
    ...changes,
  }
  const places = Object.values(TYPES).map((type, index) => `$${String(index + 1)}::${type}`)
  const names = Object.keys(TYPES) as (keyof typeof TYPES)[]
  return client.query(
    `select * from ansinh.ledger_post(${places.join(', ')})`,
    names.map((name) => sent[name]),
  )
}

/** The SQLSTATE with which a statement is refused, or "taken". */
export async function stateOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'taken'
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code !== undefined) return error.code
    throw error
  }
}
