import type { Writable } from 'node:stream'
import type { Act } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { Vault } from '../lib/vault.ts'
import { readPart } from './documents-store.ts'
import type { StoredDocument } from './documents-store.ts'
import { issue, stampOf } from './issuing.ts'
import type { Written } from './paper.ts'
import { renderPdf } from './render-pdf.ts'
import { renderCsv, renderXlsx } from './render-sheets.ts'
import { paperOf, settled } from './requests.ts'
import type { DocumentRequest } from './requests.ts'
import { verdictWords } from './verdict-words.ts'
import { codeIn, verify } from './verifying.ts'

export type { DocumentRequest } from './requests.ts'

const WRITERS = { pdf: renderPdf, xlsx: renderXlsx, csv: renderCsv } as const
export type DocumentFormat = keyof typeof WRITERS

/**
 * Writes what a request asks for to `out`, a row at a time, as a view that is not issued: the same rows under the same
 * sealed head have the same bytes. The transaction must be repeatable read. Throws what the kind says, before anything is
 * written, and `document-changed` or `font-missing`; `out` is then not to be used.
 */
async function view(
  tx: Tx,
  vault: Vault,
  by: Act,
  of: {
    readonly request: DocumentRequest
    readonly format: DocumentFormat
    readonly out: Writable
  },
): Promise<Written> {
  const paper = await paperOf(tx, vault, await settled(tx, of.request))
  return WRITERS[of.format](of.out, paper, await stampOf(tx, by, null))
}

/** The file of an issued document as it was, a piece at a time. */
async function* file(tx: Tx, { id }: StoredDocument): AsyncGenerator<Uint8Array> {
  for (let part = 0; ; part += 1) {
    const bytes = await readPart(tx, id, part)
    if (bytes === undefined) return
    yield bytes
  }
}

/** The face of documents: papers as views, papers as they were issued, and what can be said of one that is shown. */
export const documents = { view, issue, file, verify, verdictWords, codeIn }
