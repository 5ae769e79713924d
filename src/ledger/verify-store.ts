import { quietly } from './verify-ask.ts'
import type { Ask } from './verify-ask.ts'

/*
 * Raw rows for `verify`, in bounded pages. Values are text as PostgreSQL prints them, because that is what was hashed.
 */

/** A row of journal_entry. */
export interface EntryRow {
  readonly id: string
  readonly xid: string
  readonly templateId: number
  readonly reference: string
  readonly contentHash: string
  readonly postingDate: string
  readonly occurredOn: string
  readonly recordedUs: string
  readonly actor: string
  readonly communeId: string | null
  readonly memo: string | null
  readonly dimensions: string | null
  readonly reverses: string | null
  readonly canonical: number
}

/** A row of posting with the two accounts it names; null where there is no such account. */
export interface PostingRow {
  readonly entryId: string
  readonly seq: number
  readonly debitId: string
  readonly creditId: string
  readonly debitCode: string | null
  readonly debitSubject: string | null
  readonly creditCode: string | null
  readonly creditSubject: string | null
  readonly amount: string
  readonly postingDate: string
}

/** An entry with all its postings. */
export interface WholeEntry extends EntryRow {
  readonly postings: readonly PostingRow[]
  /** The entry that it reverses, when it names one that exists. */
  readonly original?: WholeEntry | undefined
}

/** A row of seal_block; hashes as hexadecimal digits but for the leaves. */
export interface BlockRow {
  readonly number: bigint
  readonly entryCount: number
  readonly totalEntries: bigint
  readonly lastXid: string
  readonly lastId: string
  readonly leafHashes: Uint8Array
  readonly root: string
  readonly previousHead: string
  readonly head: string
}

const ENTRIES_PAGE = 2000
/** A page with more postings than this is taken in halves. */
const POSTINGS_PAGE = 20_000
/** A single entry has 32,767 postings at the most, and as many as a reversal of another. */
const POSTINGS_MAX = 70_000
const FIRST = { xid: '0', id: '-9223372036854775808' }

const ENTRY_COLUMNS = `e.id::text as "id", e.xid::text as "xid", e.template_id::integer as "templateId", e.reference,
  encode(e.content_hash, 'hex') as "contentHash", e.posting_date::text as "postingDate", e.occurred_on::text as "occurredOn",
  (extract(epoch from e.recorded_at) * 1000000)::bigint::text as "recordedUs", e.actor::text as "actor",
  e.commune_id::text as "communeId", e.memo, e.dimensions::text as "dimensions", e.reverses::text as "reverses",
  e.canonical::integer as "canonical"`
const ENTRIES_AFTER = `select ${ENTRY_COLUMNS} from journal_entry e
  where (e.xid, e.id) > ($1::xid8, $2::bigint) order by e.xid, e.id limit $3::integer`
const ENTRIES_OF = `select ${ENTRY_COLUMNS} from journal_entry e where e.id = any ($1::bigint[])`
const ENTRIES_NAMED = `select ${ENTRY_COLUMNS} from journal_entry e where e.reference = any ($1::text[]) order by e.xid, e.id`
const POSTINGS_OF = `select p.entry_id::text as "entryId", p.seq::integer as seq, p.debit_account::text as "debitId",
  p.credit_account::text as "creditId", d.code as "debitCode", d.subject as "debitSubject", c.code as "creditCode",
  c.subject as "creditSubject", p.amount::text as amount, p.posting_date::text as "postingDate"
  from posting p left join account d on d.id = p.debit_account left join account c on c.id = p.credit_account
  where p.entry_id = any ($1::bigint[]) order by p.entry_id, p.seq limit $2::integer`

/**
 * All entries in (xid, id) order with their postings and, for reversals, the entry reversed; in bounded pages, the
 * next one being read while one is worked on.
 */
export async function* entriesInOrder(ask: Ask): AsyncGenerator<readonly WholeEntry[]> {
  const pages = pagesInOrder(ask)
  let coming = quietly(pages.next())
  for (;;) {
    const page = await coming
    if (page.done === true) return
    coming = quietly(pages.next())
    yield page.value
  }
}

async function* pagesInOrder(ask: Ask): AsyncGenerator<readonly WholeEntry[], undefined> {
  let after: { readonly xid: string; readonly id: string } = FIRST
  for (;;) {
    const rows = await ask<EntryRow>(ENTRIES_AFTER, after.xid, after.id, ENTRIES_PAGE)
    const last = rows.at(-1)
    if (last === undefined) return undefined
    yield* complete(ask, rows)
    after = last
  }
}

/** The entries with some references, with their postings; whatever is not there is left out. */
export async function entriesNamed(
  ask: Ask,
  references: readonly string[],
): Promise<readonly WholeEntry[]> {
  const rows = await ask<EntryRow>(ENTRIES_NAMED, references)
  const pages: WholeEntry[] = []
  for await (const page of complete(ask, rows)) pages.push(...page)
  return pages
}

/** Adds postings and originals; halves the page while it has too many postings for the memory. */
async function* complete(
  ask: Ask,
  rows: readonly EntryRow[],
): AsyncGenerator<readonly WholeEntry[]> {
  const reversed = rows.flatMap(({ reverses }) => reverses ?? [])
  const ids = [...new Set([...rows.map(({ id }) => id), ...reversed])]
  const limit = rows.length > 1 ? POSTINGS_PAGE : POSTINGS_MAX
  const postings = await ask<PostingRow>(POSTINGS_OF, ids, limit + 1)
  if (postings.length > limit && rows.length > 1) {
    const half = Math.ceil(rows.length / 2)
    yield* complete(ask, rows.slice(0, half))
    yield* complete(ask, rows.slice(half))
    return
  }
  const byEntry = new Map<string, PostingRow[]>(ids.map((id) => [id, []]))
  for (const posting of postings) byEntry.get(posting.entryId)?.push(posting)
  const originals = new Map<string, WholeEntry>()
  const whole = (row: EntryRow): WholeEntry =>
    Object.assign(row, {
      postings: byEntry.get(row.id) ?? [],
      original: row.reverses === null ? undefined : originals.get(row.reverses),
    })
  for (const row of reversed.length === 0 ? [] : await ask<EntryRow>(ENTRIES_OF, reversed)) {
    originals.set(row.id, whole(row))
  }
  yield rows.map(whole)
}
