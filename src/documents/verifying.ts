import { createHash } from 'node:crypto'
import { ledger } from '../ledger/ledger.ts'
import type { Act } from '../lib/act.ts'
import { actAs } from '../lib/db.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { LocalDate } from '../lib/time.ts'
import type { Vault } from '../lib/vault.ts'
import { findDocument, signedAmong } from './documents-store.ts'
import type { StoredDocument } from './documents-store.ts'
import { paperOf } from './requests.ts'
import type { DocumentRequest } from './requests.ts'
import { rowsHashOf } from './tally.ts'

/** What is asked about: a file, or a paper by what its QR says. */
export type Shown =
  | {
      readonly fileHash: string
      readonly code: string | null
      /** Hashes of what the file was before something was added to it, the newest first. */
      readonly before: readonly string[]
    }
  | { readonly code: string; readonly rowsStart: string }

/** What can be said of a document; nothing of a person. */
export interface Verdict {
  /** 'added': the paper as it was issued, with something after it, such as the signature of an officer. */
  readonly verdict: 'genuine' | 'added' | 'altered' | 'unknown'
  readonly document: {
    readonly title: string
    /** “01/DSCT-UBND”. */
    readonly number: string
    readonly issuedOn: LocalDate
    readonly headBlock: bigint | null
    readonly head: string | null
    /** The number and day of the paper that took its place. */
    readonly replacedBy: { readonly number: string; readonly issuedOn: LocalDate } | null
    /** Whether it was issued with the signature of the service. */
    readonly signed: boolean
  } | null
  /** Whether the ledger still has the head that the paper was made under; null without one. */
  readonly headStands: boolean | null
  /** Whether the rows, read again now, are those of the paper; 'unreadable' when they can no longer be declared, 'unread' without a database. */
  readonly rows: 'stand' | 'changed' | 'unreadable' | 'unread' | null
  /** The head that the paper was checked against without a database; null: with one. */
  readonly until: { readonly block: number; readonly sealedAt: string } | null
}

const UNKNOWN: Verdict = {
  ...{ verdict: 'unknown', document: null, headStands: null, rows: null, until: null },
}

/**
 * Says whether what is shown is a document of ours, as it was issued, under which head, and whether its rows still stand.
 * Takes a province-wide act: whoever holds a paper may ask, and is told nothing of a person.
 */
export async function verify(tx: Tx, vault: Vault, by: Act, shown: Shown): Promise<Verdict> {
  const exact =
    'fileHash' in shown ? await findDocument(tx, { fileHash: shown.fileHash }) : undefined
  const named =
    exact ?? (shown.code === null ? undefined : await findDocument(tx, { code: shown.code }))
  if (named === undefined) return UNKNOWN
  const [next, head] = [
    named.replacedBy === null ? undefined : await findDocument(tx, { id: named.replacedBy }),
    named.headBlock === null ? null : await ledger.sealedHead(tx, named.headBlock),
  ]
  return {
    verdict: judged(shown, named),
    document: {
      ...{ title: named.title, number: numberOf(named), issuedOn: named.issuedOn },
      ...{ headBlock: named.headBlock, head: named.head },
      replacedBy: next === undefined ? null : { number: numberOf(next), issuedOn: next.issuedOn },
      signed: (await signedAmong(tx, [named.id])).has(named.id),
    },
    headStands: named.headBlock === null ? null : head?.head === named.head,
    rows: await rowsOf(tx, vault, by, named),
    until: null,
  }
}

/** What is shown, compared with the paper that it names. */
export function judged(shown: Shown, document: Hashes): Verdict['verdict'] {
  const { fileHash } = document
  if (!('fileHash' in shown)) return isStartOf(shown.rowsStart, document) ? 'genuine' : 'altered'
  if (shown.fileHash === fileHash) return 'genuine'
  return shown.before.includes(fileHash) ? 'added' : 'altered'
}

type Hashes = Pick<StoredDocument, 'fileHash' | 'rowsHash'>

/** “01/DSCT-UBND” */
export const numberOf = ({ number, symbol }: Pick<StoredDocument, 'number' | 'symbol'>): string =>
  `${String(number).padStart(2, '0')}/${symbol}`

/** A QR holds the first 16 bytes of the hash. */
const isStartOf = (start: string, { rowsHash }: Hashes): boolean =>
  start.length === 32 && rowsHash.startsWith(start)

/** Reads the rows again with what whoever issued the paper could see, and compares their hash. */
async function rowsOf(
  tx: Tx,
  vault: Vault,
  by: Act,
  { kind, request, communes, rowsHash }: StoredDocument,
): Promise<'stand' | 'changed' | 'unreadable' | null> {
  // That the whole ledger stands is the question of another paper, and too long for whoever holds this one.
  if (kind === 'verification') return null
  await actAs(tx, { ...by, scope: communes === null ? 'province' : { communes } })
  try {
    const paper = await paperOf(tx, vault, request as DocumentRequest, Number.MAX_SAFE_INTEGER)
    return (await rowsHashOf(paper)) === rowsHash ? 'stand' : 'changed'
  } catch (error) {
    if (error instanceof DomainError) return 'unreadable'
    throw error
  } finally {
    await actAs(tx, by)
  }
}

/** Additions to a PDF that are looked at: each officer who signs makes one. */
const ADDITIONS_MAX = 32
const END = '%%EOF\n'

/** What is asked about a file that somebody has. */
export function shownFile(pdf: Buffer): Shown {
  const hash = createHash('sha256')
  const before: string[] = []
  let start = 0
  for (let at = pdf.indexOf(END); at >= 0; at = pdf.indexOf(END, start)) {
    const end = at + END.length
    hash.update(pdf.subarray(start, end))
    start = end
    if (end < pdf.length) before.unshift(hash.copy().digest('hex'))
    if (before.length === ADDITIONS_MAX) break
  }
  const fileHash = hash.update(pdf.subarray(start)).digest('hex')
  return { fileHash, code: codeIn(pdf), before }
}

/** The code that a PDF of ours says it has; null when it says none. */
function codeIn(pdf: Buffer): string | null {
  return /\(ansinh-document:([0-9A-HJKMNP-TV-Z]{26})\)/.exec(pdf.toString('latin1'))?.[1] ?? null
}
