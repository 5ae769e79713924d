import type { Held } from '../access/access.ts'
import type { Act, Origin, PersonId } from '../lib/act.ts'
import type { Database, Tx } from '../lib/db.ts'
import { invariant } from '../lib/errors.ts'
import { recordAttempt } from './attempts.ts'
import type { Identity } from './auth/identity.ts'
import { citizenOf, parseParts } from './contract.ts'
import type { RawParts } from './contract.ts'
import { readUpload } from './files.ts'
import type { FileOut, FileStream, SheetFile } from './file.ts'
import type { Multipart } from './files.ts'
import { keyFrom, once } from './idempotency.ts'
import type { Sent } from './idempotency.ts'
import { actOf, mayDo, requirePermission } from './permitting.ts'
import type { HeldOf } from './permitting.ts'
import { Refusal } from './problem.ts'
import { propose, proposed } from './proposals.ts'
import type { Call, Route, Services } from './route.ts'
import { etagOf, hashOf, toWire } from './wire.ts'

/** What all requests share. */
export interface Kernel {
  readonly db: Database
  readonly services: Services
  readonly heldOf: HeldOf
  readonly routeOf: (operation: string) => Route | undefined
}

/** A request of somebody known, not yet checked. */
export interface Request extends RawParts {
  readonly identity: Identity
  /** What pages send back with each change; null for a machine. */
  readonly csrf: string | null
  readonly requestId: string
  readonly source: string
  readonly idempotencyKey: string | undefined
  readonly ifMatch: string | undefined
  readonly ifNoneMatch: string | undefined
  /** The file of a route that takes one, still packed. */
  readonly upload: Multipart | null
}

/** What is sent back. `text` is JSON; empty with 304. */
export interface Reply extends Sent {
  readonly etag: string | null
  readonly replayed: boolean
  /** Instead of JSON. */
  readonly file?: FileOut | FileStream
}

/**
 * Answers one request: allowed, well formed, once, in one transaction that sees no more than the permission reaches.
 * Throws Refusal or DomainError; then nothing has changed.
 */
export async function answer(kernel: Kernel, route: Route, request: Request): Promise<Reply> {
  const { identity } = request
  const held = await kernel.heldOf(identity)
  const permission = requirePermission(held, route.permission, identity)
  const parts = parseParts(route, request)
  const act = actOf(identity, permission, originOf(request, parts))
  // Whoever asks for much without a key, or changes what they have not read, is told before anything runs.
  const key = route.method === 'POST' ? keyFrom(request.idempotencyKey) : null
  if (route.changes !== undefined && request.ifMatch === undefined) {
    throw new Refusal(428, 'precondition-missing')
  }
  const file = await fileOf(route, request)
  const after: (() => Promise<void>)[] = []
  const { made, only } = oneFile()
  const work = async (tx: Tx): Promise<Reply> => {
    after.length = 0
    const afterCommit = (work: () => Promise<void>) => void after.push(work)
    const call = callOf(kernel, { tx, act, held, request, parts, file, afterCommit })
    if (key === null || route.asksOnly === true) return made(plain(kernel, route, call, request))
    const contentHash = hashOf(contentOf(route, request, file))
    const of = { user: identity.user, key, operation: route.operation, contentHash }
    const sent = await once(tx, { ...of, vault: kernel.services.vault }, () =>
      carryOut(kernel, route, call, request),
    )
    return { ...sent, etag: null }
  }
  const isolation = route.snapshot === true ? 'RepeatableRead' : 'ReadCommitted'
  const transacted = kernel.db.transact(act, work, isolation).catch(async (error: unknown) => {
    await recordAttempt(kernel.db, act, route, { error, params: parts.params })
    throw error
  })
  const reply = await only(transacted)
  for (const one of after) await one()
  return reply
}

/** Of the spooled files of a transaction that ran again or came to nothing, all but the one that is answered are closed. */
function oneFile() {
  const files = new Set<FileStream>()
  const made = async (answering: Promise<Reply>): Promise<Reply> => {
    const reply = await answering
    if (reply.file !== undefined && 'read' in reply.file) files.add(reply.file)
    return reply
  }
  const only = async (committing: Promise<Reply>): Promise<Reply> => {
    try {
      const reply = await committing
      if (reply.file !== undefined && 'read' in reply.file) files.delete(reply.file)
      return reply
    } finally {
      for (const file of files) await file.close()
    }
  }
  return { made, only }
}

