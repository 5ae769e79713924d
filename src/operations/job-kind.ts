import type { Writable } from 'node:stream'
import type { z } from 'zod'
import type { Action } from '../access/access.ts'
import type { SigningMeans } from '../documents/documents.ts'
import type { Act } from '../lib/act.ts'
import type { Database } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'
import type { Vault } from '../lib/vault.ts'

/** With what issued papers are signed, and where people check them; null: nowhere. */
export interface PaperMeans {
  readonly signer: SigningMeans
  readonly checkUrl: string | null
  /** Milliseconds since 1970. */
  readonly nowMs: () => number
}

/** What a run works with: as whom, where its file goes, and whom it tells how far it is. */
export interface JobRun {
  /** The work’s own id: what is made once a piece of work may have it. */
  readonly id: string
  readonly db: Database
  readonly vault: Vault
  /** Whoever asked, with what their roles allow today. */
  readonly by: Act
  readonly out: Writable
  /** The business day, in Vietnam. */
  readonly today: () => LocalDate
  readonly papers: PaperMeans
  readonly progress: (rows: { readonly done: number; readonly total: number | null }) => void
}

/** What came of a run; with a file when something was written to `out`. */
export interface JobOutcome {
  readonly rows: number
  readonly file: { readonly name: string; readonly type: string } | null
  readonly detail?: Readonly<Record<string, unknown>>
}

/** What long work is: who may, what is asked, what is done. */
export interface JobKind<Request> {
  /** What whoever asks must be allowed, when they ask, when it runs and when they fetch; they act by the last. */
  readonly actions: (request: Request) => readonly [...Action[], Action]
  readonly request: z.ZodType<Request>
  readonly run: (run: JobRun, request: Request) => Promise<JobOutcome>
}

/** Declares a kind of long work. */
export const kind = <Request>(of: JobKind<Request>): JobKind<Request> => of
