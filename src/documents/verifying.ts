import { ledger } from '../ledger/ledger.ts'
import type { Act } from '../lib/act.ts'
import { actAs } from '../lib/db.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { LocalDate } from '../lib/time.ts'
import type { Vault } from '../lib/vault.ts'
import { findDocument } from './documents-store.ts'
import type { StoredDocument } from './documents-store.ts'
import { paperOf } from './requests.ts'
import type { DocumentRequest } from './requests.ts'
import { openTally, tablesOf } from './tally.ts'

/** What is asked about: a file, or a paper by what its QR says. */
export type Shown =
  | { readonly fileHash: string; readonly code: string | null }
  | { readonly code: string; readonly rowsStart: string }

/** What can be said of a document; nothing of a person. */
export interface Verdict {
  readonly verdict: 'genuine' | 'altered' | 'unknown'
  readonly document: {
    readonly title: string
    /** “01/DSCT-UBND”. */
    readonly number: string
    readonly issuedOn: LocalDate
    readonly headBlock: bigint | null
    readonly head: string | null
    /** The number and day of the paper that took its place. */
    readonly replacedBy: { readonly number: string; readonly issuedOn: LocalDate } | null
  } | null
  /** Whether the ledger still has the head that the paper was made under; null without one. */
  readonly headStands: boolean | null
  /** Whether the rows, read again now, are those of the paper; 'unreadable' when they can no longer be declared. */
  readonly rows: 'stand' | 'changed' | 'unreadable' | null
}

const UNKNOWN: Verdict = { verdict: 'unknown', document: null, headStands: null, rows: null }

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
  const genuine = 'fileHash' in shown ? exact !== undefined : isStartOf(shown.rowsStart, named)
  const [next, head] = [
    named.replacedBy === null ? undefined : await findDocument(tx, { id: named.replacedBy }),
    named.headBlock === null ? null : await ledger.sealedHead(tx, named.headBlock),
  ]
  return {
    verdict: genuine ? 'genuine' : 'altered',
    document: {
      ...{ title: named.title, number: numberOf(named), issuedOn: named.issuedOn },
      ...{ headBlock: named.headBlock, head: named.head },
      replacedBy: next === undefined ? null : { number: numberOf(next), issuedOn: next.issuedOn },
    },
    headStands: named.headBlock === null ? null : head?.head === named.head,
    rows: await rowsOf(tx, vault, by, named),
  }
}

const numberOf = ({ number, symbol }: StoredDocument): string =>
  `${String(number).padStart(2, '0')}/${symbol}`

/** A QR holds the first 16 bytes of the hash. */
const isStartOf = (start: string, { rowsHash }: StoredDocument): boolean =>
  start.length === 32 && rowsHash.startsWith(start)

/** Reads the rows again with what whoever issued the paper could see, and compares their hash. */
async function rowsOf(
  tx: Tx,
  vault: Vault,
  by: Act,
  { kind, request, communes, rowsHash }: StoredDocument,
): Promise<Verdict['rows']> {
  // That the whole ledger stands is the question of another paper, and too long for whoever holds this one.
  if (kind === 'verification') return null
  await actAs(tx, { ...by, scope: communes === null ? 'province' : { communes } })
  try {
    const paper = await paperOf(tx, vault, request as DocumentRequest, Number.MAX_SAFE_INTEGER)
    const tally = openTally()
    for (const table of tablesOf(paper)) {
      const rows = tally.passing(table)
      while ((await rows.next()).done !== true);
    }
    return tally.written().rowsHash === rowsHash ? 'stand' : 'changed'
  } catch (error) {
    if (error instanceof DomainError) return 'unreadable'
    throw error
  } finally {
    await actAs(tx, by)
  }
}

/** The code that a PDF of ours says it has; null when it says none. */
export function codeIn(pdf: Buffer): string | null {
  return /\(ansinh-document:([0-9A-HJKMNP-TV-Z]{26})\)/.exec(pdf.toString('latin1'))?.[1] ?? null
}
