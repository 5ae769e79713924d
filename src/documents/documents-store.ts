import type { PersonId } from '../lib/act.ts'
import { Prisma } from '../generated/prisma/client.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'

/** A document as it was issued; hashes in hex. */
export interface StoredDocument {
  readonly id: string
  readonly code: string
  readonly kind: string
  /** Null: about the province. */
  readonly communeId: number | null
  readonly request: unknown
  /** What whoever issued it may see; null: the province. */
  readonly communes: readonly number[] | null
  readonly title: string
  readonly number: number
  readonly symbol: string
  readonly issuedOn: LocalDate
  readonly headBlock: bigint | null
  readonly head: string | null
  readonly rowCount: number
  readonly total: bigint | null
  readonly rowsHash: string
  readonly fileHash: string
  readonly fileBytes: number
  readonly replaces: string | null
  /** The paper that took its place. */
  readonly replacedBy: string | null
}

export interface NewDocument extends Omit<StoredDocument, 'replacedBy'> {
  readonly requestHash: string
  readonly agency: string
  readonly issuedBy: PersonId
}

/** Names of people by their ids, as users or as persons; unknown ones are left out. */
export async function namesOf(
  tx: Tx,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.$queryRaw<{ id: string; name: string | null }[]>`
    select i.id, coalesce((select u.full_name from app_user u where u.id = i.id),
                          (select p.full_name from person p where p.id = i.id)) as name
      from unnest(${[...ids]}::uuid[]) as i (id)`
  return new Map(rows.flatMap(({ id, name }) => (name === null ? [] : [[id, name] as const])))
}

/** Which numbers follow each other: an agency’s in a year. */
export interface Counter {
  readonly agency: string
  readonly year: number
}

/** The last number that was given, 0 before the first. */
export async function lastNumber(tx: Tx, { agency, year }: Counter): Promise<number> {
  const [row] = await tx.$queryRaw<{ last: number }[]>`
    select last from document_counter where agency = ${agency} and year = ${year}::smallint`
  return row?.last ?? 0
}

/** The next number, from 1; whoever takes it holds the counter until the end. */
export async function nextNumber(tx: Tx, { agency, year }: Counter): Promise<number> {
  const [row] = await tx.$queryRaw<{ last: number }[]>`
    insert into document_counter (agency, year, last) values (${agency}, ${year}::smallint, 1)
    on conflict (agency, year) do update set last = document_counter.last + 1 returning last`
  return row?.last ?? 1
}

/** Keeps a document; its file follows by `insertPart`. */
export async function insertDocument(tx: Tx, d: NewDocument): Promise<void> {
  await tx.$executeRaw`
    insert into document (id, code, kind, commune_id, request, request_hash, communes, title, agency, year, number, symbol, issued_on,
                          head_block, head, row_count, total, rows_hash, file_hash, file_bytes, replaces, issued_by)
    values (${d.id}::uuid, ${d.code}, ${d.kind}, ${d.communeId}::integer, ${JSON.stringify(d.request)}::jsonb, decode(${d.requestHash}, 'hex'),
            ${d.communes === null ? null : [...d.communes]}::integer[], ${d.title}, ${d.agency}, ${Number(d.issuedOn.slice(0, 4))}::smallint,
            ${d.number}, ${d.symbol}, ${d.issuedOn}::date, ${d.headBlock}::bigint, decode(${d.head}, 'hex'), ${d.rowCount}, ${d.total}::bigint,
            decode(${d.rowsHash}, 'hex'), decode(${d.fileHash}, 'hex'), ${d.fileBytes}, ${d.replaces}::uuid, ${d.issuedBy}::uuid)`
}

export async function insertPart(
  tx: Tx,
  { id, part, bytes }: { readonly id: string; readonly part: number; readonly bytes: Uint8Array },
): Promise<void> {
  await tx.$executeRaw`insert into document_part (document_id, part, bytes) values (${id}::uuid, ${part}, ${bytes}::bytea)`
}

/** A piece of a document's file; undefined after the last. */
export async function readPart(tx: Tx, id: string, part: number): Promise<Uint8Array | undefined> {
  const [row] = await tx.$queryRaw<{ bytes: Uint8Array }[]>`
    select bytes from document_part where document_id = ${id}::uuid and part = ${part}`
  return row?.bytes
}

/** How a document is found: by its code, its file, or what was asked for (then the one that nothing replaced). */
type Named =
  | { readonly code: string }
  | { readonly fileHash: string }
  | { readonly requestHash: string }
  | { readonly id: string }

/** Columns of a document `d` with the one `n` that replaced it. */
const COLUMNS = Prisma.sql`
  d.id, d.code, d.kind, d.commune_id as "communeId", d.request, d.communes, d.title, d.number, d.symbol, d.issued_on::text as "issuedOn",
  d.head_block as "headBlock", encode(d.head, 'hex') as head, d.row_count as "rowCount", d.total, encode(d.rows_hash, 'hex') as "rowsHash",
  encode(d.file_hash, 'hex') as "fileHash", d.file_bytes as "fileBytes", d.replaces, n.id as "replacedBy"`

/** Documents of some kinds that the transaction may see, the newest first, after one (keyset); at most `limit`. */
export async function documentsAfter(
  tx: Tx,
  page: {
    /** Null: all. */
    readonly kinds: readonly string[] | null
    readonly after: string | null
    readonly limit: number
  },
): Promise<readonly StoredDocument[]> {
  return tx.$queryRaw<StoredDocument[]>`
    select ${COLUMNS} from document d left join document n on n.replaces = d.id
     where (${page.kinds === null}::boolean or d.kind = any (${[...(page.kinds ?? [])]}::text[]))
       and (${page.after}::uuid is null
            or (d.issued_at, d.id) < (select a.issued_at, a.id from document a where a.id = ${page.after}::uuid))
     order by d.issued_at desc, d.id desc limit ${page.limit}`
}

/** A document that the transaction may see. */
export async function findDocument(tx: Tx, named: Named): Promise<StoredDocument | undefined> {
  const of = { code: null, fileHash: null, requestHash: null, id: null, ...named }
  const [row] = await tx.$queryRaw<StoredDocument[]>`
    select ${COLUMNS}
      from document d left join document n on n.replaces = d.id
     where d.code = ${of.code} or d.file_hash = decode(${of.fileHash}, 'hex') or d.id = ${of.id}::uuid
        or d.request_hash = decode(${of.requestHash}, 'hex') and n.id is null`
  return row
}

/** Which documents have the signature of the service in their file: it stands at the end, which pieces may divide. */
export async function signedAmong(tx: Tx, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    select d.id::text from unnest(${[...ids]}::uuid[]) as d (id) cross join lateral (
      select string_agg(t.bytes, ''::bytea order by t.part) as bytes
        from (select part, bytes from document_part where document_id = d.id order by part desc limit 2) t) tail
     where position(convert_to('/SubFilter /ETSI.CAdES.detached', 'UTF8') in tail.bytes) > 0`
  return new Set(rows.map(({ id }) => id))
}
