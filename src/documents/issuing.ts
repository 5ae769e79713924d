import { randomBytes, randomUUID } from 'node:crypto'
import { ledger } from '../ledger/ledger.ts'
import type { Act } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { invariant } from '../lib/errors.ts'
import { openSpool } from '../lib/spool.ts'
import type { Spool } from '../lib/spool.ts'
import type { LocalDate } from '../lib/time.ts'
import type { Vault } from '../lib/vault.ts'
import * as store from './documents-store.ts'
import type { NewDocument, StoredDocument } from './documents-store.ts'
import type { Issue, Paper, Stamp, Written } from './paper.ts'
import type { PaperSigner } from './paper-signer.ts'
import { signPdf } from './pdf-signing.ts'
import { renderPdf } from './render-pdf.ts'
import { replacing } from './replacing.ts'
import { hashOfRequest, paperOf, requireShort, requireWhole, settled } from './requests.ts'
import type { DocumentRequest } from './requests.ts'
import { rowsHashOf, watched } from './tally.ts'
import type { OnLines } from './tally.ts'

/** A piece of a file in the database, in bytes. */
const PART_BYTES = 1024 * 1024

/** What is issued, on which business day, and where people check papers (null: by the command alone). */
export interface IssueRequest {
  readonly request: DocumentRequest
  readonly on: LocalDate
  readonly checkUrl: string | null
  /** Lines of a paper at the most. */
  readonly linesMax: number
  /** Who signs it for the service and the time then, in milliseconds since 1970; null: nobody. */
  readonly signing: { readonly signer: PaperSigner; readonly atMs: number } | null
  /** The document’s id, for who may be begun anew: what is there under it is returned and not issued again. */
  readonly id?: string
  /** Where the last one of the same request has the same rows, it is returned and none is issued. */
  readonly unlessSame?: true
  /**
   * When the number is taken. Whoever takes it holds back all others of the agency until the end, so that there is no gap
   * (Decree 30/2020 Art 15). Of a long paper it is taken last: when somebody else had it meanwhile, PostgreSQL refuses
   * (40001), and the transaction runs again.
   */
  readonly numbered?: 'first' | 'last'
  readonly onLines?: OnLines | undefined
}

/**
 * Issues a document: gives it the next number of its agency and year, writes and signs the PDF once, and keeps it byte for byte with
 * the sealed head it was made under and the hash of its rows. One that was issued of the same request is replaced, and
 * the new paper says by how much it differs. Leaves the audit event `document.issue`. The transaction must be repeatable
 * read. Throws what declaring and writing the paper throw.
 */
export async function issue(
  tx: Tx,
  vault: Vault,
  by: Act,
  of: IssueRequest,
): Promise<StoredDocument> {
  const { id = randomUUID(), request: asked, linesMax } = of
  const there = of.id === undefined ? undefined : await store.findDocument(tx, { id })
  if (there !== undefined) return there
  const request = await settled(tx, asked)
  const paper = await paperOf(tx, vault, request, linesMax)
  requireWhole(paper, by)
  requireShort(paper, linesMax)
  const requestHash = hashOfRequest(asked, by)
  const before = await store.findDocument(tx, { requestHash })
  if (of.unlessSame === true && before !== undefined) {
    if ((await rowsHashOf(paper)) === before.rowsHash) return before
  }
  const agency = paper.agency.name.replace('\n', ' ')
  const counter = { agency, year: Number(of.on.slice(0, 4)) }
  const number = await numberOf(tx, counter, of)
  const replaces = before === undefined ? null : replacing(before, paper)
  const issued: Issue = { ...issueOf(of), number, replaces }
  const stamp = await stampOf(tx, by, issued)
  return spooled(watched(paper, of.onLines), stamp, of.signing, async (spool, written) => {
    if (of.numbered === 'last') await requireNumber(tx, counter, number)
    const { code, on: issuedOn } = issued
    const kept: NewDocument = {
      ...documentOf({ id, paper, stamp, written, spool, by }),
      ...{ code, number, request, requestHash, agency, issuedOn, replaces: before?.id ?? null },
    }
    await store.insertDocument(tx, kept)
    await keep(tx, id, spool)
    await record(tx, by, kept)
    return { ...kept, replacedBy: null }
  })
}

