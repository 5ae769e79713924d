import { createHash } from 'node:crypto'
import { z } from 'zod'
import { ledger } from '../ledger/ledger.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import { requireSigned, signText, textSignature } from '../lib/signed-text.ts'
import type { LocalDate } from '../lib/time.ts'
import { documentsAfter, signedAmong } from './documents-store.ts'
import type { StoredDocument } from './documents-store.ts'
import { numberOf } from './verifying.ts'

const FORMAT = 'an-sinh-papers.v1'

const hex = z.string().regex(/^[0-9a-f]{64}$/)
const day = z.iso.date().transform((text) => text as LocalDate)

const paper = z.strictObject({
  code: z.string(),
  title: z.string(),
  number: z.string(),
  issuedOn: day,
  headBlock: z.int().min(1).nullable(),
  head: hex.nullable(),
  rowsHash: hex,
  fileHash: hex,
  signed: z.boolean(),
  replacedBy: z.strictObject({ number: z.string(), issuedOn: day }).nullable(),
})

const register = z.strictObject({
  format: z.literal(FORMAT),
  /** The last sealed head, and the heads that lead to it from the first that a paper names, head.v1 of docs/adr/0005. */
  head: ledger.outsideHead,
  heads: z.array(z.string()),
  papers: z.array(paper),
  ...textSignature,
})

/** One issued paper as it is known where there is no database; nothing of a person. */
export type RegisteredPaper = Readonly<z.infer<typeof paper>>

/** Every paper that was issued until a sealed head, signed: what checks papers without a database. */
export type PaperRegister = Readonly<z.infer<typeof register>>

type Content = Omit<PaperRegister, 'key' | 'signature'>

/** What is signed: "papers.v1|" and the hash of all values as JSON, in the order of the schema. */
function signedText({ head, heads, papers }: Content): string {
  const { block, head: last, totalEntries, sealedAt } = head
  const rows = papers.map((one) => [
    ...[one.code, one.title, one.number, one.issuedOn, one.headBlock, one.head],
    ...[one.rowsHash, one.fileHash, one.signed, one.replacedBy?.number, one.replacedBy?.issuedOn],
  ])
  const all = JSON.stringify([[block, last, totalEntries, sealedAt], heads, rows])
  return `papers.v1|${createHash('sha256').update(all).digest('hex')}`
}

/**
 * The papers issued until now under the last sealed head, signed with an Ed25519 key (PEM). Takes a transaction that reads one
 * moment of the whole province. Throws DomainError: nothing-sealed, head-key.
 */
export async function paperRegister(tx: Tx, privateKeyPem: string): Promise<PaperRegister> {
  const documents = await allDocuments(tx)
  const blocks = documents.flatMap(({ headBlock }) => (headBlock === null ? [] : [headBlock]))
  const first = blocks.reduce<bigint | null>((a, b) => (a === null || b < a ? b : a), null)
  const chain = await ledger.headsFrom(tx, first)
  if (chain === null) throw new DomainError('conflict', 'nothing-sealed', 'Sổ chưa niêm phong gì')
  const signed = await signedAmong(
    tx,
    documents.map(({ id }) => id),
  )
  const byId = new Map(documents.map((one) => [one.id, one]))
  const papers = documents.map((one) => registered(one, { byId, signed }))
  const content: Content = { format: FORMAT, ...chain, heads: [...chain.heads], papers }
  return { ...content, ...signText(signedText(content), privateKeyPem) }
}

const PAGE = 1_000

async function allDocuments(tx: Tx): Promise<readonly StoredDocument[]> {
  const all: StoredDocument[] = []
  for (;;) {
    const after = all.at(-1)?.id ?? null
    const page = await documentsAfter(tx, { kinds: null, after, limit: PAGE })
    all.push(...page)
    if (page.length < PAGE) return all
  }
}

function registered(
  one: StoredDocument,
  of: {
    readonly byId: ReadonlyMap<string, StoredDocument>
    readonly signed: ReadonlySet<string>
  },
): RegisteredPaper {
  const { code, title, issuedOn, headBlock, head, rowsHash, fileHash, replacedBy } = one
  const next = replacedBy === null ? undefined : of.byId.get(replacedBy)
  return {
    ...{ code, title, number: numberOf(one), issuedOn, head, rowsHash, fileHash },
    headBlock: headBlock === null ? null : Number(headBlock),
    signed: of.signed.has(one.id),
    replacedBy: next === undefined ? null : { number: numberOf(next), issuedOn: next.issuedOn },
  }
}

/**
 * Reads a register and checks its signature. Takes its JSON and the public keys that are trusted, as PEM. Throws DomainError:
 * outside-head (no register), head-signature, head-key.
 */
export function openRegister(text: string, publicKeysPem: readonly string[]): PaperRegister {
  const found = parsed(text)
  requireSigned(signedText(found), found, publicKeysPem)
  return found
}

function parsed(text: string): PaperRegister {
  try {
    return register.parse(JSON.parse(text))
  } catch (error) {
    const message = `Tệp không phải mã đầu chuỗi kèm sổ văn bản (head --with-papers) / no register of papers: ${String(error)}`
    throw new DomainError('invalid', 'outside-head', message)
  }
}
