import { randomBytes, randomUUID } from 'node:crypto'
import { ledger } from '../ledger/ledger.ts'
import type { Act } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { formatVnd } from '../lib/money.ts'
import { openSpool } from '../lib/spool.ts'
import type { Spool } from '../lib/spool.ts'
import { formatDate } from '../lib/time.ts'
import type { LocalDate } from '../lib/time.ts'
import type { Vault } from '../lib/vault.ts'
import * as store from './documents-store.ts'
import type { NewDocument, StoredDocument } from './documents-store.ts'
import type { Issue, Paper, Stamp } from './paper.ts'
import type { PaperSigner } from './paper-signer.ts'
import { signPdf } from './pdf-signing.ts'
import { renderPdf } from './render-pdf.ts'
import { hashOfRequest, paperOf, requireShort, requireWhole, settled } from './requests.ts'
import type { DocumentRequest } from './requests.ts'

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
  { request: asked, on, checkUrl, linesMax, signing }: IssueRequest,
): Promise<StoredDocument> {
  const request = await settled(tx, asked)
  const paper = await paperOf(tx, vault, request, linesMax)
  requireWhole(paper, by)
  requireShort(paper, linesMax)
  const requestHash = hashOfRequest(asked, by)
  const before = await store.findDocument(tx, { requestHash })
  const agency = paper.agency.name.replace('\n', ' ')
  const number = await store.nextNumber(tx, agency, Number(on.slice(0, 4)))
  const code = newCode()
  const issued: Issue = {
    ...{ code, number, on, replaces: before === undefined ? null : replacing(before, paper) },
    address: (rowsHash) => addressOf(checkUrl, { code, rowsHash }),
  }
  const stamp = await stampOf(tx, by, issued)
  const spool = await openSpool()
  try {
    const { count: rowCount, rowsHash } = await renderPdf(spool.out, paper, stamp)
    if (signing !== null) await signPdf(spool, signing.signer, signing.atMs)
    const { bytes: fileBytes, sha256: fileHash } = spool.written()
    const { kind, communeId, title, symbol, total } = paper
    const scope = by.scope === 'province' ? null : by.scope.communes
    const document: NewDocument = {
      ...{ id: randomUUID(), code, kind, communeId, request, requestHash, communes: scope },
      ...{ title, agency, number, symbol, issuedOn: on, rowCount, total, rowsHash, fileHash },
      ...{ headBlock: stamp.head?.block ?? null, head: stamp.head?.head ?? null, fileBytes },
      ...{ replaces: before?.id ?? null, issuedBy: by.actor },
    }
    await store.insertDocument(tx, document)
    await keep(tx, document.id, spool)
    await record(tx, by, document)
    return { ...document, replacedBy: null }
  } finally {
    await spool.close()
  }
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

/** What a new paper says about the one that it takes the place of. */
function replacing(before: StoredDocument, paper: Paper): string {
  const { number, symbol, issuedOn, rowCount, total } = before
  const name = `${String(number).padStart(2, '0')}/${symbol} ngày ${formatDate(issuedOn)}`
  const was = `${String(rowCount)} dòng${total === null ? '' : `, ${formatVnd(total)} đồng`}`
  const now = paper.total === null ? '' : `, nay ${formatVnd(paper.total)} đồng`
  return `Thay thế văn bản số ${name} (đã thay thế): trước có ${was}${now}.`
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
