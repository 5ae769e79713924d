import type { Writable } from 'node:stream'
import type { Act } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { Vault } from '../lib/vault.ts'
import { documentsAfter, findDocument, readPart } from './documents-store.ts'
import type { StoredDocument } from './documents-store.ts'
import { evidenceOf, takeEvidence, zipOf } from './evidence.ts'
import { issue, stampOf } from './issuing.ts'
import type { Written } from './paper.ts'
import { PAPER_ACTIONS } from './paper-actions.ts'
import { openRegister, paperRegister } from './paper-register.ts'
import { makeTestSigner, openPaperSigner, signingOf } from './paper-signer.ts'
import { renderPdf } from './render-pdf.ts'
import { numberWords } from './replacing.ts'
import { renderCsv, renderXlsx } from './render-sheets.ts'
import { documentRequest } from './request-schema.ts'
import {
  LINES_MAX,
  paperOf,
  requireFitting,
  requireShort,
  requireWhole,
  settled,
} from './requests.ts'
import type { DocumentRequest, Reveal } from './requests.ts'
import { watched } from './tally.ts'
import type { OnLines } from './tally.ts'
import { verdictWords } from './verdict-words.ts'
import { shownFile, verify } from './verifying.ts'
import { verifyOffline } from './verifying-offline.ts'

export type { DocumentRequest } from './requests.ts'
export type { DocumentKind } from './paper.ts'
export type { StoredDocument } from './documents-store.ts'
export type { SigningMeans } from './paper-signer.ts'
export type { HeadSigner } from './evidence.ts'

const WRITERS = { pdf: renderPdf, xlsx: renderXlsx, csv: renderCsv } as const
export type DocumentFormat = keyof typeof WRITERS

/**
 * Writes what a request asks for to `out`, a row at a time, as a view that is not issued: the same rows under the same
 * sealed head have the same bytes. Leaves the audit event `document.view` with the purpose. The transaction must be repeatable read. Throws
 * what the kind says, `document-too-large` and `document-province`, before anything is written, and `document-changed` or
 * `font-missing`; `out` is then not to be used.
 */
async function view(
  tx: Tx,
  vault: Vault,
  by: Act,
  of: {
    readonly request: DocumentRequest
    readonly format: DocumentFormat
    readonly out: Writable
    readonly linesMax: number
    /** Numbers of people in clear, for this purpose; masked when left out. */
    readonly reveal?: Reveal | undefined
    readonly onLines?: OnLines | undefined
  },
): Promise<Written> {
  const { request, format, out, reveal, onLines } = of
  const paper = await paperOf(tx, vault, await settled(tx, request), of.linesMax, reveal)
  requireWhole(paper, by)
  requireShort(paper, of.linesMax)
  const written = await WRITERS[format](out, watched(paper, onLines), await stampOf(tx, by, null))
  const { kind, communeId, query } = paper
  const detail = {
    ...{ format, ...query.parameters, rows: written.count, rowsHash: written.rowsHash },
    purpose: reveal?.purpose ?? null,
  }
  await recordActs(tx, by, [
    { act: 'document.view', subject: `paper:${kind}`, communeId: communeId ?? undefined, detail },
  ])
  return written
}

/** An issued document that the transaction may see. Throws DomainError `document-missing`. */
async function get(tx: Tx, id: string): Promise<StoredDocument> {
  const found = await findDocument(tx, { id })
  if (found !== undefined) return found
  throw new DomainError('not-found', 'document-missing', 'Không có văn bản này')
}

/** The file of an issued document as it was, a piece at a time. */
async function* file(tx: Tx, { id }: StoredDocument): AsyncGenerator<Uint8Array> {
  for (let part = 0; ; part += 1) {
    const bytes = await readPart(tx, id, part)
    if (bytes === undefined) return
    yield bytes
  }
}

/** Writes an issued document as it was, and leaves the audit event `document.fetch`. */
async function fetch(tx: Tx, by: Act, of: StoredDocument, out: Writable): Promise<void> {
  for await (const bytes of file(tx, of)) {
    await new Promise<void>((done, failed) => {
      out.write(bytes, (error) => (error ? failed(error) : done()))
    })
  }
  const { code, communeId, number, symbol } = of
  const detail = { number, symbol }
  await recordActs(tx, by, [
    {
      ...{ act: 'document.fetch', subject: `document:${code}` },
      ...{ communeId: communeId ?? undefined, detail },
    },
  ])
}

/** “payout-list.pdf” */
const fileName = (kind: string, format: DocumentFormat): string =>
  `${FILE_STEMS[kind] ?? kind}.${format}`

const FILE_STEMS: Readonly<Record<string, string>> = {
  ...{ 'payout-list': 'danh-sach-chi-tra', 'coverage-report': 'bao-cao-do-bao-phu' },
  ...{ 'account-book': 'so-chi-tiet', 'journal-book': 'so-nhat-ky-chung' },
  ...{ 'trial-balance': 'bang-can-doi-phat-sinh', 'reconciliation-day': 'doi-chieu-sao-ke' },
  ...{ 'reconciliation-batch': 'doi-chieu-lenh-chuyen', 'person-statement': 'sao-ke-nguoi-huong' },
  ...{ 'settlement-report': 'bao-cao-quyet-toan', verification: 'bien-ban-kiem-tra' },
  ...{ 'audit-sample': 'mau-kiem-toan', 'audit-exceptions': 'danh-sach-bat-thuong' },
}

/** The face of documents: papers as views, papers as they were issued, and what can be said of one that is shown. */
export const documents = {
  ...{ view, issue, get, file, fetch, issued: documentsAfter },
  ...{ verify, verdictWords, shownFile, request: documentRequest, fileName },
  ...{ register: paperRegister, openRegister, verifyOffline },
  evidence: { of: evidenceOf, zip: zipOf, take: takeEvidence },
  linesMax: LINES_MAX,
  requireFitting,
  numberWords,
  signingOf,
  actions: PAPER_ACTIONS,
  openSigner: openPaperSigner,
  makeTestSigner,
}
