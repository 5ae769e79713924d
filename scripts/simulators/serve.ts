import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { faultLevels, type FaultLevel } from './faults.ts'
import { HttpError, type Body } from './input.ts'
import { readBody } from './request-body.ts'
import { router } from './router.ts'
import type { Asked, Spoil } from './wallet-signature.ts'

const keepAliveMs = 60_000
const dropAfterMs = 20
const hangMs = 30_000

export interface Request {
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly body: Body
  /** The body as it came, when it came as XML; empty otherwise. */
  readonly xml: string
}
/** With `silence` the answer is never given: the connection is cut at once, or hangs and is cut then. */
export interface Reply {
  readonly status: number
  /** JSON, unless it is text already: that goes out as it is, as `type`. */
  readonly body: unknown
  readonly type?: string
  readonly delayMs?: number
  readonly silence?: 'drop' | 'hang' | undefined
  /** What is to be wrong with the answer's signature. */
  readonly spoil?: Spoil
  /** The service is down for so long once this is answered: connections are refused. */
  readonly downMs?: number
}
export type Handler = (request: Request) => Reply | Promise<Reply>
export type Routes = Readonly<Record<`${'GET' | 'POST'} /${string}`, Handler>>
/** One HTTP call as the book keeps it. */
export interface Call {
  readonly method: string
  readonly path: string
  readonly reference?: string
  readonly fileId?: string
  readonly listId?: string
}
interface Service {
  readonly routes: Routes
  readonly port: number
  /** Books a call before it is handled; no answer leaves before the promise resolves. */
  readonly log: (call: Call) => Promise<void>
  readonly close: () => Promise<void>
  /** Whom it lets in (it throws), and how answers are signed; without one messages are bare. */
  readonly edge?: {
    readonly admit: (asked: Asked) => void
    readonly sign: (
      asked: Asked,
      status: number,
      text: string,
      spoil?: Spoil,
    ) => { readonly headers: Readonly<Record<string, string>>; readonly text: string }
  }
}
export interface ProgramOptions {
  readonly port: number
  readonly book: string
  readonly seed: string
  readonly faults: FaultLevel
  /** A folder watched for order files beside HTTP; empty: none. Only the bank has one. */
  readonly folder: string
}

/** Reads a simulator's command line; a bad one ends the program with a sentence on stderr. */
export const readOptions = (): ProgramOptions => {
  try {
    const text = (value: string) => ({ type: 'string', default: value }) as const
    const options = {
      port: text('0'),
      book: text(''),
      seed: text('1'),
      faults: text('none'),
      folder: text(''),
    }
    const { values } = parseArgs({ options })
    const port = Number(values.port)
    if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error('--port: not a port')
    if (values.book === '') throw new Error('--book: say which folder keeps the book')
    const faults = faultLevels.find((level) => level === values.faults)
    if (!faults) throw new Error(`--faults: one of ${faultLevels.join(', ')}`)
    return { port, book: values.book, seed: values.seed, faults, folder: values.folder }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(2)
  }
}

/** Listens on 127.0.0.1 and says so in one line; lives until SIGTERM or until its parent is gone. */
export const serve = (service: Service): void => {
  const match = router<Handler>(service.routes)
  const server = createServer((request, response) => {
    void answer(request, response, match, service).then((downMs) => {
      if (downMs !== undefined) setTimeout(goDown, dropAfterMs, downMs)
    })
  })
  const goDown = (ms: number): void => {
    const { port } = server.address() as AddressInfo
    server.close()
    server.closeAllConnections()
    setTimeout(() => server.listen(port, '127.0.0.1'), ms)
  }
  server.keepAliveTimeout = keepAliveMs
  server.listen(service.port, '127.0.0.1', () => {
    process.stdout.write(`listening ${String((server.address() as AddressInfo).port)}\n`)
  })
  const stop = (): void => {
    server.close()
    server.closeAllConnections()
    void service.close().then(() => process.exit(0))
  }
  process.once('SIGTERM', stop)
  // Ctrl-C tells the whole group: whoever launched us still records what is under way, and ends us then.
  process.on('SIGINT', () => undefined)
  process.stdin.once('end', stop).once('error', stop).resume()
}

const answer = async (
  request: IncomingMessage,
  response: ServerResponse,
  match: ReturnType<typeof router<Handler>>,
  service: Service,
): Promise<number | undefined> => {
  const asked = askedOf(request)
  const reply: Reply = await handle(request, match, service, asked).catch(refusal)
  if (reply.silence) {
    const delayMs = reply.silence === 'hang' ? hangMs : dropAfterMs
    setTimeout(() => request.socket.destroy(), delayMs)
    return undefined
  }
  if (reply.delayMs !== undefined) await sleep(reply.delayMs)
  const asIs = reply.type !== undefined && typeof reply.body === 'string' ? reply.body : undefined
  const text = asIs ?? JSON.stringify(reply.body)
  const type = asIs === undefined ? 'application/json' : reply.type
  const sealed = service.edge?.sign(asked, reply.status, text, reply.spoil) ?? { headers: {}, text }
  const headers = { 'content-type': type, 'content-length': Buffer.byteLength(sealed.text) }
  response.writeHead(reply.status, { ...headers, ...sealed.headers })
  response.end(sealed.text)
  return reply.downMs
}

/** What is asked, as far as a signature covers it; the body is filled in when it has come. */
const askedOf = ({ method = '', url = '', headers }: IncomingMessage) => ({
  ...{ method, url, headers },
  raw: '',
})

const handle = async (
  request: IncomingMessage,
  match: ReturnType<typeof router<Handler>>,
  { log, edge }: Service,
  asked: ReturnType<typeof askedOf>,
): Promise<Reply> => {
  const { method, url } = asked
  const [path = '', query = ''] = url.split('?', 2)
  const call = { method, path: url }
  const { body, xml, raw } = await readBody(request).catch(async (error: unknown) => {
    await log(call)
    throw error
  })
  asked.raw = raw
  // Booked in the same turn as the handler looks at the state: once this record is on disk, so is all
  // that the handler saw, and no answer tells of something that a crash can still undo.
  const logged = log({ ...call, ...namesIn(body) })
  try {
    edge?.admit(asked)
    const found = match(method, path)
    if (!found) throw new HttpError(404, `there is no ${method} ${path}`)
    return await found.handler({
      params: found.params,
      query: new URLSearchParams(query),
      body,
      xml,
    })
  } finally {
    await logged
  }
}

const refusal = (error: unknown): Reply => {
  if (error instanceof HttpError) {
    const { status, message, field } = error
    return { status, body: { error: message, ...(field !== undefined && { field }) } }
  }
  process.stderr.write(`${error instanceof Error ? String(error.stack) : String(error)}\n`)
  return { status: 500, body: { error: `internal error: ${String(error)}` } }
}

const namesIn = (body: Body): Partial<Call> => ({
  ...(typeof body['reference'] === 'string' && { reference: body['reference'] }),
  ...(typeof body['fileId'] === 'string' && { fileId: body['fileId'] }),
  ...(typeof body['listId'] === 'string' && { listId: body['listId'] }),
})
