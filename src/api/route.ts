import type { z } from 'zod'
import type { Action } from '../access/access.ts'
import type { HeadSigner, SigningMeans } from '../documents/documents.ts'
import type { Act, PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { invariant } from '../lib/errors.ts'
import type { LocalDate } from '../lib/time.ts'
import type { renewing } from '../lib/renewing.ts'
import type { Vault } from '../lib/vault.ts'
import type { OrderLimits } from '../payouts/payouts-store.ts'
import type { Coverage } from '../reconciliation/reconciliation.ts'
import type { Database } from '../lib/db.ts'
import type { Identity } from './auth/identity.ts'
import type { SheetFile } from './file.ts'

/** What the handlers work with besides their transaction. */
export interface Services {
  readonly vault: Vault
  /** The business day, in Vietnam. */
  readonly today: () => LocalDate
  /** Milliseconds since 1970. */
  readonly nowMs: () => number
  /** For what takes several transactions, after the request's own has committed. */
  readonly db: Database
  /** Rows of an order and đồng of a payment at the most, by channel. */
  readonly orderLimits: OrderLimits
  /** Where the public reaches us, for what is printed; null: nowhere yet. */
  readonly publicUrl: string | null
  readonly signer: SigningMeans
  /** Who signs the heads of evidence packs; null: nobody. */
  readonly signHead: HeadSigner
  /** Coverage is counted from all rows of a month: many who ask are answered from one count. */
  readonly coverage: ReturnType<typeof renewing<Coverage & { readonly countedAt: Date }>>
  /** Tells a worker that long work waits; call it after the commit. */
  readonly wake: (jobId: string) => Promise<void>
}

/** One request that is allowed, well formed and in its transaction. */
export interface Call<Params = unknown, Query = unknown, Body = unknown> extends Services {
  readonly tx: Tx
  readonly by: Act
  readonly identity: Identity
  /** The CSRF token of the session; null for a machine. */
  readonly csrf: string | null
  readonly params: Params
  readonly query: Query
  readonly body: Body
  /** What a route that takes a file was given, guarded and parsed. */
  readonly file: SheetFile | null
  /** The second person of an act of two; null for any other. */
  readonly confirmedBy: PersonId | null
  /** Who approved an act of three before the third confirmed it; null for any other. */
  readonly endorsedBy: PersonId | null
  /** The same person with what another action allows. Throws Refusal 403 when nothing does. */
  readonly permit: (action: Action) => Act
  /** The same, with what the sign-in lacks for it; null when no role allows it. */
  readonly may: (action: Action) => { readonly by: Act; readonly needs: string | null } | null
  /** Runs when the transaction has committed, and not at all otherwise. */
  readonly afterCommit: (work: () => Promise<void>) => void
}

/** Who confirms an act of two; a route of one person never asks. */
export function secondOf({ confirmedBy }: Pick<Call, 'confirmedBy'>): PersonId {
  invariant(confirmedBy !== null, 'only a proposal of two people has a second')
  return confirmedBy
}

/** On whose word an act of two or three is done: the second's, or that of the two who approved one after the other. */
export function approversOf(
  call: Pick<Call, 'confirmedBy' | 'endorsedBy'>,
): PersonId | readonly [PersonId, PersonId] {
  const last = secondOf(call)
  return call.endorsedBy === null ? last : [call.endorsedBy, last]
}

/** Texts of the interface, in both languages. */
export interface Texts {
  readonly vi: string
  readonly en: string
}

type Shape = z.ZodObject
type Out<S extends Shape | undefined> = S extends Shape ? z.output<S> : Record<string, never>

/** How a proposal of two people is shown to the second, and whose commune it is in. */
export interface ProposalView {
  readonly communeId: number | null
  /** What whoever confirms must know; numbers masked. */
  readonly summary: Readonly<Record<string, unknown>>
}

/** The declaration of a route: everything that the router, the document, the matrix and the tests know of it. */
export interface RouteSpec<
  P extends Shape | undefined,
  Q extends Shape | undefined,
  B extends Shape | undefined,
> {
  /** Its name in the OpenAPI document, unique. */
  readonly operation: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Under /api/v1, parameters in braces. */
  readonly path: string
  readonly permission: Action
  readonly summary: Texts
  readonly tag: string
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  /** What goes out: only its keys do. đồng as strings of digits, days and times as ISO 8601. */
  readonly answer: z.ZodType
  readonly status?: 200 | 201 | 202
  /** Bodies and answers for the document and its reader. */
  readonly examples: { readonly body?: unknown; readonly answer?: unknown }
  /** A POST that changes nothing, for what must not stand in an address. */
  readonly asksOnly?: true
  /** Takes one spreadsheet as multipart/form-data instead of a body; it is guarded and parsed before the transaction. */
  readonly takesFile?: true
  /** Answers with a file: `handle` returns a FileOut. Nothing of it is kept, so it is a read, or asks only. */
  readonly givesFile?: true
  /** What is counted must be what is written: the transaction reads one moment. */
  readonly snapshot?: true
  /** A read that may be watched (server-sent events) until this says of an answer that nothing more will change. */
  readonly watch?: (answer: unknown) => boolean
  /** An officer does it at a counter: the body says for whom. */
  readonly forCitizen?: true
  /** The operation that reads what this one changes: its ETag is what If-Match must name. */
  readonly changes?: string
  readonly handle: (call: Call<Out<P>, Out<Q>, Out<B>>) => Promise<unknown>
}

/** A route as the kernel keeps it. */
export interface Route extends Omit<
  RouteSpec<Shape | undefined, Shape | undefined, Shape | undefined>,
  'handle'
> {
  readonly handle: (call: Call) => Promise<unknown>
  readonly twoPeople?: TwoPeople
}

/** What makes a route an act of two: the first asks, the second confirms exactly that. */
interface TwoPeople {
  /** What confirming takes. */
  readonly confirm: Action
  /** Of an officer's relatives it takes a third person, who endorses it before it is confirmed. */
  readonly orThree?: true
  /** What this content takes besides, of the first and of the second. */
  readonly takes?: (call: Pick<Call, 'params'>) => TakesBesides | null
  readonly view: (call: Call) => Promise<ProposalView>
}

/** Permissions that one content of an act of two takes besides those of its route. */
interface TakesBesides {
  readonly ask: Action
  readonly confirm: Action
}

/** Declares a route that one person carries out. */
export function route<
  P extends Shape | undefined = undefined,
  Q extends Shape | undefined = undefined,
  B extends Shape | undefined = undefined,
>(spec: RouteSpec<P, Q, B>): Route {
  return spec as unknown as Route
}

/**
 * Declares a route that takes two people: the request is kept as a proposal and answered 202; whoever confirms it makes
 * `handle` run, with both of them (law 7).
 */
export function twoPeopleRoute<
  P extends Shape | undefined = undefined,
  Q extends Shape | undefined = undefined,
  B extends Shape | undefined = undefined,
>(
  spec: Omit<RouteSpec<P, Q, B>, 'method' | 'status'> & {
    readonly confirm: Action
    readonly orThree?: true
    readonly takes?: (call: Pick<Call<Out<P>>, 'params'>) => TakesBesides | null
    readonly view: (call: Call<Out<P>, Out<Q>, Out<B>>) => Promise<ProposalView>
  },
): Route {
  const { confirm, orThree, takes, view, ...rest } = spec
  const more = { ...(takes !== undefined && { takes }), ...(orThree !== undefined && { orThree }) }
  const twoPeople = { confirm, view, ...more }
  return { ...rest, method: 'POST', status: 202, twoPeople } as unknown as Route
}