/** Writes and signs a paper, and gives the file to who keeps it. */
async function spooled<T>(
  paper: Paper,
  stamp: Stamp,
  signing: IssueRequest['signing'],
  keeping: (spool: Spool, written: Written) => Promise<T>,
): Promise<T> {
  const spool = await openSpool()
  try {
    const written = await renderPdf(spool.out, paper, stamp)
    if (signing !== null) await signPdf(spool, signing.signer, signing.atMs)
    return await keeping(spool, written)
  } finally {
    await spool.close()
  }
}

/** What a document says of itself, but for what it was asked by and how it is numbered. */
function documentOf(of: {
  readonly id: string
  readonly paper: Paper
  readonly stamp: Stamp
  readonly written: Written
  readonly spool: Spool
  readonly by: Act
}) {
  const { id, paper, stamp, by } = of
  const { kind, communeId, title, symbol, total } = paper
  const { count: rowCount, rowsHash } = of.written
  const { bytes: fileBytes, sha256: fileHash } = of.spool.written()
  return {
    ...{ id, kind, communeId, title, symbol, total, rowCount, rowsHash, fileHash, fileBytes },
    ...{ headBlock: stamp.head?.block ?? null, head: stamp.head?.head ?? null },
    communes: by.scope === 'province' ? null : by.scope.communes,
    issuedBy: by.actor,
  }
}

function issueOf({ on, checkUrl }: IssueRequest) {
  const code = newCode()
  return { code, on, address: (rowsHash: string) => addressOf(checkUrl, { code, rowsHash }) }
}

const numberOf = async (tx: Tx, counter: store.Counter, { numbered }: IssueRequest) =>
  numbered === 'last'
    ? (await store.lastNumber(tx, counter)) + 1
    : await store.nextNumber(tx, counter)

/** The number that stands in the file is still the next one: PostgreSQL has refused otherwise. */
async function requireNumber(tx: Tx, counter: store.Counter, number: number): Promise<void> {
  const taken = await store.nextNumber(tx, counter)
  invariant(taken === number, 'nobody takes a number within the snapshot of another')
}

async function record(tx: Tx, by: Act, document: NewDocument): Promise<void> {
  const { code, communeId, kind, number, symbol, rowsHash, fileHash, replaces } = document
  const detail = { kind, number, symbol, rowsHash, fileHash, replaces }
  const about = communeId === null ? {} : { communeId }
  await recordActs(tx, by, [
    { act: 'document.issue', subject: `document:${code}`, ...about, detail },
  ])
}

/** Under what a paper is made: the last sealed head, and who makes it. */
export async function stampOf(tx: Tx, { actor }: Act, issued: Issue | null): Promise<Stamp> {
  const names = await store.namesOf(tx, [actor])
  return { head: await ledger.sealedHead(tx), madeBy: names.get(actor) ?? actor, issue: issued }
}

async function keep(tx: Tx, id: string, spool: Spool): Promise<void> {
  let part = 0
  let piece = Buffer.alloc(0)
  const put = async (bytes: Buffer) => {
    await store.insertPart(tx, { id, part, bytes })
    part += 1
  }
  for await (const chunk of spool.read()) {
    piece = Buffer.concat([piece, chunk as Buffer])
    if (piece.length < PART_BYTES) continue
    await put(piece.subarray(0, PART_BYTES))
    piece = piece.subarray(PART_BYTES)
  }
  if (piece.length > 0) await put(piece)
}

const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** 128 random bits in 26 letters that nobody takes for another (Crockford’s base 32). */
function newCode(): string {
  let bits = BigInt(`0x${randomBytes(16).toString('hex')}`)
  let code = ''
  for (let at = 0; at < 26; at += 1) {
    code = (LETTERS[Number(bits & 31n)] ?? '') + code
    bits >>= 5n
  }
  return code
}

/** What the QR says: the code and the first 16 bytes of the rows’ hash. */
function addressOf(
  checkUrl: string | null,
  { code, rowsHash }: { readonly code: string; readonly rowsHash: string },
): string {
  const rows = rowsHash.slice(0, 32)
  return checkUrl === null ? `ansinh:${code}:${rows}` : `${checkUrl}/verify?c=${code}&r=${rows}`
}
