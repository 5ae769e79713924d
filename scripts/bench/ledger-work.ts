import { createHash } from 'node:crypto'
import { ledger } from '../../src/ledger/ledger.ts'
import { columnsOf, layOut } from '../../src/ledger/journal.ts'
import type { EntryDraft } from '../../src/ledger/journal.ts'
import type { Month } from '../../src/lib/time.ts'
import { addDays } from '../../src/lib/time.ts'
import { by } from './ledger-server.ts'

/** Communes of the bench's province, as many as the real one had in 2023. */
export const COMMUNES = 141

/** The month in which the bench posts. */
export const MONTH = '2023-08-01' as Month

/** The call of the door as src/ledger/ledger-store.ts makes it. */
export const DOOR = `select entry_ids, replayed from ledger_post($1::uuid, $2::text[], $3::text[],
  $4::smallint[], $5::date[], $6::date[], $7::integer[], $8::text[], $9::text[], $10::text[],
  $11::text[], $12::integer[], $13::smallint[], $14::integer[], $15::integer[], $16::numeric[])`

/** What goes into the door's places $1 to $16, as the application sends it. */
export function doorValues(drafts: readonly EntryDraft[]): unknown[] {
  const call = layOut(drafts)
  const c = columnsOf(call)
  return [
    by.actor,
    c.reference,
    c.template,
    c.version,
    c.occurredOn,
    c.postingDate,
    c.communeId,
    c.memo,
    c.dimensions,
    c.code,
    c.subject,
    c.entry,
    c.seq,
    call.debit,
    call.credit,
    call.amount,
  ]
}

/** A payment of the bench: its reference has the shape and the order of a real one (payouts/reference.ts). */
export interface Payment {
  readonly list: string
  readonly instruction: string
  readonly amount: bigint
  readonly commune: number
}

/**
 * Payments `from`..`from + count - 1` of a month, spread over the communes by a hundred rows each as
 * workers would take them. `tag` keeps what different contenders post apart (one letter).
 */
export function payments(
  from: number,
  count: number,
  { tag, list }: { tag: string; list?: string },
): Payment[] {
  return Array.from({ length: count }, (_, offset) => {
    const number = from + offset
    const commune = 1 + (Math.floor(number / 100) % COMMUNES)
    const row = Math.floor(number / (100 * COMMUNES)) * 100 + (number % 100)
    const code = String(19_000 + commune)
    return {
      list: list ?? `2308-${code}-${tag}`,
      instruction: `2308${code}${row.toString(36).toUpperCase().padStart(5, '0')}1${tag}`,
      amount: BigInt(360_000 + 180_000 * (number % 8)),
      commune,
    }
  })
}

/** The entries that send payments out: one posting each, from the held list to the instruction's transit. */
export function submits(paid: readonly Payment[], suffix = ''): EntryDraft[] {
  return paid.map(({ list, instruction, amount, commune }, index) =>
    ledger.entry(
      'submit',
      { list, instruction, amount },
      {
        reference: `submit:${instruction}${suffix}`,
        occurredOn: addDays(MONTH, 4 + (index % 3)),
        communeId: commune,
      },
    ),
  )
}

/** The entries that put money on the lists: drawn, moved to the bank, held. Post them once before. */
export function funding(lists: readonly string[], each: bigint, tag: string): EntryDraft[] {
  const amount = each * BigInt(lists.length)
  const head = (step: string) => ({ reference: `${step}:${tag}`, occurredOn: MONTH })
  const unit = '474'
  return [
    ledger.entry('estimate-assigned', { unit, amount }, head('estimate')),
    ledger.entry('draw', { unit, amount }, head('draw')),
    ledger.entry('move-to-bank', { unit, amount }, head('move')),
    ...lists.map((list) =>
      ledger.entry('hold', { unit, list, amount: each }, head(`hold:${list}`)),
    ),
  ]
}

/** A hash for a bare row, of the right length. */
export function someHash(text: string): string {
  return `\\x${createHash('sha256').update(text).digest('hex')}`
}