/** No transaction is open while a file is parsed. */
async function fileOf(route: Route, { upload }: Request): Promise<SheetFile | null> {
  if (route.takesFile !== true) return null
  if (upload === null) throw new Refusal(400, 'one-file')
  return readUpload(upload)
}

const contentOf = (route: Route, request: Request, file: SheetFile | null) => ({
  ...{ method: route.method, operation: route.operation, ...rawOf(request) },
  ...(file !== null && { file: { name: file.name, sha256: file.sha256 } }),
})

function originOf({ requestId, source }: Request, { body }: RawParts): Origin {
  const citizen = citizenOf(body)
  if (citizen === null) return { requestId, source }
  const { person, authority, counter, document } = citizen
  return {
    ...{ requestId, source, authority, counter },
    ...(person !== null && { forPerson: person as PersonId }),
    ...(document !== null && { document }),
  }
}

const rawOf = ({ params, query, body }: RawParts): RawParts => ({ params, query, body })

function callOf(
  { services }: Kernel,
  of: {
    readonly tx: Tx
    readonly act: Act
    readonly held: readonly Held[]
    readonly request: Request
    readonly parts: RawParts
    readonly file: SheetFile | null
    readonly afterCommit: Call['afterCommit']
  },
): Call {
  const { tx, act, held, request, parts, file, afterCommit } = of
  const { identity, csrf } = request
  const permit: Call['permit'] = (action) =>
    actOf(identity, requirePermission(held, action, identity), act.origin ?? {})
  const may: Call['may'] = (action) => mayDo(held, action, { identity, origin: act.origin ?? {} })
  return {
    ...services,
    ...parts,
    ...{ tx, by: act, identity, csrf, file },
    ...{ confirmedBy: null, endorsedBy: null, permit, may, afterCommit },
  }
}

/** A read, or a change that is safe to repeat. */
async function plain(kernel: Kernel, route: Route, call: Call, request: Request): Promise<Reply> {
  if (route.givesFile === true) {
    const file = (await route.handle(call)) as FileOut | FileStream
    return { status: 200, text: '', etag: null, replayed: false, file }
  }
  const sent = await carryOut(kernel, route, call, request)
  const etag = route.method === 'GET' ? etagOf(sent.text) : null
  if (etag !== null && request.ifNoneMatch === etag) {
    return { status: 304, text: '', etag, replayed: false }
  }
  return { ...sent, etag, replayed: false }
}

async function carryOut(kernel: Kernel, route: Route, call: Call, request: Request): Promise<Sent> {
  await requireUnchanged(kernel, route, call, request)
  if (route.twoPeople !== undefined) {
    return sentOf(202, proposed, await propose(call, route, rawOf(request)))
  }
  return sentOf(route.status ?? 200, route.answer, await route.handle(call))
}

/** Answers that are told to many (lib/renewing.ts) are written once. */
const written = new WeakMap<object, { readonly schema: Route['answer']; readonly text: string }>()

/** Only what the contract names goes out (ASVS 8.2.3); what does not fit it is a bug of ours. */
function sentOf(status: number, schema: Route['answer'], value: unknown): Sent {
  const answer = value ?? {}
  const known = typeof answer === 'object' ? written.get(answer) : undefined
  if (known?.schema === schema) return { status, text: known.text }
  const text = JSON.stringify(schema.parse(toWire(answer)))
  if (typeof answer === 'object') written.set(answer, { schema, text })
  return { status, text }
}

/** A change names what was read: the ETag of the route that reads it. */
async function requireUnchanged(
  kernel: Kernel,
  route: Route,
  call: Call,
  { ifMatch }: Request,
): Promise<void> {
  if (route.changes === undefined) return
  const read = kernel.routeOf(route.changes)
  invariant(read !== undefined, `${route.changes} is a route`)
  const { text } = sentOf(200, read.answer, await read.handle({ ...call, query: {}, body: {} }))
  if (etagOf(text) !== ifMatch) throw new Refusal(412, 'precondition-failed')
}
